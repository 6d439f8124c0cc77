// Package warroom is one incident's own page: the fires at the left, the timeline and the place to
// write in the middle, facts and people at the right.
package warroom

import (
	"context"
	"image"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Session is what the room asks of the client.
type Session interface {
	// Room returns the newest limit entries of an incident and its facts.
	Room(ctx context.Context, in id.Incident, limit int) (present.Room, error)
	// LoadEarlier fetches entries that are not on this device yet.
	LoadEarlier(ctx context.Context, in id.Incident) error
	// Submit stores a wish about an incident; it is sent when the server is reached. The base of a
	// change is the room's Seq; the session adds one's own earlier command where one is on its way.
	Submit(ctx context.Context, in id.Incident, c incident.Command) error
	// Tags returns known tags that begin with what was typed.
	Tags(ctx context.Context, typed string) ([]string, error)
	// MarkRead remembers that the incident was seen up to a stream_seq.
	MarkRead(ctx context.Context, in id.Incident, upto uint64) error
	// Hear subscribes whoever looks to the incident, or with off ends that.
	Hear(ctx context.Context, in id.Incident, off bool) error
	Files
	Merger
	Keeper
	Attender
}

// Params is what a room needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas  // the window's
	View    present.View // zone, words and who looks
	Now     func() time.Time
	Open    func(id.Incident)
	Failed  func(error)
	Copy    func(string)
	Changed func() // the header's alarm may have changed
	Visit   func(address string)
	Choose  func(func(Source)) // asks for a file of this device
	Pasted  func() []byte      // the picture on the clipboard as PNG, or nil
	// Clipboard returns the words on the clipboard.
	Clipboard func() string
	// Named returns what finds the files of this device that words name, or nil where they can name none.
	Named  func(words string) func() ([]Source, error)
	Kept   func(path string) // tells where a copy of a file was put
	Drafts *Drafts           // of all windows; nil for a page on its own
	Aside  func()            // shows the room in a window of its own
	// Vanished is called when whoever looks may not see the room any more. Nothing of it is shown then.
	Vanished func(id.Incident)
	// Missed is called when the room is not here, for another reason.
	Missed func(id.Incident)
}

// window is how many entries are shown at first, and how many more at each asking.
const window = 200

// Page is the room.
type Page struct {
	p         Params
	in        id.Incident
	limit     int
	tab       int
	fetch     *widget.Fetcher
	model     present.Room
	shown     bool
	reached   bool
	parts     parts                 // what the parts of the page show
	side      [][]any               // what the facts beside the timeline show, by aspect; nil makes all of them anew
	clocks    []func(now time.Time) // of the fires
	dues      []func(now time.Time) // of the facts
	running   func(now time.Time)   // the header's clock
	root      *fyne.Container
	header    *fyne.Container
	fires     *fyne.Container
	beside    *place // facts and people beside the timeline
	middle    *fyne.Container
	tabs      *fyne.Container
	notSent   *fyne.Container
	list      *widget.List
	composer  *widget.Composer
	prose     *prose.Memory // what people wrote, read
	listing   listing
	columns   *columns
	pane      *widget.Scroll  // facts beside the timeline
	drawer    *widget.Overlay // the same over the page, in a narrow window
	folded    *place          // what is in the drawer, or nil
	loading   bool
	stale     bool          // something is to be shown otherwise, though nothing has changed
	seen      uint64        // up to where it was read when the room was opened
	why       string        // why what is written is not sent at once
	editing   present.Entry // whose words are in the composer, to be replaced
	becomes   id.Entry      // what is written becomes when it is sent
	aside     *draft        // what was being written when editing began
	update    bool          // what is written is meant for everybody who waits for news
	attached  []*staged
	surplus   []string        // what was not attached, because there is no place for it
	offers    *fyne.Container // suggestions above the words
	offered   []suggestion
	offeredAt int
	taskDraft string
	lists     map[id.Checklist]bool // that somebody wanted to see whole, or not
	images    map[id.Content]image.Image
	waiting   []func() // asks again for pictures that had not come
	drafts    *Drafts
	following bool                // what is written elsewhere is being put here
	whole     map[id.Entry]bool   // long entries that are shown to their end
	sought    *quest              // what is looked for, or nil
	begun     map[string][]string // what was filled into questions that were left
	doubted   string              // a line that is no command, but looks like one
	said      string              // what is told beneath the composer until something is written
	tasking   bool                // taskDraft is being stored
	told      uint64              // up to where the session was told that it was seen
	toldAt    time.Time           // when it was told anything
	ticked    time.Time           // what time it was at the last tick
	others    others              // who else is in the room
	allWatch  bool                // all who see a private incident are shown
}

