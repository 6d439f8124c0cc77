package policy

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

func (e *editor) buttons() fyne.CanvasObject {
	w := e.page.p.View.Words
	save := w.Policies.Save
	if e.draft.Fresh {
		save = w.Policies.Create
	}
	row := widget.Wrap(8, widget.NewButton(widget.ButtonParams{Key: "save", Words: save, Look: widget.Gold}, e.save),
		widget.NewButton(widget.ButtonParams{Key: "cancel", Words: w.Common.Cancel}, e.leave))
	if !e.draft.Fresh && !e.draft.Retired() {
		row.Add(widget.NewButton(widget.ButtonParams{Key: "retire", Words: w.Policies.Retire, Look: widget.Danger}, e.retire))
	}
	return row
}

// save stores what is filled in: the policy, and then which severities go by it. What is refused is told at its field, which gets the
// keyboard.
func (e *editor) save() {
	g := e.page
	wish, wrong := e.draft.Command(g.p.View)
	e.tried = true
	if len(wrong) > 0 {
		e.wrong = wrong
		e.told()
		e.toWrong()
		return
	}
	if e.busy {
		return
	}
	e.busy = true
	routes := e.draft.Routes(g.model.Routes)
	g.p.Work.Go(func(ctx context.Context) func() {
		var err error
		if wish != nil {
			err = g.p.Session.ChangePolicy(ctx, e.draft.ID, wish)
		}
		for _, route := range routes {
			if err == nil {
				err = g.p.Session.ChangeTerms(ctx, route)
			}
		}
		return func() {
			e.busy = false
			if now := e.page.current(); err == nil {
				now.close()
			} else if now.editor != nil {
				now.editor.refuse(err)
			}
		}
	})
}

// refuse tells why what is filled in was not taken.
func (e *editor) refuse(err error) {
	e.tried = true
	e.sorted(err)
	e.told()
	e.toWrong()
}

// current returns the page that stands in this one's place.
func (g *Page) current() *Page {
	for g.heir != nil {
		g = g.heir
	}
	return g
}

// sorted notes what a refusal says of single fields, and what else.
func (e *editor) sorted(err error) {
	names := e.draft.FieldNames()
	refusal := present.RefusalFrom(err, names, e.page.p.View.Words)
	e.wrong, e.refused = present.Problems{}, refusal.Words
	for i, words := range refusal.At {
		e.wrong[names[i]] = words
	}
}

// toWrong gives the keyboard to the first field with which something is wrong.
func (e *editor) toWrong() {
	names := []string{"name"}
	for i := range e.draft.Steps {
		names = append(names, present.StepField(i), present.WaitField(i))
	}
	for _, name := range append(names, "repeats", "moment") {
		if e.wrong[name] != "" {
			e.to(name)
			return
		}
	}
}

// retire asks whether nothing is to be escalated by it any more.
func (e *editor) retire() {
	g, w := e.page, e.page.p.View.Words
	widget.ShowForm(widget.FormParams{
		Canvas: g.p.Canvas, Title: fmt.Sprintf(w.Policies.RetireTitle, e.draft.Former()), Text: w.Policies.RetireText,
		Yes: w.Policies.RetireYes, No: w.Common.Cancel, Look: widget.Danger, Width: 560,
		Answer: func(_ []string, told func(*present.Refusal) bool) {
			g.p.Work.Go(func(ctx context.Context) func() {
				err := g.p.Session.ChangePolicy(ctx, e.draft.ID, escalation.RetirePolicy{})
				return func() {
					if err == nil {
						told(nil)
						g.current().close()
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
}
