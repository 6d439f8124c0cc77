package audit_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/server/audit"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// quiet are effects that there are none of.
type quiet struct{}

func (quiet) Store(context.Context, *sqlite.Tx, []stream.Recorded, ledger.States) error { return nil }
func (quiet) Committed([]stream.Recorded)                                               {}

// bundle is a log that is being written.
type bundle struct {
	ctx  context.Context
	path string
	db   *sqlite.DB
	log  *ledger.Ledger
	stop func()
	ann  id.Actor
	mid  uint64
	out  ledger.Push
}

// setup opens a log at path.
func setup(t *testing.T, path string) *bundle {
	t.Helper()
	b := &bundle{ctx: context.WithoutCancel(t.Context()), path: path, ann: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}}
	b.db = database(t, path)
	store, err := people.Open(b.ctx, b.db, time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	b.log, err = ledger.Open(b.ctx, ledger.Options{
		DB: b.db, Clock: clock.NewSystem(), Effects: quiet{}, Logger: slog.New(slog.DiscardHandler),
		SealKey: make([]byte, 32), Sign: store.Keys().Signing,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.log.Run(ctx)
	}()
	b.stop = func() {
		cancel()
		<-ended
		if err := b.log.Close(); err != nil {
			t.Error(err)
		}
		if err := b.db.Close(); err != nil {
			t.Error(err)
		}
	}
	b.out = ledger.Push{Client: id.New[id.Client](), Actor: b.ann, Generation: []byte("first"), Faults: map[int]error{}}
	return b
}

func database(t *testing.T, path string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(context.WithoutCancel(t.Context()), path)
	if err != nil {
		t.Fatal(err)
	}
	var schemas []sqlite.Schema
	for _, schema := range []func() (sqlite.Schema, error){timeline.Schema, ledger.Schema, people.Schema, attachment.Schema} {
		s, err := schema()
		if err != nil {
			t.Fatal(err)
		}
		schemas = append(schemas, s)
	}
	if err := sqlite.Migrate(context.WithoutCancel(t.Context()), db, schemas...); err != nil {
		t.Fatal(err)
	}
	return db
}

func (b *bundle) push(t *testing.T, target id.Stream, c stream.Command) {
	t.Helper()
	b.mid++
	p := b.out
	p.Submissions = []stream.Submission{{Mid: b.mid, ID: id.New[id.Command](), Target: target, Command: c}}
	got, err := b.log.Push(b.ctx, p)
	if err != nil || got.Outcomes[0].Kind != stream.Accepted {
		t.Fatalf("%T: %+v, %v", c, got, err)
	}
}

// written fills the log with incidents, words of which some are erased, a scope of its own, and a file.
func (b *bundle) written(t *testing.T, incidents int) {
	t.Helper()
	_, err := b.log.Do(b.ctx, func(context.Context, *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		return id.Actor{}, []stream.Submission{{
			ID: id.New[id.Command](), Target: id.Stream(b.ann.Person), Command: workspace.AddPerson{Person: b.ann.Person, Name: "Ann"},
		}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range incidents {
		in, bad := id.New[id.Stream](), id.New[id.Entry]()
		b.push(t, in, incident.Declare{Title: fmt.Sprint("Checkout fails ", i)})
		b.push(t, in, incident.Write{Entry: bad, Text: "the password is hunter2"})
		b.push(t, in, incident.Write{Entry: id.New[id.Entry](), Text: "what was said around it"})
		b.push(t, id.Reader(b.ann.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: 2})
		if i%2 == 0 {
			b.push(t, in, incident.Erase{Entry: bad, Reason: "a password"})
		}
		b.push(t, in, incident.Write{Entry: id.New[id.Entry](), Text: "and so it went on"})
	}
	chunk := make([]byte, 8000)
	for i := range chunk {
		chunk[i] = byte(i / 100)
	}
	sum := sha256.Sum256(chunk)
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{"INSERT OR IGNORE INTO attachment (key, scope, hash, size, device, moved_us, complete) VALUES (1, zeroblob(16), ?, 8000, x'', 0, 1)", []any{sum[:]}},
		{"INSERT OR IGNORE INTO attachment_chunk (attachment, idx, lead, data, tail) VALUES (1, 0, x'', ?, x''), (1, 1, x'', ?, x'')", []any{chunk[:5000], chunk[5000:]}},
	} {
		if _, err := b.db.Write.ExecContext(b.ctx, q.sql, q.args...); err != nil {
			t.Fatal(err)
		}
	}
}

// verify verifies the database at path, and returns what is wrong with it as one text.
func verify(t *testing.T, path string, o audit.Options) (*audit.Report, string) {
	t.Helper()
	db, err := sqlite.View(context.WithoutCancel(t.Context()), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	r, err := audit.Verify(context.WithoutCancel(t.Context()), db, o)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range r.Flaws {
		all = append(all, fmt.Sprintf("%d %s", f.Seq, f.What))
	}
	return r, strings.Join(all, "\n")
}

func TestALogThatNobodyTouchedVerifies(t *testing.T) {
	t.Parallel()
	b := setup(t, filepath.Join(t.TempDir(), "x.db"))
	if r, flaws := verify(t, b.path, audit.Options{}); flaws != "" || r.Events != 0 || r.Signed != nil {
		t.Errorf("empty: %+v", r)
	}
	b.written(t, 6)
	if r, flaws := verify(t, b.path, audit.Options{}); flaws != "" || r.Events < 30 {
		t.Errorf("while it is open: %+v", r)
	}
	b.stop()
	done := uint64(0)
	r, flaws := verify(t, b.path, audit.Options{Progress: func(d, total uint64) { done = d; _ = total }})
	if flaws != "" || r.Err() != nil || r.Erased != 3 || r.Scopes != 2 || r.Files != 1 || r.FileBytes != 8000 || done != r.Events {
		t.Errorf("%+v\n%s", r, flaws)
	}
	if r.Signed == nil || r.Signed.Seq != r.Events || r.Checkpoints != 1 {
		t.Fatalf("it was not signed when it stopped: %+v", r)
	}
	kept, err := ledger.ParseCheckpoint(r.Signed.String() + "\n")
	if err != nil {
		t.Fatal(err)
	}
	b = setup(t, b.path)
	b.push(t, id.New[id.Stream](), incident.Declare{Title: "More"})
	b.stop()
	if r, flaws := verify(t, b.path, audit.Options{Kept: &kept}); flaws != "" || r.Checkpoints != 1 {
		t.Errorf("later: %+v\n%s", r, flaws)
	}
}

func TestALongLogIsReadInSlicesAndSignedOnItsWay(t *testing.T) {
	t.Parallel()
	b := setup(t, filepath.Join(t.TempDir(), "x.db"))
	in := id.New[id.Stream]()
	b.push(t, in, incident.Declare{Title: "Long"})
	for range 50 {
		p := b.out
		for range 100 {
			b.mid++
			p.Submissions = append(p.Submissions, stream.Submission{
				Mid: b.mid, ID: id.New[id.Command](), Target: in, Command: incident.Write{Entry: id.New[id.Entry](), Text: "word"},
			})
		}
		if _, err := b.log.Push(b.ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	b.stop()
	slices := 0
	r, flaws := verify(t, b.path, audit.Options{Progress: func(uint64, uint64) { slices++ }})
	if flaws != "" || r.Events < 5001 || slices < 3 || r.Signed == nil || r.Signed.Seq != r.Events {
		t.Errorf("%+v in %d slices\n%s", r, slices, flaws)
	}
}

// A log that an early version began is verified as far as it can be, and goes on with the present chain.
func TestALogOfAnEarlyVersionGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t, filepath.Join(t.TempDir(), "x.db"))
	b.written(t, 3)
	b.stop()
	db := database(t, b.path)
	rechain(t, db, func(before []byte, e row) []byte { return ledger.FormerLink(before, e.Envelope, e.own) })
	exec(t, db, "DELETE FROM checkpoint")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	former, flaws := verify(t, b.path, audit.Options{})
	if flaws != "" || former.Former != former.Events || former.Erased != 2 {
		t.Fatalf("%+v\n%s", former, flaws)
	}
	b = setup(t, b.path)
	b.written(t, 1)
	b.stop()
	if r, flaws := verify(t, b.path, audit.Options{}); flaws != "" || r.Former != former.Events || r.Events <= r.Former || r.Signed == nil {
		t.Errorf("%+v\n%s", r, flaws)
	}
}

func TestAFolderWithoutALogIsTold(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	if err := database(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.View(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	if _, err := audit.Verify(t.Context(), db, audit.Options{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}

func FuzzCheckpoints(f *testing.F) {
	f.Add("tsugi-checkpoint-1 1 2 00 00 00")
	f.Add(ledger.Checkpoint{Seq: 1}.String())
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ledger.ParseCheckpoint(text); err == nil && !c.Good() {
			t.Errorf("%q was taken", text)
		}
	})
}
