package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Whoever has a further device of somebody reads what they read: they are told, however late they hear of it.
func TestADeviceThatWasAddedAsOneselfIsNews(t *testing.T) {
	t.Parallel()
	b, vm := setup(t), id.New[id.Device]()
	if _, err := b.News(b.ctx); err != nil {
		t.Fatal(err)
	}
	admin := id.New[id.Person]()
	b.knows(t, workspace.PersonAdded{Person: b.me.Person, Name: "Ann"}, workspace.DeviceEnrolled{Device: b.me.Device, Name: "Desk"},
		workspace.DeviceEnrolled{Device: vm, Name: "vm", By: admin})
	b.Clock = stopped{time.Unix(1e6, 0)}
	news, err := b.News(b.ctx)
	if err != nil || len(news) != 1 {
		t.Fatalf("told is %+v, %v", news, err)
	}
	n := news[0]
	if n.Device != vm || !n.Urgent || !strings.Contains(n.Text, "“vm”, by ") || n.Title != "A device was added as you" {
		t.Errorf("told is %+v", n)
	}
	if again, err := b.News(b.ctx); err != nil || len(again) != 0 {
		t.Errorf("told again is %+v, %v", again, err)
	}
	people, err := b.People(b.ctx)
	if err != nil || people.People[0].Devices[1].By == "" || people.People[0].Devices[0].By != "" {
		t.Errorf("the page shows %+v, %v", people, err)
	}
}

// Whoever was away while a device was added as them and shut out again is told of both.
func TestADeviceThatWasAddedAndShutOutInOneLookIsNews(t *testing.T) {
	t.Parallel()
	b, vm := setup(t), id.New[id.Device]()
	b.knows(t, workspace.PersonAdded{Person: b.me.Person, Name: "Ann"}, workspace.DeviceEnrolled{Device: b.me.Device, Name: "Desk"},
		workspace.DeviceEnrolled{Device: vm, Name: "vm", By: id.New[id.Person]()}, workspace.DeviceRevoked{Device: vm})
	news, err := b.News(b.ctx)
	if err != nil || len(news) != 1 || news[0].Device != vm || !strings.Contains(news[0].Text, ", and shut out ") {
		t.Fatalf("told is %+v, %v", news, err)
	}
	strangers := b.View().Strangers(b.Clock.Now())
	if len(strangers) != 1 || strangers[0].Device != vm || !strings.Contains(strangers[0].Banner.What, "“vm”, by ") {
		t.Errorf("above the page stands %+v", strangers)
	}
}

func TestAPrivateIncidentIsFoundByTheNumberThatTheRoomShows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, actor(), incident.Declared{Title: "The payroll was copied", Severity: 1, Private: true, Admitted: []id.Person{b.me.Person}})
	number := b.state.PrivateNumber()
	if got, ok, err := b.Find(b.ctx, present.Reference{Private: number}); err != nil || !ok || got != b.state.ID {
		t.Errorf("found is %v, %v, %v", got, ok, err)
	}
	for _, r := range []present.Reference{{Private: number + 1}, {Number: number}} {
		if got, ok, err := b.Find(b.ctx, r); err != nil || ok {
			t.Errorf("%+v finds %v, %v", r, got, err)
		}
	}
}

func TestWhatIsMadeVisibleIsToldToThoseWhoHadNotSeenIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		was  []incident.Event
		want []string
	}{
		"never seen":                 {want: []string{"somebody made this visible to everybody just now."}},
		"added and taken out before": {was: []incident.Event{incident.Admitted{}, incident.Excluded{}}},
		"public before":              {was: []incident.Event{incident.Revealed{Number: 7}, incident.Concealed{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, ben := setup(t), actor()
			b.Clock = stopped{time.Unix(1000, 0)}
			b.arrives(t, ben, incident.Declared{Title: "Checkout fails", Severity: 1, Private: true, Admitted: []id.Person{ben.Person}})
			for _, e := range c.was {
				switch e := e.(type) {
				case incident.Admitted:
					e.Person = b.me.Person
					b.arrives(t, ben, e)
				case incident.Excluded:
					e.Person = b.me.Person
					b.arrives(t, ben, e)
				default:
					b.arrives(t, ben, e)
				}
			}
			if _, err := b.News(b.ctx); err != nil {
				t.Fatal(err)
			}
			b.arrives(t, ben, incident.Revealed{Number: 7})
			b.hears(t, name, c.want...)
			b.hears(t, name+", the same again")
		})
	}
}
