package search_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

var (
	ann  = workspace.Person{ID: id.Person{1}, Name: "Ann Sample"}
	anna = workspace.Person{ID: id.Person{2}, Name: "Anna Other"}
	tom  = workspace.Person{ID: id.Person{3}, Name: "Tomáš Three Words"}
	now  = time.Date(2026, 11, 20, 15, 30, 0, 0, time.FixedZone("there", 3600))
)

func lexicon() search.Lexicon {
	return search.Lexicon{
		Setup: workspace.Default().With(ann, anna, tom), Self: ann.ID, Now: now, Tags: []string{"checkout", "cheese", "payroll"},
	}
}

func word(words ...string) search.Term { return search.Term{Words: words} }

func begun(words ...string) search.Term { return search.Term{Words: words, Prefix: true} }

func day(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, now.Location()) }

func TestWhatIsTypedIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]search.Query{
		"":                         {},
		" \t\n":                    {},
		"Disk full":                {Words: []search.Term{word("disk"), begun("full")}},
		"Disk full ":               {Words: []search.Term{word("disk"), word("full")}},
		`"No space  left" db`:      {Words: []search.Term{word("no", "space", "left"), begun("db")}},
		`"no spa`:                  {Words: []search.Term{begun("no", "spa")}},
		`"no space"`:               {Words: []search.Term{word("no", "space")}},
		"db-7 x":                   {Words: []search.Term{word("db", "7"), begun("x")}},
		"a -test -\"two words\" b": {Words: []search.Term{word("a"), begun("b")}, Without: []search.Term{word("test"), word("two", "words")}},
		"a - b":                    {Words: []search.Term{word("a"), begun("b")}},
		"NEAR(a OR* b":             {Words: []search.Term{word("near", "a"), word("or"), begun("b")}},
		"#Checkout #pay":           {Tags: []string{"checkout"}, TagBegins: "pay"},
		"#checkout -#db ":          {Tags: []string{"checkout"}, WithoutTag: []string{"db"}},
		"#":                        {Hints: []search.Hint{{Operator: search.Tag}}},
		"tag:checkout":             {Tags: []string{"checkout"}},
		"sev:1 x":                  {Severities: []workspace.Level{1}, Words: []search.Term{begun("x")}},
		"SEV:1,2":                  {Severities: []workspace.Level{1, 2}},
		"sev:SEV1 sev2":            {Severities: []workspace.Level{1, 2}},
		`"SEV1"`:                   {Words: []search.Term{word("sev1")}},
		"seven":                    {Words: []search.Term{begun("seven")}},
		"sev:":                     {Hints: []search.Hint{{Operator: search.Severity}}},
		"sev:1,":                   {Severities: []workspace.Level{1}},
		"sev:9":                    {Hints: []search.Hint{{Operator: search.Severity, Value: "9"}}},
		"sev:1,9":                  {Hints: []search.Hint{{Operator: search.Severity, Value: "1,9"}}},
		"-sev:1":                   {Hints: []search.Hint{{Operator: search.Severity, Value: "1", Excluding: true}}},
		"is:burning":               {Statuses: []incident.Status{incident.Open, incident.Mitigated}},
		"is:private is:open":       {Private: true, Statuses: []incident.Status{incident.Open}},
		"is:Closed,invalid":        {Statuses: []incident.Status{incident.Closed, incident.Invalid}},
		"is:op":                    {Hints: []search.Hint{{Operator: search.Status, Value: "op"}}},
		"kind:drill,nearmiss":      {Kinds: []incident.Kind{incident.GameDay, incident.NearMiss}},
		"by:ann":                   {Authors: []id.Person{ann.ID, anna.ID}},
		`by:"ann s"`:               {Authors: []id.Person{ann.ID}},
		"by:tomas":                 {Authors: []id.Person{tom.ID}},
		"by:@words":                {Authors: []id.Person{tom.ID}},
		"by:me":                    {Authors: []id.Person{ann.ID}},
		"by:nobody":                {Hints: []search.Hint{{Operator: search.Author, Value: "nobody"}}},
		"in:INC-214,7":             {Numbers: []uint32{214, 7}},
		"in:inc-":                  {Hints: []search.Hint{{Operator: search.Within, Value: "inc-"}}},
		"after:2026-01-31":         {After: day(1, 31)},
		"after:2026-02-31":         {Hints: []search.Hint{{Operator: search.After, Value: "2026-02-31"}}},
		"after:2026 before:2026-7": {After: day(1, 1), Before: day(7, 1)},
		"after:today before:7d":    {After: day(11, 20), Before: day(11, 13)},
		"after:yesterday":          {After: day(11, 19)},
		"after:12h":                {After: now.Add(-12 * time.Hour)},
		"after:2026-":              {Hints: []search.Hint{{Operator: search.After, Value: "2026-"}}},
		"http://db:5432":           {Words: []search.Term{begun("http", "db", "5432")}},
		"東京都 東":                    {Words: []search.Term{word("東京", "京都"), begun("東")}},
		"＃checkout ＩＳ":             {Tags: []string{"checkout"}, Words: []search.Term{begun("is")}},
		"… !? ()":                  {},
	} {
		if d := cmp.Diff(want, search.Parse(text, lexicon(), true)); d != "" {
			t.Errorf("%q (- want):\n%s", text, d)
		}
	}
	if q := search.Parse("Disk full", lexicon(), false); q.Words[1].Prefix {
		t.Error("a word that is finished may go on")
	}
}

