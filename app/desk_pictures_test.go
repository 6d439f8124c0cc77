package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// deskScenes are what refuses, waits, folds and is found.
func deskScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	in := func(do func(e eyes, f *fake, in id.Incident)) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			f, in := full()
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			d.OpenRoom(in)
			do(eyes{t, d, d.Window().Canvas()}, f, in)
			return d
		}
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"room-folded": foldedScene(false), "room-unfolded": foldedScene(true), "room-files": filesScene, "board-mitigated": mitigatedScene,
		"room-refused": in(func(e eyes, _ *fake, _ id.Incident) {
			e.tap("add link")
			e.types("the wiki")
			e.key(fyne.KeyReturn)
			e.types("the runbook")
			e.key(fyne.KeyReturn)
		}),
		"room-title-refused": in(func(e eyes, _ *fake, _ id.Incident) {
			e.tap("title")
			e.c.Focused().(*widget.Input).SetText(strings.Repeat("long ", 100))
			e.key(fyne.KeyReturn)
		}),
		"room-severity-failed": in(func(e eyes, f *fake, _ id.Incident) {
			e.tap("severity")
			e.key(fyne.KeyDown)
			e.types("only the north")
			f.failure = errors.New("the disk is full")
			e.key(fyne.KeyReturn)
			f.failure = nil
		}),
		"room-milestone": in(func(e eyes, _ *fake, _ id.Incident) {
			e.types("/mil")
			e.key(fyne.KeyReturn)
		}),
		"room-pasted": in(func(e eyes, _ *fake, _ id.Incident) {
			e.pastes(file(e.t, "orders.csv", "1").Path() + "\n" + file(e.t, "df.txt", "2").Path())
		}),
		"room-surplus": in(func(e eyes, _ *fake, _ id.Incident) {
			for i := range incident.MaxAttachments + 2 {
				e.drop("shot-"+string(rune('a'+i))+".png", strings.Repeat("x", i+1))
			}
		}),
		"room-hit": in(func(e eyes, _ *fake, _ id.Incident) {
			e.ctrl(fyne.KeyF)
			e.types("140 calls")
			e.key(fyne.KeyReturn)
		}),
		"room-slash":      in(func(e eyes, _ *fake, _ id.Incident) { e.types("/s") }),
		"search-unknown":  in(func(e eyes, _ *fake, _ id.Incident) { e.ctrl(fyne.KeyF); e.types("sev:99 by:nobody") }),
		"palette-unknown": in(func(e eyes, _ *fake, _ id.Incident) { e.ctrl(fyne.KeyK); e.types("sev:99") }),
	}
}

// filesScene is a room in which one entry waits for its files, and another one is being written with some.
func filesScene(t *testing.T, look theme.Choice) *app.Desk {
	f, in := full()
	work := &patient{}
	d := deskWith(t, f, look, work)
	work.all()
	d.Window().Resize(fyne.NewSize(1440, 900))
	d.OpenRoom(in)
	work.all()
	e := eyes{t, d, d.Window().Canvas()}
	e.drop("dump-of-db-7.bin", "slow")
	e.types("The dump of db-7, before anything was freed")
	e.key(fyne.KeyReturn)
	e.drop("orders.csv", "1,2,3")
	work.next(len(work.waiting) - 1)
	e.drop("second-dump.bin", "slow too")
	e.types("And the orders:")
	return d
}

// mitigatedScene is a board on which nothing burns any more.
func mitigatedScene(t *testing.T, look theme.Choice) *app.Desk {
	f, _ := full()
	for _, s := range slices.Clone(f.incidents) {
		if s.Status == incident.Open {
			_ = f.submit(s.ID, f.self, noon(), noon(), incident.ChangeStatus{Base: f.base(s.ID), To: incident.Mitigated})
		}
	}
	return desk(t, f, look)
}
