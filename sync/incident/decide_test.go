package incident_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestWhatAWishLeadsTo(t *testing.T) {
	t.Parallel()
	entry := id.Entry{5}
	for name, test := range map[string]struct {
		by   id.Person
		wish incident.Command
		want []incident.Event
	}{
		"words of a responder":  {ada, incident.Write{Entry: entry, Text: "  looking \n\n"}, []incident.Event{incident.Written{Entry: entry, Text: "  looking"}}},
		"words of a newcomer":   {bob, incident.Write{Entry: entry, Text: "hello"}, []incident.Event{incident.Joined{}, incident.Written{Entry: entry, Text: "hello"}}},
		"words of the server":   {id.Person{}, incident.Write{Entry: entry, Text: "paged Bob"}, []incident.Event{incident.Written{Entry: entry, Text: "paged Bob"}}},
		"no words":              {bob, incident.Write{Entry: entry, Text: " \n "}, nil},
		"joining":               {bob, incident.Join{}, []incident.Event{incident.Joined{}}},
		"joining twice":         {ada, incident.Join{}, nil},
		"the server joins":      {id.Person{}, incident.Join{}, nil},
		"a severity":            {bob, incident.ChangeSeverity{Base: seen(1), To: 1, Reason: " all\nare out "}, []incident.Event{incident.SeverityChanged{From: 3, To: 1, Reason: "all are out"}}},
		"an abolished severity": {bob, incident.ChangeSeverity{Base: seen(1), To: 4}, nil},
		"a status":              {bob, incident.ChangeStatus{Base: seen(1), To: incident.Resolved, Reason: "done"}, []incident.Event{incident.StatusChanged{To: incident.Resolved, Reason: "done"}}},
		"a title":               {bob, incident.Retitle{Title: " Disk\tof db-3 full"}, []incident.Event{incident.Retitled{From: "Disk full", To: "Disk of db-3 full"}}},
		"no title":              {bob, incident.Retitle{Title: " \n"}, nil},
		"a tag":                 {bob, incident.AddTag{Tag: "#Data Base"}, []incident.Event{incident.Tagged{Tag: "data-base"}}},
		"no tag":                {bob, incident.AddTag{Tag: "# "}, nil},
		"no tag less":           {bob, incident.RemoveTag{Tag: "unheard-of"}, nil},
		"a role":                {bob, incident.AssignRole{Base: seen(1), Role: workspace.IMOC, Person: eve}, []incident.Event{incident.RoleAssigned{Role: workspace.IMOC, Person: eve}}},
		"nobody's role again":   {bob, incident.AssignRole{Base: seen(1), Role: workspace.IMOC}, nil},
	} {
		r := declared(t)
		have, err := incident.Decide(r.state, incident.Given{Setup: r.setup}, test.wish, id.Actor{Person: test.by})
		if diff := differ(test.want, have); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// seen returns the base of somebody who saw everything up to seq.
func seen(seq uint64) incident.Base { return incident.Base{Seq: seq} }

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("é", n+1) }
	fifty := make([]string, 0, incident.MaxTags+1)
	for i := range incident.MaxTags + 1 {
		fifty = append(fifty, fmt.Sprint("tag", i))
	}
	for name, test := range map[string]struct {
		wish  incident.Command
		kind  fault.Kind
		field string
	}{
		"declaring twice":      {incident.Declare{}, fault.Invalid, ""},
		"a long text":          {incident.Write{Text: long(incident.MaxText)}, fault.TooLarge, "text"},
		"a long title":         {incident.Retitle{Title: long(incident.MaxTitle)}, fault.TooLarge, "title"},
		"a long reason":        {incident.ChangeStatus{To: 1, Reason: long(incident.MaxReason)}, fault.TooLarge, "reason"},
		"a long reason of why": {incident.ChangeSeverity{To: 1, Reason: long(incident.MaxReason)}, fault.TooLarge, "reason"},
		"a long tag":           {incident.AddTag{Tag: long(incident.MaxTag)}, fault.TooLarge, "tag"},
		"a sixth status":       {incident.ChangeStatus{To: incident.Invalid + 1}, fault.Invalid, "status"},
		"the last status":      {incident.ChangeStatus{To: 255}, fault.Invalid, "status"},
		"an unknown role":      {incident.AssignRole{Role: "king", Person: bob}, fault.Invalid, "role"},
		"an unknown person":    {incident.AssignRole{Role: workspace.IMOC, Person: id.Person{99}}, fault.Invalid, "person"},
		"importing over it":    {incident.Import{Key: "k", Title: "t", Declared: noon}, fault.Invalid, ""},
		"nothing":              {nil, fault.Invalid, ""},
	} {
		r := declared(t)
		have, err := incident.Decide(r.state, incident.Given{Setup: r.setup}, test.wish, id.Actor{Person: bob})
		f := fault.Find(err)
		if f == nil || f.Kind != test.kind || len(have) != 0 || !f.Kind.Permanent() {
			t.Errorf("%s: %v, %v; want fault %d", name, have, err, test.kind)
		} else if named := len(f.Fields) == 1 && f.Fields[0].Name == test.field; test.field != "" && !named {
			t.Errorf("%s: %v does not name %s", name, f, test.field)
		}
	}
	if _, err := newRoom().submit(ada, incident.Declare{Tags: fifty}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("%d tags: %v", len(fifty), err)
	}
	full := newRoom()
	full.accept(t, ada, incident.Declare{Tags: fifty[1:]})
	if _, err := full.submit(ada, incident.AddTag{Tag: fifty[0]}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("tag %d: %v", len(fifty), err)
	}
}

