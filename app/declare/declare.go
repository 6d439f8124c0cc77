// Package declare is the page behind the one big button: a title is all that is needed.
package declare

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Session is what declaring asks of the client.
type Session interface {
	// Form returns the severities to choose from.
	Form(ctx context.Context) (present.Form, error)
	// Declare stores the declaration; it is sent when the server is reached.
	Declare(ctx context.Context, d present.Declaration) (id.Incident, error)
	// Tags returns known tags that begin with what was typed.
	Tags(ctx context.Context, typed string) ([]string, error)
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas // the window's
	View    present.View
	Done    func(id.Incident) // the incident was stored
	Failed  func(error)
}

// Page is the form.
type Page struct {
	p       Params
	scroll  *widget.Scroll
	title   *widget.Field
	levels  *fyne.Container
	hint    *widget.Flow
	kinds   *fyne.Container
	tags    *fyne.Container
	finder  *widget.Finder
	button  *widget.Button
	note    *widget.Flow
	form    present.Form
	draft   present.Declaration
	sending bool
}

// New returns an empty form.
func New(p Params) *Page {
	w := p.View.Words.Declare
	d := &Page{
		p: p, title: widget.NewField(w.Field), levels: widget.Row(8, -1), kinds: widget.Row(8, -1), tags: widget.Wrap(6),
		hint: widget.NewFlow(22), note: widget.NewFlow(22),
	}
	d.finder = widget.NewFinder(w.TagsField, d.fit)
	d.finder.OnTyped = d.findTags
	d.finder.OnPick = func(o widget.Option) { d.addTag(o.Key) }
	d.finder.OnEmpty = func() { d.send() }
	d.title.OnSubmitted = func(string) { d.send() }
	d.button = widget.NewButton(widget.ButtonParams{Key: "send", Words: w.Button, Hint: w.Hint, Look: widget.Gold}, d.send)
	d.scroll = widget.NewScroll(widget.Pad(36, 36, 36, 36, widget.Middle(680, d.lay())))
	d.Connected(present.Connection{Reach: present.Live})
	return d
}

func (d *Page) lay() fyne.CanvasObject {
	w := d.p.View.Words.Declare
	return widget.Column(0,
		widget.NewFlow(40, widget.Span{Words: w.Title, Style: widget.Strong(theme.Number, theme.Text)}), widget.Space(0, 12),
		d.title, widget.Space(0, 28),
		widget.NewCaps(w.HowBad), widget.Space(0, 8), d.levels, widget.Space(0, 8), d.hint, widget.Space(0, 24),
		widget.NewCaps(w.Tags), widget.Space(0, 8), d.tags, d.finder, widget.Space(0, 24),
		widget.NewCaps(w.Kind), widget.Space(0, 8), d.kinds, widget.Space(0, 32),
		widget.Row(0, -1, d.button), widget.Space(0, 12), d.note)
}

// Content returns the page.
func (d *Page) Content() fyne.CanvasObject { return d.scroll }

// Refresh fetches the severities; what was typed stays.
func (d *Page) Refresh() {
	d.p.Work.Go(func(ctx context.Context) func() {
		form, err := d.p.Session.Form(ctx)
		return func() {
			if err != nil {
				d.p.Failed(err)
				return
			}
			d.form = form
			if !slices.ContainsFunc(form.Severities, func(s present.Severity) bool { return s.Level == d.draft.Level }) {
				d.draft.Level = form.Preset
			}
			d.build()
		}
	})
}

// Focus puts the keyboard into the title.
func (d *Page) Focus() { d.p.Canvas.Focus(d.title.Input()) }

// Suggest puts a title into the form. What a person has typed there stays.
func (d *Page) Suggest(title string) {
	if title != "" && d.title.Words() == "" {
		d.title.SetWords(title)
	}
}

// Connected tells the page whether pressing the button wakes anybody.
func (d *Page) Connected(c present.Connection) {
	w, tone := d.p.View.Words.Declare, theme.Muted
	text := w.Online
	if !c.Reached() {
		text, tone = c.Why(w.Offline, w.Kept), theme.Sev2
	}
	d.note.Set(widget.Span{Words: text, Style: widget.Plain(theme.Body, tone)})
	d.fit()
}

