package reminder_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/reminder"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

var (
	ann, bob = id.Person{'A'}, id.Person{'B'}
	monday   = time.Date(2026, 3, 23, 0, 0, 0, 0, time.UTC)
)

func layer(unit oncall.Unit, hour int, persons ...id.Person) oncall.Layer {
	l := oncall.Layer{ID: id.Layer{1}, Anchor: oncall.On(2026, time.March, 23, hour, 0), Unit: unit, Every: 1}
	for _, p := range persons {
		l.Places = append(l.Places, oncall.Place{p})
	}
	return l
}

func roster(zone string, layers ...oncall.Layer) oncall.Roster {
	return oncall.NewRoster(oncall.Rotation{Versions: []oncall.Version{{Zone: zone, Layers: layers}}})
}

func told(dues []reminder.Due) string {
	var out []string
	for _, d := range dues {
		out = append(out, fmt.Sprintf("%s %s %c %t/%t", d.At.Format("02.15:04"), d.Shift.From.Format("02.15:04"), d.Shift.Person[0], d.Tell, d.Check))
	}
	return strings.Join(out, "\n")
}

func TestAShiftIsToldADayAndAQuarterOfAnHourBefore(t *testing.T) {
	t.Parallel()
	weekly := roster("UTC", layer(oncall.Week, 9, ann, bob))
	want := "22.09:00 23.09:00 A true/true\n23.08:45 23.09:00 A true/false\n29.09:00 30.09:00 B true/true\n30.08:45 30.09:00 B true/false"
	if diff := cmp.Diff(want, told(reminder.Plan(weekly, monday, monday.AddDate(0, 0, 10)))); diff != "" {
		t.Error(diff)
	}
	// Clocks go forward in the night to the 29th: a day before is 24 hours before, at eight by the clocks there.
	berlin := roster("Europe/Berlin", layer(oncall.Week, 9, ann, bob))
	if got := reminder.Plan(berlin, monday.AddDate(0, 0, 2), monday.AddDate(0, 0, 10)); len(got) != 2 || !got[0].Shift.From.Equal(time.Date(2026, 3, 30, 7, 0, 0, 0, time.UTC)) {
		t.Error(told(got))
	}
}

// Who hands over to themselves goes on; who serves each day is told of the first of them a day before, and each time looked at.
func TestWhoServesAnywayIsToldLess(t *testing.T) {
	t.Parallel()
	if got := reminder.Plan(roster("UTC", layer(oncall.Day, 9, ann)), monday, monday.AddDate(0, 0, 5)); len(got) != 0 {
		t.Error(told(got))
	}
	office := layer(oncall.Week, 9, ann)
	office.Hours = []oncall.Window{{Days: oncall.DaysOf(time.Monday, time.Tuesday), From: 9 * 60, Until: 17 * 60}}
	want := "22.09:00 23.09:00 A true/true\n23.08:45 23.09:00 A true/false\n23.09:00 24.09:00 A false/true\n24.08:45 24.09:00 A true/false"
	if diff := cmp.Diff(want, told(reminder.Plan(roster("UTC", office), monday, monday.AddDate(0, 0, 5)))); diff != "" {
		t.Error(diff)
	}
}

func TestChangesAreThoseOfPresence(t *testing.T) {
	t.Parallel()
	before := roster("UTC", layer(oncall.Day, 9, ann))
	same := roster("UTC", layer(oncall.Week, 12, ann)) // she hands over to herself at other times
	if got := reminder.Changes(before, same, monday, monday.AddDate(0, 1, 0)); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	r := oncall.Rotation{Versions: []oncall.Version{{Zone: "UTC", Layers: []oncall.Layer{layer(oncall.Day, 9, ann)}}}, Overrides: []oncall.Override{
		{ID: id.Override{1}, Deed: oncall.Replace, From: monday.Add(8 * time.Hour), Until: monday.Add(30 * time.Hour), Out: ann, In: bob},
	}}
	span := oncall.Span{From: monday.Add(8 * time.Hour), Until: monday.Add(30 * time.Hour)}
	want := []reminder.Change{{Person: ann, Spans: []reminder.Span{{Span: span, Off: true}}}, {Person: bob, Spans: []reminder.Span{{Span: span}}}}
	if diff := cmp.Diff(want, reminder.Changes(before, oncall.NewRoster(r), monday, monday.AddDate(0, 1, 0))); diff != "" {
		t.Error(diff)
	}
}

