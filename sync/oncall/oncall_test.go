package oncall_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

const chicago = "America/Chicago"

// The people of the tests.
var (
	ann  = id.Person{'A'}
	bob  = id.Person{'B'}
	cay  = id.Person{'C'}
	dan  = id.Person{'D'}
	eve  = id.Person{'E'}
	crew = []id.Person{ann, bob, cay, dan, eve}
)

// set is the set-up that knows the people of the tests.
func set() workspace.Setup {
	w := workspace.Default()
	for _, p := range crew {
		w = w.With(workspace.Person{ID: p, Name: name(p)})
	}
	return w
}

func name(p id.Person) string {
	if p.IsZero() {
		return "-"
	}
	return string(p[:1])
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// wall reads "2006-01-02 15:04".
func wall(text string) oncall.Wall {
	at, _ := time.Parse("2006-01-02 15:04", text) // what is no time is the year 1, and no test expects that
	return oncall.Wall(at.Unix())
}

// instant reads "2006-01-02 15:04" as the wall clocks of Chicago have it, when they show it only once.
func instant(t testing.TB, text string) time.Time {
	return oncall.Resolve(wall(text), zone(t, chicago))
}

// layer returns a layer of people who hand over one by one.
func layer(anchor string, unit oncall.Unit, every int, people ...id.Person) oncall.Layer {
	l := oncall.Layer{ID: id.Layer{1}, Anchor: wall(anchor), Unit: unit, Every: every}
	for _, p := range people {
		l.Places = append(l.Places, oncall.Place{p})
	}
	return l
}

// always returns a rotation that was ordered like this for ever.
func always(zone string, layers ...oncall.Layer) oncall.Rotation {
	return oncall.Rotation{Versions: []oncall.Version{{Zone: zone, Layers: layers}}}
}

// told writes shifts down, one in a line, as the wall clocks of a zone have them.
func told(t testing.TB, in string, shifts []oncall.Shift) string {
	var out strings.Builder
	at := func(i time.Time) string {
		if i.IsZero() {
			return "ever"
		}
		return i.In(zone(t, in)).Format("2006-01-02 15:04 MST")
	}
	for _, s := range shifts {
		fmt.Fprintf(&out, "%s to %s %s", at(s.From), at(s.Until), name(s.Person))
		if !s.Reason.Override.IsZero() {
			out.WriteString(" override")
		}
		if !s.Reason.For.IsZero() {
			out.WriteString(" for " + name(s.Reason.For))
		}
		out.WriteString("\n")
	}
	return out.String()
}

// lines takes the indentation away.
func lines(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func compare(t testing.TB, want, have string) {
	t.Helper()
	if diff := cmp.Diff(lines(want), have); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}
