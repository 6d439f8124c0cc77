package palette

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// The size of the box, and how much it shows of what the page shows whole.
const (
	boxWide      = 760
	boxTall      = 520
	commandsMost = 7
	foundMost    = 8
)

// Box is the panel over the page. It is made anew each time that it is shown.
type Box struct {
	hunt
	sheet *widget.Overlay
	words fyne.CanvasObject
}

// Show shows the box with the keyboard in it; gone is called when it goes.
func Show(p Params, gone func()) *Box {
	b := &Box{}
	open, all := p.Open, p.All
	p.Open = func(in id.Incident, at present.ResultLine) { b.sheet.Dismiss(); open(in, at) }
	p.All = func(typed string) { b.sheet.Dismiss(); all(typed) }
	b.init(p, p.View.Words.Hands.Box, boxTall)
	b.build, b.changed = b.rowsOf, func() {
		if b.sheet != nil {
			b.sheet.Fit()
		}
	}
	foot := widget.NewFlow(18, widget.Span{Words: p.View.Words.Hands.Footer, Style: widget.Plain(theme.Caption, theme.Muted)})
	b.words = widget.Column(8, b.field, b.pane, widget.NewRule(theme.Line), widget.Pad(0, 10, 0, 10, foot))
	b.sheet = widget.ShowSheet(p.Canvas, b.words, theme.Scaled(boxWide))
	b.sheet.OnGone = gone
	b.sheet.Pin()
	b.ask()
	p.Canvas.Focus(b.field.Input())
	return b
}

// Refresh looks again for what is typed. What was chosen stays chosen where it is still found.
func (b *Box) Refresh() { b.ask() }

// Aside opens the chosen incident in a window of its own. It is false when none is chosen.
func (b *Box) Aside() bool {
	in, at, ok := b.chosen()
	if ok {
		b.sheet.Dismiss()
		b.p.Aside(in, at)
	}
	return ok
}

// rowsOf lists commands first, then what was found; but commands that are only guessed stand behind titles that were named.
// Whoever types a filter means no command.
func (b *Box) rowsOf() {
	typed := strings.TrimSpace(b.typed)
	b.offers()
	list := rank(typed, b.p.Commands())
	if typed != "" {
		list = list[:min(len(list), commandsMost)]
	}
	var guessed []hit
	if typed != "" && b.titled(typed) {
		at := slices.IndexFunc(list, func(c hit) bool { return !c.named })
		if at >= 0 {
			list, guessed = list[:at], list[at:]
		}
	}
	b.list(list)
	if typed == "" {
		return
	}
	b.results(typed)
	b.list(guessed)
	b.note("offline", b.found.Missing, theme.Sev2)
}

// titled reports whether the words of a title that was found begin as it was typed.
func (b *Box) titled(typed string) bool {
	return slices.ContainsFunc(b.found.Items, func(r present.Result) bool {
		var title strings.Builder
		for _, p := range r.Title {
			title.WriteString(p.Text)
		}
		return Names(typed, title.String())
	})
}

func (b *Box) list(list []hit) {
	if len(list) > 0 {
		b.heading(b.p.View.Words.Hands.Commands, false)
	}
	for _, c := range list {
		b.add(row{key: "command " + c.Key, do: func() { b.sheet.Dismiss(); c.Do() }}, commandRow(c))
	}
}

func (b *Box) results(typed string) {
	w := b.p.View.Words
	b.heading(w.Hands.Found, len(b.found.Items) > 0)
	for _, hint := range b.found.Hints {
		b.note("info", hint, theme.Muted)
	}
	if len(b.found.Items) == 0 && (b.found.Searched || len(b.found.Hints) == 0) {
		b.note("search", fmt.Sprintf(w.Search.Nothing, typed), theme.Muted)
	}
	for _, r := range b.found.Items[:min(foundMost, len(b.found.Items))] {
		b.result(r, 1)
	}
	all := hit{Command: Command{Icon: "search"}, pieces: []present.Piece{{Text: fmt.Sprintf(w.Hands.SearchAll, typed)}}}
	b.add(row{key: "all", do: func() { b.p.All(typed) }}, commandRow(all))
}
