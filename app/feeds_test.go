package app_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

func TestAnAddressForACalendarIsMadeCopiedAndRevoked(t *testing.T) {
	e, s := duties(t)
	e.sees("IN YOUR CALENDAR", "You have made no address yet.", "Make an address that shows", "Everybody in Engineering")
	e.tap("feed rotation")
	e.sees("Copy the address now", "It is shown this once")
	e.tap("yes")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.HasPrefix(got, "https://tsugi.example.org/calendar/tsugi_feed_") {
		t.Errorf("copied is %q", got)
	}
	if len(s.feeds) != 1 || s.feeds[0].Kind != oncall.OneRotation || s.feeds[0].Rotation != s.eng {
		t.Fatalf("%+v", s.feeds)
	}
	e.seesNot("Copy the address now", "You have made no address yet.")
	e.sees("made just now  ·  not read by a calendar yet")
	e.tap("revoke " + s.feeds[0].ID.String())
	e.sees("Revoke this address? – Everybody in Engineering", "Nothing is read under it any more")
	e.tap("yes")
	e.sees("You have made no address yet.")
	if len(s.feeds) != 0 {
		t.Errorf("%+v", s.feeds)
	}
}

// The address can be had without the pointer, and each of the three shows what it says.
func TestAnAddressIsMadeWithTheKeyboardAlone(t *testing.T) {
	e, s := duties(t)
	e.to("feed mine")
	e.key(fyne.KeyReturn)
	e.sees("Copy the address now")
	e.key(fyne.KeyReturn)
	e.seesNot("Copy the address now")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.HasSuffix(got, "1.ics") {
		t.Errorf("copied is %q", got)
	}
	e.to("feed all")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyEscape)
	e.sees("My own shifts", "Everybody, in all rotations")
	if len(s.feeds) != 2 || s.feeds[0].Kind != oncall.OwnShifts || s.feeds[1].Kind != oncall.AllShifts {
		t.Errorf("%+v", s.feeds)
	}
}

func TestWithoutTheServerAddressesAreNotSaidToBeNone(t *testing.T) {
	e, s := duties(t)
	s.feeds = []present.Feed{{ID: id.New[id.Feed](), Kind: oncall.OneRotation, Rotation: id.New[id.Rotation](), Made: s.now().Add(-48 * time.Hour), Read: s.now().Add(-time.Hour)}}
	s.conn = present.Connection{Reach: present.Offline, Since: s.now().Add(-42 * time.Minute)}
	e.Changed()
	e.sees("The server alone knows your addresses, and it is not reached.")
	e.seesNot("Make an address that shows")
	e.ctrl(fyne.Key1)
	s.conn = present.Connection{Reach: present.Live}
	e.Changed()
	e.ctrl(fyne.Key5)
	e.sees("Everybody in a rotation that is not here", "made Tuesday  ·  read by a calendar 1 h ago")
}
