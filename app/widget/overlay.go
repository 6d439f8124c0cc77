package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Overlay is a panel over the page: in its middle, or under what was pressed. A click beside it or
// Escape takes it away. What is taller than the window is scrolled in it.
type Overlay struct {
	fynewidget.BaseWidget
	OnGone func()
	window fyne.Canvas
	scrim  *canvas.Rectangle
	tone   theme.Name
	panel  *fyne.Container
	inside *fyne.Container // what is scrolled in the panel
	scroll *Scroll
	width  float32
	anchor *fyne.Position // nil in the middle
	pinned bool           // its top stays where it is while its height changes
	again  func() func()  // returns what shows it anew, or nil; it is nil itself where nothing does
}

// What lies around the content of a panel: some room for the rings of focus, which reach beyond what
// they mark and must not be cut by the scrolling, and the rest.
const (
	ringRoom = 4
	panelPad = 16
)

// ShowSheet shows content in the middle of the window, the rest of which is dimmed.
func ShowSheet(c fyne.Canvas, content fyne.CanvasObject, width float32) *Overlay {
	return show(c, content, &Overlay{tone: theme.Scrim, width: width})
}

// ShowUnder shows content under what was pressed.
func ShowUnder(c fyne.Canvas, pressed, content fyne.CanvasObject, width float32) *Overlay {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(pressed)
	at.Y += pressed.Size().Height + 4
	return show(c, content, &Overlay{tone: theme.Clear, width: width, anchor: &at})
}

func show(c fyne.Canvas, content fyne.CanvasObject, o *Overlay) *Overlay {
	o.window, o.scrim = c, canvas.NewRectangle(theme.Of(o.tone))
	o.inside = Pad(ringRoom, ringRoom, ringRoom, ringRoom, content)
	o.scroll = NewScroll(o.inside)
	o.panel = On(NewBox(theme.Surface, theme.Line), Pad(panelPad, panelPad, panelPad, panelPad, o.scroll))
	o.ExtendBaseWidget(o)
	c.Overlays().Add(o)
	o.Resize(c.Size())
	return o
}

// Dismiss takes the panel away.
func (o *Overlay) Dismiss() {
	o.window.Overlays().Remove(o)
	if o.OnGone != nil {
		o.OnGone()
	}
}

// Pin keeps the panel's top where it is while its height changes, for what changes with every key.
func (o *Overlay) Pin() {
	o.pinned = true
	o.Fit()
}

// Fit lays the panel out again after its content has changed.
func (o *Overlay) Fit() {
	o.layout(o.Size())
	o.panel.Refresh()
	o.scroll.Fit()
}

// Children returns the panel.
func (o *Overlay) Children() []fyne.CanvasObject { return []fyne.CanvasObject{o.panel} }

// Tapped takes the panel away: the click was beside it.
func (o *Overlay) Tapped(at *fyne.PointEvent) {
	if at != nil {
		p, s := o.panel.Position(), o.panel.Size()
		if at.Position.X >= p.X && at.Position.Y >= p.Y && at.Position.X < p.X+s.Width && at.Position.Y < p.Y+s.Height {
			return
		}
	}
	o.Dismiss()
}

// CreateRenderer draws it.
func (o *Overlay) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(o.scrim, o.panel), layout: o.layout,
		min: func() fyne.Size { return fyne.Size{} },
		refresh: func() {
			o.scrim.FillColor = theme.Of(o.tone)
			o.scrim.Refresh()
			o.panel.Refresh()
		},
	}
}

func (o *Overlay) layout(size fyne.Size) {
	o.scrim.Resize(size)
	w := min(o.width, size.Width-32)
	h := min(HeightFor(o.inside, w-2*panelPad)+2*panelPad, size.Height-32)
	x, y := floor((size.Width-w)/2), floor((size.Height-h)*2/5)
	if o.pinned {
		y = min(floor(size.Height/8), floor((size.Height-h)/2))
	}
	if o.anchor != nil {
		x = min(max(o.anchor.X, 16), size.Width-w-16)
		y = min(max(o.anchor.Y, 16), size.Height-h-16)
	}
	Place(o.panel, x, y, w, h)
}

// DismissTop takes the foremost panel away. It is false when there was none.
func DismissTop(c fyne.Canvas) bool {
	top := c.Overlays().Top()
	switch o := top.(type) {
	case nil:
		return false
	case *Overlay:
		o.Dismiss()
	default:
		c.Overlays().Remove(top)
	}
	return true
}

// Question is something to say yes or no to before it happens.
type Question struct{ Title, Text, Yes, No string }

// Confirm asks before something that cannot be undone. No has the keyboard first.
func Confirm(c fyne.Canvas, q Question, yes func()) *Overlay {
	var o *Overlay
	no := NewButton(ButtonParams{Key: "no", Words: q.No}, func() { o.Dismiss() })
	do := NewButton(ButtonParams{Key: "yes", Words: q.Yes, Look: Danger}, func() { o.Dismiss(); yes() })
	o = ShowSheet(c, Column(10,
		NewFlow(28, Span{Words: q.Title, Style: Strong(theme.Title, theme.Text)}),
		NewFlow(22, Span{Words: q.Text, Style: Plain(theme.Body, theme.Muted)}),
		Pad(8, 0, 0, 0, Row(8, 0, Space(0, 0), no, do))), 480)
	c.Focus(no)
	return o
}
