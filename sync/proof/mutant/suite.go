package mutant

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// suite is the compiled tests of one package.
type suite struct {
	dir    string // of the package
	binary string
	limit  time.Duration
}

// build compiles the tests of a package, with an overlay unless it is empty. Who calls knows whose fault it is when
// that fails.
func (h Harness) build(ctx context.Context, pkg, overlay, binary string) (suite, error) {
	args := append([]string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", binary}, h.Flags...) // without symbols it links faster
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	compile := exec.CommandContext(ctx, "go", append(args, "./"+pkg)...)
	compile.Dir = h.Root
	if said, err := compile.CombinedOutput(); err != nil {
		return suite{}, fmt.Errorf("compile the tests of %s: %w\n%s", pkg, err, said)
	}
	return suite{dir: filepath.Join(h.Root, filepath.FromSlash(pkg)), binary: binary, limit: h.Limit}, nil
}

// verdict is how one run of some tests ended.
type verdict struct {
	passed, failed []string // top-level tests
	failure        error    // of the run as a whole
	said           string   // all that was printed
}

// run runs the named tests once. An error means that it could not be told how they ended.
func (s suite) run(ctx context.Context, tests []string) (verdict, error) {
	binary := exec.CommandContext(ctx, s.binary, "-test.v=test2json", "-test.paniconexit0", "-test.count=1",
		"-test.timeout="+s.limit.String(), "-test.run=^("+strings.Join(tests, "|")+")$")
	binary.Dir = s.dir
	binary.WaitDelay = time.Second // a test's own child may hold the pipe
	said, failure := binary.CombinedOutput()
	if ctx.Err() != nil {
		return verdict{}, ctx.Err()
	}
	var exit *exec.ExitError
	if failure != nil && !errors.As(failure, &exit) {
		return verdict{}, fmt.Errorf("run %s: %w", s.binary, failure)
	}
	ended := said
	if failure != nil {
		ended = append(bytes.Clone(said), "\n\x16FAIL\n"...) // a panic ends without it, and the last verdict would be held back
	}
	convert := exec.CommandContext(ctx, "go", "tool", "test2json")
	convert.Stdin = bytes.NewReader(ended)
	events, err := convert.Output()
	if err != nil {
		return verdict{}, fmt.Errorf("read what the tests said: %w", err)
	}
	v, err := judge(events)
	v.failure, v.said = failure, string(said)
	return v, err
}

// judge reads the events of a run, as test2json writes them.
func judge(events []byte) (verdict, error) {
	var v verdict
	for line := range bytes.Lines(events) {
		var e struct{ Action, Test string }
		if err := json.Unmarshal(line, &e); err != nil {
			return v, fmt.Errorf("read what the tests said: %w", err)
		}
		switch {
		case e.Test == "" || strings.Contains(e.Test, "/"):
		case e.Action == "pass":
			v.passed = append(v.passed, e.Test)
		case e.Action == "fail":
			v.failed = append(v.failed, e.Test)
		}
	}
	return v, nil
}

// overlay writes m's file with the mistake in it, and the overlay that puts it in the file's place, into dir.
func (m Mutant) overlay(root, dir string) (string, error) {
	original := filepath.Join(root, filepath.FromSlash(m.File))
	source, err := os.ReadFile(original)
	if err != nil {
		return "", fmt.Errorf("%s: %w: %w", m.Name, ErrRotten, err)
	}
	wrong, err := m.Plant(string(source))
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, filepath.Base(original))
	if err := os.WriteFile(changed, []byte(wrong), 0o600); err != nil {
		return "", fmt.Errorf("%s: write the changed file: %w", m.Name, err)
	}
	raw, err := json.Marshal(struct{ Replace map[string]string }{map[string]string{original: changed}})
	if err != nil {
		return "", fmt.Errorf("%s: write the overlay: %w", m.Name, err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return "", fmt.Errorf("%s: write the overlay: %w", m.Name, err)
	}
	return file, nil
}
