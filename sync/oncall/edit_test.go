package oncall_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

func weekly(people ...id.Person) oncall.Version {
	return oncall.Version{Zone: chicago, Layers: []oncall.Layer{layer("2020-06-08 09:00", oncall.Week, 1, people...)}}
}

// An edit moves nobody who is on call: they serve until their handoff, and what follows is the order as edited.
func TestAnEditLeavesWhoeverIsOnCall(t *testing.T) {
	t.Parallel()
	at := instant(t, "2020-06-17 12:00") // the second turn
	later := weekly(ann, bob, cay)
	later.Layers[0].Anchor = wall("2020-06-08 10:30")
	daily := weekly(ann, bob, cay)
	daily.Layers[0].Unit = oncall.Day
	for _, test := range []struct {
		name         string
		former, next oncall.Version
		want         string
	}{
		{"somebody is added before", weekly(ann, bob, cay), weekly(dan, ann, bob, cay), "BCDA"},
		{"somebody is added behind", weekly(ann, bob, cay), weekly(ann, bob, dan, cay), "BDCA"},
		{"somebody else is taken out", weekly(ann, bob, cay), weekly(bob, cay), "BCBC"},
		{"whoever is next is taken out", weekly(ann, bob, cay), weekly(ann, bob), "BABA"},
		{"the order is turned round", weekly(ann, bob, cay), weekly(cay, bob, ann), "BACB"},
		{"nothing is changed", weekly(ann, bob, cay), weekly(ann, bob, cay), "BCAB"},
		{"handoffs are later in the day", weekly(ann, bob, cay), later, "BCAB"},
		{"handoffs are daily", weekly(ann, bob, cay), daily, "BCAB"},
		{"whoever is on call is taken out", weekly(ann, bob, cay), weekly(ann, cay), "CACA"},
		{"all are others", weekly(ann, bob, cay), weekly(dan, eve), "EDED"},
		{"somebody serves twice in a round", weekly(cay, ann, dan, ann, bob), weekly(ann, bob, cay, ann, dan), "ADAB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.next.From = at
			roster := oncall.NewRoster(oncall.Rotation{Versions: []oncall.Version{test.former, test.next.Following(test.former)}})
			var have strings.Builder
			for _, s := range roster.Next(id.Person{}, at, at.AddDate(1, 0, 0), 4) {
				have.WriteString(name(s.Person))
			}
			if have.String() != test.want {
				t.Errorf("%s are on call from then on; want %s", have.String(), test.want)
			}
		})
	}
}

// Where an edit would take somebody off who is on call, it begins at their handoff.
func TestAnEditBeginsWhenItMovesNobody(t *testing.T) {
	t.Parallel()
	now := instant(t, "2020-06-17 12:00")
	r := oncall.Rotation{Versions: []oncall.Version{weekly(ann, bob, cay)}}
	for name, test := range map[string]struct {
		next oncall.Version
		want string
	}{
		"somebody is added":               {weekly(ann, bob, cay, dan), "2020-06-17 12:00"},
		"whoever is on call is taken out": {weekly(ann, cay), "2020-06-22 09:00"},
		"all are others":                  {weekly(dan, eve), "2020-06-22 09:00"},
		"it ends":                         {oncall.Version{Zone: chicago}, "2020-06-22 09:00"},
	} {
		if have := r.Begin(test.next, now); !have.Equal(instant(t, test.want)) {
			t.Errorf("%s: it begins at %s; want %s", name, have.In(zone(t, chicago)), test.want)
		}
	}
	if have := (oncall.Rotation{}).Begin(weekly(ann), now); !have.Equal(now) {
		t.Errorf("the first version begins at %s", have)
	}
}

// Who serves together with others goes on, also with others.
func TestAnEditLeavesWhoeverOfAPlaceStays(t *testing.T) {
	t.Parallel()
	former, next := weekly(cay, ann), weekly(cay, eve)
	former.Layers[0].Places = append(former.Layers[0].Places, oncall.Place{bob, dan})
	next.Layers[0].Places = append(next.Layers[0].Places, oncall.Place{eve}, oncall.Place{dan, ann})
	next.From = instant(t, "2020-06-24 12:00") // the third turn
	roster := oncall.NewRoster(oncall.Rotation{Versions: []oncall.Version{former, next.Following(former)}})
	if on := peopleOf(roster.At(next.From)); !slices.Equal(on, []id.Person{ann, dan}) {
		t.Errorf("%v", on)
	}
}

