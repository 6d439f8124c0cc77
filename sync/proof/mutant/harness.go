package mutant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
)

// Errors of a run.
var (
	// ErrRed is returned when the tests fail, or cannot be run, on the code as it is: then they catch nothing.
	ErrRed = errors.New("the tests are red without any mutant")
	// ErrSurvived is returned when a mutant was not caught.
	ErrSurvived = errors.New("a mutant survived")
)

// rounds is how often the tests must catch a mutant: once may be luck.
const rounds = 2

// Harness runs mutants.
type Harness struct {
	Root     string   // folder of the module
	Flags    []string // of the build
	Limit    time.Duration
	Clock    clock.Clock
	Progress io.Writer
}

// Result is what became of one mutant.
type Result struct {
	Mutant
	Caught   []string // the tests that failed in every round
	Compiled time.Duration
	Ran      time.Duration // in one round
}

// Survived reports whether no test caught it.
func (r Result) Survived() bool { return len(r.Caught) == 0 }

// Run runs the tests on the code as it is, and then on each mutant. It returns ErrRed or ErrRotten, and stops, where
// these are not what they should be, and ErrSurvived, with all results, when a mutant was not caught.
func (h Harness) Run(ctx context.Context, mutants []Mutant) ([]Result, error) {
	root, err := filepath.Abs(h.Root)
	if err != nil {
		return nil, fmt.Errorf("find the code: %w", err)
	}
	h.Root = root
	dir, err := os.MkdirTemp("", "tsugi-mutants-*")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the mutants: %w", err)
	}
	defer os.RemoveAll(dir)     //nolint:errcheck // it is the system's folder for what may be left
	for _, m := range mutants { // before anything that takes long
		if _, err := m.overlay(h.Root, dir); err != nil {
			return nil, err
		}
	}
	if err := h.sound(ctx, dir, mutants); err != nil {
		return nil, err
	}
	var results []Result
	var survived []string
	for i, m := range mutants {
		r, err := h.one(ctx, dir, m)
		if err != nil {
			return results, err
		}
		results = append(results, r)
		caught := "by " + strings.Join(r.Caught, ", ")
		if r.Survived() {
			caught, survived = "NOT CAUGHT", append(survived, m.Name)
		}
		h.say("%d of %d: %s: %s (%.1f s, %.1f s)\n", i+1, len(mutants), m.Name, caught, r.Compiled.Seconds(), r.Ran.Seconds())
	}
	if len(survived) > 0 {
		return results, fmt.Errorf("%w: %s", ErrSurvived, strings.Join(survived, ", "))
	}
	return results, nil
}

func (h Harness) say(format string, args ...any) { _, _ = fmt.Fprintf(h.Progress, format, args...) }

// sound fails with ErrRed unless every test that is expected to catch a mutant passes on the code as it is, and with
// ErrRotten where there is no such test.
func (h Harness) sound(ctx context.Context, dir string, mutants []Mutant) error {
	wanted := map[string][]string{}
	for _, m := range mutants {
		wanted[m.Package] = append(wanted[m.Package], m.Tests...)
	}
	for _, pkg := range slices.Sorted(maps.Keys(wanted)) {
		slices.Sort(wanted[pkg])
		tests := slices.Compact(wanted[pkg])
		s, err := h.build(ctx, pkg, "", filepath.Join(dir, "sound.test"))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrRed, err)
		}
		for range rounds {
			v, err := s.run(ctx, tests)
			switch {
			case err != nil:
				return err
			case v.failure != nil || len(v.failed) > 0:
				return fmt.Errorf("%w: %s: %v\n%s", ErrRed, pkg, v.failed, v.said)
			}
			for _, test := range tests {
				if !slices.Contains(v.passed, test) {
					return fmt.Errorf("%w: %s of %s is gone, or is skipped here", ErrRotten, test, pkg)
				}
			}
		}
		h.say("%s: %d tests are green without any mutant\n", pkg, len(tests))
	}
	return nil
}

// one plants one mutant and runs the tests that are expected to catch it.
func (h Harness) one(ctx context.Context, dir string, m Mutant) (Result, error) {
	r := Result{Mutant: m}
	overlay, err := m.overlay(h.Root, dir)
	if err != nil {
		return r, err
	}
	begun := h.Clock.Now()
	s, err := h.build(ctx, m.Package, overlay, filepath.Join(dir, "mutant.test"))
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w: %w", m.Name, ErrRotten, err)
	}
	built := h.Clock.Now()
	r.Compiled, r.Caught = built.Sub(begun), m.Tests
	for range rounds {
		v, err := s.run(ctx, m.Tests)
		if err != nil {
			return r, fmt.Errorf("%s: %w", m.Name, err)
		}
		r.Caught = slices.DeleteFunc(slices.Clone(r.Caught), func(test string) bool { return !slices.Contains(v.failed, test) })
	}
	r.Ran = h.Clock.Now().Sub(built) / rounds
	return r, nil
}
