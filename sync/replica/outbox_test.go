package replica_test

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// raw changes a file of a client that is closed.
func (b *bundle) raw(t tester, file, query string) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(b.dir, file))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer db.Close() //nolint:errcheck // what was executed is stored
	if _, err := db.ExecContext(b.ctx, query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (b *bundle) count(t *testing.T, file, query string) int {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(b.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	var n int
	if err := db.QueryRowContext(b.ctx, query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// crowd puts a thousand newer commands, answered and closed, into the outbox of a closed replica: those stay however old
// they seem, so that older ones can be dropped.
func (b *bundle) crowd(t *testing.T) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(b.dir, "outbox.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // what was written is in the error of Exec
	_, err = db.ExecContext(b.ctx, `WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
	  INSERT INTO command (id, target, wall, boot, boot_id, body, closed) SELECT randomblob(16), x'', ?, 0, '', x'', 1 FROM n`, noon.UnixMicro())
	if err != nil {
		t.Fatal(err)
	}
}

// said gives an entry, and lets the server confirm it.
func (b *bundle) said(t *testing.T, in id.Incident, text string) {
	t.Helper()
	b.submit(t, in, words(text))
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
}

func TestEveryStartIsAGenerationUntilTheServerHasSeenIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	identity := func() replica.Identity {
		t.Helper()
		who, _, err := b.Outgoing(b.ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		return who
	}
	first := identity()
	b.restart(t)
	second := identity()
	b.restart(t)
	third := identity()
	if second.Client != first.Client || third.Client != first.Client {
		t.Error("a restart changes the client id")
	}
	if bytes.Equal(first.Generation, second.Generation) || len(third.Generation) != 16 {
		t.Error("a restart keeps the generation")
	}
	if len(third.Former) != 2 || !bytes.Equal(third.Former[0], first.Generation) || !bytes.Equal(third.Former[1], second.Generation) {
		t.Errorf("the former generations are %x", third.Former)
	}
	b.settle(t, third, nil) // an answer that settles nothing proves nothing
	b.said(t, b.declared(t), "now it has")
	b.restart(t)
	if fourth := identity(); len(fourth.Former) != 1 || !bytes.Equal(fourth.Former[0], third.Generation) {
		t.Errorf("after the server has seen it, the former generations are %x", fourth.Former)
	}
}

func TestTwoOutboxesNeverHaveOneName(t *testing.T) {
	t.Parallel()
	seen := map[id.Client]bool{}
	for range 3 {
		b := setup(t)
		for range 3 {
			who, _, err := b.Outgoing(b.ctx, 1)
			if err != nil || seen[who.Client] || who.Client.IsZero() {
				t.Errorf("client %s, %v", who.Client, err)
			}
			seen[who.Client] = true
			if err := b.Renew(b.ctx, false); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAnsweredChangesAreKeptForFourteenDays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.said(t, in, "old")
	b.submit(t, in, words("old, never sent"))
	b.clock.at = noon.Add(24 * time.Hour)
	b.submit(t, in, words("a day later, never sent"))
	b.restart(t)
	b.clock.at = noon.Add(14*24*time.Hour - time.Second)
	b.restart(t)
	b.close(t)
	if n := b.count(t, "outbox.db", "SELECT count(*) FROM command"); n != 3 {
		t.Errorf("within 14 days %d of 3 are kept", n)
	}
	b.crowd(t)
	b.clock.at = noon.Add(15 * 24 * time.Hour)
	b.open(t)
	if n := b.Unsent(); n != 2 {
		t.Errorf("%d of 2 unsent changes are kept, however old", n)
	}
	if err := b.Renew(b.ctx, true); err != nil {
		t.Fatal(err)
	}
	if _, out, err := b.Outgoing(b.ctx, 10); err != nil || len(out) != 2 {
		t.Errorf("%d are offered again, %v", len(out), err)
	}
}

// A clock that is wrong by years, and a start meanwhile, must not take away what a restored server will ask for.
func TestAJumpOfTheClockDropsNothingNew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.said(t, in, "a")
	b.said(t, in, "b")
	b.clock.at = noon.Add(400 * 24 * time.Hour)
	b.restart(t)
	b.clock.at = noon.Add(time.Hour)
	b.restart(t)
	if err := b.Renew(b.ctx, true); err != nil {
		t.Fatal(err)
	}
	if _, out, err := b.Outgoing(b.ctx, 10); err != nil || len(out) != 2 {
		t.Errorf("%d of 2 are offered again, %v", len(out), err)
	}
}

// The numbers of a client have no holes for ever: the largest must survive, or the next command
// would get a number that the server has answered before.
func TestTheLastNumberIsNeverDropped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	for _, text := range []string{"a", "b", "c"} {
		b.said(t, in, text)
	}
	b.close(t)
	b.crowd(t)
	b.clock.at = noon.Add(365 * 24 * time.Hour)
	b.open(t)
	b.restart(t)
	b.submit(t, in, words("d"))
	_, out, err := b.Outgoing(b.ctx, 10)
	if err != nil || len(out) != 1 || out[0].Mid != 4 {
		t.Errorf("the next is %+v, %v", out, err)
	}
	b.close(t)
	if n := b.count(t, "outbox.db", "SELECT count(*) FROM command WHERE mid IS NOT NULL"); n != 2 {
		t.Errorf("%d are kept, want the last and the new one", n)
	}
	b.open(t)
}

func TestAFullOutboxIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("a"))
	b.close(t)
	b.raw(t, "outbox.db", `WITH RECURSIVE n(i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
	  INSERT INTO command (mid, id, target, wall, boot, boot_id, body)
	  SELECT n.i, randomblob(16), target, wall, boot, boot_id, body FROM n, command`)
	b.open(t)
	if n := b.Unsent(); n != 20_000 {
		t.Fatalf("%d are unsent", n)
	}
	_, err := b.Submit(b.ctx, id.Stream(in), words("one too many"))
	wantAdvice(t, err, fault.Storage)
}

func TestTheSamePersonKeepsTheOutbox(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("a"))
	who, before, err := b.Outgoing(b.ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	again := b.device(id.Actor{Person: b.me.Person, Device: id.New[id.Device]()})
	if err := b.Enrolled(b.ctx, again); err != nil {
		t.Fatal(err)
	}
	b.restart(t)
	if d, ok := b.Device(); !ok || d.Actor != again.Actor {
		t.Errorf("the device is %+v", d)
	}
	same, after, err := b.Outgoing(b.ctx, 10)
	if err != nil || len(after) != 1 || after[0].ID != before[0].ID || same.Client != who.Client {
		t.Errorf("waiting are %+v, %v", after, err)
	}
	wantShown(t, b, in, "incident.Declared", "a…")
}

func TestSomebodyElseIsRefusedWhileAnythingIsUnsent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, words("a"))
	other := b.device(b.other())
	wantAdvice(t, b.Enrolled(b.ctx, other), fault.Denied)
	if d, _ := b.Device(); d.Actor != b.me || b.Unsent() != 1 {
		t.Errorf("the device is %+v, %d unsent", d, b.Unsent())
	}
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	if err := b.Enrolled(b.ctx, other); err != nil {
		t.Fatal(err)
	}
	b.restart(t)
	if d, _ := b.Device(); d.Actor != other.Actor {
		t.Errorf("the device is %+v", d)
	}
	if incidents, events, _, err := b.Census(b.ctx); incidents+int(events) != 0 || err != nil {
		t.Errorf("%d incidents and %d events of the former person are here, %v", incidents, events, err)
	}
	if cursors, err := b.Cursors(b.ctx); len(cursors) != 0 || err != nil {
		t.Errorf("cursors %+v, %v", cursors, err)
	}
	// What the former person did must never be sent again in the name of the new one.
	if err := b.Renew(b.ctx, true); err != nil {
		t.Fatal(err)
	}
	now, out, err := b.Outgoing(b.ctx, 10)
	if err != nil || len(out) != 0 || now.Client == who.Client {
		t.Errorf("%+v would be sent, %v", out, err)
	}
}

func TestARefreshedTokenIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.Refreshed(b.ctx, "refresh", "second", ""); err != nil {
		t.Fatal(err)
	}
	b.crash(t)
	if d, _ := b.Device(); d.Refresh != "second" || d.Server != "http://there" || d.Name != "Ann" || !slices.Equal(d.Seed, make([]byte, 32)) {
		t.Errorf("the device is %+v", d)
	}
	stranger := &bundle{ctx: b.ctx, dir: t.TempDir(), clock: b.clock}
	stranger.open(t)
	defer stranger.Close() //nolint:errcheck // nothing is in it
	wantKind(t, stranger.Refreshed(b.ctx, "", "x", ""), fault.Unauthenticated)
}

// What was stored says when it was done, by all clocks, to the microsecond.
func TestAChangeComesBackAsItWasGiven(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.submit(t, in, incident.ChangeSeverity{To: 2, Reason: "all shops"})
	b.crash(t)
	_, out, err := b.Outgoing(b.ctx, 10)
	if err != nil || len(out) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	got := out[0]
	want := stream.Submission{Mid: 1, ID: got.ID, Target: id.Stream(in), Written: b.clock.Moment(), Command: incident.ChangeSeverity{
		To: 2, Reason: "all shops", Base: incident.Base{Seq: 1},
	}}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A change is dated when it is given, and not when the copy has time for it, which takes in what others do.
func TestAChangeIsDatedBeforeItWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.clock.asked = func() {
		free := make(chan struct{})
		go func() {
			defer close(free)
			b.Unsent()
		}()
		select {
		case <-free:
		case <-time.After(5 * time.Second):
			t.Error("the clock was asked while others have to wait")
		}
	}
	b.submit(t, in, incident.ChangeSeverity{To: 2})
}

