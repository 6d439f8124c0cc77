package prose

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Parser reads Markdown. It may be used from several goroutines.
type Parser struct{ markdown parser.Parser }

// New returns a parser. It knows CommonMark and GitHub's tables, strikes, tasks and bare addresses, but
// no HTML, no underlined headings and no code by indentation: in a chat these are mistakes.
func New() *Parser {
	links := extension.NewLinkifyParser(
		extension.WithLinkifyAllowedProtocols([]string{"http:", "https:", "tsugi:"}),
		extension.WithLinkifyURLRegexp(regexp.MustCompile(`^(?:https?|tsugi)://[^\s<>"`+"`"+`|]+`)),
	)
	return &Parser{markdown: parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200), util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400), util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700), util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(paragraphs{parser.NewParagraphParser()}, 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(extension.NewTaskCheckBoxParser(), 0), util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200), util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500), util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(links, 999),
		),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
	)}
}

// paragraphs takes lines that begin with many spaces as well, which would be code elsewhere.
type paragraphs struct{ parser.BlockParser }

// CanAcceptIndentedLine says that it does.
func (paragraphs) CanAcceptIndentedLine() bool { return true }

// Parse returns the tree of what somebody wrote. Names are who can be mentioned.
func (p *Parser) Parse(source string, names Names) Text {
	source = clean(source)
	if simple(source) || bomb(source) {
		return verbatim(source)
	}
	b := builder{source: []byte(source), names: names}
	blocks := b.blocks(p.markdown.Parse(text.NewReader(b.source)), 0)
	if b.nodes > MaxNodes || len(blocks) == 0 {
		return verbatim(source)
	}
	return Text{Blocks: blocks}
}

// verbatim is a text shown as it was written.
func verbatim(source string) Text {
	if source == "" {
		return Text{}
	}
	return Text{Blocks: []Block{{Kind: Paragraph, Spans: []Span{{Words: source}}}}}
}

// clean takes away what has no place in a text: bytes that are no letters, and the marks that turn the
// direction of what follows, with which one text can be made to look like another.
func clean(source string) string {
	if !strings.ContainsFunc(source, unwanted) {
		return source // a broken byte reads as utf8.RuneError and is unwanted
	}
	source = strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r != utf8.RuneError && unwanted(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(source, "\uFFFD"))
}

func unwanted(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ' || r >= 0x7F && r < 0xA0 || r == utf8.RuneError:
		return true
	default:
		return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
	}
}

// simple reports whether a text certainly holds no markup, so that most of what people write costs a
// glance and no tree.
func simple(source string) bool {
	if strings.ContainsAny(source, "*_~`[]<>#|\\@") || strings.Contains(source, "://") || strings.Contains(source, "www.") ||
		strings.Contains(source, incidentMark) {
		return false
	}
	for line := range strings.SplitSeq(source, "\n") {
		line = strings.TrimLeft(line, " \t")
		if line == "" || strings.IndexByte("-+0123456789", line[0]) >= 0 && listed(line) {
			return false
		}
	}
	return true
}

// listed reports whether a line may begin an item of a list, or be a rule.
func listed(line string) bool {
	rest := strings.TrimLeft(line, "0123456789")
	return rest != "" && strings.IndexByte("-+.)", rest[0]) >= 0
}

// What more of than this nobody writes by hand. Beyond it a reader of Markdown takes time that grows
// with the square.
const (
	mostBrackets = 1_000
	mostMarks    = 4_000
	mostNested   = 48 // marks of quotes and lists at the beginning of one line
)

// bomb reports whether a text is too large to be read, or made to be slow.
func bomb(source string) bool {
	if len(source) > 4*MaxRunes || utf8.RuneCountInString(source) > MaxRunes || strings.Count(source, "[") > mostBrackets {
		return true
	}
	marks := 0
	for _, c := range []byte("*_~`<") {
		marks += strings.Count(source, string(c))
	}
	return marks > mostMarks || nested(source) > mostNested
}

// nested returns how many marks of quotes and lists begin one line at most.
func nested(source string) int {
	most := 0
	for line := range strings.SplitSeq(source, "\n") {
		n := 0
		for ; n <= mostNested; n++ {
			rest := strings.TrimLeft(line, " \t")
			if number := strings.TrimLeft(rest, "0123456789"); len(number) < len(rest) && number != "" && strings.IndexByte(".)", number[0]) >= 0 {
				rest = number
			}
			if rest == "" || strings.IndexByte(">-+*.)", rest[0]) < 0 {
				break
			}
			line = rest[1:]
		}
		most = max(most, n)
	}
	return most
}
