package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Scroll shows what is taller than the window. It hands its width down, so that paragraphs wrap.
type Scroll struct {
	fynewidget.BaseWidget
	what   fyne.CanvasObject
	fit    *fit
	scroll *container.Scroll
	keyed  string // the key of what was brought into sight because it got the keyboard
}

// NewScroll returns what, to be scrolled up and down.
func NewScroll(what fyne.CanvasObject) *Scroll {
	s := &Scroll{}
	s.init(what)
	s.ExtendBaseWidget(s)
	return s
}

func (s *Scroll) init(what fyne.CanvasObject) {
	s.what, s.fit = what, &fit{}
	s.scroll = container.NewVScroll(&fyne.Container{Layout: s.fit, Objects: []fyne.CanvasObject{what}})
}

// Children returns what is scrolled.
func (s *Scroll) Children() []fyne.CanvasObject { return []fyne.CanvasObject{s.what} }

// Fit measures again after what is scrolled has changed.
func (s *Scroll) Fit() { s.scroll.Refresh() }

// Reveal scrolls as little as is needed to show part, which lies somewhere in what is held.
func (s *Scroll) Reveal(part fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(part).Y - driver.AbsolutePositionForObject(s.what).Y
	end, tall := top+part.Size().Height, s.scroll.Size().Height
	switch {
	case top < s.scroll.Offset.Y:
		s.scroll.Offset.Y = top
	case end > s.scroll.Offset.Y+tall:
		s.scroll.Offset.Y = end - tall
	default:
		return
	}
	s.scroll.Refresh()
}

// follow brings what has just got the keyboard into sight. What gets it back after its page was built anew does not count:
// somebody may have scrolled away from it.
func follow(key string, part fyne.CanvasObject) {
	if part.Size().IsZero() { // it was not laid out yet, and so is not elsewhere
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(part)
	if c == nil {
		return
	}
	for _, root := range append(c.Overlays().List(), c.Content()) {
		for _, s := range around(root, part) {
			if key == "" || key != s.keyed {
				s.keyed = key
				s.Reveal(part)
			}
		}
	}
}

// around returns the Scrolls under root that hold part, the innermost first.
func around(root, part fyne.CanvasObject) (out []*Scroll) {
	Walk(root, func(o fyne.CanvasObject) bool {
		s, ok := o.(interface{ itself() *Scroll })
		if !ok {
			return true
		}
		held := !Walk(s.itself().what, func(o fyne.CanvasObject) bool { return o != part })
		if held {
			out = append([]*Scroll{s.itself()}, out...)
		}
		return true
	})
	return out
}

// itself is the same for what embeds it.
func (s *Scroll) itself() *Scroll { return s }

// CreateRenderer draws it.
func (s *Scroll) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(s.scroll),
		layout: func(size fyne.Size) {
			s.fit.width = size.Width
			s.scroll.Resize(size)
			s.scroll.Refresh()
		},
		min:     func() fyne.Size { return fyne.NewSize(40, 40) },
		refresh: s.scroll.Refresh,
	}
}

// fit is as tall as its content needs at the width of the scroll around it.
type fit struct{ width float32 }

// Layout gives the content all the room.
func (f *fit) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// MinSize is the content's height at the known width.
func (f *fit) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var h float32
	for _, o := range objects {
		h = max(h, HeightFor(o, f.width))
	}
	return fyne.NewSize(0, h)
}
