package widget

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Style is how words look.
type Style struct {
	Size   float32
	Bold   bool
	Italic bool
	Mono   bool // letters of one width, for code
	Strike bool
	Tone   theme.Name
	Ground theme.Name // what the words stand on, or empty
}

func (s Style) face() fyne.TextStyle {
	return fyne.TextStyle{Bold: s.Bold, Italic: s.Italic, Monospace: s.Mono}
}

// rise is how far the letters reach above the baseline, in whole pixels.
func (s Style) rise() float32 {
	if s.Mono {
		return floor(monoAscent*s.Size + 0.5)
	}
	return floor(ascent*s.Size + 0.5)
}

// chipPad is how far a ground reaches beyond its words at either side.
const chipPad = 4

func (s Style) pad() float32 {
	if s.Ground == "" {
		return 0
	}
	return chipPad
}

func (s Style) measure(text string) float32 { return fyne.MeasureText(text, s.Size, s.face()).Width }

// measureWord is measure for a word with spaces behind it. The toolkit shapes every text anew that it
// has not seen lately, so the word is measured without them: it was already, or will be again.
func (s Style) measureWord(word string) float32 {
	bare := strings.TrimRight(word, " ")
	width := float32(len(word)-len(bare)) * s.measure(" ")
	if bare != "" {
		width += s.measure(bare)
	}
	return width
}

// Plain returns the style of ordinary words.
func Plain(size float32, tone theme.Name) Style { return Style{Size: theme.Scaled(size), Tone: tone} }

// Strong returns the same in bold.
func Strong(size float32, tone theme.Name) Style {
	return Style{Size: theme.Scaled(size), Tone: tone, Bold: true}
}

// Text is one line of words. Where there is no room for all of them it ends in an ellipsis.
type Text struct {
	fynewidget.BaseWidget
	words string
	style Style
	right bool
	tall  float32 // of a line in its size
	drawn *canvas.Text
}

// NewText returns one line of words.
func NewText(words string, style Style) *Text {
	t := &Text{words: words, style: style, tall: lineTall(style.Size), drawn: canvas.NewText(words, theme.Of(style.Tone))}
	t.ExtendBaseWidget(t)
	t.paint()
	return t
}

// NewTextRight returns one line of words that ends at the right edge.
func NewTextRight(words string, style Style) *Text {
	t := NewText(words, style)
	t.right = true
	return t
}

// Wide returns how wide a column has to be for any of the words, but not less than least, as Fixed takes it: other
// languages have longer ones.
func Wide(least float32, style Style, words ...string) float32 {
	for _, w := range words {
		least = max(least, ceil(style.measure(w))*100/theme.Scaled(100))
	}
	return least
}

// Words returns what the line says.
func (t *Text) Words() string { return t.words }

// Set changes what the line says, and in which colour.
func (t *Text) Set(words string, tone theme.Name) {
	if t.words == words && t.style.Tone == tone {
		return
	}
	t.words, t.style.Tone = words, tone
	t.Refresh()
}

// Natural returns the width that the whole line needs.
func (t *Text) Natural() float32 { return ceil(t.style.measure(t.words)) }

// CreateRenderer draws the line.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(t.drawn),
		layout:  t.layout,
		min:     func() fyne.Size { return fyne.NewSize(0, t.tall) },
		refresh: t.paint,
	}
}

func (t *Text) paint() {
	t.drawn.TextSize, t.drawn.TextStyle, t.drawn.Color = t.style.Size, t.style.face(), theme.Of(t.style.Tone)
	t.layout(t.Size())
	t.drawn.Refresh()
}

func (t *Text) layout(size fyne.Size) {
	t.drawn.Text = shorten(t.words, size.Width, t.style)
	x := float32(0)
	if t.right {
		x = max(floor(size.Width-t.style.measure(t.drawn.Text)), 0)
	}
	// The drawn text gets its own height, a fraction: in more it would be set in the middle, off the grid.
	Place(t.drawn, x, floor((size.Height-t.tall)/2), size.Width-x, t.drawn.MinSize().Height)
}

// lineTall is the height of one line, in whole pixels.
func lineTall(size float32) float32 {
	return ceil(fyne.MeasureText("x", size, fyne.TextStyle{}).Height)
}

func ceil(v float32) float32 {
	if f := floor(v); f < v {
		return f + 1
	}
	return v
}

// shorten returns words, or as many of them as fit into width, with an ellipsis.
func shorten(words string, width float32, style Style) string {
	if width <= 0 || style.measure(words) <= width+0.5 {
		return words
	}
	runes := []rune(words)
	n := sort.Search(len(runes), func(n int) bool { return style.measure(string(runes[:n+1])+"…") > width })
	return string(runes[:n]) + "…"
}

// NewCaps returns a heading of small capitals, set apart by letter: the toolkit has no letter
// spacing, so each letter is a text of its own.
func NewCaps(words string) *Caps {
	c := &Caps{words: words}
	c.ExtendBaseWidget(c)
	for _, r := range words {
		c.letters = append(c.letters, canvas.NewText(string(r), theme.Of(theme.Muted)))
	}
	c.paint()
	return c
}

// Caps is a heading of small capitals. Its words come in capitals from the catalog.
type Caps struct {
	fynewidget.BaseWidget
	words   string
	letters []*canvas.Text
}

// Words returns what the heading says.
func (c *Caps) Words() string { return c.words }

// CreateRenderer draws the heading.
func (c *Caps) CreateRenderer() fyne.WidgetRenderer {
	objects := make([]fyne.CanvasObject, len(c.letters))
	for i, l := range c.letters {
		objects[i] = l
	}
	return &renderer{
		objects: these(objects...), refresh: c.paint,
		layout: func(size fyne.Size) {
			x, y := float32(0), floor((size.Height-lineTall(theme.Scaled(theme.Caption)))/2)
			for _, l := range c.letters {
				Place(l, floor(x+0.5), y, l.MinSize().Width, l.MinSize().Height)
				x += l.MinSize().Width + 0.06*theme.Scaled(theme.Caption)
			}
		},
		min: func() fyne.Size {
			w := float32(0)
			for _, l := range c.letters {
				w += l.MinSize().Width + 0.06*theme.Scaled(theme.Caption)
			}
			return fyne.NewSize(ceil(w), theme.Scaled(20))
		},
	}
}

func (c *Caps) paint() {
	for _, l := range c.letters {
		l.TextSize, l.TextStyle.Bold, l.Color = theme.Scaled(theme.Caption), true, theme.Of(theme.Muted)
		l.Refresh()
	}
}
