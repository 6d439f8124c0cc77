package present_test

import (
	"errors"
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

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func view(t *testing.T) present.View {
	t.Helper()
	return present.View{Setup: workspace.Default(), Zone: berlin(t), Words: words.English()}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d            time.Duration
		clock, exact string
	}{
		{-time.Second, "00:00", "00:00:00"},
		{42*time.Minute + 10*time.Second, "00:42", "00:42:10"},
		{26 * time.Hour, "26:00", "26:00:00"},
		{99*time.Hour + 59*time.Minute + 59*time.Second, "99:59", "99:59:59"},
		{100 * time.Hour, "4d 04h", "4d 04h"},
	} {
		if got := present.Clock(c.d, words.English()); got != c.clock {
			t.Errorf("Clock(%v) = %q, want %q", c.d, got, c.clock)
		}
		if got := present.ClockExact(c.d, words.English()); got != c.exact {
			t.Errorf("ClockExact(%v) = %q, want %q", c.d, got, c.exact)
		}
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	v := view(t)
	now := time.Date(2026, 10, 25, 11, 0, 0, 0, v.Zone) // the clocks went back this morning
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{now.Add(time.Hour), "just now"}, // a clock that is ahead
		{now.Add(-59 * time.Second), "just now"},
		{now.Add(-time.Minute), "1 min ago"},
		{now.Add(-23 * time.Hour), "23 h ago"},
		{time.Date(2026, 10, 24, 10, 30, 0, 0, v.Zone), "yesterday"},
		{time.Date(2026, 10, 23, 23, 59, 0, 0, v.Zone), "Friday"},
		{time.Date(2026, 10, 19, 0, 1, 0, 0, v.Zone), "Monday"},
		{time.Date(2026, 10, 18, 23, 59, 0, 0, v.Zone), "18 Oct"},
		{time.Date(2025, 12, 31, 23, 59, 0, 0, v.Zone), "31 Dec 2025"},
	} {
		if got := v.Ago(c.at, now); got != c.want {
			t.Errorf("Ago(%v) = %q, want %q", c.at, got, c.want)
		}
	}
}

