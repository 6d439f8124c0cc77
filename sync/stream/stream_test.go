package stream_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

var (
	ada    = id.Person{1}
	bob    = id.Person{2}
	room   = id.Stream{7}
	server = id.Actor{}
)

func by(p id.Person) id.Actor { return id.Actor{Person: p} }

// kinds are the kinds that have rules: a command that its zero state accepts, and what it leads to.
func kinds() map[id.Kind]struct {
	command stream.Command
	event   stream.Event
} {
	order := oncall.Version{From: time.Unix(1, 0).UTC(), Zone: "UTC", Layers: []oncall.Layer{
		{ID: id.Layer{1}, Unit: oncall.Week, Every: 1, Places: []oncall.Place{{ada}}},
	}}
	return map[id.Kind]struct {
		command stream.Command
		event   stream.Event
	}{
		id.KindIncident: {incident.Declare{Title: "Disk"}, incident.Declared{Title: "Disk", Severity: 3}},
		id.KindPerson:   {workspace.AddPerson{Person: ada, Name: "Ada"}, workspace.PersonAdded{Person: ada, Name: "Ada"}},
		id.KindReader:   {workspace.MarkRead{Incident: id.Incident{7}, Upto: 4}, workspace.IncidentRead{Incident: id.Incident{7}, Upto: 4}},
		id.KindRotation: {oncall.CreateRotation{Name: "IMOC", Version: order}, oncall.RotationCreated{Name: "IMOC", Version: order}},
	}
}

// setup knows Ada, who serves alone.
func setup() workspace.Setup { return workspace.Default().With(workspace.Person{ID: ada}) }

var unexported = cmp.AllowUnexported(incident.Declared{}, workspace.PersonAdded{}, workspace.IncidentRead{}, oncall.RotationCreated{})

func TestEveryKindDecidesAndAppliesByItsOwnRules(t *testing.T) {
	t.Parallel()
	for kind, rules := range kinds() {
		if rules.command.Stream() != kind || rules.event.Stream() != kind {
			t.Errorf("kind %d: %T is of %d, %T of %d", kind, rules.command, rules.command.Stream(), rules.event, rules.event.Stream())
		}
		for _, zero := range []stream.State{stream.Zero(kind), nil} {
			events, err := stream.Decide(zero, incident.Given{Setup: setup(), At: time.Unix(1, 0)}, rules.command, server)
			if diff := cmp.Diff([]stream.Event{rules.event}, events, unexported); diff != "" || err != nil {
				t.Fatalf("kind %d: %v\n%s", kind, err, diff)
			}
			s := stream.Apply(zero, id.Envelope{Stream: room, StreamSeq: 5}, events[0])
			if stream.Seq(s) != 5 || cmp.Equal(s, stream.Zero(kind)) {
				t.Errorf("kind %d: %+v after its first event", kind, s)
			}
		}
	}
}

func TestWhatDoesNotBelongInAStreamIsRefusedAndMovesNothing(t *testing.T) {
	t.Parallel()
	at := id.Envelope{Stream: room, StreamSeq: 9}
	for kind := range kinds() {
		want := stream.Apply(stream.Zero(kind), at, stream.Unknown{Of: kind})
		if stream.Seq(want) != 9 {
			t.Errorf("kind %d stands at %d", kind, stream.Seq(want))
		}
		for other, rules := range kinds() {
			if other == kind {
				continue
			}
			events, err := stream.Decide(stream.Zero(kind), incident.Given{Setup: setup(), At: time.Unix(1, 0)}, rules.command, server)
			if !fault.Is(err, fault.Invalid) || events != nil {
				t.Errorf("%T on kind %d: %v, %v", rules.command, kind, events, err)
			}
			if diff := cmp.Diff(want, stream.Apply(stream.Zero(kind), at, rules.event)); diff != "" {
				t.Errorf("%T on kind %d:\n%s", rules.event, kind, diff)
			}
		}
	}
}

