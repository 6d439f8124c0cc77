package widget

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
)

// GuestsParams is what choosing several people needs.
type GuestsParams struct {
	Canvas      fyne.Canvas
	Placeholder string
	Stays       func(id.Person) string   // why somebody is chosen in any case, in a word, or nothing; may be nil
	Take        func(name string) string // says what taking somebody away is; may be nil
	Changed     func(chosen []id.Person) // may be nil
	Fit         func()                   // the height has changed
	Empty       func()                   // Enter with nothing typed; may be nil
}

// Guests chooses several people: those who are chosen are shown with a way to take them away again, and a field finds
// more. Enter takes the first that is found.
type Guests struct {
	p      GuestsParams
	root   *fyne.Container
	chips  *fyne.Container
	finder *Finder
	people []present.Person
	chosen []id.Person
}

// guestsOffered is how many people are offered at once.
const guestsOffered = 6

// NewGuests returns a choice among nobody; Set gives it people.
func NewGuests(p GuestsParams) *Guests {
	g := &Guests{p: p, chips: Wrap(6)}
	g.finder = NewFinder(p.Placeholder, p.Fit)
	g.finder.Name("guests")
	g.finder.OnTyped = g.offer
	g.finder.OnEmpty = func() {
		if p.Empty != nil {
			p.Empty()
		}
	}
	g.finder.OnPick = func(o Option) {
		if picked, err := id.Parse[id.Person](o.Key); err == nil {
			g.add(picked)
		}
	}
	g.root = Column(0, g.chips, g.finder)
	return g
}

// Content returns what is shown.
func (g *Guests) Content() fyne.CanvasObject { return g.root }

// Input returns what takes the keyboard.
func (g *Guests) Input() *Input { return g.finder.Input() }

// Words returns what is typed of the next one.
func (g *Guests) Words() string { return g.finder.Words() }

// Chosen returns who is chosen, in the order in which they were.
func (g *Guests) Chosen() []id.Person { return g.chosen }

// Set replaces those who can be chosen, and those who are.
func (g *Guests) Set(people []present.Person, chosen []id.Person) {
	g.people, g.chosen = people, chosen
	g.build()
}

func (g *Guests) offer(typed string) {
	others := slices.DeleteFunc(slices.Clone(g.people), func(p present.Person) bool { return slices.Contains(g.chosen, p.ID) })
	var options []Option
	if typed != "" {
		for _, p := range present.Match(others, typed, guestsOffered) {
			options = append(options, Option{Key: p.ID.String(), Mark: NewAvatar(p.Initials, 24), Words: p.Name, Note: p.Department})
		}
	}
	g.finder.SetOptions(options)
}

func (g *Guests) add(p id.Person) {
	if !slices.Contains(g.chosen, p) {
		g.change(append(slices.Clip(g.chosen), p))
	}
	g.finder.Clear()
	g.finder.SetOptions(nil)
}

func (g *Guests) take(p id.Person) {
	g.change(slices.DeleteFunc(slices.Clone(g.chosen), func(have id.Person) bool { return have == p }))
	g.p.Canvas.Focus(g.Input())
}

func (g *Guests) change(chosen []id.Person) {
	g.chosen = chosen
	g.build()
	if g.p.Changed != nil {
		g.p.Changed(chosen)
	}
}

func (g *Guests) build() {
	Fill(g.chips, func() {
		for _, p := range g.people {
			if slices.Contains(g.chosen, p.ID) {
				g.chips.Add(Pad(0, 0, 8, 0, g.chip(p)))
			}
		}
	})
	g.p.Fit()
}

// chip is somebody who is chosen.
func (g *Guests) chip(p present.Person) fyne.CanvasObject {
	ground := NewBox(theme.Raised, theme.Clear)
	ground.Radius = 6
	row := Row(6, -1, NewAvatar(p.Initials, 20), NewText(p.Name, Plain(theme.Caption, theme.Text)))
	why := ""
	if g.p.Stays != nil {
		why = g.p.Stays(p.ID)
	}
	if why != "" {
		row.Add(NewText(why, Plain(theme.Caption, theme.Muted)))
		return On(ground, Pad(3, 8, 3, 5, row))
	}
	away := NewPress("take out "+p.ID.String(), Pad(3, 4, 3, 4, NewIcon("close", 12, theme.Muted)), func() { g.take(p.ID) })
	if g.p.Take != nil {
		away.Tip = g.p.Take(p.Name)
	}
	row.Add(away)
	return On(ground, Pad(3, 4, 3, 5, row))
}
