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

// desk carries commands out on one rotation.
type desk struct {
	state oncall.Rotation
	now   time.Time
	last  id.Command
}

func (d *desk) give(by id.Person, c oncall.Command) ([]oncall.Event, error) {
	events, err := oncall.Decide(d.state, set(), c, id.Actor{Person: by}, d.now)
	if err != nil {
		return nil, err
	}
	d.last[0]++
	for _, e := range events {
		d.state = oncall.Apply(d.state, id.Envelope{StreamSeq: d.state.Seq + 1, Command: d.last, Occurred: d.now}, e)
	}
	return events, nil
}

func (d *desk) must(t rapid.TB, by id.Person, c oncall.Command) {
	t.Helper()
	if events, err := d.give(by, c); err != nil || len(events) == 0 {
		t.Fatalf("%T led to %v, %v", c, events, err)
	}
}

// opened returns the desk of a weekly rotation of Ann, Bob and Cay, on the Wednesday of Bob's week.
func opened(t testing.TB) *desk {
	d := &desk{now: instant(t, "2020-06-01 12:00")}
	d.must(t, ann, oncall.CreateRotation{Name: " First\nline ", Version: weekly(ann, bob, cay)})
	d.now = instant(t, "2020-06-17 12:00")
	return d
}

func (d *desk) told(t testing.TB, n int) string {
	return told(t, chicago, oncall.NewRoster(d.state).Next(id.Person{}, d.now, d.now.AddDate(1, 0, 0), n))
}

func TestARotationIsCreatedEditedAndEnded(t *testing.T) {
	t.Parallel()
	d := opened(t)
	if d.state.Name != "First line" || len(oncall.NewRoster(d.state).At(instant(t, "2020-06-01 11:59"))) > 0 {
		t.Errorf("%q was there before it was", d.state.Name)
	}
	d.must(t, bob, oncall.RenameRotation{Name: "Second line"})
	d.must(t, bob, oncall.EditRotation{Base: oncall.Base{Seq: 2}, Version: weekly(ann, bob, dan, cay)})
	compare(t, `
		2020-06-15 09:00 CDT to 2020-06-22 09:00 CDT B
		2020-06-22 09:00 CDT to 2020-06-29 09:00 CDT D`, d.told(t, 2))
	d.must(t, bob, oncall.EditRotation{Base: oncall.Base{Seq: 3}, Version: weekly(ann, cay)}) // without Bob, who serves
	compare(t, `
		2020-06-15 09:00 CDT to 2020-06-22 09:00 CDT B
		2020-06-22 09:00 CDT to 2020-06-29 09:00 CDT C`, d.told(t, 2))
	if planned := d.state.Versions; len(planned) != 3 {
		t.Errorf("%d versions", len(planned))
	}
	now := weekly(dan, eve)
	now.From = d.now
	d.must(t, bob, oncall.EditRotation{Base: oncall.Base{Seq: 4}, Version: now}) // from now on, by express wish: Dan would have come next
	if on := peopleOf(oncall.NewRoster(d.state).At(d.now)); !slices.Equal(on, []id.Person{dan}) {
		t.Errorf("%v", on)
	}
	if planned := d.state.Versions; len(planned) != 2 { // one was at the same instant, and one was planned for later
		t.Errorf("%d versions: %v", len(planned), planned)
	}
	d.must(t, bob, oncall.EndRotation{Base: oncall.Base{Seq: 5}})
	compare(t, "2020-06-17 12:00 CDT to 2020-06-22 09:00 CDT D", d.told(t, 2))
	if d.state.Name != "Second line" {
		t.Error(d.state.Name)
	}
}

func TestAnEditOfAnOlderOrderIsAskedAbout(t *testing.T) {
	t.Parallel()
	d := opened(t)
	d.must(t, ann, oncall.EditRotation{Base: oncall.Base{Seq: 1}, Version: weekly(ann, bob, dan)})
	own := d.last
	for _, c := range []oncall.Command{
		oncall.EditRotation{Base: oncall.Base{Seq: 1}, Version: weekly(ann, bob, eve)}, oncall.EndRotation{Base: oncall.Base{Seq: 1}},
	} {
		_, err := d.give(bob, c)
		if f := fault.Find(err); f == nil || f.Kind != fault.Conflict || f.Standing == nil || f.Standing.Base != 2 {
			t.Errorf("%T: %v", c, err)
		}
	}
	d.must(t, ann, oncall.EditRotation{Base: oncall.Base{Seq: 1, After: own}, Version: weekly(ann, bob, eve)})
	shown := oncall.Rotation{Ordered: oncall.Mark{Seq: 9, Command: own}}
	if c := oncall.Rebase(oncall.EditRotation{}, shown, 7); cmp.Diff(oncall.Base{Seq: 7, After: own}, c.(oncall.EditRotation).Base) != "" {
		t.Errorf("%+v", c)
	}
	if c := oncall.Rebase(oncall.EndRotation{}, shown, 9); c.(oncall.EndRotation).Base != (oncall.Base{Seq: 9}) {
		t.Errorf("%+v", c)
	}
}

