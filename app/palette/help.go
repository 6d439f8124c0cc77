package palette

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// ShowHelp lists the keys and every command that has one; gone is called when it goes.
func ShowHelp(c fyne.Canvas, v present.View, commands []Command, gone func()) *widget.Overlay {
	w := v.Words.Hands
	left := widget.Column(0, widget.NewCaps(w.Anywhere))
	right := widget.Column(0, widget.NewCaps(w.Commands))
	for _, k := range [][2]string{{w.HelpTab, w.HelpTabKeys}, {w.HelpMove, w.HelpMoveKeys}, {w.HelpOpen, w.HelpOpenKeys}} {
		left.Add(helpRow(k[0], k[1]))
	}
	n := 0
	for _, cmd := range commands {
		if cmd.Hint == "" {
			continue
		}
		into := left
		if n++; n > 5 {
			into = right
		}
		into.Add(helpRow(cmd.Words, cmd.Hint))
	}
	o := widget.ShowSheet(c, widget.Column(12,
		widget.NewFlow(28, widget.Span{Words: w.HelpTitle, Style: widget.Strong(theme.Title, theme.Text)}),
		widget.NewFlow(20, widget.Span{Words: w.Everything, Style: widget.Plain(theme.Body, theme.Muted)}),
		widget.RowTop(32, 0, left, widget.Fixed(340, right))), theme.Scaled(760))
	o.OnGone = gone
	c.Unfocus()
	return o
}

func helpRow(words, keys string) fyne.CanvasObject {
	return widget.On(widget.Row(12, 0, widget.NewText(words, widget.Plain(theme.Body, theme.Text)), keycap(keys)), widget.Space(0, 34))
}
