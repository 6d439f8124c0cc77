package replica_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// edits gives an entry of an incident other words, as its author, and erases takes it away.
func (b *bundle) edits(t tester, in id.Incident, entry id.Entry, text string) {
	t.Helper()
	b.server.do(t, id.Stream(in), b.other(), incident.Edit{Entry: entry, Text: text})
	b.tail(t)
}

func (b *bundle) erases(t tester, in id.Incident, entry id.Entry) {
	t.Helper()
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: entry})
	b.tail(t)
}

func TestAnEntryIsFoundByTheWordsThatItHasNow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	entry := words("the password is swordfish")
	in := b.told(t, "Checkout fails", entry, words("something else"))
	b.edits(t, in, entry.Entry, "the password was posted here")
	b.wantFound(t, "swordfish")
	b.wantFound(t, "posted", "Checkout fails", "  the password was [posted] here")
	b.erases(t, in, entry.Entry)
	b.wantFound(t, "posted")
	b.wantFound(t, "else", "Checkout fails", "  something [else]")
	b.wantIntegrity(t)
}

// Whose words an entry is, is a rule: what somebody else says of them counts for nothing, also where it is here first.
func TestAnEditByAnotherIsNotFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	entry := words("swordfish one")
	in := b.told(t, "Checkout fails", entry)
	before := uint64(len(b.server.log[id.Everyone()]))
	b.server.do(t, id.Stream(in), id.Actor{Person: id.New[id.Person]()}, incident.Edit{Entry: entry.Entry, Text: "herring one"})
	all := b.server.log[id.Everyone()]
	if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
		t.Fatal(err)
	}
	for _, events := range [][]stream.Stored{all[before:], all[:before]} {
		if err := b.Filled(b.ctx, stream.Gap{Scope: id.Everyone(), High: uint64(len(all))}, events, 0); err != nil {
			t.Fatal(err)
		}
	}
	b.wantFound(t, "herring")
	b.wantFound(t, "swordfish", "Checkout fails", "  [swordfish] one")
	b.wantIntegrity(t)
}

// An entry that only had a file gets words when its author gives it some.
func TestAnEntryWithoutWordsIsFoundByThoseThatItIsGiven(t *testing.T) {
	t.Parallel()
	b := setup(t)
	entry := incident.Write{Entry: id.New[id.Entry](), Attachments: []incident.Attachment{{Content: id.Content{1}, Name: "a.png", Size: 3}}}
	in := b.told(t, "Checkout fails", entry)
	b.edits(t, in, entry.Entry, "a graph of the queue")
	b.wantFound(t, "graph", "Checkout fails", "  a [graph] of the queue")
	b.wantIntegrity(t)
}

// history is an incident in which several people wrote, edited and erased, and what is delivered of it: the payloads of
// erased entries come as they were or blank.
func (b *bundle) history(t *rapid.T) (in id.Incident, told []stream.Stored, said int) {
	in = id.New[id.Incident]()
	people := []id.Actor{{Person: id.Person{1}}, {Person: id.Person{2}}, {Person: id.Person{3}}}
	from := len(b.server.log[id.Everyone()])
	b.server.do(t, id.Stream(in), people[0], incident.Declare{Title: "-"})
	entries := []id.Entry{id.New[id.Entry]()}
	for range rapid.IntRange(1, 14).Draw(t, "deeds") {
		by, entry := rapid.SampledFrom(people).Draw(t, "by"), rapid.SampledFrom(entries).Draw(t, "entry")
		text := fmt.Sprintf("word%d", said)
		var c incident.Command
		switch rapid.IntRange(0, 6).Draw(t, "deed") {
		case 0, 1:
			c = incident.Write{Entry: id.New[id.Entry](), Text: text}
		case 2:
			c = incident.Write{Entry: id.New[id.Entry](), Attachments: []incident.Attachment{{Content: id.Content{1}, Name: "a", Size: 3}}}
		case 3:
			c = incident.Erase{Entry: entry}
		default:
			c = incident.Edit{Entry: entry, Text: text}
		}
		state, _ := b.server.states[id.Stream(in)].(incident.Incident)
		if _, err := incident.Decide(state, incident.Given{}, c, by); err != nil {
			continue // of what was erased
		}
		b.server.do(t, id.Stream(in), by, c)
		if w, ok := c.(incident.Write); ok {
			entries = append(entries, w.Entry)
		}
		said++
	}
	told = slices.Clone(b.server.log[id.Everyone()][from:])
	state, _ := b.server.states[id.Stream(in)].(incident.Incident)
	for i := range told {
		for _, entry := range state.Erased {
			if blank, holds, err := wire.Blanked(told[i].Payload, entry); err == nil && holds && rapid.Bool().Draw(t, "blank") {
				told[i].Payload = blank
			}
		}
	}
	return in, told, said
}

