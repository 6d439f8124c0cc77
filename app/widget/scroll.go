package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Scroll shows what is taller than the window. It hands its width down, so that paragraphs wrap.
type Scroll struct {
	fynewidget.BaseWidget
	what   fyne.CanvasObject
	fit    *fit
	scroll *container.Scroll
	keyed  string // the key of what was brought into sight because it got the keyboard
	away   bool   // and somebody has scrolled away from it since
	busy   bool   // it is this that scrolls
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
	s.scroll.OnScrolled = func(fyne.Position) { s.away = s.away || !s.busy }
}

// Children returns what is scrolled.
func (s *Scroll) Children() []fyne.CanvasObject { return []fyne.CanvasObject{s.what} }

// Fit measures again after what is scrolled has changed. What has the keyboard stays in sight.
func (s *Scroll) Fit() {
	s.refresh()
	s.keep()
}

func (s *Scroll) refresh() {
	s.busy = true
	s.scroll.Refresh()
	s.busy = false
}

// keep shows what has the keyboard again, unless somebody has scrolled away from it.
func (s *Scroll) keep() {
	if s.away || s.keyed == "" {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	if c == nil {
		return
	}
	if k, ok := c.Focused().(Keyed); ok && k.FocusKey() == s.keyed {
		if part, ok := k.(fyne.CanvasObject); ok {
			s.show(part)
		}
	}
}

// Top scrolls to where what is held begins.
func (s *Scroll) Top() {
	s.scroll.Offset.Y = 0
	s.refresh()
}

// Reveal scrolls as little as is needed to show part, which lies somewhere in what is held.
func (s *Scroll) Reveal(part fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(part).Y - driver.AbsolutePositionForObject(s.what).Y
	end, tall := top+part.Size().Height, s.scroll.Size().Height
	switch {
	case top < s.scroll.Offset.Y, end > top+tall:
		s.scroll.Offset.Y = top
	case end > s.scroll.Offset.Y+tall:
		s.scroll.Offset.Y = end - tall
	default:
		return
	}
	s.refresh()
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
				s.keyed, s.away = key, false
				s.show(part)
			}
		}
	}
}

// show reveals part, with what can be chosen below where it is the field of a Finder.
func (s *Scroll) show(part fyne.CanvasObject) {
	var within fyne.CanvasObject
	Walk(s.what, func(o fyne.CanvasObject) bool {
		if f, ok := o.(*Finder); ok && fyne.CanvasObject(f.Input()) == part {
			within = f
		}
		return o != part && within == nil
	})
	if within != nil {
		part = within
	}
	s.Reveal(part)
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
			s.busy = true
			s.scroll.Resize(size)
			s.Fit()
		},
		min:     func() fyne.Size { return fyne.NewSize(40, 40) },
		refresh: s.refresh,
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

// Footed lays foot under what is scrolled, and keeps it in sight: right below where there is room for all of it, else at the
// bottom, behind a line. Relay it when the height of either has changed.
func Footed(s *Scroll, foot fyne.CanvasObject) *fyne.Container {
	line := NewRule(theme.Line)
	line.Hide()
	return &fyne.Container{Layout: footed{}, Objects: []fyne.CanvasObject{s, On(NewGround(theme.Background), foot), line}}
}

type footed struct{}

// Layout gives the foot its height, and what is scrolled the rest.
func (footed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	s, foot, line := objects[0], objects[1], objects[2]
	below := HeightFor(foot, size.Width)
	whole, room := s.(*Scroll).whole(size.Width), max(size.Height-below, 0)
	if whole > room {
		line.Show()
	} else {
		line.Hide()
	}
	room = min(whole, room)
	Place(s, 0, 0, size.Width, room)
	Place(line, 0, room, size.Width, 1)
	Place(foot, 0, room, size.Width, below)
}

// MinSize is the foot's, and a little to scroll in.
func (footed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	least, foot := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(least.Width, foot.Width), least.Height+foot.Height)
}

// whole is the height of everything that is scrolled.
func (s *Scroll) whole(width float32) float32 { return HeightFor(s.what, width) }
