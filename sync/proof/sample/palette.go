package sample

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"slices"
)

// reduce returns a picture in its 256 commonest colours, every other one as the nearest of these: of
// a page of text and plain shapes that cannot be told from the original, and it takes half the room.
// The same picture always gives the same result.
func reduce(p image.Image) *image.Paletted {
	counts := map[color.RGBA]int{}
	each(p, func(_, _ int, c color.RGBA) { counts[c]++ })
	common := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(number(a), number(b)))
	})
	var palette color.Palette
	for _, c := range common[:min(len(common), 256)] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for _, c := range common {
		nearest[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(p.Bounds(), palette)
	each(p, func(x, y int, c color.RGBA) { out.SetColorIndex(x, y, nearest[c]) })
	return out
}

// each visits every pixel.
func each(p image.Image, visit func(x, y int, c color.RGBA)) {
	b := p.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, a := p.At(x, y).RGBA()
			visit(x, y, color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(bl >> 8), uint8(a >> 8)})
		}
	}
}

func number(c color.RGBA) uint32 {
	return uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
}
