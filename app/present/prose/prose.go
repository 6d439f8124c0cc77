// Package prose reads what people write: Markdown with the manners of a chat, as a small tree that
// pages draw. It is pure and total. Nothing in the tree is ever fetched: a picture is a link, HTML is
// text, and a link leads only where Openable allows.
package prose

import (
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// The bounds of a tree. What would go beyond them is shown as it was written.
const (
	MaxRunes = 20_000 // as many as an entry may have
	MaxNodes = 4_000  // blocks, items, cells and spans together
	MaxDepth = 6      // lists and quotes inside each other; what lies deeper is shown at this depth
)

// Text is what somebody wrote.
type Text struct{ Blocks []Block }

// BlockKind says what a block is.
type BlockKind uint8

// The kinds of blocks.
const (
	Paragraph BlockKind = iota
	Heading
	List
	Quote
	Code
	Table
	Rule
)

// Block is one part of a text. Which fields are filled follows from its kind.
type Block struct {
	Kind     BlockKind
	Spans    []Span  // of a paragraph and a heading
	Level    int     // of a heading: 1 to 3
	Blocks   []Block // of a quote
	Items    []Item  // of a list
	Ordered  bool    // a list with numbers
	Start    int     // its first number
	Language string  // of code, or empty
	Source   string  // of code, without the last line break
	Rows     []Row   // of a table; the first is its head
}

// Item is one item of a list.
type Item struct {
	Blocks []Block
	Task   Task
}

// Task says whether an item is something to do.
type Task uint8

// The states of an item.
const (
	NoTask Task = iota
	ToDo
	Done
)

// Row is one row of a table. All rows of a table have equally many cells.
type Row []Cell

// Cell is one cell of a table.
type Cell struct {
	Spans []Span
	Right bool // its words end at the right edge
}

// SpanKind says what a span is.
type SpanKind uint8

// The kinds of spans.
const (
	Words SpanKind = iota
	Verbatim
	Link
	Mention
	Tag
	Incident
)

// Span is a run of words in one emphasis. Its words may hold line breaks.
type Span struct {
	Kind   SpanKind
	Words  string
	Bold   bool
	Italic bool
	Strike bool
	Target string // the address of a link, the tag without its mark, the incident's number
	Who    Who    // of a mention
}

// Who is somebody who can be mentioned: a person, or whoever holds a role.
type Who struct {
	Person id.Person
	Role   workspace.RoleKey
}

// Plain returns the words of a text that is one paragraph without any markup, and whether it is.
func (t Text) Plain() (string, bool) {
	if len(t.Blocks) == 0 {
		return "", true
	}
	b := t.Blocks[0]
	if len(t.Blocks) > 1 || b.Kind != Paragraph || len(b.Spans) != 1 {
		return "", false
	}
	return b.Spans[0].Words, b.Spans[0] == Span{Words: b.Spans[0].Words}
}

// Each visits every span of the text in reading order.
func (t Text) Each(visit func(Span)) { each(t.Blocks, visit) }

func each(blocks []Block, visit func(Span)) {
	for _, b := range blocks {
		all(b.Spans, visit)
		each(b.Blocks, visit)
		for _, item := range b.Items {
			each(item.Blocks, visit)
		}
		for _, row := range b.Rows {
			for _, cell := range row {
				all(cell.Spans, visit)
			}
		}
	}
}

func all(spans []Span, visit func(Span)) {
	for _, s := range spans {
		visit(s)
	}
}
