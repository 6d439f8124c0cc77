package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// How large the history is that clients start with.
const (
	bigIncidents = 10_000
	bigEach      = 100 // events of one incident
	bigBurning   = 20
)

// history makes the big server folder once, and returns it. Its incidents have about a hundred
// events of ordinary length; all but a few are closed.
func (b *Bench) history(ctx context.Context) (string, error) {
	dir := filepath.Join(b.Dir, fmt.Sprintf("history-%d", b.Scale))
	done := filepath.Join(dir, "complete")
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	if _, err := b.fresh(filepath.Base(dir)); err != nil {
		return "", err
	}
	listen, err := FreeAddress(ctx)
	if err != nil {
		return "", err
	}
	p, err := StartServer(ctx, b.Bin, dir, listen)
	if err != nil {
		return "", err
	}
	c, err := b.call(ctx, dir, "History")
	if err == nil {
		err = b.fillHistory(ctx, c)
	}
	if err := errors.Join(err, p.Stop()); err != nil {
		return "", err
	}
	return dir, os.WriteFile(done, nil, 0o600)
}

func (b *Bench) fillHistory(ctx context.Context, c *Caller) error {
	total := bigIncidents / b.Scale
	failed := make(chan error, 4)
	var next atomic.Int64
	for range cap(failed) {
		go func() {
			w := c.NewWriter()
			for {
				n := int(next.Add(1)) - 1
				if n >= total {
					failed <- nil
					return
				}
				if n%1000 == 0 {
					say(b.Out, "  making the history: %d of %d incidents\n", n, total)
				}
				if err := writeIncident(ctx, w, n, n >= total-bigBurning); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	var errs []error
	for range cap(failed) {
		errs = append(errs, <-failed)
	}
	return errors.Join(errs...)
}

func writeIncident(ctx context.Context, w *Writer, n int, burning bool) error {
	target, err := w.Declare(ctx, fmt.Sprintf("Sample %d: checkout is slow in region %d", n, n%17))
	if err != nil {
		return err
	}
	commands := []stream.Command{
		incident.AddTag{Tag: fmt.Sprintf("service-%d", n%40)},
		incident.ChangeSeverity{Base: incident.Base{Seq: 1}, To: 1, Reason: "more shops than thought"},
	}
	for i := len(commands) + 1; i < bigEach-1; i++ {
		commands = append(commands, Words(fmt.Sprintf("Node %d of %d restarted, queue length is now %d and falling slowly.", i, bigEach, n*i)))
	}
	if !burning {
		commands = append(commands, incident.ChangeStatus{Base: incident.Base{Seq: 1}, To: incident.Closed, Reason: "all nodes are back"})
	}
	return w.Push(ctx, target, commands...)
}

// counting counts the bytes that a client receives.
type counting struct {
	http.RoundTripper
	received *atomic.Int64
}

// RoundTrip sends a request and counts its answer.
func (c counting) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Body = counted{ReadCloser: resp.Body, received: c.received}
	}
	return resp, err
}

type counted struct {
	io.ReadCloser
	received *atomic.Int64
}

// Read reads and counts.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.received.Add(int64(n))
	return n, err
}

// bootstrap measures a fresh client of a server with a long history.
func (b *Bench) bootstrap(ctx context.Context) ([]Row, error) {
	dir, more, err := b.grown(ctx)
	if err != nil {
		return nil, err
	}
	listen, err := FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	p, err := StartServer(ctx, b.Bin, dir, listen, more...)
	if err != nil {
		return nil, err
	}
	rows, err := b.join(ctx, dir)
	return rows, errors.Join(err, p.Stop())
}

