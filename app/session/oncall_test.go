package session_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// known delivers that whoever looks is one of the company's people.
func (b *bundle) known(t *testing.T) {
	t.Helper()
	b.adds(t, workspace.PersonAdded{Person: b.me.Person, Name: "Ann Sample"})
}

// adds delivers that somebody is.
func (b *bundle) adds(t *testing.T, e workspace.PersonAdded) {
	t.Helper()
	b.pos++
	at := id.Envelope{
		Stream: id.Stream(e.Person), Kind: id.KindPerson, StreamSeq: 1, Scope: id.Everyone(), ScopePos: b.pos, Command: id.New[id.Command](), Actor: b.me,
		Occurred: time.Unix(1, 0).UTC(), Received: time.Unix(1, 0).UTC(),
	}
	payload, err := wire.EncodeEvent(e)
	if err != nil {
		t.Fatal(err)
	}
	err = b.Replica().Apply(b.ctx, []stream.Batch{{
		Events: []stream.Stored{{Envelope: at, Payload: payload}},
		Cursor: stream.Cursor{Scope: id.Everyone(), Pos: b.pos, Hash: []byte{1}, Seal: []byte{2}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// rotates creates a rotation in which whoever looks serves for ever.
func (b *bundle) rotates(t *testing.T, name string) id.Rotation {
	t.Helper()
	b.known(t)
	r := id.New[id.Rotation]()
	order := oncall.Version{Zone: "Europe/Berlin", Layers: []oncall.Layer{{
		ID: id.New[id.Layer](), Anchor: oncall.On(2026, 10, 19, 9, 0), Unit: oncall.Week, Every: 1, Places: []oncall.Place{{b.me.Person}},
	}}}
	if err := b.Rotate(b.ctx, r, []oncall.Command{oncall.CreateRotation{Name: name, Version: order}}); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhoIsOnCallIsKnownWithoutTheServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if got, err := b.OnCall(b.ctx, present.OnCallQuery{}); err != nil || len(got.Duties) != 0 {
		t.Fatalf("before there is a rotation: %+v, %v", got.Duties, err)
	}
	shops := b.rotates(t, "Shops")
	got, err := b.OnCall(b.ctx, present.OnCallQuery{})
	if err != nil || len(got.Duties) != 1 || !got.Duties[0].Self || got.Chosen.ID != shops || len(got.Calendar.Days) != 7 {
		t.Fatalf("on call is %+v, %v", got, err)
	}
	if h := got.Chosen.History; len(h) != 1 || !h[0].Pending {
		t.Errorf("the history is %+v", h)
	}
	board, err := b.Board(b.ctx)
	if err != nil || len(board.OnCall) != 1 || board.OnCall[0].Name != "Shops" || board.Turn.IsZero() {
		t.Errorf("the board says %+v, %v, %v", board.OnCall, board.Turn, err)
	}
	unsent, err := b.Unsent(b.ctx)
	if err != nil || len(unsent.Items) != 1 || unsent.Items[0].Title != "Shops" || unsent.Items[0].What == "" {
		t.Errorf("unsent is %+v, %v", unsent, err)
	}
}

func TestWhatIsForeseenIsNotStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shops := b.rotates(t, "Shops")
	off := []oncall.Command{oncall.AddOverride{Override: oncall.Override{
		ID: id.New[id.Override](), Deed: oncall.Remove, Out: b.me.Person, From: b.Clock.Now(), Until: b.Clock.Now().AddDate(0, 0, 1),
	}}}
	got, err := b.Foresee(b.ctx, shops, off)
	if err != nil || len(got.Lines) != 1 || !got.Lines[0].Gap {
		t.Errorf("foreseen is %+v, %v", got, err)
	}
	if n := len(b.Replica().Pending()); n != 1 {
		t.Errorf("%d changes wait", n)
	}
	if err := b.Rotate(b.ctx, shops, off); err != nil {
		t.Fatal(err)
	}
	if duties, err := b.Duties(b.ctx); err != nil || !duties[0].Nobody() {
		t.Errorf("on call is %+v, %v", duties, err)
	}
	if err := b.Rotate(b.ctx, shops, []oncall.Command{oncall.WithdrawCover{Cover: id.New[id.Cover]()}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("what the rules refuse: %v", err)
	}
}

func TestAnEndedRotationIsNotOnTheBoard(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shops := b.rotates(t, "Shops")
	if err := b.Rotate(b.ctx, shops, []oncall.Command{oncall.EndRotation{From: b.Clock.Now()}}); err != nil {
		t.Fatal(err)
	}
	board, err := b.Board(b.ctx)
	if err != nil || len(board.OnCall) != 0 {
		t.Errorf("the board says %+v, %v", board.OnCall, err)
	}
	if duties, err := b.Duties(b.ctx); err != nil || len(duties) != 1 || !duties[0].Ended {
		t.Errorf("the duties are %+v, %v", duties, err)
	}
}
