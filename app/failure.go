package app

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/assets/words"
)

// Failure is why there is no desk: a trouble, and what the machine said, which may be empty.
type Failure struct {
	present.Trouble
	Cause string
}

// The size of the window of a failure. What needs more is scrolled.
const (
	failureWide = 560
	failureTall = 480
)

// NewFailure returns a small window in place of the desk that could not be opened. Its one button,
// Enter and Escape close it; it is not shown yet.
func NewFailure(a fyne.App, f Failure, w words.Catalog) fyne.Window {
	window := a.NewWindow(w.Start.Title)
	quit := widget.NewButton(widget.ButtonParams{Key: "quit", Words: w.Start.Quit, Look: widget.Gold}, window.Close)
	said := widget.Column(10, widget.NewFlow(28, widget.Span{Words: f.What, Style: widget.Strong(theme.Title, theme.Text)}))
	for _, more := range []string{f.Safe, f.Do} {
		if more != "" {
			said.Add(widget.NewFlow(24, widget.Span{Words: more, Style: widget.Plain(theme.Entry, theme.Text)}))
		}
	}
	if f.Cause != "" {
		said.Add(widget.NewFlow(20, widget.Span{Words: fmt.Sprintf(w.Start.Cause, f.Cause), Style: widget.Plain(theme.Caption, theme.Muted)}))
	}
	said.Add(widget.Pad(10, 0, 0, 0, widget.Row(0, -1, quit)))
	page := widget.Pad(28, 28, 28, 28, widget.RowTop(16, 1, widget.NewIcon("warn", 28, theme.Sev2), said))
	window.SetPadded(false)
	window.SetContent(widget.On(widget.NewGround(theme.Background), widget.NewScroll(page)))
	window.Resize(fyne.NewSize(failureWide, min(widget.HeightFor(page, failureWide), failureTall)))
	window.Canvas().SetOnTypedKey(func(key *fyne.KeyEvent) {
		if key.Name == fyne.KeyEscape {
			window.Close()
		}
	})
	window.Canvas().Focus(quit)
	window.CenterOnScreen()
	return window
}
