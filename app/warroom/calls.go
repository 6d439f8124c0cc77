package warroom

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// calls offers whom one can call or text by oneself about what has not left this device. It is nil where there is nothing to offer.
func (r *Page) calls() fyne.CanvasObject {
	c := r.model.Calls
	if c.Head == "" {
		return nil
	}
	col := widget.Column(6, widget.NewFlow(20, widget.Span{Words: c.Head, Style: widget.Plain(theme.Body, theme.Text)}))
	for _, callee := range c.Callees {
		col.Add(r.callee(callee))
	}
	if c.None != "" {
		col.Add(widget.NewFlow(20, widget.Span{Words: c.None, Style: widget.Plain(theme.Body, theme.Muted)}))
	}
	return col
}

// callee is one of them, with the number to read and what dials it.
func (r *Page) callee(c present.Callee) fyne.CanvasObject {
	w := r.p.View.Words.Reached
	who := widget.Row(10, -1, widget.NewAvatar(c.Initials, 28), widget.NewText(c.Name, widget.Strong(theme.Body, theme.Text)))
	if c.Why != "" {
		who.Add(widget.NewText(c.Why, widget.Plain(theme.Caption, theme.Muted)))
	}
	if c.Number == "" {
		who.Add(widget.NewText(w.CallNumber, widget.Plain(theme.Caption, theme.Muted)))
		return who
	}
	do := widget.Row(6, -1, widget.NewText(c.Number, widget.Strong(theme.Entry, theme.Text)))
	for _, b := range []struct {
		key, icon, words, tip string
		do                    func()
	}{
		{"call", "phone", w.CallShort, w.CallDo, func() { r.p.Visit(c.Call) }},
		{"text", "message", w.CallWriteShort, w.CallWrite, func() { r.p.Visit(c.Text) }},
		{"copy number", "copy", "", w.CallCopy, func() { r.p.Copy(c.Number) }},
	} {
		do.Add(widget.NewButton(widget.ButtonParams{Key: b.key + " " + c.ID.String(), Icon: b.icon, Words: b.words, Tip: fmt.Sprintf(b.tip, c.Name), Small: true}, b.do))
	}
	return widget.Facing(4, who, do)
}