// shownWords returns the words that a room shows of the events that are here.
func shownWords(t tester, here []stream.Stored) map[string]bool {
	t.Helper()
	here = slices.Clone(here)
	slices.SortFunc(here, func(a, b stream.Stored) int { return cmp.Compare(a.StreamSeq, b.StreamSeq) })
	var told []incident.Told
	for _, e := range here {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			t.Fatalf("decode: %v", err)
		}
		if fact, ok := event.(incident.Event); ok {
			told = append(told, incident.Told{At: e.Envelope, Event: fact})
		}
	}
	out := map[string]bool{}
	for _, e := range incident.Thread(told) {
		out[e.Text] = true
	}
	return out
}

// Whatever order events arrive in, and however many at once, the index has the words that the room shows of them.
func TestTheIndexHasTheWordsOfTheRoomInWhateverOrderTheyCome(t *testing.T) {
	t.Parallel()
	b := setup(t)
	rapid.Check(t, func(rt *rapid.T) {
		_, told, said := b.history(rt)
		if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
			rt.Fatal(err)
		}
		coming := rapid.Permutation(told).Draw(rt, "order")
		var here []stream.Stored
		for len(coming) > 0 {
			n := rapid.IntRange(1, len(coming)).Draw(rt, "at once")
			here = append(here, coming[:n]...)
			b.apply(rt, stream.Batch{Events: coming[:n], Cursor: b.server.cursor(id.Everyone(), uint64(len(b.server.log[id.Everyone()])))})
			coming = coming[n:]
			if rapid.IntRange(0, 5).Draw(rt, "again") == 0 {
				b.indexAgain(rt)
			}
			shown := shownWords(rt, here)
			for i := range said {
				word := fmt.Sprintf("word%d ", i)
				if found := len(b.search(rt, word, false).Found) > 0; found != shown[strings.TrimSpace(word)] {
					rt.Errorf("%q is found: %v; it is shown: %v", word, found, !found)
				}
			}
		}
	})
	b.wantIntegrity(t)
}

// indexAgain starts the replica with an index of another version, and makes it again.
func (b *bundle) indexAgain(t tester) {
	t.Helper()
	b.close(t)
	b.raw(t, "replica.db", `UPDATE projection SET version = version - 1 WHERE name = 'search'`)
	b.open(t)
	if err := b.Index(b.ctx); err != nil {
		t.Fatalf("index: %v", err)
	}
}

// What a former version left in the index is in no file once the index was made again, whatever it was.
func TestLeftoversOfAFormerIndexAreInNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Checkout fails", words("kept"))
	b.close(t)
	for table, words := range map[string]string{"entry_text (rowid, text)": "swordfish", "subject_text (rowid, title)": "zander"} {
		b.raw(t, "replica.db", fmt.Sprintf(`PRAGMA secure_delete = on; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
		  INSERT INTO %s SELECT i, '%s' || (i * 7919) FROM n`, table, words))
	}
	if !b.holds(t, "wordfish") || !b.holds(t, "zander") {
		t.Fatal("there are no leftovers")
	}
	b.open(t)
	b.wantFound(t, "swordfish7919 ") // it is of nothing that is here
	b.indexAgain(t)
	b.scrub(t)
	b.wantFound(t, "kept", "Checkout fails", "  [kept]")
	for _, word := range []string{"wordfish", "zander"} {
		if b.holds(t, word) {
			t.Errorf("%q is still in a file while the replica is open", word)
		}
	}
	b.wantIntegrity(t)
}

// holds reports whether a word is in the replica's file or in its journal.
func (b *bundle) holds(t tester, word string) bool {
	t.Helper()
	for _, name := range []string{"replica.db", "replica.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(b.dir, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatalf("read: %v", err)
		}
		if bytes.Contains(raw, []byte(word)) {
			return true
		}
	}
	return false
}

