package proof

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// WindowRun is one run with two real windows: what is typed in one is seen in the other, and then
// the server and a window are killed while people go on typing.
type WindowRun struct {
	Seed    uint64
	Bin     string
	Dir     string
	Picture string // where a picture of both windows is written
	Clock   clock.Clock
}

// WindowResult is what a run with windows found.
type WindowResult struct {
	Code        string   `json:"code"`
	Seed        uint64   `json:"seed"`
	SeenAfterMS int64    `json:"seen_after_ms"` // from the key press in one window to the changed picture of the other
	Typed       int      `json:"typed"`
	Late        int      `json:"late"` // entries that say when they arrived
	Lost        []string `json:"lost,omitempty"`
	Doubled     []string `json:"doubled,omitempty"`
	Differences []string `json:"differences,omitempty"`
}

// Clean reports whether nothing was lost, doubled or different.
func (r WindowResult) Clean() bool { return len(r.Lost)+len(r.Doubled)+len(r.Differences) == 0 }

// The windows of a run stand side by side.
const (
	paneWidth  = 1024
	paneHeight = 760
	// frameHeight is what the window manager puts above a window.
	frameHeight = 22
)

// longEnough is how long the server stays away, so that entries arrive late enough to say so.
const longEnough = 65 * time.Second

// timelineOf is the part of a window in which the other's words appear, and no clock runs.
func timelineOf() image.Rectangle { return image.Rect(330, 110, 700, 600) }

// show is a run's windows and server.
type show struct {
	WindowRun
	random  *rand.Rand
	screen  *Screen
	server  *Process
	listen  string
	windows [2]*Window
	room    id.Incident
	typed   []string
	result  *WindowResult
}

// Run carries the run out.
func (w WindowRun) Run(ctx context.Context) (WindowResult, error) {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	result := WindowResult{Seed: w.Seed}
	s := &show{WindowRun: w, random: rand.New(rand.NewPCG(w.Seed, 2)), result: &result} //nolint:gosec // chance, not secrets
	err := s.open(ctx)
	if err == nil {
		err = s.glance(ctx)
	}
	if err == nil {
		err = s.strike(ctx)
	}
	err = errors.Join(err, s.close())
	if err == nil {
		err = s.judge(ctx)
	}
	return result, err
}

func (s *show) desk(i int) string { return filepath.Join(s.Dir, fmt.Sprintf("desk%d", i)) }

