package proof_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server/integration/statuspage"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// imported takes over the real history where it lies beside the repository, else one of the same size.
func (b *bundle) imported(t *testing.T) (incidents, updates int) {
	t.Helper()
	history := statuspage.History{Space: "page"}
	file, err := os.Open(filepath.FromSlash("../../../shared/data/statuspage-incidents.json"))
	if err == nil {
		defer file.Close() //nolint:errcheck // it was only read
		if history, err = statuspage.Read(file); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Log("the real history is not beside this repository; a made up one takes its place")
		history.Incidents = madeUp(399, 2165)
	}
	api := rpc.DialControl(b.office.Dir)
	defer api.Close()
	for chunk := range slices.Chunk(history.Incidents, 100) {
		i, u, err := api.Import(b.ctx, history.Space, chunk)
		if err != nil {
			t.Fatal(err)
		}
		incidents, updates = incidents+i, updates+u
	}
	return incidents, updates
}

func madeUp(incidents, updates int) []incident.Import {
	out := make([]incident.Import, incidents)
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	closed := incident.Closed
	for i := range out {
		out[i] = incident.Import{Source: "made up", Key: fmt.Sprint(i), Title: "Mail is down", Declared: at}
	}
	for u := range updates {
		i := &out[u%incidents]
		i.Updates = append(i.Updates, incident.ImportedUpdate{Key: fmt.Sprint(u), At: at, Body: fmt.Sprintf("words%d of%d update%d", u, u, u), Status: &closed})
	}
	return out
}

// filled waits until a client has everything, and returns what it has.
func (b *bundle) filled(t *testing.T, d *proof.Desk) (incidents, updates int) {
	t.Helper()
	err := d.Await(b.ctx, func() (bool, error) {
		_, events, complete, err := d.Replica().Census(b.ctx)
		return complete && events > 0 && b.live(d), err
	})
	if err != nil {
		t.Fatal(err)
	}
	burning, others, err := d.Replica().Board(b.ctx, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range append(burning, others...) {
		line, err := d.Replica().Timeline(b.ctx, i.ID, 1<<20)
		if err != nil || line.Earlier || uint64(len(line.Lines)) != i.Seq {
			t.Fatalf("of %q there are %d of %d events, %v", i.Title, len(line.Lines), i.Seq, err)
		}
		for _, l := range line.Lines {
			if _, ok := l.Event.(incident.UpdateImported); ok {
				updates++
			}
		}
	}
	return len(burning) + len(others), updates
}

func (b *bundle) live(d *proof.Desk) bool {
	c, err := d.Connection(b.ctx)
	return err == nil && c.Reached()
}

// A fresh client has, in the end, every incident and every update that was imported: the same counts as
// the file and the server. So has one that was open while the import ran.
func TestAFreshClientHasTheWholeImportedHistory(t *testing.T) {
	t.Parallel()
	b := setup(t)
	incidents, updates := b.imported(t)
	if incidents != 399 || updates != 2165 {
		t.Errorf("%d incidents and %d updates were imported, want 399 and 2165", incidents, updates)
	}
	if i, u := b.imported(t); i+u != 0 {
		t.Errorf("the second time %d incidents and %d updates were new", i, u)
	}
	fresh := b.seat(t, "Cem")
	census := b.census(t)
	if census.Incidents != 399 {
		t.Errorf("the server holds %+v", census)
	}
	for name, d := range map[string]*proof.Desk{"fresh": fresh, "open": b.bob} {
		err := d.Await(b.ctx, func() (bool, error) {
			_, events, complete, err := d.Replica().Census(b.ctx)
			return complete && events == census.Shared, err
		})
		if err != nil {
			i, e, complete, _ := d.Replica().Census(t.Context())
			t.Fatalf("the %s client has %d incidents and %d events, complete %v; the server %+v: %v", name, i, e, complete, census, err)
		}
		if i, u := b.filled(t, d); i != 399 || u != 2165 {
			t.Errorf("the %s client has %d incidents and %d updates", name, i, u)
		}
	}
}

// A client whose replica is damaged while it is open mends itself, and loses nothing of its own.
func TestAReplicaDamagedWhileItIsOpenMendsItself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	address := b.stop(t)
	b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "not sent yet"})
	db, err := sqlite.Open(b.ctx, filepath.Join(b.home, "Bob", "replica.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.ExecContext(b.ctx, "UPDATE stream SET head = x'ffff'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = b.bob.Board(b.ctx)
	if f := fault.Find(err); f == nil || f.Kind != fault.Corrupt || f.Safe == "" || f.Do == "" {
		t.Errorf("reading what cannot be read: %v", err)
	}
	b.open(t, address)
	b.settled(t, b.bob, in, 3, b.ann) // declared, joined, written
	if c, err := b.bob.Connection(b.ctx); err != nil || !c.Rebuilt {
		t.Errorf("it is not told that the copy was made anew: %+v, %v", c, err)
	}
	if d := cmp.Diff(b.texts(t, b.ann, in), b.texts(t, b.bob, in)); d != "" {
		t.Errorf("the two clients show different rooms:\n%s", d)
	}
}

// Somebody puts last night's copy of the server's folder back. What the clients did since then comes
// back from them, once, also from one that writes nothing any more.
func TestWhatARestoredServerLacksComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	address := b.stop(t)
	own, backup := filepath.Join(b.home, "server"), filepath.Join(b.home, "backup")
	if err := os.CopyFS(backup, os.DirFS(own)); err != nil {
		t.Fatal(err)
	}
	b.open(t, address)
	for i := range 5 {
		b.change(t, b.ann, in, incident.Write{Entry: id.New[id.Entry](), Text: fmt.Sprint("word ", i)})
	}
	b.change(t, b.ann, in, incident.ChangeSeverity{To: 1})
	b.settled(t, b.ann, in, 7, b.bob)
	before, census := b.texts(t, b.ann, in), b.census(t)
	b.stop(t)
	if err := os.RemoveAll(own); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(backup, own); err != nil {
		t.Fatal(err)
	}
	b.open(t, address)
	if now := b.census(t); now.Events >= census.Events {
		t.Fatalf("the restored server lacks nothing: it has %d events, and had %d", now.Events, census.Events)
	}
	err := b.ann.Await(b.ctx, func() (bool, error) { return b.census(t) == census, nil })
	if err != nil {
		t.Fatalf("the server holds %+v again, want %+v: %v", b.census(t), census, err)
	}
	b.settled(t, b.bob, in, 7, b.ann)
	for _, d := range []*proof.Desk{b.ann, b.bob} {
		if diff := cmp.Diff(before, b.texts(t, d, in)); diff != "" {
			t.Errorf("afterwards:\n%s", diff)
		}
	}
}

