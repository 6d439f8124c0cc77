package proof_test

import (
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// others waits until a client is told that somebody writes in a room, or nobody does, and returns who is there.
func (b *bundle) others(t *testing.T, d *proof.Desk, in id.Incident, typing string, here int) present.Attendance {
	t.Helper()
	changed, stop := d.ObserveAttendance()
	defer stop()
	for {
		if got := d.Attendance(in); got.Typing == typing && got.Count() == here {
			return got
		}
		select {
		case <-changed:
		case <-b.ctx.Done():
			t.Fatalf("waiting for %q: there is %+v", typing, d.Attendance(in))
		}
	}
}

// From a key in one client to a line in another, over a real server: nothing of it is an event, and nothing of it is
// left when the server is gone.
func TestTypingIsSeenAndLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := must(b.ann.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "Checkout fails", Level: 2}))
	b.settled(t, b.ann, in, 1, b.bob)
	leave := b.ann.Attend(in)
	defer leave()
	window, aside := b.bob.Attend(in), b.bob.Attend(in)
	if got := b.others(t, b.ann, in, "", 1); got.Here[0].Name != "Bob" {
		t.Errorf("besides Ann there is %+v", got)
	}
	b.bob.Type(in, true)
	b.others(t, b.ann, in, "Bob is typing …", 1)
	b.others(t, b.bob, in, "", 1)
	b.bob.Type(in, false)
	b.others(t, b.ann, in, "", 1)
	window()
	b.bob.Type(in, true)
	b.others(t, b.ann, in, "Bob is typing …", 1)
	aside()
	b.others(t, b.ann, in, "", 0)
	defer b.bob.Attend(in)()
	b.others(t, b.ann, in, "", 1)
	b.others(t, b.bob, in, "", 1)
	b.settled(t, b.ann, in, 1, b.bob)
	address := strings.TrimPrefix(b.office.Server.Address(), "http://")
	if err := b.office.Close(); err != nil {
		t.Fatal(err)
	}
	b.others(t, b.ann, in, "", 0)
	b.others(t, b.bob, in, "", 0)
	b.open(t, address)
	b.others(t, b.ann, in, "", 1)
	if err := b.bob.Close(); err != nil { // somebody quits
		t.Fatal(err)
	}
	b.others(t, b.ann, in, "", 0)
}
