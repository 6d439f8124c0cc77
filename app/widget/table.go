package widget

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/app/theme"
)

// mostColumns is how many columns fit beside each other. A wider table is shown as it is copied.
const mostColumns = 12

// table returns a table whose cells wrap.
func (p ProseParams) table(b prose.Block) fyne.CanvasObject {
	if len(b.Rows) == 0 || len(b.Rows[0]) == 0 || len(b.Rows[0]) > mostColumns {
		return codeBlock(b.String(), p.Tone)
	}
	g := &grid{columns: len(b.Rows[0])}
	var objects []fyne.CanvasObject
	for i, row := range b.Rows {
		style := Plain(theme.Body, p.Tone)
		if i == 0 {
			style = Strong(theme.Body, p.Tone)
		}
		for _, c := range row {
			objects = append(objects, p.flow(c.Spans, codeLeading, style))
			g.right = append(g.right, c.Right)
		}
	}
	for range b.Rows {
		objects = append(objects, NewRule(theme.Line))
	}
	return &fyne.Container{Layout: g, Objects: objects}
}

// The space around what a cell holds.
const (
	cellGap   float32 = 24
	cellPad   float32 = 5
	cellLeast float32 = 32
)

// grid lays cells in rows of columns, with a line under each row; the lines come after the cells. Where
// there is no room for all columns as they would like to be, the wide ones give way.
type grid struct {
	columns int
	right   []bool // by cell
	natural []float32
	width   float32
	widths  []float32
	heights []float32
}

func (g *grid) arrange(objects []fyne.CanvasObject, width float32) {
	if g.natural == nil {
		g.natural = make([]float32, g.columns)
		for i, cell := range objects[:len(g.right)] {
			g.natural[i%g.columns] = max(g.natural[i%g.columns], NaturalWidth(cell))
		}
	}
	if width == g.width {
		return
	}
	g.width = width
	g.widths = share(g.natural, width-cellGap*float32(g.columns-1))
	g.heights = make([]float32, len(g.right)/g.columns)
	for i, cell := range objects[:len(g.right)] {
		row := i / g.columns
		g.heights[row] = max(g.heights[row], HeightFor(cell, g.widths[i%g.columns])+2*cellPad+1)
	}
}

// share gives every column what it would like to have, or, where that is too much, an equal share of
// what the narrower ones leave.
func share(natural []float32, room float32) []float32 {
	order := make([]int, len(natural))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(natural[a]) - int(natural[b]) })
	out := make([]float32, len(natural))
	for n, i := range order {
		fair := max(floor(room/float32(len(order)-n)), cellLeast)
		out[i] = min(max(natural[i], cellLeast), fair)
		room -= out[i]
	}
	return out
}

func (g *grid) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	g.arrange(objects, width)
	sum := float32(0)
	for _, h := range g.heights {
		sum += h
	}
	return sum
}

// Layout puts the cells and the lines where they belong.
func (g *grid) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if unknown(size) {
		return
	}
	g.arrange(objects, size.Width)
	y := float32(0)
	for row, tall := range g.heights {
		x := float32(0)
		for col, wide := range g.widths {
			i := row*g.columns + col
			own := wide
			if g.right[i] {
				own = min(NaturalWidth(objects[i]), wide)
			}
			Place(objects[i], x+wide-own, y+cellPad, own, tall-2*cellPad-1)
			x += wide + cellGap
		}
		y += tall
		Place(objects[len(g.right)+row], 0, y-1, min(x-cellGap, size.Width), 1)
	}
}

// MinSize is the height at the last known width.
func (g *grid) MinSize([]fyne.CanvasObject) fyne.Size {
	sum := float32(0)
	for _, h := range g.heights {
		sum += h
	}
	return fyne.NewSize(0, sum)
}
