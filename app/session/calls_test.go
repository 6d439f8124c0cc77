package session_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestWhatHasNotLeftThisDeviceSaysWhomToCall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.adds(t, workspace.PersonAdded{Person: id.New[id.Person](), Name: "Root Sample", Admin: true})
	in, err := b.Declare(b.ctx, present.Declaration{Title: "Checkout fails", Level: 1})
	if err != nil {
		t.Fatal(err)
	}
	room, err := b.Room(b.ctx, in, 10)
	if err != nil || room.Calls.Head == "" || room.Calls.None == "" {
		t.Errorf("of what is not sent it offers %+v, %v", room.Calls, err)
	}
	b.arrives(t, actor(), incident.Declared{Title: "Cards are refused", Severity: 1, Number: 12})
	if room, err := b.Room(b.ctx, b.state.ID, 10); err != nil || room.Calls.Head != "" {
		t.Errorf("of what the server knows it offers %+v, %v", room.Calls, err)
	}
}
