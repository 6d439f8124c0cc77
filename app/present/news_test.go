package present_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// newsroom is somebody who does not look, and a colleague.
type newsroom struct {
	view    present.View
	ada, cy id.Person
	now     time.Time
	state   incident.Incident
	hears   bool
}

func newNewsroom() *newsroom {
	n := &newsroom{ada: id.New[id.Person](), cy: id.New[id.Person](), now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	setup := workspace.Default().With(
		workspace.Person{ID: n.ada, Seq: 1, Name: "Ada Sample"}, workspace.Person{ID: n.cy, Seq: 1, Name: "Cy Sample"})
	n.view = present.View{Setup: setup, Self: id.Actor{Person: n.ada, Device: id.New[id.Device]()}, Zone: time.UTC, Words: words.English()}
	n.state = incident.Incident{ID: id.New[id.Incident](), Seq: 1, Title: "Checkout fails", Severity: 2, DeclaredBy: n.cy}
	return n
}

// news returns what is told of an event that the colleague made.
func (n *newsroom) news(e incident.Event) (present.News, bool) {
	return n.by(n.cy, e, n.now)
}

func (n *newsroom) by(p id.Person, e incident.Event, received time.Time) (present.News, bool) {
	at := id.Envelope{Actor: id.Actor{Person: p, Device: id.New[id.Device]()}, Received: received, Occurred: received}
	return present.NewsFrom(present.Occurrence{Record: present.Record{Event: e, At: at}, Incident: n.state, Subscribed: n.hears}, n.now, n.view)
}

func TestABadDeclarationIsNewsToEverybodyElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*newsroom)
		told   bool
		urgent bool
	}{
		{"SEV2", func(*newsroom) {}, true, false},
		{"SEV1", func(n *newsroom) { n.state.Severity = 1 }, true, true},
		{"SEV3", func(n *newsroom) { n.state.Severity = 3 }, false, false},
		{"a drill", func(n *newsroom) { n.state.Kind = incident.GameDay }, true, false},
		{"a near miss", func(n *newsroom) { n.state.Kind = incident.NearMiss }, false, false},
		{"mitigated meanwhile", func(n *newsroom) { n.state.Status = incident.Mitigated }, true, false},
		{"told of elsewhere", func(n *newsroom) { n.state.MergedInto = id.New[id.Incident]() }, false, false},
		{"subscribed to", func(n *newsroom) { n.state.Severity, n.hears = 4, true }, true, false},
		{"a near miss subscribed to", func(n *newsroom) { n.state.Kind, n.state.Severity, n.hears = incident.NearMiss, 1, true }, true, false},
		{"over meanwhile", func(n *newsroom) { n.state.Status = incident.Resolved }, false, false},
		{"on a device that belongs to nobody", func(n *newsroom) { n.view.Self = id.Actor{} }, false, false},
	} {
		n := newNewsroom()
		c.change(n)
		got, told := n.news(incident.Declared{Title: "Checkout fails", Severity: n.state.Severity})
		if told != c.told || told && got.Urgent != c.urgent {
			t.Errorf("%s: told %v, %+v", c.name, told, got)
		}
	}
	n := newNewsroom()
	n.state.Kind = incident.GameDay
	got, _ := n.news(incident.Declared{})
	want := present.News{Incident: n.state.ID, Title: "SEV2 · Checkout fails (game day)", Text: "Cy Sample declared this just now."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatOneDidOneselfAndWhatIsOldIsNoNews(t *testing.T) {
	t.Parallel()
	n := newNewsroom()
	for _, c := range []struct {
		who      id.Person
		received time.Time
		want     bool
	}{
		{n.cy, n.now, true},
		{n.ada, n.now, false},
		{id.Person{}, n.now, true},
		{n.cy, n.now.Add(-time.Hour), true},
		{n.cy, n.now.Add(-time.Hour - time.Second), false},
		{n.cy, n.now.Add(time.Hour), true},
	} {
		if _, told := n.by(c.who, incident.Declared{}, c.received); told != c.want {
			t.Errorf("by %v at %v: told %v", n.view.Person(c.who).Name, c.received, told)
		}
	}
	pending := present.Occurrence{Record: present.Record{Event: incident.Declared{}, Pending: true}, Incident: n.state}
	if _, told := present.NewsFrom(pending, n.now, n.view); told {
		t.Error("what is not sent yet was told")
	}
}

// Nobody reads a whole incident to find that what happened in it is a day old.
func TestWhatIsOldOrOnesOwnIsNotLookedInto(t *testing.T) {
	t.Parallel()
	n := newNewsroom()
	for _, c := range []struct {
		who  id.Person
		age  time.Duration
		what incident.Event
		want bool
	}{
		{n.cy, time.Minute, incident.Revealed{}, true},
		{n.cy, 24 * time.Hour, incident.Revealed{}, false},
		{n.ada, time.Minute, incident.Revealed{}, false},
		{n.cy, time.Minute, incident.Concealed{}, false},
	} {
		r := present.Record{Event: c.what, At: id.Envelope{Actor: id.Actor{Person: c.who}, Received: n.now.Add(-c.age)}}
		if got := present.Newsworthy(r, n.now, n.view); got != c.want {
			t.Errorf("%T, %v old: %v", c.what, c.age, got)
		}
	}
}

func TestARaisedSeverityIsNewsWhereItIsBadOrOnesOwn(t *testing.T) {
	t.Parallel()
	raise := func(change func(*newsroom), from, to workspace.Level) (present.News, bool) {
		n := newNewsroom()
		n.state.Severity = to
		change(n)
		return n.news(incident.SeverityChanged{From: from, To: to, Reason: "all shops"})
	}
	nothing := func(*newsroom) {}
	if got, told := raise(nothing, 2, 1); !told || !got.Urgent || got.Text != "Cy Sample raised it from SEV2 to SEV1: “all shops”" {
		t.Errorf("2 to 1: told %v, %+v", told, got)
	}
	if _, told := raise(nothing, 1, 2); told {
		t.Error("a lowered severity was told")
	}
	if _, told := raise(nothing, 4, 3); told {
		t.Error("everybody was told of SEV3")
	}
	if got, told := raise(func(n *newsroom) { n.state.Responders = []incident.Responder{{Person: n.ada}} }, 4, 3); !told || got.Urgent {
		t.Error("who responds was not told of SEV3")
	}
	if _, told := raise(func(n *newsroom) { n.state.Status = incident.Closed }, 2, 1); told {
		t.Error("the severity of what is over was told")
	}
}

func TestWhoSubscribedHearsHowItGoes(t *testing.T) {
	t.Parallel()
	for _, hears := range []bool{false, true} {
		n := newNewsroom()
		n.hears, n.state.Status = hears, incident.Resolved
		got, told := n.news(incident.StatusChanged{From: incident.Open, To: incident.Resolved, Reason: "disk replaced"})
		if told != hears || told && got.Text != "Cy Sample says it is resolved: “disk replaced”" {
			t.Errorf("subscribed %v: told %v, %+v", hears, told, got)
		}
		n.state.Status = incident.Open
		if _, told := n.news(incident.StatusChanged{From: incident.Open, To: incident.Resolved}); told {
			t.Error("a status that was taken back was told")
		}
		got, told = n.news(incident.SeverityChanged{From: 1, To: 3})
		if told != hears || told && (got.Urgent || got.Text != "Cy Sample lowered it from SEV1 to SEV3") {
			t.Errorf("subscribed %v: told %v, %+v", hears, told, got)
		}
		if _, told := n.news(incident.Written{Text: "words"}); told {
			t.Error("words to nobody in particular were told")
		}
	}
}

func TestARoleIsNewsToWhomItWasGiven(t *testing.T) {
	t.Parallel()
	n := newNewsroom()
	n.state.Roles = []incident.Assignment{{Role: workspace.IMOC, Person: n.ada}}
	got, told := n.news(incident.RoleAssigned{Role: workspace.IMOC, Person: n.ada})
	if !told || !got.Personal || got.Text != "Cy Sample made you IMOC here." {
		t.Errorf("told %v, %+v", told, got)
	}
	if _, told := n.news(incident.RoleAssigned{Role: workspace.IMOC, Person: n.cy, Former: n.ada}); told {
		t.Error("another's role was told")
	}
	n.state.Roles[0].Person = n.cy
	if _, told := n.news(incident.RoleAssigned{Role: workspace.IMOC, Person: n.ada}); told {
		t.Error("a role was told that somebody else holds meanwhile")
	}
}

func TestAMentionIsNewsToWhoIsMeant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"@Ada Sample please look": true, "please look, @ada sample!": true, "(@ADA SAMPLE)": true, "ask @IMOC": true,
		"@Ada Samples": false, "ada sample": false, "a@ada sample": false, "@Adasample": false, "@Owner": false, "@": false, "": false,
		"x@imoc and then @imoc": true, "@Ada Sampleß @Ada Sample": true, "\xff@imoc\xff": true,
	} {
		n := newNewsroom()
		n.state.Severity, n.state.Roles = 5, []incident.Assignment{{Role: workspace.IMOC, Person: n.ada}}
		got, told := n.news(incident.Written{Text: text})
		if told != want || told && !got.Personal {
			t.Errorf("%q: told %v, %+v", text, told, got)
		}
	}
	n := newNewsroom()
	got, _ := n.news(incident.Written{Text: "@Ada Sample\n\n" + strings.Repeat("継", 900)})
	if len([]rune(got.Text)) > 220 || strings.Contains(got.Text, "\n") {
		t.Errorf("told was %q", got.Text)
	}
}

func TestOfSeveralNewsOfOneIncidentTheWeightiestIsTold(t *testing.T) {
	t.Parallel()
	a, b := id.New[id.Incident](), id.New[id.Incident]()
	got := present.MergeNews([]present.News{
		{Incident: a, Text: "first"},
		{Incident: b, Text: "personal", Personal: true},
		{Incident: a, Text: "second"},
		{Incident: b, Text: "mild"},
		{Incident: a, Text: "urgent", Urgent: true},
		{Incident: a, Text: "personal", Personal: true},
	})
	if len(got) != 2 || got[0].Text != "urgent" || got[1].Text != "personal" {
		t.Errorf("told is %+v", got)
	}
}
