package widget

import "fyne.io/fyne/v2"

// Facing lays left and right at the two ends of one line as long as both fit, and else right below left, as wide as
// there is room.
func Facing(gap float32, left, right fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &facing{gap: gap}, Objects: []fyne.CanvasObject{left, right}}
}

type facing struct{ gap, width float32 }

func (f *facing) fit(objects []fyne.CanvasObject, width float32) bool {
	return f.natural(objects) <= width
}

func (f *facing) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	left, right := HeightFor(objects[0], width), HeightFor(objects[1], width)
	if f.fit(objects, width) {
		return max(left, right)
	}
	return left + f.gap + right
}

func (f *facing) natural(objects []fyne.CanvasObject) float32 {
	return NaturalWidth(objects[0]) + f.gap + NaturalWidth(objects[1])
}

// Layout puts the two where they belong.
func (f *facing) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if unknown(size) {
		return
	}
	f.width = size.Width
	left, right := HeightFor(objects[0], size.Width), HeightFor(objects[1], size.Width)
	if f.fit(objects, size.Width) {
		tall, wide := max(left, right), NaturalWidth(objects[1])
		Place(objects[0], 0, floor((tall-left)/2), size.Width-wide-f.gap, left)
		Place(objects[1], size.Width-wide, floor((tall-right)/2), wide, right)
		return
	}
	Place(objects[0], 0, 0, size.Width, left)
	Place(objects[1], 0, left+f.gap, size.Width, right)
}

// MinSize is the height at the last known width.
func (f *facing) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, f.heightFor(objects, f.width))
}
