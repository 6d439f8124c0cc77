package escalation

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// AskWait is how long a person is tried who was asked for by name, and not by a policy's step.
const AskWait = 15 * time.Minute

// MaxPages is how many pages that have ended are remembered of one incident. What became of older ones is on the timeline.
const MaxPages = 50

// Paging is the state of all that is done to reach people about one incident. It is folded from events that lie in the incident's own
// stream, so that whoever sees the incident sees it, and nobody else.
type Paging struct {
	Current Escalation
	Count   uint32   // how many escalations there were
	Pages   []Page   // in the order in which they began; of each person the last, and all that are running
	Asked   []Ask    // in the order in which they were asked for, until their page begins
	Answers []Answer // who answers for the incident, in the order in which they said so
}

// Ask is somebody's wish that a person be reached, until their page begins.
type Ask struct {
	Page    id.Page
	Person  id.Person
	Urgency Urgency
}

// end returns that the page which was asked for ended before it began.
func (a Ask) end(e PageEnded) OfPage { return OfPage{Page: a.Page, Person: a.Person, Event: e} }

// Answer says that a person answers for the incident.
type Answer struct {
	Person  id.Person
	At      time.Time
	Through Channel // zero for the app
}

// OfPage is an event of one of the pages.
type OfPage struct {
	fact
	Page   id.Page
	Person id.Person // whom it is to reach
	Event  PageEvent
}

// Asked says that somebody wishes a person to be reached.
type Asked struct {
	fact
	Ask
}

// Acknowledged says that a person answers for the incident, through a channel or, where that is zero, the app.
type Acknowledged struct {
	fact
	Person  id.Person
	Through Channel
}

// Need is what an incident wants of its paging now.
type Need struct {
	Over     bool // nobody is to be reached any more
	Escalate bool // a policy is to be gone through
	Policy   Policy
	Urgency  Urgency
	Level    uint8 // of the severity, of which 1 is the worst
	Patience time.Duration
	// Barred reports whether a person may hear of the incident no longer; nil for nobody.
	Barred func(id.Person) bool
}

// ApplyPaging returns p after e, which happened at an instant. It is total: an event that happened cannot be refused. The receiver's
// slices are never written to.
func ApplyPaging(p Paging, at time.Time, e Event) Paging {
	switch e := e.(type) {
	case Escalated:
		if p.Current.Ended == Stopped { // it had been over: who answered then is asked again
			p.Answers = nil
		}
		p.Current, p.Count = Apply(Escalation{}, at, e), p.Count+1
	case Asked:
		p.Asked = append(slices.Clip(p.Asked), e.Ask)
	case Acknowledged:
		p.Answers = slices.DeleteFunc(slices.Clone(p.Answers), func(a Answer) bool { return a.Person == e.Person })
		p.Answers = append(p.Answers, Answer{Person: e.Person, At: at, Through: e.Through})
	case OfPage:
		p = p.withPage(at, e)
	default:
		p.Current = Apply(p.Current, at, e)
	}
	return p
}

func (p Paging) withPage(at time.Time, e OfPage) Paging {
	p.Asked = slices.DeleteFunc(slices.Clone(p.Asked), func(a Ask) bool { return a.Page == e.Page })
	i := slices.IndexFunc(p.Pages, func(have Page) bool { return have.Page == e.Page })
	if i >= 0 {
		p.Pages = slices.Clone(p.Pages)
		p.Pages[i] = ApplyPage(p.Pages[i], at, e.Event)
		return p
	}
	started, ok := e.Event.(PageStarted)
	if !ok { // what was asked for ended before it began, or began before what is remembered
		return p
	}
	p.Pages = slices.DeleteFunc(slices.Clone(p.Pages), func(old Page) bool { return old.Ended != EndRunning && old.Person == started.Person })
	p.Pages = append(p.Pages, ApplyPage(Page{}, at, started))
	if i := slices.IndexFunc(p.Pages, func(old Page) bool { return old.Ended != EndRunning }); i >= 0 && len(p.Pages) > MaxPages {
		p.Pages = slices.Delete(p.Pages, i, i+1)
	}
	return p
}

// Page returns a page of p. It is false for one that never was, and for one that is not remembered.
func (p Paging) Page(page id.Page) (Page, bool) {
	for _, have := range p.Pages {
		if have.Page == page {
			return have, true
		}
	}
	return Page{}, false
}

