package present_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// The timeline says of everything that is done to reach somebody what it was, and only that.
func TestTheTimelineSaysWhatWasDoneToReachPeople(t *testing.T) {
	t.Parallel()
	v, ada := view(t), id.New[id.Person]()
	v.Setup = v.Setup.With(workspace.Person{ID: ada, Seq: 1, Name: "Ada"})
	of := func(e escalation.PageEvent) escalation.Event { return escalation.OfPage{Person: ada, Event: e} }
	for _, c := range []struct {
		event escalation.Event
		says  string
		quiet bool
	}{
		{escalation.Escalated{}, "Nobody has answered: people are paged", true},
		{escalation.StepFell{People: []id.Person{ada}}, "Step 1: paging Ada", false},
		{escalation.StepSkipped{Step: 1}, "Step 2 finds nobody who can be reached: the next one at once", false},
		{of(escalation.Attempted{Channel: escalation.Push, Why: escalation.Why{Cause: escalation.Timely}}), "Ada is paged by push", true},
		{of(escalation.Attempted{Channel: escalation.SMS, Why: escalation.Why{Cause: escalation.NoReceipt, After: escalation.Push}}), "Ada is paged by SMS, because no device of theirs has confirmed push", false},
		{of(escalation.Reported{Channel: escalation.SMS, News: escalation.ByProvider, Reason: 1}), "What goes to Ada by SMS is with the provider", true},
		{of(escalation.Reported{Channel: escalation.Push, News: escalation.ByDevice}), "A device of Ada has shown it (push)", true},
		{of(escalation.Reported{Channel: escalation.SMS, News: escalation.InVain, Reason: 23}), "Ada cannot be reached by SMS: not set up on this server", false},
		{of(escalation.Reported{Channel: escalation.SMS, News: escalation.InVain, Reason: 200}), "Ada cannot be reached by SMS", false},
		{of(escalation.PageEnded{End: escalation.EndExpired}), "Ada did not answer", false},
		{of(escalation.PageEnded{End: escalation.EndCancelled}), "Ada is paged no longer", true},
		{of(escalation.PageEnded{End: escalation.EndAcknowledged}), "Ada acknowledged", true},
		{escalation.Acknowledged{Person: ada, Through: escalation.Mail}, "Ada acknowledged through mail", false},
		{escalation.Ended{Outcome: escalation.Answered, Person: ada}, "Nobody else is paged: Ada answers for it", true},
		{escalation.Ended{Outcome: escalation.Stopped}, "It is over: nobody is paged any more", true},
		{escalation.Ended{Outcome: escalation.Exhausted}, "Nobody has answered, and nobody is left to page. Call somebody.", false},
	} {
		all := present.EntriesFrom(present.EntriesParams{Now: time.Unix(2, 0), Records: []present.Record{{Event: incident.Paged{Event: c.event}}}}, v)
		last := all[len(all)-1] // behind a break, which says the day
		if got := present.Join(last.Parts); got != c.says || last.Quiet != c.quiet {
			t.Errorf("%T is said as %q, quietly: %v; want %q", c.event, got, last.Quiet, c.says)
		}
	}
}
