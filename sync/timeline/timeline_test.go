package timeline_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

var noon = time.Date(2025, 11, 20, 12, 0, 0, 123_456_000, time.UTC)

// bundle is a timeline on a file of its own.
type bundle struct {
	ctx context.Context
	db  *sqlite.DB
	log *timeline.Log
}

func setup(t *testing.T) *bundle {
	t.Helper()
	ctx := context.Background() // also for rapid, whose cleanups run after t's context has ended
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	schema, err := timeline.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Migrate(ctx, db, schema); err != nil {
		t.Fatal(err)
	}
	log, err := timeline.NewLog(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	return &bundle{ctx: ctx, db: db, log: log}
}

// write runs work in one transaction.
func (b *bundle) write(work func(*timeline.Writer) error) error {
	var w *timeline.Writer
	err := b.db.InTx(b.ctx, func(tx *sql.Tx) error {
		w = b.log.In(tx)
		return work(w)
	})
	if err == nil {
		w.Committed()
	}
	return err
}

func (b *bundle) append(t *testing.T, rows ...timeline.Row) {
	t.Helper()
	if err := b.write(func(w *timeline.Writer) error { return w.Append(b.ctx, rows) }); err != nil {
		t.Fatal(err)
	}
}

// event returns an event that differs from all others in every column.
func event(s id.Stream, seq uint64, scope id.Scope, pos uint64) timeline.Row {
	return timeline.Row{
		Stored: stream.Stored{
			Envelope: id.Envelope{
				Stream: s, Kind: id.KindIncident, StreamSeq: seq, Scope: scope, ScopePos: pos,
				Command: id.New[id.Command](), Actor: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()},
				Received: noon.Add(time.Duration(pos) * time.Second), Occurred: noon.Add(-time.Duration(pos) * time.Second), Uncertain: pos%2 == 0,
			},
			Payload: fmt.Appendf(nil, "payload of %d", pos),
		},
		Hash: fmt.Appendf(nil, "hash of %d", pos),
	}
}

// run returns n events of one stream.
func run(s id.Stream, scope id.Scope, n int) []timeline.Row {
	var out []timeline.Row
	for i := range uint64(n) {
		out = append(out, event(s, i+1, scope, i+1))
	}
	return out
}

func stored(rows ...timeline.Row) []stream.Stored {
	var out []stream.Stored
	for _, r := range rows {
		out = append(out, r.Stored)
	}
	return out
}

func same(t *testing.T, what string, got []stream.Stored, err error, want []stream.Stored) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	} else if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s:\n%s", what, d)
	}
}

func TestAnEventComesBackAsItWasStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	full := event(id.New[id.Stream](), 1, id.Everyone(), 1)
	bare := event(full.Stream, 2, id.Everyone(), 2)
	bare.Payload, bare.Hash, bare.Actor = nil, nil, id.Actor{} // of the server itself, with an erased payload
	b.append(t, full, bare)
	bare.Payload = []byte{}
	got, err := timeline.Since(b.ctx, b.db.Read, full.Stream, 0)
	same(t, "since", got, err, stored(full, bare))
	hash, found, err := timeline.HashAt(b.ctx, b.db.Read, id.Everyone(), 1)
	if err != nil || !found || !bytes.Equal(hash, full.Hash) {
		t.Errorf("hash %q, %v, %v", hash, found, err)
	}
	if _, found, err := timeline.HashAt(b.ctx, b.db.Read, id.Everyone(), 3); found || err != nil {
		t.Errorf("there is a hash where there is no event, or %v", err)
	}
}

// A batch is written in statements of 64, 16, 4 and 1 rows: sizes around those are where one could
// get lost.
func TestBatchesOfEverySizeAreWhole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, n := range []int{0, 1, 3, 4, 5, 15, 16, 21, 63, 64, 65, 85, 200} {
		s, scope := id.New[id.Stream](), id.New[id.Scope]()
		rows := run(s, scope, n)
		b.append(t, rows...)
		got, err := timeline.Since(b.ctx, b.db.Read, s, 0)
		same(t, fmt.Sprintf("batch of %d", n), got, err, stored(rows...))
	}
}

func TestEveryReaderKeepsToItsBounds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mine, other, scope, elsewhere := id.New[id.Stream](), id.New[id.Stream](), id.Everyone(), id.New[id.Scope]()
	var rows []timeline.Row
	for pos := uint64(1); pos <= 10; pos++ { // odd positions are mine, even ones the other's
		s := mine
		if pos%2 == 0 {
			s = other
		}
		rows = append(rows, event(s, (pos+1)/2, scope, pos))
	}
	b.append(t, rows...)
	b.append(t, event(id.New[id.Stream](), 1, elsewhere, 1))
	at := func(positions ...int) []stream.Stored {
		var out []stream.Stored
		for _, p := range positions {
			out = append(out, rows[p-1].Stored)
		}
		return out
	}
	got, err := timeline.Since(b.ctx, b.db.Read, mine, 3)
	same(t, "since", got, err, at(7, 9))
	got, err = timeline.Before(b.ctx, b.db.Read, mine, 5, 3)
	same(t, "before", got, err, at(7, 5, 3))
	got, err = timeline.After(b.ctx, b.db.Read, scope, 4, 3)
	same(t, "after", got, err, at(5, 6, 7))
	got, err = timeline.Within(b.ctx, b.db.Read, stream.Gap{Scope: scope, Low: 2, High: 6}, 10)
	same(t, "within", got, err, at(5, 4, 3))
	got, err = timeline.Within(b.ctx, b.db.Read, stream.Gap{Scope: scope, Low: 2, High: 6}, 2)
	same(t, "within, limited", got, err, at(5, 4))
	for _, unknown := range []func() ([]stream.Stored, error){
		func() ([]stream.Stored, error) { return timeline.Since(b.ctx, b.db.Read, id.New[id.Stream](), 0) },
		func() ([]stream.Stored, error) { return timeline.After(b.ctx, b.db.Read, id.New[id.Scope](), 0, 9) },
	} {
		got, err := unknown()
		same(t, "unknown", got, err, nil)
	}
	moved, err := timeline.Moved(b.ctx, b.db.Read, stream.Gap{Scope: scope, Low: 8, High: 9})
	if err != nil || len(moved) != 1 || moved[0].Stream != mine || moved[0].Kind != id.KindIncident || moved[0].Scope != scope {
		t.Errorf("moved: %+v, %v", moved, err)
	}
	incidents, events, err := timeline.Census(b.ctx, b.db.Read)
	if err != nil || incidents != 2 || events != 10 {
		t.Errorf("%d incidents, %d events, %v", incidents, events, err)
	}
}

