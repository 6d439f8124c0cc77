// Package theme turns the look's tokens into a Fyne theme: ink and paper, one vein of gold.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// Name names a colour of the look. Pages and widgets know colours by name only, so that dark and
// light can change under them.
type Name = fyne.ThemeColorName

// The colours of the look.
const (
	Background Name = "background"
	Surface    Name = "surface"
	Raised     Name = "raised"
	Line       Name = "line"
	Text       Name = "text"
	Muted      Name = "muted"
	Gold       Name = "gold"
	OnGold     Name = "on-gold"
	OnGoldSoft Name = "on-gold-soft" // the shortcut written beside a gold button's words
	Sev1       Name = "sev1"
	Sev2       Name = "sev2"
	Sev3       Name = "sev3"
	Sev4       Name = "sev4"
	Sev5       Name = "sev5"
	Good       Name = "good"
	Burning    Name = "burning" // the ground of a card on which SEV1 burns
	Scrim      Name = "scrim"
	Clear      Name = "clear"
)

// The sizes of type. There are five, and no others.
const (
	Caption float32 = 12
	Body    float32 = 14
	Entry   float32 = 16
	Title   float32 = 20
	Number  float32 = 28
)

// The sizes of things. Everything lies on a grid of four.
const (
	Radius  float32 = 8
	RowTall float32 = 36
	Bar     float32 = 56
	Rail    float32 = 76
)

func sumi() map[Name]color.NRGBA {
	return map[Name]color.NRGBA{
		Background: rgb(0x15130F), Surface: rgb(0x1D1A15), Raised: rgb(0x26221B), Line: rgb(0x39342A),
		Text: rgb(0xF1ECE1), Muted: rgb(0xA89F8E),
		Gold: rgb(0xD9A441), OnGold: rgb(0x15130F), OnGoldSoft: rgb(0x4A3910),
		Sev1: rgb(0xF2555A), Sev2: rgb(0xF28B3C), Sev3: rgb(0xE3BF45), Sev4: rgb(0x6FA8DC), Sev5: rgb(0x9A9283),
		Good: rgb(0x6CB37F), Burning: rgb(0x3A1B19),
		Scrim: {A: 0xA8}, Clear: {},
	}
}

func washi() map[Name]color.NRGBA {
	return map[Name]color.NRGBA{
		Background: rgb(0xFAF7F0), Surface: rgb(0xFFFFFF), Raised: rgb(0xF3EEE2), Line: rgb(0xDDD5C4),
		Text: rgb(0x1F1B14), Muted: rgb(0x6B6353),
		Gold: rgb(0x8A5F0E), OnGold: rgb(0xFFFFFF), OnGoldSoft: rgb(0xF6E9CC),
		Sev1: rgb(0xC3272E), Sev2: rgb(0xA9500A), Sev3: rgb(0x7F6000), Sev4: rgb(0x2B6CB0), Sev5: rgb(0x6B6353),
		Good: rgb(0x2F7A45), Burning: rgb(0xFDEDEA),
		Scrim: {R: 0x1F, G: 0x1B, B: 0x14, A: 0x66}, Clear: {},
	}
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}
