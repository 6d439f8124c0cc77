package warroom

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// staged is a file that is to be sent along with what is being written. It belongs to the draft that it was dropped on,
// wherever that goes while the file is read.
type staged struct {
	in   id.Incident
	name string
	file incident.Attachment // zero until it was read to its end and is kept on this device
	gone bool                // taken off again, or it could not be kept
}

func (s *staged) here() bool { return !s.file.Content.IsZero() }

// live returns those of a list that are still to be sent.
func live(list []*staged) []*staged {
	return slices.DeleteFunc(slices.Clone(list), func(s *staged) bool { return s.gone })
}

// reading reports whether one of a list is not here yet.
func reading(list []*staged) bool {
	return slices.ContainsFunc(list, func(s *staged) bool { return !s.gone && !s.here() })
}

// read keeps a file on this device for the draft that it was staged in.
func (d *Drafts) read(s *staged, from Source) {
	d.work.Go(func(ctx context.Context) func() {
		a, err := d.take(ctx, from)
		return func() { d.settled(s, a, err) }
	})
}

func (d *Drafts) take(ctx context.Context, s Source) (incident.Attachment, error) {
	from, err := s.Open()
	if err != nil {
		return incident.Attachment{}, fmt.Errorf("open %s: %w", s.Name, err)
	}
	defer from.Close() //nolint:errcheck // it was only read
	return d.session.Attach(ctx, s.Name, from)
}

// settled says what became of a file. What waits for it goes out, or, where the file cannot be kept, comes back to where
// it was written: it was not meant to go without.
func (d *Drafts) settled(s *staged, a incident.Attachment, err error) {
	w := d.room(s.in)
	switch {
	case err != nil && s.gone: // nobody wants it any more
	case err != nil:
		s.gone = true
		if p := w.parcelOf(s); p != nil {
			d.giveBack(p)
		}
		d.failed(s.in, err)
	case s.gone:
		d.drop(s.in, a.Content)
	default:
		s.gone, s.file = w.twin(s, a.Content), a
	}
	d.changed(s.in)
}

// twin reports whether the list that a file is in has the same bytes already.
func (w *written) twin(s *staged, c id.Content) bool {
	for _, list := range w.lists() {
		if slices.Contains(list, s) {
			return slices.ContainsFunc(list, func(o *staged) bool { return o != s && !o.gone && o.file.Content == c })
		}
	}
	return false
}

// lists returns all files of a room that are staged, by the draft that they belong to.
func (w *written) lists() [][]*staged {
	var out [][]*staged
	add := func(d draft) {
		for at := &d; at != nil; at = at.aside {
			out = append(out, at.attached)
		}
	}
	add(w.draft)
	for _, p := range w.parcels {
		add(p.draft)
	}
	return out
}

// takeOff takes a file off what is being written.
func (d *Drafts) takeOff(s *staged) {
	s.gone = true
	if s.here() {
		d.drop(s.in, s.file.Content)
	}
	d.changed(s.in)
}

// drop removes a file from this device that was the wrong one: a picture of a password must not lie about. One that is
// staged elsewhere stays. It is removed when the draft without it is kept: what a kept draft names is not removed.
func (d *Drafts) drop(in id.Incident, c id.Content) {
	w := d.room(in)
	w.drops = append(w.drops, c)
}

// sweep removes the files that a room needs no longer.
func (d *Drafts) sweep(in id.Incident) {
	w := d.room(in)
	if w.keeping || w.storing || w.unsure {
		return
	}
	list := w.drops
	w.drops = nil
	for _, c := range list {
		d.detach(c)
	}
}

func (d *Drafts) detach(c id.Content) {
	for _, w := range d.rooms {
		for _, list := range w.lists() {
			if slices.ContainsFunc(list, func(s *staged) bool { return !s.gone && s.file.Content == c }) {
				return
			}
		}
	}
	d.work.Go(func(ctx context.Context) func() {
		err := d.session.Detach(ctx, c)
		return func() {
			if err != nil {
				d.failed(id.Incident{}, err)
			}
		}
	})
}

// changed keeps and shows what has become of a room's drafts, and sends what can go.
func (d *Drafts) changed(in id.Incident) {
	d.pump(in)
	if !d.room(in).storing { // else it is kept when that has ended
		d.keep(in)
	}
	d.sweep(in)
	for _, p := range d.showing(in) {
		p.showTray()
		p.note()
	}
}

// parcel is what was sent and is not stored yet.
type parcel struct {
	in    id.Incident
	draft draft
	from  *Page
	done  atomic.Bool // it is stored, whether or not the window was told
}

func (p *parcel) wish() incident.Command {
	if !p.draft.editing.ID.IsZero() {
		return incident.Edit{Entry: p.draft.editing.ID, Text: p.draft.words}
	}
	return incident.Write{Entry: p.draft.entry, Text: p.draft.words, Update: p.draft.update, Attachments: carried(p.draft.attached)}
}

// parcelOf returns the parcel that waits for a file.
func (w *written) parcelOf(s *staged) *parcel {
	for _, p := range w.parcels {
		if slices.Contains(p.draft.attached, s) {
			return p
		}
	}
	return nil
}

// send stores what was written as soon as all its files are here, after what was sent before it.
func (d *Drafts) send(p *parcel) {
	w := d.room(p.in)
	w.parcels = append(w.parcels, p)
	d.changed(p.in)
}

// pump stores the oldest parcel of a room, if nothing is in its way.
func (d *Drafts) pump(in id.Incident) {
	w := d.room(in)
	if w.storing || len(w.parcels) == 0 || reading(w.parcels[0].draft.attached) {
		return
	}
	p := w.parcels[0]
	w.storing = true
	wish := p.wish()
	d.work.Go(func(ctx context.Context) func() {
		err := d.session.Submit(ctx, in, wish)
		p.done.Store(err == nil)
		return func() {
			w.storing = false
			d.stored(p, err)
		}
	})
}

// stored ends a parcel. Where it could not be stored, it comes back, and those behind it with it: they were to follow it.
func (d *Drafts) stored(p *parcel, err error) {
	w := d.room(p.in)
	if err == nil {
		w.parcels = slices.DeleteFunc(w.parcels, func(o *parcel) bool { return o == p })
	} else {
		for _, back := range slices.Backward(slices.Clone(w.parcels)) {
			d.giveBack(back)
		}
		p.from.p.Failed(err)
	}
	d.changed(p.in)
	p.from.Refresh()
}

// takeBack gives back what was sent and is not being stored yet, and lets what waited behind it go.
func (d *Drafts) takeBack(p *parcel) {
	if !slices.Contains(d.room(p.in).waiting(), p) {
		return // it went out meanwhile
	}
	d.giveBack(p)
	d.changed(p.in)
}

// waiting returns what was sent and is not being stored yet.
func (w *written) waiting() []*parcel {
	if w.storing {
		return w.parcels[1:]
	}
	return w.parcels
}

// giveBack puts a parcel where it was written, or beside what has been written there since.
func (d *Drafts) giveBack(p *parcel) {
	w := d.room(p.in)
	w.parcels = slices.DeleteFunc(w.parcels, func(o *parcel) bool { return o == p })
	back := merged(p.draft, w.draft)
	if slices.Contains(d.showing(p.in), p.from) {
		p.from.restore(back)
		return
	}
	d.put(nil, p.in, back)
}
