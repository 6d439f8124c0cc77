package widget

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"

	"github.com/tsugi-app/tsugi/app/theme"
)

// laid is words where they stand in a paragraph.
type laid struct {
	text  *canvas.Text
	style Style
	line  int
}

// laidLine is a line where it stands.
type laidLine struct {
	top, tall float32
	hard      bool // ended by whoever wrote it
}

// letterAt returns how many letters of the paragraph stand before a place. What lies above or below it
// is before or behind all.
func (f *Flow) letterAt(at fyne.Position) int {
	if at.Y < 0 {
		return 0
	}
	n, line := 0, sort.Search(len(f.lines), func(i int) bool { return f.lines[i].top > at.Y })-1
	if at.Y >= f.tall {
		line = len(f.lines)
	}
	for _, l := range f.laid {
		x := l.text.Position().X
		if l.line > line || l.line == line && at.X < x {
			break
		}
		n += utf8.RuneCountInString(l.text.Text)
		if l.line == line && at.X < x+l.text.Size().Width {
			n += l.before(at.X-x) - utf8.RuneCountInString(l.text.Text)
			break
		}
	}
	return n
}

// before returns how many letters lie left of x, which is counted from the first.
func (l laid) before(x float32) int {
	letters := []rune(l.text.Text)
	return sort.Search(len(letters), func(n int) bool {
		return l.reach(letters[:n])/2+l.reach(letters[:n+1])/2 > x
	})
}

func (l laid) reach(letters []rune) float32 {
	if len(letters) == 0 {
		return 0
	}
	return l.style.measure(string(letters))
}

// Mark shows the letters from one number to another as selected.
func (f *Flow) Mark(from, to int) {
	if from == f.from && to == f.to {
		return
	}
	f.from, f.to, f.marks = from, to, nil
	f.eachMarked(func(l laid, before, marked []rune) {
		x, end := l.text.Position().X+l.reach(before), l.text.Position().X+l.reach(slices.Concat(before, marked))
		ground := canvas.NewRectangle(theme.Of(fynetheme.ColorNameSelection))
		Place(ground, floor(x), f.lines[l.line].top, ceil(end-x), f.lines[l.line].tall)
		f.marks = append(f.marks, ground)
	})
	canvas.Refresh(f)
}

// Marked returns what is selected, with the line breaks of whoever wrote it.
func (f *Flow) Marked() string {
	var all strings.Builder
	last := -1
	f.eachMarked(func(l laid, _, marked []rune) {
		for ; last >= 0 && last < l.line; last++ {
			if f.lines[last].hard {
				all.WriteByte('\n')
			}
		}
		last = l.line
		all.WriteString(string(marked))
	})
	return all.String()
}

func (f *Flow) eachMarked(visit func(l laid, before, marked []rune)) {
	n := 0
	for _, l := range f.laid {
		letters := []rune(l.text.Text)
		from, to := min(max(f.from-n, 0), len(letters)), min(max(f.to-n, 0), len(letters))
		if from < to {
			visit(l, letters[:from], letters[from:to])
		}
		n += len(letters)
	}
}
