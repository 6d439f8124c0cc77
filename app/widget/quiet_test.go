package widget_test

import (
	"fmt"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// told is an object that counts what it is told.
type told struct {
	*canvas.Rectangle
	moves, refreshes, asked int
}

func newTold() *told { return &told{Rectangle: canvas.NewRectangle(color.White)} }

func (t *told) Move(to fyne.Position) {
	t.moves++
	t.Rectangle.Move(to)
}

func (t *told) Refresh() { t.refreshes++ }

func (t *told) Position() fyne.Position {
	t.asked++
	return t.Rectangle.Position()
}

func TestWhatStaysIsNotToldToMove(t *testing.T) {
	test.NewTempApp(t)
	first, second := newTold(), newTold()
	first.SetMinSize(fyne.NewSize(10, 10))
	second.SetMinSize(fyne.NewSize(10, 10))
	col := widget.Column(4, first, second)
	col.Resize(fyne.NewSize(100, 100))
	if second.Rectangle.Position() != fyne.NewPos(0, 14) {
		t.Fatalf("the second is at %v", second.Rectangle.Position())
	}
	moves := first.moves + second.moves
	widget.Relay(col)
	if now := first.moves + second.moves; now != moves {
		t.Errorf("%d moves to where they are already", now-moves)
	}
	first.SetMinSize(fyne.NewSize(10, 30))
	first.refreshes, second.refreshes = 0, 0
	widget.Relay(col)
	if second.Rectangle.Position() != fyne.NewPos(0, 34) {
		t.Errorf("the second is at %v after the first has grown", second.Rectangle.Position())
	}
	if first.refreshes+second.refreshes > 0 {
		t.Error("what was laid out again was made anew")
	}
}

func TestARowThatArrivesIsBuiltOnceAndTheSameRowsAreLeftAlone(t *testing.T) {
	list, built := widget.NewList(), 0
	var rows []*told
	items := make([]widget.Item, 0, 60)
	add := func() {
		items = append(items, widget.Item{Key: fmt.Sprint(len(items)), Build: func() fyne.CanvasObject {
			built++
			row := newTold()
			row.SetMinSize(fyne.NewSize(10, 20))
			rows = append(rows, row)
			return row
		}})
	}
	for range 50 {
		add()
	}
	window(t, list, 400, 300)
	list.Set(items)
	built = 0
	add()
	list.Set(items)
	if built != 1 {
		t.Errorf("one more row was built %d times", built)
	}
	asked := func() (sum int) {
		for _, row := range rows {
			sum += row.asked
		}
		return sum
	}
	before := asked()
	list.Set(items)
	if now := asked(); now != before {
		t.Error("the same rows were laid out again")
	}
}

// settling is a canvas that counts how often it was laid out before it is drawn.
type settling struct {
	fyne.Canvas
	times int
}

func (s *settling) EnsureMinSize() bool {
	s.times++
	return false
}

func TestSettleLaysOutWhereThereIsSuchAThing(t *testing.T) {
	c := window(t, widget.NewRule(theme.Line), 10, 10)
	widget.Settle(c) // of a canvas without it nothing is asked
	s := &settling{Canvas: c}
	widget.Settle(s)
	if s.times != 1 {
		t.Errorf("laid out %d times, want 1", s.times)
	}
}

func TestANoteThatStaysDrawsNothing(t *testing.T) {
	hint := newTold()
	c := widget.NewComposer("write", "Enter", hint)
	window(t, c, 400, 100)
	c.SetNote("kept", theme.Sev2)
	hint.refreshes = 0
	c.SetNote("kept", theme.Sev2)
	if hint.refreshes > 0 {
		t.Error("the same note was drawn again")
	}
	c.SetNote("", theme.Muted)
	if hint.refreshes == 0 {
		t.Error("the hints did not come back")
	}
}