// With two layers, an edit waits for the handoff of the one that it takes somebody off.
func TestAnEditWaitsForTheHandoffOfItsLayer(t *testing.T) {
	t.Parallel()
	with := func(v oncall.Version) oncall.Version {
		daily := layer("2020-06-08 10:00", oncall.Day, 1, dan, eve)
		daily.ID = id.Layer{2}
		v.Layers = append(v.Layers, daily)
		return v
	}
	r := oncall.Rotation{Versions: []oncall.Version{with(weekly(ann, bob))}}
	if have, want := r.Begin(with(weekly(ann, cay)), instant(t, "2020-06-17 12:00")), instant(t, "2020-06-22 09:00"); !have.Equal(want) {
		t.Errorf("it begins at %s; want %s", have, want)
	}
}

// Whatever is added and taken out, as long as somebody of the place on call stays, nobody else is on call afterwards.
func TestNoEditMovesThePresent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		former := oncall.Version{Zone: rapid.SampledFrom(lawZones).Draw(t, "zone"), Layers: []oncall.Layer{anyLayer(t, 1)}}
		former.Layers[0].From, former.Layers[0].Until, former.Layers[0].Hours = time.Time{}, time.Time{}, nil
		next := former
		next.Layers = slices.Clone(former.Layers)
		l := &next.Layers[0]
		l.Places = nil
		at := anyInstant(t, "at")
		before := peopleOf(oncall.NewRoster(oncall.Rotation{Versions: []oncall.Version{former}}).At(at))
		for _, p := range former.Layers[0].Places {
			serving := slices.Clone(p)
			slices.SortFunc(serving, id.Person.Compare)
			if slices.Equal(slices.Compact(serving), before) || rapid.Bool().Draw(t, "stays") {
				l.Places = append(l.Places, p)
			}
			if rapid.Bool().Draw(t, "another comes") {
				l.Places = append(l.Places, oncall.Place{rapid.SampledFrom(crew).Draw(t, "who")})
			}
		}
		l.Anchor += oncall.Wall(3600 * rapid.IntRange(-30, 30).Draw(t, "later"))
		next.From = at
		r := oncall.Rotation{Versions: []oncall.Version{former, next.Following(former)}}
		if after := peopleOf(oncall.NewRoster(r).At(at)); !slices.Equal(before, after) {
			t.Fatalf("%v were on call, and then %v", before, after)
		}
		if begin := r.Begin(next, at); !begin.Equal(at) {
			t.Fatalf("it begins at %s and not at %s", begin, at)
		}
	})
}

func TestAVersionIsStoredAsItIsMeant(t *testing.T) {
	t.Parallel()
	v := weekly(ann, bob)
	v.Zone, v.From = " "+chicago+" ", instant(t, "2020-06-08 09:00").Add(1)
	v.Layers[0].Name, v.Layers[0].Turn = " the\nfirst ", -3
	v.Layers[0].Places[1] = oncall.Place{bob, ann, bob}
	have, err := v.Normalize(set())
	if err != nil {
		t.Fatal(err)
	}
	want := weekly(ann, bob)
	want.From = instant(t, "2020-06-08 09:00")
	want.Layers[0].Name, want.Layers[0].Turn, want.Layers[0].Places[1] = "the first", 1, oncall.Place{bob, ann}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	if v.Layers[0].Turn != -3 || len(v.Layers[0].Places[1]) != 3 {
		t.Error("what was handed over was changed")
	}
}

