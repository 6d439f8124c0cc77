package sample

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// Comfort lets a client live in the demo for a while, and tells how it went.
type Comfort struct {
	Dir   string // of all data; made anew
	Bin   string
	Into  string // the Markdown file that tells it
	Code  string // what it names as the code that was measured
	For   time.Duration
	Clock clock.Clock
	Say   func(format string, args ...any)
}

// floor is how long an empty window is measured.
const floor = 75 * time.Second

// settled is after how long a client counts as started.
const settled = 30 * time.Second

// Run shows the busiest sample room in a real window on an invisible screen, while the sample people write.
func (c Comfort) Run(ctx context.Context) error {
	if err := proof.CheckScreen(); err != nil {
		return err
	}
	if err := os.RemoveAll(c.Dir); err != nil {
		return fmt.Errorf("begin anew: %w", err)
	}
	d := Demo{Dir: c.Dir, Bin: c.Bin, Lively: c.For + floor + time.Minute, Clock: c.Clock, Say: c.Say, Attend: c.attend}
	if err := d.Run(ctx); err != nil {
		return err
	}
	room, err := readSamples(c.file("room"))
	if err != nil {
		return err
	}
	empty, err := readSamples(c.file("empty"))
	if err != nil {
		return err
	}
	return os.WriteFile(c.Into, []byte(c.tell(room, empty)), 0o644) //nolint:gosec // a document
}

func (c Comfort) file(of string) string { return filepath.Join(c.Dir, of+".csv") }

// attend opens the window and waits.
func (c Comfort) attend(ctx context.Context, cast *Cast) (err error) {
	screen, err := proof.OpenScreen(ctx, 1440, 900)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, screen.Close()) }()
	c.Say("Measuring an empty window for %v, and then the room for %v.", floor, c.For)
	if err := c.measure(ctx, screen, floor, "empty", "--first-frame", "empty"); err != nil {
		return err
	}
	return c.measure(ctx, screen, c.For, "room", "--data", Desk(c.Dir, admin), "--theme", "dark",
		"tsugi://incident/"+cast.ids["checkout"].String())
}

// measure runs a client that measures itself for a while.
func (c Comfort) measure(ctx context.Context, screen *proof.Screen, span time.Duration, of string, args ...string) error {
	args = append([]string{"--measure", c.file(of)}, args...)
	window, err := proof.Start(context.WithoutCancel(ctx), screen.Env(), filepath.Join(c.Bin, "tsugi"), args...)
	if err != nil {
		return err
	}
	enough := time.NewTimer(span)
	defer enough.Stop()
	select {
	case <-ctx.Done():
	case <-window.Ended():
		return fmt.Errorf("the client ended: %w: %s", window.Stop(), window.Output())
	case <-enough.C:
	}
	return errors.Join(screen.Picture(context.WithoutCancel(ctx), filepath.Join(c.Dir, of+".png")), window.Stop())
}

// sampled is one line of what the client wrote of itself.
type sampled struct {
	at                                time.Duration
	resident, heap                    float64 // MiB
	goroutines, probes, late, dropped int64
	middle, most                      time.Duration
}

func readSamples(path string) ([]sampled, error) {
	file, err := os.Open(path) //nolint:gosec // it is ours
	if err != nil {
		return nil, fmt.Errorf("read what was measured: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read what was measured: %w", err)
	}
	var out []sampled
	for _, row := range rows[min(1, len(rows)):] {
		n := make([]int64, len(row))
		for i, text := range row {
			if n[i], err = strconv.ParseInt(text, 10, 64); err != nil {
				return nil, fmt.Errorf("read what was measured: %w", err)
			}
		}
		out = append(out, sampled{
			at: time.Duration(n[0]) * time.Second, resident: float64(n[1]) / 1024, heap: float64(n[2]) / 1024, goroutines: n[3], probes: n[4],
			middle: time.Duration(n[5]) * time.Microsecond, most: time.Duration(n[7]) * time.Microsecond, late: n[8], dropped: n[9],
		})
	}
	if len(out) < 4 {
		return nil, errors.New("too little was measured to say anything")
	}
	return out, nil
}

// calm returns what was measured once the client had started.
func calm(all []sampled) []sampled {
	return all[max(slices.IndexFunc(all, func(s sampled) bool { return s.at > settled }), 0):]
}

// tell writes down how it went.
func (c Comfort) tell(room, empty []sampled) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("# A long while in a room\n")
	say("`build/proof comfort --for 1h` lets a client live in the live demo: its real window, drawn without a graphics card on an")
	say("invisible screen of 1440×900, shows the busiest sample room while the sample people write a line every few seconds. Nobody")
	say("scrolls. Every ten seconds the client notes its memory and its goroutines; all the while it puts a small question to the")
	say("window's goroutine, a hundred times a second at most, and notes how long the answer took: as long as a key would have waited.")
	say("The empty window beside it changes one colour five times a second. What comes after the first %v counts.\n", settled)
	say("Code %s, %s, measured for %v.\n", c.Code, proof.Machine(), room[len(room)-1].at)
	say("| | start | end | most | slope, an hour |\n|---|---|---|---|---|")
	for _, f := range []struct {
		words  string
		figure func(sampled) float64
	}{
		{"resident, MiB", func(s sampled) float64 { return s.resident }},
		{"heap, with what is not collected yet, MiB", func(s sampled) float64 { return s.heap }},
		{"goroutines", func(s sampled) float64 { return float64(s.goroutines) }},
	} {
		all := calm(room)
		most := f.figure(slices.MaxFunc(all, func(a, b sampled) int { return cmp.Compare(f.figure(a), f.figure(b)) }))
		say("| %s | %.1f | %.1f | %.1f | %+.1f |", f.words, f.figure(all[0]), f.figure(all[len(all)-1]), most, slope(all, f.figure))
	}
	say("\n| window's goroutine | answers | median | longest | over 16.7 ms | over 50 ms |\n|---|---|---|---|---|---|")
	say("%s\n%s", waited("room", calm(room)), waited("empty window, same run", calm(empty)))
	return b.String()
}

// waited returns the row of one window.
func waited(of string, all []sampled) string {
	var probes, late, dropped int64
	worst, middle := time.Duration(0), make([]time.Duration, 0, len(all))
	for _, s := range all {
		probes, late, dropped, worst = probes+s.probes, late+s.late, dropped+s.dropped, max(worst, s.most)
		middle = append(middle, s.middle)
	}
	slices.Sort(middle)
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	return fmt.Sprintf("| %s | %d | %.1f ms | %.1f ms | %d | %d |", of, probes, ms(middle[len(middle)/2]), ms(worst), late, dropped)
}

// slope returns by how much a figure grows in an hour, by least squares.
func slope(all []sampled, figure func(sampled) float64) float64 {
	var x, y, xx, xy float64
	for _, s := range all {
		at, v := s.at.Hours(), figure(s)
		x, y, xx, xy = x+at, y+v, xx+at*at, xy+at*v
	}
	n := float64(len(all))
	if d := n*xx - x*x; d != 0 {
		return (n*xy - x*y) / d
	}
	return 0
}
