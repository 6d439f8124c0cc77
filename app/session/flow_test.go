package session_test

import (
	"context"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// answered settles all that waits, each with what answer makes of it.
func (b *bundle) answered(t *testing.T, answer func(stream.Submission) stream.Outcome) {
	t.Helper()
	who, out, err := b.Replica().Outgoing(b.ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	var answers []stream.Outcome
	for _, s := range out {
		answers = append(answers, answer(s))
	}
	if err := b.Replica().Settle(b.ctx, who, answers); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) unsent(t *testing.T) []present.Change {
	t.Helper()
	u, err := b.Unsent(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return u.Items
}

// knows delivers events of the person whose device this is.
func (b *bundle) knows(t *testing.T, events ...workspace.PersonEvent) {
	t.Helper()
	for i, e := range events {
		payload, err := wire.EncodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		b.pos++
		err = b.Replica().Apply(b.ctx, []stream.Batch{{
			Events: []stream.Stored{{Payload: payload, Envelope: id.Envelope{
				Stream: id.Stream(b.me.Person), Kind: id.KindPerson, StreamSeq: uint64(i) + 1, Scope: id.Everyone(), ScopePos: b.pos,
				Command: id.New[id.Command](), Occurred: time.Unix(int64(b.pos), 0).UTC(), Received: time.Unix(int64(b.pos), 0).UTC(),
			}}},
			Cursor: stream.Cursor{Scope: id.Everyone(), Pos: b.pos, Hash: []byte{1}, Seal: []byte{2}},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A lost device is not out before the server has heard of it.
func TestADeviceThatIsShutOutHereIsNotSaidToBeOutEverywhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lost := id.New[id.Device]()
	b.knows(t, workspace.PersonAdded{Person: b.me.Person, Name: "Ann"}, workspace.DeviceEnrolled{Device: lost, Name: "Phone"})
	if err := b.RevokeDevice(b.ctx, present.Revocation{Person: b.me.Person, Device: lost, Reason: "left on a train"}); err != nil {
		t.Fatal(err)
	}
	people, err := b.People(b.ctx)
	if err != nil || len(people.People) != 1 || len(people.People[0].Devices) != 1 {
		t.Fatalf("shown is %+v, %v", people, err)
	}
	if d := people.People[0].Devices[0]; d.Revoked.IsZero() || !d.Pending || d.MayShut {
		t.Errorf("shown is %+v", d)
	}
}

// Whoever changes only the name keeps what else is known of them.
func TestOnesOwnNameIsSentWithTheRestAsItWas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.knows(t, workspace.PersonAdded{Person: b.me.Person, Name: "Admin", Admin: true},
		workspace.PersonDescribed{Name: "Admin", Zone: "Europe/Berlin"})
	if err := b.DescribeSelf(b.ctx, "Ann Example", "Support"); err != nil {
		t.Fatal(err)
	}
	if waiting := b.unsent(t); len(waiting) != 1 || waiting[0].What != "be called “Ann Example”" {
		t.Errorf("waiting is %+v", waiting)
	}
	if people, err := b.People(b.ctx); err != nil || len(people.People) != 1 || people.People[0].Name != "Ann Example" || people.People[0].Department != "Support" {
		t.Errorf("shown is %+v, %v", people, err)
	}
	_, out, err := b.Replica().Outgoing(b.ctx, 1)
	if err != nil || len(out) != 1 || out[0].Target != id.Stream(b.me.Person) {
		t.Fatalf("sent is %+v, %v", out, err)
	}
	if c, ok := out[0].Command.(workspace.DescribePerson); !ok || c.Person != b.me.Person || c.Name != "Ann Example" || c.Department != "Support" || c.Zone != "Europe/Berlin" {
		t.Errorf("sent is %+v", out[0].Command)
	}
}

// Without any server: declared, changed, shown at once, counted, and there after a restart.
func TestWithoutAServerEverythingIsKeptAndShown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, err := b.Declare(b.ctx, present.Declaration{Title: "Mail is down", Level: 1, Tags: []string{"#Mail"}})
	if err != nil {
		t.Fatal(err)
	}
	b.state.ID = in
	for _, c := range []incident.Command{
		incident.Write{Entry: id.New[id.Entry](), Text: "nobody can send"}, incident.ChangeStatus{To: incident.Mitigated},
	} {
		if err := b.Submit(b.ctx, in, c); err != nil {
			t.Fatal(err)
		}
	}
	dir := b.Dir
	for range 2 {
		room, err := b.Room(b.ctx, in, 10)
		if err != nil || room.Title != "Mail is down" || room.Level != 1 || room.Status != incident.Mitigated || len(room.Tags) != 1 {
			t.Errorf("the room is %+v, %v", room, err)
		}
		if items := b.unsent(t); len(items) != 3 || items[1].Text != "nobody can send" || items[2].Title != "Mail is down" || items[0].State != present.Waiting {
			t.Errorf("unsent are %+v", items)
		}
		c, err := b.Connection(b.ctx)
		if err != nil || c.Reached() || c.Pending != 3 || c.Refused != 0 {
			t.Errorf("the connection is %+v, %v", c, err)
		}
		board, err := b.Board(b.ctx)
		if err != nil || len(board.Fires) != 1 || !board.Fires[0].Pending {
			t.Errorf("the board shows %+v, %v", board.Fires, err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		b.open(t, dir)
	}
}

// Somebody else was faster: the person is told of both values and chooses. Who insists names the value
// that he was told of, so that a third change meanwhile asks him again.
func TestAConflictAsksAndInsistingRestsOnWhatWasTold(t *testing.T) {
	t.Parallel()
	b, ben := setup(t), actor()
	b.arrives(t, ben, incident.Declared{Title: "Checkout fails", Severity: 3, Number: 1})
	if err := b.Submit(b.ctx, b.state.ID, incident.ChangeSeverity{To: 1, Reason: "all shops"}); err != nil {
		t.Fatal(err)
	}
	b.arrives(t, ben, incident.SeverityChanged{From: 3, To: 2})
	b.answered(t, func(s stream.Submission) stream.Outcome {
		return stream.Refusal(s.Mid, &fault.Fault{
			Kind: fault.Conflict, Message: "Somebody else changed the severity meanwhile.", Standing: &fault.Standing{Field: "severity", Value: "SEV2", Base: 2},
		})
	})
	items := b.unsent(t)
	if len(items) != 1 || items[0].State != present.Conflict || items[0].Wanted != "SEV1" || items[0].Standing != "SEV2" {
		t.Fatalf("asked is %+v", items)
	}
	if c, err := b.Connection(b.ctx); err != nil || c.Pending != 0 || c.Refused != 1 {
		t.Errorf("the connection is %+v, %v", c, err)
	}
	if room, err := b.Room(b.ctx, b.state.ID, 10); err != nil || room.Level != 2 {
		t.Errorf("while it is asked, the room shows level %d, %v", room.Level, err)
	}
	if err := b.Retry(b.ctx, items[0].Command); err != nil {
		t.Fatal(err)
	}
	_, out, err := b.Replica().Outgoing(b.ctx, 10)
	if err != nil || len(out) != 1 {
		t.Fatalf("on its way are %+v, %v", out, err)
	}
	again, _ := out[0].Command.(incident.ChangeSeverity)
	if again.To != 1 || again.Reason != "all shops" || again.Base != (incident.Base{Seq: 2}) || out[0].ID == items[0].Command {
		t.Errorf("sent again is %+v", out[0])
	}
	if items := b.unsent(t); len(items) != 1 || items[0].State != present.Waiting {
		t.Errorf("then there is %+v", items)
	}
}

func TestRefusedWordsCanBeCopiedAndDiscarded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, actor(), incident.Declared{Title: "Checkout fails", Severity: 3, Number: 1})
	if err := b.Submit(b.ctx, b.state.ID, incident.Write{Entry: id.New[id.Entry](), Text: "my words"}); err != nil {
		t.Fatal(err)
	}
	b.answered(t, func(s stream.Submission) stream.Outcome {
		return stream.Refusal(s.Mid, fault.New(fault.Poison, "The server failed three times.").WithAdvice("It is kept.", "Tell your admin."))
	})
	items := b.unsent(t)
	if len(items) != 1 || items[0].State != present.Refused || items[0].Text != "my words" {
		t.Fatalf("kept is %+v", items)
	}
	if err := b.Discard(b.ctx, items[0].Command); err != nil {
		t.Fatal(err)
	}
	if err := b.Retry(b.ctx, items[0].Command); err != nil { // a second window was slower
		t.Error(err)
	}
	if items := b.unsent(t); len(items) != 0 {
		t.Errorf("after discarding there is %+v", items)
	}
}

func TestWhoObservesIsToldAndCanStop(t *testing.T) {
	t.Parallel()
	b := setup(t)
	changed, stop := b.Observe()
	for range 3 {
		if _, err := b.Declare(b.ctx, present.Declaration{Title: "x"}); err != nil {
			t.Fatal(err)
		}
		<-changed
	}
	stop()
	stop() // twice is once
}

func TestWhatNeedsTheServerSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, actor(), incident.Declared{Title: "Checkout fails", Severity: 3, Number: 1})
	running, stop := context.WithCancel(b.ctx)
	ended := make(chan struct{})
	changed, quiet := b.Observe()
	defer quiet()
	go func() {
		defer close(ended)
		b.Run(running)
	}()
	for {
		c, err := b.Connection(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if c.Reach == present.Offline {
			break
		}
		<-changed
	}
	if _, err := b.Invite(b.ctx, present.Guest{Name: "Bob"}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("an invitation: %v", err)
	}
	if err := b.Enrol(b.ctx, present.Enrolment{Address: "there", Code: "x"}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("an enrolment: %v", err)
	}
	if err := b.LoadEarlier(b.ctx, b.state.ID); err != nil {
		t.Errorf("nothing is missing, and yet: %v", err)
	}
	stop()
	<-ended
}

func TestAFolderInUseIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := session.Open(b.ctx, b.Options)
	if f := fault.Find(err); f == nil || f.Kind != fault.Locked || f.Safe == "" || f.Do == "" {
		t.Errorf("got %v", err)
	}
}
