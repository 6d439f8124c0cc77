package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// onCallCommand says who is on call now.
type onCallCommand struct {
	JSON bool `name:"json" help:"As JSON, for scripts."`
}

// Run prints who is on call. The client that runs is asked, since it knows whether the server is reached; where none runs, its
// copy is read.
func (c onCallCommand) Run(p *program) error {
	roll, err := p.roll()
	if err != nil {
		return err
	}
	if !c.JSON {
		_, err := fmt.Fprint(p.out, roll.Text(p.zone, p.words))
		return err
	}
	out := json.NewEncoder(p.out)
	out.SetIndent("", "  ")
	return out.Encode(roll)
}

func (p *program) roll() (present.Roll, error) {
	var roll present.Roll
	if _, err := os.Stat(p.dir); errors.Is(err, fs.ErrNotExist) {
		return roll, p.nobodyHere()
	}
	if said, err := desktop.Ask(p.ctx, p.dir, desktop.OnCall); err == nil {
		if err := json.Unmarshal(said, &roll); err != nil {
			return roll, fmt.Errorf("read the answer of the client that runs: %w", err)
		}
		return roll, nil
	}
	s, err := session.Open(p.ctx, session.Options{Dir: p.dir, Clock: p.clock, Logger: quiet(), Zone: p.zone, Words: p.words})
	if err != nil {
		return roll, err
	}
	enrolled, err := s.Enrolled(p.ctx)
	if err == nil && enrolled {
		roll, err = s.Roll(p.ctx)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return roll, err
	}
	if !enrolled {
		return roll, p.nobodyHere()
	}
	return roll, nil
}

// nobodyHere says that no client was ever enrolled in the folder.
func (p *program) nobodyHere() error {
	return fault.New(fault.Unauthenticated, "This device is not enrolled yet.").
		WithAdvice("Nothing was changed.", "Start the client once and enrol it, or name its folder with --data.")
}