// New returns a room without an incident; Show gives it one.
func New(p Params) *Page {
	r := &Page{
		p: p, limit: window, prose: prose.NewMemory(), reached: true,
		header: widget.Row(14, -1), fires: widget.Column(0), tabs: widget.Row(0, -1),
		notSent: widget.Column(0), list: widget.NewList(), offers: widget.Column(0),
		images: map[id.Content]image.Image{}, begun: map[string][]string{}, drafts: p.Drafts,
		whole:  map[id.Entry]bool{},
		others: others{dots: map[id.Person][]func(bool){}},
	}
	if r.drafts == nil {
		r.drafts = NewDrafts(p.Session, p.Work)
	}
	r.drafts.pages = append(r.drafts.pages, r)
	r.fetch = widget.NewFetcher(p.Work, r.get)
	r.composer = r.newComposer()
	r.list.OnChoose, r.list.OnSpace = r.openMenu, r.turnMarked
	r.middle = &fyne.Container{Layout: &stack{}, Objects: []fyne.CanvasObject{
		widget.Pad(14, 28, 8, 28, r.tabs), widget.Pad(0, 28, 0, 28, r.notSent),
		widget.Pad(0, 16, 0, 16, r.list), r.typingLine(), r.offers, widget.Pad(2, 28, 20, 28, r.composer),
	}}
	r.beside = r.newPlace()
	r.pane = widget.NewScroll(widget.Pad(20, 20, 20, 20, r.beside.col))
	r.columns = &columns{}
	r.root = &fyne.Container{Layout: r.columns, Objects: []fyne.CanvasObject{
		widget.NewScroll(widget.Pad(8, 0, 8, 0, r.fires)), widget.NewRule(theme.Line),
		r.middle, widget.NewRule(theme.Line), r.pane,
	}}
	r.columns.folded = func(bool) {
		r.buildHeader()
		r.showOthers()
	}
	return r
}

// Content returns the page.
func (r *Page) Content() fyne.CanvasObject { return r.root }

// Header returns what stands at the top of the window while the page is shown.
func (r *Page) Header() fyne.CanvasObject { return r.header }

// Alarm returns the colour of the line under the header: that of the two worst severities while it is open.
func (r *Page) Alarm() theme.Name {
	if r.shown && r.model.Status == incident.Open && r.model.Level <= 2 {
		return widget.SeverityTone(r.model.Level)
	}
	return theme.Line
}

// Incident returns which incident is shown.
func (r *Page) Incident() id.Incident { return r.in }

// Show turns the room to an incident.
func (r *Page) Show(in id.Incident) {
	if r.in != in {
		r.Leave()
		r.in, r.limit, r.tab, r.shown, r.told, r.waiting = in, window, 0, false, 0, nil
		r.list.Set(nil)
		r.draftTask("")
		r.surplus = nil
		r.sought, r.doubted, r.said, r.allWatch = nil, "", "", false
		r.drafts.back(in)
		clear(r.begun)
		clear(r.whole)
		r.restore(r.drafts.room(in).draft)
		r.drafts.fetch(in)
	}
	r.others.open = true
	r.attend()
	r.Attended()
	r.Refresh()
}

// Focus puts the keyboard where one writes. While facts and people lie over the page it stays with them.
func (r *Page) Focus() {
	if r.drawer == nil {
		r.p.Canvas.Focus(r.composer.Input())
	}
}

// Refresh fetches again.
func (r *Page) Refresh() { r.fetch.Ask() }

// Connected tells the room whether what is written goes out at once.
func (r *Page) Connected(c present.Connection) {
	r.reached = c.Reached()
	r.why = ""
	if w := r.p.View.Words.Room; !r.reached {
		r.why = c.Why(w.ComposerOffline, w.ComposerKept)
	}
	r.note()
}

