package oncall

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	rules "github.com/tsugi-app/tsugi/sync/oncall"
)

// formWide is how wide a question is.
const formWide = 560

// openPick shows what can be done with what is selected.
func (g *Page) openPick(pick widget.CalendarPick, under fyne.CanvasObject) {
	lane, selected, ok := g.selection(pick)
	if !ok {
		return
	}
	r, ok := g.model.Rotation(lane.Rotation)
	if !ok {
		return
	}
	g.offer(g.p.View.Deeds(r, selected, g.p.Now()), under, g.p.View.Words.OnCall.Past)
}

// offer lets one of some deeds be chosen; where there is none, it says why.
func (g *Page) offer(deeds []present.Deed, under fyne.CanvasObject, none string) {
	var items []widget.MenuItem
	for _, d := range deeds {
		items = append(items, widget.MenuItem{Key: fmt.Sprint("deed ", d.Kind), Icon: icon(d.Kind), Words: d.Words, Do: func() { g.carry(d) }})
	}
	if len(items) == 0 {
		items = append(items, widget.MenuItem{Key: "none", Icon: "info", Words: none, Tone: theme.Muted, Do: func() {}})
	}
	had := g.p.Canvas.Focused()
	panel := widget.ShowMenu(g.p.Canvas, under, items)
	panel.OnGone = func() {
		if had != nil {
			g.p.Canvas.Focus(had)
		}
	}
}

func icon(k present.DeedKind) string {
	switch k {
	case present.TakeNow, present.TakeOver, present.GiveCover:
		return "tick"
	case present.Give:
		return "people"
	case present.AddSomebody:
		return "plus"
	case present.WantCover:
		return "megaphone"
	case present.TakeOff:
		return "close"
	default:
		return "back"
	}
}

// showTakes offers to take over from whoever is on call now, by all rotations.
func (g *Page) showTakes(under fyne.CanvasObject) {
	g.offer(g.takes(), under, g.p.View.Words.OnCall.TakeNobody)
}

func (g *Page) takes() []present.Deed {
	var out []present.Deed
	now := g.p.Now()
	for _, r := range g.model.All {
		for _, d := range g.p.View.Deeds(r, present.Selection{From: now, Until: now.Add(time.Minute)}, now) {
			if d.Kind == present.TakeNow {
				d.Words = r.Name + "  ·  " + d.Words
				out = append(out, d)
			}
		}
	}
	return out
}

// fill asks who fills the gap that a rotation has now.
func (g *Page) fill(d present.Duty) {
	r, ok := g.model.Rotation(d.Rotation)
	if !ok {
		return
	}
	for _, deed := range g.p.View.Deeds(r, present.Selection{From: g.p.Now(), Until: d.Until}, g.p.Now()) {
		if deed.Kind == present.AddSomebody {
			if d.Until.IsZero() {
				deed.Until = deed.From.AddDate(0, 0, 1)
			}
			g.carry(deed)
			return
		}
	}
}

// deedForm asks what a deed still needs, and shows what it would change.
type deedForm struct {
	page    *Page
	deed    present.Deed
	fresh   [16]byte
	who     id.Person
	fields  []*widget.Field
	heads   []string
	chosen  *fyne.Container
	preview *preview
	form    *widget.Form
	asked   int // how often it was asked what this changes: only the last answer counts
	gone    bool
}

// carry asks for what a deed needs, and shows what it would change before it is stored.
func (g *Page) carry(d present.Deed) {
	w, who, when, note := g.p.View.Words, false, false, false
	who, when, note = d.Asks()
	f := &deedForm{page: g, deed: d, fresh: id.New[[16]byte](), chosen: widget.Column(0)}
	f.preview = newPreview(g.p.View, func() {
		if f.form != nil && !f.gone {
			f.form.Fit()
		}
	})
	had, above, finder := g.p.Canvas.Focused(), fyne.CanvasObject(nil), (*widget.Finder)(nil)
	if who {
		finder = f.finder()
		above = widget.Column(6, f.chosen, finder)
		if d.Kind == present.AddSomebody && d.Words == w.OnCall.FillGap {
			f.who = g.p.View.Self.Person
		}
		f.showWho()
	}
	if when {
		f.field(w.OnCall.FieldFrom, g.p.View.WriteMoment(d.From))
		f.field(w.OnCall.FieldUntil, g.p.View.WriteMoment(d.Until))
	}
	if note {
		f.field(w.OnCall.Note, "")
	}
	text := g.p.View.Between(d.From, d.Until, g.p.Now())
	if !g.known.Reached() {
		text += ". " + w.OnCall.DialogOffline
	}
	f.form = widget.ShowForm(widget.FormParams{
		Canvas: g.p.Canvas, Title: strings.TrimSuffix(d.Words, " …"), Text: text, Above: above, Fields: f.fields, Heads: f.heads, Below: f.preview.content(),
		Yes: f.yes(), No: w.Common.Cancel, Look: widget.Gold, Width: formWide, Answer: f.answer,
		Gone: func() {
			f.gone = true
			if had != nil {
				g.p.Canvas.Focus(had)
			}
		},
	})
	if finder != nil && f.who.IsZero() {
		g.p.Canvas.Focus(finder.Input())
	}
	f.foresee()
}

