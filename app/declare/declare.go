// Package declare is the page behind the one big button: a title is all that is needed.
package declare

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Session is what declaring asks of the client.
type Session interface {
	// Form returns the severities to choose from.
	Form(ctx context.Context) (present.Form, error)
	// Declare stores the declaration; it is sent when the server is reached.
	Declare(ctx context.Context, d present.Declaration) (id.Incident, error)
	// Tags returns known tags that begin with what was typed.
	Tags(ctx context.Context, typed string) ([]string, error)
	// Similar returns the incidents that may be the one whose title is being typed.
	Similar(ctx context.Context, title string) ([]present.Similar, error)
	// Draft returns what was filled in and neither declared nor cleared, also before a kill.
	Draft(ctx context.Context) (present.Declaration, error)
	// KeepDraft keeps what is filled in. An empty draft ends the keeping.
	KeepDraft(ctx context.Context, d present.Declaration) error
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas // the window's
	View    present.View
	Now     func() time.Time
	Done    func(id.Incident) // the incident was stored
	Open    func(id.Incident) // it is this one, which was declared before
	Failed  func(error)
}

// Page is the form.
type Page struct {
	p         Params
	page      *fyne.Container
	scroll    *widget.Scroll
	title     *widget.Field
	levels    *fyne.Container
	hint      *widget.Flow
	kinds     *fyne.Container
	tags      *fyne.Container
	finder    *widget.Finder
	button    *widget.Button
	note      *widget.Flow
	similar   *fyne.Container
	asking    *fyne.Container
	meaning   *widget.Flow
	sight     *fyne.Container
	began     *fyne.Container // says that it goes on from a draft, where it does
	seen      *fyne.Container // says beside the button that it is private, where it is
	foot      *fyne.Container // the button, and seen beside it
	guests    *widget.Guests
	conn      present.Connection
	form      present.Form
	draft     present.Declaration
	alike     []present.Similar
	answers   []answer
	asked     bool   // the questions are shown
	known     bool   // the kept draft was fetched
	suggested string // the title that nobody typed
	keeping   bool   // the draft is being written
	owed      bool   // and there is a newer one
	sending   bool
	goes      bool   // on from a draft
	former    string // the title that the draft had then
	left      bool   // another page was opened, and what is filled in waits
	heir      *Page  // that took this one's place, or nil
}

// New returns an empty form.
func New(p Params) *Page {
	w := p.View.Words.Declare
	d := &Page{
		p: p, title: widget.NewField(w.Field).Name("title"), levels: widget.Row(8, -1), kinds: widget.Row(8, -1), tags: widget.Wrap(6),
		hint: widget.NewFlow(22), note: widget.NewFlow(22),
		similar: widget.Column(0), asking: widget.Column(8), meaning: widget.NewFlow(22), sight: widget.Column(2),
		began: widget.Column(0), seen: widget.Row(0, -1),
	}
	d.guests = d.newGuests()
	d.finder = widget.NewFinder(w.TagsField, d.fit)
	d.finder.Name("tags")
	d.finder.OnTyped = d.typeTags
	d.finder.OnPick = func(o widget.Option) { d.addTag(o.Key) }
	d.finder.OnEmpty = func() { d.send() }
	d.title.OnSubmitted = func(string) { d.send() }
	d.title.OnChanged = d.typed
	d.button = widget.NewButton(widget.ButtonParams{Key: "send", Words: w.Button, Hint: w.Hint, Look: widget.Gold}, d.send)
	d.scroll = widget.NewScroll(widget.Pad(36, 36, 20, 36, widget.Middle(680, d.lay())))
	d.foot = widget.Row(12, -1, d.button, d.seen)
	// However long the form and low the window, the button is in sight.
	d.page = widget.Footed(d.scroll, widget.Pad(12, 36, 24, 36, widget.Middle(680,
		widget.Column(0, d.foot, widget.Space(0, 12), d.note))))
	d.Connected(present.Connection{Reach: present.Live})
	return d
}

func (d *Page) lay() fyne.CanvasObject {
	w := d.p.View.Words.Declare
	return widget.Column(0,
		widget.NewFlow(40, widget.Span{Words: w.Title, Style: widget.Strong(theme.Number, theme.Text)}), widget.Space(0, 12),
		d.title, d.began, d.similar, widget.Space(0, 28),
		widget.NewCaps(w.HowBad), widget.Space(0, 8), d.levels, widget.Space(0, 8), d.hint, d.asking, widget.Space(0, 24),
		widget.NewCaps(w.Tags), widget.Space(0, 8), d.tags, d.finder, widget.Space(0, 24),
		widget.NewCaps(w.Kind), widget.Space(0, 8), d.kinds, widget.Space(0, 8), d.meaning, widget.Space(0, 24),
		widget.NewCaps(d.p.View.Words.Sight.Head), widget.Space(0, 6), d.sight)
}