func TestAShiftIsTakenNow(t *testing.T) {
	t.Parallel()
	d := opened(t)
	d.must(t, dan, oncall.TakeShift{Override: id.Override{1}, From: bob})
	compare(t, `
		2020-06-17 12:00 CDT to 2020-06-22 09:00 CDT D override for B
		2020-06-22 09:00 CDT to 2020-06-29 09:00 CDT C`, d.told(t, 2))
	d.now = d.now.Add(time.Hour)
	if _, err := d.give(eve, oncall.TakeShift{Override: id.Override{2}, From: bob}); !fault.Is(err, fault.Invalid) {
		t.Errorf("Bob's shift is taken twice: %v", err)
	}
	d.must(t, bob, oncall.TakeShift{Override: id.Override{3}, From: dan, Until: d.now.Add(time.Hour)}) // and back
	compare(t, `
		2020-06-17 13:00 CDT to 2020-06-17 14:00 CDT B override for D
		2020-06-17 14:00 CDT to 2020-06-22 09:00 CDT D override for B`, d.told(t, 2))
	if events, err := d.give(bob, oncall.TakeShift{Override: id.Override{3}, From: dan}); err != nil || events != nil {
		t.Errorf("the same again: %v, %v", events, err)
	}
}

func TestCoverIsRequestedAndOffered(t *testing.T) {
	t.Parallel()
	d := opened(t)
	from, until := instant(t, "2020-06-18 08:00"), instant(t, "2020-06-19 08:00")
	ask := oncall.RequestCover{Cover: id.Cover{1}, From: from, Until: until, Note: "dentist"}
	if _, err := d.give(ann, ask); !fault.Is(err, fault.Invalid) {
		t.Errorf("Ann does not serve: %v", err)
	}
	d.must(t, bob, ask)
	if _, err := d.give(bob, oncall.OfferCover{Cover: id.Cover{1}, Override: id.Override{1}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("one's own: %v", err)
	}
	d.must(t, eve, oncall.OfferCover{Cover: id.Cover{1}, Override: id.Override{1}})
	compare(t, `
		2020-06-15 09:00 CDT to 2020-06-18 08:00 CDT B
		2020-06-18 08:00 CDT to 2020-06-19 08:00 CDT E override for B
		2020-06-19 08:00 CDT to 2020-06-22 09:00 CDT B`, d.told(t, 3))
	if len(d.state.Covers) > 0 || d.state.Overrides[0].Cover != (id.Cover{1}) {
		t.Errorf("%+v", d.state)
	}
	if _, err := d.give(dan, oncall.OfferCover{Cover: id.Cover{1}, Override: id.Override{2}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("it is settled: %v", err)
	}
	d.must(t, bob, oncall.RequestCover{Cover: id.Cover{2}, From: until, Until: until.Add(time.Hour)})
	d.must(t, bob, oncall.WithdrawCover{Cover: id.Cover{2}})
	if _, err := d.give(dan, oncall.OfferCover{Cover: id.Cover{2}, Override: id.Override{2}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("it was taken back: %v", err)
	}
	d.must(t, bob, oncall.RequestCover{Cover: id.Cover{3}, From: until, Until: until.Add(time.Hour)})
	d.now = until.Add(time.Hour)
	if _, err := d.give(dan, oncall.OfferCover{Cover: id.Cover{3}, Override: id.Override{2}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("it is over: %v", err)
	}
	d.must(t, bob, oncall.RequestCover{Cover: id.Cover{4}, From: d.now, Until: d.now.Add(time.Hour)})
	if len(d.state.Covers) != 1 {
		t.Errorf("what is over is still asked for: %v", d.state.Covers)
	}
}

// The second half of case 10: an override that brings somebody whom another brings already, and one that does nothing, are
// refused with the reason.
func TestOverridesThatNobodyCouldMean(t *testing.T) {
	t.Parallel()
	d := opened(t)
	from, until := instant(t, "2020-06-18 08:00"), instant(t, "2020-06-19 08:00")
	d.must(t, ann, oncall.AddOverride{Override: oncall.Override{ID: id.Override{1}, Deed: oncall.Add, In: dan, From: from, Until: until}})
	at := func(o oncall.Override) oncall.Override {
		o.ID, o.From, o.Until = id.Override{9}, from, until
		return o
	}
	long, over := at(oncall.Override{Deed: oncall.Add, In: eve}), at(oncall.Override{Deed: oncall.Add, In: eve})
	long.Until, over.Until = from.AddDate(2, 0, 0), d.now.Add(-time.Hour)
	far := at(oncall.Override{Deed: oncall.Add, In: eve})
	far.From, far.Until = from.AddDate(5, 0, 0), from.AddDate(5, 0, 1)
	for name, test := range map[string]struct {
		o    oncall.Override
		want string
	}{
		"the same again, later":   {oncall.Override{ID: id.Override{2}, Deed: oncall.Add, In: dan, From: until.Add(-time.Hour), Until: until.Add(time.Hour)}, "brings this person"},
		"and in somebody's place": {at(oncall.Override{Deed: oncall.Replace, Out: bob, In: dan}), "brings this person"},
		"whoever serves":          {at(oncall.Override{Deed: oncall.Add, In: bob}), "change nothing"},
		"for nobody":              {at(oncall.Override{Deed: oncall.Replace, Out: ann, In: eve}), "change nothing"},
		"nobody taken out":        {at(oncall.Override{Deed: oncall.Remove, Out: ann}), "change nothing"},
		"themselves":              {at(oncall.Override{Deed: oncall.Replace, Out: bob, In: bob}), "replace themselves"},
		"no one":                  {at(oncall.Override{Deed: oncall.Replace, In: eve}), "whoever is replaced is missing"},
		"a stranger":              {at(oncall.Override{Deed: oncall.Add, In: id.Person{'Z'}}), "unknown here"},
		"nothing":                 {at(oncall.Override{Deed: 9}), "does nothing"},
		"no id":                   {oncall.Override{Deed: oncall.Add, In: eve, From: from, Until: until}, "id is missing"},
		"a year":                  {long, "longer than a year"},
		"the past":                {over, "is over"},
		"the far future":          {far, "in more than three years"},
		"an empty shift":          {at(oncall.Override{Deed: oncall.Instead, Shifts: []oncall.Posting{{From: from, Until: until}}}), "shift 1 has nobody in it"},
	} {
		if _, err := d.give(ann, oncall.AddOverride{Override: test.o}); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", name, err, test.want)
		}
	}
}

func TestWhatIsOverOfAnOverrideStays(t *testing.T) {
	t.Parallel()
	d := opened(t)
	begun := d.now
	d.must(t, ann, oncall.AddOverride{Override: oncall.Override{
		ID: id.Override{1}, Deed: oncall.Add, In: dan, From: d.now.AddDate(0, 0, -3), Until: d.now.AddDate(0, 0, 3),
	}})
	if o := d.state.Overrides[0]; !o.From.Equal(begun) || o.By != ann {
		t.Errorf("it reaches into the past, or is nobody's: %+v", o)
	}
	d.must(t, ann, oncall.AddOverride{Override: oncall.Override{ID: id.Override{2}, Deed: oncall.Add, In: eve, From: d.now.AddDate(0, 0, 1), Until: d.now.AddDate(0, 0, 2)}})
	d.now = d.now.Add(time.Hour)
	d.must(t, ann, oncall.RemoveOverride{Override: id.Override{1}})
	d.must(t, ann, oncall.RemoveOverride{Override: id.Override{2}})
	if len(d.state.Overrides) != 1 || !d.state.Overrides[0].Until.Equal(d.now) || !d.state.Overrides[0].From.Equal(begun) {
		t.Errorf("%+v", d.state.Overrides)
	}
	for _, o := range []id.Override{{1}, {2}, {3}} {
		if _, err := d.give(ann, oncall.RemoveOverride{Override: o}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v: %v", o, err)
		}
	}
}

func TestARotationThatIsNot(t *testing.T) {
	t.Parallel()
	for _, c := range []oncall.Command{
		oncall.RenameRotation{Name: "x"},
		oncall.EditRotation{Version: weekly(ann)},
		oncall.EndRotation{},
		oncall.AddOverride{},
		oncall.RemoveOverride{},
		oncall.TakeShift{},
		oncall.RequestCover{},
		oncall.WithdrawCover{},
		oncall.OfferCover{},
	} {
		if events, err := oncall.Decide(oncall.Rotation{}, set(), c, id.Actor{Person: ann}, instant(t, "2020-06-01 12:00")); !fault.Is(err, fault.NotFound) || events != nil {
			t.Errorf("%T: %v, %v", c, events, err)
		}
	}
	d := opened(t)
	for name, c := range map[string]oncall.Command{
		"there already": oncall.CreateRotation{Name: "x", Version: weekly(ann)}, "no name": oncall.RenameRotation{},
		"a long name": oncall.RenameRotation{Name: strings.Repeat("x", 121)}, "nothing": nil,
	} {
		if events, err := d.give(ann, c); !fault.Is(err, fault.Invalid) || events != nil {
			t.Errorf("%s: %v, %v", name, events, err)
		}
	}
	early := weekly(ann)
	early.From = d.now.AddDate(4, 0, 0)
	if _, err := d.give(ann, oncall.EditRotation{Base: oncall.Base{Seq: 1}, Version: early}); !fault.Is(err, fault.Invalid) {
		t.Errorf("in four years: %v", err)
	}
	if events, err := d.give(ann, oncall.EditRotation{Base: oncall.Base{Seq: 1}, Version: weekly(ann, bob, cay)}); err != nil || events != nil {
		t.Errorf("nothing is changed: %v, %v", events, err)
	}
}

// anyWish returns any command, mostly one that means something.
func anyWish(t *rapid.T, d *desk) oncall.Command {
	version := anyVersion(t, time.Time{})
	if rapid.Bool().Draw(t, "at a time") {
		version.From = anyInstant(t, "from")
	}
	override := anyOverride(t, rapid.Byte().Draw(t, "override"))
	base := oncall.Base{Seq: d.state.Seq}
	return rapid.SampledFrom([]oncall.Command{
		oncall.EditRotation{Base: base, Version: version},
		oncall.EndRotation{Base: base, From: version.From},
		oncall.AddOverride{Override: override},
		oncall.AddOverride{Override: override},
		oncall.RemoveOverride{Override: id.Override{rapid.Byte().Draw(t, "removed")}},
		oncall.TakeShift{Override: override.ID, From: override.Out, Until: rapid.SampledFrom([]time.Time{{}, override.Until}).Draw(t, "until")},
		oncall.RequestCover{Cover: id.Cover{override.ID[0] % 4}, From: override.From, Until: override.Until},
		oncall.OfferCover{Cover: id.Cover{override.ID[0] % 4}, Override: override.ID},
		oncall.WithdrawCover{Cover: id.Cover{override.ID[0] % 4}},
	}).Draw(t, "command")
}

// Whatever is wished for, what was before the wish stays as it was, and an edit that begins when it may moves nobody.
func TestThePastIsNobodysToChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &desk{now: lawFrom.AddDate(0, 0, -2)}
		if _, err := d.give(ann, oncall.CreateRotation{Name: "x", Version: anyVersion(t, time.Time{})}); err != nil {
			return
		}
		for range rapid.IntRange(1, 8).Draw(t, "wishes") {
			d.now = d.now.Add(time.Duration(rapid.Int64Range(0, int64(5*24*time.Hour/time.Microsecond)).Draw(t, "passes")) * time.Microsecond)
			before, began := d.state, lawFrom.AddDate(0, 0, -3)
			c := anyWish(t, d)
			by := rapid.SampledFrom(crew).Draw(t, "by")
			if _, err := d.give(by, c); err != nil {
				if f := fault.Find(err); f == nil || !f.Kind.Permanent() {
					t.Fatalf("%T: %v", c, err)
				}
				continue
			}
			was, is := oncall.NewRoster(before), oncall.NewRoster(d.state)
			for at := began; at.Before(d.now); at = at.Add(11 * time.Hour) {
				if one, other := peopleOf(was.At(at)), peopleOf(is.At(at)); !slices.Equal(one, other) {
					t.Fatalf("%T at %s: at %s %v were on call, and now %v", c, d.now, at, one, other)
				}
			}
			if edit, ok := c.(oncall.EditRotation); ok && edit.Version.From.IsZero() {
				one, other := peopleOf(was.At(d.now)), peopleOf(is.At(d.now))
				if soon := len(was.Next(id.Person{}, d.now, d.now.AddDate(0, 2, 0), 1)) > 0; soon && !slices.Equal(one, other) {
					t.Fatalf("%v were on call, and with the edit %v", one, other)
				}
			}
		}
	})
}

func TestAllThatIsWrongWithANewRotationIsToldAtOnce(t *testing.T) {
	t.Parallel()
	nobody := layer("2026-06-01 09:00", oncall.Week, 1)
	_, err := oncall.Decide(oncall.Rotation{}, set(), oncall.CreateRotation{Version: oncall.Version{Zone: "Moon/Base", Layers: []oncall.Layer{nobody}}}, id.Actor{Person: ann}, time.Unix(1, 0))
	var fields []string
	if f := fault.Find(err); f != nil {
		for _, field := range f.Fields {
			fields = append(fields, field.Name)
		}
	}
	if diff := cmp.Diff([]string{"name", "zone", "layer 1"}, fields); diff != "" {
		t.Error(diff)
	}
}
