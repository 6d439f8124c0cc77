package prose_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/sync/id"
)

// short tells a tree in one line, so that a table of cases can be read.
func short(t prose.Text) string { return blocks(t.Blocks) }

func blocks(in []prose.Block) string {
	out := make([]string, 0, len(in))
	for _, b := range in {
		switch b.Kind {
		case prose.Paragraph:
			out = append(out, "p("+spans(b.Spans)+")")
		case prose.Heading:
			out = append(out, "h"+string(rune('0'+b.Level))+"("+spans(b.Spans)+")")
		case prose.Quote:
			out = append(out, "q("+blocks(b.Blocks)+")")
		case prose.Code:
			out = append(out, "code:"+b.Language+"("+b.Source+")")
		case prose.Rule:
			out = append(out, "---")
		case prose.List:
			items := ""
			for _, i := range b.Items {
				items += []string{"*", "o", "x"}[i.Task] + blocks(i.Blocks)
			}
			out = append(out, map[bool]string{true: "ol", false: "ul"}[b.Ordered]+"("+items+")")
		case prose.Table:
			rows := ""
			for _, r := range b.Rows {
				for _, c := range r {
					rows += "|" + map[bool]string{true: ">", false: ""}[c.Right] + spans(c.Spans)
				}
				rows += "/"
			}
			out = append(out, "table("+rows+")")
		}
	}
	return strings.Join(out, " ")
}

func spans(in []prose.Span) string {
	out := ""
	for _, s := range in {
		w := s.Words
		switch s.Kind {
		case prose.Verbatim:
			w = "`" + w + "`"
		case prose.Link:
			w = "<" + w + " " + s.Target + ">"
		case prose.Mention, prose.Tag, prose.Incident:
			w = "{" + w + "}"
		case prose.Words:
		}
		for sign, on := range map[string]bool{"B": s.Bold, "I": s.Italic, "S": s.Strike} {
			if on {
				w = sign + "[" + w + "]"
			}
		}
		out += w
	}
	return out
}

func names() prose.Names {
	ada := prose.Who{Person: id.New[id.Person]()}
	return prose.Names{"ada": ada, "adasample": ada, "imoc": {Role: "imoc"}}
}

func TestWhatPeopleWriteIsRead(t *testing.T) {
	t.Parallel()
	p, known := prose.New(), names()
	for source, want := range map[string]string{
		"":                                     "",
		"db-7 is out of disk":                  "p(db-7 is out of disk)",
		"one\ntwo":                             "p(one\ntwo)",
		"one\n\ntwo":                           "p(one) p(two)",
		"a **b** _c_ ~~d~~ `e*f*`":             "p(a B[b] I[c] S[d] `e*f*`)",
		"# One\n### Three\n###### Six":         "h1(One) h3(Three) h3(Six)",
		"- a\n- b\n  - c":                      "ul(*p(a)*p(b) ul(*p(c)))",
		"3. a\n4. b":                           "ol(*p(a)*p(b))",
		"- [ ] a\n- [x] b":                     "ul(op(a)xp(b))",
		"> a\n> b":                             "q(p(a\nb))",
		"```go\nx := 1\n\ty\n```":              "code:go(x := 1\n    y)",
		"|a|b|\n|-|-:|\n|1|**2**|\n|3|":        "table(|a|>b/|1|>B[2]/|3|>/)",
		"a\n\n---\n\nb":                        "p(a) --- p(b)",
		"a\n---":                               "p(a) ---", // not a heading: people draw lines
		"trace:\n    at one\n        at two":   "p(trace:\n    at one\n        at two)",
		"<b>x</b> <script>y</script>":          "p(<b>x</b> <script>y</script>)",
		"<div>\nx\n</div>":                     "p(<div>\nx\n</div>)",
		"AT&T &amp; db_7 2*3*4":                "p(AT&T &amp; db_7 2I[3]4)",
		`\*not\* \@ada \#tag`:                  "p(*not* @ada #tag)",
		"[w](https://a.example/x)":             "p(<w https://a.example/x>)",
		"https://a.example/x?y=1, and":         "p(<https://a.example/x?y=1 https://a.example/x?y=1>, and)",
		"see http://db-7:8080/x.":              "p(see <http://db-7:8080/x http://db-7:8080/x>.)",
		"tsugi://incident/12":                  "p(<tsugi://incident/12 tsugi://incident/12>)",
		"ada@sample.example":                   "p(<ada@sample.example mailto:ada@sample.example>)",
		"[x](javascript:alert(1))":             "p(x)",
		"[x](file:///etc/passwd)":              "p(x)",
		"<data:text/html,x>":                   "p(data:text/html,x)",
		"![a graph](https://t.example/p.png)":  "p(<a graph https://t.example/p.png>)",
		"![](https://t.example/p.png)":         "p(<https://t.example/p.png https://t.example/p.png>)",
		"[https://good](https://evil.example)": "p(<https://evil.example https://evil.example>)",
		"@Ada Sample and @ada, @nobody":        "p({@Ada Sample} and {@ada}, @nobody)",
		"@imoc: x@ada (@ada.sample)":           "p({@imoc}: x@ada ({@ada.sample}))",
		"#checkout #12 a#b #db-7.":             "p({#checkout} #12 a#b {#db-7}.)",
		"INC-12 INC-0 INC-12a XINC-3 inc-4":    "p({INC-12} INC-0 INC-12a XINC-3 inc-4)",
		"**@ada #x INC-3**":                    "p(B[{@ada}]B[ ]B[{#x}]B[ ]B[{INC-3}])",
		"`@ada #x INC-3`":                      "p(`@ada #x INC-3`)",
		"a\x00b\x1b[31m \u202Ec\r\nd \xff":     "p(ab[31m c\nd \uFFFD)",
		"   ":                                  "p(   )",
	} {
		if got := short(p.Parse(source, known)); got != want {
			t.Errorf("%q is read as %q, want %q", source, got, want)
		}
	}
}