func (f *deedForm) yes() string {
	w := f.page.p.View.Words.OnCall
	switch f.deed.Kind {
	case present.WantCover:
		return w.DoAsk
	case present.WithdrawCover, present.TakeBack:
		return w.DoBack
	default:
		return w.Do
	}
}

func (f *deedForm) field(placeholder, words string) {
	field := widget.NewField(placeholder)
	field.SetWords(words)
	f.heads = append(f.heads, placeholder)
	field.OnChanged = func(string) { f.foresee() }
	f.fields = append(f.fields, field)
}

// peopleAtOnce is how many people are offered at once.
const peopleAtOnce = 6

// finder finds who is to serve.
func (f *deedForm) finder() *widget.Finder {
	g := f.page
	find := widget.NewFinder(g.p.View.Words.OnCall.Who, func() {
		if f.form != nil && !f.gone {
			f.form.Fit()
		}
	})
	find.OnTyped = func(typed string) { find.SetOptions(options(g.model.People, typed)) }
	find.OnPick = func(o widget.Option) {
		who, err := id.Parse[id.Person](o.Key)
		if err != nil {
			return
		}
		f.who = who
		find.Clear()
		find.SetOptions(nil)
		f.showWho()
		f.form.Fit()
		f.foresee()
		if len(f.fields) > 0 {
			g.p.Canvas.Focus(f.fields[0].Input())
		}
	}
	return find
}

// options are the people whose names match what is typed.
func options(people []present.Person, typed string) []widget.Option {
	var out []widget.Option
	if typed == "" {
		return nil
	}
	for _, p := range present.Match(people, typed, peopleAtOnce) {
		out = append(out, widget.Option{Key: p.ID.String(), Mark: widget.NewAvatar(p.Initials, 24), Words: p.Name, Note: p.Department})
	}
	return out
}

func (f *deedForm) showWho() {
	widget.Fill(f.chosen, func() {
		if f.who.IsZero() {
			return
		}
		p := f.page.p.View.Person(f.who)
		f.chosen.Add(widget.Row(10, 1, widget.NewAvatar(p.Initials, 28), widget.NewText(p.Name, widget.Strong(theme.Entry, theme.Text))))
	})
}

// wish returns what is filled in as a command, and what is wrong with single fields.
func (f *deedForm) wish() (rules.Command, present.Refusal) {
	g, w := f.page, f.page.p.View.Words.OnCall
	who, when, note := f.deed.Asks()
	filled, wrong := present.Filled{Who: f.who, From: f.deed.From, Until: f.deed.Until}, present.Refusal{At: map[int]string{}}
	if who && f.who.IsZero() {
		wrong.Words = w.WhoMissing
	}
	if when {
		for i, into := range []*time.Time{&filled.From, &filled.Until} {
			at, ok := g.p.View.ParseMoment(f.fields[i].Words(), f.deed.From)
			if *into = at; !ok {
				wrong.At[i] = w.MomentWrong
			}
		}
	}
	if note {
		filled.Note = f.fields[len(f.fields)-1].Words()
	}
	return f.deed.Command(filled, g.p.View.Self.Person, f.fresh), wrong
}

// fieldNames are the names that the rules have for the fields.
func (f *deedForm) fieldNames() []string {
	if _, when, _ := f.deed.Asks(); when {
		return []string{"", "time", "note"}
	}
	return nil
}

// foresee looks what the form changes as it is filled in now.
func (f *deedForm) foresee() {
	f.asked++
	c, wrong := f.wish()
	if len(wrong.At) > 0 || wrong.Words != "" {
		f.preview.quiet(f.page.p.View.Words.OnCall.Incomplete)
		return
	}
	asked := f.asked
	f.page.p.Work.Go(func(ctx context.Context) func() {
		foreseen, err := f.page.p.Session.Foresee(ctx, f.deed.Rotation, []rules.Command{c})
		return func() {
			switch {
			case f.gone || asked != f.asked:
			case err != nil:
				f.preview.refused(present.RefusalFrom(err, nil, f.page.p.View.Words).Words)
			default:
				f.preview.show(foreseen, f.deed.Kind == present.WantCover || f.deed.Kind == present.WithdrawCover)
			}
		}
	})
}

func (f *deedForm) answer(_ []string, told func(*present.Refusal) bool) {
	g := f.page
	c, wrong := f.wish()
	if len(wrong.At) > 0 || wrong.Words != "" {
		told(&wrong)
		return
	}
	g.p.Work.Go(func(ctx context.Context) func() {
		err := g.p.Session.Rotate(ctx, f.deed.Rotation, []rules.Command{c})
		return func() {
			if err != nil {
				refusal := present.RefusalFrom(err, f.fieldNames(), g.p.View.Words)
				if !told(&refusal) {
					g.p.Failed(err)
				}
				return
			}
			told(nil)
			g.picked = nil
			g.Refresh()
		}
	})
}
