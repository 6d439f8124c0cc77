package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/tsugi-app/tsugi/app/theme"
)

// tall is an object whose height follows from its width.
type tall interface{ HeightFor(width float32) float32 }

// tallLayout is a layout whose height follows from its width.
type tallLayout interface {
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

// natural is an object that can be squeezed but knows how wide it would like to be.
type natural interface{ Natural() float32 }

// naturalLayout is a layout that knows how wide it would like to be.
type naturalLayout interface {
	natural(objects []fyne.CanvasObject) float32
}

// HeightFor returns the height that o needs at width.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	switch v := o.(type) {
	case tall:
		return v.HeightFor(width)
	case *fyne.Container:
		if l, ok := v.Layout.(tallLayout); ok {
			return l.heightFor(v.Objects, width)
		}
	}
	return o.MinSize().Height
}

// NaturalWidth returns the width that o would like to have.
func NaturalWidth(o fyne.CanvasObject) float32 {
	switch v := o.(type) {
	case natural:
		return v.Natural()
	case *fyne.Container:
		if l, ok := v.Layout.(naturalLayout); ok {
			return l.natural(v.Objects)
		}
	}
	return o.MinSize().Width
}

func shown(objects []fyne.CanvasObject) []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, 0, len(objects))
	for _, o := range objects {
		if o.Visible() {
			out = append(out, o)
		}
	}
	return out
}

// unknown reports whether a container has no width yet. The toolkit lays it out all the same whenever
// something is put into it, and to break a paragraph at no width measures every letter of it.
func unknown(size fyne.Size) bool { return size.Width <= 0 }

// Space is nothing, w wide and h high.
func Space(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(theme.Of(theme.Clear))
	r.SetMinSize(fyne.NewSize(theme.Scaled(w), theme.Scaled(h)))
	return r
}

// Column lays objects under each other, gap apart, each as wide as the column.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: column{gap}, Objects: objects}
}

type column struct{ gap float32 }

func (c column) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	sum := float32(0)
	for i, o := range shown(objects) {
		if i > 0 {
			sum += c.gap
		}
		sum += HeightFor(o, width)
	}
	return sum
}

func (c column) natural(objects []fyne.CanvasObject) float32 {
	widest := float32(0)
	for _, o := range shown(objects) {
		widest = max(widest, NaturalWidth(o))
	}
	return widest
}

// Layout puts the objects where they belong.
func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if unknown(size) {
		return
	}
	y := float32(0)
	for _, o := range shown(objects) {
		h := HeightFor(o, size.Width)
		Place(o, 0, y, size.Width, h)
		y += h + c.gap
	}
}

// MinSize is the sum of the heights and the largest of the widths.
func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for i, o := range shown(objects) {
		m := o.MinSize()
		size.Width = max(size.Width, m.Width)
		size.Height += m.Height
		if i > 0 {
			size.Height += c.gap
		}
	}
	return size
}

// Row lays objects beside each other, gap apart, in the middle of the height. The object numbered
// fill takes the width that is left; -1 leaves it empty.
func Row(gap float32, fill int, objects ...fyne.CanvasObject) *fyne.Container {
	r := row{gap: gap}
	if fill >= 0 {
		r.fill = objects[fill]
	}
	return &fyne.Container{Layout: r, Objects: objects}
}

// RowTop is Row with everything at the top.
func RowTop(gap float32, fill int, objects ...fyne.CanvasObject) *fyne.Container {
	c := Row(gap, fill, objects...)
	c.Layout = row{gap: gap, fill: objects[fill], top: true}
	return c
}

type row struct {
	gap  float32
	fill fyne.CanvasObject
	top  bool
}

// widths gives each object the width it would like, what is left to the one that fills, and where
// there is too little takes it from whoever can give most, until the next can give as much: long words end in an
// ellipsis, and nobody is left with nothing.
func (r row) widths(objects []fyne.CanvasObject, width float32) []float32 {
	out, left, fill := make([]float32, len(objects)), width, -1
	for i, o := range objects {
		if i > 0 {
			left -= r.gap
		}
		if o == r.fill {
			fill = i
			continue
		}
		out[i] = NaturalWidth(o)
		left -= out[i]
	}
	if fill >= 0 {
		out[fill] = max(left, 0)
	}
	for left < 0 {
		most, next, giver := float32(0), float32(0), -1
		for i, o := range objects {
			switch spare := out[i] - o.MinSize().Width; {
			case i == fill || spare <= 0:
			case spare > most:
				most, next, giver = spare, most, i
			default:
				next = max(next, spare)
			}
		}
		if giver < 0 {
			break
		}
		cut := min(max(most-next, 1), -left)
		out[giver] -= cut
		left += cut
	}
	return out
}

func (r row) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	objects = shown(objects)
	tallest := float32(0)
	for i, w := range r.widths(objects, width) {
		tallest = max(tallest, HeightFor(objects[i], w))
	}
	return tallest
}

func (r row) natural(objects []fyne.CanvasObject) float32 {
	sum := float32(0)
	for i, o := range shown(objects) {
		if i > 0 {
			sum += r.gap
		}
		sum += NaturalWidth(o)
	}
	return sum
}

// Layout puts the objects where they belong.
func (r row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if unknown(size) {
		return
	}
	objects = shown(objects)
	x := float32(0)
	for i, w := range r.widths(objects, size.Width) {
		h, y := HeightFor(objects[i], w), float32(0)
		if !r.top {
			y = max(floor((size.Height-h)/2), 0)
		}
		Place(objects[i], x, y, w, h)
		x += w + r.gap
	}
}

