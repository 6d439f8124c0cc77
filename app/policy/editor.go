package policy

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// editor is the form in which a policy is written, with what it would do beside it.
type editor struct {
	page    *Page
	draft   present.PolicyDraft
	begun   present.PolicyDraft // to tell whether anything was filled in
	moment  string              // when the incident begins that is foreseen, as it is written
	tried   bool                // to save: from then on, what is wrong is told at once
	wrong   present.Problems
	refused string // what is wrong and belongs to no field
	marks   map[string]*widget.Flow
	notice  *widget.Flow
	night   *night
	asked   int  // how often it was asked what the form does: only the last answer counts
	busy    bool // being stored
}

func newEditor(g *Page, d present.PolicyDraft) *editor {
	e := &editor{page: g, draft: d, begun: d.Clone(), wrong: present.Problems{}}
	e.moment = g.p.View.WriteMoment(g.p.View.NextSunday(g.p.Now()))
	e.night = newNight(e)
	return e
}

// heir goes on with the form on the page that takes the place of this one's.
func (e *editor) heir(g *Page) *editor {
	next := newEditor(g, e.draft)
	next.begun, next.tried, next.moment, next.wrong, next.refused = e.begun, e.tried, e.moment, e.wrong, e.refused
	next.night.last = e.night.last
	return next
}

// leave closes the form; what was filled in is given up only where that is meant.
func (e *editor) leave() {
	g, w := e.page, e.page.p.View.Words
	if e.draft.Same(e.begun) {
		g.close()
		return
	}
	widget.Confirm(g.p.Canvas, widget.Question{Title: w.OnCall.DropTitle, Text: w.OnCall.DropText, Yes: w.OnCall.DropYes, No: w.Common.Cancel}, g.close)
}

func (e *editor) focus() { e.to("name") }

// to gives the keyboard to what is called so.
func (e *editor) to(key string) {
	widget.Walk(e.page.body, func(o fyne.CanvasObject) bool {
		k, ok := o.(widget.Keyed)
		if !ok || k.FocusKey() != key {
			return true
		}
		e.page.p.Canvas.Focus(k)
		return false
	})
}

// nightWide and nightFrom are the width of what stands beside the form, and from which width on it does.
const (
	nightWide = 372
	nightFrom = 820
)

func (e *editor) rows(body *fyne.Container) {
	w := e.page.p.View.Words
	e.marks = map[string]*widget.Flow{}
	e.notice = widget.NewFlow(20)
	title := w.Policies.NewTitle
	if !e.draft.Fresh {
		title = fmt.Sprintf(w.Policies.EditTitle, e.draft.Former())
	}
	body.Add(widget.Row(16, 1, widget.NewButton(widget.ButtonParams{Key: "back", Icon: "back", Tip: w.Common.Cancel}, e.leave),
		widget.NewFlow(40, widget.Span{Words: title, Style: widget.Strong(theme.Number, theme.Text)})))
	body.Add(widget.Pad(4, 0, 18, 0, lead(w.Policies.EditLead)))
	form := widget.Column(0)
	e.heads(form)
	for i := range e.draft.Steps {
		form.Add(widget.Space(0, 14))
		form.Add(e.step(i))
	}
	e.mark(form, "steps")
	if len(e.draft.Steps) < escalation.MaxSteps {
		form.Add(widget.Pad(12, 0, 0, 0, widget.Row(0, -1, widget.NewButton(widget.ButtonParams{
			Key: "add step", Words: w.Policies.AddStep, Icon: "plus", Small: true,
		}, e.addStep))))
	}
	e.repeats(form)
	beside := widget.Column(14, e.buttons(), e.notice, e.night.content())
	body.Add(widget.Beside(nightFrom, form, widget.Fixed(nightWide, beside)))
	e.told()
}