func TestAMentionSaysWhoIsMeant(t *testing.T) {
	t.Parallel()
	known := names()
	var who []prose.Who
	prose.New().Parse("- @Ada Sample\n- |@imoc", known).Each(func(s prose.Span) {
		if s.Kind == prose.Mention {
			who = append(who, s.Who)
		}
	})
	if len(who) != 1 || who[0] != known["ada"] {
		t.Errorf("mentioned are %v", who)
	}
}

func TestPlainWordsAreKnownAsPlain(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		"": true, "a b\nc": true, "50 % (of 100), 10:02, 3.5 and x = y!": true, "a **b**": false, "a\n\nb": false, "#x": false,
	} {
		if words, is := prose.New().Parse(source, nil).Plain(); is != want || is && words != source {
			t.Errorf("%q is plain: %v, want %v; its words are %q", source, is, want, words)
		}
	}
}

func TestCopiedAsTextItReadsWithoutMarkup(t *testing.T) {
	t.Parallel()
	source := "# Now\n**db-7** is [full](https://a.example)\n\n1. stop\n2. free\n   - [x] logs\n\n> said\n\n|a|b|\n|-|-|\n|1|2|\n\n```\ncode\n```"
	want := "Now\n\ndb-7 is full (https://a.example)\n\n1. stop\n2. free\n   - [x] logs\n\n> said\n\na | b\n1 | 2\n\ncode"
	if diff := cmp.Diff(want, prose.New().Parse(source, nil).String()); diff != "" {
		t.Error(diff)
	}
}

// bombs are texts that were made to be slow, or deep, or large.
func bombs() []string {
	bricks := []string{
		">", "> ", "- ", "1. ", "* ", "> - ", "[", "![", "[a](", "[a][", "[]", "*", "_", "*a_", "*a **b ", "~~a", "`", "`a", "``` ",
		"<", "<a", "<!--", "http://a", "http://a.b ", "a@b ", "www.a.", "|a", "|a|b|\n|-|-|\n", "|", "a|", "|-", "\\", "&a;", "\n- a",
		"\t", "[a]: b\n", "#", "(", "\x00", "\xff", "\u202E", "e\u0301\u0302\u0303", "😀", "@ada ", "@a.b-c_", "#a", "INC-1", "@@", "##", "\n", "\n\n",
		"    ", "- [ ] a\n", "[x] ", "a\n>", "x\n\n", "-\n", "1)\n",
	}
	var out []string
	for _, b := range bricks {
		out = append(out, strings.Repeat(b, 20_000/utf8.RuneCountInString(b)), strings.Repeat(b, 1_000_000/len(b)))
	}
	var stairs, table strings.Builder
	for i := 0; stairs.Len() < 20_000; i++ {
		stairs.WriteString(strings.Repeat("  ", i) + "- a\n")
	}
	for range 40 {
		table.WriteString(strings.Repeat("|-", 200) + "|\n")
	}
	return append(out, stairs.String(), table.String(), strings.Repeat(strings.Repeat("> ", 47)+"a\n", 200), strings.Repeat(strings.Repeat("> ", 10_000)+"\n", 50))
}

