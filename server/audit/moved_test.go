package audit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/server/audit"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// moved writes incidents that go to another scope: one with words that were erased before, in between and behind, one that
// comes back, and one that everybody sees in the end.
func (b *bundle) moved(t *testing.T) {
	t.Helper()
	for _, back := range []bool{false, true} {
		in := id.New[id.Stream]()
		words := []incident.Write{}
		for range 3 {
			words = append(words, incident.Write{Entry: id.New[id.Entry](), Text: "the password is hunter2"})
		}
		b.push(t, in, incident.Declare{Title: "Not for everybody"})
		for _, w := range words {
			b.push(t, in, w)
		}
		b.push(t, in, incident.Erase{Entry: words[0].Entry, Reason: "a password"})
		b.push(t, in, incident.Conceal{})
		b.push(t, in, incident.Erase{Entry: words[1].Entry, Reason: "a password"})
		if back {
			b.push(t, in, incident.Reveal{})
			b.push(t, in, incident.Conceal{})
			b.push(t, in, incident.Reveal{})
		}
		b.push(t, in, incident.Erase{Entry: words[2].Entry, Reason: "a password"})
	}
	in := id.New[id.Stream]()
	b.push(t, in, incident.Declare{Title: "At first for few", Private: true})
	b.push(t, in, incident.Reveal{})
}

func TestALogInWhichIncidentsWentToOtherScopesVerifies(t *testing.T) {
	t.Parallel()
	b := setup(t, filepath.Join(t.TempDir(), "x.db"))
	b.written(t, 2)
	b.moved(t)
	if r, flaws := verify(t, b.path, audit.Options{}); flaws != "" || r.Moved < 20 || r.Erased != 1+2*3 {
		t.Errorf("while it is open: %+v\n%s", r, flaws)
	}
	b.stop()
	former, flaws := verify(t, b.path, audit.Options{})
	if flaws != "" || former.Signed == nil || former.Signed.Seq != former.Events+former.Moved || former.Mark.Seq != former.Signed.Seq {
		t.Fatalf("%+v\n%s", former, flaws)
	}
	b = setup(t, b.path)
	b.moved(t)
	b.stop()
	if r, flaws := verify(t, b.path, audit.Options{Kept: former.Signed}); flaws != "" || r.Moved <= former.Moved {
		t.Errorf("later: %+v\n%s", r, flaws)
	}
}

// Whoever hides what an incident was before, or takes it back to where everybody sees it, is found.
func TestTamperedTombstonesAreFound(t *testing.T) {
	t.Parallel()
	b := setup(t, filepath.Join(t.TempDir(), "x.db"))
	b.written(t, 1)
	b.moved(t)
	b.stop()
	raw, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	const some = "(SELECT seq FROM tombstone ORDER BY seq LIMIT 1 OFFSET 3)"
	for name, queries := range map[string][]string{
		"one is gone":                 {"DELETE FROM tombstone WHERE seq = " + some},
		"all are gone":                {"DELETE FROM tombstone"},
		"another hash":                {"UPDATE tombstone SET hash = randomblob(32) WHERE seq = " + some},
		"another place":               {"UPDATE tombstone SET scope_pos = scope_pos + 1000 WHERE seq = " + some},
		"another event":               {"UPDATE tombstone SET stream_seq = stream_seq + 1 WHERE seq = " + some},
		"another stream":              {"UPDATE tombstone SET stream = 1 WHERE seq = " + some},
		"it stands for nothing":       {"UPDATE tombstone SET stream_seq = 5000 WHERE seq = " + some},
		"one more at the end":         {"INSERT INTO tombstone SELECT (SELECT seq + 1 FROM counter), stream, stream_seq, scope, 5000, hash FROM tombstone WHERE seq = " + some},
		"an event instead":            {"INSERT OR REPLACE INTO event SELECT g.seq, g.stream, 7000, g.scope, g.scope_pos, command, person, device, received, occurred, uncertain, payload, g.hash FROM tombstone g JOIN event e ON e.stream = g.stream AND e.stream_seq = g.stream_seq WHERE g.seq = " + some, "DELETE FROM tombstone WHERE seq = " + some},
		"an event is made hollow":     {"UPDATE event SET stream = -seq, scope = -seq WHERE seq = (SELECT max(seq) - 3 FROM event)"},
		"its stream is everybody's":   {"UPDATE stream SET scope = (SELECT scope FROM stream WHERE kind = 2 LIMIT 1) WHERE key IN (SELECT stream FROM event WHERE scope_pos = 1) AND scope <> (SELECT scope FROM stream WHERE kind = 2 LIMIT 1)"},
		"what was moved has no words": {"UPDATE event SET payload = x'' WHERE seq = (SELECT max(e.seq) FROM event e JOIN tombstone g ON g.stream = e.stream AND g.stream_seq = e.stream_seq)"},
	} {
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		db := database(t, path)
		before := changes(t, db)
		for _, q := range queries {
			exec(t, db, q)
		}
		if changes(t, db) == before {
			t.Errorf("%s: nothing was changed", name)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, flaws := verify(t, path, audit.Options{}); flaws == "" {
			t.Errorf("%s: it was not found", name)
		}
	}
}

func changes(t *testing.T, db *sqlite.DB) int64 {
	t.Helper()
	return asked[int64](t, db, "SELECT total_changes()")
}

// Whoever conceals an incident and tells nobody is found: that everybody is told to give it up belongs to it.
func TestAnIncidentThatWasConcealedInSilenceIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t, filepath.Join(t.TempDir(), "x.db"))
	b.written(t, 1)
	b.moved(t)
	b.stop()
	db := database(t, b.path)
	workspace := id.Workspace()
	exec(t, db, "UPDATE event SET payload = (SELECT payload FROM event WHERE seq = 2), stream = (SELECT stream FROM event WHERE seq = 2), stream_seq = stream_seq + 9000 WHERE stream = (SELECT key FROM stream WHERE id = ?)", workspace[:])
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	r, flaws := verify(t, b.path, audit.Options{})
	found := false
	for _, f := range r.Flaws {
		found = found || f.What == "was everybody's to see, and nobody was told that it is not any more"
	}
	if !found {
		t.Errorf("it was not found: %s", flaws)
	}
}
