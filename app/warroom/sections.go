package warroom

import (
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
)

// aspect is one part of the facts. It is made anew on its own.
type aspect struct {
	shows  []any // all that it shows
	build  func(into *fyne.Container)
	forget func() // forgets what was made for it before, or nil
}

// aspects are the facts from top to bottom.
func (r *Page) aspects() []aspect {
	m := r.model
	today := r.now().In(r.p.View.Zone).Format(time.DateOnly) // times are told by it
	return []aspect{
		{shows: []any{r.in, m.Repeats}, build: r.addRepeats},
		{shows: []any{r.in, m.Posts, m.Others, m.Engaged, m.Private, m.Watchers}, build: r.addPeople, forget: r.others.forget},
		{shows: r.sightShown(), build: r.addSight},
		{shows: []any{r.in, m.Due, m.Status}, build: r.addNext, forget: func() { r.dues = nil }},
		{shows: []any{r.in, m.Tasks}, build: r.addTasks},
		{shows: []any{r.in, m.Pins}, build: r.addPins},
		{shows: []any{r.in, today, m.Milestones}, build: r.addMilestones},
		{shows: []any{r.in, today, m.Tags, m.Links, m.Kind, m.Declarer, m.Since, m.Origin, m.State, m.StatusSince}, build: r.addFacts},
	}
}

// buildSide shows facts and people: of the aspects those that show something else than before. While the drawer is open
// all of them are made anew, there as well.
func (r *Page) buildSide() {
	all := r.aspects()
	same := func(i int) bool { return i < len(r.side) && reflect.DeepEqual(r.side[i], all[i].shows) }
	changed := false
	for i := range all {
		changed = changed || !same(i)
	}
	if !changed {
		return
	}
	if r.side == nil || r.drawer != nil {
		r.side, r.facts.Objects = make([][]any, len(all)), nil
		for range all {
			r.facts.Objects = append(r.facts.Objects, widget.Column(0))
		}
	}
	for i, a := range all {
		if same(i) {
			continue
		}
		r.side[i] = a.shows
		if a.forget != nil {
			a.forget()
		}
		into, _ := r.facts.Objects[i].(*fyne.Container)
		widget.Fill(into, func() { a.build(into) })
	}
	r.pane.Fit()
	if r.drawer != nil {
		r.buildFacts(r.folded)
		r.drawer.Fit()
	}
}

// buildFacts shows all aspects in a place of their own.
func (r *Page) buildFacts(into *fyne.Container) {
	widget.Fill(into, func() {
		for _, a := range r.aspects() {
			col := widget.Column(0)
			widget.Fill(col, func() { a.build(col) })
			into.Add(col)
		}
	})
}
