package replica_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// told is an incident that the server knows, and what happened in it.
func (b *bundle) told(t tester, title string, commands ...stream.Command) id.Incident {
	in := id.New[id.Incident]()
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: title, Severity: 3})
	for _, c := range commands {
		if wish, ok := c.(incident.Command); ok {
			state, _ := b.server.states[id.Stream(in)].(incident.Incident)
			c = incident.Rebase(wish, state, state.Seq)
		}
		b.server.do(t, id.Stream(in), b.other(), c)
	}
	b.tail(t)
	return in
}

func (b *bundle) search(t tester, text string, relevant bool) replica.SearchResult {
	t.Helper()
	q := search.Parse(text, search.Lexicon{Setup: b.Setup(), Self: b.me.Person, Now: noon}, true)
	got, err := b.Search(b.ctx, q, replica.SearchOptions{Limit: 20, Lines: 3, Width: 80, ByRelevance: relevant})
	if err != nil {
		t.Fatalf("search %q: %v", text, err)
	}
	return got
}

// found returns what a person sees: titles and lines, with the words in brackets.
func found(r replica.SearchResult) []string {
	var out []string
	for _, f := range r.Found {
		out = append(out, bracketed(f.Incident.Title, f.Title))
		for _, l := range f.Lines {
			out = append(out, "  "+bracketed(l.Excerpt.Text, l.Excerpt.Marks)+strings.Repeat("…", map[bool]int{true: 1}[l.Pending]))
		}
	}
	return out
}

func bracketed(text string, marks []search.Range) string {
	signs := []rune(text)
	var out strings.Builder
	at := 0
	for _, m := range marks {
		out.WriteString(string(signs[at:m.Start]) + "[" + string(signs[m.Start:m.End]) + "]")
		at = m.End
	}
	return out.String() + string(signs[at:])
}

func (b *bundle) wantFound(t tester, text string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, found(b.search(t, text, false))); d != "" {
		t.Errorf("%q finds (- want):\n%s", text, d)
	}
}

func TestWhatIsWrittenIsFoundByItsWordsAndFacts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Checkout fails", words("db-7 is out of Disk"), incident.AddTag{Tag: "#Payments"}, incident.ChangeSeverity{To: 1, Reason: "all shops in Málaga"})
	b.told(t, "Mail is slow", words("The queue grows. No space left."), incident.ChangeStatus{To: incident.Closed, Reason: "queue drained"})
	for text, want := range map[string][]string{
		"disk":                      {"Checkout fails", "  db-7 is out of [Disk]"},
		"dis":                       {"Checkout fails", "  db-7 is out of [Disk]"},
		"di db":                     nil, // only the last word may be unfinished
		"malaga SHOPS":              {"Checkout fails", "  all [shops] in [Málaga]"},
		"check":                     {"[Checkout] fails"},
		"payments":                  {"Checkout fails"},
		"INC-2":                     {"Mail is slow"},
		"queue":                     {"Mail is slow", "  [queue] drained", "  The [queue] grows. No space left."},
		`"space left"`:              {"Mail is slow", "  The queue grows. No [space left]."},
		`"left space"`:              nil,
		"queue -grows":              {"Mail is slow", "  [queue] drained"},
		"is sev:1":                  {"Checkout fails", "  db-7 [is] out of Disk"},
		"is SEV3":                   {"Mail [is] slow"},
		"#payments":                 {"Checkout fails"},
		"#pay":                      {"Checkout fails"},
		"#pay ":                     nil,
		"-#payments":                {"Mail is slow"},
		"is:open":                   {"Checkout fails"},
		"is:burning":                {"Checkout fails"},
		"is:closed queue":           {"Mail is slow", "  [queue] drained", "  The [queue] grows. No space left."},
		"in:2":                      {"Mail is slow"},
		"in:1 queue":                nil,
		"kind:drill":                nil,
		"after:2025-11-20 disk":     {"Checkout fails", "  db-7 is out of [Disk]"},
		"before:2025-11-20 disk":    nil,
		"after:2025-11-21":          nil,
		"by:ann disk":               nil,
		"sev:":                      nil,
		"disk sev:":                 {"Checkout fails", "  db-7 is out of [Disk]"},
		"":                          nil,
		"is:nonsense is:open check": {"[Checkout] fails"},
	} {
		b.wantFound(t, text, want...)
	}
	if r := b.search(t, "disk", false); !r.Complete || r.More || r.Found[0].Lines[0].Author != b.other().Person || r.Found[0].Lines[0].Entry.IsZero() {
		t.Errorf("the result is %+v", r)
	}
}

