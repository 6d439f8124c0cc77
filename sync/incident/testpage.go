package incident

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// A test page is a page like any other, so that what it proves holds for a real one: it lies in an incident of the kind TestPage, which
// nobody but whoever wants to know sees, which escalates to nobody, and which is over when the page is.

// TestPageTitle is the title of every test page.
const TestPageTitle = "Test page"

// TestPageFresh is how old a test page may be, when the server hears of it, to ring: who sent it off and lost the network has gone on to
// something else, or sleeps.
const TestPageFresh = 2 * time.Minute

// decideTestPage lets whoever declares one alone see it.
func decideTestPage(w workspace.Setup, by id.Actor) ([]Event, error) {
	if by.Person.IsZero() {
		return nil, fault.New(fault.Invalid, "Nobody asks for this test page.").
			WithAdvice("Nobody is paged.", "Ask for it on a device of your own.")
	}
	worst := w.Preset
	for _, s := range w.Severities {
		worst = min(worst, s.Level)
	}
	return []Event{Declared{Title: TestPageTitle, Severity: worst, Kind: TestPage, Private: true, Admitted: []id.Person{by.Person}}}, nil
}

// testable refuses what a test page is not for: all but to answer it.
func testable(c Command) error {
	if _, asks := c.(AskFor); !asks {
		if _, answers := c.(PagingCommand); answers {
			return nil
		}
	}
	return fault.New(fault.Invalid, "A test page can only be answered.").
		WithAdvice("Nothing was changed.", "Declare an incident for everything else.")
}

// proceedTestPage says what has fallen due of a test page: whoever asked for it is reached, and nobody else.
func (s Incident) proceedTestPage(g Given) []Event {
	var out []Event
	paging, own := s.Paging, s.DeclaredBy
	if s.Status.Burning() && len(paging.Pages)+len(paging.Asked) == 0 {
		if g.At.Sub(s.DeclaredAt) > TestPageFresh {
			return []Event{StatusChanged{From: s.Status, To: Closed}}
		}
		asked := escalation.Asked{Ask: escalation.Ask{Page: id.Derive[id.Page](s.ID, "test page"), Person: own, Urgency: escalation.High}}
		out, paging = append(out, Paged{Event: asked}), escalation.ApplyPaging(paging, g.At, asked)
	}
	w := g.Paging.World
	reached := w.Reached
	w.Reached = func(p id.Person) bool { return p == own && reached(p) }
	need := escalation.Need{Over: !s.Status.Burning(), Urgency: escalation.High, Level: uint8(s.Severity), Patience: escalation.Patience(uint8(s.Severity))}
	return s.closing(append(out, paged(paging.Proceed(need, w, id.Escalation{}, g.At))...))
}

// closing returns events of a test page, and that it is over where they end the page.
func (s Incident) closing(events []Event) []Event {
	ends := func(e Event) bool {
		of, _ := eventOf(e).(escalation.OfPage)
		_, ended := of.Event.(escalation.PageEnded)
		return ended
	}
	if s.Kind == TestPage && s.Status.Burning() && slices.ContainsFunc(events, ends) {
		events = append(events, StatusChanged{From: s.Status, To: Closed})
	}
	return events
}

// eventOf returns what happened to the paging, or nil for what is nothing of that.
func eventOf(e Event) escalation.Event {
	p, _ := e.(Paged)
	return p.Event
}