func TestAppendRefusesRepeatsAndMergeDropsThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := id.New[id.Stream]()
	rows := run(s, id.Everyone(), 70)
	b.append(t, rows[:40]...)
	for _, repeat := range []timeline.Row{event(s, 40, id.Everyone(), 99), event(s, 99, id.Everyone(), 40)} {
		err := b.write(func(w *timeline.Writer) error {
			return w.Append(b.ctx, []timeline.Row{event(s, 98, id.Everyone(), 98), repeat})
		})
		if !sqlite.IsDuplicate(err) {
			t.Errorf("a repeat: %v", err)
		}
	}
	if err := b.write(func(w *timeline.Writer) error { return w.Merge(b.ctx, rows) }); err != nil {
		t.Fatal(err)
	}
	got, err := timeline.Since(b.ctx, b.db.Read, s, 0)
	same(t, "merged", got, err, stored(rows...))
}

// The short keys found in a transaction that is undone must be forgotten with it, or the next one
// refers to rows that do not exist.
func TestWhatIsRolledBackIsForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lost, kept := event(id.New[id.Stream](), 1, id.New[id.Scope](), 1), event(id.New[id.Stream](), 1, id.New[id.Scope](), 1)
	undone := errors.New("undone")
	if err := b.write(func(w *timeline.Writer) error {
		if err := w.Append(b.ctx, []timeline.Row{lost}); err != nil {
			return err
		}
		return undone
	}); err == nil {
		t.Fatal("the transaction was not undone")
	}
	b.append(t, kept)
	b.append(t, lost)
	for _, want := range []timeline.Row{kept, lost} {
		got, err := timeline.Since(b.ctx, b.db.Read, want.Stream, 0)
		same(t, "after the undone one", got, err, stored(want))
		got, err = timeline.After(b.ctx, b.db.Read, want.Scope, 0, 9)
		same(t, "in its scope", got, err, stored(want))
	}
}

func TestForgettingFollowsEmptying(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := event(id.New[id.Stream](), 1, id.Everyone(), 1)
	b.append(t, row)
	for _, table := range []string{"event", "stream", "scope"} {
		if _, err := b.db.Write.ExecContext(b.ctx, "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
	b.log.Forget()
	b.append(t, row)
	got, err := timeline.Since(b.ctx, b.db.Read, row.Stream, 0)
	same(t, "after emptying", got, err, stored(row))
}

// Few marks are looked for by the database and many by us: both find the same, and neither looks into other streams.
func TestEventsAreFoundByWhatTheyName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := id.New[id.Stream]()
	var marks [][]byte
	rows := run(s, id.Everyone(), 40)
	for i := range rows {
		mark := id.New[id.Entry]()
		marks = append(marks, mark[:])
		rows[i].Payload = slices.Concat([]byte("\x0a\x10"), mark[:], []byte{0, byte(i)})
	}
	elsewhere := event(id.New[id.Stream](), 1, id.Everyone(), 41)
	elsewhere.Payload = rows[7].Payload
	b.append(t, append(rows, elsewhere)...)
	for _, n := range []int{0, 1, 2, 8, 9, 40} {
		got, err := timeline.Naming(b.ctx, b.db.Read, s, marks[40-n:]...)
		same(t, fmt.Sprintf("%d marks", n), got, err, stored(rows[40-n:]...))
	}
}

func TestAnEntryIsRewrittenWhereItIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, entry := id.New[id.Stream](), id.New[id.Entry]()
	rows := run(s, id.Everyone(), 10)
	rows[2].Payload = append([]byte("the words of "), entry[:]...)
	rows[6].Payload = append([]byte("a star on "), entry[:]...)
	b.append(t, rows...)
	var asked [][]byte
	err := b.write(func(w *timeline.Writer) error {
		n, err := w.Rewrite(b.ctx, s, entry, func(payload []byte) ([]byte, bool, error) {
			asked = append(asked, payload)
			return []byte("nothing"), bytes.HasPrefix(payload, []byte("the words")), nil
		})
		if n != 1 {
			t.Errorf("%d were replaced", n)
		}
		return err
	})
	if d := cmp.Diff([][]byte{rows[2].Payload, rows[6].Payload}, asked); err != nil || d != "" {
		t.Errorf("asked of others, %v: %s", err, d)
	}
	rows[2].Payload = []byte("nothing")
	got, err := timeline.Since(b.ctx, b.db.Read, s, 0)
	same(t, "afterwards", got, err, stored(rows...))
}
