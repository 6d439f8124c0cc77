package crash_test

import (
	"bytes"
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

const hushed = "zanderfilet"

// room is a private incident on a device.
type room struct {
	*replica.Replica
	in  id.Incident
	log []stream.Stored
}

// tell delivers events of the incident.
func (r *room) tell(t *testing.T, events ...incident.Event) {
	t.Helper()
	var fresh []stream.Stored
	for _, e := range events {
		payload, err := wire.EncodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		n := uint64(len(r.log)) + 1
		at := id.Envelope{
			Stream: id.Stream(r.in), Kind: id.KindIncident, StreamSeq: n, Scope: id.Private(r.in), ScopePos: n,
			Command: id.New[id.Command](), Occurred: time.Unix(int64(n), 0).UTC(), Received: time.Unix(int64(n), 0).UTC(),
		}
		r.log = append(r.log, stream.Stored{Envelope: at, Payload: payload})
		fresh = append(fresh, r.log[n-1])
	}
	cursor := stream.Cursor{Scope: id.Private(r.in), Pos: uint64(len(r.log)), Hash: []byte{1}, Epoch: id.Epoch{1}, Seal: []byte{2}}
	if err := r.Apply(t.Context(), []stream.Batch{{Events: fresh, Cursor: cursor}}); err != nil {
		t.Fatal(err)
	}
}

// fill makes a device on which the incident has left its traces everywhere.
func (r *room) fill(t *testing.T, dir string) {
	t.Helper()
	ctx := t.Context()
	var err error
	if r.Replica, err = replica.Open(ctx, dir, clock.NewSystem()); err != nil {
		t.Fatal(err)
	}
	me := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
	if err := r.Enrolled(ctx, replica.Device{Server: "http://there", Name: "Ann", Seed: make([]byte, 32), Actor: me}); err != nil {
		t.Fatal(err)
	}
	everyone := stream.Cursor{Scope: id.Everyone(), Hash: []byte{1}, Epoch: id.Epoch{1}, Seal: []byte{2}}
	if err := r.Bootstrap(ctx, replica.Snapshot{Cursors: []stream.Cursor{everyone}}); err != nil {
		t.Fatal(err)
	}
	r.tell(t, incident.Declared{Title: "The " + hushed, Severity: 2, Private: true, Admitted: []id.Person{me.Person}})
	for range 30 {
		r.tell(t, incident.Written{Entry: id.New[id.Entry](), Text: strings.Repeat("a "+hushed+" ", 20)})
	}
	file, err := r.Attach(ctx, "list.txt", strings.NewReader("every "+hushed))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []incident.Command{
		incident.Write{Entry: id.New[id.Entry](), Text: "my " + hushed},
		incident.Write{Entry: id.New[id.Entry](), Text: "the list", Attachments: []incident.Attachment{file}},
	} {
		if _, err := r.Submit(ctx, id.Stream(r.in), c); err != nil {
			t.Fatal(err)
		}
	}
}

// purge hears that the incident may not be seen any more, and does what is due then.
func purge(ctx context.Context, r *replica.Replica) error {
	if err := r.Sees(ctx, nil); err != nil {
		return err
	}
	return r.Scrub(ctx)
}

// Whenever the power fails while an incident is purged: the next time it is purged to the end.
func TestAPurgeSurvivesEveryCrash(t *testing.T) {
	t.Parallel()
	home, chance := t.TempDir(), rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test is to be repeatable
	r := room{in: id.New[id.Incident]()}
	r.fill(t, home)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	files := filepath.Join(home, "attachments")
	before := t.TempDir()
	if err := os.CopyFS(before, os.DirFS(files)); err != nil {
		t.Fatal(err)
	}
	d, err := disk.Mount(home)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := replica.OpenWith(t.Context(), sqlite.Opener{File: d.File}, home, clock.NewSystem())
	if err != nil {
		t.Fatal(err)
	}
	if err := purge(t.Context(), opened); err != nil {
		t.Fatal(err)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	d.Unmount()
	wantHushed(t, home)
	trace := d.Trace()
	m, points := disk.NewModel(trace), 0
	for _, op := range trace.Ops {
		if op.Kind == disk.Sync || chance.IntN(20) == 0 {
			points++
			left, _ := m.Crash([]disk.Fate{disk.Nothing, disk.Everything, disk.Some}[chance.IntN(3)], chance)
			again(t, before, left)
		}
		m.Apply(op)
	}
	t.Logf("%d crashes in %d changes", points, len(trace.Ops))
	if points < 10 {
		t.Errorf("there were %d crashes in %d changes", points, len(trace.Ops))
	}
}

// again goes on with what a crash has left. The attached files are there as long as the outbox knows of them: they are removed
// before, durably.
func again(t *testing.T, files string, left map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	for name, raw := range left {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := replica.Open(t.Context(), dir, clock.NewSystem())
	if err != nil {
		t.Fatal(err)
	}
	knows := slices.ContainsFunc(r.Pending(), func(p replica.Pending) bool {
		w, ok := p.Command.(incident.Write)
		return ok && len(w.Attachments) > 0
	})
	if knows {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(dir, "attachments"), os.DirFS(files)); err != nil {
			t.Fatal(err)
		}
		if r, err = replica.Open(t.Context(), dir, clock.NewSystem()); err != nil {
			t.Fatal(err)
		}
	}
	defer r.Close() //nolint:errcheck // what was stored has been looked at
	if err := purge(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	wantHushed(t, dir)
	for _, p := range r.Pending() {
		if !p.Refused() || p.Outcome.Fault.Kind != fault.Gone {
			t.Errorf("a command is %+v", p)
		}
	}
	if len(r.Pending()) != 2 {
		t.Errorf("%d commands are told to be gone", len(r.Pending()))
	}
}

// wantHushed fails where the word is in any file.
func wantHushed(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(hushed[1:])) {
			t.Errorf("the word is in %s", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
