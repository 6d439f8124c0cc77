package warroom

import (
	"reflect"

	"github.com/tsugi-app/tsugi/app/present"
)

// The parts of a page that are made anew on their own.
const (
	partHeader = iota
	partFires
	partTabs
	partStrip
	partsMost
)

// parts remembers what each part of the page was made of. The zero value makes all of them anew.
type parts struct{ of [partsMost]any }

// changed reports whether a part is to be made of something else than before.
func (p *parts) changed(part int, of any) bool {
	if reflect.DeepEqual(p.of[part], of) {
		return false
	}
	p.of[part] = of
	return true
}

// headerShown is all that the header shows.
func (r *Page) headerShown() any {
	m := r.model
	return []any{
		r.in, r.shown, r.columns.known, r.columns.facts, r.columns.fires, m.Level, m.Title, m.Severity, m.State, m.Status, m.Since, m.StatusSince,
		m.Number, m.Subscribed, m.Private, len(m.Watchers), m.NotYet,
	}
}

// firesShown is all that the list of fires shows.
func (r *Page) firesShown() any {
	type fire struct {
		present.Fire
		unread string
	}
	show := func(f present.Fire) fire {
		return fire{
			Fire:   present.Fire{ID: f.ID, Title: f.Title, Level: f.Level, Status: f.Status, State: f.State, Since: f.Since, Private: f.Private},
			unread: r.unread(f),
		}
	}
	shown := []fire{show(r.model.Fire)}
	for _, f := range r.model.Burning {
		shown = append(shown, show(f))
	}
	return shown
}

// unread says how much of a fire was not seen. Who reads the end of the room sees all of it.
func (r *Page) unread(f present.Fire) string {
	if f.ID == r.in && r.list.AtEnd() {
		return ""
	}
	return f.UnreadWords(r.p.View)
}
