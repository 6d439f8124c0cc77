// Package app is the desk shell: the window, its bar, its rail, its shortcuts, and which page is
// shown. It draws nothing that a page can draw.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"github.com/tsugi-app/tsugi/app/board"
	"github.com/tsugi-app/tsugi/app/declare"
	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/enrol"
	"github.com/tsugi-app/tsugi/app/oncall"
	"github.com/tsugi-app/tsugi/app/palette"
	"github.com/tsugi-app/tsugi/app/people"
	"github.com/tsugi-app/tsugi/app/policy"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/reach"
	"github.com/tsugi-app/tsugi/app/terms"
	"github.com/tsugi-app/tsugi/app/unsent"
	"github.com/tsugi-app/tsugi/app/warroom"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Session is what the desk asks of the client: what its pages ask, and what is true about the server.
type Session interface {
	board.Session
	warroom.Session
	declare.Session
	unsent.Session
	people.Session
	terms.Session
	reach.Session
	oncall.Session
	policy.Session
	enrol.Session
	palette.Session
	outsider
	// Enrolled reports whether this device belongs to a person already.
	Enrolled(ctx context.Context) (bool, error)
	// View returns what turns facts into words for whoever looks.
	View() present.View
	// Connection returns what is true about the server now.
	Connection(ctx context.Context) (present.Connection, error)
	// Observe returns a channel that receives after anything has changed, several changes at once,
	// and a function that ends it.
	Observe() (changes <-chan struct{}, stop func())
	// ObserveAttendance is Observe for who else is in a room.
	ObserveAttendance() (changes <-chan struct{}, stop func())
}

// Params is what a desk needs.
type Params struct {
	App     fyne.App
	Session Session
	Work    widget.Work
	View    present.View      // zone and words; who looks is asked again when they have enrolled
	Preset  present.Enrolment // what the first page is filled in with
	Now     func() time.Time
	Tick    <-chan time.Time // every second, for running times
	Around  Around           // the desktop around the window
	Pasted  func() []byte    // the picture on the clipboard as PNG, or nil; may be nil itself

	drafts *warroom.Drafts // of all windows
	own    bool            // the window is one room's own
}

// Desk is the client's window.
type Desk struct {
	p      Params
	window fyne.Window
	frame  *frame
	pages  map[string]page
	room   *warroom.Page
	in     id.Incident // the room's
	enrol  *enrol.Page
	search *palette.Page
	box    *palette.Box  // the box over the page, or nil
	aside  []*Desk       // rooms in windows of their own
	first  *Desk         // the first window, where this is such a window itself
	fresh  bool          // this device belongs to nobody yet: the first page is shown
	hidden bool          // the window is closed, and the client goes on
	out    *outside      // nil in a window for one room
	wish   *desktop.Link // to be followed once there is a board
	at     string
	before string // where Escape goes back to
	found  bool   // the room was opened from the page for searching
	reach  *widget.Fetcher
	known  present.Connection

	strangers []present.Stranger // devices that were added as whoever looks, and that nobody has answered yet
}

// page is what all pages have. What only some have is asked for where it is needed.
type page interface {
	Content() fyne.CanvasObject
	Refresh()
}

type (
	focuser   interface{ Focus() }
	leaver    interface{ Leave() }
	ticker    interface{ Tick(time.Time) }
	connected interface{ Connected(present.Connection) }
	headed    interface{ Header() fyne.CanvasObject }
	backer    interface{ Back() bool } // leaves something within the page, where there is something
)

// The names of the pages.
const (
	onBoard   = "board"
	onRoom    = "room"
	onDeclare = "declare"
	onUnsent  = "unsent"
	onPeople  = "people"
	onTerms   = "terms"
	onReach   = "reach"
	onDuty    = "oncall"
	onPolicy  = "policy"
	onEnrol   = "enrol"
	onSearch  = "search"
)

// New returns a desk with its window, which is not shown yet.
func New(p Params) *Desk {
	d := newDesk(p)
	d.window.Resize(d.size())
	d.out = newOutside(d)
	return d
}

// newDesk returns a desk in one more window.
func newDesk(p Params) *Desk {
	if p.drafts == nil {
		p.drafts = warroom.NewDrafts(p.Session, p.Work)
	}
	d := &Desk{p: p, window: p.App.NewWindow("Tsugi"), before: onBoard}
	d.furnish()
	d.reach = widget.NewFetcher(p.Work, d.getConnection)
	d.window.SetPadded(false)
	d.window.SetOnDropped(func(_ fyne.Position, files []fyne.URI) { d.Dropped(files) })
	d.addKeys()
	return d
}