func (d *Page) fit() {
	if d.scroll != nil {
		d.scroll.Fit()
	}
}

func (d *Page) build() {
	widget.KeepFocus(d.p.Canvas, d.scroll, func() {
		d.buildLevels()
		d.buildKinds()
		d.buildTags()
	})
	d.fit()
}

func (d *Page) buildLevels() {
	d.levels.RemoveAll()
	for _, s := range d.form.Severities {
		chosen := s.Level == d.draft.Level
		d.levels.Add(choice("level "+s.Name, widget.NewSeverity(s.Level, 18), s.Name, chosen, func() {
			d.draft.Level = s.Level
			d.build()
		}))
		if chosen {
			d.hint.Set(widget.Span{Words: s.Hint, Style: widget.Plain(theme.Body, theme.Muted)})
		}
	}
	d.levels.Refresh()
}

func (d *Page) buildKinds() {
	d.kinds.RemoveAll()
	for k := incident.Real; k <= incident.Informational; k++ {
		words := present.KindWord(k, d.p.View.Words)
		d.kinds.Add(choice("kind "+words, nil, words, k == d.draft.Kind, func() {
			d.draft.Kind = k
			d.build()
		}))
	}
	d.kinds.Refresh()
}

// choice is one of several values beside each other, the chosen one framed in gold.
func choice(key string, mark fyne.CanvasObject, words string, chosen bool, tapped func()) fyne.CanvasObject {
	box, style := widget.NewBox(theme.Clear, theme.Line), widget.Plain(theme.Body, theme.Muted)
	if chosen {
		box, style = widget.NewBox(theme.Raised, theme.Gold), widget.Strong(theme.Body, theme.Text)
	}
	row := widget.Row(8, -1)
	if mark != nil {
		row.Add(mark)
	}
	row.Add(widget.NewText(words, style))
	return widget.NewPress(key, widget.On(box, widget.Pad(0, 14, 0, 14, row), widget.Space(0, theme.RowTall)), tapped)
}

func (d *Page) buildTags() {
	d.tags.RemoveAll()
	for _, tag := range d.draft.Tags {
		d.tags.Add(widget.Pad(0, 0, 8, 0, widget.NewTagRemovable("#"+tag, func() {
			d.draft.Tags = slices.DeleteFunc(slices.Clone(d.draft.Tags), func(t string) bool { return t == tag })
			d.build()
		})))
	}
	d.tags.Refresh()
}

func (d *Page) addTag(tag string) {
	if !slices.Contains(d.draft.Tags, tag) {
		d.draft.Tags = append(d.draft.Tags, tag)
	}
	d.finder.Clear()
	d.finder.SetOptions(nil)
	d.build()
}

func (d *Page) findTags(typed string) {
	if incident.NormalTag(typed) == "" {
		d.finder.SetOptions(nil)
		return
	}
	d.p.Work.Go(func(ctx context.Context) func() {
		known, err := d.p.Session.Tags(ctx, incident.NormalTag(typed))
		return func() {
			if err != nil {
				d.p.Failed(err)
				return
			}
			if d.finder.Input().Text != typed {
				return // more was typed meanwhile
			}
			var options []widget.Option
			for _, c := range present.TagChoices(typed, known, d.p.View.Words.Room.NewTag) {
				options = append(options, widget.Option{Key: c.Tag, Words: c.Words})
			}
			d.finder.SetOptions(options)
		}
	})
}

// send declares. An empty title is no obstacle: the rules give one.
func (d *Page) send() {
	if d.sending {
		return // the second press of one who is in a hurry must not declare twice
	}
	d.sending = true
	d.draft.Title = d.title.Words()
	draft := d.draft
	d.p.Work.Go(func(ctx context.Context) func() {
		in, err := d.p.Session.Declare(ctx, draft)
		return func() {
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
	d.title.SetWords("")
	d.build()
}
