package warroom

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// timeWide is the column of times, and markWide that of initials.
const (
	timeWide = 56
	markWide = 38
)

func (r *Page) line(e present.Entry) fyne.CanvasObject {
	spans := spansOf(e.Parts)
	if e.Pending {
		spans = append(spans, widget.Span{Words: "   " + r.p.View.Words.Room.NotSent, Style: widget.Plain(theme.Caption, theme.Sev2)})
	}
	words := widget.RowTop(6, 0, widget.NewFlow(20, spans...))
	if e.Milestone {
		words = widget.RowTop(6, 1, widget.Pad(4, 0, 0, 0, widget.NewIcon("dot", 12, theme.Good)), widget.NewFlow(20, spans...))
	}
	return widget.Pad(3, 12, 3, 12, widget.RowTop(0, 1, r.time(e, 1), words))
}

// time is when something was, with everything there is to say about that for a pointer that rests on it.
func (r *Page) time(e present.Entry, drop float32) fyne.CanvasObject {
	text := widget.NewText(e.Time, widget.Plain(theme.Caption, theme.Muted))
	return widget.Fixed(timeWide, widget.Pad(drop, 0, 0, 0, widget.Row(0, -1, widget.NewHint(text, r.p.View.Exact(e.Occurred)))))
}

func spansOf(parts []present.Part) []widget.Span {
	spans := make([]widget.Span, 0, len(parts))
	for _, p := range parts {
		spans = append(spans, widget.Span{
			Words: p.Words, Style: widget.Style{Size: theme.Scaled(theme.Caption), Bold: p.Strong, Tone: theme.Name(p.Tone)},
		})
	}
	return spans
}

// block is a person's words: initials, what there is to say about them, the words, and the files.
func (r *Page) block(e present.Entry, named bool, key string) fyne.CanvasObject {
	words := widget.Column(0)
	above := r.above(e, named)
	if len(above) > 0 {
		words.Add(widget.NewFlow(18, above...))
	}
	r.addWords(words, e, key)
	for _, f := range e.Files {
		words.Add(r.file(f))
	}
	drop := float32(5) // the baseline of the words beside it
	if len(above) > 0 {
		drop = 0
	}
	mark := widget.Fixed(markWide, widget.Space(26, 0))
	if named {
		mark = widget.Fixed(markWide, widget.Row(0, -1, widget.NewAvatar(e.Person.Initials, 26)))
	}
	top := float32(6)
	if !named {
		top = 0
	}
	row := widget.RowTop(0, 2, r.time(e, drop), mark, words, r.besides(e, key))
	return widget.Pad(top, 12, 4, 12, row)
}

func (r *Page) addWords(words *fyne.Container, e present.Entry, key string) {
	switch tone := theme.Text; {
	case e.Erased:
		words.Add(widget.NewFlow(24, widget.Span{Words: r.p.View.Words.Room.Erased, Style: widget.Plain(theme.Body, theme.Muted)}))
	case e.Text != "":
		if e.Pending {
			tone = theme.Muted
		}
		words.Add(r.folding(e, key, tone))
	}
}

// above is what stands over a block's words: who it is, and what became of it.
func (r *Page) above(e present.Entry, named bool) []widget.Span {
	var out []widget.Span
	if named {
		out = append(out, widget.Span{Words: e.Person.Name, Style: widget.Strong(theme.Caption, theme.Muted)})
	}
	add := func(text string, style widget.Style) {
		if text == "" {
			return
		}
		if len(out) > 0 {
			text = "  ·  " + text
		}
		out = append(out, widget.Span{Words: text, Style: style})
	}
	w, muted := r.p.View.Words.Room, widget.Plain(theme.Caption, theme.Muted)
	if e.Update {
		add(w.UpdateMark, widget.Strong(theme.Caption, theme.Gold))
	}
	add(e.Label, muted)
	if e.Late != "" {
		add(fmt.Sprintf(w.LateBlock, e.Time, e.Late), muted)
	}
	if e.Corrected != "" {
		add(fmt.Sprintf(w.Told, e.Corrected), muted)
	}
	if e.Edited {
		add(w.Edited, muted)
	}
	add(strings.Join(e.Milestones, ", "), widget.Plain(theme.Caption, theme.Good))
	if e.Pending {
		add(w.NotSent, widget.Plain(theme.Caption, theme.Sev2))
	}
	return out
}

// besides are the star and the way to everything else that can be done with a block.
func (r *Page) besides(e present.Entry, key string) fyne.CanvasObject {
	icon, tone := "star", theme.Line
	if e.Starred {
		icon, tone = "starred", theme.Gold
	}
	row := widget.Row(0, -1)
	if e.Pinned {
		row.Add(widget.Pad(4, 4, 0, 0, widget.NewIcon("pin", 16, theme.Muted)))
	}
	w := r.p.View.Words.Room
	if !e.Erased {
		star := widget.NewTap(widget.Pad(4, 4, 4, 4, widget.NewIcon(icon, 18, tone)), func() { r.star(e) })
		star.Tip = either(e.Starred, w.Unstar, w.Star)
		row.Add(star)
	}
	more := widget.NewTap(widget.Pad(4, 4, 4, 4, widget.NewIcon("more", 18, theme.Line)), func() { r.openMenu(key) })
	more.Tip = w.MoreHint
	row.Add(more)
	return row
}

func (r *Page) star(e present.Entry) {
	r.submit(incident.Star{Entry: e.ID, Off: e.Starred})
	r.Focus()
}

// between lays a line, words and a line beside each other.
type between struct{}

// Layout puts the words in the middle.
func (between) Layout(o []fyne.CanvasObject, size fyne.Size) {
	wide, tall := widget.NaturalWidth(o[1]), o[1].MinSize().Height
	left := float32(int((size.Width - wide) / 2))
	at(o[1], left, wide, tall)
	for i, x := range []float32{0, left + wide + 10} {
		widget.Place(o[2*i], x, float32(int(tall/2)), max(left-10, 0), 1)
	}
}

// MinSize is that of the words.
func (between) MinSize(o []fyne.CanvasObject) fyne.Size { return o[1].MinSize() }
