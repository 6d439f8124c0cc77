package proof_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// quiet is a kind for which nobody is paged: every event of such an incident is one that somebody caused, and they can be counted.
const quiet = incident.Informational

// bundle is a server and two clients.
type bundle struct {
	ctx    context.Context
	home   string
	office *proof.Office
	ann    *proof.Desk
	bob    *proof.Desk
	hours  hours
	warned *slog.Logger // what the server says
}

// hours are the clocks of a server and its clients, on which time can pass at once.
type hours struct{ passed atomic.Int64 }

// Now returns the machine's time, and what has passed.
func (h *hours) Now() time.Time { return clock.NewSystem().Now().Add(time.Duration(h.passed.Load())) }

// Moment returns what the machine's clocks say, and what has passed.
func (h *hours) Moment() clock.Moment {
	return clock.NewSystem().Moment().Later(time.Duration(h.passed.Load()))
}

// pass lets time pass for everybody.
func (h *hours) pass(by time.Duration) { h.passed.Add(int64(by)) }

func setup(t *testing.T) *bundle {
	t.Helper()
	return setupFor(t, 2*time.Minute) // on a busy machine with the race detector
}

// setupFor is setup for a test that takes longer: its clients run so long.
func setupFor(t *testing.T, limit time.Duration) *bundle {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	b := &bundle{ctx: ctx, home: t.TempDir(), warned: proof.Quiet()}
	b.open(t, "127.0.0.1:0")
	t.Cleanup(func() { _ = b.office.Close() })
	b.ann = b.seat(t, "Ann")
	b.bob = b.seat(t, "Bob")
	return b
}

func (b *bundle) open(t *testing.T, listen string) {
	t.Helper()
	var err error
	b.office, err = proof.OpenOffice(context.WithoutCancel(b.ctx), filepath.Join(b.home, "server"), listen, &b.hours, b.warned)
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) seat(t *testing.T, name string) *proof.Desk {
	t.Helper()
	d, err := b.office.Seat(b.ctx, b.home, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// texts returns what is shown of a room, one line an entry.
func (b *bundle) texts(t *testing.T, d *proof.Desk, in id.Incident) []string {
	t.Helper()
	room, err := d.Room(b.ctx, in, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range room.Entries {
		line := e.Text
		if e.Kind == present.Line {
			line = present.Join(e.Parts)
		}
		if e.Kind != present.Break {
			out = append(out, fmt.Sprintf("%s pending=%v", line, e.Pending))
		}
	}
	return out
}

// settled waits until clients have nothing unanswered and hold the given number of events of a room.
func (b *bundle) settled(t *testing.T, d *proof.Desk, in id.Incident, seq uint64, others ...*proof.Desk) {
	t.Helper()
	for _, d := range append(others, d) {
		err := d.Await(b.ctx, func() (bool, error) {
			got, err := d.Replica().Timeline(b.ctx, in, 1)
			return err == nil && got.Canonical == seq && d.Replica().Unsent() == 0, err
		})
		if err != nil {
			got, _ := d.Replica().Incident(context.WithoutCancel(b.ctx), in)
			t.Fatalf("waiting for event %d: %v; there are %d, on their way %+v", seq, err, got.Seq, d.Replica().Pending())
		}
	}
}

// await waits until ok is true, asking again whenever one of the two clients has changed.
func (b *bundle) await(t *testing.T, ok func() (bool, error)) {
	t.Helper()
	ann, stop := b.ann.Observe()
	defer stop()
	bob, stop := b.bob.Observe()
	defer stop()
	for {
		done, err := ok()
		if err != nil {
			t.Fatal(err)
		}
		if done {
			return
		}
		select {
		case <-b.ctx.Done():
			t.Fatal(b.ctx.Err())
		case <-ann:
		case <-bob:
		}
	}
}

// must returns v; a test that could not get it has nothing to look at.
func must[T any](v T, err error) T {
	if err != nil {
		log.Panicln(err)
	}
	return v
}

func TestWhatOneWritesTheOtherSees(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, err := b.ann.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "Checkout fails", Level: 2, Tags: []string{"checkout"}})
	if err != nil {
		t.Fatal(err)
	}
	b.settled(t, b.bob, in, 1)
	if err := b.bob.Submit(b.ctx, in, incident.Write{Entry: id.New[id.Entry](), Text: "db-7 is out of disk"}); err != nil {
		t.Fatal(err)
	}
	if err := b.ann.Submit(b.ctx, in, incident.ChangeSeverity{To: 1, Reason: "all shops"}); err != nil {
		t.Fatal(err)
	}
	b.settled(t, b.ann, in, 4)
	b.settled(t, b.bob, in, 4)
	if d := cmp.Diff(b.texts(t, b.ann, in), b.texts(t, b.bob, in)); d != "" {
		t.Errorf("the two clients show different rooms:\n%s", d)
	}
	room, err := b.bob.Room(b.ctx, in, 100)
	if err != nil {
		t.Fatal(err)
	}
	if room.Number != "INC-1" || room.Level != 1 {
		t.Errorf("the room is %s at level %d", room.Number, room.Level)
	}
}

func TestTwoPeopleWhoDecideOnOneBaseAreAsked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	address := b.stop(t)
	b.change(t, b.bob, in, incident.ChangeSeverity{To: 1, Reason: "all shops"})
	b.change(t, b.ann, in, incident.ChangeSeverity{To: 2, Reason: "one shop"})
	if got, _ := b.ann.Replica().Incident(b.ctx, in); got.Severity != 2 {
		t.Errorf("an own pending change is not shown: severity %d", got.Severity)
	}
	b.open(t, address)
	b.settled(t, b.bob, in, 3, b.ann)
	var all []present.Change
	b.await(t, func() (bool, error) { // an answer may come after the event
		all = append(must(b.ann.Unsent(b.ctx)).Items, must(b.bob.Unsent(b.ctx)).Items...)
		return len(all) > 0, nil
	})
	if len(all) != 1 || all[0].State != present.Conflict {
		t.Fatalf("one of the two should be asked, but there is %+v", all)
	}
	room := must(b.bob.Room(b.ctx, in, 100))
	if all[0].Standing != room.Severity || all[0].Wanted == room.Severity {
		t.Errorf("told that %s stands and %s was wished for, while %s stands", all[0].Standing, all[0].Wanted, room.Severity)
	}
	if got := strings.Join(b.texts(t, b.bob, in), "\n"); strings.Count(got, "one shop") != 1 || strings.Count(got, "all shops") != 1 {
		t.Errorf("the audit does not show both wishes:\n%s", got)
	}
	b.mineAgain(t, in, all[0])
}