// join enrols a fresh client and follows it until it has everything.
func (b *Bench) join(ctx context.Context, server string) ([]Row, error) {
	home, err := b.fresh("replica")
	if err != nil {
		return nil, err
	}
	i, err := InviteFrom(ctx, server, "Newcomer", false)
	if err != nil {
		return nil, err
	}
	var received atomic.Int64
	s, err := session.Open(ctx, session.Options{
		Dir: home, Clock: b.Clock, Logger: Quiet(), Zone: time.UTC, Words: words.English(),
		Transport: counting{RoundTripper: link.Transport(), received: &received},
	})
	if err != nil {
		return nil, err
	}
	d := StartDesk(ctx, s)
	watch := b.stopwatch()
	if err := d.Enrol(ctx, present.Enrolment{Address: i.Address, Code: i.Code, Device: "new"}); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	incidents, before := 0, uint64(0)
	err = d.Await(ctx, func() (bool, error) {
		var err error
		incidents, before, _, err = d.Replica().Census(ctx)
		return incidents > 0, err
	})
	usable, bytes := watch(), received.Load()
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	watch = b.stopwatch()
	err = d.Await(ctx, func() (bool, error) { // a census at each change would count a million rows, on the processor that fills
		gaps, err := d.Replica().Gaps(ctx)
		return len(gaps) == 0, err
	})
	took := watch()
	_, events, _, censusErr := d.Replica().Census(ctx)
	err = errors.Join(err, censusErr)
	per500 := float64(bytes) / float64(incidents) * 500 / 1e6
	rate := float64(events-before) / took.Seconds()
	floor, floorErr := b.insertRate(ctx)
	return []Row{
		{
			Promise:  "bootstrap to a usable window, 10,000 incidents: < 3 s",
			Measured: fmt.Sprintf("%.2f s for %d incidents", usable.Seconds(), incidents), Limit: "-", Ratio: "-", Met: met(usable < 3*time.Second),
		},
		{
			Promise:  "bytes for 500 recent incidents: < 1 MB",
			Measured: fmt.Sprintf("%.2f MB (%.1f MB in all)", per500, float64(bytes)/1e6), Limit: "-", Ratio: "-", Met: met(per500 < 1),
		},
		{
			Promise:  "fill: ≥ 30,000 events/s",
			Measured: fmt.Sprintf("%.0f/s (%d events in %.1f s)", rate, events-before, took.Seconds()),
			Limit:    fmt.Sprintf("raw SQLite insert in process: %.0f/s", floor), Ratio: times(rate, floor), Met: met(rate >= 30000),
		},
	}, errors.Join(err, floorErr, d.Close())
}

// insertRate measures how fast SQLite alone takes rows of the same size, a thousand a transaction.
func (b *Bench) insertRate(ctx context.Context) (float64, error) {
	dir, err := b.fresh("inserts")
	if err != nil {
		return 0, err
	}
	r, err := OpenRaw(ctx, dir, "")
	if err != nil {
		return 0, err
	}
	group := slices.Repeat([]*rawWork{{body: make([]byte, 200)}}, 1000)
	watch := b.stopwatch()
	rounds := 200 / b.Scale
	for range rounds {
		if err := r.commit(ctx, group); err != nil {
			return 0, errors.Join(err, r.Close())
		}
	}
	return float64(rounds*len(group)) / watch().Seconds(), r.Close()
}

// firstFrame measures the window with the long history beside an empty one.
func (b *Bench) firstFrame(ctx context.Context) ([]Row, error) {
	data := filepath.Join(b.Dir, "replica")
	if _, err := os.Stat(filepath.Join(data, "replica.db")); err != nil {
		return nil, errors.New("measure bootstrap and fill first: its replica is what the window opens")
	}
	screen, err := OpenScreen(ctx, 1440, 900)
	if err != nil {
		return []Row{{Promise: "start to first frame: ≤ 1.3 × an empty window", Measured: "-", Limit: "-", Ratio: "-", Met: "no screen here: " + err.Error()}}, nil
	}
	defer screen.Close() //nolint:errcheck // nothing was stored
	var own, empty []time.Duration
	for range max(2, 7/b.Scale) {
		for _, m := range []struct {
			kind string
			into *[]time.Duration
		}{{"empty", &empty}, {"board", &own}} {
			took, err := b.frame(ctx, screen, data, m.kind)
			if err != nil {
				return nil, err
			}
			*m.into = append(*m.into, took)
		}
	}
	slices.Sort(own)
	slices.Sort(empty)
	a, f := Percentile(own, 0.5), Percentile(empty, 0.5)
	return []Row{{
		Promise: "start to first frame with that replica: ≤ 1.3 × an empty window", Measured: ms(a), Limit: "empty window " + ms(f),
		Ratio: times(float64(a), float64(f)), Met: met(float64(a) <= 1.3*float64(f)),
	}}, nil
}

// frame starts the window and returns when its first frame was drawn.
func (b *Bench) frame(ctx context.Context, screen *Screen, data, kind string) (time.Duration, error) {
	watch := b.stopwatch()
	p, err := Start(ctx, screen.Env(), filepath.Join(b.Bin, "tsugi"), "--data", data, "--first-frame", kind)
	if err != nil {
		return 0, err
	}
	select {
	case <-p.Ended():
	case <-time.After(30 * time.Second):
		p.Kill()
		return 0, fmt.Errorf("no frame within 30 seconds: %s", p.Output())
	}
	took := watch()
	if !strings.Contains(p.Output(), "first frame") {
		return 0, fmt.Errorf("the window ended without a frame: %s", p.Output())
	}
	return took, nil
}
