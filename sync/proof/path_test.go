package proof_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// bundle is a server and two clients.
type bundle struct {
	ctx    context.Context
	home   string
	office *proof.Office
	ann    *proof.Desk
	bob    *proof.Desk
}

func setup(t *testing.T) *bundle {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	b := &bundle{ctx: ctx, home: t.TempDir()}
	b.open(t, "127.0.0.1:0")
	t.Cleanup(func() { _ = b.office.Close() })
	b.ann = b.seat(t, "Ann")
	b.bob = b.seat(t, "Bob")
	return b
}

func (b *bundle) open(t *testing.T, listen string) {
	t.Helper()
	var err error
	b.office, err = proof.OpenOffice(context.WithoutCancel(b.ctx), filepath.Join(b.home, "server"), listen, clock.NewSystem(), proof.Quiet())
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
func texts(t *testing.T, ctx context.Context, d *proof.Desk, in id.Incident) []string {
	t.Helper()
	room, err := d.Room(ctx, in, 1000)
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

// settled waits until a client has nothing on its way and holds the given number of events of a room.
func settled(t *testing.T, ctx context.Context, d *proof.Desk, in id.Incident, seq uint64) {
	t.Helper()
	err := d.Await(ctx, func() (bool, error) {
		got, err := d.Replica().Incident(ctx, in)
		return err == nil && got.Seq == seq && len(d.Replica().Pending()) == 0, err
	})
	if err != nil {
		got, _ := d.Replica().Incident(context.Background(), in)
		t.Fatalf("waiting for event %d: %v; have %d, pending %v, status %v", seq, err, got.Seq, d.Replica().Pending(), must(d.Connection(context.Background())))
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestWhatOneWritesTheOtherSees(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, err := b.ann.Declare(b.ctx, present.Declaration{Title: "Checkout fails", Level: 2, Tags: []string{"checkout"}})
	if err != nil {
		t.Fatal(err)
	}
	settled(t, b.ctx, b.bob, in, 1)
	if err := b.bob.Submit(b.ctx, in, incident.Write{Entry: id.New[id.Entry](), Text: "db-7 is out of disk"}); err != nil {
		t.Fatal(err)
	}
	if err := b.ann.Submit(b.ctx, in, incident.ChangeSeverity{To: 1, Reason: "all shops"}); err != nil {
		t.Fatal(err)
	}
	settled(t, b.ctx, b.ann, in, 4)
	settled(t, b.ctx, b.bob, in, 4)
	if d := cmp.Diff(texts(t, b.ctx, b.ann, in), texts(t, b.ctx, b.bob, in)); d != "" {
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

func TestWritingGoesOnWithoutTheServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, err := b.ann.Declare(b.ctx, present.Declaration{Title: "Payroll late"})
	if err != nil {
		t.Fatal(err)
	}
	settled(t, b.ctx, b.ann, in, 1)
	settled(t, b.ctx, b.bob, in, 1)
	address := b.office.Server.Address()[len("http://"):]
	if err := b.office.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.ann.Submit(b.ctx, in, incident.Write{Entry: id.New[id.Entry](), Text: "while away"}); err != nil {
		t.Fatal(err)
	}
	if err := b.bob.Submit(b.ctx, in, incident.ChangeSeverity{To: 1}); err != nil {
		t.Fatal(err)
	}
	if err := b.ann.Submit(b.ctx, in, incident.ChangeSeverity{To: 2}); err != nil {
		t.Fatal(err)
	}
	if err := b.ann.Submit(b.ctx, in, incident.ChangeSeverity{To: 1}); err != nil {
		t.Fatal(err)
	}
	if got, _ := b.ann.Replica().Incident(b.ctx, in); got.Severity != 1 {
		t.Errorf("an own pending change is not shown: severity %d", got.Severity)
	}
	b.open(t, address)
	err = b.ann.Await(b.ctx, func() (bool, error) { return b.ann.Replica().Unsent() == 0, nil })
	if err != nil {
		t.Fatal(err)
	}
	err = b.bob.Await(b.ctx, func() (bool, error) { return b.bob.Replica().Unsent() == 0, nil })
	if err != nil {
		t.Fatal(err)
	}
	u1, u2 := must(b.ann.Unsent(b.ctx)), must(b.bob.Unsent(b.ctx))
	t.Logf("ann %+v\nbob %+v", u1, u2)
	if len(u1.Items)+len(u2.Items) == 0 {
		t.Error("two changes from one base met no conflict")
	}
}