// mineAgain sends a refused change again and looks whether it stands then.
func (b *bundle) mineAgain(t *testing.T, in id.Incident, refused present.Change) {
	t.Helper()
	whose := b.ann
	if len(must(b.bob.Unsent(b.ctx)).Items) > 0 {
		whose = b.bob
	}
	if err := whose.Retry(b.ctx, refused.Command); err != nil {
		t.Fatal(err)
	}
	b.settled(t, b.ann, in, 4, b.bob)
	if room := must(b.ann.Room(b.ctx, in, 100)); room.Severity != refused.Wanted {
		t.Errorf("after insisting on %s, %s stands", refused.Wanted, room.Severity)
	}
}

func TestOnePersonWhoChangesTwiceIsNotAsked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	address := b.stop(t)
	b.change(t, b.ann, in, incident.ChangeSeverity{To: 2})
	b.change(t, b.ann, in, incident.ChangeSeverity{To: 1})
	b.change(t, b.ann, in, incident.ChangeStatus{To: incident.Mitigated})
	b.change(t, b.ann, in, incident.ChangeStatus{To: incident.Open})
	b.open(t, address)
	b.settled(t, b.ann, in, 5, b.bob)
	if left := must(b.ann.Unsent(b.ctx)).Items; len(left) > 0 {
		t.Errorf("asked about %+v", left)
	}
	if got := must(b.bob.Room(b.ctx, in, 10)); got.Level != 1 || got.Status != incident.Open {
		t.Errorf("level %d, status %s", got.Level, got.State)
	}
}

func TestWhatIsDeclaredWithoutTheServerArrivesLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	address := b.stop(t)
	in, err := b.ann.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "Mail is down", Level: 2})
	if err != nil {
		t.Fatal(err)
	}
	b.change(t, b.ann, in, incident.ChangeSeverity{To: 1})
	b.change(t, b.ann, in, incident.Write{Entry: id.New[id.Entry](), Text: "nobody has been woken"})
	board := must(b.ann.Board(b.ctx))
	if len(board.Fires) != 1 || !board.Fires[0].Pending || board.Fires[0].Level != 1 {
		t.Fatalf("the board shows %+v", board.Fires)
	}
	if err := b.ann.Close(); err != nil {
		t.Fatal(err)
	}
	b.ann, err = proof.OpenDesk(context.WithoutCancel(b.ctx), filepath.Join(b.home, "Ann"), &b.hours, proof.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.ann.Close() })
	b.open(t, address)
	b.settled(t, b.bob, in, 3, b.ann)
	if fires := must(b.bob.Board(b.ctx)).Fires; len(fires) != 1 || fires[0].Number != "INC-1" || fires[0].Level != 1 {
		t.Errorf("bob's board shows %+v", fires)
	}
}

// shared returns an incident that both clients know.
func (b *bundle) shared(t *testing.T) id.Incident {
	t.Helper()
	in, err := b.ann.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "Payroll late"})
	if err != nil {
		t.Fatal(err)
	}
	b.settled(t, b.ann, in, 1, b.bob)
	return in
}

// stop stops the server and returns where it was.
func (b *bundle) stop(t *testing.T) string {
	t.Helper()
	address := strings.TrimPrefix(b.office.Server.Address(), "http://")
	if err := b.office.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

func (b *bundle) change(t *testing.T, d *proof.Desk, in id.Incident, c incident.Command) {
	t.Helper()
	if err := d.Submit(b.ctx, in, c); err != nil {
		t.Fatal(err)
	}
}
