package escalation

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Effort is whom a page is to reach, and how.
type Effort struct {
	Page       id.Page
	Escalation id.Escalation // whose step it belongs to; zero for one that somebody asked for
	Person     id.Person
	Urgency    Urgency
	// Expires is when the next step falls, or would: from then on nothing rings.
	Expires  time.Time
	Patience time.Duration // for a receipt
	Rules    []Rule        // see Rules.For
}

// Page is the state of one effort to reach one person. Its channels are tried in the order of Rules, each at most once.
type Page struct {
	Effort
	Begun    time.Time
	Attempts []Attempt // of the first rules
	Ended    End
	EndedAt  time.Time // zero while it is running
	Through  Channel   // by what it was acknowledged; zero for the app
}

// Attempt is one channel that was tried. Times are zero for what has not happened.
type Attempt struct {
	Channel  Channel
	Why      Why
	Asked    time.Time // of the provider
	Accepted time.Time // by the provider, which means little
	Receipt  time.Time // from the device
	Failed   time.Time
	Reason   uint8 // why it failed, in the numbers of those who try; zero for none
}

// Cause says why a channel is tried. The numbers are stored: they are only ever added to.
type Cause uint8

// The causes.
const (
	Timely    Cause = 1 // its rule says so
	NoReceipt Cause = 2 // the channel before it was not confirmed by the device in time
	Failure   Cause = 3 // the channel before it failed
)

// Why is the reason for which a channel is tried.
type Why struct {
	Cause Cause
	After Channel // the channel before it, unless Timely
}

// End says how a page ended. The numbers are stored: they are only ever added to.
type End uint8

// The ends.
const (
	EndRunning      End = 0
	EndAcknowledged End = 1
	EndExpired      End = 2 // the next step has fallen
	EndCancelled    End = 3 // somebody else acknowledged, or the incident is over
	EndDeclined     End = 4 // the person cannot
	EndUnreachable  End = 5 // there is nothing to reach the person through; such a page never begins
)

// PageCommand is a wish about one page.
type PageCommand interface{ pageCommand() }

// PageEvent is something that happened to one page.
type PageEvent interface{ pageEvent() }

type (
	pageWish struct{}
	pageFact struct{}
)

func (pageWish) pageCommand() {}
func (pageFact) pageEvent()   {}

// StartPage wishes that a person be reached.
type StartPage struct {
	pageWish
	Effort
}

// ProceedPage says that something may have fallen due. It does nothing when it has not.
type ProceedPage struct{ pageWish }

// Report tells what has become of an attempt.
type Report struct {
	pageWish
	Channel Channel
	News    News
	Reason  uint8
}

// News is what has become of an attempt. The numbers are stored: they are only ever added to.
type News uint8

// The news.
const (
	ByProvider News = 1 // accepted
	ByDevice   News = 2 // shown
	InVain     News = 3 // failed for good
)

// AcknowledgePage says that the person was reached and answers for it.
type AcknowledgePage struct {
	pageWish
	Through Channel // zero for the app
}

// DeclinePage says that the person was reached and cannot help.
type DeclinePage struct{ pageWish }

// CancelPage wishes that nothing ring any more.
type CancelPage struct{ pageWish }

// PageStarted says that a person is to be reached.
type PageStarted struct {
	pageFact
	Effort
}

// Attempted says that a channel is tried, and why. What is sent must not ring after Expires.
type Attempted struct {
	pageFact
	Channel Channel
	Why     Why
	Expires time.Time
}

// Reported says what has become of an attempt.
type Reported struct {
	pageFact
	Channel Channel
	News    News
	Reason  uint8
}

// PageEnded says that nothing rings any more. What is on its way to a provider is broken off.
type PageEnded struct {
	pageFact
	End     End
	Through Channel // for EndAcknowledged: zero for the app
}

// Due returns when the page goes on, unless something happens before. It is false for one that has ended.
func (p Page) Due() (time.Time, bool) {
	if p.Begun.IsZero() || p.Ended != EndRunning {
		return time.Time{}, false
	}
	at, _ := p.next()
	return at, true
}

// next returns when the next channel is tried, or the page expires, and why.
func (p Page) next() (time.Time, Why) {
	at, why := p.Expires, Why{}
	tried := len(p.Attempts)
	if tried == len(p.Rules) {
		return at, why
	}
	if due := p.Begun.Add(p.Rules[tried].After); due.Before(at) {
		at, why = due, Why{Cause: Timely}
	}
	if tried == 0 {
		return at, why
	}
	switch last := p.Attempts[tried-1]; {
	case !last.Failed.IsZero():
		if last.Failed.Before(at) {
			at, why = last.Failed, Why{Cause: Failure, After: last.Channel}
		}
	case last.Channel.Tells() && last.Receipt.IsZero():
		if late := last.Asked.Add(p.Patience); late.Before(at) {
			at, why = late, Why{Cause: NoReceipt, After: last.Channel}
		}
	}
	return at, why
}

