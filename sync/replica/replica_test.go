package replica_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

var noon = time.Date(2025, 11, 20, 12, 0, 0, 123_456_000, time.UTC)

// hand is a clock that is set by hand.
type hand struct {
	at    time.Time
	asked func() // by Moment; may be nil
}

func (h *hand) Now() time.Time { return h.at }

func (h *hand) Moment() clock.Moment {
	if h.asked != nil {
		h.asked()
	}
	return clock.Moment{Wall: h.at, Boot: 5 * time.Minute, BootID: "boot"}
}

// bundle is a client, and the server that it speaks to when the test carries the messages.
type bundle struct {
	ctx    context.Context
	dir    string
	clock  *hand
	me     id.Actor
	server *authority
	*replica.Replica
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{
		ctx: context.Background(), dir: t.TempDir(), clock: &hand{at: noon}, server: newAuthority(),
		me: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()},
	}
	b.server.do(t, id.Stream(b.me.Person), id.Actor{}, workspace.AddPerson{Person: b.me.Person, Name: "Ann"})
	b.open(t)
	t.Cleanup(func() {
		if b.Replica != nil {
			_ = b.Close()
		}
	})
	if err := b.Enrolled(b.ctx, b.device(b.me)); err != nil {
		t.Fatal(err)
	}
	b.tail(t)
	return b
}

func (b *bundle) device(who id.Actor) replica.Device {
	return replica.Device{Server: "http://there", Actor: who, Name: "Ann", Seed: make([]byte, 32), Refresh: "refresh"}
}

func (b *bundle) open(t tester) {
	t.Helper()
	r, err := replica.Open(b.ctx, b.dir, b.clock)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	b.Replica = r
}

func (b *bundle) close(t tester) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

// restart ends the client and starts it again.
func (b *bundle) restart(t tester) {
	t.Helper()
	b.close(t)
	b.open(t)
}

// crash goes on with what a power cut would leave of the folder.
func (b *bundle) crash(t *testing.T) {
	t.Helper()
	left := t.TempDir()
	for _, name := range []string{"outbox.db", "outbox.db-wal", "replica.db", "replica.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(b.dir, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(left, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(left, "attachments"), os.DirFS(filepath.Join(b.dir, "attachments"))); err != nil {
		t.Fatal(err)
	}
	b.close(t)
	b.dir = left
	b.open(t)
}

// push carries what waits to the server and returns the answers, which the client has not seen.
func (b *bundle) push(t tester) (replica.Identity, []stream.Outcome) {
	t.Helper()
	who, out, err := b.Outgoing(b.ctx, 1000)
	if err != nil {
		t.Fatalf("outgoing: %v", err)
	}
	return who, b.server.push(t, who, b.me, out)
}

func (b *bundle) settle(t tester, who replica.Identity, answers []stream.Outcome) {
	t.Helper()
	if err := b.Settle(b.ctx, who, answers); err != nil {
		t.Fatalf("settle: %v", err)
	}
}

// tail delivers everything that the client lacks.
func (b *bundle) tail(t tester) {
	t.Helper()
	scopes := append([]id.Scope{id.Everyone(), id.Own(b.me.Person)}, b.server.private(b.me.Person)...)
	for _, scope := range scopes {
		from := b.position(t, scope)
		if high := uint64(len(b.server.log[scope])); high > from {
			b.apply(t, b.server.batch(scope, from, high))
		}
	}
}

// beat delivers what the client lacks and then the private scopes that its person may see, as every heartbeat names them.
func (b *bundle) beat(t tester) {
	t.Helper()
	b.tail(t)
	if err := b.Sees(b.ctx, b.server.private(b.me.Person)); err != nil {
		t.Fatalf("see: %v", err)
	}
}

func (b *bundle) apply(t tester, batches ...stream.Batch) {
	t.Helper()
	if err := b.Apply(b.ctx, batches); err != nil {
		t.Fatalf("apply: %v", err)
	}
}

func (b *bundle) position(t tester, scope id.Scope) uint64 {
	t.Helper()
	cursors, err := b.Cursors(b.ctx)
	if err != nil {
		t.Fatalf("cursors: %v", err)
	}
	for _, c := range cursors {
		if c.Scope == scope {
			return c.Pos
		}
	}
	return 0
}

func (b *bundle) submit(t tester, in id.Incident, c stream.Command) id.Command {
	t.Helper()
	own, err := b.Submit(b.ctx, id.Stream(in), c)
	if err != nil {
		t.Fatalf("submit %T: %v", c, err)
	}
	return own
}

// declared returns an incident that client and server know.
func (b *bundle) declared(t tester) id.Incident {
	t.Helper()
	in := id.New[id.Incident]()
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "Checkout fails"})
	b.tail(t)
	return in
}

func (b *bundle) other() id.Actor {
	return id.Actor{Person: id.Person{1}, Device: id.Device{1}}
}

func words(text string) incident.Write {
	return incident.Write{Entry: id.New[id.Entry](), Text: text}
}

// shown returns what a person sees of an incident: one line an event, "…" behind the pending ones.
func (b *bundle) shown(t tester, in id.Incident) []string {
	t.Helper()
	line, err := b.Timeline(b.ctx, in, 1000)
	if err != nil {
		t.Fatalf("timeline: %v", err)
	}
	var out []string
	for _, l := range line.Lines {
		text := fmt.Sprintf("%T", l.Event)
		switch e := l.Event.(type) {
		case incident.Joined:
			continue // comes with whatever a person writes first
		case incident.Written:
			text = e.Text
		case incident.SeverityChanged:
			text = fmt.Sprintf("SEV%d to SEV%d", e.From, e.To)
		}
		if l.Pending {
			text += "…"
		}
		out = append(out, text)
	}
	return out
}

func wantKind(t tester, err error, kind fault.Kind) {
	t.Helper()
	if f := fault.Find(err); f == nil || f.Kind != kind {
		t.Fatalf("got %v, want a fault of kind %d", err, kind)
	}
}

// wantAdvice fails unless err is a fault of kind that says what happened, what is safe and what to do.
func wantAdvice(t tester, err error, kind fault.Kind) {
	t.Helper()
	wantKind(t, err, kind)
	if f := fault.Find(err); f.Message == "" || f.Safe == "" || f.Do == "" {
		t.Errorf("the fault does not say everything: %+v", f)
	}
}
