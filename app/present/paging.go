package present

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// ReachedState is how far somebody has been reached.
type ReachedState uint8

// The states of a contact.
const (
	Untouched   ReachedState = iota // nothing was to reach them
	Queued                          // they are about to be paged
	Ringing                         // something rings, or is on its way
	Seen                            // a device has shown it
	Answering                       // they answer for the incident
	Silent                          // they did not answer
	Unable                          // they said that they cannot
	Unreachable                     // there is nothing to reach them through
)

// Reached is how far one person has been reached about an incident.
type Reached struct {
	State ReachedState
	By    string    // the channel that was tried last, for Ringing
	Since time.Time // of the state; zero where it does not matter
}

// Words returns what is said beside the person's name; nothing for somebody whom nothing was to reach.
func (c Reached) Words(v View, now time.Time) string {
	w := v.Words.Reached
	switch c.State {
	case Queued:
		return w.Queued
	case Ringing:
		return fmt.Sprintf(w.Being, c.By, v.Span(now.Sub(c.Since)))
	case Seen:
		return w.Seen
	case Answering:
		return fmt.Sprintf(w.Answered, v.Time(c.Since, now))
	case Silent:
		return w.Silent
	case Unable:
		return w.Declined
	case Unreachable:
		return w.CannotBe
	default:
		return ""
	}
}

// Tone returns the colour of the words.
func (c Reached) Tone() Tone {
	switch c.State {
	case Answering:
		return Good
	case Ringing, Seen, Queued:
		return Gold
	case Silent, Unreachable:
		return Alarm
	default:
		return Muted
	}
}

// Response is whether anybody has been reached about an incident, in one sentence.
type Response struct {
	Words string // empty for what nobody is paged for and that is over
	Tone  Tone
	Mine  bool // whoever looks is being paged
	Open  bool // an acknowledgement would stop something, or nobody has given one
}

// ReachedOf returns how far a person has been reached.
func (v View) ReachedOf(s incident.Incident, p id.Person) Reached {
	if a, yes := s.Paging.Answered(p); yes {
		return Reached{State: Answering, Since: a.At}
	}
	page, paged := s.Paging.Reaching(p)
	if !paged {
		asked := slices.ContainsFunc(s.Paging.Asked, func(a escalation.Ask) bool { return a.Person == p })
		if asked {
			return Reached{State: Queued}
		}
		return Reached{}
	}
	switch page.Ended {
	case escalation.EndRunning:
		return v.ringing(page)
	case escalation.EndExpired:
		return Reached{State: Silent, Since: page.EndedAt}
	case escalation.EndDeclined:
		return Reached{State: Unable, Since: page.EndedAt}
	default:
		return Reached{}
	}
}

func (v View) ringing(page escalation.Page) Reached {
	if len(page.Attempts) == 0 {
		return Reached{State: Queued}
	}
	if slices.ContainsFunc(page.Attempts, func(a escalation.Attempt) bool { return !a.Receipt.IsZero() }) {
		return Reached{State: Seen, Since: page.Begun}
	}
	return Reached{State: Ringing, By: v.channel(page.Attempts[len(page.Attempts)-1].Channel), Since: page.Begun}
}

func (v View) channel(c escalation.Channel) string {
	w := v.Words.Reached
	switch c {
	case escalation.Push:
		return w.Push
	case escalation.SMS:
		return w.SMS
	case escalation.Call:
		return w.Call
	case escalation.Mail:
		return w.Mail
	default:
		return w.App
	}
}

// Ring is a page that rings for whoever looks.
type Ring struct {
	Incident       id.Incident
	Page           id.Page
	Title, Number  string
	Level          uint8
	Severity       string
	Since, Expires time.Time
	Test           bool // nothing has happened
}

