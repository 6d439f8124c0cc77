package widget

import "fyne.io/fyne/v2"

// Pane is a Scroll that is as tall as what it holds, up to a limit, and can bring a part of it into sight.
type Pane struct {
	Scroll
	most float32
}

// NewPane returns what, to be scrolled where it is taller than most.
func NewPane(what fyne.CanvasObject, most float32) *Pane {
	p := &Pane{most: most}
	p.init(what)
	p.ExtendBaseWidget(p)
	return p
}

// HeightFor returns the height of what it holds, or the limit.
func (p *Pane) HeightFor(width float32) float32 { return min(HeightFor(p.what, width), p.most) }

// Reveal scrolls as little as is needed to show part, which lies somewhere in what is held.
func (p *Pane) Reveal(part fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(part).Y - driver.AbsolutePositionForObject(p.what).Y
	end, tall := top+part.Size().Height, p.scroll.Size().Height
	switch {
	case top < p.scroll.Offset.Y:
		p.scroll.Offset.Y = top
	case end > p.scroll.Offset.Y+tall:
		p.scroll.Offset.Y = end - tall
	default:
		return
	}
	p.scroll.Refresh()
}

// Rewind shows the beginning again.
func (p *Pane) Rewind() { p.scroll.Offset.Y = 0; p.scroll.Refresh() }
