package app_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// intruded is a desk whose person was given one more device by Eli, and the news of it.
func intruded() (*fake, present.News) {
	f, _ := full()
	vm := id.New[id.Device]()
	me := f.setup.People[f.self.Person]
	me.Devices = append(me.Devices, workspace.Device{ID: vm, Name: "vm", Platform: "linux", Enrolled: noon(), By: f.named("Eli")})
	f.setup = f.setup.With(me)
	n, _ := present.DeviceNews(workspace.DeviceEnrolled{Device: vm, Name: "vm", By: f.named("Eli")},
		id.Envelope{Stream: id.Stream(f.self.Person), Occurred: noon()}, noon(), f.view())
	return f, n
}

func TestADeviceThatWasAddedAsOneselfIsToldUntilItIsAnswered(t *testing.T) {
	f, n := intruded()
	b := outside(t, f)
	b.arrives(n)
	const told = "A device was added as you: “vm”, by Eli Sample, "
	if notes := b.n.notes; len(notes) != 1 || !notes[0].Urgent || notes[0].Title != "A device was added as you" || notes[0].Action != "Show the device" {
		t.Fatalf("told was %+v", notes)
	}
	b.sees(told, "Not yours? Shut it out.")
	b.Open("unsent")
	b.sees(told)
	b.key(fyne.KeyEscape)
	b.sees(told)
	b.tap("show device")
	b.sees("added by Eli Sample, ", told)
	if got, ok := b.c.Focused().(*widget.Button); !ok || got.FocusKey() != "revoke "+n.Device.String() {
		t.Errorf("the keyboard is at %v", b.c.Focused())
	}
	b.tap("known device")
	b.seesNot(told)
	b.Changed()
	b.wait()
	b.seesNot(told)
}

// Neither a restart nor a bootstrap answers for whoever looks: there is no news, and the device is there.
func TestADeviceThatNobodyAnsweredIsToldAfterARestart(t *testing.T) {
	f, n := intruded()
	const told = "A device was added as you: “vm”, by Eli Sample, "
	b := outside(t, f)
	b.Changed()
	b.wait()
	b.sees(told)
	b.tap("known device")
	again := f.restarted(t, b.chosen)
	again.seesNot(told)
	if err := b.chosen.Change(func(s *settings.Settings) { s.Answered = "" }); err != nil {
		t.Fatal(err)
	}
	again = f.restarted(t, b.chosen)
	again.sees(told)
	f.shutOut(n.Device, f.self.Person) // on another of their devices
	again.Changed()
	again.Tick(noon().Add(time.Hour))
	again.seesNot("A device was added as you")
}

// restarted is the desk of a later run.
func (f *fake) restarted(t *testing.T, chosen *settings.Store) eyes {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Dark))
	d := app.New(app.Params{
		App: a, Session: f, Work: widget.Direct{}, View: f.view(), Now: noon, Around: app.Around{Settings: chosen},
	})
	d.Start()
	d.Tick(noon())
	return eyes{t, d, d.Window().Canvas()}
}

// shutOut shuts a device of whoever looks out.
func (f *fake) shutOut(device id.Device, by id.Person) {
	me := f.setup.People[f.self.Person]
	f.setup = f.setup.With(workspace.ApplyPerson(me, id.Envelope{
		Stream: id.Stream(me.ID), StreamSeq: me.Seq + 1, Occurred: noon(), Actor: id.Actor{Person: by},
	}, workspace.DeviceRevoked{Device: device}))
}

// Who adds a device as somebody, reads, and shuts it out before anybody looks is named all the same.
func TestADeviceThatWasShutOutBeforeAnybodyLookedIsTold(t *testing.T) {
	f, n := intruded()
	f.shutOut(n.Device, f.named("Eli"))
	b := outside(t, f)
	b.Changed()
	b.wait()
	b.sees("A device was added as you: “vm”, by Eli Sample, ", ", and shut out ", "It could read all that you can read", "Ask who added it.")
	b.seesNot("Shut it out.")
	b.tap("show device")
	b.sees("added by Eli Sample, ", "  ·  shut out ")
}

func TestTheNotificationOfADeviceLeadsToIt(t *testing.T) {
	f, n := intruded()
	b := outside(t, f)
	b.arrives(n)
	link, err := desktop.ParseLink(b.n.notes[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	b.Follow(link)
	b.sees("added by Eli Sample, ", "A device was added as you") // a click is no answer
}

// What is told of changes that came to nothing is true of each: of some the words are here, of others nowhere.
func TestChangesOfWhichNothingIsLeftAreNotSaidToBeKept(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	f.conn = present.Connection{Reach: present.Live, People: 3, Refused: 2, Lost: 2}
	e.Changed()
	e.sees("2 changes of yours may have come too late: you may not see what they were about any more.", "Their words were removed from this device.")
	e.seesNot("kept on this device", "Open Unsent", "EXTRA")
	f.conn.Refused = 3
	e.Changed()
	e.sees("A change of yours was not made.", "It is kept on this device")
	e.seesNot("removed")
}

func TestTheConnectionIsOnlyLiveWhileNobodyKnowsHowManyThereAre(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	f.conn = present.Connection{Reach: present.Live, Since: time.Unix(0, 0)}
	e.Changed()
	e.seesNot("you alone")
}
