package replica_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Shown is what is confirmed with one's own commands that wait, also of people and their devices.
func TestOnesOwnNameAndDeviceAreShownAsOneSaidBeforeTheServerHasIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lost, mine := id.New[id.Device](), id.Stream(b.me.Person)
	b.server.do(t, mine, id.Actor{}, workspace.EnrolDevice{Person: b.me.Person, Device: lost, Name: "Phone"})
	b.tail(t)
	wants := func(when, name string, revoked bool) {
		t.Helper()
		got := b.Setup().People[b.me.Person]
		if d, ok := got.Device(lost); !ok || got.Name != name || d.Revoked.IsZero() == revoked {
			t.Errorf("%s, shown is %+v; want %s, and the phone shut out: %v", when, got, name, revoked)
		}
	}
	wants("at first", "Ann", false)
	b.submit(t, id.Incident(mine), workspace.DescribePerson{Person: b.me.Person, Name: "Ann Example"})
	b.submit(t, id.Incident(mine), workspace.RevokeDevice{Person: b.me.Person, Device: lost, Reason: "left on a train"})
	wants("unsent", "Ann Example", true)
	b.restart(t)
	wants("after a restart", "Ann Example", true)
	who, answers := b.push(t)
	b.settle(t, who, answers)
	wants("accepted", "Ann Example", true)
	b.tail(t)
	wants("confirmed", "Ann Example", true)
	b.server.do(t, mine, id.Actor{}, workspace.DescribePerson{Person: b.me.Person, Name: "Ann Sample"})
	b.tail(t)
	wants("changed by somebody else", "Ann Sample", true)
}
