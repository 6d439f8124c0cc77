package desktop

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2/theme"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/tsugi-app/tsugi/assets"
)

// iconSize is that of the tray's icon in pixels; trays shrink it to theirs, often to a third.
const iconSize = 64

// countMost is the largest number that can be read at the size of a tray.
const countMost = 9

// windowIconSize is that of a window's icon in pixels: lists of windows show it at up to this size.
const windowIconSize = 128

// WindowIcon returns the client's icon as a PNG. The toolkit could draw the SVG itself, but into a kind of picture for which that
// takes a fifth of the client's start.
func WindowIcon() ([]byte, error) {
	picture, err := drawIcon(windowIconSize)
	if err != nil {
		return nil, err
	}
	return encode(picture)
}

// TrayIcon returns the client's icon as a PNG, with the number of fires on a disc of that colour. With
// none it is the icon alone.
func TrayIcon(fires int, tone color.Color) ([]byte, error) {
	picture, err := drawIcon(iconSize)
	if err != nil {
		return nil, err
	}
	if fires > 0 {
		if err := drawCount(picture, fires, tone); err != nil {
			return nil, fmt.Errorf("draw the icon: %w", err)
		}
	}
	return encode(picture)
}

// drawIcon draws the client's icon.
func drawIcon(size int) (*image.RGBA, error) {
	picture := image.NewRGBA(image.Rect(0, 0, size, size))
	svg, err := oksvg.ReadIconStream(strings.NewReader(assets.AppIcon()))
	if err != nil {
		return nil, fmt.Errorf("draw the icon: %w", err)
	}
	svg.SetTarget(0, 0, float64(size), float64(size))
	svg.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, picture, picture.Bounds())), 1)
	return picture, nil
}

func encode(picture image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("draw the icon: %w", err)
	}
	return out.Bytes(), nil
}

// drawCount draws the disc into the lower right corner, where the bowl is empty, and the number on it.
func drawCount(picture *image.RGBA, fires int, tone color.Color) error {
	const radius, centre = 20.0, iconSize - 21.0
	disc(picture, centre, radius+3, color.RGBA{A: 0xff, R: 0x15, G: 0x13, B: 0x0f}) // a gap to the bowl behind
	disc(picture, centre, radius, tone)
	words := strconv.Itoa(fires)
	if fires > countMost {
		words = strconv.Itoa(countMost) + "+"
	}
	bold, err := opentype.Parse(theme.DefaultTextBoldFont().Content())
	if err != nil {
		return err
	}
	face, err := opentype.NewFace(bold, &opentype.FaceOptions{Size: 36 - 8*float64(len(words)-1), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return err
	}
	defer face.Close() //nolint:errcheck // it holds memory only
	pen := font.Drawer{Dst: picture, Src: image.NewUniform(color.RGBA{A: 0xff, R: 0x15, G: 0x13, B: 0x0f}), Face: face}
	box, _ := pen.BoundString(words)
	pen.Dot = fixed.Point26_6{
		X: fixed.I(int(centre)) - (box.Min.X+box.Max.X)/2,
		Y: fixed.I(int(centre)) - (box.Min.Y+box.Max.Y)/2,
	}
	pen.DrawString(words)
	return nil
}

// disc draws a filled circle with a soft edge around (centre, centre).
func disc(picture *image.RGBA, centre, radius float64, tone color.Color) {
	r, g, b, _ := tone.RGBA()
	for y := range iconSize {
		for x := range iconSize {
			cover := radius + 0.5 - math.Hypot(float64(x)+0.5-centre, float64(y)+0.5-centre)
			if cover = min(max(cover, 0), 1); cover == 0 {
				continue
			}
			under := picture.RGBAAt(x, y)
			mix := func(over uint32, below uint8) uint8 {
				return uint8(math.Round(cover*float64(over>>8) + (1-cover)*float64(below)))
			}
			picture.SetRGBA(x, y, color.RGBA{
				R: mix(r, under.R), G: mix(g, under.G), B: mix(b, under.B), A: mix(0xffff, under.A),
			})
		}
	}
}
