package main

import (
	"context"
	"fmt"
	"os"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server/integration/statuspage"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/wire"
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
	return p.controlled(func(ctx context.Context, api tsugiv1connect.ControlServiceClient) error {
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

func takeOver(ctx context.Context, api tsugiv1connect.ControlServiceClient, history statuspage.History) error {
	var incidents, updates, newIncidents, newUpdates int
	for rest := history.Incidents; len(rest) > 0; {
		n := min(len(rest), importAtOnce)
		req := &tsugiv1.ImportIncidentsRequest{Space: history.Space}
		for _, i := range rest[:n] {
			req.Incidents = append(req.Incidents, wire.ImportTo(i))
			updates += len(i.Updates)
		}
		resp, err := api.ImportIncidents(ctx, req)
		if err != nil {
			return fmt.Errorf("import: %w", wire.FromError(err))
		}
		incidents += n
		newIncidents += int(resp.GetIncidents())
		newUpdates += int(resp.GetUpdates())
		rest = rest[n:]
		fmt.Fprintf(os.Stderr, "\r%d of %d incidents", incidents, len(history.Incidents))
	}
	fmt.Fprintln(os.Stderr)
	fmt.Printf("%d incidents and %d updates are in the file; %d incidents and %d updates were new.\n",
		incidents, updates, newIncidents, newUpdates)
	return nil
}