func TestWhatIsJustSmallEnoughIsTaken(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, wish := range []incident.Command{
		incident.Write{Text: long(incident.MaxText)},
		incident.Retitle{Title: long(incident.MaxTitle)},
		incident.ChangeStatus{Base: seen(1), To: 1, Reason: long(incident.MaxReason)},
		incident.AddTag{Tag: long(incident.MaxTag)},
		incident.ChangeStatus{Base: seen(1), To: incident.Invalid},
	} {
		r := declared(t)
		past := len(r.past)
		r.accept(t, ada, wish)
		if len(r.past) != past+1 {
			t.Errorf("%T led to %v", wish, r.past[past:])
		}
	}
	r := newRoom()
	body := update("u1", 1, new(incident.Invalid))
	body.Body = long(incident.MaxText)
	r.accept(t, id.Person{}, history(body))
}

func TestWhatWasNeverDeclaredIsNotThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCommand(t)
		switch c.(type) {
		case incident.Declare, incident.Import:
			return
		}
		if have, err := newRoom().submit(ada, c); !fault.Is(err, fault.NotFound) {
			t.Fatalf("%+v: %v, %v", c, have, err)
		}
	})
}

func TestDeclaringIsRefusedOnlyForItsSize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wish := incident.Declare{
			Title: anyText(t), Severity: workspace.Level(rapid.Byte().Draw(t, "severity")),
			Kind: incident.Kind(rapid.Byte().Draw(t, "kind")), Tags: rapid.SliceOfN(rapid.Custom(anyText), 0, 5).Draw(t, "tags"),
		}
		if wish.Kind == incident.TestPage { // it is asked for on a device, and has a test of its own
			wish.Kind = incident.Real
		}
		r := newRoom()
		if _, err := r.submit(anyPerson(t), wish); err != nil {
			small := utf8.RuneCountInString(wish.Title) <= incident.MaxTitle
			for _, tag := range wish.Tags {
				small = small && utf8.RuneCountInString(tag) <= incident.MaxTag
			}
			if small || !fault.Is(err, fault.TooLarge) {
				t.Fatalf("%+v: %v", wish, err)
			}
			return
		}
		s := r.state
		if _, known := r.setup.Severity(s.Severity); !known || s.Kind > incident.Informational {
			t.Fatalf("declared as %d of kind %d", s.Severity, s.Kind)
		}
		if s.Title == "" || !utf8.ValidString(s.Title) || strings.ContainsAny(s.Title, "\n\r\t") {
			t.Fatalf("declared as %q", s.Title)
		}
		if !slices.IsSorted(s.Tags) || len(slices.Compact(slices.Clone(s.Tags))) != len(s.Tags) {
			t.Fatalf("declared with %q", s.Tags)
		}
	})
}

func TestDeclaringWithNothingGivesTheIncidentAName(t *testing.T) {
	t.Parallel()
	r := newRoom()
	r.accept(t, ada, incident.Declare{Title: " \n"})
	if r.state.Title != incident.Untitled || r.state.Severity != r.setup.Preset {
		t.Errorf("declared %q, SEV%d", r.state.Title, r.state.Severity)
	}
}

