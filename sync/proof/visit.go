package proof

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Visit is somebody's first visit, done in a real window with the keyboard alone: enrol, declare, write, paste a picture,
// change the severity, invite a colleague, mitigate and close. A colleague's client without a window sees to it that
// each step has arrived before the next is taken.
type Visit struct {
	Bin   string // folder of the programs tsugid and tsugi
	Dir   string // folder of the data; made anew
	Into  string // folder of the pictures, one for each step; empty for none
	Clock clock.Clock
}

// VisitStep is what one step took.
type VisitStep struct {
	Name    string
	Keys    int // pressed on purpose: shortcuts, Enter, Tab, arrows
	Letters int // typed as words
	Took    time.Duration
}

// visit is one that is under way.
type visit struct {
	Visit
	server  *Process
	screen  *Screen
	window  *Window
	watcher *Desk
	clip    *Process // owns the clipboard while it runs
	code    present.Invitation
	steps   []VisitStep
}

// stroke is one thing that is typed: words, or keys by their names.
type stroke struct {
	words string
	keys  []string
}

func types(words string) stroke   { return stroke{words: words} }
func keys(names ...string) stroke { return stroke{keys: names} }

// Run carries the visit out and returns what each step took.
func (v Visit) Run(ctx context.Context) ([]VisitStep, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	w := &visit{Visit: v}
	err := w.open(ctx)
	if err == nil {
		err = w.walk(ctx)
	}
	return w.steps, errors.Join(err, w.close())
}

func (v *visit) open(ctx context.Context) error {
	if err := errors.Join(os.RemoveAll(v.Dir), os.MkdirAll(v.Dir, 0o700)); err != nil {
		return err
	}
	listen, err := FreeAddress(ctx)
	if err != nil {
		return err
	}
	data := filepath.Join(v.Dir, "server")
	if v.server, err = StartServer(ctx, v.Bin, data, listen); err != nil {
		return err
	}
	other, err := InviteFrom(ctx, data, "Ben Sample", false)
	if err != nil {
		return err
	}
	if v.watcher, err = OpenDesk(ctx, filepath.Join(v.Dir, "ben"), v.Clock, Quiet()); err != nil {
		return err
	}
	if err := v.watcher.Enrol(ctx, present.Enrolment{Address: other.Address, Code: other.Code, Device: "Ben's desk"}); err != nil {
		return err
	}
	if v.code, err = InviteFrom(ctx, data, "Ada Sample", true); err != nil {
		return err
	}
	if v.screen, err = OpenScreen(ctx, 1460, 940); err != nil {
		return err
	}
	v.window, err = v.screen.OpenWindow(ctx, v.Bin, filepath.Join(v.Dir, "ada"), "dark", Place{Width: 1440, Height: 900})
	return err
}

func (v *visit) close() error {
	var errs []error
	if v.clip != nil {
		v.clip.Kill()
	}
	if v.window != nil {
		errs = append(errs, v.window.Stop())
	}
	if v.watcher != nil {
		errs = append(errs, v.watcher.Close())
	}
	if v.screen != nil {
		errs = append(errs, v.screen.Close())
	}
	return errors.Join(append(errs, stopped(v.server))...)
}

