package widget

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
)

// Work takes what a page asks of its session off the window's goroutine, and brings what came of it
// back in one piece.
type Work interface {
	// Go runs ask somewhere else and then runs what it returned, which may be nil, where widgets may
	// be touched.
	Go(ask func(context.Context) func())
}

// Background is the Work of the running client: a goroutine for each question, all of which end
// before Close returns.
type Background struct {
	ctx    context.Context
	cancel context.CancelFunc
	all    sync.WaitGroup
}

// NewBackground returns a Work whose questions end with ctx.
func NewBackground(ctx context.Context) *Background {
	b := &Background{}
	b.ctx, b.cancel = context.WithCancel(ctx)
	return b
}

// Go asks on a goroutine and shows through fyne.Do. After Close it does nothing.
func (b *Background) Go(ask func(context.Context) func()) {
	if b.ctx.Err() != nil {
		return
	}
	b.all.Go(func() {
		if show := ask(b.ctx); show != nil && b.ctx.Err() == nil {
			fyne.Do(show)
		}
	})
}

// Close cancels what is under way and waits for it. It must not be called from a question.
func (b *Background) Close() {
	b.cancel()
	b.all.Wait()
}

// Direct is a Work that asks on the spot, for tests.
type Direct struct{}

// Go asks and shows before it returns.
func (Direct) Go(ask func(context.Context) func()) {
	if show := ask(context.Background()); show != nil {
		show()
	}
}

// Fetcher fetches one thing at a time. What is asked for meanwhile becomes one more fetch afterwards,
// so that a burst of changes costs two fetches and the older never overwrites the newer. It belongs
// to the window's goroutine.
type Fetcher struct {
	work        Work
	fetch       func(context.Context) func()
	busy, again bool
}

// NewFetcher returns a fetcher of what fetch gets.
func NewFetcher(work Work, fetch func(context.Context) func()) *Fetcher {
	return &Fetcher{work: work, fetch: fetch}
}

// Ask fetches now, or once more after the fetch that is under way.
func (f *Fetcher) Ask() {
	if f.busy {
		f.again = true
		return
	}
	f.busy = true
	f.work.Go(func(ctx context.Context) func() {
		show := f.fetch(ctx)
		return func() {
			f.busy = false
			if show != nil {
				show()
			}
			if f.again {
				f.again = false
				f.Ask()
			}
		}
	})
}
