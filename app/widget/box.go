package widget

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Box is a ground with round corners and a frame. The graphics card draws thin round strokes blurred, so a small box is one
// picture, and a large one is made of plain rectangles and four small pictures, of which those that show nothing are hidden:
// on a machine without a card each costs time in every frame.
type Box struct {
	fynewidget.BaseWidget
	Fill, Stroke theme.Name
	Radius       float32
	Width        float32 // of the frame
	fills        [3]*canvas.Rectangle
	edges        [4]*canvas.Rectangle
	corners      [4]*canvas.Raster
	whole        *canvas.Raster // all of a small box
	cached       [4]image.Image
	cachedAs     corner
}

// wholeMost is the area up to which a box is one picture; more is too large to be kept as pixels.
const wholeMost = 120 * 40

// corner is all that a corner's drawing depends on.
type corner struct {
	px           int
	width        float64
	fill, stroke color.NRGBA
}

// NewBox returns a ground in the colour fill with a one-pixel frame in the colour stroke. Clear
// leaves either away.
func NewBox(fill, stroke theme.Name) *Box {
	b := &Box{Fill: fill, Stroke: stroke, Radius: theme.Radius, Width: 1}
	for i := range b.fills {
		b.fills[i] = canvas.NewRectangle(color.Transparent)
	}
	for i := range b.edges {
		b.edges[i] = canvas.NewRectangle(color.Transparent)
		b.corners[i] = canvas.NewRaster(func(w, _ int) image.Image { return b.corner(i, w) })
	}
	b.whole = canvas.NewRaster(b.drawWhole)
	b.ExtendBaseWidget(b)
	b.paint()
	return b
}

// Set changes the colours.
func (b *Box) Set(fill, stroke theme.Name) {
	if b.Fill == fill && b.Stroke == stroke {
		return
	}
	b.Fill, b.Stroke = fill, stroke
	b.Refresh()
}

// CreateRenderer draws the box.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	objects := make([]fyne.CanvasObject, 0, 12)
	for _, f := range b.fills {
		objects = append(objects, f)
	}
	for i := range b.edges {
		objects = append(objects, b.edges[i], b.corners[i])
	}
	objects = append(objects, b.whole)
	return &renderer{
		objects: these(objects...), layout: b.layout, refresh: b.paint,
		min: func() fyne.Size { return fyne.NewSquareSize(2 * b.Radius) },
	}
}

func (b *Box) layout(s fyne.Size) {
	b.show(s)
	if !b.whole.Hidden {
		Place(b.whole, 0, 0, s.Width, s.Height)
		return
	}
	r, w, h := min(b.Radius, floor(min(s.Width, s.Height)/2)), s.Width, s.Height
	Place(b.fills[0], r, 0, w-2*r, h)
	Place(b.fills[1], 0, r, r, h-2*r)
	Place(b.fills[2], w-r, r, r, h-2*r)
	Place(b.edges[0], r, 0, w-2*r, b.Width)
	Place(b.edges[1], r, h-b.Width, w-2*r, b.Width)
	Place(b.edges[2], 0, r, b.Width, h-2*r)
	Place(b.edges[3], w-b.Width, r, b.Width, h-2*r)
	Place(b.corners[0], 0, 0, r, r)
	Place(b.corners[1], w-r, 0, r, r)
	Place(b.corners[2], 0, h-r, r, r)
	Place(b.corners[3], w-r, h-r, r, r)
}

// show hides what a box of this size and these colours does not need.
func (b *Box) show(s fyne.Size) {
	fill, stroke := nrgba(theme.Of(b.Fill)).A > 0, nrgba(theme.Of(b.Stroke)).A > 0 && b.Width > 0
	small := b.Radius > 0 && s.Width*s.Height <= wholeMost
	b.whole.Hidden = !small || !fill && !stroke
	b.fills[0].Hidden = small || !fill
	b.fills[1].Hidden, b.fills[2].Hidden = b.fills[0].Hidden || b.Radius == 0, b.fills[0].Hidden || b.Radius == 0
	for i := range b.edges {
		b.edges[i].Hidden = small || !stroke
		b.corners[i].Hidden = small || b.Radius == 0 || !fill && !stroke
	}
}

