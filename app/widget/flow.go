package widget

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Noto Sans: how far it reaches above and below the baseline, in parts of its size.
const (
	ascent  = 1.069
	descent = 0.293
)

// monoAscent is the same of DejaVu Sans Mono, the toolkit's letters of one width.
const monoAscent = 0.928

// Span is a run of words in one style.
type Span struct {
	Words string
	Style Style
	Link  int // what the words open, as Flow.OnOpen is told; 0 is nothing
}

// Flow is a paragraph of words in several sizes, weights and colours on common baselines. It wraps
// at its width; its height follows from it, see HeightFor.
type Flow struct {
	fynewidget.BaseWidget
	OnOpen  func(link int) // a click on words that are a link, or nil
	spans   []Span
	leading float32
	drawn   []fyne.CanvasObject
	width   float32 // at which it is drawn, tall high
	tall    float32
	laid    []laid              // the words among what is drawn
	lines   []laidLine          // on which they stand
	grounds []fyne.CanvasObject // under words that stand on one
	marks   []fyne.CanvasObject // under what is selected
	from    int                 // what is selected, in letters
	to      int                 //
	most    float32             // up to what height it is drawn; 0 is all of it
	asked   float32             // the width of the last question
	answer  float32
}

// NewFlow returns a paragraph with lines at least leading high.
func NewFlow(leading float32, spans ...Span) *Flow {
	f := &Flow{spans: spans, leading: theme.Scaled(leading), width: -1, asked: -1}
	f.ExtendBaseWidget(f)
	return f
}

// Set changes the words.
func (f *Flow) Set(spans ...Span) {
	if slices.Equal(f.spans, spans) {
		return
	}
	f.spans, f.asked = spans, -1
	f.Refresh()
}

// Words returns what the paragraph says.
func (f *Flow) Words() string {
	var all strings.Builder
	for _, s := range f.spans {
		all.WriteString(s.Words)
	}
	return all.String()
}

// Natural returns the width of the longest line when nothing wraps.
func (f *Flow) Natural() float32 {
	widest := float32(0)
	for _, l := range breakLines(f.spans, 1e6) {
		widest = max(widest, l.width)
	}
	return ceil(widest)
}

// HeightFor returns the height at width.
func (f *Flow) HeightFor(width float32) float32 {
	if width == f.width {
		return f.tall
	}
	if width != f.asked { // rows in columns in rows ask for it several times
		f.asked, f.answer = width, f.heightOf(breakLines(f.spans, width))
	}
	return f.answer
}

// CreateRenderer draws the paragraph.
func (f *Flow) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: func() []fyne.CanvasObject {
			if len(f.grounds)+len(f.marks) == 0 {
				return f.drawn
			}
			return slices.Concat(f.grounds, f.marks, f.drawn)
		},
		layout: func(size fyne.Size) {
			if size.Width != f.width {
				f.set(size.Width)
			}
		},
		min: func() fyne.Size {
			if f.width < 0 {
				return fyne.NewSize(0, f.leading)
			}
			return fyne.NewSize(0, f.tall)
		},
		refresh: func() { f.set(max(f.Size().Width, 0)); canvas.Refresh(f) },
	}
}

func (f *Flow) set(width float32) {
	lines := breakLines(f.spans, width)
	f.drawn, f.width, f.tall = f.drawn[:0:0], width, f.heightOf(lines)
	f.laid, f.lines, f.grounds, f.marks, f.from, f.to = f.laid[:0:0], f.lines[:0:0], nil, nil, 0, 0
	y := float32(0)
	for _, l := range lines {
		tall := l.tall(f.leading)
		if f.most > 0 && y+tall > f.most {
			break // what is hidden costs nothing
		}
		base := floor((tall-(ascent+descent)*l.size)/2) + floor(ascent*l.size+0.5)
		f.lines = append(f.lines, laidLine{top: y, tall: tall, hard: l.hard})
		for _, p := range l.pieces {
			f.draw(p, y+base)
		}
		y += tall
	}
}

// limit draws only the lines that have room in most; it is as high as before. 0 draws all.
func (f *Flow) limit(most float32) {
	if f.most == most {
		return
	}
	if f.most = most; f.width >= 0 {
		f.set(f.width)
		canvas.Refresh(f)
	}
}

func (f *Flow) draw(p piece, base float32) {
	t := canvas.NewText(p.Words, theme.Of(p.Style.Tone))
	t.TextSize, t.TextStyle = p.Style.Size, p.Style.face()
	t.Move(fyne.NewPos(floor(p.x+0.5), base-p.Style.rise()))
	t.Resize(t.MinSize())
	f.laid = append(f.laid, laid{text: t, style: p.Style, line: len(f.lines) - 1})
	if p.Style.Ground != "" || p.Style.Strike || p.Link != 0 {
		f.decorate(p, t, base)
		return
	}
	f.drawn = append(f.drawn, t)
}

// decorate draws words with a ground under them, a line through them, or a place to click on them.
func (f *Flow) decorate(p piece, t *canvas.Text, base float32) {
	bare := strings.TrimRight(p.Words, " ")
	if strings.TrimLeft(bare, " ") == "" {
		f.drawn = append(f.drawn, t)
		return
	}
	x, wide := t.Position().X, ceil(p.Style.measure(bare))
	if p.Style.Ground != "" {
		ground := NewBox(p.Style.Ground, theme.Clear)
		ground.Radius = 4
		Place(ground, x-chipPad, base-floor(p.Style.Size+1), wide+2*chipPad, floor(1.35*p.Style.Size+1))
		f.grounds = append(f.grounds, ground)
	}
	f.drawn = append(f.drawn, t)
	if p.Style.Strike {
		through := canvas.NewRectangle(theme.Of(p.Style.Tone))
		Place(through, x, base-floor(0.3*p.Style.Size), wide, 1)
		f.drawn = append(f.drawn, through)
	}
	if p.Link != 0 && f.OnOpen != nil {
		spot := newSpot(p.Style.Tone, func() { f.OnOpen(p.Link) })
		Place(spot, x, base-floor(p.Style.Size), wide, floor(1.35*p.Style.Size))
		f.drawn = append(f.drawn, spot)
	}
}

func (f *Flow) heightOf(lines []line) float32 {
	sum := float32(0)
	for _, l := range lines {
		sum += l.tall(f.leading)
	}
	return sum
}
