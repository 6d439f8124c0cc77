package theme

import "fyne.io/fyne/v2"

// The sizes that text can have, in per cent.
const (
	Usual    = 100
	Smallest = 80
	Largest  = 200
	Step     = 10
)

// WithText returns the same look with text, icons and rows at percent of their usual size, which is
// kept between Smallest and Largest; 0 is the usual one.
func (t *Theme) WithText(percent int) *Theme {
	if percent == 0 {
		percent = Usual
	}
	other := *t
	other.percent = min(max(percent, Smallest), Largest)
	return &other
}

// Percent returns the size of text.
func (t *Theme) Percent() int { return t.percent }

// Scaled returns a usual size as the running client shows it, in whole pixels.
func Scaled(size float32) float32 {
	a := fyne.CurrentApp()
	if a == nil {
		return size
	}
	if t, ours := a.Settings().Theme().(*Theme); ours {
		return t.scaled(size)
	}
	return size
}

func (t *Theme) scaled(size float32) float32 {
	if t.percent == Usual {
		return size
	}
	return float32(int(size*float32(t.percent)/Usual + 0.5))
}