// DecidePage says what would happen if c were carried out on p at an instant. It changes nothing. What cannot be meant any more,
// such as news of a page that has ended, leads to nothing.
func DecidePage(p Page, c PageCommand, at time.Time) []PageEvent {
	if start, ok := c.(StartPage); ok {
		return decideStart(p, start, at)
	}
	if p.Begun.IsZero() {
		return nil
	}
	switch c := c.(type) {
	case ProceedPage:
		return proceed(p, at)
	case Report:
		return decideReport(p, c, at)
	case AcknowledgePage:
		if p.Ended == EndAcknowledged {
			return nil
		}
		return []PageEvent{PageEnded{End: EndAcknowledged, Through: c.Through}}
	case DeclinePage:
		if p.Ended == EndRunning {
			return []PageEvent{PageEnded{End: EndDeclined}}
		}
	case CancelPage:
		if p.Ended == EndRunning {
			return []PageEvent{PageEnded{End: EndCancelled}}
		}
	}
	return nil
}

func decideStart(p Page, c StartPage, at time.Time) []PageEvent {
	if !p.Begun.IsZero() || len(c.Rules) == 0 || !at.Before(c.Expires) {
		return nil
	}
	started := PageStarted{Effort: c.Effort}
	started.Rules = soon(c.Rules)
	return append([]PageEvent{started}, proceed(ApplyPage(p, at, started), at)...)
}

// soon returns rules of which the first is tried at once: who is paged at all hears of it now.
func soon(rules []Rule) []Rule {
	rules = slices.Clone(rules)
	rules[0].After = 0
	return rules
}

// proceed returns all that has fallen due by an instant.
func proceed(p Page, at time.Time) []PageEvent {
	var out []PageEvent
	for p.Ended == EndRunning {
		due, why := p.next()
		if due.After(at) {
			break
		}
		var e PageEvent = PageEnded{End: EndExpired}
		if at.Before(p.Expires) {
			e = Attempted{Channel: p.Rules[len(p.Attempts)].Channel, Why: why, Expires: p.Expires}
		}
		out, p = append(out, e), ApplyPage(p, at, e)
	}
	return out
}

// decideReport says what follows from news of an attempt: when it failed, the next channel is tried at once.
func decideReport(p Page, c Report, at time.Time) []PageEvent {
	i := slices.IndexFunc(p.Attempts, func(a Attempt) bool { return a.Channel == c.Channel })
	if i < 0 || p.Attempts[i].knows(c.News) {
		return nil
	}
	reported := Reported{Channel: c.Channel, News: c.News, Reason: c.Reason}
	return append([]PageEvent{reported}, proceed(ApplyPage(p, at, reported), at)...)
}

// knows reports whether the news are old, or contradict what is known: what a device has shown has not failed.
func (a Attempt) knows(n News) bool {
	switch n {
	case ByProvider:
		return !a.Accepted.IsZero() || !a.Receipt.IsZero() || !a.Failed.IsZero()
	case ByDevice:
		return !a.Receipt.IsZero()
	case InVain:
		return !a.Failed.IsZero() || !a.Receipt.IsZero()
	default:
		return true
	}
}

// ApplyPage returns p after e, which happened at an instant. It is total: an event that happened cannot be refused.
func ApplyPage(p Page, at time.Time, e PageEvent) Page {
	switch e := e.(type) {
	case PageStarted:
		return Page{Effort: e.Effort, Begun: at}
	case Attempted:
		p.Attempts = append(slices.Clip(p.Attempts), Attempt{Channel: e.Channel, Why: e.Why, Asked: at})
	case Reported:
		p.Attempts = slices.Clone(p.Attempts)
		for i, a := range p.Attempts {
			if a.Channel == e.Channel {
				p.Attempts[i] = a.with(e.News, e.Reason, at)
			}
		}
	case PageEnded:
		p.Ended, p.EndedAt, p.Through = e.End, at, e.Through
	}
	return p
}

func (a Attempt) with(n News, reason uint8, at time.Time) Attempt {
	switch n {
	case ByProvider:
		a.Accepted = at
	case ByDevice:
		a.Receipt, a.Failed, a.Reason = at, time.Time{}, 0
	case InVain:
		a.Failed, a.Reason = at, reason
	}
	return a
}
