package incident_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// drill is a room in which Ada asked for a test page, and a server that goes on with it.
type drill struct {
	*room
	at      time.Time
	reached func(id.Person) bool
}

func newDrill(t *testing.T) *drill {
	t.Helper()
	d := &drill{room: newRoom(), at: noon, reached: func(id.Person) bool { return true }}
	d.setup.Checklists = append(d.setup.Checklists, workspace.Checklist{ID: id.Checklist{9}, Name: "always", From: 5, Items: []workspace.ChecklistItem{{ID: id.Item{1}, Text: "x"}}})
	d.setup.Roles[0].Rotation = id.Rotation{1} // somebody is on call, and is to hear nothing
	if err := d.do(ada, incident.Declare{Kind: incident.TestPage, Title: "secret", Severity: 3, Tags: []string{"db"}, Admit: []id.Person{bob}}); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *drill) do(by id.Person, c incident.Command) error {
	g := d.given()
	g.At = d.at
	g.Paging = incident.Paging{
		World: escalation.World{
			OnCall: func(id.Rotation) []id.Person { return []id.Person{bob} }, Reached: d.reached, Admins: []id.Person{bob},
			Rules: func(id.Person, escalation.Urgency) []escalation.Rule {
				return escalation.DefaultRules().For(escalation.High, escalation.ChannelsOf(escalation.Push, escalation.SMS))
			},
		},
		Policy: func(id.Policy) (escalation.Policy, bool) { return escalation.Policy{}, false },
	}
	events, err := incident.Decide(d.state, g, c, id.Actor{Person: by})
	for _, e := range events {
		at := id.Envelope{Stream: id.Stream{7}, Kind: id.KindIncident, StreamSeq: d.state.Seq + 1, Actor: id.Actor{Person: by}, Occurred: d.at}
		d.state, d.past = incident.Apply(d.state, at, e), append(d.past, e)
	}
	return err
}

// after lets time pass, and the server go on.
func (d *drill) after(t *testing.T, span time.Duration) {
	t.Helper()
	d.at = d.at.Add(span)
	if err := d.do(id.Person{}, incident.Proceed{}); err != nil {
		t.Fatal(err)
	}
}

func (d *drill) page(t *testing.T) escalation.Page {
	t.Helper()
	if len(d.state.Paging.Pages) != 1 || d.state.Paging.Pages[0].Person != ada {
		t.Fatalf("the pages are %+v", d.state.Paging.Pages)
	}
	return d.state.Paging.Pages[0]
}

// It goes through a person's own rules like a real page, reaches nobody else, and is over when it is answered.
func TestATestPageReachesWhoeverAskedForItAndNobodyElse(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	want := incident.Declared{Title: incident.TestPageTitle, Severity: 1, Kind: incident.TestPage, Private: true, Admitted: []id.Person{ada}}
	if diff := cmp.Diff([]incident.Event{want}, d.past, unexported); diff != "" {
		t.Error(diff)
	}
	d.after(t, time.Second)
	first := d.page(t)
	if len(first.Attempts) != 1 || first.Attempts[0].Channel != escalation.Push || first.Urgency != escalation.High {
		t.Errorf("it begins with %+v", first)
	}
	d.after(t, 0)
	if again := d.page(t); len(again.Attempts) != 1 {
		t.Errorf("asked twice it begins twice: %+v", again)
	}
	if err := d.do(id.Person{}, incident.Tell{Page: first.Page, Channel: escalation.Push, News: escalation.InVain, Reason: 23}); err != nil {
		t.Fatal(err)
	}
	if next := d.page(t); len(next.Attempts) != 2 || next.Attempts[1].Channel != escalation.SMS || next.Attempts[0].Reason != 23 {
		t.Errorf("after a failure it goes on with %+v", next.Attempts)
	}
	d.after(t, 10*time.Minute)
	if err := d.do(ada, incident.Acknowledge{Through: escalation.SMS}); err != nil {
		t.Fatal(err)
	}
	if over := d.page(t); over.Ended != escalation.EndAcknowledged || over.Through != escalation.SMS || d.state.Status != incident.Closed {
		t.Errorf("answered it is %+v, %s", over, d.state.Status)
	}
	if len(d.state.Roles) != 0 || d.state.Paging.Count != 0 || len(d.state.Checklists) != 0 {
		t.Errorf("it led to %+v", d.state)
	}
	before := len(d.past)
	d.after(t, time.Hour)
	if len(d.past) != before {
		t.Errorf("once it is over there happens %+v", d.past[before:])
	}
}

func TestATestPageThatNobodyAnswersIsOver(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	d.after(t, 0)
	d.after(t, escalation.AskWait)
	if d.page(t).Ended != escalation.EndExpired || d.state.Status != incident.Closed {
		t.Errorf("%+v, %s", d.state.Paging, d.state.Status)
	}
	silent := newDrill(t)
	silent.reached = func(p id.Person) bool { return p != ada }
	silent.after(t, 0)
	if len(silent.state.Paging.Pages) != 0 || silent.state.Status != incident.Closed {
		t.Errorf("without a way to reach its person it is %+v", silent.state.Paging)
	}
	cannot := newDrill(t)
	cannot.after(t, 0)
	if err := cannot.do(ada, incident.Decline{}); err != nil || cannot.state.Status != incident.Closed {
		t.Errorf("declined it is %s, %v", cannot.state.Status, err)
	}
}

// One that lay on a device without network does not ring hours later.
func TestATestPageThatComesLateDoesNotRing(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	d.after(t, incident.TestPageFresh+time.Second)
	if len(d.state.Paging.Pages)+len(d.state.Paging.Asked) != 0 || d.state.Status != incident.Closed {
		t.Errorf("%+v, %s", d.state.Paging, d.state.Status)
	}
}

func TestATestPageIsGoodForNothingElse(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	before := len(d.past)
	for _, c := range []incident.Command{
		incident.AskFor{Page: id.Page{1}, Person: bob},
		incident.Admit{Person: bob},
		incident.Reveal{},
		incident.AssignRole{Role: workspace.IMOC, Person: bob},
		incident.AddTask{Task: id.Task{1}, Text: "x", Person: bob},
		incident.ChangeKind{To: incident.Real},
		incident.Write{Entry: id.Entry{1}, Text: "x"},
		incident.ChangeSeverity{To: 2},
		incident.ChangeStatus{To: incident.Resolved},
	} {
		if err := d.do(ada, c); !fault.Is(err, fault.Invalid) || len(d.past) != before {
			t.Errorf("%T: %v", c, err)
		}
	}
	if err := (&drill{room: newRoom()}).do(id.Person{}, incident.Declare{Kind: incident.TestPage}); !fault.Is(err, fault.Invalid) {
		t.Errorf("nobody's: %v", err)
	}
	real := declared(t)
	real.requireNothing(t, ada, incident.ChangeKind{To: incident.TestPage})
}