func TestAnUnknownEventOnlyCounts(t *testing.T) {
	t.Parallel()
	for kind, rules := range kinds() {
		s := stream.Apply(nil, id.Envelope{Stream: room, StreamSeq: 1}, rules.event)
		again := stream.Apply(s, id.Envelope{Stream: room, StreamSeq: 2, Occurred: time.Unix(1, 0), Actor: by(bob)}, stream.Unknown{Of: kind})
		if stream.Seq(again) != 2 {
			t.Errorf("kind %d stands at %d", kind, stream.Seq(again))
		}
		back := stream.Apply(again, id.Envelope{Stream: room, StreamSeq: 1}, stream.Unknown{Of: kind})
		if diff := cmp.Diff(s, back); diff != "" {
			t.Errorf("kind %d moved:\n%s", kind, diff)
		}
	}
	if (stream.Unknown{Of: id.KindReader}).Stream() != id.KindReader {
		t.Error("an unknown event forgot its stream")
	}
	later := id.Kind(77)
	if s := stream.Apply(stream.Zero(later), id.Envelope{StreamSeq: 1}, stream.Unknown{Of: later}); s != nil || stream.Seq(s) != 0 {
		t.Errorf("a kind without rules has the state %v", s)
	}
}

func TestNobodyKnowsACommandWithoutRules(t *testing.T) {
	t.Parallel()
	if _, err := stream.Decide(nil, incident.Given{Setup: workspace.Default()}, stream.Unknown{}, server); !fault.Is(err, fault.Invalid) {
		t.Errorf("have %v", err)
	}
}

func TestAConflictKeepsItsEvent(t *testing.T) {
	t.Parallel()
	s := incident.Incident{Seq: 5, Severity: 2, SeverityMark: incident.Mark{Seq: 5}}
	events, err := stream.Decide(s, incident.Given{Setup: workspace.Default()}, incident.ChangeSeverity{To: 1}, by(ada))
	if !fault.Is(err, fault.Conflict) || len(events) != 1 {
		t.Errorf("have %v, %v", events, err)
	}
}

func TestACommandBelongsToTheStreamThatItNames(t *testing.T) {
	t.Parallel()
	reserved := []id.Stream{{}, id.Stream(id.Everyone()), id.Workspace()}
	for name, test := range map[string]struct {
		target id.Stream
		wish   stream.Command
		by     id.Actor
		want   fault.Kind
		fine   bool
	}{
		"an incident":              {room, incident.Join{}, by(ada), 0, true},
		"an import by the server":  {room, incident.Import{}, server, 0, true},
		"an import by a person":    {room, incident.Import{}, by(ada), fault.Denied, false},
		"a person":                 {id.Stream(bob), workspace.AddPerson{Person: bob}, by(ada), 0, true},
		"a description":            {id.Stream(bob), workspace.DescribePerson{Person: bob}, by(ada), 0, true},
		"a device":                 {id.Stream(bob), workspace.EnrolDevice{Person: bob}, server, 0, true},
		"a lost device":            {id.Stream(bob), workspace.RevokeDevice{Person: bob}, by(bob), 0, true},
		"another person":           {id.Stream(ada), workspace.AddPerson{Person: bob}, by(ada), fault.Invalid, false},
		"another's description":    {id.Stream(ada), workspace.DescribePerson{Person: bob}, by(ada), fault.Invalid, false},
		"another's device":         {id.Stream(ada), workspace.EnrolDevice{Person: bob}, server, fault.Invalid, false},
		"another's lost device":    {id.Stream(ada), workspace.RevokeDevice{Person: bob}, by(bob), fault.Invalid, false},
		"another's number":         {id.Stream(ada), workspace.PublishNumber{Person: bob}, by(bob), fault.Invalid, false},
		"one's own number":         {id.Stream(bob), workspace.PublishNumber{Person: bob}, by(bob), 0, true},
		"another's reach":          {id.Stream(ada), workspace.TellReach{Person: bob}, server, fault.Invalid, false},
		"another's rules":          {id.Reader(bob), workspace.ChooseRules{}, by(ada), fault.NotFound, false},
		"a reminder":               {id.Reader(ada), workspace.Remind{To: ada}, server, 0, true},
		"another's reminder":       {id.Reader(bob), workspace.Remind{To: ada}, server, fault.Invalid, false},
		"a reminder by a person":   {id.Reader(ada), workspace.Remind{To: ada}, by(ada), fault.Denied, false},
		"a reminder for nobody":    {id.Reader(id.Person{}), workspace.Remind{}, server, fault.Invalid, false},
		"one's own marks":          {id.Reader(ada), workspace.MarkRead{}, by(ada), 0, true},
		"another's marks":          {id.Reader(bob), workspace.MarkRead{}, by(ada), fault.NotFound, false},
		"marks of the server":      {id.Reader(id.Person{}), workspace.MarkRead{}, server, fault.NotFound, false},
		"marks in a public stream": {room, workspace.MarkRead{}, by(ada), fault.NotFound, false},
	} {
		err := stream.Check(test.target, test.wish, test.by)
		if (err == nil) != test.fine || !test.fine && fault.KindOf(err) != test.want {
			t.Errorf("%s: %v; want fault %d", name, err, test.want)
		}
	}
	for _, target := range reserved {
		for _, wish := range []stream.Command{incident.Declare{}, workspace.AddPerson{Person: id.Person(target)}} {
			if err := stream.Check(target, wish, server); !fault.Is(err, fault.Invalid) {
				t.Errorf("%T on %s: %v", wish, target, err)
			}
		}
	}
}

