package widget

import (
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
)

// ProseParams is how what somebody wrote is shown.
type ProseParams struct {
	Tone   theme.Name              // of ordinary words; empty is theme.Text
	Self   id.Person               // who looks: a mention of them stands out
	Opens  func(s prose.Span) bool // what there is to click; nil is every link and incident
	OnOpen func(s prose.Span)      // a click on it, or nil
}

// NewProse returns what somebody wrote, drawn. One paragraph is a Flow and nothing else, so that what
// most people write costs no more than its words.
func NewProse(t prose.Text, p ProseParams) fyne.CanvasObject {
	if p.Tone == "" {
		p.Tone = theme.Text
	}
	if words, plain := t.Plain(); plain {
		return NewFlow(proseLeading, Span{Words: words, Style: Plain(theme.Entry, p.Tone)})
	}
	return p.blocks(t.Blocks, blockGap, 0)
}

// The measures of prose.
const (
	proseLeading float32 = 24
	codeLeading  float32 = 20
	blockGap     float32 = 8
	bulletWide   float32 = 22
	quoteInset   float32 = 14
)

func (p ProseParams) blocks(blocks []prose.Block, gap float32, depth int) fyne.CanvasObject {
	if len(blocks) == 1 {
		return p.block(blocks[0], depth)
	}
	col := Column(gap)
	for _, b := range blocks {
		col.Add(p.block(b, depth))
	}
	return col
}

func (p ProseParams) block(b prose.Block, depth int) fyne.CanvasObject {
	switch b.Kind {
	case prose.Heading:
		return p.heading(b)
	case prose.List:
		return p.list(b, depth)
	case prose.Quote:
		quoted := p
		quoted.Tone = theme.Muted
		return &fyne.Container{Layout: beam{}, Objects: []fyne.CanvasObject{
			NewRule(theme.Line), quoted.blocks(b.Blocks, blockGap, depth+1),
		}}
	case prose.Code:
		return codeBlock(b.Source, p.Tone)
	case prose.Table:
		return p.table(b)
	case prose.Rule:
		line := NewRule(theme.Line)
		return Pad(4, 0, 4, 0, line)
	default:
		return p.flow(b.Spans, proseLeading, Plain(theme.Entry, p.Tone))
	}
}

func (p ProseParams) heading(b prose.Block) fyne.CanvasObject {
	size, leading := theme.Title, float32(28)
	switch b.Level {
	case 2:
		size, leading = theme.Entry, proseLeading
	case 3:
		size, leading = theme.Body, 20
	}
	return p.flow(b.Spans, leading, Strong(size, p.Tone))
}

// codeBlock is code on a ground of its own. A long line goes on in the next: nothing is hidden.
func codeBlock(source string, tone theme.Name) fyne.CanvasObject {
	style := Style{Size: theme.Scaled(theme.Body), Mono: true, Tone: tone}
	ground := NewBox(theme.Raised, theme.Clear)
	ground.Radius = 6
	return On(ground, Pad(8, 12, 8, 12, NewFlow(codeLeading, Span{Words: source, Style: style})))
}

func (p ProseParams) list(b prose.Block, depth int) fyne.CanvasObject {
	col := Column(2)
	marks := make([]fyne.CanvasObject, len(b.Items))
	wide := bulletWide
	for i, item := range b.Items {
		marks[i] = p.mark(b, i, depth)
		if item.Task == prose.NoTask && b.Ordered {
			wide = max(wide, NaturalWidth(marks[i])+8)
		}
	}
	for i, item := range b.Items {
		inner := p
		if item.Task == prose.Done {
			inner.Tone = theme.Muted
		}
		col.Add(RowTop(0, 1, Fixed(wide, marks[i]), inner.blocks(item.Blocks, 2, depth+1)))
	}
	return col
}

// mark returns what stands before an item: a box, a number, or a bullet that differs by depth. All are
// drawn, because the letters for them come from other fonts and sit elsewhere.
func (p ProseParams) mark(b prose.Block, i, depth int) fyne.CanvasObject {
	switch task := b.Items[i].Task; {
	case task != prose.NoTask:
		return taskBox(task == prose.Done)
	case b.Ordered:
		return NewFlow(proseLeading, Span{Words: strconv.Itoa(b.Start+i) + ".", Style: Plain(theme.Entry, theme.Muted)})
	case depth%2 == 1:
		return Pad(8, 0, 0, 4, Row(0, -1, NewIcon("hollow", 8, theme.Muted)))
	default:
		return Pad(8, 0, 0, 4, Row(0, -1, NewIcon("dot", 8, theme.Muted)))
	}
}

func taskBox(done bool) fyne.CanvasObject {
	box, mark := NewBox(theme.Clear, theme.Muted), Space(14, 14)
	if done {
		box, mark = NewBox(theme.Raised, theme.Muted), NewIcon("tick", 14, theme.Good)
	}
	box.Radius = 4
	return Pad(5, 0, 0, 0, Row(0, -1, On(box, mark)))
}

// flow returns words in one paragraph. A link is known to it by its number.
func (p ProseParams) flow(words []prose.Span, leading float32, like Style) fyne.CanvasObject {
	spans := make([]Span, 0, len(words))
	for i, s := range words {
		span := Span{Words: s.Words, Style: p.style(s, like)}
		if p.OnOpen != nil && p.opens(s) {
			span.Link = i + 1
		}
		spans = append(spans, span)
	}
	f := NewFlow(leading, spans...)
	if p.OnOpen != nil {
		f.OnOpen = func(link int) { p.OnOpen(words[link-1]) }
	}
	return f
}

func (p ProseParams) opens(s prose.Span) bool {
	if p.Opens != nil {
		return p.Opens(s)
	}
	return s.Kind == prose.Link || s.Kind == prose.Incident
}

func (p ProseParams) style(s prose.Span, like Style) Style {
	like.Bold, like.Italic, like.Strike = like.Bold || s.Bold, s.Italic, s.Strike
	switch s.Kind {
	case prose.Verbatim:
		like.Mono, like.Ground, like.Size = true, theme.Raised, like.Size-2
	case prose.Link:
		like.Tone = theme.Gold
	case prose.Incident:
		if p.opens(s) {
			like.Tone = theme.Gold
		}
	case prose.Mention:
		like.Ground, like.Tone = theme.Raised, theme.Text
		if !p.Self.IsZero() && s.Who.Person == p.Self {
			like.Tone = theme.Gold
		}
	case prose.Tag:
		like.Ground, like.Tone = theme.Raised, theme.Muted
	case prose.Words:
	}
	return like
}

// beam lays a line as high as what stands at its right.
type beam struct{}

func (beam) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return HeightFor(objects[1], max(width-quoteInset, 0))
}

func (beam) natural(objects []fyne.CanvasObject) float32 {
	return NaturalWidth(objects[1]) + quoteInset
}

// Layout puts the line at the left.
func (beam) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if unknown(size) {
		return
	}
	Place(objects[0], 0, 0, 2, size.Height)
	Place(objects[1], quoteInset, 0, max(size.Width-quoteInset, 0), size.Height)
}

// MinSize is that of what stands at the right.
func (beam) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[1].MinSize() }