func TestWritingIsRefusedOnlyForItsSize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s incident.Incident
		for seq := range uint64(rapid.IntRange(1, 5).Draw(t, "past")) {
			s = incident.Apply(s, id.Envelope{StreamSeq: seq + 1, Actor: id.Actor{Person: anyPerson(t)}}, anyEvent(t))
		}
		if s.Kind == incident.TestPage { // nothing is written there at all
			s.Kind = incident.Real
		}
		text := strings.Repeat(anyText(t), rapid.SampledFrom([]int{1, 1, 1, 3_000}).Draw(t, "times"))
		events, err := incident.Decide(s, incident.Given{Setup: workspace.Default()}, incident.Write{Text: text}, id.Actor{Person: anyPerson(t)})
		if err != nil {
			if utf8.RuneCountInString(text) <= incident.MaxText || !fault.Is(err, fault.TooLarge) {
				t.Fatalf("%d characters: %v", utf8.RuneCountInString(text), err)
			}
			return
		}
		if len(events) == 0 {
			if strings.TrimSpace(text) != "" && !slices.Contains(s.Erased, id.Entry{}) {
				t.Fatalf("%q is lost", text)
			}
			return
		}
		if have := events[len(events)-1].(incident.Written).Text; !utf8.ValidString(have) || utf8.ValidString(text) && !strings.HasPrefix(text, have) {
			t.Fatalf("%q became %q", text, have)
		}
	})
}

func TestEveryStatusIsReachedFromEveryOther(t *testing.T) {
	t.Parallel()
	for from := incident.Open; from <= incident.Invalid; from++ {
		for to := incident.Open; to <= incident.Invalid; to++ {
			r := declared(t)
			r.accept(t, ada, incident.ChangeStatus{Base: seen(r.state.Seq), To: from})
			wish := incident.ChangeStatus{Base: seen(r.state.Seq), To: to}
			if from == to {
				r.requireNothing(t, ada, wish)
				continue
			}
			r.accept(t, ada, wish)
			if diff := differ(incident.StatusChanged{From: from, To: to}, r.last()); diff != "" || r.state.Status != to {
				t.Errorf("%s → %s ended in %s\n%s", from, to, r.state.Status, diff)
			}
		}
	}
}

func TestTheSameWishTwiceLeadsToNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := newRoom()
		r.accept(t, ada, incident.Declare{})
		for range rapid.IntRange(1, 10).Draw(t, "length") {
			by, c := anyPerson(t), anyCommand(t)
			if _, err := r.submit(by, c); err != nil {
				continue
			}
			switch c.(type) {
			case incident.Declare, incident.Import, incident.Write, incident.Edit, incident.Erase, incident.CorrectTime, incident.PromiseUpdate:
			default:
				r.requireNothing(t, by, c)
			}
		}
	})
}

func TestDecideNeverPanicsAndFaultsAreOurs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s incident.Incident
		for seq := range uint64(rapid.IntRange(0, 6).Draw(t, "past")) {
			s = incident.Apply(s, id.Envelope{StreamSeq: seq + 1, Actor: id.Actor{Person: anyPerson(t)}}, anyEvent(t))
		}
		kept := clone(s)
		c := anyCommand(t)
		events, err := incident.Decide(s, incident.Given{Setup: newRoom().setup}, c, id.Actor{Person: anyPerson(t)})
		if diff := differ(kept, s); diff != "" {
			t.Fatalf("deciding %T changed the state:\n%s", c, diff)
		}
		if err != nil && (fault.Find(err) == nil || !fault.KindOf(err).Permanent()) {
			t.Fatalf("%T: %v", c, err)
		}
		if conflict := fault.Is(err, fault.Conflict); err != nil && conflict != (len(events) == 1) {
			t.Fatalf("%T: %v and %v", c, events, err)
		}
	})
}

func TestStatusesHaveNamesAndNumbersThatNeverMove(t *testing.T) {
	t.Parallel()
	for number, name := range []string{"open", "mitigated", "resolved", "closed", "invalid", "unknown"} {
		s := incident.Status(number)
		if s.String() != name || s.Burning() != (name == "open" || name == "mitigated") {
			t.Errorf("status %d is %q, burning %v", number, s, s.Burning())
		}
	}
	for number, kind := range []incident.Kind{incident.Real, incident.NearMiss, incident.GameDay, incident.Informational} {
		if int(kind) != number {
			t.Errorf("kind %d became %d", number, kind)
		}
	}
}
