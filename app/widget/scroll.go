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
