package sample

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// firstChoice is where the demo's server listens, if nobody else does.
const firstChoice = "127.0.0.1:7310"

// place is what a demo remembers from one start to the next.
type place struct {
	Address string `json:"address"` // where the server listens, and where the clients look for it
	Server  int    `json:"server"`  // the number of the last server's process
}

func placeFile(dir string) string { return filepath.Join(dir, "demo.json") }

// findPlace returns the place of the demo in dir, and looks for one at its first start. The clients
// know one address only, so one that was taken meanwhile is a fault.
func findPlace(ctx context.Context, dir string) (place, error) {
	var p place
	raw, err := os.ReadFile(placeFile(dir))
	if errors.Is(err, os.ErrNotExist) {
		p.Address = firstChoice
		if !free(ctx, p.Address) {
			p.Address, err = proof.FreeAddress(ctx)
			return p, err
		}
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil || p.Address == "" {
		return p, unreadable(placeFile(dir), err)
	}
	if !free(ctx, p.Address) {
		return p, taken(p)
	}
	return p, nil
}

func taken(p place) error {
	do := fmt.Sprintf("Stop what listens on %s, or start over with `make demo-reset`.", p.Address)
	if p.Server > 0 {
		do += fmt.Sprintf(" If a demo was killed, it may be its server: `kill %d`.", p.Server)
	}
	return fault.New(fault.Unavailable, fmt.Sprintf("The address %s, which the demo's clients know, is taken.", p.Address)).
		WithAdvice("The demo's data is as it was.", do)
}

// free reports whether nobody listens on an address of this machine.
func free(ctx context.Context, address string) bool {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	return err == nil && l.Close() == nil
}

// keep remembers p for the next start.
func (p place) keep(dir string) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("remember the demo's place: %w", err)
	}
	return write(placeFile(dir), raw)
}
