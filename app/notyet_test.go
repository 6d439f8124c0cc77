package app_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// What waits to be sent is not true yet, and is not said as if it were.
func TestWhoSeesARoomIsNotSaidBeforeItIsSo(t *testing.T) {
	f, in := full()
	public := f.find(in)
	f.confirmed = &public
	_ = f.submit(in, f.self, noon(), noon(), incident.Conceal{})
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	e.sees("Not yet: still visible to everybody until this is sent.", "still sees this")
	e.seesNot("Private: only these people", "does not see this")
	addressed := func(composer, lock string) {
		t.Helper()
		if got := e.c.Focused().(*widget.Input).PlaceHolder; got != composer {
			t.Errorf("the composer says %q; want %q", got, composer)
		}
		if got := e.find("sight").(*widget.Button).Tip; got != lock {
			t.Errorf("the lock says %q; want %q", got, lock)
		}
	}
	addressed("Write: everybody still sees this room", "Not yet: still visible to everybody until this is sent.")
	private := f.find(in)
	f.confirmed = &private
	e.Changed()
	e.sees("Private: only these people see that it exists.", "does not see this")
	e.seesNot("Not yet", "still sees this")
	addressed("Write to the 3 people who see this room", "Private: 3 people see it")
	_ = f.submit(in, f.self, noon(), noon(), incident.Admit{Person: f.named("Eli")})
	e.Changed()
	e.sees("not yet")
	e.seesNot("Not yet:")
	addressed("Write to the 3 people who see this room", "Private: 3 people see it")
	admitted := f.find(in)
	f.confirmed = &admitted
	_ = f.submit(in, f.self, noon(), noon(), incident.Exclude{Person: f.named("Eli")})
	e.Changed()
	e.sees("Not yet: still visible to Eli Sample until this is sent.")
	addressed("Write to the 4 people who see this room", "Private: 4 people see it")
	f.confirmed = &admitted
	_ = f.submit(in, f.self, noon(), noon(), incident.Reveal{})
	e.Changed()
	e.sees("Not yet: only those who saw it before see it until this is sent.")
}

func TestWhoWasTakenOutIsNotProposedAgain(t *testing.T) {
	f, in := secret()
	eli := f.named("Eli")
	_ = f.submit(in, f.self, noon(), noon(), incident.Admit{Person: eli})
	_ = f.submit(in, f.self, noon(), noon(), incident.Exclude{Person: eli})
	room, err := f.Room(t.Context(), in, 1000)
	if err != nil || len(room.Excluded) != 1 || room.Excluded[0] != eli {
		t.Fatalf("taken out are %v, %v", room.Excluded, err)
	}
	_ = f.submit(in, f.self, noon(), noon(), incident.Admit{Person: eli})
	if room, err = f.Room(t.Context(), in, 1000); err != nil || len(room.Excluded) != 0 {
		t.Errorf("taken out are %v, %v", room.Excluded, err)
	}
}
