package sample

import (
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// Album is the pictures of the documents.
type Album struct {
	Drawn string // folder of the pages that the tests drew
	Dir   string // folder of the demo whose windows are photographed
	Bin   string // where tsugid and tsugi are
	Into  string // folder of the pictures
	Clock clock.Clock
	Say   func(format string, args ...any)
}

// picked are the drawn pages that the documents show, by the names that they get there. The height of
// the narrow ones is for the tests to choose.
func picked() map[string]string {
	return map[string]string{
		"board-dark": "board-dark-1440x900", "board-light": "board-light-1024x*",
		"board-empty": "board-empty-light-1440x900", "board-offline": "board-offline-dark-1440x900",
		"room-dark": "room-dark-1440x900", "room-light": "room-light-1440x900", "room-narrow": "room-dark-1024x*",
		"room-offline": "room-offline-dark-1440x900", "room-audit": "room-audit-light-1440x900",
		"declare-dark": "declare-dark-1440x900", "declare-light": "declare-light-1024x*",
		"unsent": "unsent-dark-1440x900", "people": "people-light-1440x900", "enrol": "enrol-dark-1024x*",
	}
}

// Run takes over the drawn pages and photographs the board and a room of a real client.
func (a Album) Run(ctx context.Context) error {
	if err := os.MkdirAll(a.Into, 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	for name, drawn := range picked() {
		path := filepath.Join(a.Drawn, drawn+".png")
		if found, err := filepath.Glob(path); err == nil && len(found) > 0 {
			path = found[0]
		}
		if err := a.take(path, name); err != nil {
			return err
		}
	}
	a.Say("%d drawn pages are in %s.", len(picked()), a.Into)
	return a.photograph(ctx)
}

// photograph shows a fresh demo on an invisible screen, and takes over two of the pictures.
func (a Album) photograph(ctx context.Context) error {
	if err := os.RemoveAll(a.Dir); err != nil {
		return fmt.Errorf("remove the former demo: %w", err)
	}
	shots := filepath.Join(a.Dir, "pictures")
	d := Demo{Dir: a.Dir, Bin: a.Bin, Pictures: shots, Watch: 100 * time.Second, Lively: 5 * time.Minute, Clock: a.Clock, Say: a.Say}
	if err := d.Run(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	for name, shot := range map[string]string{"board-window": "board-later", "room-window": "room-later"} {
		if err := a.take(filepath.Join(shots, shot+".png"), name); err != nil {
			return err
		}
	}
	a.Say("2 photographed windows are in %s.", a.Into)
	return nil
}

// take writes a picture anew under its name, as small as it gets without being worse to look at.
func (a Album) take(from, name string) error {
	in, err := os.Open(from)
	if err != nil {
		return fault.Wrap(fault.NotFound, fmt.Sprintf("The picture %s is missing.", from), err).
			WithAdvice("The other pictures are as they were.", "`make screenshots` draws it first.")
	}
	defer in.Close() //nolint:errcheck // it was only read
	picture, err := png.Decode(in)
	if err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	out, err := os.Create(filepath.Join(a.Into, name+".png"))
	if err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	defer out.Close() //nolint:errcheck // closed below, where it counts
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(out, reduce(picture)); err != nil {
		return fmt.Errorf("write %s: %w", out.Name(), err)
	}
	return out.Close()
}
