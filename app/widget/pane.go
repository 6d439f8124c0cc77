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

// Rewind shows the beginning again.
func (p *Pane) Rewind() { p.scroll.Offset.Y = 0; p.scroll.Refresh() }
