package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
)

const (
	clients = 200 // who follow
	writers = 32
)

// fresh returns an empty folder for one measurement.
func (b *Bench) fresh(name string) (string, error) {
	dir := filepath.Join(b.Dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("empty %s: %w", dir, err)
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// serve starts a server on an empty folder, with somebody who may call it.
func (b *Bench) serve(ctx context.Context, name string) (*Process, *Caller, error) {
	dir, err := b.fresh(name)
	if err != nil {
		return nil, nil, err
	}
	listen, err := FreeAddress(ctx)
	if err != nil {
		return nil, nil, err
	}
	more, err := b.where(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	p, err := StartServer(ctx, b.Bin, dir, listen, more...)
	if err != nil {
		return nil, nil, err
	}
	c, err := b.call(ctx, dir, "Bench")
	if err != nil {
		return nil, nil, errors.Join(err, p.Stop())
	}
	return p, c, nil
}

func (b *Bench) call(ctx context.Context, dir, name string) (*Caller, error) {
	i, err := InviteFrom(ctx, dir, name, true)
	if err != nil {
		return nil, err
	}
	return Call(ctx, i, b.Clock)
}

// raw starts the raw server.
func (b *Bench) raw(ctx context.Context) (*Process, string, error) {
	dir, err := b.fresh("raw")
	if err != nil {
		return nil, "", err
	}
	listen, err := FreeAddress(ctx)
	if err != nil {
		return nil, "", err
	}
	more, err := b.where(ctx, "raw")
	if err != nil {
		return nil, "", err
	}
	p, err := Start(ctx, nil, b.Self, append([]string{"raw", "--dir", dir, "--listen", listen}, more...)...)
	if err != nil {
		return nil, "", err
	}
	url := "http://" + listen
	return p, url + "/", answering(ctx, p, url+"/healthz")
}

// declare measures one person pressing the button, with no server in reach.
func (b *Bench) declare(ctx context.Context) ([]Row, error) {
	home, err := b.fresh("declare")
	if err != nil {
		return nil, err
	}
	o, err := OpenOffice(ctx, filepath.Join(home, "server"), "127.0.0.1:0", b.Clock, Quiet())
	if err != nil {
		return nil, err
	}
	d, err := o.Seat(ctx, home, "Ann")
	if err := errors.Join(err, o.Close()); err != nil {
		return nil, err
	}
	var own, floor []time.Duration
	r, err := OpenRaw(ctx, home, "")
	if err != nil {
		return nil, err
	}
	for i := range 400 / b.Scale {
		watch := b.stopwatch()
		if _, err := d.Declare(ctx, present.Declaration{Title: "Checkout fails " + strconv.Itoa(i), Level: 2}); err != nil {
			return nil, err
		}
		own = append(own, watch())
		watch = b.stopwatch()
		if err := r.commit(ctx, []*rawWork{{body: make([]byte, 120)}}); err != nil {
			return nil, err
		}
		floor = append(floor, watch())
	}
	slices.Sort(own)
	slices.Sort(floor)
	p50, p99 := Percentile(own, 0.5), Percentile(own, 0.99)
	return []Row{{
		Promise:  "declare, tap to stored, offline: < 100 ms",
		Measured: fmt.Sprintf("p50 %s, p99 %s", ms(p50), ms(p99)),
		Limit:    fmt.Sprintf("one SQLite commit, FULL: p50 %s, p99 %s", ms(Percentile(floor, 0.5)), ms(Percentile(floor, 0.99))),
		Ratio:    times(float64(p50), float64(Percentile(floor, 0.5))), Met: met(p99 < 100*time.Millisecond),
	}}, errors.Join(d.Close(), r.Close())
}

// sightings gathers how long each message took to each reader.
type sightings struct {
	mu    sync.Mutex
	watch func() time.Duration
	all   []time.Duration
	left  int
	done  chan struct{}
}

// expect begins a message that n readers will see.
func (s *sightings) expect(n int, watch func() time.Duration) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch, s.left, s.done = watch, n, make(chan struct{})
	return s.done
}

func (s *sightings) see() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == 0 {
		return
	}
	s.all = append(s.all, s.watch())
	if s.left--; s.left == 0 {
		close(s.done)
	}
}

// rounds sends messages one after the other and waits each time until all have seen it.
func (b *Bench) rounds(ctx context.Context, s *sightings, send func(i int) error) ([]time.Duration, error) {
	gap := time.NewTicker(25 * time.Millisecond)
	defer gap.Stop()
	for i := range 300 / b.Scale {
		<-gap.C
		done := s.expect(clients, b.stopwatch())
		if err := send(i); err != nil {
			return nil, err
		}
		select {
		case <-done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	slices.Sort(s.all)
	return s.all, nil
}

// fanOut measures from sending one entry to its sight by every open client.
func (b *Bench) fanOut(ctx context.Context) ([]Row, error) {
	own, err := b.fanOutOwn(ctx)
	if err != nil {
		return nil, err
	}
	floor, err := b.fanOutRaw(ctx)
	if err != nil {
		return nil, err
	}
	row := func(name string, part, limit float64) Row {
		a, f := Percentile(own, part), Percentile(floor, part)
		return Row{
			Promise:  fmt.Sprintf("sent, stored and seen by 200 clients, %s: ≤ %.2f × raw", name, limit),
			Measured: ms(a), Limit: "chunked HTTP " + ms(f), Ratio: times(float64(a), float64(f)), Met: met(float64(a) <= limit*float64(f)),
		}
	}
	return []Row{row("p50", 0.5, 1.25), row("p99", 0.99, 2)}, nil
}

func (b *Bench) fanOutOwn(ctx context.Context) ([]time.Duration, error) {
	p, c, err := b.serve(ctx, "fanout")
	if err != nil {
		return nil, err
	}
	w := c.NewWriter()
	target, err := w.Declare(ctx, "fan-out")
	if err != nil {
		return nil, err
	}
	s := &sightings{}
	readers, err := c.Follow(ctx, clients, s.see)
	if err != nil {
		return nil, err
	}
	all, err := b.rounds(ctx, s, func(i int) error { return w.Push(ctx, target, Words("entry "+strconv.Itoa(i))) })
	readers.Close()
	return all, errors.Join(err, p.Stop())
}

func (b *Bench) fanOutRaw(ctx context.Context) ([]time.Duration, error) {
	p, url, err := b.raw(ctx)
	if err != nil {
		return nil, err
	}
	s := &sightings{}
	readers, err := hear(ctx, url, clients, func(int, string) { s.see() })
	if err != nil {
		return nil, err
	}
	all, err := b.rounds(ctx, s, func(i int) error { return post(ctx, url, fmt.Sprintf("%0120d", i)) })
	readers.Close()
	return all, errors.Join(err, p.Stop())
}

func post(ctx context.Context, url, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// hammer lets all writers work for a while and returns how many commands were stored each second.
func (b *Bench) hammer(ctx context.Context, work func(ctx context.Context, writer int) (func() error, error)) (float64, error) {
	span := 6 * time.Second / time.Duration(b.Scale)
	var (
		count atomic.Int64
		all   sync.WaitGroup
		first = make(chan error, writers)
		steps []func() error
	)
	for i := range writers {
		step, err := work(ctx, i)
		if err != nil {
			return 0, err
		}
		steps = append(steps, step)
	}
	ended, cancel := context.WithTimeout(ctx, span)
	defer cancel()
	watch := b.stopwatch()
	for _, step := range steps {
		all.Go(func() {
			for ended.Err() == nil {
				if err := step(); err != nil {
					first <- err
					return
				}
				count.Add(1)
			}
		})
	}
	all.Wait()
	rate := float64(count.Load()) / watch().Seconds()
	select {
	case err := <-first:
		return 0, err
	default:
		return rate, nil
	}
}

// commands measures durable commands a second, alone and with everybody following.
func (b *Bench) commands(ctx context.Context) ([]Row, error) {
	alone, err := b.commandRate(ctx, 0)
	if err != nil {
		return nil, err
	}
	followed, err := b.commandRate(ctx, clients)
	if err != nil {
		return nil, err
	}
	group, err := b.groupRate(ctx)
	if err != nil {
		return nil, err
	}
	inside, err := b.processRate(ctx)
	if err != nil {
		return nil, err
	}
	posts, err := b.postRate(ctx)
	if err != nil {
		return nil, err
	}
	engine := "SQLite"
	if b.postgres != nil {
		engine = "PostgreSQL"
	}
	return []Row{
		{
			Promise: "durable commands/s, 32 writers: ≥ 12,000", Measured: fmt.Sprintf("%.0f/s", alone),
			Limit: fmt.Sprintf("raw HTTP and %s: %.0f/s", engine, posts), Ratio: times(alone, posts), Met: met(alone >= 12000),
		},
		{
			Promise: fmt.Sprintf("the same ≥ 0.3 × raw %s group commit", engine), Measured: fmt.Sprintf("%.0f/s", alone),
			Limit: fmt.Sprintf("in process: %.0f/s", group), Ratio: times(alone, group), Met: met(alone >= 0.3*group),
		},
		{
			Promise: "the same in process, without HTTP", Measured: fmt.Sprintf("%.0f/s", inside),
			Limit: fmt.Sprintf("in process: %.0f/s", group), Ratio: times(inside, group), Met: "-",
		},
		{
			Promise: "while 200 clients follow: ≥ 0.55 × alone", Measured: fmt.Sprintf("%.0f/s", followed),
			Limit: fmt.Sprintf("alone: %.0f/s", alone), Ratio: times(followed, alone), Met: met(followed >= 0.55*alone),
		},
	}, nil
}

func (b *Bench) commandRate(ctx context.Context, followers int) (float64, error) {
	p, c, err := b.serve(ctx, "commands")
	if err != nil {
		return 0, err
	}
	if followers > 0 {
		readers, err := c.Follow(ctx, followers, func() {})
		if err != nil {
			return 0, err
		}
		defer readers.Close()
	}
	rate, err := b.hammer(ctx, func(ctx context.Context, i int) (func() error, error) {
		w := c.NewWriter()
		target, err := w.Declare(ctx, "incident "+strconv.Itoa(i))
		return func() error { return w.Push(ctx, target, Words("db-7 is out of disk, writes stall since 09:58")) }, err
	})
	return rate, errors.Join(err, p.Stop())
}

func (b *Bench) groupRate(ctx context.Context) (float64, error) {
	dir, err := b.fresh("group")
	if err != nil {
		return 0, err
	}
	url := ""
	if b.postgres != nil {
		if url, err = b.postgres.Fresh(ctx, "grouped"); err != nil {
			return 0, err
		}
	}
	r, err := OpenRaw(ctx, dir, url)
	if err != nil {
		return 0, err
	}
	running, cancel := context.WithCancel(ctx)
	var loop sync.WaitGroup
	loop.Go(func() { r.Run(running) })
	rate, err := b.hammer(ctx, func(ctx context.Context, _ int) (func() error, error) {
		body := bytes.Repeat([]byte("x"), 120)
		return func() error { return r.Store(ctx, body) }, nil
	})
	cancel()
	loop.Wait()
	return rate, errors.Join(err, r.Close())
}

func (b *Bench) postRate(ctx context.Context) (float64, error) {
	p, url, err := b.raw(ctx)
	if err != nil {
		return 0, err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: writers}}
	body := strings.Repeat("x", 120)
	rate, err := b.hammer(ctx, func(ctx context.Context, _ int) (func() error, error) {
		return func() error {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
			if err != nil {
				return err
			}
			resp, err := client.Do(req)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		}, nil
	})
	return rate, errors.Join(err, p.Stop())
}

// memory measures what a server holds for many open clients.
func (b *Bench) memory(ctx context.Context) ([]Row, error) {
	p, c, err := b.serve(ctx, "memory")
	if err != nil {
		return nil, err
	}
	before, err := resident(p.PID())
	if err != nil {
		return nil, err
	}
	open := 1000 / b.Scale
	readers, err := c.Follow(ctx, open, func() {})
	if err != nil {
		return nil, err
	}
	w := c.NewWriter()
	for range 20 {
		if _, err := w.Declare(ctx, "memory "+id.New[id.Entry]().Short()); err != nil {
			return nil, err
		}
	}
	after, err := resident(p.PID())
	readers.Close()
	mib := float64(after) / (1 << 20)
	return []Row{{
		Promise: "server memory, 1,000 open clients: < 100 MB", Measured: fmt.Sprintf("%.0f MiB resident", mib),
		Limit: fmt.Sprintf("without clients: %.0f MiB", float64(before)/(1<<20)),
		Ratio: fmt.Sprintf("%.0f KiB a client", float64(after-before)/1024/float64(open)), Met: met(after < 100e6),
	}}, errors.Join(err, p.Stop())
}

// resident returns how many bytes of memory a process holds.
func resident(pid int) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib * 1024, err
		}
	}
	return 0, errors.New("the system does not tell how much memory a process holds")
}