func TestBombsEndQuicklyAndLoseNothing(t *testing.T) {
	t.Parallel()
	p, known := prose.New(), names()
	for _, bomb := range bombs() {
		began := time.Now() //nolint:forbidigo // what is measured is the time itself
		sound(t, p.Parse(bomb, known))
		if took := time.Since(began); took > 2*time.Second { //nolint:forbidigo // a loaded machine; one that grows with the square takes minutes
			t.Errorf("%.30q × %d took %v", bomb, len(bomb), took)
		}
	}
}

// sound checks what is promised of every tree.
func sound(t interface{ Errorf(string, ...any) }, text prose.Text) {
	if d := depth(text.Blocks); d > prose.MaxDepth {
		t.Errorf("the tree is %d deep", d)
	}
	n := 0
	text.Each(func(s prose.Span) {
		n++
		if !utf8.ValidString(s.Words) || strings.ContainsAny(s.Words, "\x00\r\u202E\u2066") || s.Words == "" {
			t.Errorf("a span says %q", s.Words)
		}
		if s.Kind == prose.Link && !prose.Openable(s.Target) {
			t.Errorf("a link leads to %q", s.Target)
		}
	})
	if n > prose.MaxNodes+1 {
		t.Errorf("the tree has %d spans", n)
	}
}

func depth(in []prose.Block) int {
	deepest := 0
	for _, b := range in {
		if b.Kind == prose.Quote {
			deepest = max(deepest, 1+depth(b.Blocks))
		}
		for _, i := range b.Items {
			deepest = max(deepest, 1+depth(i.Blocks))
		}
	}
	return deepest
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a **b**", "> - 1. x\n\n```go\ny\n```", "|a|\n|-|\n|b|", "@Ada Sample #x INC-3 <http://a> ![b](c)", "\x00\xff\u202E"} {
		f.Add(s)
	}
	p, known := prose.New(), names()
	f.Fuzz(func(t *testing.T, source string) {
		text := p.Parse(source, known)
		sound(t, text)
		_ = text.String()
	})
}

// languages returns the names behind fences, which are kept and not shown.
func languages(in []prose.Block) string {
	out := ""
	for _, b := range in {
		out += " " + b.Language + languages(b.Blocks)
		for _, i := range b.Items {
			out += languages(i.Blocks)
		}
	}
	return out
}

func TestWordsBehindAFenceAreShown(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"~~~~alpha": "code:(alpha)", "```go\nx := 1\n```": "code:go(x := 1)", "``` not code\nbut words": "code:(not code\nbut words)",
	} {
		if got := short(prose.New().Parse(source, names())); got != want {
			t.Errorf("%q is read as %q, want %q", source, got, want)
		}
	}
}

func TestNoLetterIsLost(t *testing.T) {
	t.Parallel()
	p, known := prose.New(), names()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{
			"alpha", "beta", "**", "_", "`", "> ", "- ", "1. ", "\n", "\n\n", " ", "#", "@ada", "INC-3", "|", "~~", "<i>", "(", "    ",
		}), 0, 40).Draw(t, "words")
		source := strings.Join(words, "")
		text := p.Parse(source, known)
		sound(t, text)
		said := text.String() + languages(text.Blocks)
		for _, w := range []string{"alpha", "beta", "ada", "INC-3"} {
			if got, want := strings.Count(said, w), strings.Count(source, w); got != want {
				t.Fatalf("%q has %d × %s, read it has %d: %q", source, want, w, got, said)
			}
		}
	})
}

func TestAMemoryReadsAgainWhenSomebodyCame(t *testing.T) {
	t.Parallel()
	m := prose.NewMemory()
	if got := short(m.Of("@ada, *look*")); got != "p(@ada, I[look])" {
		t.Errorf("read as %q", got)
	}
	m.Know(names())
	if got := short(m.Of("@ada, *look*")); got != "p({@ada}, I[look])" {
		t.Errorf("read as %q once she is known", got)
	}
}

func BenchmarkParse(b *testing.B) {
	p, known := prose.New(), names()
	for name, source := range map[string]string{
		"plain": "orders in the north go through again, the south still waits for the replay of what was held back",
		"rich":  "**db-7** is _full_, see https://wiki.example.com/x:\n- [x] stop writers\n- [ ] free `/var`\n\n> @ada #db INC-3",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p.Parse(source, known)
			}
		})
	}
}