// Reaching returns the last page to a person. It is false where there is none.
func (p Paging) Reaching(person id.Person) (Page, bool) {
	for _, have := range slices.Backward(p.Pages) {
		if have.Person == person {
			return have, true
		}
	}
	return Page{}, false
}

// Answered returns since when a person answers for the incident. It is false for one who does not.
func (p Paging) Answered(person id.Person) (Answer, bool) {
	for _, a := range p.Answers {
		if a.Person == person {
			return a, true
		}
	}
	return Answer{}, false
}

// Due returns when Proceed has something to do next, unless something happens before, and it is the zero time for what is to be done
// at once. It is false when nothing is left to do.
func (p Paging) Due() (at time.Time, any bool) {
	at, any = p.Current.Falls()
	if any && p.stepIsOver() {
		return time.Time{}, true
	}
	for _, page := range p.Pages {
		if due, running := page.Due(); running && (!any || due.Before(at)) {
			at, any = due, true
		}
	}
	for _, ask := range p.Asked {
		if !p.rings(ask.Person, ask.Urgency) {
			return time.Time{}, true
		}
	}
	return at, any
}

// stepIsOver reports whether there is no use in waiting for the step that fell: everybody in it says that they cannot, or nothing that
// they are reached through works.
func (p Paging) stepIsOver() bool {
	if len(p.Current.Waiting) == 0 {
		return false
	}
	return !slices.ContainsFunc(p.Current.Waiting, func(waiting id.Page) bool {
		page, known := p.Page(waiting)
		return !known || page.hopeful()
	})
}

// hopeful reports whether the person may still answer.
func (p Page) hopeful() bool {
	if p.Ended != EndRunning {
		return p.Ended != EndDeclined
	}
	return len(p.Attempts) < len(p.Rules) || slices.ContainsFunc(p.Attempts, func(a Attempt) bool { return a.Failed.IsZero() })
}

// rings reports whether a person is being reached already, and with that urgency at least.
func (p Paging) rings(person id.Person, u Urgency) bool {
	return slices.ContainsFunc(p.Pages, func(page Page) bool {
		return page.Person == person && page.Ended == EndRunning && page.Urgency <= u
	})
}

// course is what happens one after the other within one decision.
type course struct {
	Paging
	at  time.Time
	out []Event
}

func (c *course) happen(events ...Event) {
	for _, e := range events {
		c.out, c.Paging = append(c.out, e), ApplyPaging(c.Paging, c.at, e)
	}
}

// tell carries a command out on a page.
func (c *course) tell(page id.Page, wish PageCommand) {
	have, _ := c.Page(page)
	person := have.Person
	if start, ok := wish.(StartPage); ok {
		person = start.Person
	}
	for _, e := range DecidePage(have, wish, c.at) {
		c.happen(OfPage{Page: page, Person: person, Event: e})
	}
}

// each carries a command out on every running page of which one says so.
func (c *course) each(wish PageCommand, which func(Page) bool) {
	for _, page := range slices.Clone(c.Pages) {
		if page.Ended == EndRunning && which(page) {
			c.tell(page.Page, wish)
		}
	}
}

func every(Page) bool { return true }

// ofStep reports whether a policy's step wants the page, and not somebody by name.
func (p Page) ofStep() bool { return !p.Escalation.IsZero() }

// Proceed says what has fallen due by an instant, in world w and for an incident that needs n. next names the escalation that may
// begin. It changes nothing, and where nothing is due, nothing happens.
func (p Paging) Proceed(n Need, w World, next id.Escalation, at time.Time) []Event {
	c := &course{Paging: p, at: at}
	if n.Over {
		c.end()
		return c.out
	}
	if n.Barred != nil {
		c.each(CancelPage{}, func(page Page) bool { return n.Barred(page.Person) })
	}
	switch {
	case !n.Escalate:
		c.halt()
	case p.outgrown(n):
		c.each(CancelPage{}, Page.ofStep)
		c.climb(n, w, Decide(Escalation{}, w, Escalate{Escalation: next, Policy: n.Policy, Urgency: n.Urgency, Level: n.Level}, at))
	case p.stepIsOver():
		if _, falls := p.Current.Falls(); falls {
			c.climb(n, w, fall(p.Current, w, at))
		}
	default:
		c.climb(n, w, Decide(p.Current, w, Proceed{}, at))
	}
	c.begin(n, w)
	c.each(ProceedPage{}, every)
	return c.out
}

