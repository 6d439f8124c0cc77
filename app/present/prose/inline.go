package prose

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// spans returns the words in a block. Indent keeps the spaces before its lines, which the parser skips.
func (b *builder) spans(block ast.Node, indent bool) []Span {
	w := writer{b: b, indent: indent}
	w.inside(block, Span{})
	w.flush()
	b.nodes += len(w.out)
	return w.out
}

// writer collects the words of one block. Neighbours in one emphasis are joined before marks are looked
// for, because the parser cuts words at every sign that might have been markup.
type writer struct {
	b      *builder
	out    []Span
	raw    strings.Builder
	like   Span
	indent bool
}

func (w *writer) add(raw string, like Span) {
	if like != w.like {
		w.flush()
		w.like = like
	}
	w.raw.WriteString(raw)
}

func (w *writer) flush() {
	if w.raw.Len() > 0 {
		w.out = append(w.out, marked(w.raw.String(), w.like, w.b.names)...)
		w.raw.Reset()
	}
}

// put appends a span that is not looked into.
func (w *writer) put(s Span) {
	w.flush()
	if s.Words != "" {
		w.out = append(w.out, s)
	}
}

func (w *writer) inside(in ast.Node, like Span) {
	for n := in.FirstChild(); n != nil; n = n.NextSibling() {
		w.node(n, like)
	}
}

func (w *writer) node(n ast.Node, like Span) {
	switch n := n.(type) {
	case *ast.Text:
		w.text(n, like)
	case *ast.Emphasis:
		if n.Level == 1 {
			like.Italic = true
		} else {
			like.Bold = true
		}
		w.inside(n, like)
	case *east.Strikethrough:
		like.Strike = true
		w.inside(n, like)
	case *ast.CodeSpan:
		like.Kind, like.Words = Verbatim, strings.ReplaceAll(w.bare(n), "\n", " ")
		w.put(like)
	case *ast.Link:
		w.link(string(n.Destination), w.label(n), like)
	case *ast.Image:
		w.link(string(n.Destination), w.label(n), like)
	case *ast.AutoLink:
		target := string(n.URL(w.b.source))
		if n.AutoLinkType == ast.AutoLinkEmail {
			target = "mailto:" + target
		}
		w.link(target, string(n.Label(w.b.source)), like)
	case *east.TaskCheckBox:
	default:
		w.inside(n, like)
	}
}

func (w *writer) text(n *ast.Text, like Span) {
	if w.indent && (len(w.out) == 0 && w.raw.Len() == 0 || strings.HasSuffix(w.raw.String(), "\n")) {
		w.add(indentBefore(w.b.source, n.Segment.Start), like)
	}
	w.add(string(n.Segment.Value(w.b.source)), like)
	if n.SoftLineBreak() || n.HardLineBreak() {
		w.add("\n", like)
	}
}

// indentBefore returns the white space between the beginning of the line and a place in it, or nothing
// when something else stands there.
func indentBefore(source []byte, at int) string {
	from := at
	for from > 0 && (source[from-1] == ' ' || source[from-1] == '\t') {
		from--
	}
	if from > 0 && source[from-1] != '\n' {
		return ""
	}
	return strings.ReplaceAll(string(source[from:at]), "\t", "    ")
}

// label returns the words of a link or a picture, without emphasis.
func (w *writer) label(n ast.Node) string {
	return string(util.UnescapePunctuations([]byte(w.bare(n))))
}

func (w *writer) bare(n ast.Node) string {
	inner := writer{b: w.b}
	inner.gather(n)
	return inner.raw.String()
}

func (w *writer) gather(in ast.Node) {
	for n := in.FirstChild(); n != nil; n = n.NextSibling() {
		switch t := n.(type) {
		case *ast.Text:
			w.raw.Write(t.Segment.Value(w.b.source))
			if t.SoftLineBreak() || t.HardLineBreak() {
				w.raw.WriteByte('\n')
			}
		case *ast.AutoLink:
			w.raw.Write(t.Label(w.b.source))
		default:
			w.gather(n)
		}
	}
}

// link appends a link, or its words alone when it leads where no link may lead. Words that look like
// another address are replaced by the true one: nobody is led astray.
func (w *writer) link(target, words string, like Span) {
	like.Words = words
	if strings.TrimSpace(words) == "" || misleading(words, target) {
		like.Words = target
	}
	if Openable(target) {
		like.Kind, like.Target = Link, target
	}
	w.put(like)
}

// Openable reports whether a link may lead to target.
func Openable(target string) bool {
	scheme, rest, found := strings.Cut(target, ":")
	if !found || rest == "" || len(target) > maxTarget || strings.ContainsAny(target, " \n\t") {
		return false
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "tsugi":
		return strings.HasPrefix(rest, "//") && len(rest) > 2
	case "mailto":
		return true
	default:
		return false
	}
}

// maxTarget is how long an address may be.
const maxTarget = 4_000

// misleading reports whether words look like an address that target is not.
func misleading(words, target string) bool {
	low := strings.ToLower(strings.TrimSpace(words))
	if !strings.Contains(low, "://") && !strings.HasPrefix(low, "www.") && !strings.HasPrefix(low, "mailto:") {
		return false
	}
	return !strings.Contains(strings.ToLower(target), strings.TrimRight(low, "/"))
}
