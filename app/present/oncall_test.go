package present_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// rota is a view with people, and what rotations are made of. Its week is the one in which Berlin puts its clocks back.
type rota struct {
	present.View
	t                  *testing.T
	ann, bob, cay, dan id.Person
	now                time.Time // Thursday, 22 October 2026, 10:44
}

func newRota(t *testing.T) *rota {
	t.Helper()
	r := &rota{View: view(t), t: t, ann: id.Person{'A'}, bob: id.Person{'B'}, cay: id.Person{'C'}, dan: id.Person{'D'}}
	for p, name := range map[id.Person]string{r.ann: "Ann Alder", r.bob: "Bob Birch", r.cay: "Cay Cedar", r.dan: "Dan Dogwood"} {
		r.Setup = r.Setup.With(workspace.Person{ID: p, Seq: 1, Name: name})
	}
	r.Self = id.Actor{Person: r.ann}
	r.now = r.at(22, 10, 44)
	return r
}

// at is an instant of October 2026 by the clocks of Berlin.
func (r *rota) at(day, hour, minute int) time.Time {
	return oncall.Resolve(oncall.On(2026, 10, day, hour, minute), r.Zone)
}

func (r *rota) layer(unit oncall.Unit, anchor oncall.Wall, people ...id.Person) oncall.Layer {
	l := oncall.Layer{ID: id.New[id.Layer](), Unit: unit, Every: 1, Anchor: anchor}
	for _, p := range people {
		l.Places = append(l.Places, oncall.Place{p})
	}
	return l
}

// weekly is a rotation in which people hand over on Mondays at nine; it began long ago.
func (r *rota) weekly(people ...id.Person) oncall.Rotation {
	return r.ordered(r.layer(oncall.Week, oncall.On(2026, 10, 19, 9, 0), people...))
}

func (r *rota) ordered(layers ...oncall.Layer) oncall.Rotation {
	return oncall.Rotation{
		ID: id.New[id.Rotation](), Seq: 1, Name: "Engineering", Ordered: oncall.Mark{Seq: 1},
		Versions: []oncall.Version{{From: r.at(1, 0, 0).AddDate(0, -3, 0), Zone: "Europe/Berlin", Layers: layers}},
	}
}

// office is a layer that is on in office hours.
func (r *rota) office(people ...id.Person) oncall.Layer {
	l := r.layer(oncall.Week, oncall.On(2026, 10, 19, 9, 0), people...)
	l.Hours = []oncall.Window{{Days: oncall.DaysOf(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday), From: 9 * 60, Until: 17 * 60}}
	return l
}

