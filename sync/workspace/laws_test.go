package workspace_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func anyTermsCommand(t *rapid.T) workspace.TermsCommand {
	level := workspace.Level(rapid.IntRange(0, 6).Draw(t, "level"))
	name := rapid.SampledFrom([]string{"", "a", "A", " b ", "#c", "SEV1", strings.Repeat("x", 70)}).Draw(t, "name")
	switch rapid.IntRange(0, 7).Draw(t, "command") {
	case 0:
		return workspace.DescribeSeverity{Level: level, Name: name}
	case 1:
		return workspace.RemoveSeverity{Level: level}
	case 2:
		return workspace.ChoosePreset{Level: level}
	case 3:
		return workspace.AskQuestions{Questions: []workspace.Question{{Text: name, Level: level}}}
	case 4:
		return workspace.DescribeTag{Name: name, Hint: name}
	case 5:
		list := workspace.Checklist{ID: id.Checklist{1 + rapid.Byte().Draw(t, "list")%2}, Name: name, From: level}
		list.Items = items(rapid.SliceOfN(rapid.SampledFrom([]string{"", "x", "y\n"}), 0, 3).Draw(t, "items")...)
		return workspace.DescribeChecklist{Checklist: list}
	case 6:
		return workspace.RemoveChecklist{Checklist: id.Checklist{1 + rapid.Byte().Draw(t, "list")%2}}
	default:
		return workspace.ForgetTag{Name: name}
	}
}

// Whatever admins agree on, a declaration finds a severity: there is one, the preset and every question lead to one that there
// is, no two have one name, and what was agreed on once needs nothing the second time.
func TestWhateverIsAgreedOnTheTermsAreOfUse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var terms workspace.Terms
		for range rapid.IntRange(1, 30).Draw(t, "length") {
			c := anyTermsCommand(t)
			events, err := workspace.DecideTerms(terms, c)
			if err != nil {
				if fault.Find(err) == nil || !fault.KindOf(err).Permanent() || len(events) > 0 {
					t.Fatalf("%+v: %v, %v", c, events, err)
				}
				continue
			}
			for _, e := range events {
				terms = workspace.ApplyTerms(terms, id.Envelope{StreamSeq: terms.Seq + 1}, e)
			}
			if again, err := workspace.DecideTerms(terms, c); err != nil || len(again) > 0 {
				t.Fatalf("%+v the second time: %v, %v", c, again, err)
			}
			useful(t, workspace.Default().WithTerms(terms))
		}
	})
}

func useful(t *rapid.T, w workspace.Setup) {
	names := map[string]bool{}
	for _, s := range w.Severities {
		name := strings.ToLower(s.Name)
		if names[name] || name == "" || s.Level < 1 || s.Level > workspace.MaxLevel {
			t.Fatalf("the severities are %+v", w.Severities)
		}
		names[name] = true
	}
	leads := func(l workspace.Level) bool {
		_, known := w.Severity(l)
		return known
	}
	if len(w.Severities) == 0 || !leads(w.Preset) || !leads(w.Mildest()) || !slices.IsSortedFunc(w.Severities, func(a, b workspace.Severity) int { return int(a.Level) - int(b.Level) }) {
		t.Fatalf("the severities are %+v, the preset is %d", w.Severities, w.Preset)
	}
	lists := map[string]bool{}
	for _, c := range w.Checklists {
		if name := strings.ToLower(c.Name); lists[name] || name == "" || len(c.Items) == 0 {
			t.Fatalf("the checklists are %+v", w.Checklists)
		}
		lists[strings.ToLower(c.Name)] = true
	}
	for _, q := range w.Questions {
		if !leads(q.Level) {
			t.Fatalf("%q leads to %d, which there is not", q.Text, q.Level)
		}
	}
	for l := range workspace.Level(7) {
		if !leads(w.Coerce(l)) {
			t.Fatalf("%d is taken as %d, which there is not", l, w.Coerce(l))
		}
	}
}

func anyPersonCommand(t *rapid.T, p id.Person) workspace.PersonCommand {
	device := rapid.SampledFrom([]id.Device{phone, laptop, {5}}).Draw(t, "device")
	name := rapid.SampledFrom([]string{"", "Bob", " Bob  B ", "\xff", strings.Repeat("x", 500)}).Draw(t, "name")
	switch rapid.IntRange(0, 4).Draw(t, "command") {
	case 4:
		return workspace.PublishNumber{Person: p, Number: rapid.SampledFrom([]string{"", "+49 170 1234567", "x"}).Draw(t, "number")}
	case 0:
		return workspace.AddPerson{Person: p, Name: name, Admin: rapid.Bool().Draw(t, "admin")}
	case 1:
		return workspace.DescribePerson{Person: p, Name: name, Zone: rapid.SampledFrom([]string{"", "Local", "Europe/Berlin", "../x"}).Draw(t, "zone")}
	case 2:
		return workspace.EnrolDevice{Person: p, Device: device, Name: name}
	default:
		return workspace.RevokeDevice{Person: p, Device: device}
	}
}

