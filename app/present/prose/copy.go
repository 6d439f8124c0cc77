package prose

import (
	"strconv"
	"strings"
)

// String returns the text as one would write it without markup, for copying: a bullet for an item, its
// address behind a link's words.
func (t Text) String() string { return joined(t.Blocks, "\n\n") }

func joined(blocks []Block, gap string) string {
	out := make([]string, 0, len(blocks))
	for _, b := range blocks {
		out = append(out, b.String())
	}
	return strings.Join(out, gap)
}

// String returns the block without markup.
func (b Block) String() string {
	switch b.Kind {
	case List:
		return b.listed()
	case Quote:
		return "> " + strings.ReplaceAll(joined(b.Blocks, "\n\n"), "\n", "\n> ")
	case Code:
		return b.Source
	case Table:
		return b.tabled()
	case Rule:
		return "---"
	default:
		return WordsOf(b.Spans)
	}
}

func (b Block) listed() string {
	out := make([]string, 0, len(b.Items))
	for i, item := range b.Items {
		mark := "- "
		if b.Ordered {
			mark = strconv.Itoa(b.Start+i) + ". "
		}
		mark += [...]string{NoTask: "", ToDo: "[ ] ", Done: "[x] "}[item.Task]
		deep := "\n" + strings.Repeat(" ", len(mark))
		out = append(out, mark+strings.ReplaceAll(joined(item.Blocks, "\n"), "\n", deep))
	}
	return strings.Join(out, "\n")
}

func (b Block) tabled() string {
	out := make([]string, 0, len(b.Rows))
	for _, row := range b.Rows {
		cells := make([]string, 0, len(row))
		for _, c := range row {
			cells = append(cells, WordsOf(c.Spans))
		}
		out = append(out, strings.Join(cells, " | "))
	}
	return strings.Join(out, "\n")
}

// WordsOf returns the words of spans; behind those of a link that do not tell it stands its address.
func WordsOf(spans []Span) string {
	var all strings.Builder
	for _, s := range spans {
		all.WriteString(s.Words)
		if s.Kind == Link && !strings.Contains(s.Target, s.Words) {
			all.WriteString(" (" + s.Target + ")")
		}
	}
	return all.String()
}
