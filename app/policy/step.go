package policy

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// step is the part of the form for one step: whom it pages, and how long it is waited for them.
func (e *editor) step(i int) fyne.CanvasObject {
	w, s := e.page.p.View.Words.Policies, &e.draft.Steps[i]
	col := widget.Column(6, e.stepHead(i))
	chips := widget.Wrap(6)
	for _, t := range s.Targets {
		chips.Add(e.chip(i, t))
	}
	if len(s.Targets) > 0 {
		col.Add(chips)
	}
	if len(s.Targets) < escalation.MaxTargets {
		col.Add(e.finder(i))
	}
	e.mark(col, present.StepField(i))
	col.Add(widget.Space(0, 4))
	col.Add(widget.Row(10, -1, widget.NewText(w.Wait, widget.Plain(theme.Body, theme.Muted)),
		widget.Fixed(72, e.field(present.WaitField(i), "5", &s.Minutes)), widget.NewText(w.WaitUnit, widget.Plain(theme.Body, theme.Muted))))
	e.mark(col, present.WaitField(i))
	return widget.NewCard(col)
}

// stepHead says which step it is, with what moves it.
func (e *editor) stepHead(i int) fyne.CanvasObject {
	w, steps := e.page.p.View.Words.Policies, e.draft.Steps
	words := w.StepFirst
	if i > 0 {
		words = fmt.Sprintf(w.Step, i+1)
	}
	row := widget.Row(4, 0, widget.NewCaps(words))
	small := func(key, icon, tip string, do func()) {
		row.Add(widget.NewButton(widget.ButtonParams{Key: fmt.Sprint(key, " ", i), Icon: icon, Tip: tip, Small: true, Look: widget.Bare, Tone: theme.Muted}, func() {
			do()
			e.rebuild()
		}))
	}
	if i > 0 {
		small("earlier", "up", w.Up, func() { steps[i-1], steps[i] = steps[i], steps[i-1] })
	}
	if i+1 < len(steps) {
		small("later", "down", w.Down, func() { steps[i+1], steps[i] = steps[i], steps[i+1] })
	}
	if len(steps) > 1 {
		small("drop", "close", w.Drop, func() { e.draft.Steps = slices.Delete(slices.Clone(steps), i, i+1) })
	}
	return widget.On(row, widget.Space(0, 28))
}

// chip is what a step names, to be taken out.
func (e *editor) chip(i int, t escalation.Target) fyne.CanvasObject {
	a := e.page.model.Named[t]
	ground := widget.NewBox(theme.Raised, theme.Clear)
	ground.Radius = 6
	away := widget.NewPress(fmt.Sprint("take out ", i, " ", aimKey(t)), widget.Pad(3, 4, 3, 4, widget.NewIcon("close", 12, theme.Muted)), func() {
		s := &e.draft.Steps[i]
		s.Targets = slices.DeleteFunc(slices.Clone(s.Targets), func(have escalation.Target) bool { return have == t })
		e.rebuild()
		e.to(present.StepField(i))
	})
	away.Tip = fmt.Sprintf(e.page.p.View.Words.Policies.TakeOut, a.Name)
	return widget.On(ground, widget.Pad(3, 4, 3, 6, widget.Row(6, -1, sign(a, 20), widget.NewText(a.Name, widget.Plain(theme.Body, theme.Text)), away)))
}

// sign is the mark of what a step may name.
func sign(a present.Aim, size float32) fyne.CanvasObject {
	if a.Mark == "" {
		return widget.NewIcon("clock", size, theme.Gold)
	}
	return widget.NewAvatar(a.Mark, size)
}

// aimKey names a target for the keyboard.
func aimKey(t escalation.Target) string {
	if t.Person.IsZero() {
		return t.Rotation.String()
	}
	return t.Person.String()
}

// aimsAtOnce is how many rotations and people are offered at once.
const aimsAtOnce = 6

// finder finds whom a step pages besides.
func (e *editor) finder(i int) fyne.CanvasObject {
	find := widget.NewFinder(e.page.p.View.Words.Policies.AddTarget, func() { e.page.scroll.Fit() })
	find.Name(present.StepField(i))
	find.OnTyped = func(typed string) {
		var options []widget.Option
		for _, a := range present.MatchAims(e.rest(i), typed, aimsAtOnce) {
			options = append(options, widget.Option{Key: aimKey(a.Target), Mark: sign(a, 24), Words: a.Name, Note: a.Note})
		}
		find.SetOptions(options)
	}
	find.OnPick = func(o widget.Option) {
		for _, a := range e.page.model.Targets {
			if aimKey(a.Target) == o.Key {
				e.draft.Steps[i].Targets = append(slices.Clip(e.draft.Steps[i].Targets), a.Target)
			}
		}
		find.Clear()
		e.rebuild()
		e.to(present.StepField(i))
	}
	return find
}

// rest returns what a step could name besides.
func (e *editor) rest(i int) []present.Aim {
	return slices.DeleteFunc(slices.Clone(e.page.model.Targets), func(a present.Aim) bool {
		return slices.Contains(e.draft.Steps[i].Targets, a.Target)
	})
}

// addStep adds one behind the last.
func (e *editor) addStep() {
	e.draft.Steps = append(e.draft.Steps, present.NewStepDraft())
	e.rebuild()
	e.to(present.StepField(len(e.draft.Steps) - 1))
}