func TestAllThatIsWrongWithAVersionIsTold(t *testing.T) {
	t.Parallel()
	with := func(change func(*oncall.Layer)) oncall.Version {
		v := weekly(ann, bob)
		change(&v.Layers[0])
		return v
	}
	for name, test := range map[string]struct {
		v    oncall.Version
		want string
	}{
		"zone":        {oncall.Version{Zone: "Mars/Olympus", Layers: weekly(ann).Layers}, `zone "Mars/Olympus" is no time zone`},
		"no zone":     {oncall.Version{Layers: weekly(ann).Layers}, `zone "" is no time zone`},
		"local":       {oncall.Version{Zone: "Local", Layers: weekly(ann).Layers}, `zone "Local" is no time zone`},
		"own zone":    {with(func(l *oncall.Layer) { l.Zone = "Local" }), `layer 1 "Local" is no time zone`},
		"no layers":   {oncall.Version{Zone: chicago}, "layers are none"},
		"length":      {with(func(l *oncall.Layer) { l.Every = 0 }), "layer 1 hands over after no time"},
		"too long":    {with(func(l *oncall.Layer) { l.Every = 401 }), "layer 1 hands over after no time"},
		"unit":        {with(func(l *oncall.Layer) { l.Unit = 6 }), "layer 1 hands over after no time"},
		"date":        {with(func(l *oncall.Layer) { l.Anchor = 1 << 60 }), "layer 1 hands over at no date"},
		"backwards":   {with(func(l *oncall.Layer) { l.From, l.Until = time.Unix(2, 0), time.Unix(1, 0) }), "layer 1 ends before"},
		"no length":   {with(func(l *oncall.Layer) { l.From, l.Until = time.Unix(1, 0), time.Unix(1, 0) }), "layer 1 ends before"},
		"nobody":      {weekly(), "layer 1 has a turn in which nobody serves"},
		"no place":    {with(func(l *oncall.Layer) { l.Places[1] = nil }), "layer 1 has a turn in which nobody serves"},
		"a stranger":  {weekly(ann, id.Person{'Z'}), "layer 1 names somebody who is unknown here"},
		"no one":      {weekly(ann, id.Person{}), "layer 1 names somebody who is unknown here"},
		"no id":       {with(func(l *oncall.Layer) { l.ID = id.Layer{} }), "layer 1 has no id"},
		"same id":     {oncall.Version{Zone: chicago, Layers: append(weekly(ann).Layers, weekly(bob).Layers...)}, "layer 2 has the id of another"},
		"no days":     {with(func(l *oncall.Layer) { l.Hours = []oncall.Window{{From: 60, Until: 120}} }), "layer 1 has hours on no day"},
		"25 o'clock":  {with(func(l *oncall.Layer) { l.Hours = []oncall.Window{{Days: 1, Until: 1500}} }), "layer 1 has hours on no day"},
		"many":        {with(func(l *oncall.Layer) { l.Places = make([]oncall.Place, 201) }), "layer 1 has 201; 200 are allowed"},
		"a long name": {with(func(l *oncall.Layer) { l.Name = strings.Repeat("x", 121) }), "layer 1 has 121 characters; 120 are allowed"},
	} {
		if _, err := test.v.Normalize(set()); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", name, err, test.want)
		}
	}
}