// What shows who this device was, and which life of the log it knew, stands with what must not be lost.
func TestWhatADeviceShowsOutlivesItsCopy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.Refreshed(b.ctx, "refresh", "second", "certificate"); err != nil {
		t.Fatal(err)
	}
	if err := b.Refreshed(b.ctx, "second", "third", ""); err != nil {
		t.Fatal(err)
	}
	b.step(t, "bootstrap")
	known, err := b.Epoch(b.ctx)
	if err != nil || known.IsZero() {
		t.Fatalf("the epoch is %s, %v", known, err)
	}
	b.close(t)
	damage(t, filepath.Join(b.dir, "replica.db"), func([]byte) []byte { return []byte(strings.Repeat("no database ", 1000)) })
	b.open(t)
	if d, _ := b.Device(); d.Certificate != "certificate" || d.Refresh != "third" || !b.Rebuilt() {
		t.Errorf("the device is %+v, rebuilt %v", d, b.Rebuilt())
	}
	if now, err := b.Epoch(b.ctx); now != known || err != nil {
		t.Errorf("the epoch was %s and is %s, %v", known, now, err)
	}
	if err := b.Enrolled(b.ctx, b.device(id.Actor{Person: b.me.Person, Device: id.New[id.Device]()})); err != nil {
		t.Fatal(err)
	}
	if now, err := b.Epoch(b.ctx); now != known || err != nil {
		t.Errorf("enrolled again as the same person, the epoch was %s and is %s, %v", known, now, err)
	}
	if err := b.Enrolled(b.ctx, b.device(b.other())); err != nil {
		t.Fatal(err)
	}
	if now, err := b.Epoch(b.ctx); !now.IsZero() || err != nil {
		t.Errorf("for somebody else, who has seen nothing, the epoch is %s, %v", now, err)
	}
}
