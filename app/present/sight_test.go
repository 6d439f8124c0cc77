package present_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// secretive is a private incident that Ada and Cy see and Di does not.
type secretive struct {
	view        present.View
	ada, cy, di id.Person
	state       incident.Incident
}

func newSecretive(w words.Catalog) *secretive {
	s := &secretive{ada: id.New[id.Person](), cy: id.New[id.Person](), di: id.New[id.Person]()}
	s.view = present.View{Self: id.Actor{Person: s.ada}, Zone: time.UTC, Words: w, Setup: workspace.Default().With(
		workspace.Person{ID: s.ada, Seq: 1, Name: "Ada Sample"}, workspace.Person{ID: s.cy, Seq: 1, Name: "Cy Sample"},
		workspace.Person{ID: s.di, Seq: 1, Name: "Di Sample"})}
	s.state = incident.Incident{
		ID: id.New[id.Incident](), Seq: 1, Title: "The payroll was copied", Severity: 2, DeclaredBy: s.ada, Private: true,
		Admitted: []id.Person{s.ada, s.cy},
	}
	return s
}

func (s *secretive) room(p present.RoomParams) present.Room {
	p.Incident = s.state
	return present.RoomFrom(p, s.view)
}

func TestAPrivateIncidentHasANumberOfItsOwnUntilItHasAnother(t *testing.T) {
	t.Parallel()
	s := newSecretive(words.English())
	want := fmt.Sprintf("P-%d", s.state.PrivateNumber())
	f := present.FireFrom(s.state, s.view)
	found := present.ResultFrom(present.FoundIncident{Incident: s.state}, time.Unix(9, 0), s.view)
	alike := present.SimilarFrom(s.state, time.Unix(9, 0), s.view)
	if f.Number != want || found.Number != want || alike.Number != want || f.Pending || found.Pending {
		t.Errorf("%+v, %+v, %+v: want %s", f, found, alike, want)
	}
	if !f.Private || !found.Private || !alike.Private || f.Seers != 2 || found.Seers != 2 || alike.Seers != 2 {
		t.Errorf("%+v, %+v, %+v", f, found, alike)
	}
	s.state.Number = 214 // it was public once
	if got := present.FireFrom(s.state, s.view).Number; got != "INC-214" {
		t.Errorf("%q", got)
	}
}

func TestAPrivateIncidentIsUnsentForAsLongAsItsDeclarationIs(t *testing.T) {
	t.Parallel()
	s := newSecretive(words.English())
	other := incident.Incident{ID: id.New[id.Incident](), Seq: 1}
	fires := []present.Fire{present.FireFrom(s.state, s.view), present.FireFrom(other, s.view)}
	present.SetUnsent(fires, map[id.Incident]bool{s.state.ID: true})
	if !fires[0].Pending || !fires[1].Pending {
		t.Errorf("%+v", fires)
	}
	present.SetUnsent(fires, nil)
	if fires[0].Pending || !fires[1].Pending {
		t.Errorf("%+v", fires)
	}
	if r := s.room(present.RoomParams{Seq: 0}); !r.Pending {
		t.Error("a room of which the server knows nothing is not called unsent")
	}
	if r := s.room(present.RoomParams{Seq: 1}); r.Pending {
		t.Error("a room that the server knows is called unsent")
	}
}

