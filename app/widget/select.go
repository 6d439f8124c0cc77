package widget

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
)

// SelectParams is what a Select does.
type SelectParams struct {
	Tapped func()             // a click
	Copy   func(words string) // the keys for copying
	Leave  func()             // the keyboard goes back to where it belongs
}

// Select is a Tap whose words can be selected by dragging over them, and copied. It has the keyboard
// only while something is selected; Tab passes it by.
type Select struct {
	Tap
	p       SelectParams
	began   fyne.Position
	pulling bool
	words   string
}

var (
	_ fyne.Draggable    = (*Select)(nil)
	_ fyne.Focusable    = (*Select)(nil)
	_ fyne.Shortcutable = (*Select)(nil)
	_ fyne.Disableable  = (*Select)(nil)
)

// NewSelect returns child as something to click and to select words in.
func NewSelect(child fyne.CanvasObject, p SelectParams) *Select {
	s := &Select{Tap: Tap{child: child, hover: NewBox(theme.Clear, theme.Clear), tapped: p.Tapped}, p: p}
	s.ExtendBaseWidget(s)
	return s
}

// Words returns what is selected.
func (s *Select) Words() string { return s.words }

// Tapped is a click. What was selected no longer is.
func (s *Select) Tapped(e *fyne.PointEvent) {
	s.mark(fyne.Position{}, fyne.Position{})
	s.Tap.Tapped(e)
}

// Dragged selects what lies between where the pull began and where it is.
func (s *Select) Dragged(e *fyne.DragEvent) {
	if !s.pulling {
		s.pulling, s.began = true, e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)
	}
	s.mark(s.began, e.Position)
}

// DragEnd takes the keyboard, so that the keys for copying arrive here.
func (s *Select) DragEnd() {
	s.pulling = false
	if s.words == "" {
		s.p.Leave() // the pull took the keyboard from where it was
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Focus(s)
	}
}

// mark selects what lies between two places, and nothing where they are one.
func (s *Select) mark(from, to fyne.Position) {
	var parts []string
	flowsIn(s.child, s.child.Position(), func(f *Flow, at fyne.Position) {
		a, b := 0, 0
		if from != to {
			a, b = f.letterAt(from.Subtract(at)), f.letterAt(to.Subtract(at))
		}
		f.Mark(min(a, b), max(a, b))
		if a != b {
			parts = append(parts, f.Marked())
		}
	})
	s.words = strings.Join(parts, "\n")
}

// flowsIn visits the paragraphs in o, which stands at a place, in the order in which they are drawn.
func flowsIn(o fyne.CanvasObject, at fyne.Position, visit func(*Flow, fyne.Position)) {
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case *Flow:
		visit(o, at)
	case *fyne.Container:
		children = shown(o.Objects)
	case parent:
		children = o.Children()
	}
	for _, child := range children {
		flowsIn(child, at.Add(child.Position()), visit)
	}
}

// TypedShortcut copies, and hands the rest to the window: the toolkit gives shortcuts to the focused
// widget only.
func (s *Select) TypedShortcut(shortcut fyne.Shortcut) {
	if _, copies := shortcut.(*fyne.ShortcutCopy); copies && s.words != "" {
		s.p.Copy(s.words)
		return
	}
	if window, ok := fyne.CurrentApp().Driver().CanvasForObject(s).(fyne.Shortcutable); ok {
		window.TypedShortcut(shortcut)
	}
}

// TypedKey ends selecting on Escape; other keys are the window's.
func (s *Select) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		s.p.Leave()
		return
	}
	bubble(s, key)
}

// TypedRune hands what is typed to where the keyboard belongs.
func (s *Select) TypedRune(r rune) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	s.p.Leave()
	if c == nil {
		return
	}
	if f := c.Focused(); f != nil && f != fyne.Focusable(s) {
		f.TypedRune(r)
	}
}

// FocusGained does nothing: the selection is what shows it.
func (s *Select) FocusGained() {}

// FocusLost ends the selection.
func (s *Select) FocusLost() { s.mark(fyne.Position{}, fyne.Position{}) }

// Enable does nothing; selecting is what enables it.
func (s *Select) Enable() {}

// Disable does nothing.
func (s *Select) Disable() {}

// Disabled reports that nothing is selected, so that the keyboard passes it by.
func (s *Select) Disabled() bool { return s.words == "" }