// Words that tags share with each other outlive one of them, and vanish with the last.
func TestWordsOfTagsVanishWithTheLastOfThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.told(t, "Checkout fails")
	tags := make([]string, incident.MaxTags)
	for i := range tags {
		tags[i] = fmt.Sprintf("%s%d", strings.Repeat("zander-", 8), i)
		b.server.do(t, id.Stream(in), b.other(), incident.AddTag{Tag: tags[i]})
	}
	b.tail(t)
	for i, tag := range tags {
		b.server.do(t, id.Stream(in), b.other(), incident.RemoveTag{Tag: tag})
		if i == 0 || i == len(tags)-1 { // all others share the words with what is taken out first, and vanish at once
			b.tail(t)
		}
	}
	b.wantFound(t, "zander ")
	b.close(t)
	b.raw(t, "replica.db", `PRAGMA secure_delete = on; UPDATE event SET payload = x'' WHERE instr(payload, 'zander') > 0; DELETE FROM tag; PRAGMA wal_checkpoint(TRUNCATE)`)
	if b.holds(t, "zander") {
		t.Error("the word is still in the file")
	}
	b.open(t)
	b.wantIntegrity(t)
}

// Words that an edited entry shares with what it was before vanish with it, however often they stand there.
func TestWordsThatOutliveAnEditVanishWithTheEntry(t *testing.T) {
	t.Parallel()
	for _, times := range []int{1, 64, 128, 700, 1400} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			entry := words(strings.Repeat("swordfish one ", times))
			in := b.told(t, "Checkout fails", entry, words("something else"))
			b.edits(t, in, entry.Entry, strings.Repeat("swordfish two ", times))
			b.erases(t, in, entry.Entry)
			b.wantFound(t, "swordfish")
			b.wantFound(t, "sw")
			b.wantIntegrity(t)
		})
	}
}

// What was erased is in no file, also where the words were many and in the midst of others.
func TestErasedWordsAreInNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var kept, gone []stream.Command
	for i := range 300 {
		kept = append(kept, words(fmt.Sprintf("kept%d between", i*7919)))
		gone = append(gone, words(fmt.Sprintf("swordfish%d zander%d between", i*7919, i*104729)))
	}
	var in id.Incident
	for i := range kept {
		if i%20 == 0 {
			in = b.told(t, "Checkout fails")
		}
		for _, c := range []stream.Command{kept[i], gone[i]} {
			b.server.do(t, id.Stream(in), b.other(), c)
		}
		b.tail(t)
		if write, ok := gone[i].(incident.Write); ok {
			b.erases(t, in, write.Entry)
		}
	}
	b.close(t)
	raw, err := os.ReadFile(filepath.Join(b.dir, "replica.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"swordfish", "wordfish", "zander"} {
		if n := bytes.Count(raw, []byte(word)); n > 0 {
			t.Errorf("%q is in the file %d times", word, n)
		}
	}
	if !bytes.Contains(raw, []byte("kept")) {
		t.Error("the words that were kept are not in the file either: the test looks in the wrong place")
	}
	b.open(t)
	b.wantIntegrity(t)
}

// What is not sent yet is looked through by rules of our own; they find what the index finds.
func TestTheIndexAndTheRulesAgree(t *testing.T) {
	t.Parallel()
	b := setup(t)
	texts := []string{
		"db-7 is out_of disk", "Ångström ÉTÉ ﬁle", "e\u0301te\u0301 İstanbul STRASSE straße", "東京都の決済", "a東京b 東 京", "データベース ﾃﾞｰﾀ", "서버 장애가",
		"हिन्दी में लिखा", "ไทยเขียน", "x² ½ Ⅳ", "don’t can't", "😀 smile 👩‍👩‍👧", "עִבְרִית العَرَبِيَّة", "\u200bzero\u200bwidth", "12,000.50 €", "CamelCase snake_case",
	}
	in := id.New[id.Incident]()
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "-"})
	for _, text := range texts {
		b.server.do(t, id.Stream(in), b.other(), words(text))
	}
	b.tail(t)
	var asked []string
	for _, text := range texts {
		asked = append(asked, strings.Fields(text)...)
		for i := range []rune(text) {
			asked = append(asked, string([]rune(text)[:i]), string([]rune(text)[i:]), `"`+string([]rune(text)[i:])+`"`)
		}
	}
	for _, typed := range asked {
		q := search.Parse(typed, search.Lexicon{Now: noon}, true)
		if !q.Worded() || q.Narrowed() || len(q.Hints) > 0 || len(q.Words) == 0 {
			continue
		}
		want := 0
		for _, text := range texts {
			if q.Wants(b.other().Person, noon, text) {
				want++
			}
		}
		got := 0
		for _, f := range b.search(t, typed, false).Found {
			got += len(f.Lines) + f.More
		}
		last := q.Words[len(q.Words)-1]
		if letter := last.Prefix && len(last.Words[len(last.Words)-1]) < 3; got != want && !letter { // the index looks up no single one
			t.Errorf("%q is in %d lines by the index, and in %d by the rules: %v", typed, got, want, q.Words)
		}
	}
}