func TestWhenTellsLateArrivals(t *testing.T) {
	t.Parallel()
	v := view(t)
	at := time.Date(2026, 11, 20, 9, 2, 30, 0, time.UTC) // 10:02 in Berlin
	for _, c := range []struct {
		received time.Time
		want     string
	}{
		{time.Time{}, "10:02"},
		{at.Add(59 * time.Second), "10:02"},
		{at.Add(39 * time.Minute), "10:02 (arrived 10:41)"},
		{at.Add(22 * time.Hour), "10:02 (arrived 21 Nov 08:02)"},
	} {
		if got := v.When(at, c.received); got != c.want {
			t.Errorf("received %v: %q, want %q", c.received, got, c.want)
		}
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ada Sample": "AS", "Jean-Luc de la Tour": "JT", "cher": "C", "": "?", "  ": "?", "山田 太郎": "山太", "😀": "?", "émile zola": "ÉZ",
	} {
		if got := present.Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	v := view(t)
	anna, lars := workspace.Person{ID: id.New[id.Person](), Name: "Anna"}, workspace.Person{ID: id.New[id.Person](), Name: "Lars"}
	v.Setup = v.Setup.With(anna).With(lars)
	for _, c := range []struct {
		event incident.Event
		want  string
	}{
		{incident.Declared{Severity: 3}, "Anna declared this as SEV3"},
		{incident.SeverityChanged{From: 2, To: 1, Reason: "all shops"}, "Anna raised severity from SEV2 to SEV1: “all shops”"},
		{incident.SeverityChanged{From: 1, To: 5}, "Anna lowered severity from SEV1 to SEV5"},
		{incident.StatusChanged{From: incident.Open, To: incident.Mitigated}, "Anna set the status to mitigated"},
		{incident.StatusChanged{From: incident.Closed, To: incident.Open, Reason: "again"}, "Anna opened it again: “again”"},
		{incident.RoleAssigned{Role: "imoc", Person: anna.ID}, "Anna took the role IMOC"},
		{incident.RoleAssigned{Role: "imoc", Person: lars.ID}, "Anna made Lars IMOC"},
		{incident.RoleAssigned{Role: "imoc", Former: anna.ID}, "Anna left the role IMOC"},
		{incident.RoleAssigned{Role: "gone", Former: lars.ID}, "Anna released Lars from the role gone"},
		{incident.Retitled{From: "a", To: "100 % %s"}, "Anna changed the title to “100 % %s”"},
		{incident.Tagged{Tag: "db"}, "Anna added #db"},
		{incident.Contested{Field: "severity", Wanted: "SEV1", Standing: "SEV2"}, "Anna wanted the severity to be SEV1; it stayed SEV2"},
		{incident.Contested{Field: "status", Wanted: "closed", Standing: "open"}, "Anna wanted the status to be closed; it stayed open"},
		{incident.Erased{Reason: "a password"}, "Anna erased an entry everywhere: “a password”"},
		{incident.Starred{}, "Anna starred an entry"},
		{incident.Pinned{Off: true}, "Anna unpinned an entry"},
		{incident.MilestoneMarked{Name: incident.CauseNow}, "milestone: root cause known (Anna)"},
		{incident.MilestoneMarked{Name: "the bank called"}, "milestone: the bank called (Anna)"},
		{incident.MilestoneUnmarked{Name: incident.Began}, "Anna took away the milestone it began"},
		{incident.TaskAdded{Text: "tell support"}, "Anna asked for “tell support”"},
		{incident.TaskAdded{Text: "tell support", Person: lars.ID}, "Anna asked Lars for “tell support”"},
		{incident.TaskChanged{Text: "tell support", Person: lars.ID}, "Anna gave “tell support” to Lars"},
		{incident.TaskChanged{Text: "tell support", Done: true}, "Anna has done “tell support”"},
		{incident.TaskChanged{Fields: incident.TaskDone, Text: "tell support", Person: lars.ID}, "Anna finds “tell support” not done yet"},
		{incident.TaskChanged{Fields: incident.TaskText, Text: "tell support", Person: lars.ID, Done: true}, "Anna changed the task “tell support”"},
		{incident.TaskChanged{Fields: incident.TaskPerson, Text: "tell support", Person: lars.ID, Done: true}, "Anna gave “tell support” to Lars"},
		{incident.TaskRemoved{Text: "tell support"}, "Anna removed the task “tell support”"},
		{incident.LinkAdded{URL: "https://d.example", Label: "board"}, "Anna added a link: board https://d.example"},
		{incident.LinkRemoved{URL: "https://d.example"}, "Anna removed the link https://d.example"},
		{incident.UpdatePromised{Within: 30 * time.Minute}, "Anna promised the next update within 30 min"},
		{incident.UpdatePromised{}, "Anna promised no further update"},
		{incident.KindChanged{To: incident.NearMiss}, "Anna counts this as: near miss"},
		{incident.Merged{}, "Anna ended this as a repetition of another incident"},
		{incident.Absorbed{Title: "No pay"}, "Anna found that “No pay” is the same incident"},
		{incident.Released{Title: "No pay"}, "Anna found that “No pay” is another incident after all"},
		{
			incident.Contested{Field: "role imoc", Wanted: lars.ID.String(), Standing: ""},
			"Anna wanted the role IMOC to be Lars; it stayed nobody",
		},
	} {
		r := present.Record{Event: c.event, At: id.Envelope{Actor: id.Actor{Person: anna.ID}}}
		if got := present.Join(entry(v, r, time.Time{}).Parts); got != c.want {
			t.Errorf("%+v reads %q, want %q", c.event, got, c.want)
		}
	}
}

// entry returns the entry of one event.
func entry(v present.View, r present.Record, now time.Time) present.Entry {
	all := present.EntriesFrom(present.EntriesParams{Records: []present.Record{r}, Now: now}, v)
	return all[len(all)-1]
}

func TestAnEntryGetsAnotherKeyWhenItIsConfirmed(t *testing.T) {
	t.Parallel()
	v, at := view(t), time.Date(2026, 11, 20, 9, 2, 0, 0, time.UTC)
	r := present.Record{Event: incident.Written{Text: "x"}, At: id.Envelope{Command: id.New[id.Command](), Occurred: at}, Pending: true}
	before := entry(v, r, at)
	if before.Audit.Arrived != "not sent yet" || before.Late != "" {
		t.Errorf("pending: arrived %q, late %q", before.Audit.Arrived, before.Late)
	}
	r.Pending, r.At.StreamSeq, r.At.Received = false, 7, at.Add(time.Hour)
	after := entry(v, r, at)
	if after.Key == before.Key || after.Late != "arrived 11:02" {
		t.Errorf("confirmed: same key %v, late %q", after.Key == before.Key, after.Late)
	}
}

func TestImportedEntriesKeepTheirTimesAndAreNotLate(t *testing.T) {
	t.Parallel()
	v, at := view(t), time.Date(2019, 3, 1, 9, 0, 0, 0, time.UTC)
	r := present.Record{
		Event: incident.UpdateImported{Label: "investigating", Body: "We look."},
		At:    id.Envelope{Occurred: at, Received: at.AddDate(7, 0, 0)},
	}
	e := entry(v, r, at)
	if e.Late != "" || e.Kind != present.Block || e.Text != "We look." || e.Label != "investigating" || e.Person.Name != "Import" {
		t.Errorf("got %+v", e)
	}
}

func TestBoardOrder(t *testing.T) {
	t.Parallel()
	v, at := view(t), time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	one := func(title string, level workspace.Level, status incident.Status, hours int) incident.Incident {
		when := at.Add(time.Duration(hours) * time.Hour)
		return incident.Incident{Title: title, Severity: level, Status: status, DeclaredAt: when, StatusSince: when, Number: 1}
	}
	b := present.BoardFrom([]incident.Incident{
		one("past old", 1, incident.Closed, 1), one("new", 2, incident.Open, 5), one("old", 2, incident.Open, 4),
		one("mitigated worst", 1, incident.Mitigated, 1), one("worst", 1, incident.Open, 9), one("past new", 3, incident.Invalid, 2),
	}, v)
	var got []string
	for _, f := range b.Fires {
		got = append(got, f.Title)
	}
	for _, p := range b.Lately {
		got = append(got, p.Title)
	}
	if diff := cmp.Diff([]string{"worst", "mitigated worst", "old", "new", "past new", "past old"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheConnectionIsHonest(t *testing.T) {
	t.Parallel()
	v := view(t)
	since := time.Date(2026, 11, 20, 9, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		c            present.Connection
		badge, strip string
	}{
		{present.Connection{Reach: present.Live, People: 14, Pending: 2}, "live · 14 people", ""},
		{present.Connection{Reach: present.Live, People: 1}, "live · you alone", ""},
		{present.Connection{Reach: present.Live}, "live", ""},
		{present.Connection{}, "connecting", ""},
		{
			present.Connection{Reach: present.Offline, Since: since, Pending: 3},
			"offline since 10:02",
			"Offline since 10:02; 3 changes will be sent; nobody is being paged.",
		},
		{
			present.Connection{Reach: present.ShutOut, Since: since, Pending: 2, Refused: 1},
			"not admitted since 10:02",
			"This device is no longer admitted. Nothing is lost: 3 changes are kept on this device. Ask for a new code and enrol it again.",
		},
		{
			present.Connection{Reach: present.ShutOut, Since: since},
			"not admitted since 10:02",
			"This device is no longer admitted. Nothing is lost: everything is sent. Ask for a new code and enrol it again.",
		},
		{
			present.Connection{Reach: present.Stuck, Since: since, Pending: 1},
			"sent back since 10:02",
			"The server sends this device back to the start again and again; nobody is being paged. Nothing is lost: 1 change is kept on " +
				"this device. It is tried again every minute. Tell whoever looks after the server.",
		},
	} {
		if badge, _ := c.c.Badge(v); badge != c.badge {
			t.Errorf("badge %q, want %q", badge, c.badge)
		}
		if strip := c.c.Strip(v); strip != c.strip {
			t.Errorf("strip %q, want %q", strip, c.strip)
		}
	}
}

// Whoever left one refused change where it was is not told of it again with the next.
func TestOfOwnChangesOnlyThoseThatAreNewAreToldUndone(t *testing.T) {
	t.Parallel()
	v := view(t)
	former := present.Connection{Refused: 5, Lost: 3}
	for _, c := range []struct {
		refused, lost int
		what, safe    string
	}{
		{6, 3, v.Words.Shell.RefusedWhat, v.Words.Shell.RefusedSafe},
		{7, 3, "2 changes of yours were not made.", v.Words.Shell.RefusedSafeMany},
		{6, 4, v.Words.Shell.LostWhat, v.Words.Shell.LostSafe},
		{7, 4, v.Words.Shell.RefusedWhat + " " + v.Words.Shell.RefusedSafe, v.Words.Shell.LostWhat + " " + v.Words.Shell.LostSafe},
		{5, 3, "", ""},
		{4, 3, "", ""},
	} {
		got, more := present.Connection{Refused: c.refused, Lost: c.lost}.Undone(former, v)
		if got.What != c.what || got.Safe != c.safe || more != (c.what != "") {
			t.Errorf("%d refused, %d of them lost: %+v", c.refused, c.lost, got)
		}
	}
}

func TestTroubleTellsTheFaultOrWhatIsKnown(t *testing.T) {
	t.Parallel()
	f := &fault.Fault{Message: "The title was not taken.", Safe: "S.", Do: "D.", Fields: []fault.Field{{Name: "title", Problem: "is empty"}}}
	want := present.Trouble{What: "The title was not taken. The title is empty.", Safe: "S.", Do: "D."}
	if diff := cmp.Diff(want, present.TroubleFrom(f, words.English())); diff != "" {
		t.Error(diff)
	}
	if got := present.TroubleFrom(errors.New("boom"), words.English()); got.What != "Something went wrong: boom." || got.Safe == "" || got.Do == "" {
		t.Errorf("got %+v", got)
	}
}

func TestAConflictOffersBothValues(t *testing.T) {
	t.Parallel()
	v := view(t)
	refusal := &fault.Fault{Kind: fault.Conflict, Standing: &fault.Standing{Field: "status", Value: "resolved"}}
	c := present.ChangeFrom(present.Change{}, incident.ChangeStatus{To: incident.Mitigated, Reason: "r"}, refusal, v)
	if c.State != present.Conflict || c.Wanted != "mitigated" || c.Standing != "resolved" || c.What != "set the status to mitigated: “r”" {
		t.Errorf("got %+v", c)
	}
	if w := present.ChangeFrom(present.Change{}, incident.Write{Text: "my words"}, nil, v); w.State != present.Waiting || w.Text != "my words" {
		t.Errorf("got %+v", w)
	}
}

func TestPeoplePutsOneselfFirstAndGuardsDevices(t *testing.T) {
	t.Parallel()
	v := view(t)
	me := workspace.Person{ID: id.New[id.Person](), Name: "Zoe", Devices: []workspace.Device{
		{ID: id.New[id.Device](), Name: "old", Revoked: time.Unix(1, 0)}, {ID: id.New[id.Device](), Name: "new"},
	}}
	other := workspace.Person{ID: id.New[id.Person](), Name: "Abe", Devices: []workspace.Device{{ID: id.New[id.Device]()}}}
	v.Setup = v.Setup.With(me).With(other)
	v.Self = id.Actor{Person: me.ID, Device: me.Devices[1].ID}
	p := present.PeopleFrom(v)
	mine, theirs := p.People[0], p.People[1]
	if !mine.Self || p.MayInvite || mine.Devices[0].Name != "new" || !mine.Devices[0].This || !mine.Devices[0].MayShut {
		t.Errorf("own: %+v", mine)
	}
	if mine.Devices[1].MayShut || theirs.Devices[0].MayShut {
		t.Error("a device that is shut out, or another's, can be shut out")
	}
}

func TestAViewKnowsWhoCameSinceItWasMade(t *testing.T) {
	t.Parallel()
	v := present.View{Words: words.English()}
	p := id.New[id.Person]()
	if got := v.Person(p); got.Name != v.Words.Common.SomebodyUnknown {
		t.Errorf("a stranger is %q", got.Name)
	}
	then := v.Knowing([]present.Person{{ID: p, Name: "Dora Sample", Department: "Shops"}})
	if got := then.Person(p); got.Name != "Dora Sample" || got.Initials != "DS" || got.Department != "Shops" {
		t.Errorf("she is %+v", got)
	}
	if len(v.Setup.People) != 0 {
		t.Error("the former view knows her too")
	}
}
