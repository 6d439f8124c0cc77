package widget

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/assets"
)

// strokeWidth is that of every icon, in device-independent pixels at an icon size of 20.
const strokeWidth = 1.6

// Icon is one of the client's own icons, drawn at the exact pixel size in a colour of the look.
type Icon struct {
	fynewidget.BaseWidget
	name   string
	tone   theme.Name
	size   float32
	raster *canvas.Raster
	drawn  image.Image // the last drawing, for w and drawnAs
	as     string
}

// NewIcon returns the icon called name, size wide and high.
func NewIcon(name string, size float32, tone theme.Name) *Icon {
	i := &Icon{name: name, size: theme.Scaled(size), tone: tone}
	i.raster = canvas.NewRaster(i.draw)
	i.ExtendBaseWidget(i)
	return i
}

// NewSeverity returns the shape of a severity: octagon, triangle, diamond, circle or dotted ring.
func NewSeverity(level uint8, size float32) *Icon {
	return NewIcon(severityName(level), size, SeverityTone(level))
}

// SeverityTone returns the colour of a severity.
func SeverityTone(level uint8) theme.Name { return theme.Name(severityName(level)) }

func severityName(level uint8) string {
	return "sev" + strconv.Itoa(int(min(max(level, 1), 5)))
}

// Set changes which icon is shown, and in which colour.
func (i *Icon) Set(name string, tone theme.Name) {
	if i.name == name && i.tone == tone {
		return
	}
	i.name, i.tone = name, tone
	i.Refresh()
}

// Name returns which icon is shown, for tests that look.
func (i *Icon) Name() string { return i.name }

// CreateRenderer draws the icon.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(i.raster),
		layout: func(size fyne.Size) {
			Place(i.raster, floor((size.Width-i.size)/2), floor((size.Height-i.size)/2), i.size, i.size)
		},
		min:     func() fyne.Size { return fyne.NewSquareSize(i.size) },
		refresh: i.raster.Refresh,
	}
}

func (i *Icon) draw(w, h int) image.Image {
	tint := theme.Of(i.tone)
	as := fmt.Sprint(i.name, w, h, tint)
	if i.as != as {
		i.drawn, i.as = drawIcon(i.name, w, h, tint), as
	}
	return i.drawn
}

// drawIcon rasterises the SVG. The renderer of SVGs scales neither strokes nor tints, so both are
// put into the text. An icon that cannot be read is drawn as nothing: a missing picture must not
// take the window down.
func drawIcon(name string, w, h int, tint color.Color) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	text, err := assets.Icon(name)
	if err != nil {
		return out
	}
	r, g, b, _ := tint.RGBA()
	text = strings.ReplaceAll(text, "#000000", fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8))
	text = strings.ReplaceAll(text, "SW", fmt.Sprintf("%.3f", strokeWidth*24/20*float64(w)/24))
	svg, err := oksvg.ReadIconStream(bytes.NewReader([]byte(text)))
	if err != nil {
		return out
	}
	svg.SetTarget(0, 0, float64(w), float64(h))
	premultiplied := image.NewRGBA(out.Bounds())
	svg.Draw(rasterx.NewDasher(w, h, rasterx.NewScannerGV(w, h, premultiplied, premultiplied.Bounds())), 1)
	return premultiplied
}