func TestOnlyReadingMarksAndPrivateIncidentsAreNotEverybodys(t *testing.T) {
	t.Parallel()
	target := id.New[id.Stream]()
	for _, c := range []struct {
		wish stream.Command
		want id.Scope
	}{
		{incident.Declare{}, id.Everyone()},
		{incident.Declare{Private: true}, id.Private(id.Incident(target))},
		{workspace.AddPerson{}, id.Everyone()},
		{workspace.MarkRead{}, id.Own(ada)},
		{workspace.ChooseRules{}, id.Own(ada)},
		{workspace.Remind{To: bob}, id.Own(bob)},
	} {
		if have := stream.Scope(target, c.wish, ada); have != c.want {
			t.Errorf("%T begins in %s; want %s", c.wish, have, c.want)
		}
	}
}

func TestIncidentsAreNumberedWhenTheyBegin(t *testing.T) {
	t.Parallel()
	for _, e := range []stream.Event{incident.Declared{Title: "x"}, incident.Imported{Title: "x"}} {
		numbered, ok := stream.Numbered(e, 41)
		s, _ := stream.Apply(nil, id.Envelope{}, numbered).(incident.Incident)
		if !ok || s.Number != 41 || s.Title != "x" {
			t.Errorf("%T became %+v, %v", e, numbered, ok)
		}
	}
	for _, e := range []stream.Event{incident.Joined{}, workspace.PersonAdded{}, stream.Unknown{}} {
		if same, ok := stream.Numbered(e, 41); ok || same != e {
			t.Errorf("%T got a number", e)
		}
	}
}

func TestARefusalSaysWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	for kind := fault.Internal; kind <= fault.Resume+1; kind++ {
		want := stream.Retry
		switch {
		case kind == fault.Conflict:
			want = stream.Conflict
		case kind == fault.OutOfOrder:
			want = stream.OutOfOrder
		case kind.Permanent():
			want = stream.Rejected
		}
		have := stream.Refusal(3, errors.Join(errors.New("decide"), fault.New(kind, "No.")))
		if have.Mid != 3 || have.Kind != want || have.Fault.Message != "No." {
			t.Errorf("fault %d: %+v; want %d", kind, have, want)
		}
	}
	if have := stream.Refusal(3, errors.New("disk")); have.Kind != stream.Retry || !fault.Is(have.Fault, fault.Unavailable) {
		t.Errorf("an error that is no fault: %+v", have)
	}
}

func TestOutcomesKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	for number, row := range []struct {
		kind  stream.OutcomeKind
		final bool
	}{{0, false}, {stream.Accepted, true}, {stream.Rejected, true}, {stream.Conflict, true}, {stream.OutOfOrder, false}, {stream.Retry, false}} {
		if int(row.kind) != number || row.kind.Final() != row.final {
			t.Errorf("outcome %d is %d, final %v", number, row.kind, row.kind.Final())
		}
	}
}

func TestForeignHistoriesBringTheirOwnTime(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_000, 0)
	for _, e := range []stream.Event{incident.Imported{At: at}, incident.UpdateImported{At: at}} {
		if own, ok := e.(stream.Backdated); !ok || !own.OccurredAt().Equal(at) {
			t.Errorf("%T has no time of its own", e)
		}
	}
}

func TestNobodyDeclaresOnAnIDThatBelongsToSomethingElse(t *testing.T) {
	t.Parallel()
	victim, thief := id.New[id.Person](), id.Actor{Person: id.New[id.Person]()}
	if err := stream.Check(id.Reader(victim), incident.Declare{Title: "mine"}, thief); !fault.Is(err, fault.Invalid) {
		t.Errorf("declared on another's reading marks: %v", err)
	}
	if err := stream.Check(id.New[id.Stream](), incident.Declare{Title: "mine"}, thief); err != nil {
		t.Error(err)
	}
}
