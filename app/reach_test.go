package app_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// reachable is a full fake in which whoever looks has everything that can be set.
func reachable() *fake {
	f, _ := full()
	f.contacts = present.Contacts{Sends: workspace.ChannelsOf(workspace.SMS, workspace.Call, workspace.Mail)}
	day := 24 * time.Hour
	for _, c := range []present.Contact{
		{Kind: workspace.SMS, Address: "+491701234567", Verified: noon().Add(-40 * day), Tried: noon().Add(-2 * day)},
		{Kind: workspace.Call, Address: "+491701234567", Verified: noon().Add(-40 * day), Tried: noon().Add(-9 * day), Failed: true},
		{Kind: workspace.Mail, Address: "ada.sample@example.com", Verified: noon().Add(-100 * day)},
		{Kind: workspace.SMS, Address: "+14155552671"},
	} {
		c.ID = id.New[id.Contact]()
		f.contacts.Items = append(f.contacts.Items, c)
	}
	f.pushes()
	return f
}

// pushes lets the first device of whoever looks be pushed to.
func (f *fake) pushes() {
	p := f.setup.People[f.self.Person]
	for i := range p.Devices {
		p.Devices[i].Pushed = i == len(p.Devices)-1
	}
	f.setup = f.setup.With(p)
	_ = f.reach()
}

func reachScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := func(make func() *fake, do func(e eyes)) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			d := desk(t, make(), look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			e := eyes{t, d, d.Window().Canvas()}
			e.ctrl(fyne.Key5)
			do(e)
			return d
		}
	}
	bare := func() *fake { f, _ := full(); return f }
	one := func() *fake { f, _ := full(); f.pushes(); return f }
	away := func() *fake {
		f := reachable()
		f.conn = present.Connection{Reach: present.Offline, Since: noon().Add(-2 * time.Minute)}
		return f
	}
	larger := func(e eyes) {
		for range 5 {
			e.ctrl(fyne.KeyEqual)
		}
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"reach":         scene(reachable, func(eyes) {}),
		"reach-empty":   scene(bare, func(eyes) {}),
		"reach-one":     scene(one, func(eyes) {}),
		"reach-offline": scene(away, func(eyes) {}),
		"reach-150":     scene(reachable, larger),
		"reach-when":    scene(reachable, func(e eyes) { e.tap("rule 1 3") }),
		"reach-number":  scene(bare, func(e eyes) { e.tap("add number"); e.types("0170 1234567"); e.key(fyne.KeyReturn) }),
		"reach-code":    scene(reachable, func(e eyes) { e.tap("verify +14155552671"); e.types("123") }),
	}
}
