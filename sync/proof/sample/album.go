package sample

import (
	"context"
	"errors"
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

// picked are the drawn pages that the documents show: full ones, empty ones, those of a bad day, and each with large
// text. Every one is there in both looks, in a wide and in a narrow window.
func picked() []string {
	return []string{
		"board", "board-empty", "board-offline", "board-150", "room", "room-offline", "room-audit", "room-prose", "room-others", "room-menu",
		"room-150", "declare", "declare-full", "declare-150", "search", "search-empty", "search-150", "palette", "palette-found", "palette-150",
		"keys", "keys-150", "terms", "terms-150", "unsent", "unsent-empty", "unsent-150", "people", "people-150", "enrol", "enrol-150",
		"sight-board", "sight-room", "sight-declare", "sight-private", "sight-150-room",
	}
}

// Run takes over the drawn pages and photographs the board and a room of a real client.
func (a Album) Run(ctx context.Context) error {
	if err := errors.Join(os.RemoveAll(a.Into), os.MkdirAll(a.Into, 0o755)); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	for _, page := range picked() {
		for _, look := range []string{"dark", "light"} {
			for _, size := range []string{"1440x900", "1024x700"} {
				name := page + "-" + look + "-" + size
				if err := a.take(filepath.Join(a.Drawn, name+".png"), name); err != nil {
					return err
				}
			}
		}
	}
	a.Say("%d drawn pages are in %s.", 4*len(picked()), a.Into)
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
