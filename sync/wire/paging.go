package wire

import (
	"math"
	"reflect"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// pagingCommandTo returns nil for what is no command about whom an incident reaches. The server's own have no wire form.
func pagingCommandTo(c incident.PagingCommand) *v1.Command {
	switch c := c.(type) {
	case incident.Acknowledge:
		return &v1.Command{Body: &v1.Command_Acknowledge{Acknowledge: &v1.Acknowledge{Through: uint32(c.Through)}}}
	case incident.Decline:
		return &v1.Command{Body: &v1.Command_Decline{Decline: &v1.Decline{}}}
	case incident.Confirm:
		return &v1.Command{Body: &v1.Command_Confirm{Confirm: &v1.Confirm{PageId: bytesOf(c.Page)}}}
	case incident.AskFor:
		return &v1.Command{Body: &v1.Command_AskFor{AskFor: &v1.AskFor{
			PageId: bytesOf(c.Page), PersonId: bytesOf(c.Person), Urgency: uint32(c.Urgency),
		}}}
	default:
		return nil
	}
}

// pagingCommandFrom returns nil for what is no command about whom an incident reaches.
func pagingCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_Acknowledge:
		return incident.Acknowledge{Through: small[escalation.Channel](b.Acknowledge.GetThrough())}
	case *v1.Command_Decline:
		return incident.Decline{}
	case *v1.Command_Confirm:
		return incident.Confirm{Page: ident[id.Page](check, "page_id", b.Confirm.GetPageId())}
	case *v1.Command_AskFor:
		d := b.AskFor
		return incident.AskFor{
			Page: ident[id.Page](check, "page_id", d.GetPageId()), Person: ident[id.Person](check, "person_id", d.GetPersonId()),
			Urgency: small[escalation.Urgency](d.GetUrgency()),
		}
	default:
		return nil
	}
}

// counted returns the count n, which is never negative.
func counted(n uint32) int { return int(min(n, math.MaxInt32)) }

// pagedTo returns nil for what happens to no paging.
func pagedTo(e escalation.Event) *v1.Event {
	switch e := e.(type) {
	case escalation.Escalated:
		return &v1.Event{Body: &v1.Event_Escalated{Escalated: escalatedTo(e)}}
	case escalation.StepFell:
		return &v1.Event{Body: &v1.Event_StepFell{StepFell: &v1.StepFell{
			Round: uint32(e.Round), Step: uint32(e.Step), People: idsTo(e.People), UntilUs: Micros(e.Until),
		}}}
	case escalation.StepSkipped:
		return &v1.Event{Body: &v1.Event_StepSkipped{StepSkipped: &v1.StepSkipped{Round: uint32(e.Round), Step: uint32(e.Step)}}}
	case escalation.AdminsPaged:
		return &v1.Event{Body: &v1.Event_AdminsPaged{AdminsPaged: &v1.AdminsPaged{People: idsTo(e.People), UntilUs: Micros(e.Until)}}}
	case escalation.Ended:
		return &v1.Event{Body: &v1.Event_EscalationEnded{EscalationEnded: &v1.EscalationEnded{
			Outcome: uint32(e.Outcome), PersonId: bytesOf(e.Person),
		}}}
	case escalation.Asked:
		return &v1.Event{Body: &v1.Event_PageAsked{PageAsked: askTo(e.Ask)}}
	case escalation.Acknowledged:
		return &v1.Event{Body: &v1.Event_Acknowledged{Acknowledged: &v1.Acknowledged{PersonId: bytesOf(e.Person), Through: uint32(e.Through)}}}
	case escalation.OfPage:
		return ofPageTo(e)
	default:
		return nil
	}
}

func ofPageTo(o escalation.OfPage) *v1.Event {
	switch e := o.Event.(type) {
	case escalation.PageStarted:
		return &v1.Event{Body: &v1.Event_PageStarted{PageStarted: effortTo(e.Effort)}}
	case escalation.Attempted:
		return &v1.Event{Body: &v1.Event_PageAttempted{PageAttempted: &v1.PageAttempted{
			PageId: bytesOf(o.Page), Channel: uint32(e.Channel), Cause: uint32(e.Why.Cause), After: uint32(e.Why.After), ExpiresUs: Micros(e.Expires),
			PersonId: bytesOf(o.Person),
		}}}
	case escalation.Reported:
		return &v1.Event{Body: &v1.Event_PageReported{PageReported: &v1.PageReported{
			PageId: bytesOf(o.Page), Channel: uint32(e.Channel), News: uint32(e.News), Reason: uint32(e.Reason),
			PersonId: bytesOf(o.Person),
		}}}
	case escalation.PageEnded:
		return &v1.Event{Body: &v1.Event_PageEnded{PageEnded: &v1.PageEnded{
			PageId: bytesOf(o.Page), End: uint32(e.End), Through: uint32(e.Through), PersonId: bytesOf(o.Person),
		}}}
	default:
		return nil
	}
}

