package oncall

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	rules "github.com/tsugi-app/tsugi/sync/oncall"
)

// editor is the form in which a rotation is ordered, with what that changes beside it.
type editor struct {
	page    *Page
	draft   present.RotationDraft
	begun   present.RotationDraft // to tell whether anything was filled in
	tried   bool                  // to save: from then on, what is wrong is told at once
	wrong   present.Problems
	refused string // what is wrong and belongs to no field
	marks   map[string]*widget.Flow
	notice  *widget.Flow
	says    *fyne.Container // the rotation in sentences
	preview *preview
	asked   int  // how often it was asked what the form changes: only the last answer counts
	busy    bool // being stored
}

func newEditor(g *Page, d present.RotationDraft) *editor {
	return &editor{page: g, draft: d, begun: d.Clone(), wrong: present.Problems{}, says: widget.Column(2)}
}

// leave closes the form; what was filled in is given up only where that is meant.
func (e *editor) leave() {
	g, w := e.page, e.page.p.View.Words
	if reflect.DeepEqual(e.draft, e.begun) {
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

// previewWide and previewFrom are the width of what stands beside the form, and from which width on it does.
const (
	previewWide = 400
	previewFrom = 1000
)

func (e *editor) rows(body *fyne.Container) {
	w := e.page.p.View.Words
	e.marks = map[string]*widget.Flow{}
	e.notice = widget.NewFlow(20)
	e.preview = newPreview(e.page.p.View, func() { e.page.scroll.Fit() })
	title := w.OnCall.NewTitle
	if !e.draft.Fresh {
		title = fmt.Sprintf(w.OnCall.EditTitle, e.draft.Former().Name)
	}
	body.Add(widget.Row(16, 1, widget.NewButton(widget.ButtonParams{Key: "back", Icon: "back", Tip: w.Common.Cancel}, e.leave),
		widget.NewFlow(40, widget.Span{Words: title, Style: widget.Strong(theme.Number, theme.Text)})))
	body.Add(widget.Pad(4, 0, 18, 0, lead(w.OnCall.Lead)))
	form := widget.Column(0)
	e.heads(form)
	for i := range e.draft.Layers {
		form.Add(widget.Space(0, 14))
		form.Add(e.layer(i))
	}
	e.mark(form, "layers")
	form.Add(widget.Pad(12, 0, 0, 0, widget.Row(0, -1, widget.NewButton(widget.ButtonParams{Key: "add layer", Words: w.OnCall.AddLayer, Icon: "plus", Small: true}, e.addLayer))))
	beside := widget.Column(14, e.sentences(), e.preview.content())
	e.begin(beside)
	beside.Add(e.notice)
	beside.Add(e.buttons())
	body.Add(widget.Beside(previewFrom, form, widget.Fixed(previewWide, beside)))
	e.told()
}

// sentences is what is filled in so far, as one would say it.
func (e *editor) sentences() fyne.CanvasObject {
	e.say()
	return widget.NewCard(e.says)
}

func (e *editor) say() {
	v := e.page.p.View
	order, _ := e.draft.Version(e.page.p.Now(), v)
	widget.Fill(e.says, func() {
		e.says.Add(widget.NewCaps(v.Words.OnCall.HowItIsOrdered))
		for _, text := range v.Orders(order) {
			e.says.Add(widget.NewFlow(24, widget.Span{Words: text, Style: widget.Plain(theme.Entry, theme.Text)}))
		}
	})
}

// heads are the name and the zone.
func (e *editor) heads(form *fyne.Container) {
	w := e.page.p.View.Words.OnCall
	name := e.field("name", w.NameHint, &e.draft.Name)
	zone := e.field("zone", w.ZoneHint, &e.draft.Zone)
	names, zones := widget.Column(4, widget.NewCaps(w.Name), name), widget.Column(4, widget.NewCaps(w.Zone), zone)
	e.mark(names, "name")
	e.mark(zones, "zone")
	form.Add(widget.Cards(220, 16, names, zones))
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

// changed says anew what was filled in, and what it changes.
func (e *editor) changed() {
	e.say()
	e.foresee()
	e.page.scroll.Fit()
}

// rebuild draws the form anew after it has got other parts.
func (e *editor) rebuild() {
	widget.KeepFocus(e.page.p.Canvas, e.page.scroll, e.page.build)
	e.foresee()
}

// foresee looks what the form changes as it is filled in now.
func (e *editor) foresee() {
	g := e.page
	e.asked++
	wishes, wrong := e.draft.Commands(g.p.Now(), g.p.View)
	switch {
	case len(wrong) > 0:
		e.judged(wrong, "", g.p.View.Words.OnCall.Incomplete)
	case len(wishes) == 0:
		e.judged(nil, "", g.p.View.Words.OnCall.NothingMoves)
	default:
		asked := e.asked
		g.p.Work.Go(func(ctx context.Context) func() {
			foreseen, err := g.p.Session.Foresee(ctx, e.draft.ID, wishes)
			return func() {
				if asked == e.asked {
					e.foreseen(foreseen, err)
				}
			}
		})
	}
}

func (e *editor) foreseen(what present.Preview, err error) {
	if err != nil {
		wrong, rest := e.sorted(err)
		e.judged(wrong, rest, e.page.p.View.Words.OnCall.Incomplete)
		return
	}
	e.judged(nil, "", "")
	e.preview.show(what, false)
}

// sorted returns what a refusal says of single fields, and what else.
func (e *editor) sorted(err error) (present.Problems, string) {
	names := e.draft.FieldNames()
	refusal, wrong := present.RefusalFrom(err, names, e.page.p.View.Words), present.Problems{}
	for i, words := range refusal.At {
		wrong[names[i]] = words
	}
	return wrong, refusal.Words
}

// judged notes what is wrong; the preview says quiet, where that is not empty.
func (e *editor) judged(wrong present.Problems, refused, quiet string) {
	e.wrong, e.refused = wrong, refused
	if quiet != "" {
		e.preview.quiet(quiet)
	}
	e.told()
}

// told tells what is wrong at its field, once somebody has tried to save.
func (e *editor) told() {
	for name, flow := range e.marks {
		words := ""
		if e.tried {
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

// begin asks from when on it holds.
func (e *editor) begin(col *fyne.Container) {
	if e.draft.Fresh {
		return
	}
	w := e.page.p.View.Words.OnCall
	part := widget.Column(4, widget.NewCaps(w.BeginHead), widget.NewCheck(w.BeginSoft, e.draft.Soft, func(on bool) {
		e.draft.Soft = on
		if !on && e.draft.From == "" {
			e.draft.From = e.page.p.View.WriteMoment(e.page.p.Now())
		}
		e.rebuild()
	}))
	if !e.draft.Soft {
		part.Add(e.field("from", w.BeginAtField, &e.draft.From))
	}
	e.mark(part, "from")
	col.Add(part)
}

func (e *editor) buttons() fyne.CanvasObject {
	w := e.page.p.View.Words
	save := w.OnCall.Save
	if e.draft.Fresh {
		save = w.OnCall.Create
	}
	row := widget.Wrap(8, widget.NewButton(widget.ButtonParams{Key: "save", Words: save, Look: widget.Gold}, e.save),
		widget.NewButton(widget.ButtonParams{Key: "cancel", Words: w.Common.Cancel}, e.leave))
	if !e.draft.Fresh && !e.draft.Former().Ended(e.page.p.Now()) {
		row.Add(widget.NewButton(widget.ButtonParams{Key: "end", Words: w.OnCall.End, Look: widget.Danger}, e.end))
	}
	return row
}

// save stores what is filled in. What is refused is told at its field, which gets the keyboard.
func (e *editor) save() {
	g := e.page
	wishes, wrong := e.draft.Commands(g.p.Now(), g.p.View)
	e.tried = true
	if len(wrong) > 0 {
		e.judged(wrong, "", "")
		e.toWrong()
		return
	}
	if e.busy {
		return
	}
	e.busy = true
	g.p.Work.Go(func(ctx context.Context) func() {
		err := g.p.Session.Rotate(ctx, e.draft.ID, wishes)
		return func() {
			e.busy = false
			if err != nil {
				wrong, rest := e.sorted(err)
				e.judged(wrong, rest, "")
				e.toWrong()
				return
			}
			g.query.Rotation, g.query.Day, g.picked = e.draft.ID, time.Time{}, nil
			g.close()
		}
	})
}

// toWrong gives the keyboard to the first field with which something is wrong.
func (e *editor) toWrong() {
	names := []string{"name", "zone"}
	for i, l := range e.draft.Layers {
		names = append(names, present.LayerField(i, ""), present.LayerField(i, "every"), present.LayerField(i, "anchor"))
		for j := range l.Hours {
			names = append(names, present.HoursField(i, j))
		}
	}
	for _, name := range append(names, "from") {
		if e.wrong[name] != "" {
			e.to(name)
			return
		}
	}
}

// end asks whether the rotation is to end, and shows what that changes.
func (e *editor) end() {
	g, w := e.page, e.page.p.View.Words
	wish := rules.EndRotation{Base: g.model.Chosen.Base}
	var form *widget.Form
	shown := newPreview(g.p.View, func() {
		if form != nil {
			form.Fit()
		}
	})
	form = widget.ShowForm(widget.FormParams{
		Canvas: g.p.Canvas, Title: fmt.Sprintf(w.OnCall.EndTitle, e.draft.Former().Name), Text: w.OnCall.EndText, Below: shown.content(),
		Yes: w.OnCall.EndYes, No: w.Common.Cancel, Look: widget.Danger, Width: formWide,
		Answer: func(_ []string, told func(*present.Refusal) bool) {
			g.p.Work.Go(func(ctx context.Context) func() {
				err := g.p.Session.Rotate(ctx, e.draft.ID, []rules.Command{wish})
				return func() {
					if err == nil {
						told(nil)
						g.close()
						return
					}
					refusal := present.RefusalFrom(err, nil, w)
					if !told(&refusal) {
						g.p.Failed(err)
					}
				}
			})
		},
	})
	g.p.Work.Go(func(ctx context.Context) func() {
		foreseen, err := g.p.Session.Foresee(ctx, e.draft.ID, []rules.Command{wish})
		return func() {
			if err != nil {
				shown.refused(present.RefusalFrom(err, nil, w).Words)
				return
			}
			shown.show(foreseen, false)
		}
	})
}