func TestWhatIsTypedNeverBreaksTheQuestion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Checkout fails", words(`it says NEAR(a b) OR "text: x" AND not* here`))
	for _, text := range []string{
		`NEAR(a b)`, `near a`, `OR`, `NOT`, `AND`, `"`, `"""`, `*`, `^it`, `text:x`, `{text}: x`, `a + b`, `(`, `-`, `--`, `not*`, `'`, `"it says`,
		`rank`, `entry_text`, "\x00", "\xff", `it -"`, `:`, `sev:-1`, `- "x`, `in:99999999999`, `after:9999`, `before:0001`, `#`, `-#`, `""`, `"" ""`, `by:"`,
	} {
		for _, relevant := range []bool{false, true} {
			b.search(t, text, relevant)
		}
	}
	b.wantFound(t, "says OR her", "Checkout fails", `  it [says] NEAR(a b) [OR] "text: x" AND not* [here]`)
	b.wantFound(t, "says OR nothing")
	b.wantFound(t, `text:x`, "Checkout fails", `  it says NEAR(a b) OR "[text: x]" AND not* here`)
}

func TestScriptsWithoutSpacesAreFoundByAnyPart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "東京都の決済が停止", words("サーバーが応答しない"), words("결제 서버 장애가 발생"), words("数据库error恢复"), words("ÅNGSTRÖM Straße ＡＢＣ"))
	for text, want := range map[string][]string{
		"東京":          {"[東京]都の決済が停止"},
		"京都":          {"東[京都]の決済が停止"},
		"東":           {"[東]京都の決済が停止"},
		"止":           {"東京都の決済が停[止]"},
		"決済が":         {"東京都の[決済が]停止"},
		"停決":          nil,
		"バーが":         {"東京都の決済が停止", "  サー[バーが]応答しない"},
		"장애":          {"東京都の決済が停止", "  결제 서버 [장애]가 발생"},
		"库error恢":     {"東京都の決済が停止", "  数据[库error恢]复"},
		"angstrom":    {"東京都の決済が停止", "  [ÅNGSTRÖM] Straße ＡＢＣ"},
		"abc":         {"東京都の決済が停止", "  ÅNGSTRÖM Straße [ＡＢＣ]"},
		`"都の決済" 停止`:   {"東京[都の決済]が[停止]"},
		"決済 -停止":      nil,
		"決済 after:7d": {"東京都の[決済]が停止"},
	} {
		b.wantFound(t, text, want...)
	}
}

func TestPrivateIncidentsAreFoundAsSuch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Disk of the shop")
	b.wantFound(t, "is:private")
	b.submit(t, id.New[id.Incident](), incident.Declare{Title: "Disk of the mail server", Severity: 1, Private: true})
	b.wantFound(t, "is:private disk", "[Disk] of the mail server")
	b.wantFound(t, "is:private is:closed disk")
}

func TestOwnWordsAreFoundBeforeTheyAreSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.told(t, "Checkout fails", words("disk is full"))
	b.submit(t, in, words("disk is still full"))
	b.submit(t, id.New[id.Incident](), incident.Declare{Title: "Disk of the mail server", Severity: 1})
	b.submit(t, in, incident.ChangeStatus{To: incident.Mitigated})
	b.wantFound(t, "is:open disk", "[Disk] of the mail server")
	b.wantFound(t, "is:mitigated disk", "Checkout fails", "  [disk] is still full…", "  [disk] is full")
	b.wantFound(t, "by:me full", "Checkout fails", "  disk is still [full]…")
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	b.wantFound(t, "still", "Checkout fails", "  disk is [still] full")
	b.wantFound(t, "sev:1", "Disk of the mail server")
}

func TestNewestComeFirstAndTheBestOnRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Kafka kafka kafka", words("x"))
	for i := range 5 {
		b.clock.at = b.clock.at.Add(time.Hour)
		in := id.New[id.Incident]()
		b.submit(t, in, incident.Declare{Title: fmt.Sprint("Number ", i)})
		b.submit(t, in, words("kafka is one word of very many that are said here about quite other things"))
	}
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	newest, best := found(b.search(t, "kafka", false)), found(b.search(t, "kafka", true))
	if len(newest) != 11 || newest[0] != "Number 4" || newest[10] != "[Kafka] [kafka] [kafka]" {
		t.Errorf("newest first: %q", newest)
	}
	if len(best) != 11 || best[0] != "[Kafka] [kafka] [kafka]" {
		t.Errorf("best first: %q", best)
	}
}

func TestTitlesComeBeforeMentionsOnRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Walrus on the payment page")
	b.told(t, "Mail is late", incident.Write{Entry: id.New[id.Entry](), Text: "no walrus here"})
	q := search.Parse("walrus", search.Lexicon{Setup: b.Setup(), Self: b.me.Person, Now: noon}, true)
	got, err := b.Search(b.ctx, q, replica.SearchOptions{Limit: 1, Lines: 3, Width: 80, TitlesFirst: true})
	if want := []string{"[Walrus] on the payment page"}; err != nil || !cmp.Equal(found(got), want) {
		t.Errorf("found is %q, %v; want %q", found(got), err, want)
	}
}

func TestASearchSaysWhatIsNotHereYet(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Checkout fails", words("disk is full"))
	if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
		t.Fatal(err)
	}
	b.wantFound(t, "disk")
	b.wantFound(t, "checkout", "[Checkout] fails")
	if r := b.search(t, "disk", false); r.Complete || !r.Since.IsZero() {
		t.Errorf("with nothing but heads it says %+v", r)
	}
	all := b.server.log[id.Everyone()]
	high := uint64(len(all))
	gap := stream.Gap{Scope: id.Everyone(), High: high}
	if err := b.Filled(b.ctx, gap, all[high-1:], high-1); err != nil {
		t.Fatal(err)
	}
	if r := b.search(t, "disk", false); r.Complete || !r.Since.Equal(all[high-1].Received) || len(r.Found) != 1 {
		t.Errorf("with the newest event it says %+v", r)
	}
	gap.High--
	if err := b.Filled(b.ctx, gap, all, 0); err != nil {
		t.Fatal(err)
	}
	if r := b.search(t, "disk", false); !r.Complete || len(r.Found) != 1 || len(r.Found[0].Lines) != 1 {
		t.Errorf("with everything it says %+v", r)
	}
}

// An index of another version is made again in the background; what arrives meanwhile is found at once.
func TestAnIndexOfAnotherVersionIsMadeAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 230 {
		b.told(t, fmt.Sprint("Incident ", i), words("disk is full"), words("and so is the bucket"))
	}
	b.close(t)
	b.raw(t, "replica.db", `UPDATE projection SET version = version + 1 WHERE name = 'search'`)
	b.open(t)
	b.wantFound(t, "disk")
	in := b.told(t, "New", words("disk again"))
	b.wantFound(t, "disk", "New", "  [disk] again")
	if r := b.search(t, "disk", false); r.Complete {
		t.Error("an index that is not whole calls itself complete")
	}
	if err := b.Index(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.submit(t, in, incident.Retitle{Title: "Newer"})
	r := b.search(t, "disk full in:17", false)
	if len(r.Found) != 1 || len(r.Found[0].Lines) != 1 || !r.Complete {
		t.Errorf("afterwards %+v is found", r)
	}
	if r := b.search(t, "bucket", false); len(r.Found) != 20 || !r.More {
		t.Errorf("afterwards %d are found, and more: %v", len(r.Found), r.More)
	}
	b.wantIntegrity(t)
}

