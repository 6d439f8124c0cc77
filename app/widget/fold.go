package widget

import (
	"math"

	"fyne.io/fyne/v2"
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
	label *Text
	row   *Tap
	wide  float32  // for which the child is tall high
	tall  float32  //
	undo  []func() // brings back what is hidden of the child
}

// NewFold returns child, folded where it is long.
func NewFold(child fyne.CanvasObject, p FoldParams) *Fold {
	f := &Fold{p: p, child: child, wide: -1, label: NewText("", Plain(theme.Caption, theme.Gold))}
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
	return f.whole(width) > theme.Scaled(proseLeading)*(foldLines+foldSlack)
}

// whole returns the height of all of the child. What is hidden of it counts.
func (f *Fold) whole(width float32) float32 {
	if width != f.wide {
		f.restore()
		f.wide, f.tall = width, HeightFor(f.child, width)
	}
	return f.tall
}

// shown returns how much of the child is shown at width.
func (f *Fold) shown(width float32) float32 {
	if !f.long(width) || f.p.Open {
		return f.whole(width)
	}
	return theme.Scaled(proseLeading) * foldLines
}

// HeightFor returns the height of what is shown, and of the line under it.
func (f *Fold) HeightFor(width float32) float32 {
	if !f.long(width) {
		return f.whole(width)
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
		objects: these(f.child, f.row), layout: f.layout,
		min: func() fyne.Size { return fyne.NewSize(0, f.HeightFor(f.Size().Width)) },
		refresh: func() {
			f.child.Refresh()
			f.row.Refresh()
			f.layout(f.Size())
		},
	}
}

func (f *Fold) layout(size fyne.Size) {
	f.restore()
	shown, whole := f.shown(size.Width), f.whole(size.Width)
	Place(f.child, 0, 0, size.Width, whole)
	if f.row.Hidden = !f.long(size.Width); f.row.Hidden {
		return
	}
	words := f.p.Less
	if !f.p.Open {
		words = f.p.More(int(math.Ceil(float64((whole - shown) / theme.Scaled(proseLeading)))))
		f.cut(f.child, 0, shown)
	}
	f.label.Set(words, theme.Gold)
	Place(f.row, 0, shown, min(NaturalWidth(f.row), size.Width), HeightFor(f.row, size.Width))
}

func (f *Fold) restore() {
	for _, again := range f.undo {
		again()
	}
	f.undo = nil
}

// cut hides what lies below a height, in an object whose top is at y. Nothing is clipped: the toolkit's painters forget
// the room of a list in which something else is clipped.
func (f *Fold) cut(o fyne.CanvasObject, y, limit float32) {
	if !o.Visible() || y+o.Size().Height <= limit {
		return
	}
	if flow, words := o.(*Flow); words {
		flow.limit(max(limit-y, 1))
		f.undo = append(f.undo, func() { flow.limit(0) })
		return
	}
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		children = o.Objects
	case parent:
		children = o.Children()
	}
	size := o.Size()
	_, box := o.(*Box)
	_, rule := o.(*Rule)
	switch {
	case y < limit && len(children) > 0:
		for _, child := range children {
			f.cut(child, y+child.Position().Y, limit)
		}
	case y < limit && (box || rule):
		o.Resize(fyne.NewSize(size.Width, limit-y))
		f.undo = append(f.undo, func() { o.Resize(size) })
	default:
		o.Hide()
		f.undo = append(f.undo, o.Show)
	}
}