func (b *bundle) census(t *testing.T) rpc.Census {
	t.Helper()
	api := rpc.DialControl(b.office.Dir)
	defer api.Close()
	census, err := api.Describe(context.WithoutCancel(b.ctx))
	if err != nil {
		t.Fatal(err)
	}
	return census
}

// A device that was shut out says so, keeps what was written on it, and goes on after a new code.
func TestARevokedDeskKeepsItsWordsAndComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	admin, err := proof.InviteFrom(b.ctx, b.office.Dir, "Ada", true)
	if err != nil {
		t.Fatal(err)
	}
	ada := b.reopen(t, filepath.Join(b.home, "Ada"))
	if err := ada.Enrol(b.ctx, present.Enrolment{Address: admin.Address, Code: admin.Code, Device: "desk"}); err != nil {
		t.Fatal(err)
	}
	bob, _ := b.bob.Replica().Device()
	err = ada.Await(b.ctx, func() (bool, error) {
		err := ada.RevokeDevice(b.ctx, present.Revocation{Person: bob.Actor.Person, Device: bob.Actor.Device, Reason: "lost"})
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) { // Bob, or that one is an admin, has not arrived yet
			return false, nil
		}
		return true, err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.reach(t, b.bob, present.ShutOut)
	b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "written while shut out"})
	again, err := proof.InviteFrom(b.ctx, b.office.Dir, "Bob", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.bob.Enrol(b.ctx, present.Enrolment{Address: again.Address, Code: again.Code, Device: "new desk"}); err != nil {
		t.Fatal(err)
	}
	b.settled(t, b.bob, in, 3, b.ann)
}

// reach waits until the connection of a client is as wanted.
func (b *bundle) reach(t *testing.T, d *proof.Desk, want present.Reach) {
	t.Helper()
	err := d.Await(b.ctx, func() (bool, error) {
		c, err := d.Connection(b.ctx)
		return c.Reach == want, err
	})
	if err != nil {
		c, _ := d.Connection(b.ctx)
		t.Fatalf("waiting for %d: %v; it is %+v", want, err, c)
	}
}

// A server that has moved to another port is another server: the client says that it is not reached,
// and waits for the one that it knows.
func TestAServerOnAnotherPortIsNotTheOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	address := b.stop(t)
	b.open(t, "127.0.0.1:0")
	b.reach(t, b.ann, present.Offline)
	b.change(t, b.ann, in, incident.Write{Entry: id.New[id.Entry](), Text: "for the one that I know"})
	if n := b.ann.Replica().Unsent(); n != 1 {
		t.Errorf("%d changes wait", n)
	}
	b.stop(t)
	b.open(t, address)
	b.settled(t, b.ann, in, 2, b.bob)
}
