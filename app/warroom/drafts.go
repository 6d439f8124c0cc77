package warroom

import (
	"context"
	"reflect"
	"slices"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Keeper is what drafts ask of the client.
type Keeper interface {
	// RoomDraft returns what was begun in a room and not sent, also before a kill.
	RoomDraft(ctx context.Context, in id.Incident) (present.Draft, error)
	// KeepRoomDraft keeps what was begun in a room. An empty draft ends the keeping.
	KeepRoomDraft(ctx context.Context, in id.Incident, d present.Draft) error
}

// Drafts is what is being written in rooms and is not stored yet. All windows of a client share one: a room that is open
// in two of them has one draft, and the last who wrote in either wrote it. It belongs to the windows' goroutine.
type Drafts struct {
	session Session
	work    widget.Work
	rooms   map[id.Incident]*written
	pages   []*Page
}

// written is what is being written in one room.
type written struct {
	draft   draft
	parcels []*parcel     // what was sent and is not stored yet, oldest first
	storing bool          // the first of them
	known   bool          // what was kept of an earlier run has been fetched
	asked   bool          // or is being fetched
	kept    present.Draft // as it was given to the client
	keeping bool          // it is being given
	owed    bool          // and there is a newer one
	unsure  bool          // but need not have got there
	trouble bool          // it was told that drafts cannot be read or kept
	drops   []id.Content  // files that are to be removed when it is kept
	dirty   bool          // there is something to keep
	gone    bool          // the room may not be seen any more: nothing is kept
}

// NewDrafts returns drafts of which none is known yet.
func NewDrafts(s Session, w widget.Work) *Drafts {
	return &Drafts{session: s, work: w, rooms: map[id.Incident]*written{}}
}

func (d *Drafts) room(in id.Incident) *written {
	w := d.rooms[in]
	if w == nil {
		w = &written{}
		d.rooms[in] = w
	}
	return w
}

// fetch brings what an earlier run has kept to the pages on which a room is shown.
func (d *Drafts) fetch(in id.Incident) {
	w := d.room(in)
	if w.known || w.asked {
		return
	}
	w.asked = true
	d.work.Go(func(ctx context.Context) func() {
		kept, err := d.session.RoomDraft(ctx, in)
		return func() { d.fetched(in, kept, err) }
	})
}

func (d *Drafts) fetched(in id.Incident, kept present.Draft, err error) {
	w := d.room(in)
	w.asked, w.known, w.kept = false, err == nil, kept
	if d.troubled(in, err) {
		return
	}
	if kept.Empty() {
		return
	}
	d.put(nil, in, merged(draftOf(kept), w.draft))
}

// put takes over what is being written in a room, and brings it to the pages that show the room beside the one on which
// it was written. It is kept within a second.
func (d *Drafts) put(from *Page, in id.Incident, now draft) {
	if now.entry.IsZero() && now.editing.ID.IsZero() && !now.empty() {
		now.entry = id.New[id.Entry]()
		if from != nil {
			from.becomes = now.entry
		}
	}
	w := d.room(in)
	if w.gone {
		return
	}
	w.draft, w.dirty = now, true
	for _, p := range d.showing(in) {
		if p != from {
			p.mirror(now)
		}
	}
}

// lose forgets all that was begun in a room that may not be seen any more, with its files. What comes back from there
// later is not kept.
func (d *Drafts) lose(in id.Incident) {
	lost := &written{gone: true}
	for _, list := range d.room(in).lists() {
		for _, s := range live(list) {
			if s.here() {
				lost.drops = append(lost.drops, s.file.Content)
			}
		}
	}
	d.rooms[in] = lost
	d.sweep(in)
}

// back keeps again what is begun in a room that may be seen again.
func (d *Drafts) back(in id.Incident) {
	if d.room(in).gone {
		delete(d.rooms, in)
	}
}

// forget takes words for what was erased out of what is being written in a room, at once. What was put aside for them takes
// their place.
func (d *Drafts) forget(in id.Incident, erased []id.Entry) {
	now := d.room(in).draft
	if left := now.without(erased); !reflect.DeepEqual(left, now) {
		d.put(nil, in, left)
		d.keep(in)
	}
}

// Tick keeps what has changed since the last one: a kill takes a second of writing at most. It is called every second, once
// for all windows.
func (d *Drafts) Tick() {
	for in, w := range d.rooms {
		if w.dirty && !w.known {
			d.fetch(in) // once more: it could not be read
		}
		if w.dirty {
			d.keep(in)
		}
	}
}

// keep keeps what is written in a room now, one state after the other: an older one must not come behind a newer.
func (d *Drafts) keep(in id.Incident) {
	w := d.room(in)
	if !w.known {
		return // what an earlier run has kept must not be overwritten before it is here
	}
	if w.keeping {
		w.owed = true
		return
	}
	now := w.whole()
	if w.dirty = false; !w.unsure && reflect.DeepEqual(now, w.kept) {
		return
	}
	w.keeping, w.kept = true, now
	d.work.Go(func(ctx context.Context) func() {
		err := d.session.KeepRoomDraft(ctx, in, now)
		return func() {
			w.keeping, w.unsure = false, err != nil
			if d.troubled(in, err) {
				w.dirty = true
			}
			if w.owed {
				w.owed = false
				d.keep(in)
			}
			d.sweep(in)
		}
	})
}

// Flush keeps everything at once. It is called when the client ends, and nothing else is done with the drafts any more.
// What was answered meanwhile need not have been told: the windows are gone.
func (d *Drafts) Flush(ctx context.Context) error {
	for in, w := range d.rooms {
		if now := w.whole(); w.known && (w.keeping || w.unsure || !reflect.DeepEqual(now, w.kept)) {
			if err := d.session.KeepRoomDraft(ctx, in, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// whole is all that would be lost in a room: what waits to be stored, and what is being written.
func (w *written) whole() present.Draft {
	all := w.draft
	for _, p := range slices.Backward(w.parcels) {
		if !p.done.Load() {
			all = merged(p.draft, all)
		}
	}
	return all.kept()
}

// showing returns the pages on which a room is shown.
func (d *Drafts) showing(in id.Incident) []*Page {
	var out []*Page
	for _, p := range d.pages {
		if p.in == in {
			out = append(out, p)
		}
	}
	return out
}

// troubled reports whether a draft could not be read or kept, and tells it once: it is tried again each second.
func (d *Drafts) troubled(in id.Incident, err error) bool {
	w := d.room(in)
	if err != nil && !w.trouble {
		d.failed(in, err)
	}
	w.trouble = err != nil
	return w.trouble
}

// failed tells a trouble where a room is shown, else in the first window.
func (d *Drafts) failed(in id.Incident, err error) {
	list := append(d.showing(in), d.pages...)
	if len(list) > 0 {
		list[0].p.Failed(err)
	}
}

// draft is what is in a composer and was not sent.
type draft struct {
	words    string
	entry    id.Entry // that it becomes, from its beginning on: sent twice it is one nevertheless
	attached []*staged
	editing  present.Entry
	update   bool
	aside    *draft // what was being written when editing began
}

func (d draft) empty() bool {
	return d.words == "" && len(live(d.attached)) == 0 && d.editing.ID.IsZero() && (d.aside == nil || d.aside.empty())
}

// without returns the draft without words for what was erased.
func (d draft) without(erased []id.Entry) draft {
	aside := draft{}
	if d.aside != nil {
		aside = d.aside.without(erased)
		if d.aside = nil; !aside.empty() {
			d.aside = &aside
		}
	}
	if !d.editing.ID.IsZero() && slices.Contains(erased, d.editing.ID) {
		return aside
	}
	return d
}

// kept returns the draft as it is kept. Files that are still being read are not on this device yet.
func (d draft) kept() present.Draft {
	out := present.Draft{Words: d.words, Update: d.update && d.words != "", Entry: d.editing.ID, Files: carried(d.attached)}
	if out.Entry.IsZero() && !out.Empty() {
		out.New = d.entry
	}
	if d.aside != nil && !d.aside.empty() {
		aside := d.aside.kept()
		out.Aside = &aside
	}
	return out
}

func draftOf(k present.Draft) draft {
	out := draft{words: k.Words, entry: k.New, update: k.Update, editing: present.Entry{ID: k.Entry}}
	for _, a := range k.Files {
		out.attached = append(out.attached, &staged{name: a.Name, file: a})
	}
	if k.Aside != nil {
		aside := draftOf(*k.Aside)
		out.aside = &aside
	}
	return out
}

// merged joins what was written before with what has been written since. No words are lost, and none get into an entry
// that they do not belong to.
func merged(before, since draft) draft {
	switch {
	case since.empty():
		return before
	case before.empty():
		return since
	case !before.editing.ID.IsZero():
		before.aside = joined(before.aside, since)
		return before
	case !since.editing.ID.IsZero():
		aside := draft{}
		if since.aside != nil {
			aside = *since.aside
		}
		aside = merged(before, aside)
		since.aside = &aside
		return since
	}
	if before.words != "" && since.words != "" {
		before.words += "\n"
	}
	before.words += since.words
	if before.entry != since.entry {
		before.entry = id.Entry{} // of two entries that were begun it is neither
	}
	before.attached = slices.Concat(before.attached, since.attached)
	before.update = before.update || since.update
	return before
}

func joined(before *draft, since draft) *draft {
	if before == nil {
		return &since
	}
	both := merged(*before, since)
	return &both
}

// carried returns what of a list is on this device.
func carried(list []*staged) []incident.Attachment {
	var out []incident.Attachment
	for _, s := range live(list) {
		if s.here() {
			out = append(out, s.file)
		}
	}
	return out
}
