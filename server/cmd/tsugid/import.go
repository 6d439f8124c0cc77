package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tsugi-app/tsugi/server/integration/statuspage"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// importCommand takes over foreign histories.
type importCommand struct {
	Statuspage statuspageCommand `cmd:"" help:"Read the incidents.json of Statuspage's API v2."`
}

// statuspageCommand takes over a Statuspage history.
type statuspageCommand struct {
	File string `arg:"" help:"The file." type:"path"`
}

// importAtOnce is how many incidents travel to the server together.
const importAtOnce = 25

// Run reads the whole file first: of a broken one, nothing is taken over.
func (c statuspageCommand) Run(p *program) error {
	history, err := readStatuspage(c.File)
	if err != nil {
		return err
	}
	fmt.Print(statuspage.Table())
	for _, note := range history.Notes {
		fmt.Println("note:", note)
	}
	return p.controlled(func(ctx context.Context, api *rpc.Controller) error {
		return takeOver(ctx, api, history)
	})
}

func readStatuspage(path string) (statuspage.History, error) {
	file, err := os.Open(path)
	if err != nil {
		return statuspage.History{}, fault.Wrap(fault.NotFound, fmt.Sprintf("The file %s cannot be read.", path), err).
			WithAdvice("Nothing was imported.", "Check its name and who may read it.")
	}
	defer file.Close() //nolint:errcheck // it was only read
	return statuspage.Read(file)
}

func takeOver(ctx context.Context, api *rpc.Controller, history statuspage.History) error {
	var incidents, updates, newIncidents, newUpdates int
	for rest := history.Incidents; len(rest) > 0; {
		n := min(len(rest), importAtOnce)
		for _, i := range rest[:n] {
			updates += len(i.Updates)
		}
		addedIncidents, addedUpdates, err := api.Import(ctx, history.Space, rest[:n])
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		incidents += n
		newIncidents += addedIncidents
		newUpdates += addedUpdates
		rest = rest[n:]
		fmt.Fprintf(os.Stderr, "\r%d of %d incidents", incidents, len(history.Incidents))
	}
	fmt.Fprintln(os.Stderr)
	fmt.Printf("%d incidents and %d updates are in the file; %d incidents and %d updates were new.\n",
		incidents, updates, newIncidents, newUpdates)
	return nil
}