func TestWordsAreCutAndFolded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Hello, World":    "hello world",
		"db-7_x":          "db 7 x",
		"Ångström ÉTÉ":    "angstrom ete",
		"e\u0301te\u0301": "ete",
		"ﬁle ½ x²":        "file 12 x2",
		"東京都":             "東京 京都 都",
		"a東b":             "a 東 b",
		"データ":             "デー ータ タ",
		"서버 장애":           "서버 버 장애 애",
		"😀":               "",
		"İstanbul":        "istanbul",
	} {
		var got []string
		for _, token := range search.Tokens(text) {
			got = append(got, token.Word)
		}
		if have := strings.Join(got, " "); have != want {
			t.Errorf("%q is cut into %q, want %q", text, have, want)
		}
	}
}

func TestAnExcerptShowsTheFirstWordThatWasFound(t *testing.T) {
	t.Parallel()
	q := search.Parse("needle", search.Lexicon{}, true)
	long := strings.Repeat("straw ", 50) + "the needles\n\n  are here " + strings.Repeat("hay ", 50)
	e := q.Excerpt(long, 60)
	if n := utf8.RuneCountInString(e.Text); n > 62 || !strings.HasPrefix(e.Text, "…straw") || !strings.HasSuffix(e.Text, "…") {
		t.Errorf("the excerpt is %q, %d runes", e.Text, n)
	}
	if len(e.Marks) != 1 || string([]rune(e.Text)[e.Marks[0].Start:e.Marks[0].End]) != "needles" {
		t.Errorf("marked is %v in %q", e.Marks, e.Text)
	}
	if e := q.Excerpt(" a\n needle ", 60); e.Text != "a needle" || len(e.Marks) != 1 || e.Marks[0] != (search.Range{Start: 2, End: 8}) {
		t.Errorf("the excerpt is %+v", e)
	}
	if e := q.Excerpt(long[:200], 60); !strings.HasPrefix(e.Text, "straw") || len(e.Marks) != 0 {
		t.Errorf("without the word the excerpt is %+v", e)
	}
}

