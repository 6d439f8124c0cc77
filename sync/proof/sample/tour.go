package sample

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tsugi-app/tsugi/sync/proof"
)

// stop is one station of a tour: what is pressed, how long it is looked at, and the picture.
type stop struct {
	name  string
	keys  []string
	pause time.Duration
}

// tour visits every page, and the room of the worst fire twice: meanwhile people write in it.
func tour(watch time.Duration) []stop {
	const look = time.Second
	toFirstFire := []string{"ctrl+1", "Tab", "Return"}
	return []stop{
		{"board", []string{"ctrl+1"}, look},
		{"room", toFirstFire, look},
		{"declare", []string{"ctrl+d"}, look},
		{"unsent", []string{"Escape", "ctrl+2"}, look},
		{"people", []string{"ctrl+3"}, look},
		{"room-later", toFirstFire, watch},
		{"board-later", []string{"ctrl+1"}, look},
	}
}

// The invisible screen is a little larger than the window, for the frame around it.
const (
	windowWidth, windowHeight = 1440, 900
	screenWidth, screenHeight = 1480, 960
)

// photograph opens the window on an invisible screen, visits every page and takes pictures.
func (d Demo) photograph(ctx context.Context) (err error) {
	if err := os.MkdirAll(d.Pictures, 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	d.Say("Opening the window on an invisible screen, for about %v.", (d.Watch + 10*time.Second).Round(time.Second))
	screen, err := proof.OpenScreen(ctx, screenWidth, screenHeight)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, screen.Close()) }()
	at := proof.Place{X: 10, Y: 30, Width: windowWidth, Height: windowHeight}
	window, err := screen.OpenWindow(ctx, d.Bin, Desk(d.Dir, admin), "dark", at)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, window.Stop()) }()
	for _, s := range tour(d.Watch) {
		if err := window.Press(ctx, s.keys...); err != nil {
			return err
		}
		if !wait(ctx, s.pause) {
			return ctx.Err()
		}
		path := filepath.Join(d.Pictures, s.name+".png")
		if err := window.Picture(ctx, path); err != nil {
			return err
		}
		d.Say("  %s", path)
	}
	d.Say("The pictures are in %s.", d.Pictures)
	return nil
}