func TestARoomSaysWhoSeesIt(t *testing.T) {
	t.Parallel()
	s := newSecretive(words.English())
	s.state.Roles = []incident.Assignment{{Role: workspace.Owner, Person: s.cy}}
	r := s.room(present.RoomParams{Seq: 1})
	names := func(list []present.Person) (out []string) {
		for _, p := range list {
			out = append(out, p.Name)
		}
		return out
	}
	for _, c := range []struct{ got, want []string }{
		{names(r.Watchers), []string{"Ada Sample", "Cy Sample"}},
		{names(r.Readers()), []string{"Ada Sample", "Cy Sample"}},
		{names(r.Outsiders()), []string{"Di Sample"}},
		{names(r.Helpers()), []string{"Cy Sample"}},
		{r.RolesOf(s.cy), []string{"Owner"}},
		{r.RolesOf(s.ada), nil},
	} {
		if !cmp.Equal(c.got, c.want) {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if !r.Sees(s.cy) || r.Sees(s.di) {
		t.Error("it is told otherwise who sees it")
	}
	known := present.NamesOf(r)
	if _, ok := known["di sample"]; ok || known["cy"].Person != s.cy {
		t.Errorf("mentioned can be %v", known)
	}
	s.state.Private = false
	if r := s.room(present.RoomParams{Seq: 1}); !r.Sees(s.di) || len(r.Readers()) != 3 || len(r.Outsiders()) != 0 {
		t.Errorf("of a public one %v", names(r.Outsiders()))
	}
}

func TestARoomThatIsNotHereIsGoneUnlessItIsBeingFetched(t *testing.T) {
	t.Parallel()
	s := newSecretive(words.English())
	if s.room(present.RoomParams{Seq: 1}).Gone {
		t.Error("a room that is here is gone")
	}
	s.state = incident.Incident{}
	if !s.room(present.RoomParams{}).Gone || s.room(present.RoomParams{Fetching: true}).Gone {
		t.Error("a room that is not here is told otherwise")
	}
}

func TestWhoSeesAnIncidentIsToldOnItsTimeline(t *testing.T) {
	t.Parallel()
	many := make([]id.Person, 7)
	for i := range many {
		many[i] = id.New[id.Person]()
	}
	for _, c := range []struct {
		event           func(*secretive) incident.Event
		english, german string
	}{
		{
			func(s *secretive) incident.Event {
				return incident.Declared{Severity: 2, Private: true, Admitted: []id.Person{s.ada}}
			},
			"Ada Sample declared this privately as SEV2; only Ada Sample sees it", "Ada Sample hat dies vertraulich als SEV2 gemeldet; nur Ada Sample sieht es",
		},
		{
			func(s *secretive) incident.Event { return incident.Concealed{Admitted: []id.Person{s.ada, s.cy, s.di}} },
			"Ada Sample made this private; only Ada Sample, Cy Sample and Di Sample see it",
			"Ada Sample hat dies vertraulich gemacht; nur Ada Sample, Cy Sample und Di Sample sehen es",
		},
		{
			func(*secretive) incident.Event { return incident.Concealed{Admitted: many} },
			"Ada Sample made this private; only somebody, somebody, somebody, somebody, somebody and 2 more see it",
			"Ada Sample hat dies vertraulich gemacht; nur jemand, jemand, jemand, jemand, jemand und 2 weitere sehen es",
		},
		{func(*secretive) incident.Event { return incident.Revealed{} }, "Ada Sample made this visible to everybody", "Ada Sample hat dies für alle sichtbar gemacht"},
		{
			func(s *secretive) incident.Event { return incident.Admitted{Person: s.di} },
			"Ada Sample let Di Sample see this", "Ada Sample lässt Di Sample dies sehen",
		},
		{
			func(s *secretive) incident.Event { return incident.Excluded{Person: s.cy} },
			"Ada Sample took Cy Sample out, who sees this no longer", "Ada Sample hat Cy Sample herausgenommen; dort ist dies nicht mehr zu sehen",
		},
		{
			func(s *secretive) incident.Event { return incident.Excluded{Person: s.ada} },
			"Ada Sample left, and sees this no longer", "Ada Sample hat sich herausgenommen und sieht dies nicht mehr",
		},
	} {
		for _, w := range []words.Catalog{words.English(), words.German()} {
			s := newSecretive(w)
			at := id.Envelope{Actor: id.Actor{Person: s.ada}, Received: time.Unix(1, 0), Occurred: time.Unix(1, 0)}
			entries := present.EntriesFrom(present.EntriesParams{Now: time.Unix(2, 0), Records: []present.Record{{At: at, Event: c.event(s)}}}, s.view)
			want := map[string]string{"Declare": c.english, "Melden": c.german}[w.Common.Declare]
			if got := present.Join(entries[len(entries)-1].Parts); got != want || entries[len(entries)-1].Quiet {
				t.Errorf("%q, want %q", got, want)
			}
		}
	}
}

func TestACopyOfAPrivateRoomSaysSo(t *testing.T) {
	t.Parallel()
	s := newSecretive(words.English())
	text := present.Transcript(s.room(present.RoomParams{Seq: 1}), s.view)
	if lines := strings.Split(text, "\n"); lines[1] != "Private: only the people added may see it." || !strings.HasPrefix(lines[0], "P-") {
		t.Errorf("%q", text)
	}
	s.state.Private = false
	if text := present.Transcript(s.room(present.RoomParams{Seq: 1}), s.view); strings.Contains(text, "Private") {
		t.Errorf("%q", text)
	}
}

func TestPeopleAreNamedByTheirNamesOrWhatTheyBeginWith(t *testing.T) {
	t.Parallel()
	var people []present.Person
	for _, name := range []string{"Ada Sample", "Ada Samples", "Cy Adams", "Di Sample"} {
		people = append(people, present.Person{ID: id.New[id.Person](), Name: name})
	}
	for typed, want := range map[string]string{
		"@Ada Sample": "Ada Sample", "ada": "Ada Sample,Ada Samples,Cy Adams", "d sam": "Di Sample", "adams": "Cy Adams", "": "", "zoe": "", "ample": "",
	} {
		var got []string
		for _, p := range present.Named(people, typed) {
			got = append(got, p.Name)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%q names %q, want %q", typed, got, want)
		}
	}
	for typed, want := range map[string]bool{"ada": true, "@Sample Ada": true, "ad": false, "ada s": false, "": false} {
		if got := people[0].Named(typed); got != want {
			t.Errorf("%q names Ada Sample: %v", typed, got)
		}
	}
}

func TestNewsOfAPrivateIncidentSayNoMoreThanItsNumber(t *testing.T) {
	t.Parallel()
	const added = "added"
	for _, c := range []struct {
		name    string
		event   func(*newsroom) incident.Event
		text    string
		told    bool
		special bool
	}{
		{"declared, and one was added", func(n *newsroom) incident.Event {
			return incident.Declared{Private: true, Admitted: []id.Person{n.cy, n.ada}}
		}, added, true, true},
		{"added later", func(n *newsroom) incident.Event { return incident.Admitted{Person: n.ada} }, added, true, true},
		{"another was added", func(n *newsroom) incident.Event { return incident.Admitted{Person: n.cy} }, "", false, false},
		{"raised", func(*newsroom) incident.Event {
			return incident.SeverityChanged{From: 3, To: 2, Reason: "the canary sang"}
		}, "There is news in this private incident.", true, false},
		{"named", func(*newsroom) incident.Event {
			return incident.Written{Entry: id.New[id.Entry](), Text: "@Ada Sample the canary sang"}
		}, "There is news in this private incident.", true, true},
		{"written", func(*newsroom) incident.Event {
			return incident.Written{Entry: id.New[id.Entry](), Text: "the canary sang"}
		}, "", false, false},
	} {
		n := newNewsroom()
		n.state.Private, n.state.Severity, n.state.Title = true, 2, "The canary"
		got, told := n.news(c.event(n))
		want := present.News{Incident: n.state.ID, Title: fmt.Sprintf("P-%d", n.state.PrivateNumber()), Text: c.text, Personal: c.special}
		if c.text == added {
			want.Text, want.Added = fmt.Sprintf("You can see %s now.", want.Title), true
		}
		if told != c.told || told && !cmp.Equal(got, want) {
			t.Errorf("%s: told %v, %+v, want %+v", c.name, told, got, want)
		}
	}
}

func TestPrivateIncidentsAreNotOfferedToBeMergedWith(t *testing.T) {
	t.Parallel()
	s := newSecretive(words.English())
	if got := present.MergeableFrom([]incident.Incident{s.state}, present.MergeQuery{Typed: "payroll"}, s.view); len(got) > 0 {
		t.Errorf("%+v", got)
	}
	s.state.Private = false
	if got := present.MergeableFrom([]incident.Incident{s.state}, present.MergeQuery{Typed: "payroll"}, s.view); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAChangeToWhatCanNoLongerBeSeenIsOutOfSight(t *testing.T) {
	t.Parallel()
	s := newSecretive(words.English())
	gone := fault.New(fault.Gone, "It is gone.")
	c := present.ChangeFrom(present.Change{Incident: s.state.ID, Title: "The canary"}, incident.Write{Text: "the canary sang"}, gone, s.view)
	if c.State != present.OutOfSight || !c.Incident.IsZero() || strings.Contains(fmt.Sprint(c), "canary") {
		t.Errorf("%+v", c)
	}
	for wish, want := range map[incident.Command]string{
		incident.Admit{Person: s.di}: "Ada Sample let Di Sample see this", incident.Reveal{}: "Ada Sample made this visible to everybody",
		incident.Exclude{Person: s.cy}: "Ada Sample took Cy Sample out, who sees this no longer",
	} {
		if got := present.ChangeFrom(present.Change{}, wish, nil, s.view).What; got != want {
			t.Errorf("%T: %q, want %q", wish, got, want)
		}
	}
	if got := present.ChangeFrom(present.Change{}, incident.Conceal{}, nil, s.view).What; got != "Ada Sample made this private" {
		t.Errorf("%q", got)
	}
}

func TestASubscriptionToWhatCanNoLongerBeSeenSaysSo(t *testing.T) {
	t.Parallel()
	s := newSecretive(words.English())
	to := workspace.Subscription{Incident: s.state.ID}
	if got := present.SubscriptionFrom(to, incident.Incident{}, s.view).Words; got != "an incident that you can no longer see" {
		t.Errorf("%q", got)
	}
	if got := present.SubscriptionFrom(to, s.state, s.view).Words; !strings.HasPrefix(got, "P-") {
		t.Errorf("%q", got)
	}
}

// Somebody who was added has not heard of the incident yet: what else happened there meanwhile says nothing to them.
func TestThatOneSeesAPrivateIncidentNowIsToldBeforeAllElseOfIt(t *testing.T) {
	t.Parallel()
	n := newNewsroom()
	n.state.Private, n.state.Severity = true, 1
	n.state.Roles = []incident.Assignment{{Role: "legal", Person: n.ada}}
	var all []present.News
	for _, e := range []incident.Event{incident.Admitted{Person: n.ada}, incident.RoleAssigned{Role: "legal", Person: n.ada}, incident.SeverityChanged{From: 2, To: 1}} {
		if told, tell := n.news(e); tell {
			all = append(all, told)
		}
	}
	if got := present.MergeNews(all); len(all) != 3 || len(got) != 1 || !strings.HasPrefix(got[0].Text, "You can see P-") {
		t.Errorf("of %+v told is %+v", all, got)
	}
}
