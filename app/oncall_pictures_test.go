package app_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

const berlin = "Europe/Berlin"

// staffed is a workspace with rotations, in the week in which clocks are put back in Berlin.
type staffed struct {
	*fake
	imoc, eng, press, legal id.Rotation
	cleo, dora, eli         id.Actor
}

func staff(t *testing.T) *staffed {
	t.Helper()
	f, _ := full()
	f.instant = time.Date(2026, 10, 22, 8, 44, 10, 0, time.UTC)
	f.place, _ = time.LoadLocation(berlin)
	s := &staffed{fake: f, cleo: f.actor("Cleo Sample"), dora: f.actor("Dora Sample"), eli: f.actor("Eli Sample")}
	ada := f.self.Person
	s.imoc = f.ordered(t, "IMOC", berlin, row("", oncall.Week, oncall.On(2026, 10, 19, 9, 0), ada, s.dora.Person))
	weekdays, nights := row("weekdays", oncall.Week, oncall.On(2026, 10, 19, 9, 0), s.cleo.Person, s.eli.Person), row("nights", oncall.Day, oncall.On(2026, 10, 19, 18, 0), s.eli.Person, s.cleo.Person, ada)
	weekdays.Hours = []oncall.Window{{Days: oncall.DaysOf(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday), From: 9 * 60, Until: 18 * 60}}
	weekdays.Priority, nights.Priority = 2, 1
	nights.Hours = []oncall.Window{{Days: 127, From: 18 * 60, Until: 9 * 60}, {Days: oncall.DaysOf(time.Saturday, time.Sunday), From: 9 * 60, Until: 18 * 60}}
	both := row("backup", oncall.Week, oncall.On(2026, 10, 19, 9, 0), s.dora.Person)
	both.Places = []oncall.Place{{s.dora.Person, s.eli.Person}}
	s.eng = f.ordered(t, "Engineering", berlin, weekdays, nights, both)
	s.press = f.ordered(t, "Press", "Europe/London", row("", oncall.Day, oncall.On(2026, 10, 19, 8, 0), s.dora.Person, s.eli.Person))
	office := row("office hours", oncall.Week, oncall.On(2026, 10, 19, 13, 0), s.dora.Person, s.cleo.Person)
	office.Hours = []oncall.Window{{Days: oncall.DaysOf(time.Monday, time.Tuesday, time.Thursday), From: 13 * 60, Until: 17 * 60}}
	s.legal = f.ordered(t, "Legal", berlin, office)
	must := func(r id.Rotation, by id.Actor, c oncall.Command) {
		if err := f.rotate(r, by, f.instant.Add(-time.Hour), c); err != nil {
			t.Fatal(err)
		}
	}
	at := func(day, hour int) time.Time { return oncall.Resolve(oncall.On(2026, 10, day, hour, 0), f.place) }
	must(s.eng, s.cleo, oncall.AddOverride{Override: oncall.Override{
		ID: id.New[id.Override](), Deed: oncall.Replace, From: at(24, 18), Until: at(25, 18), Out: on(f.rotation(s.eng), at(24, 20)), In: s.dora.Person,
	}})
	must(s.eng, s.cleo, oncall.RequestCover{Cover: id.New[id.Cover](), From: at(23, 9), Until: at(23, 18), Note: "My daughter starts school."})
	return s
}

// on returns who is on call at some time.
func on(r oncall.Rotation, at time.Time) id.Person {
	for _, s := range oncall.NewRoster(r).At(at) {
		return s.Person
	}
	return id.Person{}
}

// actor returns somebody of the workspace.
func (f *fake) actor(name string) id.Actor {
	for _, p := range f.setup.People {
		if p.Name == name {
			return id.Actor{Person: p.ID, Device: p.Devices[0].ID}
		}
	}
	return id.Actor{}
}

func dutyScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := func(do func(e eyes, s *staffed)) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			s := staff(t)
			d := desk(t, s.fake, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			d.Open("oncall")
			e := eyes{t, d, d.Window().Canvas()}
			e.tap("duty " + s.eng.String())
			do(e, s)
			return d
		}
	}
	larger := func(e eyes) {
		for range 5 {
			e.ctrl(fyne.KeyEqual)
		}
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"oncall": scene(func(eyes, *staffed) {}),
		"oncall-feeds": scene(func(e eyes, s *staffed) {
			s.feeds = []present.Feed{
				{ID: id.New[id.Feed](), Kind: oncall.OwnShifts, Made: s.now().Add(-240 * time.Hour), Read: s.now().Add(-20 * time.Minute)},
				{ID: id.New[id.Feed](), Kind: oncall.OneRotation, Rotation: s.eng, Name: "Engineering", Made: s.now().Add(-time.Hour)},
			}
			e.Open("board")
			e.Open("oncall")
			e.to("feed mine")
		}),
		"oncall-address": scene(func(e eyes, _ *staffed) {
			e.to("feed mine")
			e.key(fyne.KeyReturn)
		}),
		"oncall-month": scene(func(e eyes, _ *staffed) { e.tap("month") }),
		"oncall-mine":  scene(func(e eyes, _ *staffed) { e.tap("mine") }),
		"oncall-gaps":  scene(func(e eyes, s *staffed) { e.tap("duty " + s.legal.String()) }),
		"oncall-zone":  scene(func(e eyes, s *staffed) { e.tap("duty " + s.press.String()); e.tap("zone") }),
		"oncall-empty": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			d.Open("oncall")
			return d
		},
		"oncall-offline": scene(func(e eyes, s *staffed) {
			s.conn = present.Connection{Reach: present.Offline, Since: s.now().Add(-42 * time.Minute)}
			e.Changed()
		}),
		"oncall-keys": scene(func(e eyes, _ *staffed) { e.to("calendar"); e.key(fyne.KeyRight) }),
		"oncall-menu": scene(func(e eyes, _ *staffed) { e.to("calendar"); e.key(fyne.KeyReturn) }),
		"oncall-give": scene(func(e eyes, _ *staffed) { e.give() }),
		"oncall-edit": scene(func(e eyes, s *staffed) { e.edit(s) }),
		"oncall-new": scene(func(e eyes, _ *staffed) {
			e.tap("new rotation")
			e.types("Shops")
			e.to("layer 1")
			e.types("eli")
			e.key(fyne.KeyReturn)
			e.types("dora")
			e.key(fyne.KeyReturn)
		}),
		"oncall-wrong":    scene(func(e eyes, _ *staffed) { e.tap("new rotation"); e.to("zone"); e.types("x"); e.tap("save") }),
		"oncall-150":      scene(func(e eyes, _ *staffed) { larger(e) }),
		"oncall-edit-150": scene(func(e eyes, s *staffed) { larger(e); e.edit(s) }),
		"board-oncall":    scene(func(e eyes, _ *staffed) { e.ctrl(fyne.Key1) }),
	}
}

// to gives the keyboard to what has the key.
func (e eyes) to(key string) {
	e.t.Helper()
	for range 400 {
		if k, ok := e.c.Focused().(interface{ FocusKey() string }); ok && k.FocusKey() == key {
			return
		}
		test.FocusNext(e.c)
	}
	e.t.Fatalf("the keyboard does not come to %q:\n%s", key, e.said())
}

// give chooses somebody else for a shift, and stops before it is stored.
func (e eyes) give() {
	e.to("calendar")
	e.key(fyne.KeyReturn)
	for range 2 {
		e.key(fyne.KeyDown)
	}
	e.key(fyne.KeyReturn)
	e.types("dora")
	e.key(fyne.KeyReturn)
}

// edit takes somebody out of a layer and puts somebody else in, and stops before it is stored.
func (e eyes) edit(s *staffed) {
	e.tap("edit rotation")
	e.tap("take out 0 " + s.eli.Person.String())
	e.types("dora")
	e.key(fyne.KeyReturn)
}