// walk takes the steps.
func (v *visit) walk(ctx context.Context) error {
	for _, step := range []struct {
		name    string
		strokes []stroke
		done    func(present.Room, present.People) bool
	}{
		{"enrol", []stroke{types(v.code.Address), keys("Return"), types(v.code.Code), keys("Return")}, func(_ present.Room, p present.People) bool {
			return knows(p, "Ada Sample")
		}},
		{"declare", []stroke{keys("ctrl+d"), types("Checkout fails"), keys("Return")}, func(r present.Room, _ present.People) bool { return r.Title == "Checkout fails" }},
		{"write", []stroke{types("The page after Pay stays white."), keys("Return")}, func(r present.Room, _ present.People) bool { return said(r, "The page after Pay") }},
		{"paste a picture", []stroke{keys("ctrl+v"), types("Orders per minute"), keys("Return")}, func(r present.Room, _ present.People) bool { return r.Files == 1 }},
		{"change the severity", []stroke{types("/sev"), keys("Return"), keys("Up", "Up"), types("all shops"), keys("Return")}, func(r present.Room, _ present.People) bool {
			return r.Level == 1
		}},
		{"invite a colleague", []stroke{keys("ctrl+k"), types("invite"), keys("Return"), types("Cleo Sample"), keys("Return"), keys("Return")}, func(_ present.Room, p present.People) bool {
			return knows(p, "Cleo Sample")
		}},
		{"mitigate", []stroke{keys("Escape", "ctrl+k"), types("checkout"), keys("Return"), types("/status"), keys("Return", "Return")}, func(r present.Room, _ present.People) bool {
			return r.Status == incident.Mitigated
		}},
		{"close", []stroke{types("/status"), keys("Return", "Down"), types("a disk was full"), keys("Return")}, func(r present.Room, _ present.People) bool {
			return r.Status == incident.Closed
		}},
	} {
		if err := v.take(ctx, step.name, step.strokes, step.done); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

func knows(p present.People, name string) bool {
	for _, c := range p.People {
		if c.Name == name {
			return true
		}
	}
	return false
}

func said(r present.Room, words string) bool {
	for _, e := range r.Entries {
		if strings.Contains(e.Text, words) {
			return true
		}
	}
	return false
}

// take types what a step needs, and waits until the colleague has what came of it.
func (v *visit) take(ctx context.Context, name string, strokes []stroke, done func(present.Room, present.People) bool) error {
	if strings.Contains(name, "picture") {
		if err := v.copyPicture(ctx); err != nil {
			return err
		}
	}
	begin := v.Clock.Now()
	step := VisitStep{Name: name}
	for _, s := range strokes {
		var err error
		if s.words != "" {
			step.Letters += len(s.words)
			err = v.window.Type(ctx, s.words)
		}
		if len(s.keys) > 0 && err == nil {
			step.Keys += len(s.keys)
			err = v.window.Press(ctx, s.keys...)
		}
		if err == nil {
			err = wait(ctx, hesitation) // as people do before they go on
		}
		if err != nil {
			return err
		}
	}
	err := v.arrived(ctx, done)
	step.Took = v.Clock.Now().Sub(begin).Round(100 * time.Millisecond)
	v.steps = append(v.steps, step)
	if v.Into != "" { // also of what went wrong
		err = errors.Join(err, v.window.Picture(ctx, filepath.Join(v.Into, fmt.Sprintf("visit-%d.png", len(v.steps)))))
	}
	return err
}

// hesitation is how long somebody looks before the next key: lists of suggestions come after the words.
const hesitation = 400 * time.Millisecond

func (v *visit) arrived(ctx context.Context, done func(present.Room, present.People) bool) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return v.watcher.Await(ctx, func() (bool, error) {
		people, err := v.watcher.People(ctx)
		if err != nil {
			return false, err
		}
		room := present.Room{}
		board, err := v.watcher.Board(ctx)
		if err != nil {
			return false, err
		}
		for _, f := range board.Fires {
			room, err = v.watcher.Room(ctx, f.ID, 1000)
		}
		for _, p := range board.Lately {
			room, err = v.watcher.Room(ctx, p.ID, 1000)
		}
		return done(room, people), err
	})
}

// copyPicture puts a picture on the clipboard, as a program that takes one of the screen does.
func (v *visit) copyPicture(ctx context.Context) error {
	path := filepath.Join(v.Dir, "clip.png")
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	picture := image.NewNRGBA(image.Rect(0, 0, 320, 120))
	for x := range 320 {
		for y := 20 + x/4; y < 110; y++ {
			picture.Set(x, y, color.NRGBA{R: 0x6f, G: 0xa8, B: 0xdc, A: 0xff})
		}
	}
	if err := errors.Join(png.Encode(file, picture), file.Close()); err != nil {
		return err
	}
	v.clip, err = Start(context.WithoutCancel(ctx), v.screen.Env(), "xclip", "-quiet", "-selection", "clipboard", "-t", "image/png", "-i", path)
	return err
}