// Whatever changes, what somebody is told is the difference between who is on call before and after, at every instant.
func TestChangesAreTheDifferenceAtEveryInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) oncall.Roster {
			l := layer(rapid.SampledFrom([]oncall.Unit{oncall.Hour, oncall.Day, oncall.Week}).Draw(t, name), rapid.IntRange(0, 23).Draw(t, "hour"))
			together := rapid.SliceOfNDistinct(rapid.SampledFrom([]id.Person{ann, bob, {'C'}}), 1, 3, rapid.ID)
			for range rapid.IntRange(1, 4).Draw(t, "places") {
				l.Places = append(l.Places, together.Draw(t, "place"))
			}
			return roster("Europe/Berlin", l)
		}
		before, after := draw("before"), draw("after")
		changes := reminder.Changes(before, after, monday, monday.AddDate(0, 0, 14))
		serves := func(r oncall.Roster, p id.Person, at time.Time) bool {
			return slices.ContainsFunc(r.At(at), func(s oncall.Shift) bool { return s.Person == p })
		}
		for range 50 {
			at := monday.Add(time.Duration(rapid.IntRange(0, 14*24*60-1).Draw(t, "at")) * time.Minute)
			for _, p := range []id.Person{ann, bob, {'C'}} {
				was, is := serves(before, p, at), serves(after, p, at)
				on, off := 0, 0
				for _, c := range changes {
					for _, s := range c.Spans {
						if c.Person == p && !at.Before(s.From) && at.Before(s.Until) && s.Off {
							off++
						} else if c.Person == p && !at.Before(s.From) && at.Before(s.Until) {
							on++
						}
					}
				}
				if (on == 1) != (is && !was) || (off == 1) != (was && !is) || on+off > 1 {
					t.Fatalf("%c at %s: was %t, is %t, and is told on %d, off %d", p[0], at, was, is, on, off)
				}
			}
		}
	})
}

func TestRemindersAreWordedInEveryLanguage(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from, until := monday.Add(8*time.Hour), monday.Add(8*time.Hour).AddDate(0, 0, 7)
	names := reminder.Names{Rotation: "Payments", Person: "Bob"}
	doubts := []workspace.ReachDoubt{
		{Doubt: uint8(escalation.OneChannel), Channel: reach.SMS}, {Doubt: uint8(escalation.WakesLate), After: 6 * time.Minute}, {Doubt: 200},
	}
	for _, test := range []struct {
		say    workspace.Reminded
		en, de reminder.Said
	}{
		{
			workspace.Reminded{About: workspace.ShiftComes, From: from, Until: until},
			reminder.Said{Title: "You are on call from Mon 23 Mar, 09:00", Text: "Payments, until Mon 30 Mar, 10:00."},
			reminder.Said{Title: "Bereitschaft ab Mo, 23. März, 09:00", Text: "Payments, bis Mo, 30. März, 10:00."},
		},
		{
			workspace.Reminded{About: workspace.ShiftsChanged, Changes: []workspace.DutyChange{{From: from, Until: until}, {From: until, Until: until.Add(time.Hour), Off: true}}, More: 2},
			reminder.Said{Title: "Your shifts have changed: Payments", Text: "On call now: Mon 23 Mar, 09:00 – Mon 30 Mar, 10:00.\nNot any more: Mon 30 Mar, 10:00 – Mon 30 Mar, 11:00.\nAnd 2 more."},
			reminder.Said{Title: "Die eigenen Schichten sind andere: Payments", Text: "Jetzt in Bereitschaft: Mo, 23. März, 09:00 – Mo, 30. März, 10:00.\nNicht mehr: Mo, 30. März, 10:00 – Mo, 30. März, 11:00.\nUnd 2 weitere."},
		},
		{
			workspace.Reminded{About: workspace.NotReady, From: from, Doubts: doubts},
			reminder.Said{Title: "You may not be reached when you are on call from Mon 23 Mar, 09:00", Text: "Payments. What is missing: there is one single way (text message), and no second where it fails; " +
				"the notification rules let nothing ring before 6 min; something that this version does not know. It is set in Tsugi under “How I am reached”."},
			reminder.Said{Title: "In der Bereitschaft ab Mo, 23. März, 09:00 womöglich nicht erreichbar", Text: "Payments. Es fehlt: nur ein einziger Weg ist da (SMS), und kein zweiter, wenn er ausfällt; " +
				"die Regeln lassen vor 6 min nichts klingeln; etwas, das diese Version nicht kennt. Einzustellen ist das in Tsugi unter „Wie ich erreicht werde“."},
		},
		{
			workspace.Reminded{About: workspace.TheirsNotReady, From: from, Doubts: []workspace.ReachDoubt{{Doubt: uint8(escalation.NoChannel)}}},
			reminder.Said{Title: "Bob may not be reached when on call from Mon 23 Mar, 09:00", Text: "Payments. What is missing: no push, no number and no address is set up."},
			reminder.Said{Title: "Bob ist in der Bereitschaft ab Mo, 23. März, 09:00 womöglich nicht erreichbar", Text: "Payments. Es fehlt: weder Push noch Nummer noch Adresse ist eingerichtet."},
		},
	} {
		for tag, want := range map[string]reminder.Said{"en": test.en, "de": test.de} {
			got, known := reminder.Say(test.say, names, reminder.Reader{Words: words.For(tag), Zone: zone})
			if diff := cmp.Diff(want, got); diff != "" || !known {
				t.Errorf("%s: %s", tag, diff)
			}
		}
	}
	if _, known := reminder.Say(workspace.Reminded{About: 99}, names, reminder.Reader{Words: words.English(), Zone: zone}); known {
		t.Error("what a later version tells has words")
	}
}
