package present_test

import (
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

func german(t *testing.T) present.View {
	t.Helper()
	v := view(t)
	v.Words = words.German()
	return v
}

func TestTheSetUpThatComesAlongIsSaidInEveryLanguage(t *testing.T) {
	t.Parallel()
	setup := workspace.Default()
	var given []string
	for _, s := range setup.Severities {
		given = append(given, s.Hint)
	}
	for _, q := range setup.Questions {
		given = append(given, q.Text)
	}
	for _, r := range setup.Roles {
		given = append(given, r.Name)
	}
	for _, tag := range words.Languages()[1:] {
		for _, text := range given {
			if !words.For(tag).Phrases.Has(text) {
				t.Errorf("%q has no words in %q", text, tag)
			}
		}
	}
}

func TestWhatTheCompanyWordedStaysAsItIs(t *testing.T) {
	t.Parallel()
	v := german(t)
	v.Setup.Severities[1].Hint = "When a shop is shut."
	got := v.Severities()
	if want := "Die Firma kann nicht arbeiten, oder Daten gehen verloren. Alles stehen und liegen lassen."; got[0].Hint != want {
		t.Errorf("%q", got[0].Hint)
	}
	if got[0].Kept != workspace.Default().Severities[0].Hint || got[1].Hint != "When a shop is shut." {
		t.Errorf("%+v", got)
	}
	if form := present.FormFrom(v); form.Questions[2] != "Wird es länger als eine Stunde dauern?" {
		t.Errorf("%q", form.Questions)
	}
	if level, why := present.FormFrom(v).Advise([]bool{true}); level != 1 || why != "SEV1, denn: Kann die Firma nicht arbeiten, oder gehen Daten verloren?" {
		t.Errorf("%d, %q", level, why)
	}
}

func TestTimesHaveTheFormOfTheLanguage(t *testing.T) {
	t.Parallel()
	v := german(t)
	now := time.Date(2026, 11, 20, 14, 30, 0, 0, v.Zone)
	at := time.Date(2026, 3, 1, 23, 5, 9, 0, v.Zone)
	for _, c := range []struct{ got, want string }{
		{v.Ago(now.Add(-3*time.Minute), now), "vor 3 Min."},
		{v.Ago(now.Add(-5*time.Hour), now), "vor 5 Std."},
		{v.Ago(now.AddDate(0, 0, -1), now), "gestern"},
		{v.Ago(now.AddDate(0, 0, -3), now), "Dienstag"},
		{v.Ago(at, now), "1. März"},
		{v.Ago(at.AddDate(-1, 0, 0), now), "1. März 2025"},
		{v.Day(at, now), "Sonntag, 1. März"},
		{v.Time(at, now), "1. März 23:05"},
		{v.Exact(at), "So, 1. März 2026, 23:05:09 CET"},
		{v.Bytes(2_450_000), "2,5 MB"},
		{present.Clock(100*time.Hour, v.Words), "4 T 04 Std."},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if got, ok := v.ParseTime("1.3.2026 23:05", now); !ok || !got.Equal(at.Truncate(time.Minute)) {
		t.Errorf("%v, %v", got, ok)
	}
}

func TestFaultsAreToldInTheLanguageOfWhoeverLooks(t *testing.T) {
	t.Parallel()
	var check fault.Check
	check.Add("title", "has 412 characters; 300 are allowed")
	check.Add("of_a_later_version", "is odd")
	got := present.TroubleFrom(check.Err("This is too long."), words.German())
	want := present.Trouble{What: "Das ist zu lang. Titel: hat 412 Zeichen; erlaubt sind 300. of_a_later_version: is odd."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	f := fault.New(fault.TooMany, "Too many wrong codes came from this network.").
		WithAdvice("Your code was not used up.", "Try again in 3 minutes, if need be with a new code.")
	got = present.TroubleFrom(f, words.German())
	want = present.Trouble{
		What: "Aus diesem Netz kamen zu viele falsche Codes.", Safe: "Der Code ist nicht verbraucht.",
		Do: "In 3 Minuten noch einmal versuchen, notfalls mit einem neuen Code.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLinesKeepTheirOrderInGerman(t *testing.T) {
	t.Parallel()
	v := german(t)
	ada, cy := id.New[id.Person](), id.New[id.Person]()
	v.Setup = v.Setup.With(workspace.Person{ID: ada, Name: "Ada Sample"}, workspace.Person{ID: cy, Name: "Cy Sample"})
	at := id.Envelope{Actor: id.Actor{Person: ada}, Received: time.Unix(1, 0), Occurred: time.Unix(1, 0)}
	entries := present.EntriesFrom(present.EntriesParams{Now: time.Unix(2, 0), Records: []present.Record{
		{At: at, Event: incident.RoleAssigned{Role: workspace.Owner, Person: cy}},
		{At: at, Event: incident.SeverityChanged{From: 2, To: 1, Reason: "all shops"}},
	}}, v)
	for i, want := range []string{
		"Ada Sample hat Cy Sample die Rolle Verantwortung gegeben",
		"Ada Sample hat den Schweregrad von SEV2 auf SEV1 angehoben: „all shops“",
	} {
		if got := present.Join(entries[len(entries)-2+i].Parts); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestARoleIsMentionedInAnyLanguage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"@Verantwortung, bitte", "please, @Owner", "@owner?"} {
		n := newNewsroom()
		n.state.Roles = []incident.Assignment{{Role: workspace.Owner, Person: n.ada}}
		if _, told := n.news(incident.Written{Entry: id.New[id.Entry](), Text: text}); !told {
			t.Errorf("%q is no news", text)
		}
	}
	names := present.NamesOf(present.Room{Posts: []present.Holder{{Key: "owner", Name: "Owner", Role: "Verantwortung"}}})
	for _, name := range []string{"owner", "verantwortung"} {
		if names[name].Role != workspace.Owner {
			t.Errorf("%q names nobody", name)
		}
	}
}
