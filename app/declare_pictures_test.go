package app_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// termScenes are the form with all that helps to fill it in, and the page of the company's terms.
func termScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"declare-full": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			d.Open("declare")
			e := eyes{t, d, d.Window().Canvas()}
			e.types("Checkout")
			e.tap("not sure")
			e.tap("yes 1")
			return d
		},
		"terms": func(t *testing.T, look theme.Choice) *app.Desk {
			f, in := full()
			_ = f.ChangeTerms(t.Context(), workspace.DescribeTag{Name: "payments", Hint: "Cards, invoices, refunds"})
			_ = f.ChangeTerms(t.Context(), workspace.DescribeTag{Name: "press", Hint: "Somebody outside asks what is wrong"})
			f.reader.Subscriptions = []workspace.Subscription{{Incident: in}, {Level: 2}, {Tag: "payroll"}}
			d := desk(t, f, look)
			d.Open("terms")
			return d
		},
		"terms-crowded": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			for i := range 1000 {
				name := fmt.Sprintf("area-%d", i)
				_ = f.ChangeTerms(t.Context(), workspace.DescribeTag{Name: name, Hint: "What belongs to " + name})
			}
			d := desk(t, f, look)
			d.Open("terms")
			return d
		},
		"room-ended": func(t *testing.T, look theme.Choice) *app.Desk {
			f, in := full()
			twice := f.declared(t, "Shop does not take cards")
			if err := f.MergeInto(t.Context(), twice, in, incident.Base{Seq: f.find(twice).Seq}); err != nil {
				t.Fatal(err)
			}
			d := desk(t, f, look)
			d.OpenRoom(twice)
			return d
		},
		"room-repeats": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			twice := f.declared(t, "Shop does not take cards")
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			d.OpenRoom(twice)
			e := eyes{t, d, d.Window().Canvas()}
			e.types("/repeats")
			e.key(fyne.KeyReturn)
			return d
		},
	}
}

// begunScenes are declarations that were begun before.
func begunScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"declare-left-over": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1024, 700))
			d.Open("declare")
			e := eyes{t, d, d.Window().Canvas()}
			e.types("The payroll was copied")
			e.tap("check " + f.view().Words.Sight.Switch)
			e.key(fyne.KeyEscape)
			d.Open("declare")
			return d
		},
		"declare-retitled": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1024, 700))
			d.Open("declare")
			e := eyes{t, d, d.Window().Canvas()}
			e.types("The payroll was copied")
			e.tap("check " + f.view().Words.Sight.Switch)
			e.tap("seen by")
			e.types("cleo")
			e.key(fyne.KeyReturn)
			e.key(fyne.KeyEscape)
			d.Open("declare")
			e.types("Checkout down everywhere")
			e.key(fyne.KeyReturn)
			return d
		},
	}
}
