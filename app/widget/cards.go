package widget

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Cards lays objects beside each other in columns of one width, which is at least least, and goes on below; those in one line are
// of one height. There are at most as many columns as objects.
func Cards(least, gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &cards{least: theme.Scaled(least), gap: gap}, Objects: objects}
}

type cards struct{ least, gap, width float32 }

func (g *cards) arrange(objects []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	objects = shown(objects)
	columns := min(max(int((width+g.gap)/(g.least+g.gap)), 1), max(len(objects), 1))
	w := floor((width - float32(columns-1)*g.gap) / float32(columns))
	y := float32(0)
	for i := 0; i < len(objects); i += columns {
		line := objects[i:min(i+columns, len(objects))]
		tall := float32(0)
		for _, o := range line {
			tall = max(tall, HeightFor(o, w))
		}
		for j, o := range line {
			put(o, float32(j)*(w+g.gap), y, w, tall)
		}
		y += tall + g.gap
	}
	return max(y-g.gap, 0)
}

func (g *cards) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return g.arrange(objects, width, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

// Layout puts the objects where they belong.
func (g *cards) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if unknown(size) {
		return
	}
	g.width = size.Width
	g.arrange(objects, size.Width, Place)
}

// MinSize is the height at the last known width.
func (g *cards) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, g.heightFor(objects, g.width))
}