// pagedFrom returns nil for what happens to no paging.
func pagedFrom(check *fault.Check, m *v1.Event) stream.Event {
	if e := pagedEvent(check, m); e != nil {
		return incident.Paged{Event: e}
	}
	if of := ofPageFrom(check, m); of.Event != nil {
		return incident.Paged{Event: of}
	}
	return nil
}

func pagedEvent(check *fault.Check, m *v1.Event) escalation.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_Escalated:
		return escalatedFrom(check, b.Escalated)
	case *v1.Event_StepFell:
		d := b.StepFell
		return escalation.StepFell{
			Round: counted(d.GetRound()), Step: counted(d.GetStep()), People: idsFrom[id.Person](check, "people", d.GetPeople()), Until: Time(d.GetUntilUs()),
		}
	case *v1.Event_StepSkipped:
		return escalation.StepSkipped{Round: counted(b.StepSkipped.GetRound()), Step: counted(b.StepSkipped.GetStep())}
	case *v1.Event_AdminsPaged:
		return escalation.AdminsPaged{People: idsFrom[id.Person](check, "people", b.AdminsPaged.GetPeople()), Until: Time(b.AdminsPaged.GetUntilUs())}
	case *v1.Event_EscalationEnded:
		d := b.EscalationEnded
		return escalation.Ended{Outcome: small[escalation.Outcome](d.GetOutcome()), Person: ident[id.Person](check, "person_id", d.GetPersonId())}
	case *v1.Event_PageAsked:
		return escalation.Asked{Ask: askFrom(check, b.PageAsked)}
	case *v1.Event_Acknowledged:
		d := b.Acknowledged
		return escalation.Acknowledged{
			Person: ident[id.Person](check, "person_id", d.GetPersonId()), Through: small[escalation.Channel](d.GetThrough()),
		}
	default:
		return nil
	}
}

// ofPageFrom returns one without an event for what happens to no page.
func ofPageFrom(check *fault.Check, m *v1.Event) escalation.OfPage {
	of := func(page, person []byte, e escalation.PageEvent) escalation.OfPage {
		return escalation.OfPage{Page: ident[id.Page](check, "page_id", page), Person: ident[id.Person](check, "person_id", person), Event: e}
	}
	switch b := m.GetBody().(type) {
	case *v1.Event_PageStarted:
		effort := effortFrom(check, b.PageStarted)
		return escalation.OfPage{Page: effort.Page, Person: effort.Person, Event: escalation.PageStarted{Effort: effort}}
	case *v1.Event_PageAttempted:
		d := b.PageAttempted
		return of(d.GetPageId(), d.GetPersonId(), escalation.Attempted{
			Channel: small[escalation.Channel](d.GetChannel()), Expires: Time(d.GetExpiresUs()),
			Why: escalation.Why{Cause: small[escalation.Cause](d.GetCause()), After: small[escalation.Channel](d.GetAfter())},
		})
	case *v1.Event_PageReported:
		d := b.PageReported
		return of(d.GetPageId(), d.GetPersonId(), escalation.Reported{
			Channel: small[escalation.Channel](d.GetChannel()), News: small[escalation.News](d.GetNews()), Reason: small[uint8](d.GetReason()),
		})
	case *v1.Event_PageEnded:
		d := b.PageEnded
		return of(d.GetPageId(), d.GetPersonId(), escalation.PageEnded{
			End: small[escalation.End](d.GetEnd()), Through: small[escalation.Channel](d.GetThrough()),
		})
	default:
		return escalation.OfPage{}
	}
}

func askTo(a escalation.Ask) *v1.PageAsked {
	return &v1.PageAsked{PageId: bytesOf(a.Page), PersonId: bytesOf(a.Person), Urgency: uint32(a.Urgency)}
}

func askFrom(check *fault.Check, m *v1.PageAsked) escalation.Ask {
	return escalation.Ask{
		Page: ident[id.Page](check, "page_id", m.GetPageId()), Person: ident[id.Person](check, "person_id", m.GetPersonId()),
		Urgency: small[escalation.Urgency](m.GetUrgency()),
	}
}

func effortTo(e escalation.Effort) *v1.PageStarted {
	return &v1.PageStarted{
		PageId: bytesOf(e.Page), EscalationId: bytesOf(e.Escalation), PersonId: bytesOf(e.Person), Urgency: uint32(e.Urgency),
		ExpiresUs: Micros(e.Expires), PatienceUs: e.Patience.Microseconds(), Rules: ruleListTo(e.Rules),
	}
}

func effortFrom(check *fault.Check, m *v1.PageStarted) escalation.Effort {
	return escalation.Effort{
		Page: ident[id.Page](check, "page_id", m.GetPageId()), Escalation: ident[id.Escalation](check, "escalation_id", m.GetEscalationId()),
		Person: ident[id.Person](check, "person_id", m.GetPersonId()), Urgency: small[escalation.Urgency](m.GetUrgency()),
		Expires: Time(m.GetExpiresUs()), Patience: micros(m.GetPatienceUs()), Rules: ruleListFrom(m.GetRules()),
	}
}

func escalatedTo(e escalation.Escalated) *v1.Escalated {
	return &v1.Escalated{EscalationId: bytesOf(e.Escalation), Policy: policyTo(e.Policy), Urgency: uint32(e.Urgency), Level: uint32(e.Level)}
}

