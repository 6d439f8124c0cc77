package widget

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
)

// dotWide is the width of the mark of somebody who is there, its edge included.
const dotWide = 11

// NewAttended returns a person's initials in a circle, and what marks them with a dot while they are there.
func NewAttended(initials string, size float32) (avatar *fyne.Container, here func(bool)) {
	dot := NewBox(theme.Good, theme.Background)
	dot.Radius, dot.Width = floor(theme.Scaled(dotWide)/2), 2
	dot.Hide()
	corner := &fyne.Container{Layout: lowerRight{}, Objects: []fyne.CanvasObject{dot}}
	return On(NewAvatar(initials, size), corner), func(is bool) {
		switch {
		case is && !dot.Visible():
			dot.Show()
		case !is && dot.Visible():
			dot.Hide()
		}
	}
}

// lowerRight puts a dot over the lower right corner of whatever size there is, and a little beyond.
type lowerRight struct{}

// Layout puts it there.
func (lowerRight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	wide := floor(theme.Scaled(dotWide))
	for _, o := range objects {
		Place(o, floor(size.Width-wide+2), floor(size.Height-wide+2), wide, wide)
	}
}

// MinSize is nothing: what lies under it says the size.
func (lowerRight) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// faceWide is the width of a face in a row of them, and faceOver how far each lies over the one before.
const (
	faceWide = 24
	faceOver = 4
)

// NewFaces returns people's initials in circles that lie over each other, and behind them how many more there are,
// where more is not empty.
func NewFaces(initials []string, more string) fyne.CanvasObject {
	faces := Row(-faceOver, -1)
	for _, i := range initials {
		faces.Add(NewAvatar(i, faceWide))
	}
	if more == "" {
		return faces
	}
	return Row(5, -1, faces, NewText(more, Plain(theme.Caption, theme.Muted)))
}
