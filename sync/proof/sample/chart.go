package sample

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// orders are how many orders a minute the sample chart shows: they break in, and come back a little.
var orders = [...]int{150, 158, 154, 166, 160, 156, 162, 150, 128, 70, 36, 24, 18, 16, 20, 24, 22, 18, 16, 20, 28, 46, 62}

// few is below how many orders a bar is a bad one.
const few = 100

// chart returns the picture that somebody pastes, as PNG.
func chart() ([]byte, error) {
	picture := image.NewNRGBA(image.Rect(0, 0, 840, 240))
	good, bad := color.NRGBA{R: 0x6f, G: 0xa8, B: 0xdc, A: 0xff}, color.NRGBA{R: 0xf2, G: 0x55, B: 0x5a, A: 0xff}
	for i, n := range orders {
		bar := image.Rect(20+i*35, 220-n, 44+i*35, 220)
		tone := good
		if n < few {
			tone = bad
		}
		draw.Draw(picture, bar, image.NewUniform(tone), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("draw the sample chart: %w", err)
	}
	return out.Bytes(), nil
}
