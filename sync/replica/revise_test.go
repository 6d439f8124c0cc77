package replica_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/stream"
)

func (b *bundle) revise(t *testing.T, in id.Incident, entry id.Entry, seq uint64, text string) {
	t.Helper()
	if err := b.Revise(b.ctx, in, entry, seq, text); err != nil {
		t.Fatal(err)
	}
}

// The last words count, in whatever order word of them comes.
func TestAnEntryIsFoundByTheWordsThatItHasNow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	entry := words("the password is swordfish")
	in := b.told(t, "Checkout fails", entry, words("something else"))
	b.revise(t, in, entry.Entry, 10, "the password was posted here")
	b.wantFound(t, "swordfish")
	b.wantFound(t, "posted", "Checkout fails", "  the password was [posted] here")
	b.revise(t, in, entry.Entry, 9, "an older change that came late")
	b.wantFound(t, "older")
	b.revise(t, in, entry.Entry, 11, "")
	b.wantFound(t, "posted")
	b.wantFound(t, "else", "Checkout fails", "  something [else]")
	b.wantIntegrity(t)
}

func TestAnEntryThatComesAfterItsChangeIsFoundByTheChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	edited, erased := words("swordfish one"), words("swordfish two")
	in := b.told(t, "Checkout fails", edited, erased)
	all := b.server.log[id.Everyone()]
	if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
		t.Fatal(err)
	}
	b.revise(t, in, edited.Entry, 10, "herring one")
	b.revise(t, in, erased.Entry, 11, "")
	if err := b.Filled(b.ctx, stream.Gap{Scope: id.Everyone(), High: uint64(len(all))}, all, 0); err != nil {
		t.Fatal(err)
	}
	b.wantFound(t, "swordfish")
	b.wantFound(t, "herring", "Checkout fails", "  [herring] one")
	b.close(t)
	b.raw(t, "replica.db", `UPDATE projection SET version = version + 1 WHERE name = 'search'`)
	b.open(t)
	if err := b.Index(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.wantFound(t, "swordfish")
	b.wantFound(t, "herring", "Checkout fails", "  [herring] one")
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
			b.revise(t, in, entry.Entry, 10, strings.Repeat("swordfish two ", times))
			b.revise(t, in, entry.Entry, 11, "")
			b.wantFound(t, "swordfish")
			b.wantFound(t, "sw")
			b.wantIntegrity(t)
		})
	}
}

// What was erased is in no file, also where the words were many and in the midst of others. The events' own payloads are
// not the index's to erase: the test does it.
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
			b.revise(t, in, write.Entry, 1000, "")
		}
	}
	b.close(t)
	b.raw(t, "replica.db", `PRAGMA secure_delete = on; UPDATE event SET payload = x'' WHERE instr(payload, 'swordfish') > 0; PRAGMA wal_checkpoint(TRUNCATE)`)
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
