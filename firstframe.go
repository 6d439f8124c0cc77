package main

import (
	"context"
	"fmt"
	"image"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
)

// emptyWindow opens a window with nothing in it and ends when it was drawn: what the toolkit costs.
func emptyWindow(a fyne.App) {
	w := a.NewWindow("Tsugi")
	w.SetContent(frameMark(a))
	w.Resize(fyne.NewSize(1440, 900))
	w.ShowAndRun()
}

// frameMark returns something invisible that tells when it is drawn for the first time, and ends the
// program then.
func frameMark(a fyne.App) fyne.CanvasObject {
	var once sync.Once
	mark := canvas.NewRaster(func(w, h int) image.Image {
		once.Do(func() {
			fmt.Println("first frame")
			fyne.Do(a.Quit)
		})
		return image.NewNRGBA(image.Rect(0, 0, w, h))
	})
	mark.Resize(fyne.NewSize(1, 1))
	return mark
}

// measured is a session that marks the first frame after the board was fetched.
type measured struct {
	*session.Session
	app  fyne.App
	once sync.Once
}

// Board returns what the replica knows.
func (m *measured) Board(ctx context.Context) (present.Board, error) {
	b, err := m.Session.Board(ctx)
	m.once.Do(func() {
		fyne.Do(func() { // after the board itself, which is put on the window before this
			fyne.Do(func() {
				for _, w := range m.app.Driver().AllWindows() {
					w.Canvas().Overlays().Add(frameMark(m.app))
				}
			})
		})
	})
	return b, err
}
