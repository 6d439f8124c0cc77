package app

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// pause is how long the window rests after it was told of something: the first change is shown at once, and of many that
// follow each other twenty pictures a second are shown. A tick and a change do not follow each other at once either:
// without a graphics card a picture takes a while, and whoever presses a key then would wait for two.
const pause = 50 * time.Millisecond

// Watch follows the session until ctx ends or the returned function is called, which waits for the
// end.
func (d *Desk) Watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	changes, end := d.p.Session.Observe()
	others, endOthers := d.p.Session.ObserveAttendance()
	var done sync.WaitGroup
	done.Go(func() {
		defer end()
		defer endOthers()
		for {
			select {
			case <-ctx.Done():
				return
			case <-changes:
				fyne.Do(d.Changed)
			case <-others:
				fyne.Do(d.Attended)
			case now := <-d.p.Tick:
				fyne.Do(func() { d.Tick(now) })
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	})
	return func() {
		cancel()
		done.Wait()
	}
}

func (d *Desk) getConnection(ctx context.Context) func() {
	c, err := d.p.Session.Connection(ctx)
	return func() {
		if err != nil {
			d.failed(err)
			return
		}
		if t, more := c.Undone(d.known, d.p.View); more && d.at != onUnsent {
			d.frame.notice(t) // the value jumps back under somebody's eyes: say why, here
		}
		former := d.known
		d.known = c
		d.frame.connection(c, d.p.View)
		d.ring(former.Rings)
		if p, ok := d.pages[d.at].(connected); ok {
			p.Connected(c)
		}
		if c.Rebuilt && !former.Rebuilt {
			d.frame.notice(d.p.View.Damaged())
		}
		if c.Smeared && !former.Smeared {
			d.frame.notice(d.p.View.Smeared())
		}
		if c.Unfolded && !former.Unfolded {
			d.frame.notice(d.p.View.Unfolded())
		}
	}
}
