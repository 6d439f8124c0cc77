package widget

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// How much of something long is shown, and how much longer it must be: nobody unfolds three lines.
const (
	foldLines = 20
	foldSlack = 4
)

// FoldParams is how a Fold says what it hides.
type FoldParams struct {
	Open bool
	More func(lines int) string // opens it; lines is how many are hidden
	Less string                 // closes it
	Turn func()                 // somebody wants it the other way round
}

// Fold shows the beginning of something long, with a line under it that shows the rest.
type Fold struct {
	fynewidget.BaseWidget
	p     FoldParams
	child fyne.CanvasObject
	clip  *container.Clip
	label *Text
	row   *Tap
}

// NewFold returns child, folded where it is long.
func NewFold(child fyne.CanvasObject, p FoldParams) *Fold {
	f := &Fold{p: p, child: child, clip: container.NewClip(child), label: NewText("", Plain(theme.Caption, theme.Gold))}
	icon := "down"
	if p.Open {
		icon = "up"
	}
	f.row = NewTap(Pad(3, 6, 3, 0, Row(6, -1, NewIcon(icon, 14, theme.Gold), f.label)), p.Turn)
	f.ExtendBaseWidget(f)
	return f
}

// Long reports whether there is more than is shown, or was before it was opened.
func (f *Fold) Long() bool { return f.long(f.Size().Width) }

// Turn opens it or closes it.
func (f *Fold) Turn() { f.p.Turn() }

func (f *Fold) long(width float32) bool {
	return HeightFor(f.child, width) > theme.Scaled(proseLeading)*(foldLines+foldSlack)
}

// shown returns how much of the child is shown at width.
func (f *Fold) shown(width float32) float32 {
	if !f.long(width) || f.p.Open {
		return HeightFor(f.child, width)
	}
	return theme.Scaled(proseLeading) * foldLines
}

// HeightFor returns the height of what is shown, and of the line under it.
func (f *Fold) HeightFor(width float32) float32 {
	if !f.long(width) {
		return HeightFor(f.child, width)
	}
	return f.shown(width) + HeightFor(f.row, width)
}

// Natural returns the width of what it holds.
func (f *Fold) Natural() float32 { return NaturalWidth(f.child) }

// Children returns what it holds, and the line under it where there is one.
func (f *Fold) Children() []fyne.CanvasObject {
	if !f.Long() {
		return []fyne.CanvasObject{f.child}
	}
	return []fyne.CanvasObject{f.child, f.row}
}

// CreateRenderer draws it.
func (f *Fold) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(f.clip, f.row), layout: f.layout,
		min:     func() fyne.Size { return fyne.NewSize(0, f.HeightFor(f.Size().Width)) },
		refresh: func() { f.child.Refresh(); f.row.Refresh() },
	}
}

func (f *Fold) layout(size fyne.Size) {
	shown := f.shown(size.Width)
	place(f.clip, 0, 0, size.Width, shown)
	f.child.Resize(fyne.NewSize(size.Width, HeightFor(f.child, size.Width)))
	if f.row.Hidden = !f.long(size.Width); f.row.Hidden {
		return
	}
	words := f.p.Less
	if !f.p.Open {
		hidden := HeightFor(f.child, size.Width) - shown
		words = f.p.More(int(math.Ceil(float64(hidden / theme.Scaled(proseLeading)))))
	}
	f.label.Set(words, theme.Gold)
	place(f.row, 0, shown, min(NaturalWidth(f.row), size.Width), HeightFor(f.row, size.Width))
}
