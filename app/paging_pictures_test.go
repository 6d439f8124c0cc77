package app_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// night is a workspace with two rotations, in which the main incident has just begun; whoever looks is on call, or not.
type night struct {
	*fake
	in         id.Incident
	eve, finn  id.Actor
	began      time.Time
	first, two id.Rotation
}

func atNight(ago time.Duration, selfOnCall bool) *night {
	f, _ := full()
	n := &night{fake: f, in: id.New[id.Incident](), began: noon().Add(-ago), first: id.New[id.Rotation](), two: id.New[id.Rotation]()}
	n.eve, n.finn = f.person("Eve Sample", "Engineering", false, "Eve's phone"), f.person("Finn Sample", "Engineering", false, "Finn's phone")
	first := n.eve.Person
	if selfOnCall {
		first = f.self.Person
	}
	channels := escalation.ChannelsOf(escalation.Push, escalation.SMS, escalation.Call)
	f.setup.Roles[0].Rotation = n.first
	policy := escalation.Policy{Name: "On fire", Steps: []escalation.Step{
		{Targets: []escalation.Target{{Rotation: n.first}}, Wait: 5 * time.Minute}, {Targets: []escalation.Target{{Rotation: n.two}}, Wait: 5 * time.Minute},
	}}
	f.paging = incident.Paging{
		World: escalation.World{
			OnCall: func(r id.Rotation) []id.Person {
				if r == n.first {
					return []id.Person{first}
				}
				return []id.Person{n.finn.Person}
			},
			Reached: func(id.Person) bool { return true },
			Rules: func(_ id.Person, u escalation.Urgency) []escalation.Rule {
				return escalation.DefaultRules().For(u, channels)
			},
		},
		Policy: func(id.Policy) (escalation.Policy, bool) { return policy, true },
	}
	n.do(n.eve, 0, incident.Declare{Title: "Nobody can pay in the shops of the north", Severity: 1, Tags: []string{"checkout"}})
	n.do(id.Actor{}, 0, incident.Proceed{})
	return n
}

func (n *night) do(by id.Actor, after time.Duration, c incident.Command) {
	_ = n.submit(n.in, by, n.began.Add(after), n.began.Add(after), c)
}

// tell tells of the page to a person.
func (n *night) tell(p id.Person, after time.Duration, c escalation.Channel, news escalation.News) {
	page, _ := n.find(n.in).Paging.Reaching(p)
	n.do(id.Actor{}, after, incident.Tell{Page: page.Page, Channel: c, News: news})
}

// scene shows the room, or the board.
func (n *night) scene(t *testing.T, look theme.Choice, room bool) *app.Desk {
	n.conn.Rings = present.RingsFrom(n.incidents, noon(), n.view())
	d := desk(t, n.fake, look)
	d.Window().Resize(fyne.NewSize(1440, 900))
	if room {
		d.OpenRoom(n.in)
	}
	d.Changed()
	return d
}

// pagingScenes are who is reached, and how far.
func pagingScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	push, sms := escalation.Push, escalation.SMS
	escalated := func() *night {
		n := atNight(7*time.Minute, false)
		n.tell(n.eve.Person, time.Second, push, escalation.ByProvider)
		n.do(id.Actor{}, 30*time.Second, incident.Proceed{})
		n.tell(n.eve.Person, 33*time.Second, sms, escalation.InVain)
		n.do(id.Actor{}, 34*time.Second, incident.Proceed{})
		n.do(id.Actor{}, 5*time.Minute, incident.Proceed{})
		n.tell(n.finn.Person, 5*time.Minute+2*time.Second, push, escalation.ByDevice)
		return n
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"paging-ring": func(t *testing.T, look theme.Choice) *app.Desk {
			return atNight(40*time.Second, true).scene(t, look, false)
		},
		"paging-ring-room": func(t *testing.T, look theme.Choice) *app.Desk {
			return atNight(40*time.Second, true).scene(t, look, true)
		},
		"paging-escalated": func(t *testing.T, look theme.Choice) *app.Desk { return escalated().scene(t, look, true) },
		"paging-board":     func(t *testing.T, look theme.Choice) *app.Desk { return escalated().scene(t, look, false) },
		"paging-answered": func(t *testing.T, look theme.Choice) *app.Desk {
			n := escalated()
			n.do(n.finn, 6*time.Minute, incident.Acknowledge{Through: sms})
			n.do(n.finn, 6*time.Minute, incident.AssignRole{Base: n.base(n.in), Role: workspace.Owner, Person: n.finn.Person})
			return n.scene(t, look, true)
		},
		"paging-exhausted": func(t *testing.T, look theme.Choice) *app.Desk {
			n := escalated()
			n.do(id.Actor{}, 10*time.Minute, incident.Proceed{})
			return n.scene(t, look, true)
		},
	}
}