// Tick brings the running times up to date, and remembers how far the room was seen: it is called
// while the room is shown in the window.
func (r *Page) Tick(now time.Time) {
	r.run(now)
	if r.p.Drafts == nil {
		r.drafts.Tick()
	}
	if now.Sub(r.toldAt) >= tellEvery {
		r.toldAt = now
		r.tell()
	}
}

// Leave remembers how far the room was seen, keeps what is being written, and tells that it is shown no longer. It is called
// when another page takes its place, and when the window goes.
func (r *Page) Leave() {
	r.tell()
	r.drafts.keep(r.in)
	r.unattend()
}

// tellEvery is how often the session is told how far a room was seen, at most.
const tellEvery = 3 * time.Second

// tell says how far the room was seen, where that is news. Who reads further up has not seen the end.
func (r *Page) tell() {
	in, seq := r.in, r.model.Seq
	if !r.shown || seq <= r.told || !r.list.AtEnd() {
		return
	}
	r.told = seq
	r.p.Work.Go(func(ctx context.Context) func() {
		err := r.p.Session.MarkRead(ctx, in, seq)
		return func() {
			if err != nil && in == r.in && r.told == seq {
				r.told = 0 // in silence: it is told again, and nothing that a person did is at stake
			}
		}
	})
}

// now is the time that is shown: that of the last tick, or a later one.
func (r *Page) now() time.Time {
	if now := r.p.Now(); now.After(r.ticked) {
		return now
	}
	return r.ticked
}

func (r *Page) run(now time.Time) {
	r.ticked = now
	for _, set := range slices.Concat(r.clocks, r.dues) {
		set(now)
	}
	if r.running != nil {
		r.running(now)
	}
	if r.stale {
		r.stale = false
		r.parts, r.side = parts{}, nil
		r.build()
	}
}

func (r *Page) get(ctx context.Context) func() {
	in, limit := r.in, r.limit
	if in.IsZero() {
		return nil
	}
	model, err := r.p.Session.Room(ctx, in, limit)
	return func() {
		switch {
		case in != r.in: // another room was opened meanwhile
		case err != nil:
			r.p.Failed(err)
		case model.Gone:
			r.vanish(model.Left)
			return
		case !r.shown || !same(model, r.model):
			if !r.shown {
				r.seen = model.Seen
			}
			r.model, r.shown = model, true
			r.build()
			r.attend()
		}
		if in == r.in && err == nil {
			r.drafts.forget(in, model.Erased)
			r.seek()
		}
		r.reload()
	}
}

// same reports whether two models show the same. An entry's key names all that it shows.
func same(a, b present.Room) bool {
	alike := func(x, y present.Entry) bool { return x.Key == y.Key }
	if len(a.Entries) != len(b.Entries) || !present.Continues(a.Entries, b.Entries) && !slices.EqualFunc(a.Entries, b.Entries, alike) {
		return false
	}
	a.Entries, b.Entries = nil, nil
	return reflect.DeepEqual(a, b)
}

// build shows the model. Of the page only those parts are made anew that show something else than before.
func (r *Page) build() {
	widget.KeepFocus(r.p.Canvas, r.focusRoot(), func() {
		r.buildHeader()
		r.addressed()
		if r.parts.changed(partFires, r.firesShown()) {
			r.clocks = nil
			r.buildFires()
		}
		r.buildSide()
		r.buildTimeline()
		r.run(r.now())
	})
	widget.Settle(r.p.Canvas)
	r.p.Changed()
}

// submit stores a wish; a refusal is told above the page.
func (r *Page) submit(c incident.Command) {
	r.wish(r.in, c, func(err error) {
		if err != nil {
			r.p.Failed(err)
		}
	})
}

// wish stores a wish about an incident, and tells what came of it.
func (r *Page) wish(in id.Incident, c incident.Command, told func(error)) {
	r.p.Work.Go(func(ctx context.Context) func() {
		err := r.p.Session.Submit(ctx, in, c)
		return func() {
			told(err)
			r.Refresh()
		}
	})
}
