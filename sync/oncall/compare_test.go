package oncall_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

func differences(t *testing.T, list []oncall.Difference) string {
	t.Helper()
	var out strings.Builder
	at := func(i time.Time) string { return i.In(zone(t, chicago)).Format("2006-01-02 15:04") }
	who := func(people []id.Person) string {
		names := "-"
		for i, p := range people {
			if names += name(p); i == 0 {
				names = name(p)
			}
		}
		return names
	}
	for _, d := range list {
		fmt.Fprintf(&out, "%s to %s %s > %s\n", at(d.From), at(d.Until), who(d.Before), who(d.After))
	}
	return out.String()
}

func TestTwoRostersAreComparedByWhoIsOnCall(t *testing.T) {
	t.Parallel()
	from, until := instant(t, "2026-06-01 00:00"), instant(t, "2026-06-15 00:00")
	weekly := always(chicago, layer("2026-06-01 09:00", oncall.Week, 1, ann, bob))
	override := func(deed oncall.Deed, begins, ends string, out, in id.Person) oncall.Rotation {
		r := weekly
		r.Overrides = []oncall.Override{{
			ID: id.Override{1}, Deed: deed, From: instant(t, begins), Until: instant(t, ends), Out: out, In: in,
		}}
		return r
	}
	for _, c := range []struct {
		name  string
		after oncall.Rotation
		want  string
	}{
		{"the same", weekly, ""},
		{"the same people, handed over more often", always(chicago,
			layer("2026-06-01 09:00", oncall.Week, 1, ann, bob), layer("2026-06-01 09:00", oncall.Week, 1, ann, bob)), ""},
		{"replaced across a handoff", override(oncall.Replace, "2026-06-07 12:00", "2026-06-09 12:00", ann, cay), "2026-06-07 12:00 to 2026-06-08 09:00 A > C"},
		{"besides across a handoff", override(oncall.Add, "2026-06-07 12:00", "2026-06-09 12:00", ann, cay), `
			2026-06-07 12:00 to 2026-06-08 09:00 A > AC
			2026-06-08 09:00 to 2026-06-09 12:00 B > BC`},
		{"a gap", override(oncall.Remove, "2026-06-02 00:00", "2026-06-03 00:00", ann, id.Person{}), "2026-06-02 00:00 to 2026-06-03 00:00 A > -"},
		{"cut to what was asked for", override(oncall.Replace, "2026-05-30 00:00", "2026-06-01 08:00", bob, cay), "2026-06-01 00:00 to 2026-06-01 08:00 B > C"},
		{"daily, and the same person for days", always(chicago, layer("2026-06-01 09:00", oncall.Day, 1, ann)), "2026-06-01 00:00 to 2026-06-01 09:00 B > A\n2026-06-08 09:00 to 2026-06-15 00:00 B > A"},
	} {
		got := oncall.NewRoster(weekly).Compare(oncall.NewRoster(c.after), from, until)
		if have := differences(t, got); have != lines(c.want) {
			t.Errorf("%s:\n%s", c.name, have)
		}
	}
}

func TestALayerAloneHasNeitherOthersNorExceptions(t *testing.T) {
	t.Parallel()
	low, high := layer("2026-06-01 09:00", oncall.Week, 1, ann), layer("2026-06-01 09:00", oncall.Week, 1, bob)
	high.ID, high.Priority = id.Layer{2}, 1
	r := always(chicago, low, high)
	r.Overrides = []oncall.Override{{ID: id.Override{1}, Deed: oncall.Add, From: instant(t, "2026-06-01 00:00"), Until: instant(t, "2026-07-01 00:00"), In: cay}}
	on := oncall.NewRoster(r.Alone(low.ID)).At(instant(t, "2026-06-03 00:00"))
	if len(on) != 1 || on[0].Person != ann {
		t.Errorf("alone, %v are on call", on)
	}
	if len(r.Versions[0].Layers) != 2 || len(r.Overrides) != 1 {
		t.Error("the rotation itself was changed")
	}
}

func TestARotationEndsWhenNothingIsPlannedAnyMore(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-06-03 00:00")
	r := always(chicago, layer("2026-06-01 09:00", oncall.Week, 1, ann))
	ended := r
	ended.Versions = append(ended.Versions, oncall.Version{From: now, Zone: chicago})
	covered := ended
	covered.Overrides = []oncall.Override{{Deed: oncall.Add, In: bob, From: now, Until: now.Add(time.Hour)}}
	for name, c := range map[string]struct {
		r    oncall.Rotation
		at   time.Time
		want bool
	}{
		"none": {oncall.Rotation{}, now, false}, "running": {r, now, false}, "ended": {ended, now, true},
		"before its end": {ended, now.Add(-time.Second), false}, "somebody still covers": {covered, now, false},
		"covered before": {covered, now.Add(time.Hour), true},
	} {
		if got := c.r.Ended(c.at); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