// open starts the server and two windows in the same room.
func (s *show) open(ctx context.Context) error {
	if err := errors.Join(os.RemoveAll(s.Dir), os.MkdirAll(s.Dir, 0o700)); err != nil {
		return err
	}
	var err error
	if s.listen, err = FreeAddress(ctx); err != nil {
		return err
	}
	if s.server, err = StartServer(ctx, s.Bin, filepath.Join(s.Dir, "server"), s.listen); err != nil {
		return err
	}
	for i, name := range []string{"Ann Sample", "Ben Sample"} {
		if err := s.enrol(ctx, i, name); err != nil {
			return err
		}
	}
	if s.screen, err = OpenScreen(ctx, 2*paneWidth, paneHeight+frameHeight); err != nil {
		return err
	}
	for i := range s.windows {
		if err := s.openWindow(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) enrol(ctx context.Context, i int, name string) error {
	invitation, err := InviteFrom(ctx, filepath.Join(s.Dir, "server"), name, false)
	if err != nil {
		return err
	}
	d, err := OpenDesk(ctx, s.desk(i), s.Clock, Quiet())
	if err != nil {
		return err
	}
	err = d.Enrol(ctx, present.Enrolment{Address: invitation.Address, Code: invitation.Code, Device: name + "'s desk"})
	if err == nil && i == 0 {
		s.room, err = d.Declare(ctx, present.Declaration{Title: "Checkout fails for everyone", Level: 2})
	}
	if err == nil {
		err = d.Await(ctx, func() (bool, error) {
			got, err := d.Replica().Incident(ctx, s.room)
			return err == nil && got.Number > 0 && d.Replica().Unsent() == 0, err
		})
	}
	return errors.Join(err, d.Close())
}

// openWindow opens a window and goes into the room: the only fire is the first thing that Tab and
// Return reach on the board.
func (s *show) openWindow(ctx context.Context, i int) error {
	at := Place{X: i * paneWidth, Width: paneWidth, Height: paneHeight}
	w, err := s.screen.OpenWindow(ctx, s.Bin, s.desk(i), []string{"dark", "light"}[i], at)
	if err != nil {
		return err
	}
	s.windows[i] = w
	return w.Click(ctx, paneWidth/2, 150)
}

// glance measures how long it takes from a key press in one window to the picture of the other.
func (s *show) glance(ctx context.Context) error {
	before, err := s.look(ctx, 1)
	if err != nil {
		return err
	}
	if err := s.windows[0].Type(ctx, s.words(0)); err != nil {
		return err
	}
	start := s.Clock.Now()
	if err := s.windows[0].Press(ctx, "Return"); err != nil {
		return err
	}
	for same := true; same; {
		if s.Clock.Now().Sub(start) > 10*time.Second {
			return errors.New("what was typed in one window was not seen in the other within ten seconds")
		}
		after, err := s.look(ctx, 1)
		if err != nil {
			return err
		}
		same = alike(before, after)
	}
	s.result.SeenAfterMS = s.Clock.Now().Sub(start).Milliseconds()
	return s.screen.Picture(ctx, s.Picture)
}

// look returns the picture of a window.
func (s *show) look(ctx context.Context, i int) (image.Image, error) {
	path := filepath.Join(s.Dir, "look.png")
	if err := s.windows[i].Picture(ctx, path); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	return png.Decode(file)
}

// alike reports whether two pictures show the same timeline.
func alike(a, b image.Image) bool {
	part := timelineOf()
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

// words returns the next thing to type in a window.
func (s *show) words(i int) string {
	text := fmt.Sprintf("window %d says %04x", i, s.random.IntN(1<<16))
	if slices.Contains(s.typed, text) {
		return s.words(i)
	}
	s.typed = append(s.typed, text)
	return text
}

// say types something in a window and sends it.
func (s *show) say(ctx context.Context, i int) error {
	if err := s.windows[i].Type(ctx, s.words(i)); err != nil {
		return err
	}
	return s.windows[i].Press(ctx, "Return")
}

// strike kills the server, lets both people go on, kills a window too, and starts both again.
func (s *show) strike(ctx context.Context) error {
	victim := s.random.IntN(2)
	steps := []func() error{
		func() error { return s.say(ctx, 0) },
		func() error { s.server.Kill(); return nil },
		func() error { return s.say(ctx, 1) },
		func() error { return s.say(ctx, 0) },
		func() error { return s.declare(ctx, 1-victim) },
		func() error { s.windows[victim].Kill(); return nil },
		func() error { return s.openWindow(ctx, victim) },
		func() error { return s.say(ctx, victim) },
		func() error { return s.snap(ctx, "offline") },
		func() error { return wait(ctx, longEnough) },
		func() error {
			var err error
			s.server, err = StartServer(ctx, s.Bin, filepath.Join(s.Dir, "server"), s.listen)
			return err
		},
		func() error { return s.drained(ctx) },
		func() error { return s.snap(ctx, "after") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
		if err := wait(ctx, time.Duration(s.random.IntN(1500))*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// declare declares an incident with the keyboard alone, and comes back to the room.
func (s *show) declare(ctx context.Context, i int) error {
	w := s.windows[i]
	if err := w.Press(ctx, "ctrl+d"); err != nil {
		return err
	}
	if err := w.Type(ctx, s.words(i)); err != nil {
		return err
	}
	return w.Press(ctx, "Return")
}

// snap takes a picture of both windows beside the main one.
func (s *show) snap(ctx context.Context, name string) error {
	ext := filepath.Ext(s.Picture)
	return s.screen.Picture(ctx, s.Picture[:len(s.Picture)-len(ext)]+"-"+name+ext)
}

// drains is for how many looks in a row nothing may come any more: 14 seconds, since a client that did not reach the server for long
// looks for it every ten.
const drains = 20

// drained waits until the server has everything that was typed.
func (s *show) drained(ctx context.Context) error {
	api := rpc.DialControl(filepath.Join(s.Dir, "server"))
	defer api.Close()
	var before uint64
	for calm := 0; calm < drains; {
		census, err := api.Describe(ctx)
		if err != nil {
			return err
		}
		if census.Shared == before {
			calm++
		} else {
			calm, before = 0, census.Shared
		}
		if err := wait(ctx, 700*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) close() error {
	var errs []error
	for _, w := range s.windows {
		if w != nil {
			errs = append(errs, w.Stop())
		}
	}
	if s.server != nil {
		errs = append(errs, s.server.Stop())
	}
	if s.screen != nil {
		errs = append(errs, s.screen.Close())
	}
	return errors.Join(errs...)
}

// judge opens what the windows left behind and compares.
func (s *show) judge(ctx context.Context) error {
	o, err := OpenOffice(ctx, filepath.Join(s.Dir, "server"), s.listen, s.Clock, Quiet())
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // everything was judged
	var worlds []world
	for i := range s.windows {
		d, err := OpenDesk(ctx, s.desk(i), s.Clock, Quiet())
		if err != nil {
			return err
		}
		w, err := s.hold(ctx, d)
		if err := errors.Join(err, d.Close()); err != nil {
			return err
		}
		worlds = append(worlds, w)
	}
	k := scene{result: &KillResult{}}
	k.compare("the windows", worlds[0], worlds[1])
	k.refold(worlds[0])
	s.result.Differences = k.result.Differences
	s.account(worlds[0])
	return nil
}

// hold waits until a client holds everything, and counts what says that it arrived late.
func (s *show) hold(ctx context.Context, d *Desk) (world, error) {
	api := rpc.DialControl(filepath.Join(s.Dir, "server"))
	defer api.Close()
	if err := d.Await(ctx, func() (bool, error) {
		census, err := api.Describe(ctx) // anew: what this client still had to send is in it only now
		if err != nil {
			return false, err
		}
		_, events, complete, err := d.Replica().Census(ctx)
		return complete && events == census.Shared && d.Replica().Unsent() == 0, err
	}); err != nil {
		return nil, err
	}
	w, err := d.world(ctx)
	if err != nil {
		return nil, err
	}
	s.result.Late = 0
	for in := range w {
		room, err := d.Room(ctx, in, 1<<20)
		if err != nil {
			return nil, err
		}
		for _, e := range room.Entries {
			if e.Late != "" {
				s.result.Late++
			}
		}
	}
	return w, nil
}

// account looks for everything that was typed.
func (s *show) account(w world) {
	found := map[string]int{}
	for _, line := range w {
		for _, l := range line.Lines {
			switch e := l.Event.(type) {
			case incident.Written:
				found[e.Text]++
			case incident.Declared:
				found[e.Title]++
			}
		}
	}
	s.result.Typed = len(s.typed)
	if s.result.Late == 0 {
		s.result.Differences = append(s.result.Differences, "no entry says that it arrived late")
	}
	for _, t := range s.typed {
		switch {
		case found[t] == 0:
			s.result.Lost = append(s.result.Lost, t)
		case found[t] > 1:
			s.result.Doubled = append(s.result.Doubled, t)
		}
	}
}