// furnish makes the frame and the pages, at the size of text that is chosen now.
func (d *Desk) furnish() {
	d.frame = newFrame(d.p.View.Words, frameCalls{
		open: d.Open, answer: d.answer, declare: func() { d.Open(onDeclare) }, search: d.showBox, canvas: d.window.Canvas(),
	})
	d.makePages()
	d.window.SetContent(d.frame.root)
	d.warn()
}

// Window returns the window.
func (d *Desk) Window() fyne.Window { return d.window }

func (d *Desk) makePages() {
	p, failed := d.p, d.failed
	copyText := func(text string) { p.App.Clipboard().SetContent(text) }
	d.room = d.newRoom()
	d.enrol = enrol.New(enrol.Params{
		Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Preset: p.Preset, Failed: failed, Done: d.Start,
	})
	d.search = palette.NewPage(d.hunting())
	d.pages = map[string]page{
		onSearch: d.search,
		onEnrol:  d.enrol,
		onBoard: board.New(board.Params{
			Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Now: p.Now, Open: d.OpenRoom, Failed: failed,
			Declare: func() { d.Open(onDeclare) }, All: func() { d.Open(onSearch) }, Duties: func() { d.Open(onDuty) },
		}),
		onDuty: oncall.New(oncall.Params{
			Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Now: p.Now, Failed: failed, Copy: copyText,
		}),
		onPolicy: policy.New(policy.Params{
			Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Now: p.Now, Failed: failed,
		}),
		onRoom: d.room,
		onDeclare: declare.New(declare.Params{
			Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Now: p.Now, Done: d.OpenRoom, Open: d.OpenRoom, Failed: failed,
		}),
		onUnsent: unsent.New(unsent.Params{
			Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Now: p.Now, Open: d.OpenRoom, Failed: failed, Copy: copyText,
		}),
		onTerms: terms.New(terms.Params{Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Failed: failed}),
		onPeople: people.New(people.Params{
			Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Now: p.Now, Failed: failed, Copy: copyText,
			Reach: func() { d.Open(onReach) },
		}),
		onReach: reach.New(reach.Params{
			Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Now: p.Now, Failed: failed, People: func() { d.Open(onPeople) },
		}),
	}
}

// newRoom returns a war room in this window.
func (d *Desk) newRoom() *warroom.Page {
	p, aside := d.p, d.openAside
	if p.own {
		aside = nil
	}
	return warroom.New(warroom.Params{
		Session: p.Session, Work: p.Work, Canvas: d.window.Canvas(), View: p.View, Now: p.Now, Open: d.OpenRoom, Failed: d.failed,
		Copy: p.App.Clipboard().SetContent, Changed: d.showAlarm, Visit: d.visit, Choose: d.choose, Pasted: d.pasted,
		Clipboard: p.App.Clipboard().Content, Kept: d.kept,
		Drafts: p.drafts, Named: named, Aside: aside, Vanished: d.vanished, Missed: d.missed,
	})
}

// visit opens an address that leads out.
func (d *Desk) visit(address string) {
	u, err := url.Parse(address)
	if err == nil {
		err = d.p.App.OpenURL(u)
	}
	if err != nil {
		d.failed(fmt.Errorf("open %s: %w", address, err))
	}
}

// choose asks for a file of this device.
func (d *Desk) choose(chosen func(warroom.Source)) {
	dialog.ShowFileOpen(func(file fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			d.failed(err)
		case file != nil:
			chosen(warroom.Source{Name: file.URI().Name(), Open: func() (io.ReadCloser, error) { return file, nil }})
		}
	}, d.window)
}

// Dropped hands files that were dropped on the window to the room, if that is what is shown.
func (d *Desk) Dropped(files []fyne.URI) {
	if d.at != onRoom {
		return
	}
	sources := make([]warroom.Source, 0, len(files))
	for _, f := range files {
		sources = append(sources, sourceOf(f))
	}
	d.room.Drop(sources)
}

func (d *Desk) pasted() []byte {
	if d.p.Pasted == nil {
		return nil
	}
	return d.p.Pasted()
}

// kept tells where a copy of a file was put.
func (d *Desk) kept(path string) {
	d.frame.notice(present.Trouble{What: fmt.Sprintf(d.p.View.Words.Shell.FileKept, path)})
}

