package widget

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Bar is a span on a calendar: a ground with an edge at its left in the colour that says what it is, or a broken frame where
// something is missing. It is one picture: the graphics card draws small round corners blurred.
type Bar struct {
	fynewidget.BaseWidget
	p      CalendarBar
	title  *Text
	text   *Text
	raster *canvas.Raster
	drawn  image.Image
	as     barLook
}

// barLook is all that the drawing of a bar depends on.
type barLook struct {
	w, h               int
	fill, stroke, edge color.NRGBA
	dashed             bool
}

// What a bar is made of, in device-independent pixels.
const (
	barRadius = 5
	barEdge   = 4
	barDash   = 4
	barInset  = 10 // of the words
)

func newBar(p CalendarBar) *Bar {
	b := &Bar{p: p}
	tone, said := theme.Text, theme.Muted
	if p.Gap {
		tone, said = theme.Sev1, theme.Sev1
	}
	b.title, b.text = NewText(p.Title, Strong(theme.Caption, tone)), NewText(p.Text, Plain(theme.Caption, said))
	b.raster = canvas.NewRaster(b.draw)
	b.ExtendBaseWidget(b)
	return b
}

// Children returns what is said.
func (b *Bar) Children() []fyne.CanvasObject { return []fyne.CanvasObject{b.title, b.text} }

// CreateRenderer draws it.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(b.raster, b.title, b.text), layout: b.layout, refresh: func() {
			b.title.Refresh()
			b.text.Refresh()
			b.raster.Refresh()
		},
		min: func() fyne.Size { return fyne.NewSquareSize(1) },
	}
}

// layout says as much as there is room for: all, the title, its short form, or nothing.
func (b *Bar) layout(size fyne.Size) {
	b.raster.Resize(size)
	line, room := b.title.MinSize().Height, size.Width-barInset-6
	both := size.Height >= 2*line+4
	words := b.p.Title
	if style := b.title.style; style.measure(words) > room {
		if words = b.p.Brief; style.measure(words) > size.Width-barEdge-5 {
			words = ""
		} else if first := style.measure(shorten(b.p.Title, room, style)); room > 64 && first > 0 {
			words = b.p.Title
		}
	}
	b.title.Set(words, b.title.style.Tone)
	b.title.Hidden = words == ""
	x := float32(barInset)
	if words == b.p.Brief && words != b.p.Title {
		x = barEdge + max(floor((size.Width-barEdge-b.title.style.measure(words))/2), 1)
	}
	wide, said := min(ceil(b.title.style.measure(words)), size.Width-x), ""
	for _, text := range []string{b.p.Short, b.p.Text} {
		left := room
		if !both {
			left -= wide + 8
		}
		if words == b.p.Title && text != "" && (b.text.style.measure(text) <= left || text == b.p.Text && b.p.Short == "" && left > 80) {
			said = text
		}
	}
	b.text.Set(said, b.text.style.Tone)
	b.text.Hidden = said == ""
	if b.text.Hidden || !both {
		Place(b.title, x, floor((size.Height-line)/2), wide, line)
		Place(b.text, x+wide+8, floor((size.Height-line)/2), max(room-wide-8, 0), line)
		return
	}
	top := floor((size.Height - 2*line) / 2)
	Place(b.title, x, top, room, line)
	Place(b.text, x, top+line, room, line)
}

func (b *Bar) look(w, h int) barLook {
	l := barLook{w: w, h: h, fill: nrgba(theme.Of(theme.Raised)), edge: nrgba(theme.Of(b.p.Edge)), dashed: b.p.Gap || b.p.Wanted}
	switch {
	case b.p.Gap:
		l.fill, l.stroke = nrgba(theme.Of(theme.Burning)), nrgba(theme.Of(theme.Sev1))
	case b.p.Wanted:
		l.fill, l.stroke = color.NRGBA{}, nrgba(theme.Of(theme.Sev2))
	case b.p.Faint:
		l.fill, l.stroke = nrgba(theme.Of(theme.Surface)), nrgba(theme.Of(theme.Line))
	}
	return l
}

// draw draws the ground, the edge and the frame for w times h pixels.
func (b *Bar) draw(w, h int) image.Image {
	as := b.look(w, h)
	if b.drawn != nil && b.as == as {
		return b.drawn
	}
	scale := float64(w) / math.Max(float64(b.Size().Width), 1)
	b.drawn, b.as = as.paint(scale), as
	return b.drawn
}

func (l barLook) paint(scale float64) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, l.w, l.h))
	radius, line := math.Min(barRadius*scale, float64(min(l.w, l.h))/2), math.Max(math.Round(scale), 1)
	edge := barEdge * scale
	for y := range l.h {
		for x := range l.w {
			inside := depth(float64(x)+0.5, float64(y)+0.5, float64(l.w), float64(l.h), radius)
			if inside <= -0.5 {
				continue
			}
			c := l.fill
			switch {
			case !l.dashed && float64(x) < edge:
				c = l.edge
			case l.stroke.A > 0 && inside < line && (!l.dashed || dash(x, y, l, scale)):
				c = l.stroke
			}
			c.A = uint8(float64(c.A) * math.Min(inside+0.5, 1))
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

// dash reports whether a pixel on the frame is in one of its strokes, and not between two.
func dash(x, y int, l barLook, scale float64) bool {
	along := x
	if edge := int(2*scale) + 1; x < edge || x >= l.w-edge {
		along = y
	}
	return int(float64(along)/(barDash*scale))%2 == 0
}

// depth returns how far a point lies inside a rectangle with round corners, in pixels; below nought it is outside.
func depth(x, y, w, h, radius float64) float64 {
	dx, dy := math.Max(math.Max(radius-x, x-(w-radius)), 0), math.Max(math.Max(radius-y, y-(h-radius)), 0)
	if dx > 0 && dy > 0 {
		return radius - math.Hypot(dx, dy)
	}
	return math.Min(math.Min(x, w-x), math.Min(y, h-y))
}
