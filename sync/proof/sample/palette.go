package sample

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"slices"
)

// reduce returns a picture in at most 256 colours: every pixel is as near to its original as such a
// palette allows, so that no rare colour is lost. A page of text and plain shapes looks the same and
// takes a third of the room. The same picture always gives the same result.
func reduce(p image.Image) *image.Paletted {
	counts := map[color.RGBA]int{}
	each(p, func(_, _ int, c color.RGBA) { counts[c]++ })
	common := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(number(a), number(b)))
	})
	palette := cover(common, 0)
	for far := 1; len(palette) > 256; far++ {
		palette = cover(common, far)
	}
	nearest := map[color.RGBA]uint8{}
	for _, c := range common {
		nearest[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(p.Bounds(), palette)
	each(p, func(x, y int, c color.RGBA) { out.SetColorIndex(x, y, nearest[c]) })
	return out
}

// cover returns colours of which one is no further than far, in any channel, from each of those given;
// earlier ones are chosen first. It stops beyond 256.
func cover(colours []color.RGBA, far int) color.Palette {
	var out []color.RGBA
	for _, c := range colours {
		if !slices.ContainsFunc(out, func(o color.RGBA) bool { return distance(o, c) <= far }) {
			out = append(out, c)
		}
		if len(out) > 256 {
			break
		}
	}
	palette := make(color.Palette, len(out))
	for i, c := range out {
		palette[i] = c
	}
	return palette
}

func distance(a, b color.RGBA) int {
	far := 0
	for _, d := range [...]int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B), int(a.A) - int(b.A)} {
		far = max(far, d, -d)
	}
	return far
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
