package prose

import "maps"

// mostKept is how many trees are remembered. A text that is read again after it was forgotten costs
// what it did at first.
const mostKept = 2_000

// Memory reads a text once, however often it is shown. It belongs to one goroutine.
type Memory struct {
	parser *Parser
	names  Names
	kept   map[string]Text
}

// NewMemory returns a memory of nothing.
func NewMemory() *Memory { return &Memory{parser: New(), kept: map[string]Text{}} }

// Know says who can be mentioned from now on.
func (m *Memory) Know(names Names) {
	if !maps.Equal(m.names, names) {
		m.names = names
		clear(m.kept)
	}
}

// Of returns the tree of a text.
func (m *Memory) Of(source string) Text {
	if t, known := m.kept[source]; known {
		return t
	}
	t := m.parser.Parse(source, m.names)
	if _, plain := t.Plain(); plain {
		return t // to read it costs as much as to remember it
	}
	if len(m.kept) >= mostKept {
		clear(m.kept)
	}
	m.kept[source] = t
	return t
}
