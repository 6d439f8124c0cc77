package session_test

import (
	"slices"
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func TestAPrivateDeclarationIsShownAtOnceAndAsUnsent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, err := b.Declare(b.ctx, present.Declaration{Title: "The payroll was copied", Level: 2, Private: true, Admit: []id.Person{id.New[id.Person]()}})
	if err != nil {
		t.Fatal(err)
	}
	board, err := b.Board(b.ctx)
	if err != nil || len(board.Fires) != 1 || !board.Fires[0].Private || !board.Fires[0].Pending {
		t.Fatalf("the board shows %+v, %v", board.Fires, err)
	}
	room, err := b.Room(b.ctx, in, 10)
	if err != nil || !room.Private || !room.Pending || !room.Burning[0].Pending || room.Gone || len(room.Watchers) == 0 || room.Watchers[0].ID != b.me.Person {
		t.Errorf("the room is %+v, %v", room, err)
	}
	p := b.Replica().Pending()[0]
	if c, ok := p.Command.(incident.Declare); !ok || !c.Private || len(c.Admit) != 1 {
		t.Errorf("what waits is %+v", p.Command)
	}
}

func TestADraftRemembersWhoIsToSeeIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := present.Declaration{Title: "The payroll was copied", Level: 2, Private: true, Admit: []id.Person{id.New[id.Person]()}}
	if err := b.KeepDraft(b.ctx, want); err != nil {
		t.Fatal(err)
	}
	got, err := b.Draft(b.ctx)
	if err != nil || !got.Private || !slices.Equal(got.Admit, want.Admit) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestARoomIsGoneOnceEverythingElseIsHere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	unknown := id.New[id.Incident]()
	gone := func() bool {
		t.Helper()
		room, err := b.Room(b.ctx, unknown, 10)
		if err != nil {
			t.Fatal(err)
		}
		return room.Gone
	}
	if gone() {
		t.Error("on a device that has fetched nothing yet a room is gone")
	}
	b.arrives(t, actor(), incident.Declared{Title: "Checkout fails", Severity: 2, Number: 1})
	if !gone() {
		t.Error("a room that is not there is not gone")
	}
}
