package main

import (
	"context"
	"encoding/csv"
	"image/color"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/tsugi-app/tsugi/sync/clock"
)

// How a running client is measured.
const (
	probeEvery  = 10 * time.Millisecond
	sampleEvery = 10 * time.Second
)

// comfort writes into a file, every ten seconds until ctx ends, how much memory the client has and for how long its
// window was held up: a small question is put to the window's goroutine all the time, and what passes until it is answered
// is what a person's key or wheel would have waited as well.
func comfort(ctx context.Context, now func() time.Time, path string) error {
	file, err := os.Create(path) //nolint:gosec // whoever measures says where to
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // each line is written on its own
	out := csv.NewWriter(file)
	_ = out.Write([]string{"seconds", "resident_kib", "heap_kib", "goroutines", "probes", "p50_us", "p99_us", "max_us", "over_16ms", "over_50ms"})
	begin, probe, sample := now(), time.NewTicker(probeEvery), time.NewTicker(sampleEvery)
	defer probe.Stop()
	defer sample.Stop()
	answered := make(chan time.Duration, 1)
	var waits []time.Duration
	ready := probe.C
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ready:
			ready = nil // one question at a time
			asked := now()
			fyne.Do(func() { answered <- now().Sub(asked) })
		case took := <-answered:
			waits, ready = append(waits, took), probe.C
		case at := <-sample.C:
			if err := out.Write(sampled(at.Sub(begin), waits)); err != nil {
				return err
			}
			waits = waits[:0]
			if out.Flush(); out.Error() != nil {
				return out.Error()
			}
		}
	}
}

// idle shows a window with nothing in it but a spot of one colour and then another, five times a second, and measures
// that: what the toolkit and the screen cost.
func idle(ctx context.Context, a fyne.App, now func() time.Time, path string) error {
	w := a.NewWindow("Tsugi")
	spot := canvas.NewRectangle(color.Black)
	w.SetContent(spot)
	w.Resize(fyne.NewSize(1440, 900))
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() {
		next := time.NewTicker(200 * time.Millisecond)
		defer next.Stop()
		for n := uint8(0); ; n++ {
			select {
			case <-ctx.Done():
				fyne.Do(a.Quit)
				return
			case <-next.C:
				fyne.Do(func() {
					spot.FillColor = color.Gray{Y: n % 2}
					spot.Refresh()
				})
			}
		}
	})
	var err error
	work.Go(func() { err = comfort(ctx, now, path) })
	w.ShowAndRun()
	stop()
	work.Wait()
	return err
}

// sampled is one line of the file.
func sampled(at time.Duration, waits []time.Duration) []string {
	slices.Sort(waits)
	over := func(most time.Duration) int64 {
		n, _ := slices.BinarySearch(waits, most)
		return int64(len(waits) - n)
	}
	part := func(p float64) int64 {
		if len(waits) == 0 {
			return 0
		}
		return waits[int(p*float64(len(waits)-1))].Microseconds()
	}
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap)
	out := make([]string, 0, 10)
	for _, n := range []int64{
		int64(at.Seconds()), resident() / 1024, int64(heap[0].Value.Uint64() / 1024), int64(runtime.NumGoroutine()), int64(len(waits)),
		part(0.5), part(0.99), part(1), over(16700 * time.Microsecond), over(50 * time.Millisecond),
	} {
		out = append(out, strconv.FormatInt(n, 10))
	}
	return out
}

// resident returns how many bytes of memory this program holds, or 0 where the system does not say it in Linux's way.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 1 {
		pages, _ := strconv.ParseInt(fields[1], 10, 64)
		return pages * int64(os.Getpagesize())
	}
	return 0
}

// empty shows a window with nothing in it, to be measured, and returns the program's exit code.
func empty(ctx context.Context, a fyne.App, line commandLine) int {
	if line.Measure == "" {
		emptyWindow(a)
		return 0
	}
	if err := idle(ctx, a, clock.NewSystem().Now, line.Measure); err != nil {
		complain(failure(err, line.words()), line.words())
		return 1
	}
	return 0
}