func TestWhatIsWarnedOf(t *testing.T) {
	t.Parallel()
	from, until := instant(t, "2020-06-08 00:00"), instant(t, "2020-06-22 00:00")
	backwards := weekly(ann)
	backwards.Layers[0].From, backwards.Layers[0].Until = until, from
	covered := weekly(ann)
	rotation := func(v oncall.Version) oncall.Rotation { return oncall.Rotation{Versions: []oncall.Version{v}} }
	replaced := rotation(covered)
	replaced.Overrides = []oncall.Override{
		{ID: id.Override{1}, Deed: oncall.Replace, Out: bob, In: id.Person{'Z'}, From: from, Until: until},
		{ID: id.Override{2}, Deed: oncall.Replace, Out: bob, In: id.Person{'Z'}, From: until, Until: until.AddDate(0, 1, 0)},
	}
	all := oncall.Warning{Trouble: oncall.NobodyOnCall, Span: oncall.Span{From: from, Until: until}}
	for name, test := range map[string]struct {
		r    oncall.Rotation
		want []oncall.Warning
	}{
		"nothing":       {rotation(covered), nil},
		"nobody":        {rotation(weekly()), []oncall.Warning{all, {Trouble: oncall.NobodyInLayer, Layer: id.Layer{1}}}},
		"backwards":     {rotation(backwards), []oncall.Warning{all, {Trouble: oncall.NeverBegins, Layer: id.Layer{1}}}},
		"unknown zone":  {rotation(oncall.Version{Zone: "Mars/Olympus", Layers: covered.Layers}), []oncall.Warning{{Trouble: oncall.UnknownZone, Layer: id.Layer{1}, Zone: "Mars/Olympus"}}},
		"somebody left": {rotation(weekly(ann, id.Person{'Z'})), []oncall.Warning{{Trouble: oncall.PersonGone, Layer: id.Layer{1}, Person: id.Person{'Z'}}}},
		"overrides": {replaced, []oncall.Warning{
			{Trouble: oncall.PersonGone, Override: id.Override{1}, Person: id.Person{'Z'}}, {Trouble: oncall.NobodyReplaced, Override: id.Override{1}, Person: bob},
		}},
		"no longer": {oncall.Rotation{Versions: []oncall.Version{weekly(id.Person{'Z'}), {From: from, Zone: chicago, Layers: weekly(ann).Layers}}}, nil},
		"not yet":   {oncall.Rotation{Versions: []oncall.Version{{From: until}}}, []oncall.Warning{all}},
	} {
		if diff := cmp.Diff(test.want, test.r.Warnings(set(), from, until)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// The sun is followed by layers that have their own zones. Where the clocks of two zones are changed on other days, there is
// an hour without anybody for some weeks, which is told of.
func TestTheSunIsFollowed(t *testing.T) {
	t.Parallel()
	follow := func(n byte, zone string, from, until int, who id.Person) oncall.Layer {
		l := layer("2026-01-05 00:00", oncall.Week, 1, who)
		l.ID, l.Zone, l.Hours = id.Layer{n}, zone, []oncall.Window{{Days: 127, From: from * 60, Until: until * 60}}
		return l
	}
	roster := oncall.NewRoster(always("UTC", follow(1, "Europe/Berlin", 8, 17, ann), follow(2, chicago, 10, 19, bob), follow(3, "Asia/Tokyo", 10, 16, cay)))
	at := func(text string) time.Time { return oncall.Resolve(wall(text), time.UTC) }
	compare(t, `
		2026-02-02 01:00 UTC to 2026-02-02 07:00 UTC C
		2026-02-02 07:00 UTC to 2026-02-02 16:00 UTC A
		2026-02-02 16:00 UTC to 2026-02-03 01:00 UTC B`,
		told(t, "UTC", roster.Shifts(at("2026-02-02 02:00"), at("2026-02-03 01:00"))))
	if gaps := roster.Gaps(at("2026-01-02 00:00"), at("2026-03-08 00:00")); len(gaps) > 0 {
		t.Errorf("in winter there are gaps: %v", gaps)
	}
	gaps := roster.Gaps(at("2026-03-09 01:00"), at("2026-03-10 01:00")) // Chicago's clocks have been put forward, Berlin's not yet
	if len(gaps) != 1 || !gaps[0].From.Equal(at("2026-03-10 00:00")) || !gaps[0].Until.Equal(at("2026-03-10 01:00")) {
		t.Errorf("gaps %v", gaps)
	}
}

func TestTheNextShiftsOfAPerson(t *testing.T) {
	t.Parallel()
	roster := oncall.NewRoster(always(chicago, layer("2020-06-10 08:00", oncall.Day, 1, ann, bob, cay)))
	from := instant(t, "2020-06-10 12:00")
	compare(t, `
		2020-06-11 08:00 CDT to 2020-06-12 08:00 CDT B
		2020-06-14 08:00 CDT to 2020-06-15 08:00 CDT B`,
		told(t, chicago, roster.Next(bob, from, from.AddDate(0, 1, 0), 2)))
	if have := roster.Next(dan, from, from.AddDate(0, 1, 0), 2); len(have) > 0 {
		t.Errorf("%v", have)
	}
}

// Overrides act in the order in which they were made, so that what was given away can be given on, and back.
func TestOverridesActOnWhatEarlierOnesMade(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time { return instant(t, "2020-06-10 "+clock) }
	r := always(chicago, layer("2020-06-10 08:00", oncall.Day, 1, ann, bob))
	r.Overrides = []oncall.Override{
		{ID: id.Override{1}, Deed: oncall.Replace, Out: ann, In: cay, From: at("10:00"), Until: at("16:00")},
		{ID: id.Override{2}, Deed: oncall.Replace, Out: cay, In: dan, From: at("12:00"), Until: at("18:00")},
		{ID: id.Override{3}, Deed: oncall.Replace, Out: dan, In: ann, From: at("13:00"), Until: at("14:00")},
	}
	compare(t, `
		2020-06-10 08:00 CDT to 2020-06-10 10:00 CDT A
		2020-06-10 10:00 CDT to 2020-06-10 12:00 CDT C override for A
		2020-06-10 12:00 CDT to 2020-06-10 13:00 CDT D override for C
		2020-06-10 13:00 CDT to 2020-06-10 14:00 CDT A override for D
		2020-06-10 14:00 CDT to 2020-06-10 16:00 CDT D override for C
		2020-06-10 16:00 CDT to 2020-06-11 08:00 CDT A`,
		told(t, chicago, oncall.NewRoster(r).Shifts(at("08:00"), instant(t, "2020-06-11 08:00"))))
}

// Whom an override takes out leaves their place to those of a lower priority, and not a hole.
func TestALowerPriorityStepsIn(t *testing.T) {
	t.Parallel()
	behind := layer("2020-06-10 08:00", oncall.Day, 1, cay)
	front := layer("2020-06-10 08:00", oncall.Day, 1, ann)
	front.ID, front.Priority = id.Layer{2}, 1
	r := always(chicago, behind, front)
	at := instant(t, "2020-06-10 12:00")
	r.Overrides = []oncall.Override{{ID: id.Override{1}, Deed: oncall.Remove, Out: ann, From: at, Until: at.Add(time.Hour)}}
	if on := peopleOf(oncall.NewRoster(r).At(at)); !slices.Equal(on, []id.Person{cay}) {
		t.Errorf("%v", on)
	}
}
