package widget_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

func TestWordsAreSelectedByDraggingAndCopied(t *testing.T) {
	text := prose.New().Parse("one **two** three four five six seven eight nine ten\nsecond\n\n- item", nil)
	copied, tapped, left := "", 0, 0
	row := widget.NewSelect(widget.NewProse(text, widget.ProseParams{}), widget.SelectParams{
		Tapped: func() { tapped++ }, Copy: func(s string) { copied = s }, Leave: func() { left++ },
	})
	other := widget.NewField("elsewhere")
	c := window(t, widget.Column(0, row, other), 200, 300)
	drag := func(x, y, toX, toY float32) string {
		row.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(toX, toY)}, Dragged: fyne.NewDelta(toX-x, toY-y)})
		row.DragEnd()
		return row.Words()
	}
	one := fyne.MeasureText("one ", theme.Entry, fyne.TextStyle{}).Width
	for _, c := range []struct {
		x, y, toX, toY float32
		want           string
	}{
		{0, 10, one, 10, "one "},
		{one, 10, 0, 10, "one "}, // backwards
		{one, 10, one + fyne.MeasureText("two", theme.Entry, fyne.TextStyle{Bold: true}).Width, 10, "two"},
		{-5, -5, 400, 400, "one two three four five six seven eight nine ten\nsecond\nitem"}, // a wrapped line is no new line
		{50, 10, 50, 10, ""},
	} {
		if got := drag(c.x, c.y, c.toX, c.toY); got != c.want {
			t.Errorf("from %v,%v to %v,%v is %q, want %q", c.x, c.y, c.toX, c.toY, got, c.want)
		}
	}
	drag(0, 10, one, 10)
	if c.Focused() != fyne.Focusable(row) {
		t.Fatal("the keyboard is elsewhere, and the keys for copying with it")
	}
	row.TypedShortcut(&fyne.ShortcutCopy{})
	if copied != "one " {
		t.Errorf("copied is %q", copied)
	}
	global, declare := 0, &desktop.CustomShortcut{KeyName: fyne.KeyD, Modifier: fyne.KeyModifierControl}
	c.AddShortcut(declare, func(fyne.Shortcut) { global++ })
	row.TypedShortcut(declare)
	if global != 1 {
		t.Error("the window's shortcuts are dead while words are selected")
	}
	row.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	c.Focus(other.Input())
	if left != 2 || row.Words() != "" {
		t.Errorf("left %d times; selected is still %q", left, row.Words())
	}
	test.FocusNext(c)
	if c.Focused() == fyne.Focusable(row) {
		t.Error("Tab stops where nothing is selected")
	}
	test.TapCanvas(c, fyne.NewPos(20, 10))
	if tapped != 1 {
		t.Errorf("tapped %d times", tapped)
	}
}

func selectSheet(fyne.Canvas) sheet {
	text := prose.New().Parse("db-7 is **out of disk**, see https://wiki.example.com/db-7\n\n- `df -h`\n- then more", nil)
	row := widget.NewSelect(widget.NewProse(text, widget.ProseParams{}), widget.SelectParams{Leave: func() {}})
	return sheet{size: fyne.NewSize(300, 150), what: widget.Column(0, row), then: func() {
		row.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(60, 64)}, Dragged: fyne.NewDelta(20, 54)})
		row.DragEnd()
	}}
}