// A device that was shut out stays out, whatever is asked for; nobody makes themselves an admin; and who may not, moves nothing.
func TestWhatOnlyAdminsMayDoNobodyElseDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := workspace.Default().With(workspace.Person{ID: ada, Seq: 1, Name: "Ada", Admin: true}, workspace.Person{ID: eve, Seq: 1, Name: "Eve"})
		var p workspace.Person
		out := map[id.Device]bool{}
		for range rapid.IntRange(1, 25).Draw(t, "length") {
			c := anyPersonCommand(t, bob)
			who := rapid.SampledFrom([]id.Person{{}, ada, bob, eve}).Draw(t, "by")
			events, err := workspace.DecidePerson(p, w, c, id.Actor{Person: who})
			if err != nil && (fault.Find(err) == nil || !fault.KindOf(err).Permanent() || len(events) > 0) {
				t.Fatalf("%+v: %v, %v", c, events, err)
			}
			if who == eve && len(events) > 0 {
				t.Fatalf("Eve did %+v to Bob", events)
			}
			for _, e := range events {
				p = workspace.ApplyPerson(p, id.Envelope{Stream: id.Stream(bob), StreamSeq: p.Seq + 1, Occurred: noon}, e)
			}
			if added, ok := c.(workspace.AddPerson); ok && len(events) > 0 && (p.Seq != 1 || p.Admin != added.Admin) {
				t.Fatalf("%+v led to %+v", c, p)
			}
			for _, d := range p.Devices {
				if out[d.ID] && d.Revoked.IsZero() {
					t.Fatalf("%v came back", d.ID)
				}
				out[d.ID] = out[d.ID] || !d.Revoked.IsZero()
			}
			w = w.With(p)
		}
	})
}

// A reader's marks and subscriptions are what the last word about each was.
func TestAReaderIsWhatWasAskedForLast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r workspace.Reader
		marks, wants := map[id.Incident]uint64{}, map[workspace.Subscription]bool{}
		for range rapid.IntRange(1, 30).Draw(t, "length") {
			in := id.Incident{1 + rapid.Byte().Draw(t, "incident")%3}
			var c workspace.ReaderCommand = workspace.MarkRead{Incident: in, Upto: rapid.Uint64Range(0, 9).Draw(t, "upto")}
			if rapid.Bool().Draw(t, "subscribes") {
				to := rapid.SampledFrom([]workspace.Subscription{{Incident: in}, {Level: 2}, {Tag: "db"}}).Draw(t, "to")
				c = workspace.Subscribe{To: to, Off: rapid.Bool().Draw(t, "off")}
			}
			events, err := workspace.DecideReader(r, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				r = workspace.ApplyReader(r, id.Envelope{StreamSeq: r.Seq + 1}, e)
			}
			switch c := c.(type) {
			case workspace.MarkRead:
				marks[c.Incident] = max(marks[c.Incident], c.Upto)
			case workspace.Subscribe:
				wants[c.To] = !c.Off
			}
			for i, upto := range marks {
				if r.Read[i] != upto {
					t.Fatalf("%s was read up to %d, and %d is kept", i.Short(), upto, r.Read[i])
				}
			}
			for s, on := range wants {
				if slices.Contains(r.Subscriptions, s) != on {
					t.Fatalf("%+v is wanted: %t, and there are %+v", s, on, r.Subscriptions)
				}
			}
		}
	})
}

// A list that is full takes no more tags, and still other words for those that it has.
func TestATagOfAFullListIsWordedAnew(t *testing.T) {
	t.Parallel()
	var terms workspace.Terms
	for n := range workspace.MaxTagNames {
		terms = agree(t, terms, workspace.DescribeTag{Name: fmt.Sprint("tag-", n)})
	}
	if _, err := workspace.DecideTerms(terms, workspace.DescribeTag{Name: "one more"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("one more: %v", err)
	}
	terms = agree(t, terms, workspace.DescribeTag{Name: "tag-7", Hint: "anew"})
	if !slices.Contains(terms.Tags, workspace.TagName{Name: "tag-7", Hint: "anew"}) || len(terms.Tags) != workspace.MaxTagNames {
		t.Errorf("%d tags", len(terms.Tags))
	}
}
