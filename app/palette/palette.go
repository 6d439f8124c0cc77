// Package palette is the one box for search and commands, over any page, and the page that shows what
// was found at length.
package palette

import (
	"context"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Session is what the box and the page ask of the client.
type Session interface {
	// Search returns what is found on this device, newest first or the best first. Nothing typed finds
	// whatever the session shows then: all incidents, or nothing.
	Search(ctx context.Context, text string, byRelevance bool) (present.Results, error)
}

// Command is something to do.
type Command struct {
	Key, Icon, Words string
	Hint             string // the shortcut, or empty
	Also             string // other words for it, which find it as well
	Grave            bool   // it may end an incident, or lets others see it or see it no longer: a guess never means it
	Do               func()
}

// Params is what the box and the page need.
type Params struct {
	Session  Session
	Work     widget.Work
	Canvas   fyne.Canvas  // the window's
	View     present.View // words
	Commands func() []Command
	Open     func(id.Incident, present.ResultLine) // at what was found there, or at its end for a line that names nothing
	Aside    func(id.Incident, present.ResultLine) // does so in a window of its own
	All      func(typed string)
	Failed   func(error)
}

// hunt is what the box and the page have in common: a field, what was found for its words, and the
// row that is chosen. The keyboard stays in the field.
type hunt struct {
	p       Params
	field   *widget.Field
	fetch   *widget.Fetcher
	asked   atomic.Pointer[question] // what the next fetch looks for
	best    bool                     // by relevance
	found   present.Results
	typed   string // what found answers
	body    *fyne.Container
	pane    *widget.Pane
	rows    []row
	at      int
	whole   bool // with nothing typed, all incidents are shown
	shown   int  // how many results are shown at most
	owed    bool // Enter was pressed before the answer came
	ahead   int  // how far the arrows went before it came
	build   func()
	changed func() // the height may have changed
}

// row is one thing to choose.
type row struct {
	key   string
	press *widget.Press
	do    func()
	in    id.Incident // zero where there is no room to open
	found present.ResultLine
}

// shownAtOnce is how many results are shown at first, and how many more at each asking.
const shownAtOnce = 50

// page is how many rows Page Up and Page Down go.
const page = 6

func (h *hunt) init(p Params, placeholder string, most float32) {
	h.shown = shownAtOnce
	h.p, h.field, h.body = p, widget.NewField(placeholder), widget.Column(0)
	h.pane = widget.NewPane(h.body, most)
	h.fetch = widget.NewFetcher(p.Work, h.get)
	h.field.OnChanged = func(string) {
		h.at, h.owed, h.ahead, h.shown = 0, false, 0, shownAtOnce
		h.mark()
		h.pane.Rewind()
		h.ask()
	}
	h.field.OnSubmitted = func(string) { h.enter() }
	h.field.OnKey(h.key)
}

// question is what is looked for. It is taken in the window, because the field belongs to the window alone.
type question struct {
	typed string
	best  bool
}

// ask looks for what is in the field now.
func (h *hunt) ask() {
	h.asked.Store(&question{typed: h.field.Words(), best: h.best})
	h.fetch.Ask()
}

func (h *hunt) get(ctx context.Context) func() {
	asked := h.asked.Load()
	typed, best := asked.typed, asked.best
	var found present.Results
	var err error
	if h.whole || strings.TrimSpace(typed) != "" {
		found, err = h.p.Session.Search(ctx, typed, best)
	}
	return func() {
		if err != nil {
			h.p.Failed(err)
			return
		}
		if !best {
			found.Items = present.TitlesFirst(found.Items)
		}
		h.found, h.typed = found, typed
		h.show()
		if ahead := h.ahead; ahead != 0 && !h.late() {
			h.ahead = 0
			h.move(ahead)
		}
		if h.owed && typed == h.field.Words() {
			h.owed = false
			h.enter()
		}
	}
}

// show builds the rows anew; the chosen one stays chosen, also when others come before it.
func (h *hunt) show() {
	chosen := ""
	if h.at > 0 && h.at < len(h.rows) {
		chosen = h.rows[h.at].key
	}
	h.rows = nil
	widget.KeepFocus(h.p.Canvas, h.body, func() { widget.Fill(h.body, h.build) })
	for i, r := range h.rows {
		if r.key == chosen {
			h.at = i
		}
	}
	h.at = min(h.at, max(len(h.rows)-1, 0))
	h.mark()
	h.body.Refresh()
	h.changed()
}

// late reports whether the rows are still those of other words. Nothing of them is chosen then.
func (h *hunt) late() bool { return h.typed != h.field.Words() }

func (h *hunt) mark() {
	for i, r := range h.rows {
		r.press.Choose(i == h.at && !h.late())
	}
}

// enter does what is chosen, once the rows are those of the words that are there.
func (h *hunt) enter() {
	if h.late() {
		h.owed = true
		return
	}
	if h.at < len(h.rows) {
		h.rows[h.at].do()
	}
}

// chosen returns the incident whose row is chosen, and what was found there.
func (h *hunt) chosen() (id.Incident, present.ResultLine, bool) {
	if h.at >= len(h.rows) || h.late() {
		return id.Incident{}, present.ResultLine{}, false
	}
	r := h.rows[h.at]
	return r.in, r.found, !r.in.IsZero()
}

func (h *hunt) key(key *fyne.KeyEvent) bool {
	switch key.Name {
	case fyne.KeyDown:
		h.move(1)
	case fyne.KeyUp:
		h.move(-1)
	case fyne.KeyPageDown:
		h.move(page)
	case fyne.KeyPageUp:
		h.move(-page)
	case fyne.KeyRight:
		return h.complete()
	default:
		return false
	}
	return true
}

func (h *hunt) move(by int) {
	if h.late() {
		h.ahead += by
		return
	}
	if len(h.rows) == 0 {
		return
	}
	h.at = min(max(h.at+by, 0), len(h.rows)-1)
	h.mark()
	h.pane.Reveal(h.rows[h.at].press)
}

// complete goes on with the first offer when the cursor is at the end of what was typed.
func (h *hunt) complete() bool {
	in := h.field.Input()
	if len(h.found.Completions) == 0 || h.typed != in.Text || in.CursorColumn < len([]rune(in.Text)) {
		return false
	}
	h.take(h.found.Completions[0])
	return true
}

// take puts an offer into what was typed.
func (h *hunt) take(c present.Completion) {
	signs := []rune(h.field.Words())
	start, end := min(max(c.Start, 0), len(signs)), min(max(c.End, c.Start), len(signs))
	words := string(signs[:start]) + c.Text + string(signs[end:])
	if c.Whole && end == len(signs) {
		words = strings.TrimRight(words, " ") + " "
	}
	h.set(words)
}

// set replaces what was typed, with the cursor at its end.
func (h *hunt) set(words string) {
	in := h.field.Input()
	h.field.SetWords(words)
	in.CursorColumn = len([]rune(words))
	in.Refresh()
	h.p.Canvas.Focus(in)
}

// add adds a row to choose.
func (h *hunt) add(r row, what fyne.CanvasObject) {
	r.press = widget.NewPress("found "+r.key, widget.Pad(0, 10, 0, 10, what), r.do)
	h.rows = append(h.rows, r)
	h.body.Add(r.press)
}

// heading adds small capitals, with the switch between the two orders where results follow.
func (h *hunt) heading(words string, order bool) {
	line := widget.Row(12, 0, widget.NewCaps(words))
	if order {
		w := h.p.View.Words.Search
		name := w.Titles
		if h.best {
			name = w.Best
		}
		line.Add(widget.NewButton(widget.ButtonParams{Key: "order", Words: name, After: "down", Small: true, Look: widget.Bare, Tone: theme.Muted},
			func() { h.best = !h.best; h.ask(); h.p.Canvas.Focus(h.field.Input()) }))
	}
	h.body.Add(widget.Pad(10, 10, 4, 10, line))
}

// note adds a muted line.
func (h *hunt) note(icon, words string, tone theme.Name) {
	if words != "" {
		h.body.Add(widget.Pad(6, 10, 6, 10, widget.RowTop(10, 1, widget.NewIcon(icon, 16, tone),
			widget.NewFlow(20, widget.Span{Words: words, Style: widget.Plain(theme.Caption, theme.Muted)}))))
	}
}

// offers adds the ways to go on typing.
func (h *hunt) offers() {
	if len(h.found.Completions) == 0 {
		return
	}
	wrap := widget.Wrap(8)
	for i, c := range h.found.Completions {
		tone, hint := theme.Text, ""
		if i == 0 {
			tone, hint = theme.Gold, " →"
		}
		wrap.Add(widget.NewButton(widget.ButtonParams{
			Key: "offer " + c.Text, Words: strings.TrimSpace(c.Text) + hint, Small: true, Tone: tone,
		}, func() { h.take(c) }))
	}
	h.body.Add(widget.Pad(10, 10, 0, 10, wrap))
}
