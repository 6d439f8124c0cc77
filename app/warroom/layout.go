package warroom

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// Below these widths the facts, then the fires, are folded away.
const (
	factsFrom = 1120
	firesFrom = 860
	firesWide = 270
	factsWide = 320
)

// columns lays fires, a line, the middle, a line and the facts beside each other.
type columns struct {
	facts, fires bool
	known        bool
	folded       func(facts bool)
}

// Layout puts the columns where they belong and hides those for which there is no room.
func (c *columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	firesWide, factsWide := theme.Scaled(firesWide), theme.Scaled(factsWide)
	facts, fires := size.Width < theme.Scaled(factsFrom-64), size.Width < theme.Scaled(firesFrom-64)
	changed := !c.known || facts != c.facts || fires != c.fires
	c.facts, c.fires, c.known = facts, fires, true
	left, right := float32(0), size.Width
	show(!fires, objects[0], objects[1])
	show(!facts, objects[3], objects[4])
	if !fires {
		at(objects[0], 0, firesWide, size.Height)
		at(objects[1], firesWide, 1, size.Height)
		left = firesWide + 1
	}
	if !facts {
		right = size.Width - factsWide
		at(objects[3], right-1, 1, size.Height)
		at(objects[4], right, factsWide, size.Height)
		right--
	}
	at(objects[2], left, right-left, size.Height)
	if changed && c.folded != nil {
		c.folded(facts)
	}
}

// MinSize is what the middle cannot do without.
func (c *columns) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

func show(on bool, objects ...fyne.CanvasObject) {
	for _, o := range objects {
		if on && !o.Visible() {
			o.Show()
		} else if !on && o.Visible() {
			o.Hide()
		}
	}
}

func at(o fyne.CanvasObject, x, w, h float32) {
	widget.Place(o, x, 0, w, h)
}

// stack lays tabs, strip, timeline, suggestions and composer under each other; the timeline takes what is left.
type stack struct{}

const timelineAt = 2

// Layout puts them where they belong.
func (*stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	heights, left := make([]float32, len(objects)), size.Height
	for i, o := range objects {
		if i != timelineAt {
			heights[i] = widget.HeightFor(o, size.Width)
			left -= heights[i]
		}
	}
	heights[timelineAt] = max(left, 40)
	y := float32(0)
	for i, o := range objects {
		widget.Place(o, 0, y, size.Width, heights[i])
		y += heights[i]
	}
}

// MinSize leaves room for a few entries.
func (*stack) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(360, 240) }
