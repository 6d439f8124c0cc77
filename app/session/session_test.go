package session_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// bundle is a client whose server is the test: nothing is sent, and what the server would send is
// put into the replica by hand.
type bundle struct {
	*session.Session
	ctx   context.Context
	me    id.Actor
	state incident.Incident // canonical
	pos   uint64
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{ctx: t.Context(), me: actor()}
	b.open(t, t.TempDir())
	t.Cleanup(func() { _ = b.Close() })
	if err := b.Replica().Enrolled(b.ctx, replica.Device{Server: "http://there", Actor: b.me, Name: "Ann", Seed: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	b.state.ID = id.New[id.Incident]()
	return b
}

func (b *bundle) open(t *testing.T, dir string) {
	t.Helper()
	s, err := session.Open(b.ctx, session.Options{
		Dir: dir, Clock: clock.NewSystem(), Logger: slog.New(slog.DiscardHandler), Zone: time.UTC, Words: words.English(),
		Transport: nowhere{},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Session = s
}

// nowhere is a network without a server.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no network") }

func actor() id.Actor { return id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()} }

// arrives delivers an event of the incident by somebody.
func (b *bundle) arrives(t *testing.T, by id.Actor, e incident.Event) {
	t.Helper()
	b.pos++
	at := id.Envelope{
		Stream: id.Stream(b.state.ID), Kind: id.KindIncident, StreamSeq: b.state.Seq + 1, Scope: id.Everyone(), ScopePos: b.pos,
		Command: id.New[id.Command](), Actor: by, Occurred: time.Unix(int64(b.pos), 0).UTC(), Received: time.Unix(int64(b.pos), 0).UTC(),
	}
	payload, err := wire.EncodeEvent(e)
	if err != nil {
		t.Fatal(err)
	}
	b.state = incident.Apply(b.state, at, e)
	err = b.Replica().Apply(b.ctx, []stream.Batch{{
		Events: []stream.Stored{{Envelope: at, Payload: payload}},
		Cursor: stream.Cursor{Scope: id.Everyone(), Pos: b.pos, Hash: []byte{1}, Seal: []byte{2}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// unread returns the number that both pages show.
func (b *bundle) unread(t *testing.T) int {
	t.Helper()
	board, err := b.Board(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	room, err := b.Room(b.ctx, b.state.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(board.Fires) != 1 || len(room.Burning) != 1 || board.Fires[0].Unread != room.Burning[0].Unread {
		t.Fatalf("the board shows %+v, the room %+v", board.Fires, room.Burning)
	}
	return board.Fires[0].Unread
}

func (b *bundle) read(t *testing.T, upto uint64) {
	t.Helper()
	if err := b.MarkRead(b.ctx, b.state.ID, upto); err != nil {
		t.Fatal(err)
	}
}

func said(text string) incident.Written {
	return incident.Written{Entry: id.New[id.Entry](), Text: text}
}

func TestUnreadIsWhatOthersDidSinceOneLooked(t *testing.T) {
	t.Parallel()
	b, ben := setup(t), actor()
	want := func(n int, when string) {
		t.Helper()
		if got := b.unread(t); got != n {
			t.Errorf("%s: %d are unread, want %d", when, got, n)
		}
	}
	b.arrives(t, ben, incident.Declared{Title: "Checkout fails", Severity: 2, Number: 1})
	b.arrives(t, ben, said("db-7 is out of disk"))
	want(2, "never opened")
	b.arrives(t, id.Actor{Person: b.me.Person, Device: id.New[id.Device]()}, said("I said this on my phone"))
	want(2, "after own words from another device")
	b.read(t, 3)
	want(0, "read to the end")
	if err := b.Submit(b.ctx, b.state.ID, incident.Write{Entry: id.New[id.Entry](), Text: "not sent yet"}); err != nil {
		t.Fatal(err)
	}
	want(0, "after own words that are not sent")
	for range 150 {
		b.arrives(t, ben, said("more"))
	}
	want(150, "after more than is looked at one by one")
	b.arrives(t, b.me, said("mine"))
	b.read(t, 152)
	want(1, "read to the last but one of somebody else")
	b.read(t, 100)
	want(1, "marked as read further up")
}

func TestReadingMarksTravelQuietly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, actor(), incident.Declared{Title: "Checkout fails", Severity: 2, Number: 1})
	for range 3 {
		b.read(t, 1)
	}
	if n := len(b.Replica().Pending()); n != 1 {
		t.Errorf("%d reading marks were written, want 1", n)
	}
	c, err := b.Connection(b.ctx)
	if err != nil || c.Pending != 0 || c.Refused != 0 {
		t.Errorf("the strip would count %+v, %v", c, err)
	}
	if u, err := b.Unsent(b.ctx); err != nil || len(u.Items) != 0 {
		t.Errorf("the page of unsent changes shows %+v, %v", u.Items, err)
	}
}

func TestWhoWasEnrolledBeforeIsKnown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got, err := b.Former(b.ctx)
	if want := (present.Former{Address: "http://there", Name: "Ann"}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWhoeverLooksIsToldThatErasedWordsCouldNotBeTakenOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	by, entry := actor(), id.New[id.Entry]()
	b.arrives(t, by, incident.Declared{Title: "Checkout fails", Severity: 1, Number: 12})
	b.arrives(t, by, incident.Written{Entry: entry, Text: "hunter2"})
	b.arrives(t, by, incident.Erased{Entry: entry})
	if err := os.MkdirAll(filepath.Join(b.Dir, "replica.db.damaged", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	changes, stop := b.Observe()
	defer stop()
	ctx, cancel := context.WithCancel(b.ctx)
	var running sync.WaitGroup
	running.Go(func() { b.Run(ctx) })
	defer running.Wait()
	defer cancel()
	for {
		c, err := b.Connection(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if c.Smeared {
			return
		}
		<-changes
	}
}
