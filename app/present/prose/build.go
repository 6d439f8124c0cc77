package prose

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// builder turns the parser's tree into ours.
type builder struct {
	source []byte
	names  Names
	nodes  int
}

// blocks returns what lies in a node. Beyond MaxDepth what lies in a quote or a list takes its place.
func (b *builder) blocks(in ast.Node, depth int) []Block {
	var out []Block
	for n := in.FirstChild(); n != nil && b.nodes <= MaxNodes; n = n.NextSibling() {
		b.nodes++
		switch n := n.(type) {
		case *ast.Blockquote:
			out = b.quote(out, n, depth)
		case *ast.List:
			out = b.list(out, n, depth)
		case *ast.Heading:
			out = append(out, Block{Kind: Heading, Level: min(n.Level, 3), Spans: b.spans(n, false)})
		case *ast.FencedCodeBlock:
			out = append(out, b.fenced(n))
		case *ast.ThematicBreak:
			out = append(out, Block{Kind: Rule})
		case *east.Table:
			out = append(out, b.table(n))
		default:
			if spans := b.spans(n, depth == 0); len(spans) > 0 {
				out = append(out, Block{Kind: Paragraph, Spans: spans})
			}
		}
	}
	return out
}

func (b *builder) quote(out []Block, n ast.Node, depth int) []Block {
	if depth >= MaxDepth {
		return append(out, b.flat(n, depth)...)
	}
	return append(out, Block{Kind: Quote, Blocks: b.blocks(n, depth+1)})
}

// flat is blocks for what lies too deep. It ends because no line opens more than mostNested of them.
func (b *builder) flat(n ast.Node, depth int) []Block { return b.blocks(n, depth+1) }

func (b *builder) list(out []Block, n *ast.List, depth int) []Block {
	if depth >= MaxDepth {
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			out = append(out, b.flat(item, depth)...)
		}
		return out
	}
	list := Block{Kind: List, Ordered: n.IsOrdered(), Start: n.Start}
	for item := n.FirstChild(); item != nil && b.nodes <= MaxNodes; item = item.NextSibling() {
		b.nodes++
		list.Items = append(list.Items, Item{Blocks: b.blocks(item, depth+1), Task: taskOf(item)})
	}
	return append(out, list)
}

// taskOf looks for the box that the parser puts before an item's first words.
func taskOf(item ast.Node) Task {
	if item.FirstChild() == nil {
		return NoTask
	}
	switch box, is := item.FirstChild().FirstChild().(*east.TaskCheckBox); {
	case !is:
		return NoTask
	case box.IsChecked:
		return Done
	default:
		return ToDo
	}
}

// fenced returns what stands between fences. What is written behind the first is the name of a language only where it is one
// word and code follows; everything else is somebody's words, and is shown.
func (b *builder) fenced(n *ast.FencedCodeBlock) Block {
	out, behind := Block{Kind: Code, Source: b.code(n)}, ""
	if n.Info != nil {
		behind = strings.TrimSpace(string(n.Info.Segment.Value(b.source)))
	}
	switch {
	case behind == "":
	case out.Source == "":
		out.Source = behind
	case strings.ContainsAny(behind, " \t"):
		out.Source = behind + "\n" + out.Source
	default:
		out.Language = behind
	}
	return out
}

func (b *builder) code(n ast.Node) string {
	lines := n.Lines()
	var all strings.Builder
	for i := range lines.Len() {
		segment := lines.At(i)
		all.Write(segment.Value(b.source))
	}
	return strings.ReplaceAll(strings.TrimRight(all.String(), "\n"), "\t", "    ")
}

func (b *builder) table(n *east.Table) Block {
	t := Block{Kind: Table}
	for row := n.FirstChild(); row != nil && b.nodes <= MaxNodes; row = row.NextSibling() {
		cells := make(Row, 0, len(n.Alignments))
		for cell := row.FirstChild(); cell != nil && len(cells) < len(n.Alignments); cell = cell.NextSibling() {
			b.nodes++
			right := n.Alignments[len(cells)] == east.AlignRight
			cells = append(cells, Cell{Spans: b.spans(cell, false), Right: right})
		}
		for len(cells) < len(n.Alignments) {
			cells = append(cells, Cell{})
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}