// wantIntegrity fails where the index does not hold exactly what it says it holds.
func (b *bundle) wantIntegrity(t *testing.T) {
	t.Helper()
	b.close(t)
	b.raw(t, "replica.db", `INSERT INTO entry_text (entry_text) VALUES ('integrity-check'); INSERT INTO subject_text (subject_text) VALUES ('integrity-check')`)
	b.open(t)
}

func TestATitleThatChangesIsFoundByItsNewWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Checkout fails", incident.AddTag{Tag: "shop"}, incident.Retitle{Title: "Payments are late"}, incident.RemoveTag{Tag: "shop"})
	b.wantFound(t, "late", "Payments are [late]")
	b.wantFound(t, "#shop ")
	b.wantFound(t, "checkout", "Payments are late", "  [Checkout] fails") // what it was called once is said in the timeline
	b.wantIntegrity(t)
}

func TestSimilarIncidentsAreFoundByTheRareWordsOfATitle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Checkout fails in Berlin", incident.ChangeStatus{To: incident.Closed})
	b.told(t, "Checkout is slow")
	b.told(t, "Mail is down", incident.ChangeStatus{To: incident.Closed})
	b.clock.at = noon.Add(time.Hour)
	b.submit(t, id.New[id.Incident](), incident.Declare{Title: "Nobody can pay at the checkout"})
	for range 30 {
		b.told(t, "Disk of a node is full", incident.ChangeStatus{To: incident.Closed})
	}
	for title, want := range map[string][]string{
		"checkout":                 {"Nobody can pay at the checkout", "Checkout is slow", "Checkout fails in Berlin"},
		"The checkout does not wo": {"Nobody can pay at the checkout", "Checkout is slow", "Checkout fails in Berlin"},
		"check":                    {"Nobody can pay at the checkout", "Checkout is slow", "Checkout fails in Berlin"},
		"mail":                     {"Mail is down"},
		"E-Mail down":              {"Mail is down"},
		"qwertz uiop asdf":         nil,
		"is down":                  nil,
		"":                         nil,
		"coffee machine of the third floor and the node": nil,
	} {
		got, err := b.Similar(b.ctx, title, 5)
		var titles []string
		for _, i := range got {
			titles = append(titles, i.Title)
		}
		if d := cmp.Diff(want, titles); d != "" || err != nil {
			t.Errorf("%q, %v (- want):\n%s", title, err, d)
		}
	}
}

func TestDocumentsOfTheSameSecondAreKeptApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := id.New[id.Stream]()
	var events []stream.Stored
	for i, text := range []string{"one kiwi", "two kiwi", "three kiwi"} { // 65,536 positions apart, in the same second
		payload, err := wire.EncodeEvent(incident.Written{Entry: id.New[id.Entry](), Text: text})
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, stream.Stored{Payload: payload, Envelope: id.Envelope{
			Stream: in, Kind: id.KindIncident, StreamSeq: uint64(i + 2), Scope: id.Everyone(), ScopePos: uint64(i<<16 + 100), Occurred: noon,
		}})
	}
	head := incident.Incident{ID: id.Incident(in), Seq: 4, Title: "Fruit", Severity: workspace.Level(3), DeclaredAt: noon}
	state, err := wire.EncodeState(head)
	if err != nil {
		t.Fatal(err)
	}
	batch := stream.Batch{
		Heads: []stream.Head{{Stream: in, Kind: id.KindIncident, Scope: id.Everyone(), Seq: 4, Version: wire.FoldVersion, State: state}}, Events: events[:2],
		Cursor: b.server.cursor(id.Everyone(), 1),
	}
	b.apply(t, batch)
	batch.Events = events
	b.apply(t, batch) // some of them once more
	if r := b.search(t, "kiwi", false); len(r.Found) != 1 || len(r.Found[0].Lines) != 3 {
		t.Errorf("found %q", found(r))
	}
	b.wantIntegrity(t)
}