// RingsFrom returns the pages that ring for whoever looks, of the worst incidents first.
func RingsFrom(burning []incident.Incident, now time.Time, v View) []Ring {
	var out []Ring
	for _, s := range burning {
		page, there := s.Paging.Reaching(v.Self.Person)
		if !there || page.Ended != escalation.EndRunning || !now.Before(page.Expires) {
			continue
		}
		severity := v.Severity(s.Severity)
		out = append(out, Ring{
			Incident: s.ID, Page: page.Page, Title: s.Title, Number: NumberOf(s, v.Words), Level: severity.Level, Severity: severity.Name,
			Since: page.Begun, Expires: page.Expires, Test: s.Kind == incident.TestPage,
		})
	}
	slices.SortStableFunc(out, func(a, b Ring) int { return cmp.Or(cmp.Compare(a.Level, b.Level), a.Since.Compare(b.Since)) })
	return out
}

// reachedFrom returns how far people have been reached, and those of them who neither hold a role nor respond.
func reachedFrom(s incident.Incident, v View) (map[id.Person]Reached, []Person) {
	reached := map[id.Person]Reached{}
	note := func(p id.Person) {
		if c := v.ReachedOf(s, p); c.State != Untouched {
			reached[p] = c
		}
	}
	var paged []Person
	for _, r := range s.Responders {
		note(r.Person)
	}
	beside := func(p id.Person) {
		if _, known := reached[p]; known || s.Engaged(p) {
			return
		}
		if note(p); reached[p].State != Untouched {
			paged = append(paged, v.Person(p))
		}
	}
	for _, page := range s.Paging.Pages {
		beside(page.Person)
	}
	for _, ask := range s.Paging.Asked {
		beside(ask.Person)
	}
	return reached, paged
}

// ResponseOf returns whether anybody has been reached.
func (v View) ResponseOf(s incident.Incident) Response {
	w, self := v.Words.Reached, v.Self.Person
	if !s.Status.Burning() {
		return Response{}
	}
	_, answers := s.Paging.Answered(self)
	mine, _ := s.Paging.Reaching(self)
	r := Response{Open: !answers, Mine: mine.Ended == escalation.EndRunning && !mine.Begun.IsZero()}
	switch current := s.Paging.Current; {
	case s.Number == 0 && !s.Private:
		r.Words, r.Tone = w.Unsent, Alarm
	case len(s.Paging.Answers) > 0:
		var people []id.Person
		for _, a := range s.Paging.Answers {
			people = append(people, a.Person)
		}
		r.Words, r.Tone = fmt.Sprintf(w.Answers, v.oneOrMore(people)), Good
	case current.Ended == escalation.Exhausted && len(s.Paging.Pages) == 0:
		r.Words, r.Tone = w.NoneReached, Alarm
	case current.Ended == escalation.Exhausted:
		r.Words, r.Tone = w.GaveUp, Alarm
	default:
		r.Words, r.Tone = v.beingPaged(s)
	}
	return r
}

func (v View) beingPaged(s incident.Incident) (string, Tone) {
	w := v.Words.Reached
	var people []id.Person
	for _, page := range s.Paging.Pages {
		if page.Ended == escalation.EndRunning {
			people = append(people, page.Person)
		}
	}
	switch {
	case len(people) > 0:
		return fmt.Sprintf(w.Paging, v.oneOrMore(people)), Gold
	case s.Paging.Count > 0:
		return w.NobodyYet, Gold
	default:
		return w.NotAsked, Muted
	}
}

func (v View) oneOrMore(people []id.Person) string {
	if len(people) == 1 {
		return v.Person(people[0]).Name
	}
	return v.names(people)
}