// MinSize is the sum of the widths and the largest of the heights.
func (r row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for i, o := range shown(objects) {
		m := o.MinSize()
		size.Width += m.Width
		size.Height = max(size.Height, m.Height)
		if i > 0 {
			size.Width += r.gap
		}
	}
	return size
}

// Wrap lays objects beside each other and goes on in a new line where there is no room.
func Wrap(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: wrap{gap}, Objects: objects}
}

type wrap struct{ gap float32 }

func (w wrap) arrange(objects []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range shown(objects) {
		ow := min(NaturalWidth(o), width)
		oh := HeightFor(o, ow)
		if x > 0 && x+ow > width {
			x, y, line = 0, y+line+w.gap, 0
		}
		put(o, x, y, ow, oh)
		x, line = x+ow+w.gap, max(line, oh)
	}
	return y + line
}

func (w wrap) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return w.arrange(objects, width, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

func (w wrap) natural(objects []fyne.CanvasObject) float32 { return row{gap: w.gap}.natural(objects) }

// Layout puts the objects where they belong.
func (w wrap) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if unknown(size) {
		return
	}
	w.arrange(objects, size.Width, Place)
}

// MinSize is that of the largest object; the true height follows from the width.
func (w wrap) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range shown(objects) {
		size = size.Max(fyne.NewSize(0, o.MinSize().Height))
	}
	return size
}

// Pad puts space around o.
func Pad(top, right, bottom, left float32, o ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: pad{top: top, right: right, bottom: bottom, left: left}, Objects: o}
}

// On lays objects over each other with the same size; the last is the foremost and says the height.
func On(objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: pad{}, Objects: objects}
}

// Narrow keeps o in the left of the width, most wide at most.
func Narrow(most float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: pad{most: theme.Scaled(most)}, Objects: []fyne.CanvasObject{o}}
}

// Middle keeps o in the middle of the width, most wide at most.
func Middle(most float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: pad{most: theme.Scaled(most), middle: true}, Objects: []fyne.CanvasObject{o}}
}

type pad struct {
	top, right, bottom, left float32
	most                     float32
	middle                   bool
}

func (p pad) inner(width float32) float32 {
	width = max(width-p.left-p.right, 0)
	if p.most > 0 {
		width = min(width, p.most)
	}
	return width
}

func (p pad) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, o := range shown(objects) {
		h = max(h, HeightFor(o, p.inner(width)))
	}
	return h + p.top + p.bottom
}

func (p pad) natural(objects []fyne.CanvasObject) float32 {
	w := float32(0)
	for _, o := range shown(objects) {
		w = max(w, NaturalWidth(o))
	}
	if p.most > 0 {
		w = min(w, p.most)
	}
	return w + p.left + p.right
}

// Layout puts the objects where they belong.
func (p pad) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if unknown(size) {
		return
	}
	w, x := p.inner(size.Width), p.left
	if p.middle {
		x = floor((size.Width - w) / 2)
	}
	for _, o := range objects {
		Place(o, x, p.top, w, max(size.Height-p.top-p.bottom, 0))
	}
}

// MinSize is the largest object's with the space around it.
func (p pad) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range shown(objects) {
		size = size.Max(o.MinSize())
	}
	if p.most > 0 {
		size.Width = min(size.Width, p.most)
	}
	return size.AddWidthHeight(p.left+p.right, p.top+p.bottom)
}

// Fixed gives o a width of its own, so that what stands under each other lines up.
func Fixed(width float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: fixed(theme.Scaled(width)), Objects: []fyne.CanvasObject{o}}
}

type fixed float32

func (f fixed) heightFor(objects []fyne.CanvasObject, _ float32) float32 {
	return HeightFor(objects[0], float32(f))
}

func (f fixed) natural([]fyne.CanvasObject) float32 { return float32(f) }

// Layout keeps a natural width at the left for what is narrower than the cell.
func (f fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// MinSize is the width of the cell.
func (f fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(f), objects[0].MinSize().Height)
}

// Beside lays right at the right of left from a width on, and below it where there is less.
func Beside(from float32, left, right fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &beside{from: theme.Scaled(from)}, Objects: []fyne.CanvasObject{left, right}}
}

const besideGap float32 = 48

type beside struct{ from, width float32 }

func (b *beside) sizes(objects []fyne.CanvasObject, width float32) (left, right fyne.Size) {
	lw, rw := width, width
	if width >= b.from {
		rw = NaturalWidth(objects[1])
		lw = width - rw - besideGap
	}
	return fyne.NewSize(lw, HeightFor(objects[0], lw)), fyne.NewSize(rw, HeightFor(objects[1], rw))
}

func (b *beside) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	left, right := b.sizes(objects, width)
	if width >= b.from {
		return max(left.Height, right.Height)
	}
	return left.Height + besideGap + right.Height
}

// Layout puts the two where they belong.
func (b *beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	b.width = size.Width
	left, right := b.sizes(objects, size.Width)
	Place(objects[0], 0, 0, left.Width, left.Height)
	if size.Width >= b.from {
		Place(objects[1], size.Width-right.Width, 0, right.Width, right.Height)
		return
	}
	Place(objects[1], 0, left.Height+besideGap, right.Width, right.Height)
}

// MinSize is the height at the last known width.
func (b *beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, b.heightFor(objects, b.width))
}

// Fill builds anew what a container holds. The toolkit lays a container out after each Add, which for a page of a thousand
// rows takes a minute; here that is done once, at the end.
func Fill(into *fyne.Container, build func()) {
	layout := into.Layout
	into.Layout = nil
	into.RemoveAll()
	build()
	into.Layout = layout
	into.Refresh()
}
