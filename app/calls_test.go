package app_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// dialling is an app that notes which addresses it was to open.
type dialling struct {
	fyne.App
	opened []string
}

func (d *dialling) OpenURL(u *url.URL) error {
	d.opened = append(d.opened, u.String())
	return nil
}

// published gives somebody a number that is on all devices.
func (f *fake) published(p id.Person, number string) {
	who := f.setup.People[p]
	who.Number = number
	f.setup = f.setup.With(who)
}

// cut is a company whose server is not reached, and a declaration that has not left this device.
func cut(t *testing.T) *paging {
	t.Helper()
	p := routed(t)
	p.published(p.cleo.Person, "+491701234567")
	if err := p.ChangeTerms(t.Context(), workspace.RouteSeverity{Level: 3, Policy: p.shops}); err != nil {
		t.Fatal(err)
	}
	p.conn = present.Connection{Reach: present.Offline, Since: p.now().Add(-42 * time.Minute), Pending: 1}
	return p
}

func TestAnOfflineDeclarationOffersToCallWhoeverIsOnCall(t *testing.T) {
	p := cut(t)
	a := &dialling{App: test.NewTempApp(t)}
	a.Settings().SetTheme(theme.New(theme.Dark))
	d := app.New(app.Params{App: a, Session: p.fake, Work: widget.Direct{}, View: p.View(), Now: p.now})
	d.Start()
	e := eyes{t, d, d.Window().Canvas()}
	e.resize(1440, 1000)
	e.ctrl(fyne.KeyD)
	e.types("No network in the office")
	e.key(fyne.KeyReturn)
	e.sees("Not sent, as far as this device knows; nobody is being paged.", "Call or text them yourself. This is who comes first, as this device knew it at 10:02:",
		"Cleo Sample", "on call in Engineering", "+491701234567", "Dora Sample", "has published no number")
	e.tabTo("call ")
	e.key(fyne.KeyReturn)
	e.tabTo("text ")
	e.key(fyne.KeyReturn)
	if len(a.opened) != 2 || a.opened[0] != "tel:+491701234567" || !strings.HasPrefix(a.opened[1], "sms:+491701234567?body=SEV3:%20No%20network") {
		t.Errorf("opened is %q", a.opened)
	}
	e.tabTo("copy number")
	e.key(fyne.KeyReturn)
	if got := a.Clipboard().Content(); got != "+491701234567" {
		t.Errorf("copied is %q", got)
	}
	p.conn = present.Connection{Reach: present.Live}
	e.Changed()
	e.seesNot("Call or text them yourself")
}

func callScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := func(make func(*testing.T) *paging) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			p := make(t)
			d := desk(t, p.fake, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			e := eyes{t, d, d.Window().Canvas()}
			e.ctrl(fyne.KeyD)
			e.types("The office has no network, and the tills are down")
			e.key(fyne.KeyReturn)
			return d
		}
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"room-calls": scene(cut),
		"room-calls-none": scene(func(t *testing.T) *paging {
			p := cut(t)
			p.published(p.cleo.Person, "")
			return p
		}),
	}
}
