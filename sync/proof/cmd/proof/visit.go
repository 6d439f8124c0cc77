package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// visitCommand does the first visit and writes down what it took.
type visitCommand struct {
	Dir     string `help:"Folder of the data; made anew." default:"build/visit" type:"path"`
	Bin     string `help:"Folder of the programs tsugid and tsugi." default:"build" type:"path"`
	Record  string `help:"File of the record." default:"docs/proof/visit.md" type:"path"`
	Picture string `help:"Folder of the pictures after each step; empty for none." default:"build/visit-pictures" type:"path"`
}

// Run does the visit.
func (c visitCommand) Run(ctx context.Context) error {
	if c.Picture != "" {
		if err := os.MkdirAll(c.Picture, 0o755); err != nil {
			return err
		}
	}
	steps, err := proof.Visit{Bin: c.Bin, Dir: c.Dir, Into: c.Picture, Clock: clock.NewSystem()}.Run(ctx)
	if err != nil {
		return fmt.Errorf("the first visit: %w", err)
	}
	return os.WriteFile(c.Record, []byte(visitRecord(steps)), 0o600)
}

func visitRecord(steps []proof.VisitStep) string {
	var out strings.Builder
	out.WriteString(`# The first visit

` + "`build/proof visit`" + ` does what somebody does who sees Tsugi for the first time: in a real window, with the keyboard alone. A
colleague's client sees to it that each step has arrived before the next is taken. Keys are shortcuts, Enter, Escape and
arrows; letters are words. The time contains 0.4 s of looking after each of them.

| step | keys | letters | clicks | seconds |
|---|---|---|---|---|
`)
	keys, letters, took := 0, 0, time.Duration(0)
	row := func(name string, k, l int, d time.Duration) {
		fmt.Fprintf(&out, "| %s | %d | %d | 0 | %.1f |\n", name, k, l, d.Seconds())
	}
	for _, s := range steps {
		row(s.Name, s.Keys, s.Letters, s.Took)
		keys, letters, took = keys+s.Keys, letters+s.Letters, took+s.Took
	}
	row("**all**", keys, letters, took)
	return out.String()
}
