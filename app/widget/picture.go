package widget

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Picture is an image in a frame. Its size is known before its pixels are; they are asked for when it is first
// drawn, so that a list may measure thousands.
type Picture struct {
	fynewidget.BaseWidget
	wide, tall float32
	load       func(*Picture)
	image      *canvas.Image
	frame      *Box
	words      *Text
	asked      bool
}

// NewPicture returns a frame for an image of width × height pixels, shrunk to fit into most. load is called once,
// when the picture is drawn for the first time, and calls Fill or Say.
func NewPicture(width, height uint32, most fyne.Size, load func(*Picture)) *Picture {
	p := &Picture{load: load, frame: NewBox(theme.Raised, theme.Line), words: NewText("", Plain(theme.Caption, theme.Muted))}
	p.wide, p.tall = fitInto(float32(max(width, 1)), float32(max(height, 1)), most)
	p.image = canvas.NewImageFromImage(image.NewNRGBA(image.Rect(0, 0, 1, 1)))
	p.image.FillMode, p.image.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
	p.image.Hide()
	p.ExtendBaseWidget(p)
	return p
}

// fitInto returns the size of an image in most, never enlarged and never smaller than one can see.
func fitInto(w, h float32, most fyne.Size) (wide, tall float32) {
	scale := min(most.Width/w, most.Height/h, 1)
	return max(floor(w*scale), 24), max(floor(h*scale), 24)
}

// Fill shows the image.
func (p *Picture) Fill(i image.Image) {
	p.image.Image = i
	p.image.Hidden, p.words.Hidden = false, true
	p.image.Refresh()
	p.Refresh()
}

// Say tells in the frame why there is no image yet.
func (p *Picture) Say(words string) { p.words.Set(words, theme.Muted) }

// Pixels returns the size that the image is to have.
func (p *Picture) Pixels() (width, height int) { return int(p.wide), int(p.tall) }

// Children returns what is said in place of the image.
func (p *Picture) Children() []fyne.CanvasObject { return []fyne.CanvasObject{p.words} }

// HeightFor returns the height at width: a narrow column shrinks the picture.
func (p *Picture) HeightFor(width float32) float32 {
	if width <= 0 || width >= p.wide {
		return p.tall
	}
	return floor(p.tall * width / p.wide)
}

// Natural returns the width.
func (p *Picture) Natural() float32 { return p.wide }

// CreateRenderer draws it, and asks for the pixels.
func (p *Picture) CreateRenderer() fyne.WidgetRenderer {
	if !p.asked && p.load != nil {
		p.asked = true
		p.load(p)
	}
	middle := Centred(p.words)
	return &renderer{
		objects: these(p.frame, p.image, middle),
		layout: func(size fyne.Size) {
			w := min(p.wide, size.Width)
			h := p.HeightFor(size.Width)
			Place(p.frame, 0, 0, w, h)
			Place(p.image, 1, 1, w-2, h-2)
			Place(middle, 0, 0, w, h)
		},
		min:     func() fyne.Size { return fyne.NewSize(24, p.HeightFor(p.Size().Width)) },
		refresh: func() { p.frame.Refresh(); p.image.Refresh(); p.words.Refresh() },
	}
}