func escalatedFrom(check *fault.Check, m *v1.Escalated) escalation.Escalated {
	return escalation.Escalated{
		Escalation: ident[id.Escalation](check, "escalation_id", m.GetEscalationId()), Policy: policyFrom(check, m.GetPolicy()),
		Urgency: small[escalation.Urgency](m.GetUrgency()), Level: small[uint8](m.GetLevel()),
	}
}

// pagingTo returns nil for an incident that never reached anybody.
func pagingTo(p escalation.Paging) *v1.PagingState {
	if reflect.DeepEqual(p, escalation.Paging{}) {
		return nil
	}
	m := &v1.PagingState{Count: p.Count, Current: escalationTo(p.Current)}
	for _, page := range p.Pages {
		m.Pages = append(m.Pages, pageTo(page))
	}
	for _, a := range p.Asked {
		m.Asked = append(m.Asked, askTo(a))
	}
	for _, a := range p.Answers {
		m.Answers = append(m.Answers, &v1.Answer{PersonId: bytesOf(a.Person), AtUs: Micros(a.At), Through: uint32(a.Through)})
	}
	return m
}

func pagingFrom(check *fault.Check, m *v1.PagingState) escalation.Paging {
	p := escalation.Paging{Count: m.GetCount(), Current: escalationFrom(check, m.GetCurrent())}
	for _, page := range m.GetPages() {
		p.Pages = append(p.Pages, pageFrom(check, page))
	}
	for _, a := range m.GetAsked() {
		p.Asked = append(p.Asked, askFrom(check, a))
	}
	for _, a := range m.GetAnswers() {
		p.Answers = append(p.Answers, escalation.Answer{
			Person: ident[id.Person](check, "person_id", a.GetPersonId()), At: Time(a.GetAtUs()), Through: small[escalation.Channel](a.GetThrough()),
		})
	}
	return p
}

// escalationTo returns nil for one that has not begun.
func escalationTo(s escalation.Escalation) *v1.EscalationState {
	if reflect.DeepEqual(s, escalation.Escalation{}) {
		return nil
	}
	return &v1.EscalationState{
		Begun:   escalatedTo(escalation.Escalated{Escalation: s.ID, Policy: s.Policy, Urgency: s.Urgency, Level: s.Level}),
		BegunUs: Micros(s.Begun), Round: uint32(s.Round), Step: uint32(s.Step), DueUs: Micros(s.Due), Waiting: idsTo(s.Waiting),
		Desperate: s.Desperate, Ended: uint32(s.Ended),
	}
}

func escalationFrom(check *fault.Check, m *v1.EscalationState) escalation.Escalation {
	if m == nil {
		return escalation.Escalation{}
	}
	begun := escalatedFrom(check, m.GetBegun())
	return escalation.Escalation{
		ID: begun.Escalation, Policy: begun.Policy, Urgency: begun.Urgency, Level: begun.Level, Begun: Time(m.GetBegunUs()),
		Round: counted(m.GetRound()), Step: counted(m.GetStep()), Due: Time(m.GetDueUs()), Waiting: idsFrom[id.Page](check, "waiting", m.GetWaiting()),
		Desperate: m.GetDesperate(), Ended: small[escalation.Outcome](m.GetEnded()),
	}
}

func pageTo(p escalation.Page) *v1.PageState {
	m := &v1.PageState{
		Started: effortTo(p.Effort), BegunUs: Micros(p.Begun), Ended: uint32(p.Ended), EndedUs: Micros(p.EndedAt), Through: uint32(p.Through),
	}
	for _, a := range p.Attempts {
		m.Attempts = append(m.Attempts, &v1.AttemptState{
			Channel: uint32(a.Channel), Cause: uint32(a.Why.Cause), After: uint32(a.Why.After), AskedUs: Micros(a.Asked),
			AcceptedUs: Micros(a.Accepted), ReceiptUs: Micros(a.Receipt), FailedUs: Micros(a.Failed), Reason: uint32(a.Reason),
		})
	}
	return m
}

func pageFrom(check *fault.Check, m *v1.PageState) escalation.Page {
	p := escalation.Page{
		Effort: effortFrom(check, m.GetStarted()), Begun: Time(m.GetBegunUs()), Ended: small[escalation.End](m.GetEnded()),
		EndedAt: Time(m.GetEndedUs()), Through: small[escalation.Channel](m.GetThrough()),
	}
	for _, a := range m.GetAttempts() {
		p.Attempts = append(p.Attempts, escalation.Attempt{
			Channel: small[escalation.Channel](a.GetChannel()), Asked: Time(a.GetAskedUs()), Accepted: Time(a.GetAcceptedUs()),
			Receipt: Time(a.GetReceiptUs()), Failed: Time(a.GetFailedUs()), Reason: small[uint8](a.GetReason()),
			Why: escalation.Why{Cause: small[escalation.Cause](a.GetCause()), After: small[escalation.Channel](a.GetAfter())},
		})
	}
	return p
}
