package board

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// onCall is the line that says who is on call, by rotation; it leads to the page that says more. Where nobody is, it is told by
// a mark and in a word.
func (b *Page) onCall() fyne.CanvasObject {
	w := b.p.View.Words.OnCall
	if len(b.model.OnCall) == 0 {
		return widget.Row(8, -1, widget.NewText(w.BoardNone, widget.Plain(theme.Body, theme.Muted)),
			widget.NewButton(widget.ButtonParams{Key: "duties", Words: w.BoardTeach, Small: true, Look: widget.Bare}, b.p.Duties))
	}
	line := widget.Wrap(6)
	for _, d := range b.model.OnCall {
		line.Add(widget.Pad(0, 18, 0, 0, b.onCallBy(d)))
	}
	row := widget.Column(6, widget.NewCaps(w.Board), line)
	return widget.NewPress("duties", widget.Pad(6, 0, 6, 0, row), b.p.Duties).Wide()
}

func (b *Page) onCallBy(d present.Duty) fyne.CanvasObject {
	w := b.p.View.Words
	row := widget.Row(8, -1, widget.NewText(d.Name, widget.Plain(theme.Body, theme.Muted)))
	switch {
	case d.Nobody():
		row.Add(widget.Row(5, -1, widget.NewIcon("warn", 16, theme.Sev1), widget.NewText(w.OnCall.BoardNobody, widget.Strong(theme.Body, theme.Sev1))))
	case len(d.On) == 0:
		row.Add(widget.NewText(d.When, widget.Plain(theme.Body, theme.Muted)))
	}
	var names []string
	for _, p := range d.On {
		name := p.Name
		if p.ID == b.p.View.Self.Person {
			name = w.Common.You
		}
		names = append(names, name)
		row.Add(widget.NewAvatar(p.Initials, 24))
	}
	if len(names) > 0 {
		row.Add(widget.NewText(strings.Join(names, ", "), widget.Strong(theme.Body, theme.Text)))
	}
	row.Add(widget.Space(0, 26))
	return widget.NewHint(row, strings.TrimSpace(fmt.Sprintf("%s  %s", d.When, d.Next)))
}