// Content returns the page.
func (d *Page) Content() fyne.CanvasObject { return d.page }

// Refresh fetches the severities, and at first the draft; what was typed stays. It looks for similar incidents again: one
// of them may have vanished.
func (d *Page) Refresh() {
	if len(d.alike) > 0 {
		d.lookAlike()
	}
	fetch := !d.known
	d.ask(func(ctx context.Context) func(*Page) {
		form, err := d.p.Session.Form(ctx)
		var draft present.Declaration
		if err == nil && fetch {
			draft, err = d.p.Session.Draft(ctx)
		}
		return func(d *Page) {
			if err != nil {
				d.p.Failed(err)
			}
			if len(form.Severities) > 0 {
				d.filled(form, draft)
			}
		}
	})
}

func (d *Page) filled(form present.Form, draft present.Declaration) {
	d.form = form
	if !d.known {
		d.known = true
		d.restore(draft)
	}
	if !slices.ContainsFunc(form.Severities, func(s present.Severity) bool { return s.Level == d.draft.Level }) {
		d.draft.Level = form.Preset
	}
	d.guests.Set(form.People, d.draft.Admit)
	d.answers = slices.Grow(d.answers, len(form.Questions))[:len(form.Questions)]
	d.build()
}

// Focus puts the keyboard into the title. What waited there is selected: another title replaces it.
func (d *Page) Focus() {
	d.p.Canvas.Focus(d.title.Input())
	if d.left && d.begun() {
		d.goOn()
	}
	d.left = false
}

// Leave remembers that what is filled in waits from then on.
func (d *Page) Leave() { d.left = true }

// Suggest puts a title into the form. What a person has typed there stays.
func (d *Page) Suggest(title string) {
	if title != "" && d.title.Words() == "" {
		d.suggested = title
		d.title.SetWords(title)
	}
}

// Connected tells the page whether pressing the button wakes anybody.
func (d *Page) Connected(c present.Connection) {
	w, tone := d.p.View.Words.Declare, theme.Muted
	d.conn = c
	text := d.audience()
	if !c.Reached() {
		text, tone = c.Why(w.Offline, w.Kept), theme.Sev2
	}
	d.note.Set(widget.Span{Words: text, Style: widget.Plain(theme.Body, tone)})
	d.fit()
}

func (d *Page) fit() {
	if d.scroll != nil {
		d.button.Hinted(d.finder.Words() == "" && d.guests.Words() == "") // else Enter takes what is begun there
		widget.Relay(d.page)
		d.scroll.Fit()
	}
}

func (d *Page) build() {
	widget.KeepFocus(d.p.Canvas, d.page, func() {
		d.buildLevels()
		d.buildQuestions()
		d.buildKinds()
		d.buildTags()
		d.buildSight()
		d.buildFoot()
		d.buildBegan()
	})
	d.fit()
}

// send declares. An empty title is no obstacle: the rules give one.
func (d *Page) send() {
	if d.sending {
		return // the second press of one who is in a hurry must not declare twice
	}
	d.takeTyped()
	if d.draft.Private && len(d.draft.Admit) == 0 {
		d.askAlone()
		return
	}
	if d.retitled() {
		d.askSame()
		return
	}
	d.declare()
}

func (d *Page) declare() {
	d.sending = true
	d.draft.Title = d.title.Words()
	draft := d.draft
	d.ask(func(ctx context.Context) func(*Page) {
		in, err := d.p.Session.Declare(ctx, draft)
		return func(d *Page) {
			d.sending = false
			if err != nil {
				d.p.Failed(err)
				return
			}
			d.clear()
			d.p.Done(in)
		}
	})
}

func (d *Page) clear() {
	d.draft = present.Declaration{Level: d.form.Preset}
	d.answers, d.asked, d.goes, d.former = make([]answer, len(d.form.Questions)), false, false, ""
	d.title.SetWords("")
	d.clearTyped()
	d.guests.Set(d.form.People, nil)
	d.keep()
	d.build()
	d.Connected(d.conn)
}
