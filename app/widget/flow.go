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

// Span is a run of words in one style.
type Span struct {
	Words string
	Style Style
}

// Flow is a paragraph of words in several sizes, weights and colours on common baselines. It wraps
// at its width; its height follows from it, see HeightFor.
type Flow struct {
	fynewidget.BaseWidget
	spans   []Span
	leading float32
	drawn   []*canvas.Text
	width   float32
	tall    float32
}

// NewFlow returns a paragraph with lines at least leading high.
func NewFlow(leading float32, spans ...Span) *Flow {
	f := &Flow{spans: spans, leading: leading, width: -1}
	f.ExtendBaseWidget(f)
	return f
}

// Set changes the words.
func (f *Flow) Set(spans ...Span) {
	if slices.Equal(f.spans, spans) {
		return
	}
	f.spans = spans
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
	return f.heightOf(breakLines(f.spans, width))
}

// CreateRenderer draws the paragraph.
func (f *Flow) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: func() []fyne.CanvasObject {
			out := make([]fyne.CanvasObject, len(f.drawn))
			for i, d := range f.drawn {
				out[i] = d
			}
			return out
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
	y := float32(0)
	for _, l := range lines {
		tall := l.tall(f.leading)
		base := floor((tall-(ascent+descent)*l.size)/2) + floor(ascent*l.size+0.5)
		for _, p := range l.pieces {
			t := canvas.NewText(p.Words, theme.Of(p.Style.Tone))
			t.TextSize, t.TextStyle = p.Style.Size, p.Style.face()
			t.Move(fyne.NewPos(floor(p.x+0.5), y+base-floor(ascent*p.Style.Size+0.5)))
			t.Resize(t.MinSize())
			f.drawn = append(f.drawn, t)
		}
		y += tall
	}
}

func (f *Flow) heightOf(lines []line) float32 {
	sum := float32(0)
	for _, l := range lines {
		sum += l.tall(f.leading)
	}
	return sum
}