// does carries a command out.
func (r *rota) does(state oncall.Rotation, by id.Person, c oncall.Command) oncall.Rotation {
	r.t.Helper()
	events, err := oncall.Decide(state, r.Setup, oncall.Rebase(c, state, state.Seq), id.Actor{Person: by}, r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range events {
		state = oncall.Apply(state, id.Envelope{Stream: id.Stream(state.ID), StreamSeq: state.Seq + 1, Occurred: r.now}, e)
	}
	return state
}

func (r *rota) replaced(state oncall.Rotation, out, in id.Person, from, until time.Time) oncall.Rotation {
	return r.does(state, r.bob, oncall.AddOverride{Override: oncall.Override{
		ID: id.New[id.Override](), Deed: oncall.Replace, From: from, Until: until, Out: out, In: in,
	}})
}

func TestADutySaysSinceWhenUntilWhenAndWhoComesThen(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	together := r.layer(oncall.Day, oncall.On(2026, 10, 19, 18, 0), r.ann)
	together.Places = []oncall.Place{{r.ann, r.cay}, {r.bob}}
	planned, ended := r.weekly(r.bob), r.weekly(r.bob)
	planned.Versions[0].From = r.at(29, 9, 0)
	ended.Versions = append(ended.Versions, oncall.Version{From: r.at(20, 0, 0), Zone: "Europe/Berlin"})
	for _, c := range []struct {
		name             string
		rotation         oncall.Rotation
		on, when, next   string
		nobody, is, ends bool
	}{
		{"a week", r.weekly(r.bob, r.ann), "Bob Birch", "since Mon 09:00, until Mon 26 Oct 09:00", "then you", false, false, false},
		{"oneself", r.weekly(r.ann, r.bob), "Ann Alder", "since Mon 09:00, until Mon 26 Oct 09:00", "then Bob Birch", false, true, false},
		{"handing over to oneself", r.weekly(r.bob), "Bob Birch", "since Mon 09:00, until Mon 26 Oct 09:00", "then Bob Birch", false, false, false},
		{"two at once", r.ordered(together), "Ann Alder, Cay Cedar", "since Wed 18:00, until 18:00", "then Bob Birch", false, true, false},
		{"office hours", r.ordered(r.office(r.bob)), "Bob Birch", "since 09:00, until 17:00", "then nobody", false, false, false},
		{"a gap", r.replaced(r.ordered(r.office(r.bob)), r.bob, r.cay, r.now, r.at(22, 11, 0)), "Cay Cedar", "since 10:44, until 11:00", "then Bob Birch", false, false, false},
		{"one who came later", r.does(r.weekly(r.bob), r.bob, oncall.AddOverride{Override: oncall.Override{
			ID: id.New[id.Override](), Deed: oncall.Add, In: r.cay, From: r.now, Until: r.at(22, 20, 0),
		}}), "Bob Birch, Cay Cedar", "since 10:44, until 20:00", "then Bob Birch", false, false, false},
		{"planned", planned, "", "begins Thu 29 Oct 09:00", "then Bob Birch", false, false, false},
		{"ended", ended, "", "ended", "", false, false, true},
	} {
		d := present.DutiesFrom([]oncall.Rotation{c.rotation}, r.now, r.View)[0]
		var on []string
		for _, p := range d.On {
			on = append(on, p.Name)
		}
		if strings.Join(on, ", ") != c.on || d.When != c.when || d.Next != c.next || d.Nobody() != c.nobody || d.Self != c.is || d.Ended != c.ends {
			t.Errorf("%s: %v, %q, %q, nobody %v, self %v, ended %v", c.name, on, d.When, d.Next, d.Nobody(), d.Self, d.Ended)
		}
	}
}

func TestAGapIsToldWithItsEndsAndFirst(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	r.now = r.at(24, 12, 0) // a Saturday
	night := r.ordered(r.office(r.bob))
	never := r.ordered(r.office())
	all := present.DutiesFrom([]oncall.Rotation{r.weekly(r.bob), night, never}, r.now, r.View)
	if all[0].Rotation != night.ID || !all[0].Nobody() || all[0].When != "since Fri 17:00, until Mon 09:00" || all[0].Next != "then Bob Birch" {
		t.Errorf("the gap is %+v", all[0])
	}
	if all[1].Rotation != never.ID || all[1].When != "always" || all[1].Next != "" {
		t.Errorf("where nobody ever serves it is %+v", all[1])
	}
	if got := present.Turn(all); !got.Equal(r.at(26, 9, 0)) {
		t.Errorf("the next to hand over does so %v", got)
	}
}

func TestOwnShiftsAndRequestsOfAllRotationsAreGathered(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	a, b := r.weekly(r.bob, r.ann), r.weekly(r.ann, r.bob)
	b.Name = "IMOC"
	b = r.does(b, r.ann, oncall.RequestCover{Cover: id.New[id.Cover](), From: r.at(24, 0, 0), Until: r.at(25, 0, 0), Note: "a wedding"})
	a = r.does(a, r.bob, oncall.RequestCover{Cover: id.New[id.Cover](), From: r.at(23, 0, 0), Until: r.at(24, 0, 0)})
	got := present.OnCallFrom(present.OnCallParams{Rotations: []oncall.Rotation{a, b}, Now: r.now}, r.View)
	var own []string
	for _, s := range got.Own {
		own = append(own, s.Name+" "+s.When)
	}
	want := []string{"IMOC Mon 09:00 – Mon 26 Oct 09:00", "Engineering Mon 09:00 – Mon 2 Nov 09:00", "IMOC Mon 2 Nov 09:00 – Mon 9 Nov 09:00"}
	if diff := cmp.Diff(want, own); diff != "" {
		t.Error(diff)
	}
	if !got.Own[0].Now || !got.Own[0].Asked || got.Own[1].Now || got.Own[1].Asked {
		t.Errorf("the own shifts are %+v", got.Own)
	}
	if len(got.Asks) != 2 || got.Asks[0].Words != "Bob Birch looks for somebody: Fri 00:00 – Sat 00:00, Engineering" || got.Asks[0].Self ||
		got.Asks[1].Words != "You look for somebody: Sat 00:00 – Sun 00:00, IMOC" || !got.Asks[1].Self || got.Asks[1].Note != "a wedding" {
		t.Errorf("asked is %+v", got.Asks)
	}
	if got.Chosen.ID != a.ID || !got.Turn.Equal(r.at(26, 9, 0)) {
		t.Errorf("chosen is %q, the next handoff %v", got.Chosen.Name, got.Turn)
	}
}

func TestMomentsOfAPlanAreAsExactAsTheyHaveToBe(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	for _, c := range []struct {
		from, until time.Time
		want        string
	}{
		{r.at(22, 12, 0), r.at(22, 13, 30), "12:00 – 13:30"},
		{r.at(22, 12, 0), r.at(23, 12, 0), "12:00 – Fri 12:00"},
		{r.at(23, 9, 0), r.at(23, 17, 0), "Fri 09:00 – 17:00"},
		{r.at(16, 9, 0), r.at(28, 9, 0), "Fri 09:00 – Wed 09:00"},
		{r.at(15, 9, 0), r.at(29, 9, 0), "Thu 15 Oct 09:00 – Thu 29 Oct 09:00"},
		{r.at(23, 9, 0), r.at(30, 9, 0), "Fri 09:00 – Fri 30 Oct 09:00"},
		{r.at(23, 9, 0).AddDate(1, 0, 0), time.Time{}, "from Sat 23 Oct 2027 09:00"},
		{time.Time{}, r.at(23, 9, 0), "until Fri 09:00"},
		{time.Time{}, time.Time{}, "always"},
	} {
		if got := r.Between(c.from, c.until, r.now); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	for d, want := range map[time.Duration]string{
		90 * time.Minute: "1 h 30 min", 9 * time.Hour: "9 h", 47 * time.Hour: "47 h", 48 * time.Hour: "2 days", 180 * time.Hour: "7 days 12 h",
	} {
		if got := r.Lasting(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestWrittenMomentsAreReadAcrossChangesOfTheClocks(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	for _, c := range []struct {
		text string
		want time.Time
	}{
		{"13:05", r.at(22, 13, 5)},
		{" 2026-10-24 13:05 ", r.at(24, 13, 5)},
		{"24.10.2026 13:05", r.at(24, 13, 5)},
		{"2026-10-25 02:30", time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)}, // the first of two
		{"2027-03-28 02:30", time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC)},   // which clocks never show
		{"2026-10-24T13:05:00+07:00", time.Date(2026, 10, 24, 6, 5, 0, 0, time.UTC)},
	} {
		if got, ok := r.ParseMoment(c.text, r.now); !ok || !got.Equal(c.want) {
			t.Errorf("%q is %v, %v", c.text, got.UTC(), ok)
		}
	}
	for _, text := range []string{"", "tomorrow", "25:00", "2026-13-01 10:00"} {
		if got, ok := r.ParseMoment(text, r.now); ok {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
	at := r.at(24, 13, 5)
	if got, ok := r.ParseMoment(r.WriteMoment(at), r.now); !ok || !got.Equal(at) {
		t.Errorf("what was written is read as %v", got)
	}
}
