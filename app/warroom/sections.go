package warroom

import (
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
)

// place is where facts and people are shown: beside the timeline, or in the drawer over it.
type place struct {
	col  *fyne.Container // the aspects
	task *widget.Field   // one for as long as there is the place: somebody may be writing in it
}

func (r *Page) newPlace() *place { return &place{col: widget.Column(0), task: r.newTaskField()} }

// places are where facts and people are shown now.
func (r *Page) places() []*place {
	if r.folded == nil {
		return []*place{r.beside}
	}
	return []*place{r.beside, r.folded}
}

// aspect is one part of the facts. It is made anew on its own.
type aspect struct {
	shows  []any // all that it shows
	build  func(into *fyne.Container)
	forget func() // forgets what was made for it before, or nil
}

// aspects are the facts of a place from top to bottom.
func (r *Page) aspects(p *place) []aspect {
	m := r.model
	today := r.now().In(r.p.View.Zone).Format(time.DateOnly) // times are told by it
	return []aspect{
		{shows: []any{r.in, m.Repeats}, build: r.addRepeats},
		{shows: []any{r.in, m.Posts, m.Others, m.Engaged}, build: r.addPeople, forget: r.others.forget},
		{shows: []any{r.in, m.Due, m.Status}, build: r.addNext, forget: func() { r.dues = nil }},
		{shows: []any{r.in, m.Tasks}, build: r.addTasks},
		{shows: []any{r.in}, build: func(into *fyne.Container) { into.Add(widget.Pad(6, 0, 0, 0, p.task)) }},
		{shows: []any{r.in, m.Pins}, build: r.addPins},
		{shows: []any{r.in, today, m.Milestones}, build: r.addMilestones},
		{shows: []any{r.in, today, m.Tags, m.Links, m.Kind, m.Declarer, m.Since, m.Origin, m.State, m.StatusSince}, build: r.addFacts},
	}
}

// buildSide shows facts and people: of the aspects those that show something else than before. While the drawer is open
// all of them are made anew, there as well.
func (r *Page) buildSide() {
	all := r.aspects(r.beside)
	same := func(i int) bool { return i < len(r.side) && reflect.DeepEqual(r.side[i], all[i].shows) }
	changed := false
	for i := range all {
		changed = changed || !same(i)
	}
	if !changed {
		return
	}
	if r.side == nil || r.drawer != nil {
		r.side, r.beside.col.Objects = make([][]any, len(all)), nil
		for range all {
			r.beside.col.Objects = append(r.beside.col.Objects, widget.Column(0))
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
		into, _ := r.beside.col.Objects[i].(*fyne.Container)
		widget.Fill(into, func() { a.build(into) })
	}
	r.pane.Fit()
	if r.drawer != nil {
		r.buildFacts(r.folded)
		r.drawer.Fit()
	}
}

// buildFacts shows all aspects in a place of their own.
func (r *Page) buildFacts(p *place) {
	widget.Fill(p.col, func() {
		for _, a := range r.aspects(p) {
			col := widget.Column(0)
			widget.Fill(col, func() { a.build(col) })
			p.col.Add(col)
		}
	})
}
