package palette

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// ShowHelp lists the keys and every command that has one; gone is called when it goes.
func ShowHelp(c fyne.Canvas, v present.View, commands []Command, gone func()) *widget.Overlay {
	w := v.Words.Hands
	ctrl := func(key string) string { return fmt.Sprintf(w.Ctrl, key) }
	left := helpList(w.Anywhere, [][2]string{
		{w.HelpTab, w.HelpTabKeys},
		{w.HelpMove, w.HelpMoveKeys},
		{w.HelpFar, w.HelpFarKeys},
		{w.HelpEnds, w.HelpEndsKeys},
		{w.HelpOpen, w.HelpOpenKeys},
	})
	left.Add(widget.Space(0, 8))
	left.Add(helpList(w.InTheRoom, [][2]string{
		{w.HelpMenu, "/"},
		{v.Words.Sight.Help, v.Words.Sight.HelpKeys},
		{w.HelpNames, "@  #"},
		{w.HelpLine, w.HelpLineKeys},
		{w.HelpPaste, ctrl("V")},
		{w.HelpWhole, w.HelpSpace},
		{w.HelpEdit, "↑"},
		{w.HelpUndo, ctrl("Z")},
	}))
	var keys [][2]string
	for _, cmd := range commands {
		if cmd.Hint != "" {
			keys = append(keys, [2]string{cmd.Words, cmd.Hint})
		}
	}
	right := helpList(w.Commands, keys)
	o := widget.ShowSheet(c, widget.Column(12,
		widget.NewFlow(28, widget.Span{Words: w.HelpTitle, Style: widget.Strong(theme.Title, theme.Text)}),
		widget.NewFlow(20, widget.Span{Words: w.Everything, Style: widget.Plain(theme.Body, theme.Muted)}),
		widget.RowTop(32, 0, left, widget.Fixed(340, right))), theme.Scaled(760))
	o.OnGone = gone
	c.Unfocus()
	return o
}

// helpList is a heading, and under it what keys do.
func helpList(title string, rows [][2]string) *fyne.Container {
	list := widget.Column(0, widget.NewCaps(title))
	for _, r := range rows {
		list.Add(helpRow(r[0], r[1]))
	}
	return list
}

func helpRow(words, keys string) fyne.CanvasObject {
	return widget.On(widget.Row(12, 0, widget.NewText(words, widget.Plain(theme.Body, theme.Text)), keycap(keys)), widget.Space(0, 34))
}
