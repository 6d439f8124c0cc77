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
	lasts  func(p *place) fyne.CanvasObject // what is not made anew, but belongs to the place; in place of build
	forget func()                           // forgets what was made for it before, or nil
}

// aspects are the facts from top to bottom.
func (r *Page) aspects() []aspect {
	m := r.model
	today := r.now().In(r.p.View.Zone).Format(time.DateOnly) // times are told by it
	return []aspect{
		{shows: []any{r.in, m.Repeats}, build: r.addRepeats},
		{shows: []any{r.in, m.Posts, m.Others, m.Reached, m.Paged, m.Engaged, m.Status.Burning(), m.Private, m.Watchers, m.NotYet}, build: r.addPeople, forget: r.others.forget},
		{shows: r.sightShown(), build: r.addSight},
		{shows: []any{r.in, m.Due, m.Status}, build: r.addNext, forget: func() { r.dues = nil }},
		{shows: r.listsShown(), build: r.addChecklists},
		{shows: []any{r.in, m.Tasks}, build: r.addTasks},
		{shows: []any{r.in}, lasts: func(p *place) fyne.CanvasObject { return widget.Pad(6, 0, 0, 0, p.task) }},
		{shows: []any{r.in, m.Pins}, build: r.addPins},
		{shows: []any{r.in, today, m.Milestones}, build: r.addMilestones},
		{shows: []any{r.in, today, m.Tags, m.Links, m.Kind, m.Declarer, m.Since, m.Origin, m.State, m.StatusSince}, build: r.addFacts},
	}
}

// buildSide shows facts and people, wherever they are shown: of the aspects those that show something else than before.
func (r *Page) buildSide() {
	all := r.aspects()
	if r.side == nil {
		r.side = make([][]any, len(all))
	}
	changed := false
	for i, a := range all {
		if reflect.DeepEqual(r.side[i], a.shows) {
			continue
		}
		r.side[i], changed = a.shows, true
		if a.forget != nil {
			a.forget()
		}
		for _, p := range r.places() {
			p.show(i, a)
		}
	}
	if !changed {
		return
	}
	r.pane.Fit()
	if r.drawer != nil {
		r.drawer.Fit()
	}
}

// buildAll shows all aspects in a place that has none yet.
func (r *Page) buildAll(p *place) {
	for i, a := range r.aspects() {
		p.show(i, a)
	}
}

// show makes aspect i anew.
func (p *place) show(i int, a aspect) {
	for len(p.col.Objects) <= i {
		p.col.Add(widget.Column(0))
	}
	into, _ := p.col.Objects[i].(*fyne.Container)
	widget.Fill(into, func() {
		if a.lasts != nil {
			into.Add(a.lasts(p))
			return
		}
		a.build(into)
	})
}

// focusRoot is where the keyboard is while no question is asked: in the drawer, where that lies over the page.
func (r *Page) focusRoot() fyne.CanvasObject {
	if r.folded != nil {
		return r.folded.col
	}
	return r.root
}
