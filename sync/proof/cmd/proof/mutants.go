package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/proof/mutant"
)

// errMoved is returned, and no record written, when the code was changed during a run: it would be of neither.
var errMoved = errors.New("the code was changed meanwhile")

// mutantsCommand plants deliberate mistakes.
type mutantsCommand struct {
	Code  string        `help:"Folder of the code." default:"." type:"path"`
	Out   string        `help:"Folder for the record, which a run of all mutants writes." default:"docs/proof" type:"path"`
	Flags []string      `help:"Flags of the build." default:"-tags=sqlite_fts5,-buildvcs=false"`
	Limit time.Duration `help:"How long the tests of one mutant may take." default:"5m"`
	Only  []string      `help:"Plant only what has one of these in its name, and write no record."`
}

// Run plants all of them, one after the other, and fails when one is not caught.
func (c mutantsCommand) Run(ctx context.Context) error {
	all, err := mutant.Catalogue()
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(m mutant.Mutant) bool { return !c.wants(m) })
	code, err := proof.CodeHash(c.Code)
	if err != nil {
		return err
	}
	h := mutant.Harness{Root: c.Code, Flags: c.Flags, Limit: c.Limit, Clock: clock.NewSystem(), Progress: os.Stderr}
	results, err := h.Run(ctx, chosen)
	if len(results) < len(all) {
		return err
	}
	if now, hashed := proof.CodeHash(c.Code); hashed != nil || now != code {
		return errors.Join(err, hashed, fmt.Errorf("%w: %s, then %s", errMoved, code, now))
	}
	record := mutant.Record{Code: code, Machine: proof.Machine(), Written: clock.NewSystem().Now(), Results: results}
	return errors.Join(err, os.WriteFile(filepath.Join(c.Out, "mutants.md"), []byte(record.String()), 0o644)) //nolint:gosec // everybody may read it
}

// wants reports whether a mutant is to be planted.
func (c mutantsCommand) wants(m mutant.Mutant) bool {
	return len(c.Only) == 0 || slices.ContainsFunc(c.Only, func(part string) bool { return strings.Contains(m.Name, part) })
}
