package app_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// onDuty is a workspace in which Eli is on call for the database, and Dora for the role of communications.
func onDuty(t *testing.T) (*fake, id.Incident) {
	t.Helper()
	f, in := full()
	f.ordered(t, "Database", berlin, row("", oncall.Week, oncall.On(2026, 11, 16, 9, 0), f.actor("Eli Sample").Person))
	press := f.ordered(t, "Press office", berlin, row("", oncall.Week, oncall.On(2026, 11, 16, 9, 0), f.actor("Dora Sample").Person))
	if err := f.ChangeTerms(t.Context(), workspace.DescribeRole{Key: workspace.Communications, Name: "Communications", Rotation: press}); err != nil {
		t.Fatal(err)
	}
	return f, in
}

// pingScenes are who is asked for by name.
func pingScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := func(do func(e eyes)) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			f, in := onDuty(t)
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			e := eyes{t, d, d.Window().Canvas()}
			e.OpenRoom(in)
			do(e)
			return d
		}
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"ping":      scene(func(e eyes) { e.tap("page somebody") }),
		"ping-sent": scene(func(e eyes) { e.tap("page somebody"); e.types("database"); e.key(fyne.KeyReturn) }),
	}
}

// Somebody is brought in by what they are on call for, with the keyboard or the mouse, and it is shown how far they are reached.
func TestSomebodyIsPagedByWhatTheyAreOnCallFor(t *testing.T) {
	for name, open := range map[string]func(e eyes){
		"keys":  func(e eyes) { e.types("/page"); e.key(fyne.KeyReturn) },
		"mouse": func(e eyes) { e.tap("page somebody") },
	} {
		f, in := onDuty(t)
		e := look(t, f)
		e.resize(1440, 1600)
		e.OpenRoom(in)
		open(e)
		e.sees("on call: Communications", "on call: Database")
		e.types("database")
		e.key(fyne.KeyReturn)
		if asked := f.find(in).Paging.Asked; len(asked) != 1 || asked[0].Person != f.actor("Eli Sample").Person {
			t.Errorf("%s: asked for %+v", name, asked)
		}
		e.sees("Ada Sample pages Eli Sample", "is about to be paged")
	}
}

func TestNobodyIsPagedForWhatIsOver(t *testing.T) {
	f, in := onDuty(t)
	_ = f.Submit(t.Context(), in, incident.ChangeStatus{Base: f.base(in), To: incident.Closed})
	e := look(t, f)
	e.resize(1440, 1600)
	e.OpenRoom(in)
	if e.has("page somebody") {
		t.Error("somebody can be paged")
	}
}
