package audit_test

import (
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/audit"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func exec(t *testing.T, db *sqlite.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Write.ExecContext(context.WithoutCancel(t.Context()), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func asked[T any](t *testing.T, db *sqlite.DB, query string, args ...any) (out T) {
	t.Helper()
	if err := db.Write.QueryRowContext(context.WithoutCancel(t.Context()), query, args...).Scan(&out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// row is an event with what its hash is made of.
type row struct {
	id.Envelope
	seq uint64
	own [sha256.Size]byte
}

// rechain gives every event the hash that link makes, and every scope its end: what somebody does who knows how
// the log is chained, and cannot sign.
func rechain(t *testing.T, db *sqlite.DB, link func(before []byte, e row) []byte) {
	t.Helper()
	rows, err := db.Read.QueryContext(t.Context(), `SELECT e.seq, t.id, t.kind, e.stream_seq, s.id, e.scope_pos, e.command, e.person, e.device,
	  e.received, e.occurred, e.uncertain, e.payload FROM event e JOIN stream t ON t.key = e.stream JOIN scope s ON s.key = e.scope ORDER BY e.seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // the test fails otherwise
	ends, hashes := map[id.Scope][]byte{}, map[uint64][]byte{}
	for rows.Next() {
		var (
			e                                        row
			target, scope, command, person, dev, raw []byte
			received, occurred                       int64
		)
		err := rows.Scan(&e.seq, &target, &e.Kind, &e.StreamSeq, &scope, &e.ScopePos, &command, &person, &dev, &received, &occurred, &e.Uncertain, &raw)
		if err != nil {
			t.Fatal(err)
		}
		copy(e.Stream[:], target)
		copy(e.Scope[:], scope)
		copy(e.Command[:], command)
		copy(e.Actor.Person[:], person)
		copy(e.Actor.Device[:], dev)
		e.Received, e.Occurred = time.UnixMicro(received), time.UnixMicro(occurred)
		e.own = sha256.Sum256(raw)
		if fact, err := wire.DecodeEvent(e.Kind, raw); err == nil {
			if written, ok := fact.(incident.Written); ok && !written.Was.IsZero() {
				e.own = written.Was
			}
		}
		hashes[e.seq] = link(ends[e.Scope], e)
		ends[e.Scope] = hashes[e.seq]
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for seq, hash := range hashes {
		exec(t, db, "UPDATE event SET hash = ? WHERE seq = ?", hash, int64(seq))
	}
	for scope, hash := range ends {
		exec(t, db, "UPDATE scope SET hash = ?, pos = (SELECT max(scope_pos) FROM event e WHERE e.scope = scope.key) WHERE id = ?", hash, scope[:])
	}
	exec(t, db, "UPDATE counter SET seq = (SELECT max(seq) FROM event)")
}

func present(before []byte, e row) []byte { return ledger.Link(before, e.seq, e.Envelope, e.own) }

// hand changes one thing of a log. n is how many events there are.
type hand func(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64)

// some returns the number of an event that is neither the first nor the last.
func some(r *rand.Rand, n int64) int64 { return 2 + r.Int64N(n-2) }

// hands are the ways to change a log. Those that end with "and chained anew" hide it as well as can be without the key.
func hands() map[string]hand {
	set := func(column, value string) hand {
		return func(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
			t.Helper()
			exec(t, db, "UPDATE event SET "+column+" = "+value+" WHERE seq = ?", 1+r.Int64N(n))
		}
	}
	drop := func(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
		t.Helper()
		exec(t, db, "DELETE FROM event WHERE seq = ?", some(r, n))
	}
	cut := func(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
		t.Helper()
		exec(t, db, "DELETE FROM event WHERE seq > ?", n-1-r.Int64N(n/2))
	}
	say := func(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
		t.Helper()
		exec(t, db, "UPDATE event SET payload = (SELECT payload FROM event WHERE seq = 4) WHERE seq = ?", 5+r.Int64N(n-5))
	}
	anew := func(h hand) hand {
		return func(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
			t.Helper()
			h(t, db, r, n)
			rechain(t, db, present)
		}
	}
	all := map[string]hand{
		"another author": set("person", "randomblob(16)"), "another device": set("device", "randomblob(16)"),
		"another command": set("command", "randomblob(16)"), "received at another time": set("received", "received + 1"),
		"happened at another time": set("occurred", "occurred - 1000000"), "sure of the time": set("uncertain", "1 - uncertain"),
		"another payload": set("payload", "CAST(payload || x'00' AS BLOB)"), "another hash": set("hash", "randomblob(32)"),
		"a hash of an early version": set("hash", "randomblob(16)"), "a shorter payload": set("payload", "substr(payload, 1, length(payload) - 1)"),
		"moved in its stream": set("stream_seq", "stream_seq + 1000"), "moved in its scope": set("scope_pos", "scope_pos + 1000"),
		"other words": say, "other words, and chained anew": anew(say), "another author, and chained anew": anew(set("person", "randomblob(16)")),
		"deleted": drop, "cut off": cut, "cut off, and chained anew": anew(cut),
		"deleted, numbered and chained anew": anew(closeUp), "inserted": insert, "inserted, and chained anew": anew(insert),
		"exchanged": exchange, "exchanged, and chained anew": anew(exchange), "words erased by nobody": erase,
	}
	return more(all)
}

func more(all map[string]hand) map[string]hand {
	for name, query := range map[string]string{
		"a checkpoint's signature": "UPDATE checkpoint SET signature = randomblob(64)",
		"a checkpoint's key":       "UPDATE checkpoint SET key = randomblob(32)",
		"a checkpoint's hash":      "UPDATE checkpoint SET hash = randomblob(32)",
		"a checkpoint's time":      "UPDATE checkpoint SET made_us = made_us + 1",
		"a scope's end":            "UPDATE scope SET pos = pos - 1",
		"a scope's hash":           "UPDATE scope SET hash = randomblob(32)",
		"the counter":              "UPDATE counter SET seq = seq + 1",
		"a stream of another kind": "UPDATE stream SET kind = kind + 1 WHERE key = 2",
		"a stream of another id":   "UPDATE stream SET id = randomblob(16) WHERE key = 2",
		"an attached file":         "UPDATE attachment_chunk SET data = zeroblob(length(data)) WHERE idx = 1",
		"a chunk":                  "DELETE FROM attachment_chunk WHERE idx = 0",
		"chunks exchanged":         "UPDATE attachment_chunk SET idx = 7 - idx",
	} {
		all[name] = func(t *testing.T, db *sqlite.DB, _ *rand.Rand, _ int64) {
			t.Helper()
			exec(t, db, query)
		}
	}
	return all
}

// closeUp deletes an event and moves all others down, as if it had never been.
func closeUp(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
	t.Helper()
	at := some(r, n)
	scope := asked[int64](t, db, "SELECT scope FROM event WHERE seq = ?", at)
	pos := asked[int64](t, db, "SELECT scope_pos FROM event WHERE seq = ?", at)
	exec(t, db, "DELETE FROM event WHERE seq = ?", at)
	for seq := at + 1; seq <= n; seq++ {
		exec(t, db, "UPDATE event SET seq = seq - 1, scope_pos = scope_pos - (scope = ? AND scope_pos > ?) WHERE seq = ?", scope, pos, seq)
	}
}

// insert makes room behind an event and puts a copy of it there, with another command's id.
func insert(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
	t.Helper()
	at := some(r, n)
	scope := asked[int64](t, db, "SELECT scope FROM event WHERE seq = ?", at)
	pos := asked[int64](t, db, "SELECT scope_pos FROM event WHERE seq = ?", at)
	for seq := n; seq > at; seq-- {
		exec(t, db, "UPDATE event SET seq = seq + 1, scope_pos = scope_pos + (scope = ? AND scope_pos > ?) WHERE seq = ?", scope, pos, seq)
	}
	exec(t, db, `INSERT INTO event SELECT seq + 1, stream, stream_seq + 5000, scope, scope_pos + 1, randomblob(16), person, device,
	  received, occurred, uncertain, payload, hash FROM event WHERE seq = ?`, at)
}

// exchange lets two events change places.
func exchange(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
	t.Helper()
	at := some(r, n)
	for _, q := range []struct{ from, to int64 }{{at, -1}, {at + 1, at}, {-1, at + 1}} {
		exec(t, db, "UPDATE event SET seq = ? WHERE seq = ?", q.to, q.from)
	}
}

// erase takes the words out of an entry as the server does, but with nobody saying so.
func erase(t *testing.T, db *sqlite.DB, r *rand.Rand, n int64) {
	t.Helper()
	for at, tries := some(r, n), int64(0); tries < n; at, tries = at%n+1, tries+1 {
		raw := asked[[]byte](t, db, "SELECT payload FROM event WHERE seq = ?", at)
		fact, err := wire.DecodeEvent(id.KindIncident, raw)
		written, ok := fact.(incident.Written)
		if err != nil || !ok || written.Text != "what was said around it" {
			continue
		}
		blank, _, err := wire.Blanked(raw, written.Entry)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, db, "UPDATE event SET payload = ? WHERE seq = ?", blank, at)
		return
	}
	t.Fatal("there are no words")
}

// tampered is how many copies are changed; TSUGI_TAMPERED says another number.
const tampered = 72

// Whatever is changed, by whomever cannot sign: it is found. Each copy is changed in one way, at a place that its
// number decides.
func TestEveryTamperedCopyIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t, filepath.Join(t.TempDir(), "x.db"))
	b.written(t, 8)
	b.stop()
	if _, flaws := verify(t, b.path, audit.Options{}); flaws != "" {
		t.Fatal(flaws)
	}
	raw, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	copies := tampered
	if n, err := strconv.Atoi(os.Getenv("TSUGI_TAMPERED")); err == nil {
		copies = n
	}
	ways := hands()
	seed, found := uint64(0), 0
	for round := 0; found < copies; round++ {
		for name, way := range ways {
			seed++
			path := filepath.Join(t.TempDir(), "copy.db")
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			db := database(t, path)
			n := asked[int64](t, db, "SELECT max(seq) FROM event")
			way(t, db, rand.New(rand.NewPCG(uint64(round), uint64(len(name)))), n) //nolint:gosec // it must be the same each time
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if _, flaws := verify(t, path, audit.Options{}); flaws == "" {
				t.Errorf("round %d: %s was not found", round, name)
			}
			_ = os.Remove(path)
			if found++; found == copies {
				break
			}
		}
	}
	t.Logf("%d copies, changed in %d ways", found, len(ways))
}

// Whoever has the key too can cut the log and what signs it. That is found with a checkpoint that was kept elsewhere.
func TestAKeptCheckpointFindsWhatWasSignedAnew(t *testing.T) {
	t.Parallel()
	b := setup(t, filepath.Join(t.TempDir(), "x.db"))
	b.written(t, 4)
	b.stop()
	r, _ := verify(t, b.path, audit.Options{})
	db := database(t, b.path)
	exec(t, db, "DELETE FROM event WHERE seq > ?", int64(r.Events-5))
	exec(t, db, "DELETE FROM checkpoint")
	rechain(t, db, present)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, flaws := verify(t, b.path, audit.Options{}); flaws != "" {
		t.Fatalf("the log is not even consistent: %s", flaws)
	}
	if _, flaws := verify(t, b.path, audit.Options{Kept: r.Signed}); flaws == "" {
		t.Error("the cut was not found")
	}
	other := setup(t, filepath.Join(t.TempDir(), "y.db"))
	other.written(t, 1)
	other.stop()
	if _, flaws := verify(t, other.path, audit.Options{Kept: r.Signed}); flaws == "" {
		t.Error("another server's log was taken for this one's")
	}
}
