package session_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// hears checks what is told now, by its texts.
func (b *bundle) hears(t *testing.T, when string, want ...string) {
	t.Helper()
	got, err := b.News(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%s: told was %+v, want %q", when, got, want)
	}
	for i := range got {
		if got[i].Incident != b.state.ID || got[i].Text != want[i] {
			t.Errorf("%s: told was %+v, want %q", when, got[i], want[i])
		}
	}
}

func TestOnlyWhatArrivesAfterTheStartIsNews(t *testing.T) {
	t.Parallel()
	b, ben := setup(t), actor()
	b.Clock = stopped{time.Unix(1000, 0)}
	b.hears(t, "an empty replica")
	b.arrives(t, ben, incident.Declared{Title: "Checkout fails", Severity: 1, Number: 7})
	b.hears(t, "a declaration", "somebody declared this just now.")
	b.hears(t, "the same again")
	b.arrives(t, b.me, incident.SeverityChanged{From: 1, To: 2})
	b.arrives(t, ben, said("words"))
	b.hears(t, "what one did oneself, and words")
	b.arrives(t, ben, incident.SeverityChanged{From: 2, To: 1})
	b.arrives(t, ben, incident.RoleAssigned{Role: "imoc", Person: b.me.Person})
	b.hears(t, "two at once", "somebody raised it from SEV2 to SEV1")
	for range 1200 {
		b.pos++
	}
	b.arrives(t, ben, incident.SeverityChanged{From: 2, To: 1})
	b.Clock = stopped{time.Unix(1e6, 0)}
	b.hears(t, "after a long sleep")
}

func TestASubscriptionIsHeard(t *testing.T) {
	t.Parallel()
	b, ben := setup(t), actor()
	b.Clock = stopped{time.Unix(1000, 0)}
	b.arrives(t, ben, incident.Declared{Title: "Checkout fails", Severity: 3, Number: 7})
	b.hears(t, "a mild declaration")
	if err := b.Hear(b.ctx, b.state.ID, false); err != nil {
		t.Fatal(err)
	}
	b.arrives(t, ben, incident.StatusChanged{From: incident.Open, To: incident.Mitigated})
	b.hears(t, "subscribed to", "somebody says it is mitigated")
}

func TestABootstrapAndAnEarlierRunAreHistory(t *testing.T) {
	t.Parallel()
	b, ben := setup(t), actor()
	b.Clock = stopped{time.Unix(1000, 0)}
	b.bootstrap(t, ben, incident.Declared{Title: "Checkout fails", Severity: 1, Number: 7})
	b.hears(t, "a bootstrap")
	b.arrives(t, ben, incident.SeverityChanged{From: 2, To: 1})
	b.hears(t, "what follows on it", "somebody raised it from SEV2 to SEV1")
	b.bootstrap(t, ben, incident.SeverityChanged{From: 2, To: 1})
	b.hears(t, "a second bootstrap")
}

func TestALinksNumberIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, actor(), incident.Declared{Title: "Checkout fails", Severity: 1, Number: 7})
	unknown := id.New[id.Incident]()
	for _, c := range []struct {
		ask  present.Reference
		want bool
	}{
		{present.Reference{Number: 7}, true},
		{present.Reference{Number: 8}, false},
		{present.Reference{}, false},
		{present.Reference{Incident: b.state.ID}, true},
		{present.Reference{Incident: unknown}, false},
	} {
		got, ok, err := b.Find(b.ctx, c.ask)
		if err != nil || ok != c.want || ok && got != b.state.ID {
			t.Errorf("%+v: found %v, %v, %v", c.ask, got, ok, err)
		}
	}
}

// bootstrap replaces everything by the incident with one more event.
func (b *bundle) bootstrap(t *testing.T, by id.Actor, e incident.Event) {
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
	head, err := wire.EncodeState(b.state)
	if err != nil {
		t.Fatal(err)
	}
	err = b.Replica().Bootstrap(b.ctx, replica.Snapshot{
		Heads:   []stream.Head{{Stream: at.Stream, Kind: at.Kind, Scope: at.Scope, Seq: at.StreamSeq, State: head, Version: wire.FoldVersion}},
		Events:  []stream.Stored{{Envelope: at, Payload: payload}},
		Cursors: []stream.Cursor{{Scope: id.Everyone(), Pos: b.pos, Hash: []byte{1}, Seal: []byte{2}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stopped is a clock that stands still.
type stopped struct{ at time.Time }

func (s stopped) Now() time.Time       { return s.at }
func (s stopped) Moment() clock.Moment { return clock.Moment{Wall: s.at} }

// happens delivers an event of the person's own, or of a rotation, by the server.
func (b *bundle) happens(t *testing.T, target id.Stream, seq uint64, e stream.Event) {
	t.Helper()
	scope := id.Everyone()
	if e.Stream() == id.KindReader {
		scope = id.Own(b.me.Person)
	}
	at := id.Envelope{
		Stream: target, Kind: e.Stream(), StreamSeq: seq, Scope: scope, ScopePos: seq, Command: id.New[id.Command](),
		Occurred: time.Unix(1000, 0).UTC(), Received: time.Unix(1000, 0).UTC(),
	}
	payload, err := wire.EncodeEvent(e)
	if err != nil {
		t.Fatal(err)
	}
	err = b.Replica().Apply(b.ctx, []stream.Batch{{Events: []stream.Stored{{Envelope: at, Payload: payload}}, Cursor: stream.Cursor{Scope: scope, Pos: seq}}})
	if err != nil {
		t.Fatal(err)
	}
}

// What the server tells somebody of their shifts is told once by a client that is open, as long as it is of use.
func TestWhatIsToldOfShiftsIsNews(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Clock = stopped{time.Unix(1000, 0)}
	b.hears(t, "an empty replica")
	line, from := id.New[id.Rotation](), time.Unix(87_400, 0).UTC()
	b.happens(t, id.Stream(line), 1, oncall.RotationCreated{Name: "Payments", Version: oncall.Version{From: time.Unix(0, 0).UTC(), Zone: "UTC"}})
	own := id.Reader(b.me.Person)
	b.happens(t, own, 1, workspace.Reminded{About: workspace.ShiftComes, Rotation: line, From: from, Until: from.Add(time.Hour)})
	b.happens(t, own, 2, workspace.Reminded{About: workspace.ShiftsChanged, Rotation: line, Changes: []workspace.DutyChange{{From: from, Until: from.Add(time.Hour)}}})
	b.happens(t, own, 3, workspace.IncidentRead{Incident: b.state.ID, Upto: 1})
	b.happens(t, own, 4, workspace.Reminded{About: workspace.ShiftComes, Rotation: id.New[id.Rotation](), From: from})
	news, err := b.News(b.ctx)
	if err != nil || len(news) != 2 {
		t.Fatalf("%+v, %v", news, err)
	}
	if n := news[0]; n.Title != "You are on call from Fri 2 Jan, 00:16" || n.Text != "Payments, until Fri 2 Jan, 01:16." || n.Urgent || !n.Personal || n.Rotation != line || n.Reminder.IsZero() {
		t.Errorf("%+v", n)
	}
	if n := news[1]; n.Title != "Your shifts have changed: Payments" {
		t.Errorf("%+v", n)
	}
	b.hears(t, "the same again")
	b.Clock = stopped{from}
	b.happens(t, own, 5, workspace.Reminded{About: workspace.ShiftComes, Rotation: line, From: from})
	b.hears(t, "what has begun")
}
