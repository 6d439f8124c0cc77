// Package widget holds the client's own widgets. Data goes in, callbacks come out; no widget knows
// where its data comes from.
package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// renderer is the one renderer of all own widgets: a widget says what it is made of and how it lies.
type renderer struct {
	objects func() []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	refresh func()
}

func (r *renderer) Destroy()                     {}
func (r *renderer) Layout(size fyne.Size)        { r.layout(size) }
func (r *renderer) MinSize() fyne.Size           { return r.min() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.objects() }
func (r *renderer) Refresh()                     { r.refresh() }

func these(objects ...fyne.CanvasObject) func() []fyne.CanvasObject {
	return func() []fyne.CanvasObject { return objects }
}

// floor snaps to the grid: text off it is drawn soft.
func floor(v float32) float32 { return float32(int(v)) }

// Place moves and resizes in one go. What stays where it is is not told to move: the toolkit draws the whole window once
// more for every container that is, also where that happens while it draws.
func Place(o fyne.CanvasObject, x, y, w, h float32) {
	if to := fyne.NewPos(x, y); o.Position() != to {
		o.Move(to)
	}
	o.Resize(fyne.NewSize(w, h))
}

// Relay lays out what a container holds after the height of some of it has changed. Unlike Refresh it makes nothing
// anew: the toolkit throws all pictures below away that are refreshed.
func Relay(c *fyne.Container) { c.Layout.Layout(c.Objects, c.Size()) }

// Settle lays out what was made anew, before it is drawn. The toolkit does so in the middle of drawing, and what moves
// then has it draw the whole window once more: between two frames in a row a key may wait for both. Not every canvas has
// such a thing, and then nothing is done.
func Settle(c fyne.Canvas) {
	if s, ok := c.(interface{ EnsureMinSize() bool }); ok {
		s.EnsureMinSize()
	}
}

// Rule is a line one pixel thick (or Thick), across or down, in a colour of the look.
type Rule struct {
	fynewidget.BaseWidget
	Tone  theme.Name
	Thick float32
	rect  *canvas.Rectangle
}

// NewRule returns a line that is one pixel thick in both directions until it is stretched.
func NewRule(tone theme.Name) *Rule {
	r := &Rule{Tone: tone, Thick: 1, rect: canvas.NewRectangle(theme.Of(tone))}
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer draws the line.
func (r *Rule) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(r.rect),
		layout:  func(size fyne.Size) { r.rect.Resize(size) },
		min:     func() fyne.Size { return fyne.NewSquareSize(r.Thick) },
		refresh: func() {
			r.rect.FillColor = theme.Of(r.Tone)
			r.rect.Refresh()
		},
	}
}

// SetTone changes the line's colour.
func (r *Rule) SetTone(tone theme.Name) {
	if r.Tone != tone {
		r.Tone = tone
		r.Refresh()
	}
}

// Keyed is a widget that can be found again after its page was built anew.
type Keyed interface {
	fyne.Focusable
	FocusKey() string
}

// KeepFocus runs rebuild and then gives the focus back to the widget under root that has the same
// key as the one that had it: an update from a colleague must not take the keyboard away.
func KeepFocus(c fyne.Canvas, root fyne.CanvasObject, rebuild func()) {
	had := c.Focused()
	rebuild()
	Refocus(c, root, had)
}

// Refocus gives the focus to the widget under root that has the same key as one that had it. Where there is none, the
// focus stays where it is.
func Refocus(c fyne.Canvas, root fyne.CanvasObject, had fyne.Focusable) {
	key, keyed := had.(Keyed)
	if !keyed || key.FocusKey() == "" {
		return
	}
	Walk(root, func(o fyne.CanvasObject) bool {
		k, ok := o.(Keyed)
		if !ok || k.FocusKey() != key.FocusKey() {
			return true
		}
		c.Focus(k)
		return false
	})
}

// Walk visits root and everything visible below it until visit returns false.
func Walk(root fyne.CanvasObject, visit func(fyne.CanvasObject) bool) bool {
	if root == nil || !root.Visible() {
		return true
	}
	if !visit(root) {
		return false
	}
	var children []fyne.CanvasObject
	switch o := root.(type) {
	case *fyne.Container:
		children = o.Objects
	case parent:
		children = o.Children()
	}
	for _, child := range children {
		if !Walk(child, visit) {
			return false
		}
	}
	return true
}

// parent is an own widget that holds others.
type parent interface{ Children() []fyne.CanvasObject }

// bubble hands a key that a focused widget has no use for to the window, where Escape lives: the
// toolkit gives keys to the focused widget only.
func bubble(from fyne.CanvasObject, key *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(from)
	if c == nil {
		return
	}
	if handle := c.OnTypedKey(); handle != nil {
		handle(key)
	}
}

// bubbleRune does the same with a letter, which the window gives to where one writes.
func bubbleRune(from fyne.CanvasObject, letter rune) {
	c := fyne.CurrentApp().Driver().CanvasForObject(from)
	if c == nil {
		return
	}
	if handle := c.OnTypedRune(); handle != nil {
		handle(letter)
	}
}