// heads are the name, and which incidents it is for.
func (e *editor) heads(form *fyne.Container) {
	w := e.page.p.View.Words.Policies
	form.Add(widget.NewCaps(w.Name))
	form.Add(widget.Space(0, 4))
	form.Add(e.field("name", w.NameHint, &e.draft.Name))
	e.mark(form, "name")
	form.Add(widget.Space(0, 14))
	form.Add(widget.NewCaps(w.ForHead))
	form.Add(widget.Space(0, 4))
	levels := widget.Wrap(14)
	for _, r := range e.page.model.Routes {
		check := widget.NewCheck(r.Name, e.draft.Goes(r.Level), func(on bool) {
			e.draft.For(r.Level, on)
			e.changed()
		})
		levels.Add(widget.Row(6, -1, widget.NewSeverity(r.Level, 16), check))
	}
	form.Add(levels)
}

// repeats asks how often it starts over.
func (e *editor) repeats(form *fyne.Container) {
	w := e.page.p.View.Words.Policies
	form.Add(widget.Space(0, 18))
	form.Add(widget.NewCaps(w.Repeats))
	form.Add(widget.Space(0, 4))
	form.Add(widget.Row(10, 1, widget.Fixed(72, e.field("repeats", "0", &e.draft.Repeats)), lead(w.RepeatsHint)))
	e.mark(form, "repeats")
}

// field is a field whose words go into the draft as they are typed.
func (e *editor) field(key, placeholder string, into *string) *widget.Field {
	f := widget.NewField(placeholder).Name(key)
	f.SetWords(*into)
	f.OnChanged = func(words string) {
		*into = words
		e.changed()
	}
	f.OnSubmitted = func(string) { e.save() }
	return f
}

// mark adds where it is told what is wrong with a field.
func (e *editor) mark(into *fyne.Container, name string) {
	f := widget.NewFlow(20)
	f.Hide()
	e.marks[name] = f
	into.Add(f)
}

// changed looks anew what the form does.
func (e *editor) changed() {
	e.foresee()
	e.page.scroll.Fit()
}

// rebuild draws the form anew after it has got other parts.
func (e *editor) rebuild() {
	widget.KeepFocus(e.page.p.Canvas, e.page.scroll, e.page.build)
	e.foresee()
}

// begins returns when the incident begins that is foreseen.
func (e *editor) begins() (time.Time, bool) {
	return e.page.p.View.ParseMoment(e.moment, e.page.p.Now())
}

// foresee looks what the form does as it is filled in now. Nothing is stored.
func (e *editor) foresee() {
	g := e.page
	e.asked++
	p, wrong := e.draft.Policy(g.p.View)
	at, ok := e.begins()
	e.wrong, e.refused = wrong, ""
	if !ok {
		e.wrong["moment"] = g.p.View.Words.OnCall.MomentWrong
	}
	e.told()
	if len(wrong) > 0 || !e.draft.Names() {
		e.night.quiet()
		return
	}
	asked := e.asked
	g.p.Work.Go(func(ctx context.Context) func() {
		foreseen, err := g.p.Session.ForeseePolicy(ctx, p, at)
		return func() {
			switch {
			case asked != e.asked:
			case err != nil:
				g.p.Failed(err)
			default:
				foreseen.Warnings = append(foreseen.Warnings, g.p.View.RouteWarnings(e.draft.Levels, g.model.Routes)...)
				e.night.show(foreseen)
			}
		}
	})
}

// told tells what is wrong at its field, once somebody has tried to save. A moment that cannot be read is told at once.
func (e *editor) told() {
	for name, flow := range e.marks {
		words := ""
		if e.tried || name == "moment" {
			words = e.wrong[name]
		}
		flow.Set(widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Sev1)})
		flow.Hidden = words == ""
	}
	words := ""
	if e.tried {
		words = e.refused
	}
	e.notice.Set(widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Sev1)})
	e.notice.Hidden = words == ""
	e.page.body.Refresh()
	e.page.scroll.Fit()
}
