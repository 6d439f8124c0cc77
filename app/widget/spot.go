package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// spot is a place to click that lies over words: a hand, and a line under them while the pointer is
// there. The rest of the paragraph stays what the row around it makes of it.
type spot struct {
	fynewidget.BaseWidget
	under  *Rule
	tapped func()
}

var (
	_ fyne.Tappable      = (*spot)(nil)
	_ desktop.Hoverable  = (*spot)(nil)
	_ desktop.Cursorable = (*spot)(nil)
)

func newSpot(tone theme.Name, tapped func()) *spot {
	s := &spot{under: NewRule(tone), tapped: tapped}
	s.under.Hide()
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer draws the line under the words.
func (s *spot) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(s.under),
		layout:  func(size fyne.Size) { Place(s.under, 0, size.Height-3, size.Width, 1) },
		min:     func() fyne.Size { return fyne.NewSize(0, 0) },
		refresh: func() { s.under.Refresh() },
	}
}

// Tapped opens what the words are a link to.
func (s *spot) Tapped(*fyne.PointEvent) { s.tapped() }

// Cursor shows a hand.
func (s *spot) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn shows the line.
func (s *spot) MouseIn(*desktop.MouseEvent) { s.under.Show() }

// MouseMoved does nothing.
func (s *spot) MouseMoved(*desktop.MouseEvent) {}

// MouseOut hides the line.
func (s *spot) MouseOut() { s.under.Hide() }