// Start shows the board, or the first page on a device that belongs to nobody yet. It fetches through
// the Work, so it may be called before the window is shown.
func (d *Desk) Start() {
	d.p.Work.Go(func(ctx context.Context) func() {
		enrolled, err := d.p.Session.Enrolled(ctx)
		view := d.p.Session.View()
		return func() {
			if err != nil {
				d.failed(err)
			}
			d.seenBy(view)
			if d.fresh = !enrolled; d.fresh {
				d.welcome()
				return
			}
			d.reopen()
			d.reach.Ask()
			d.out.changed()
			if d.wish != nil {
				d.Follow(*d.wish)
			}
		}
	})
}

// seenBy has all pages made for whoever looks from now on: until a device is enrolled, that is nobody.
func (d *Desk) seenBy(v present.View) {
	if v.Self == d.p.View.Self {
		return
	}
	former := d.pages
	d.p.View = v
	d.room.Retire()
	d.furnish()
	d.inherit(former)
	d.frame.connection(d.known, v)
	for _, other := range d.aside {
		other.p.View = v
		other.rebuild()
	}
}

// welcome shows the first page, on which there is nothing to go to.
func (d *Desk) welcome() {
	d.frame.showAlone(d.enrol.Content())
	d.enrol.Refresh()
	d.enrol.Focus()
}

// Open shows the page called name. The name of a page that does not exist changes nothing.
func (d *Desk) Open(name string) {
	next, ok := d.pages[name]
	if !ok {
		return
	}
	if d.at != name && d.at != onDeclare && d.at != "" {
		d.before = d.at
	}
	if l, ok := d.pages[d.at].(leaver); ok && name != d.at {
		l.Leave()
	}
	d.found = name == onRoom && (d.at == onSearch || d.at == onRoom && d.found)
	d.at = name
	d.remember()
	header := fyne.CanvasObject(nil)
	if h, ok := next.(headed); ok {
		header = h.Header()
	}
	d.frame.show(name, header, next.Content())
	if c, ok := next.(connected); ok {
		c.Connected(d.known)
	}
	next.Refresh()
	d.showAlarm()
	d.window.Canvas().Unfocus()
	if f, ok := next.(focuser); ok {
		f.Focus()
	}
}

// OpenRoom shows one incident.
func (d *Desk) OpenRoom(in id.Incident) {
	d.in = in
	d.room.Show(in)
	d.Open(onRoom)
}

// OpenAt shows one incident at what was found there.
func (d *Desk) OpenAt(in id.Incident, at present.ResultLine) {
	d.OpenRoom(in)
	d.room.Seek(at)
}

// Back leaves the page; it is what Escape does.
func (d *Desk) Back() {
	if b, ok := d.pages[d.at].(backer); ok && b.Back() {
		return
	}
	switch d.at {
	case "", onBoard:
	case onDeclare:
		d.Open(d.before)
	case onRoom:
		d.Open(either(d.found, onSearch, onBoard))
	default:
		d.Open(onBoard)
	}
}

func either(yes bool, one, other string) string {
	if yes {
		return one
	}
	return other
}

// focus gives the keyboard to what the page has it for; it is what happens when a panel goes.
func (d *Desk) focus() {
	if f, ok := d.pages[d.at].(focuser); ok {
		f.Focus()
	}
}

// Changed fetches again what is shown. It is called after anything has changed.
func (d *Desk) Changed() {
	if d.out != nil {
		d.out.changed()
	}
	if p, ok := d.pages[d.at]; ok {
		p.Refresh()
		d.reach.Ask()
	}
	if d.box != nil {
		d.box.Refresh() // what vanished may not stay in it
	}
	for _, other := range slices.Clone(d.aside) { // a window goes whose room may not be seen any more
		other.Changed()
	}
}

// Tick brings running times up to date.
func (d *Desk) Tick(now time.Time) {
	if d.out != nil {
		d.out.tick(now)
	}
	if t, ok := d.pages[d.at].(ticker); ok {
		t.Tick(now)
	}
	d.rememberSize()
	if d.first == nil {
		d.p.drafts.Tick()
	}
	for _, other := range d.aside {
		other.Tick(now)
	}
}

// Attended shows who else is in the rooms that are shown. It is called after that has changed.
func (d *Desk) Attended() {
	d.room.Attended()
	for _, other := range d.aside {
		other.Attended()
	}
}

func (d *Desk) showAlarm() {
	d.entitle()
	if d.at == onRoom {
		d.frame.alarm(d.room.Alarm())
	}
}

// failed tells a trouble above the page. A question that was cancelled is none.
func (d *Desk) failed(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	d.frame.notice(present.TroubleFrom(err, d.p.View.Words))
}
