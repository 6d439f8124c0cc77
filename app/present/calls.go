package present

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Calls is whom one can call by oneself about an incident that has not left this device, so that nobody is paged for it. The numbers
// are those that people have published to all devices; what they are paged through is on none.
type Calls struct {
	Head    string // as of when, and what this is; empty where there is nobody to offer
	Callees []Callee
	None    string // what to do where nobody has published a number
}

// Callee is one of them.
type Callee struct {
	Person
	Why    string // why they are the ones
	Number string // empty where they have published none
	Call   string // the address that dials it
	Text   string // the address that writes to it
}

// callMost is how many people are offered: whoever is first in turn, and some who come next.
const callMost = 4

// CallsFrom returns whom the incident would reach if the server knew of it, in that order. since is when the server was reached last.
func (s Staff) CallsFrom(i incident.Incident, since time.Time, v View) Calls {
	w, setup := v.Words.Reached, s.watch(s.Now, v)
	need := i.Needs(incident.Given{Setup: v.Setup, At: s.Now, Paging: setup})
	if !need.Escalate {
		return Calls{}
	}
	world := setup.World // who has no way to be paged may still have a number
	world.Reached = func(p id.Person) bool { return p != v.Self.Person && i.Sees(p) }
	var out Calls
	for _, step := range need.Policy.Steps {
		for _, t := range step.Targets {
			out.add(world.Of(escalation.Step{Targets: []escalation.Target{t}}), s.whyCalled(t, v), i, v)
		}
	}
	if len(out.Callees) == 0 {
		out.add(world.Of(admins(world)), w.CallAdmin, i, v)
	}
	if len(out.Callees) == 0 {
		return Calls{}
	}
	out.Callees = out.Callees[:min(len(out.Callees), callMost)]
	out.Head = fmt.Sprintf(w.CallHead, v.Moment(since, s.Now))
	if since.IsZero() {
		out.Head = w.CallHeadNever
	}
	if !slices.ContainsFunc(out.Callees, func(c Callee) bool { return c.Number != "" }) {
		out.None = w.CallNone
	}
	return out
}

// admins is a step that names all of them.
func admins(w escalation.World) escalation.Step {
	var out escalation.Step
	for _, p := range w.Admins {
		out.Targets = append(out.Targets, escalation.Target{Person: p})
	}
	return out
}

func (s Staff) whyCalled(t escalation.Target, v View) string {
	if t.Rotation.IsZero() {
		return ""
	}
	return fmt.Sprintf(v.Words.Reached.CallOnCall, v.AimOf(t, s).Name)
}

func (c *Calls) add(people []id.Person, why string, i incident.Incident, v View) {
	for _, p := range people {
		if slices.ContainsFunc(c.Callees, func(have Callee) bool { return have.ID == p }) {
			continue
		}
		one := Callee{Person: v.Person(p), Why: why, Number: v.Setup.People[p].Number}
		if one.Number != "" {
			one.Call, one.Text = "tel:"+one.Number, "sms:"+one.Number+"?body="+url.PathEscape(v.callText(i))
		}
		c.Callees = append(c.Callees, one)
	}
}

// callText is what is written to them. What is private is not told to a telephone.
func (v View) callText(i incident.Incident) string {
	w := v.Words.Reached
	if i.Private {
		return w.CallTextPrivate
	}
	return fmt.Sprintf(w.CallText, v.Severity(i.Severity).Name, Clip(i.Title, callTitle), i.DeclaredAt.In(v.Zone).Format("15:04"))
}

// callTitle is how much of a title is written, in code points: a text message has 160, and the rest of the words need some.
const callTitle = 80

// watch is what paging rests on at an instant, from what this device knows.
func (s Staff) watch(at time.Time, v View) incident.Paging {
	return stream.NewWatch(v.Setup, at, s.load(v)).Paging()
}
