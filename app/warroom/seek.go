package warroom

import (
	"context"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
)

// quest is what is looked for in a room.
type quest struct {
	present.ResultLine
	typed bool // somebody began to write since
}

// Seek marks what was found in the room that is shown, and brings it into sight. What is further up than the entries that
// are listed is listed first. A line that names nothing changes nothing.
func (r *Page) Seek(at present.ResultLine) {
	if at.Seq == 0 && at.Entry.IsZero() {
		return
	}
	r.sought = &quest{ResultLine: at}
	if r.shown {
		r.seek()
	}
}

// seek goes on looking for what is sought, after every answer.
func (r *Page) seek() {
	if r.sought == nil {
		return
	}
	e := r.found(r.sought.ResultLine)
	switch {
	case e != nil:
		free := r.free()
		r.sought = nil
		r.point(e, free)
	case r.model.Gap:
		r.loadBeyond()
	case r.model.Earlier:
		r.limit += window
		if oldest := r.model.Entries; len(oldest) > 0 && oldest[0].Seq > r.sought.Seq {
			r.limit += int(oldest[0].Seq - r.sought.Seq)
		}
		r.Refresh()
	default:
		r.sought = nil // it has been taken away since
	}
}

// loadBeyond fetches entries that are not on this device.
func (r *Page) loadBeyond() {
	if r.loading {
		return
	}
	r.loading = true
	in := r.in
	r.p.Work.Go(func(ctx context.Context) func() {
		err := r.p.Session.LoadEarlier(ctx, in)
		return func() {
			r.loading = false
			switch {
			case in != r.in: // another room was opened meanwhile, where something may be looked for that waited for this
			case err != nil:
				r.sought = nil
				r.p.Failed(err)
				return
			default:
				r.limit += window
			}
			r.Refresh()
		}
	})
}

// found returns the entry that a result names.
func (r *Page) found(at present.ResultLine) *present.Entry {
	for i := range r.model.Entries {
		e := &r.model.Entries[i]
		if e.Kind == present.Block && !at.Entry.IsZero() && e.ID == at.Entry || at.Entry.IsZero() && e.Kind != present.Break && e.Seq == at.Seq {
			return e
		}
	}
	return nil
}

// free reports whether the keyboard may go to what is looked for: who has begun to write meanwhile keeps it.
func (r *Page) free() bool {
	in, writes := r.p.Canvas.Focused().(*widget.Input)
	return !r.sought.typed && r.composer.Words() == "" && (!writes || in == r.composer.Input())
}

// point marks an entry in the choice of the timeline in which it is listed, and gives it the keyboard where that is free.
func (r *Page) point(e *present.Entry, free bool) {
	tab := everything
	if e.Quiet {
		tab = audit
	}
	if r.tab != tab {
		r.turn(tab)
	}
	r.unfold(e)
	for _, have := range r.listing.rows {
		if have.entry.Key == e.Key {
			if free {
				r.p.Canvas.Focus(r.list)
			}
			r.list.Reveal(have.key)
			return
		}
	}
}