// outgrown reports whether the incident needs another escalation than the one that there is: there is none yet, or it was over
// and is not any more, or it has become worse and somebody else, or the same people more urgently, are to be reached.
func (p Paging) outgrown(n Need) bool {
	switch {
	case p.Current.Begun.IsZero() || p.Current.Ended == Stopped:
		return true
	case n.Level >= p.Current.Level:
		return false
	default:
		return n.Urgency < p.Current.Urgency || !n.Policy.same(p.Current.Policy)
	}
}

// halt is what happens when no step is to fall any more.
func (c *course) halt() {
	c.happen(Decide(c.Current, World{}, Stop{}, c.at)...)
	c.each(CancelPage{}, Page.ofStep)
}

// end is what happens when nobody is to be reached any more.
func (c *course) end() {
	c.halt()
	for _, ask := range slices.Clone(c.Asked) {
		c.happen(ask.end(PageEnded{End: EndCancelled}))
	}
	c.each(CancelPage{}, every)
}

// climb is what happens with events of the escalation: who is paged by a step is reached, unless somebody in it answers already.
func (c *course) climb(n Need, w World, events []Event) {
	if len(events) > 0 { // what still rings for the last step rings for nothing
		c.each(ProceedPage{}, func(page Page) bool { return !page.Expires.After(c.at) })
	}
	for _, e := range events {
		start := c.Current.Paging(e, n.Patience, w.Rules)
		if begun, ok := e.(Escalated); ok {
			c.happen(begun)
			continue
		}
		if i := slices.IndexFunc(start, func(s StartPage) bool { _, answers := c.Answered(s.Person); return answers }); i >= 0 {
			c.happen(Ended{Outcome: Answered, Person: start[i].Person})
			return
		}
		c.happen(e)
		for _, s := range start {
			c.tell(s.Page, s)
		}
	}
}

// begin lets the pages begin that somebody asked for, unless the person is being reached already.
func (c *course) begin(n Need, w World) {
	for _, ask := range slices.Clone(c.Asked) {
		if c.rings(ask.Person, ask.Urgency) {
			continue
		}
		if !w.Reached(ask.Person) {
			c.happen(ask.end(PageEnded{End: EndUnreachable}))
			continue
		}
		c.tell(ask.Page, StartPage{Effort: Effort{
			Page: ask.Page, Person: ask.Person, Urgency: ask.Urgency, Expires: c.at.Add(AskWait), Patience: n.Patience,
			Rules: slices.Clone(w.Rules(ask.Person, ask.Urgency)),
		}})
	}
}

// Answer says what happens when a person answers for the incident: nothing rings for them any more, and nobody else is reached by the
// policy. Whom somebody asked for by name is still reached.
func (p Paging) Answer(person id.Person, through Channel, at time.Time) []Event {
	c := &course{Paging: p, at: at}
	if _, already := p.Answered(person); !already {
		c.happen(Acknowledged{Person: person, Through: through})
	}
	for _, ask := range slices.Clone(p.Asked) {
		if ask.Person == person {
			c.happen(ask.end(PageEnded{End: EndAcknowledged, Through: through}))
		}
	}
	for _, page := range p.Pages {
		if page.Person == person && page.Ended != EndDeclined {
			c.tell(page.Page, AcknowledgePage{Through: through})
		}
	}
	c.happen(Decide(p.Current, World{}, Acknowledge{Person: person}, at)...)
	c.each(CancelPage{}, Page.ofStep)
	return c.out
}

// Decline says what happens when a person cannot help: nothing rings for them any more, and where they were the last to be waited for,
// the next step is due at once.
func (p Paging) Decline(person id.Person, at time.Time) []Event {
	c := &course{Paging: p, at: at}
	for _, ask := range slices.Clone(p.Asked) {
		if ask.Person == person { // or they would be reached anew at once
			c.happen(ask.end(PageEnded{End: EndDeclined}))
		}
	}
	c.each(DeclinePage{}, func(page Page) bool { return page.Person == person })
	return c.out
}

// Ask says what happens when somebody wishes a person to be reached.
func (p Paging) Ask(ask Ask) []Event {
	known := func(page Page) bool { return page.Page == ask.Page }
	if slices.ContainsFunc(p.Pages, known) || slices.Contains(p.Asked, ask) {
		return nil
	}
	return []Event{Asked{Ask: ask}}
}

// News says what follows from news of an attempt.
func (p Paging) News(page id.Page, r Report, at time.Time) []Event {
	c := &course{Paging: p, at: at}
	c.tell(page, r)
	return c.out
}