// pagedLine returns the sentence for what happened while people were reached, and whether only the audit shows it.
func (v View) pagedLine(e escalation.Event, who Part) (parts []Part, quiet bool) {
	w := v.Words.Reached
	switch e := e.(type) {
	case escalation.StepFell:
		return sentence(w.Step, plain(fmt.Sprint(e.Step+1)), strong(v.oneOrMore(e.People))), false
	case escalation.StepSkipped:
		return sentence(w.StepSkipped, plain(fmt.Sprint(e.Step+1))), false
	case escalation.AdminsPaged:
		return sentence(w.Admins, strong(v.oneOrMore(e.People))), false
	case escalation.Ended:
		return v.endLine(e)
	case escalation.Asked:
		return sentence(w.Asked, who, strong(v.Person(e.Person).Name)), false
	case escalation.Acknowledged:
		if e.Through == 0 {
			return sentence(w.Acknowledged, strong(v.Person(e.Person).Name)), false
		}
		return sentence(w.Through, strong(v.Person(e.Person).Name), plain(v.channel(e.Through))), false
	case escalation.OfPage:
		return v.pageLine(e)
	default:
		return sentence(w.Begins), true
	}
}

// endLine returns the sentence for how an escalation ended.
func (v View) endLine(e escalation.Ended) ([]Part, bool) {
	w := v.Words.Reached
	switch e.Outcome {
	case escalation.Exhausted:
		return []Part{{Words: w.Exhausted, Strong: true, Tone: Alarm}}, false
	case escalation.Answered:
		return sentence(w.EndsAnswered, strong(v.Person(e.Person).Name)), true
	default:
		return sentence(w.EndsOver), true
	}
}

func (v View) pageLine(o escalation.OfPage) ([]Part, bool) {
	w := v.Words.Reached
	whom := strong(v.Person(o.Person).Name)
	switch e := o.Event.(type) {
	case escalation.Attempted:
		by := plain(v.channel(e.Channel))
		switch e.Why.Cause {
		case escalation.NoReceipt:
			return sentence(w.TryUnshown, by, whom, plain(v.channel(e.Why.After))), false
		case escalation.Failure:
			return sentence(w.TryAfter, by, whom, plain(v.channel(e.Why.After))), false
		default:
			return sentence(w.Try, by, whom), true
		}
	case escalation.Reported:
		return v.newsLine(e, whom)
	case escalation.PageEnded:
		switch e.End {
		case escalation.EndExpired:
			return sentence(w.Unanswered, whom), false
		case escalation.EndDeclined:
			return sentence(w.Cannot, whom), false
		case escalation.EndUnreachable:
			return sentence(w.NoWay, whom), false
		case escalation.EndCancelled:
			return sentence(w.NoLonger, whom), true
		default:
			return sentence(w.Acknowledged, whom), true
		}
	default:
		return sentence(w.Asked, strong(v.Words.Common.Server), whom), true
	}
}

// newsLine returns the sentence for what became of a try to reach somebody.
func (v View) newsLine(e escalation.Reported, whom Part) ([]Part, bool) {
	w, by := v.Words.Reached, plain(v.channel(e.Channel))
	switch why := ReasonWords(e.Reason, v.Words.Paging.Reasons); {
	case e.News == escalation.InVain && why != "":
		return sentence(w.FailedWhy, by, whom, plain(why)), false
	case e.News == escalation.InVain:
		return sentence(w.Failed, by, whom), false
	case e.News == escalation.ByProvider:
		return sentence(w.Taken, by, whom), true
	default:
		return sentence(w.Shown, by, whom), true
	}
}

// pagingWish returns what a command about whom an incident reaches would do.
func (v View) pagingWish(c incident.PagingCommand) string {
	w, self := v.Words.Reached, v.self()
	switch c := c.(type) {
	case incident.Acknowledge:
		return Join(sentence(w.Acknowledged, self))
	case incident.Decline:
		return Join(sentence(w.Cannot, self))
	case incident.AskFor:
		return Join(sentence(w.Asked, self, strong(v.Person(c.Person).Name)))
	default:
		return Join(sentence(v.Words.Line.Unknown, self))
	}
}

// policyWish returns what a command about an escalation policy would do.
func (v View) policyWish(c escalation.PolicyCommand) string {
	if describe, ok := c.(escalation.DescribePolicy); ok {
		return fmt.Sprintf(v.Words.Reached.PolicyDescribed, describe.Policy.Name)
	}
	return v.Words.Reached.PolicyRetired
}
