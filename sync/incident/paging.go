package incident

import (
	"slices"
	"strconv"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Stale is how long ago an incident may have been declared, or its severity or status changed, when the server hears of it, to wake
// anybody: what lay on a device for longer is told to people when they look.
const Stale = 12 * time.Hour

// PrivateWait is how long it is waited for somebody whom a private incident was shown to when it was declared.
const PrivateWait = 15 * time.Minute

// PagingCommand is a wish about whom the incident reaches.
type PagingCommand interface {
	Command
	pagingCommand()
}

type pagingWish struct{ wish }

func (pagingWish) pagingCommand() {}

// Acknowledge says that whoever gives it answers for the incident. It is never refused.
type Acknowledge struct {
	pagingWish
	Through escalation.Channel // zero for the app
}

// Decline says that whoever gives it was reached and cannot help: the next in turn is reached.
type Decline struct{ pagingWish }

// Confirm says that a device of whoever gives it has shown a page: it is the receipt, which devices give by themselves.
type Confirm struct {
	pagingWish
	Page id.Page
}

// AskFor wishes that one more person be reached.
type AskFor struct {
	pagingWish
	Page    id.Page
	Person  id.Person
	Urgency escalation.Urgency
}

type innerPaging struct{ pagingWish }

// Proceed says that something of the paging may have fallen due. It is the server's own, and leads to nothing when nothing has.
type Proceed struct{ innerPaging }

// Tell tells what has become of an attempt to reach somebody. It is the server's own.
type Tell struct {
	innerPaging
	Page    id.Page
	Channel escalation.Channel
	News    escalation.News
	Reason  uint8
}

// Paged is something that happened while people were reached.
type Paged struct {
	fact
	Event escalation.Event
}

// Paging is what Proceed rests on besides the incident and the set-up. Only the server has it.
type Paging struct {
	escalation.World
	// Policy returns an escalation policy. It is false for one that there is not, or no longer.
	Policy func(id.Policy) (escalation.Policy, bool)
}

func decidePaging(s Incident, g Given, c PagingCommand, by id.Actor) ([]Event, error) {
	switch c := c.(type) {
	case Acknowledge:
		return s.closing(append(join(s, by), paged(s.Paging.Answer(by.Person, c.Through, g.At))...)), nil
	case Decline:
		return s.closing(paged(s.Paging.Decline(by.Person, g.At))), nil
	case Confirm:
		return decideConfirm(s, g, c, by)
	case AskFor:
		return decideAskFor(s, g, c)
	case Proceed:
		if s.Kind == TestPage {
			return s.proceedTestPage(g), nil
		}
		return proceed(s, g), nil
	case Tell:
		news := escalation.Report{Channel: c.Channel, News: c.News, Reason: c.Reason}
		return s.closing(paged(s.Paging.News(c.Page, news, g.At))), nil
	default:
		return nil, unknownCommand(c)
	}
}

// decideConfirm makes nothing of a receipt for somebody else's page.
func decideConfirm(s Incident, g Given, c Confirm, by id.Actor) ([]Event, error) {
	page, there := s.Paging.Page(c.Page)
	if !there || page.Person != by.Person {
		return nil, nil
	}
	return paged(s.Paging.News(c.Page, escalation.Report{Channel: escalation.Push, News: escalation.ByDevice}, g.At)), nil
}

// paged wraps what happened to the paging as events of the incident.
func paged(events []escalation.Event) []Event {
	out := make([]Event, 0, len(events))
	for _, e := range events {
		out = append(out, Paged{Event: e})
	}
	return out
}

func decideAskFor(s Incident, g Given, c AskFor) ([]Event, error) {
	var check fault.Check
	if c.Page.IsZero() {
		check.Add("page", "has no name")
	}
	if c.Person.IsZero() || !g.Nameable(c.Person) {
		check.Add("person", "is unknown here")
	}
	if c.Urgency != escalation.Low {
		c.Urgency = escalation.High
	}
	if err := check.Err("Nobody was paged."); err != nil {
		return nil, err
	}
	if !s.Status.Burning() {
		return nil, fault.New(fault.Invalid, "The incident is over, so nobody is paged for it.").
			WithAdvice("Nothing was changed.", "Mention them in the room, or reopen the incident first.")
	}
	asked := paged(s.Paging.Ask(escalation.Ask{Page: c.Page, Person: c.Person, Urgency: c.Urgency}))
	if len(asked) == 0 {
		return nil, nil
	}
	return s.admitting(c.Person, asked[0])
}

// proceed says what has fallen due: whoever is on call gets the roles that nobody ever held, and people are reached.
func proceed(s Incident, g Given) []Event {
	need := s.need(g)
	var out []Event
	if need.Escalate && s.Paging.Count == 0 && !s.Private {
		out = s.muster(g)
	}
	w := g.Paging.World
	if s.Private { // nobody hears of it by being paged
		reached := w.Reached
		w.Reached = func(p id.Person) bool { return s.Sees(p) && reached(p) }
		need.Barred = func(p id.Person) bool { return !s.Sees(p) }
	}
	next := id.Derive[id.Escalation](s.ID, "escalation "+strconv.FormatUint(uint64(s.Paging.Count), 10))
	return append(out, paged(s.Paging.Proceed(need, w, next, g.At))...)
}

// muster gives the roles that have a rotation, and that nobody ever held, to whoever is on call.
func (s Incident) muster(g Given) (out []Event) {
	for _, role := range g.Roles {
		if _, had := s.assignment(role.Key); had || role.Rotation.IsZero() {
			continue
		}
		if people := g.Paging.OnCall(role.Rotation); len(people) > 0 {
			out = append(append(out, s.atRole(g.Setup, role.Key, people[0])...), RoleAssigned{Role: role.Key, Person: people[0]})
		}
	}
	return out
}

// Needs returns what the incident would want of its paging now, for whoever foresees it. It changes nothing.
func (s Incident) Needs(g Given) escalation.Need { return s.need(g) }

// need returns what the incident wants of its paging.
func (s Incident) need(g Given) escalation.Need {
	n := escalation.Need{
		Over: !s.Status.Burning() || !s.MergedInto.IsZero(), Level: uint8(s.Severity), Patience: escalation.Patience(uint8(s.Severity)),
		Urgency: escalation.Low,
	}
	severity, _ := g.Severity(s.Severity)
	if !severity.Quiet && g.At.Sub(s.stirred()) < Stale {
		n.Urgency = escalation.High
	}
	n.Policy = s.policy(g, severity)
	n.Escalate = !n.Over && s.Origin == nil && s.Kind.Pages() && (!s.Private || len(n.Policy.Steps) > 0)
	return n
}

// stirred returns when somebody last said something that people are reached for: what was declared long ago and gets worse today wakes.
func (s Incident) stirred() time.Time {
	return slices.MaxFunc([]time.Time{s.DeclaredAt, s.SeverityMark.At, s.StatusMark.At}, time.Time.Compare)
}

// Pages reports whether people are reached for what was declared.
func (k Kind) Pages() bool { return k == Real || k == GameDay }

// policy returns whom the incident reaches, in which order: what the company has chosen for its severity, else whoever is on call as
// the one who leads. Of a private one only those who see it hear.
func (s Incident) policy(g Given, severity workspace.Severity) escalation.Policy {
	if s.Private {
		var step escalation.Step
		for _, p := range s.Admitted {
			if p != s.DeclaredBy {
				step.Targets = append(step.Targets, escalation.Target{Person: p})
			}
		}
		if len(step.Targets) == 0 {
			return escalation.Policy{}
		}
		step.Wait = PrivateWait
		return escalation.Policy{Steps: []escalation.Step{step}}
	}
	if chosen, there := g.Paging.Policy(severity.Policy); there {
		return chosen
	}
	if lead, _ := g.Role(workspace.IMOC); !lead.Rotation.IsZero() {
		return escalation.Policy{Steps: []escalation.Step{{Targets: []escalation.Target{{Rotation: lead.Rotation}}, Wait: escalation.AdminWait}}}
	}
	return escalation.Policy{}
}

// PagingDue returns when Proceed has something to do, unless something happens before; the zero time is at once. It is false when
// nothing of the paging is left to do.
func (s Incident) PagingDue() (time.Time, bool) { return s.Paging.Due() }

// Stirs reports whether an event may change whom the incident reaches, so that Proceed is due at once.
func Stirs(e Event) bool {
	switch e := e.(type) {
	case Declared, SeverityChanged, StatusChanged, KindChanged, Merged, Revealed, Concealed, Excluded:
		return true
	case Paged:
		_, asked := e.Event.(escalation.Asked)
		return asked
	default:
		return false
	}
}
