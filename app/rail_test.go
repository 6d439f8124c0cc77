package app_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
)

// In the smallest window, and with the largest text, every place of the rail comes into sight when it gets the keyboard.
func TestEveryPlaceOfTheRailCanBeSeen(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	larger(e)
	e.resize(640, 480)
	e.c.Capture()
	for _, place := range []string{"page reach", "page board", "page policy"} {
		e.tabTo(place)
		e.c.Capture()
		press, _ := e.c.Focused().(*widget.Press)
		if press == nil {
			t.Fatalf("%s is a %T", place, e.c.Focused())
		}
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(press).Y
		if end := top + press.Size().Height; top < 0 || end > e.c.Size().Height {
			t.Errorf("%s lies from %v to %v of %v", place, top, end, e.c.Size().Height)
		}
	}
}