func (b *Box) paint() {
	b.layout(b.Size())
	for _, f := range b.fills {
		f.FillColor = theme.Of(b.Fill)
		f.Refresh()
	}
	for i := range b.edges {
		b.edges[i].FillColor = theme.Of(b.Stroke)
		b.edges[i].Refresh()
		b.corners[i].Refresh()
	}
	b.whole.Refresh()
}

// drawWhole draws a box of w times h pixels.
func (b *Box) drawWhole(w, h int) image.Image {
	img, scale := image.NewNRGBA(image.Rect(0, 0, w, h)), float32(w)/max(b.Size().Width, 1)
	px := min(int(b.Radius*scale+0.5), w/2, h/2)
	line := max(int(b.Width*scale+0.5), 1)
	fill, stroke := nrgba(theme.Of(b.Fill)), nrgba(theme.Of(b.Stroke))
	for y := range h {
		for x := range w {
			c := fill
			if stroke.A > 0 && min(x, y, w-1-x, h-1-y) < line {
				c = stroke
			}
			img.SetNRGBA(x, y, c)
		}
	}
	for i := range b.corners {
		at := image.Pt((i&1)*(w-px), (i>>1)*(h-px))
		draw.Draw(img, image.Rectangle{Min: at, Max: at.Add(image.Pt(px, px))}, b.corner(i, px), image.Point{}, draw.Src)
	}
	return img
}

func (b *Box) corner(i, px int) image.Image {
	as := corner{px: px, fill: nrgba(theme.Of(b.Fill)), stroke: nrgba(theme.Of(b.Stroke))}
	if b.Radius > 0 {
		as.width = float64(b.Width) * float64(px) / float64(b.Radius)
	}
	if b.cachedAs != as {
		b.cachedAs, b.cached = as, [4]image.Image{}
	}
	if b.cached[i] == nil {
		b.cached[i] = drawCorner(as, i&1 == 1, i&2 == 2)
	}
	return b.cached[i]
}

// drawCorner draws a quarter of a filled circle with a stroke that lies inside it, each pixel by the
// share of it that is covered.
func drawCorner(c corner, right, bottom bool) image.Image {
	img, r := image.NewNRGBA(image.Rect(0, 0, c.px, c.px)), float64(c.px)
	for y := range c.px {
		for x := range c.px {
			dx, dy := r-float64(x)-0.5, r-float64(y)-0.5
			if right {
				dx = float64(x) + 0.5
			}
			if bottom {
				dy = float64(y) + 0.5
			}
			d := math.Hypot(dx, dy)
			img.SetNRGBA(x, y, over(cover(c.stroke, r-d)*cover01(d-(r-c.width)), cover(c.fill, r-d), c))
		}
	}
	return img
}

// cover01 is the share of a pixel that lies inside, depth being how far its middle is inside.
func cover01(depth float64) float64 { return min(max(depth+0.5, 0), 1) }

func cover(c color.NRGBA, depth float64) float64 { return cover01(depth) * float64(c.A) / 255 }

// over lays the stroke with coverage s over the fill with coverage f.
func over(s, f float64, c corner) color.NRGBA {
	f *= 1 - s
	a := s + f
	if a == 0 {
		return color.NRGBA{}
	}
	mix := func(x, y uint8) uint8 { return uint8((s*float64(x)+f*float64(y))/a + 0.5) }
	return color.NRGBA{
		R: mix(c.stroke.R, c.fill.R), G: mix(c.stroke.G, c.fill.G), B: mix(c.stroke.B, c.fill.B),
		A: uint8(a*255 + 0.5),
	}
}

// nrgba returns c, or no colour for nil: what a look says of a name that it does not have.
func nrgba(c color.Color) color.NRGBA {
	if c == nil {
		return color.NRGBA{}
	}
	n, ok := color.NRGBAModel.Convert(c).(color.NRGBA)
	if !ok {
		return color.NRGBA{}
	}
	return n
}