func TestTypingIsCompleted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":             nil,
		"disk ":        nil,
		"disk":         nil,
		"s":            {"sev:"},
		"x b":          {"by:", "before:"},
		"sev:":         {"sev:1", "sev:2", "sev:3"},
		"sev:1,":       {"sev:1,1", "sev:1,2", "sev:1,3"},
		"is:":          {"is:burning", "is:open", "is:mitigated", "is:resolved", "is:closed", "is:invalid", "is:private"},
		"is:m":         {"is:mitigated"},
		"is:mitigated": nil,
		"x #che":       {"#checkout", "#cheese"},
		"-#p":          {"-#payroll"},
		"by:":          {"by:me", `by:"Anna Other"`, `by:"Tomáš Three Words"`},
		"by:an":        {`by:"Anna Other"`},
		`by:"tomas t`:  {`by:"Tomáš Three Words"`},
		"kind:d":       {"kind:drill"},
		"after:2026":   {"after:2026-11"},
		"in:":          nil,
		"before:":      {"before:today", "before:yesterday", "before:7d", "before:30d", "before:2026-11", "before:2026"},
		`"is`:          nil,
	} {
		var got []string
		for _, c := range search.Complete(text, utf8.RuneCountInString(text), lexicon()) {
			got = append(got, c.Text)
			if c.End != utf8.RuneCountInString(text) || c.Start > c.End {
				t.Errorf("%q: %+v takes no place of what was typed", text, c)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (- want):\n%s", text, d)
		}
	}
	if c := search.Complete("is:m db", 4, lexicon()); len(c) != 1 || c[0].Start != 0 || c[0].End != 4 || !c[0].Whole {
		t.Errorf("in the middle %+v is offered", c)
	}
	if tag, typing := search.TagBegun("x #che", 6); tag != "che" || !typing {
		t.Errorf("the tag is %q, %v", tag, typing)
	}
}

func TestTheRareWordsOfATitleCount(t *testing.T) {
	t.Parallel()
	like := search.Weigh(search.TitleTerms("Checkout is slow in Berlin"), 1000, []int{20, 3})
	if len(like.Terms) != 2 {
		t.Fatalf("compared are %v", like.Terms)
	}
	for title, want := range map[string]bool{"checkout broken": true, "all of Berlinale": true, "Mail is slow": false, "": false} {
		if _, similar := like.Share(title); similar != want {
			t.Errorf("%q is similar: %v", title, similar)
		}
	}
	if _, similar := search.Weigh(nil, 0, nil).Share("x"); similar {
		t.Error("nothing is similar to something")
	}
}

// Anything typed is a query. What a text holds is found by that text itself, and marks lie within it.
func FuzzWhatIsTypedIsAQuery(f *testing.F) {
	for _, seed := range []string{"", "a b", `"`, `-"x`, "sev:1", "#x", "東京 is:open", "by:\"", "after:2026-13-45", "\xff\x00", "ﬁ½", "in:＃3", "-#", "- -- ---", "ｶﾞ", "a\u0301"} {
		f.Add(seed, "some text 東京")
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		l := lexicon()
		q := search.Parse(typed, l, true)
		for _, term := range append(q.Words, q.Without...) {
			for _, w := range term.Words {
				if w == "" || strings.ContainsAny(w, "\"*:^() \x00") {
					t.Fatalf("%q has the word %q", typed, w)
				}
			}
		}
		e := q.Excerpt(text, 20)
		last := 0
		for _, m := range e.Marks {
			if m.Start < last || m.End <= m.Start || m.End > utf8.RuneCountInString(e.Text) {
				t.Fatalf("%q in %q is marked at %v of %q", typed, text, e.Marks, e.Text)
			}
			last = m.End
		}
		for _, c := range search.Complete(typed, len(text), l) {
			if c.Start < 0 || c.End > utf8.RuneCountInString(typed) || c.Start > c.End {
				t.Fatalf("%q goes on with %+v", typed, c)
			}
		}
		own := search.Parse(`"`+strings.Map(func(r rune) rune {
			if strings.ContainsRune(`"“”„«»「」`, r) {
				return ' '
			}
			return r
		}, text)+`"`, l, false)
		if !own.Wants(id.Person{}, now, text) {
			t.Fatalf("%q is not found by itself: %+v", text, own.Words)
		}
	})
}
