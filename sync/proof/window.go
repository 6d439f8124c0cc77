package proof

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Window is a client's window on an invisible screen. Stop or Kill its process.
type Window struct {
	*Process
	screen *Screen
	handle string // what the display calls it
}

// Place is where a window lies on its screen, in pixels.
type Place struct{ X, Y, Width, Height int }

// OpenWindow runs the client in bin on the data folder dir, in a look of "dark" or "light", and
// waits until its window shows something.
func (s *Screen) OpenWindow(ctx context.Context, bin, dir, look string, at Place) (*Window, error) {
	p, err := Start(context.WithoutCancel(ctx), s.Env(), filepath.Join(bin, "tsugi"), "--data", dir, "--theme", look)
	if err != nil {
		return nil, err
	}
	w := &Window{Process: p, screen: s}
	if err := w.appear(ctx, at); err != nil {
		w.Kill()
		return nil, fmt.Errorf("open a window: %w: %s", err, p.Output())
	}
	return w, nil
}

// appear waits until the window is there, puts it in its place and waits until it is drawn.
func (w *Window) appear(ctx context.Context, at Place) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	if err := w.until(ctx, w.find); err != nil {
		return err
	}
	if err := w.Move(ctx, at); err != nil {
		return err
	}
	return w.until(ctx, w.drawn)
}

// until looks again and again, and gives up when the client or ctx ends.
func (w *Window) until(ctx context.Context, ok func(context.Context) bool) error {
	again := time.NewTicker(glance)
	defer again.Stop()
	for !ok(ctx) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.Ended():
			return fmt.Errorf("the client ended: %w", w.Stop())
		case <-again.C:
		}
	}
	return nil
}

// find reports whether the client's window is on the screen. One that goes on in a room is called after that before anybody looks.
func (w *Window) find(ctx context.Context) bool {
	out, err := w.screen.do(ctx, "xdotool", "search", "--all", "--onlyvisible", "--pid", strconv.Itoa(w.PID()), "--name", "Tsugi$")
	w.handle = strings.TrimSpace(out)
	return err == nil && w.handle != ""
}

// drawn reports whether the window shows more than a ground: text has many shades.
func (w *Window) drawn(ctx context.Context) bool {
	file, err := os.CreateTemp("", "tsugi-window-*.png")
	if err != nil {
		return false
	}
	defer os.Remove(file.Name()) //nolint:errcheck // the system cleans its folder of temporary files
	defer file.Close()           //nolint:errcheck // it was only read
	if w.Picture(ctx, file.Name()) != nil {
		return false
	}
	picture, err := png.Decode(file)
	return err == nil && shades(picture) > 16
}

// shades counts the colours of a picture.
func shades(p image.Image) int {
	seen := map[color.Color]bool{}
	b := p.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			seen[p.At(x, y)] = true
		}
	}
	return len(seen)
}

// Move puts the window into its place.
func (w *Window) Move(ctx context.Context, at Place) error {
	n := strconv.Itoa
	_, err := w.screen.do(ctx, "xdotool", "windowactivate", "--sync", w.handle,
		"windowmove", w.handle, n(at.X), n(at.Y), "windowsize", w.handle, n(at.Width), n(at.Height))
	return err
}

// Press gives the window the keyboard and presses keys one after the other, "ctrl+d" or "Return".
func (w *Window) Press(ctx context.Context, keys ...string) error {
	_, err := w.screen.do(ctx, "xdotool", append([]string{"windowactivate", "--sync", w.handle, "key", "--delay", "60"}, keys...)...)
	return err
}

// Type gives the window the keyboard and types words.
func (w *Window) Type(ctx context.Context, words string) error {
	_, err := w.screen.do(ctx, "xdotool", "windowactivate", "--sync", w.handle, "type", "--delay", "20", words)
	return err
}

// Click presses the left button of the mouse at a point of the window.
func (w *Window) Click(ctx context.Context, x, y int) error {
	_, err := w.screen.do(ctx, "xdotool", "windowactivate", "--sync", w.handle,
		"mousemove", "--window", w.handle, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
	return err
}

// Picture writes what the window shows into a PNG file, without the frame around it.
func (w *Window) Picture(ctx context.Context, path string) error {
	_, err := w.screen.do(ctx, "import", "-silent", "-window", w.handle, path)
	return err
}
