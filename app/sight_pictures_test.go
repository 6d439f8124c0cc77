package app_test

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// inSecret is a page with incidents that not everybody may see, after something was done in it.
func inSecret(do func(e eyes, f *fake, in id.Incident)) func(*testing.T, theme.Choice) *app.Desk {
	return func(t *testing.T, look theme.Choice) *app.Desk {
		f, in := secret()
		quiet, old := id.New[id.Incident](), id.New[id.Incident]()
		at := func(ago time.Duration) time.Time { return noon().Add(-ago) }
		_ = f.submit(quiet, f.self, at(50*time.Minute), at(50*time.Minute), incident.Declare{Title: "Somebody copied the payroll", Severity: 2, Private: true})
		_ = f.submit(old, f.self, at(56*time.Hour), at(56*time.Hour), incident.Declare{Title: "A threat was written to the shop", Severity: 3, Private: true})
		_ = f.submit(old, f.self, at(28*time.Hour), at(28*time.Hour), incident.ChangeStatus{Base: f.base(old), To: incident.Closed})
		d := desk(t, f, look)
		d.Window().Resize(fyne.NewSize(1440, 900))
		e := eyes{t, d, d.Window().Canvas()}
		d.Changed()
		do(e, f, in)
		return d
	}
}

// declaring fills a private declaration in.
func declaring(e eyes, f *fake) {
	e.ctrl(fyne.KeyD)
	e.types("Somebody copied the customers")
	e.tap("check ")
	e.Window().Canvas().Capture()
	e.toField(f.view().Words.Sight.Find)
	e.types("cleo")
	e.key(fyne.KeyReturn)
	e.types("e")
}

// intruding is a desk that tells of a device that somebody else added.
func intruding(out bool, then func(eyes)) func(*testing.T, theme.Choice) *app.Desk {
	return func(t *testing.T, look theme.Choice) *app.Desk {
		t.Helper()
		f, n := intruded()
		if out {
			f.shutOut(n.Device, f.named("Eli"))
		}
		d := desk(t, f, look)
		f.news = []present.News{n}
		d.Changed()
		d.Tick(noon().Add(time.Minute))
		then(eyes{t, d, d.Window().Canvas()})
		return d
	}
}

// sightScenes are pages with incidents that not everybody may see.
func sightScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := inSecret
	open := func(typed ...string) func(*testing.T, theme.Choice) *app.Desk {
		return scene(func(e eyes, _ *fake, in id.Incident) {
			e.OpenRoom(in)
			for _, line := range typed {
				e.types(line)
				e.key(fyne.KeyReturn)
			}
		})
	}
	larger := func(e eyes) {
		for range 5 {
			e.ctrl(fyne.KeyEqual)
		}
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"sight-board":   scene(func(eyes, *fake, id.Incident) {}),
		"sight-room":    open(),
		"sight-admit":   open("/admit e"),
		"sight-exclude": open("/admit Eli", "/exclude Eli"),
		"sight-public":  open("/public"),
		"sight-menu":    scene(func(e eyes, _ *fake, in id.Incident) { e.OpenRoom(in); e.tap("sight") }),
		"sight-role":    scene(func(e eyes, _ *fake, in id.Incident) { e.OpenRoom(in); e.tap("role legal") }),
		"sight-private": scene(func(e eyes, f *fake, _ id.Incident) {
			other := f.incidents[5].ID
			e.OpenRoom(other)
			e.types("/private")
			e.key(fyne.KeyReturn)
		}),
		"sight-declare": scene(func(e eyes, f *fake, _ id.Incident) { declaring(e, f) }),
		"sight-search":  scene(func(e eyes, _ *fake, _ id.Incident) { e.ctrl(fyne.KeyF) }),
		"sight-gone":    scene(func(e eyes, f *fake, in id.Incident) { e.OpenRoom(in); f.purge(in); e.Changed() }),
		"sight-unsent": scene(func(e eyes, f *fake, in id.Incident) {
			f.unsent = someUnsent(f)
			f.unsent.Items = append(f.unsent.Items, present.ChangeFrom(present.Change{Command: id.New[id.Command](), Incident: in, At: noon()},
				incident.Write{Text: "x"}, fault.New(fault.Gone, "It is gone."), f.view()))
			e.ctrl(fyne.Key2)
		}),
		"sight-many": scene(func(e eyes, f *fake, in id.Incident) {
			for i := range 20 {
				by := f.person(fmt.Sprintf("Person %02d with a rather long name", i), "Shop", false, "desk")
				_ = f.submit(in, f.self, noon(), noon(), incident.Admit{Person: by.Person})
			}
			e.OpenRoom(in)
		}),
		"sight-notyet": scene(func(e eyes, f *fake, _ id.Incident) {
			public := f.incidents[5]
			f.confirmed = &public
			f.conn = present.Connection{Reach: present.Offline, Since: noon(), Pending: 1}
			_ = f.submit(public.ID, f.self, noon(), noon(), incident.Conceal{})
			e.OpenRoom(public.ID)
			e.Changed()
		}),
		"sight-lost": scene(func(e eyes, f *fake, _ id.Incident) {
			f.conn = present.Connection{Reach: present.Live, People: 3, Refused: 2, Lost: 2}
			e.Changed()
		}),
		"sight-150-board":   scene(func(e eyes, _ *fake, _ id.Incident) { larger(e) }),
		"sight-150-room":    scene(func(e eyes, _ *fake, in id.Incident) { larger(e); e.OpenRoom(in) }),
		"sight-150-declare": scene(func(e eyes, f *fake, _ id.Incident) { larger(e); declaring(e, f) }),
		"sight-150-private": scene(func(e eyes, f *fake, _ id.Incident) {
			larger(e)
			e.OpenRoom(f.incidents[5].ID)
			e.types("/private")
			e.key(fyne.KeyReturn)
		}),
	}
}

// strangerScenes tell of a device that somebody else added.
func strangerScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"sight-device":        intruding(false, func(eyes) {}),
		"sight-device-people": intruding(false, func(e eyes) { e.tap("show device") }),
		"sight-device-out":    intruding(true, func(e eyes) { e.tap("show device") }),
	}
}
