package oncall

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Limits of one rotation.
const (
	MaxName     = 120 // of a rotation or a layer, in code points
	MaxLayers   = 20
	MaxPlaces   = 200 // of one layer
	MaxTogether = 20  // persons in one place
	MaxWindows  = 50  // of one layer
	MaxEvery    = 400 // units between two handoffs
	MaxPriority = 100
)

// Between these lies every anchor that can be meant.
const (
	earliest Wall = -2_208_988_800 // 1900
	latest   Wall = 7_258_118_400  // 2200
)

// errLocal is returned for the zone that is another one on every machine.
var errLocal = errors.New("it names no zone")

// zoneOf reads the rules of a zone.
func zoneOf(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errLocal
	}
	return time.LoadLocation(name)
}

// usable reports whether somebody could ever be on call in l.
func (l Layer) usable() bool { return l.measured() && l.anchored() && len(l.Places) > 0 && l.lasting() }

// measured reports whether there is time between two handoffs.
func (l Layer) measured() bool {
	return l.Unit >= Hour && l.Unit <= Year && l.Every >= 1 && l.Every <= MaxEvery
}

func (l Layer) anchored() bool { return earliest <= l.Anchor && l.Anchor < latest }

// lasting reports whether the layer ends after it begins.
func (l Layer) lasting() bool { return l.Until.IsZero() || l.From.Before(l.Until) }

// valid reports whether the window opens on some day, at a time that there is.
func (h Window) valid() bool {
	return h.Days != 0 && h.Days < 1<<7 && h.From >= 0 && h.From < 24*60 && h.Until >= 0 && h.Until <= 24*60
}

// Normalize returns v as it is stored: with names folded to one line, instants in UTC and to the microsecond, and nobody twice
// in one place. It returns one Invalid fault for all that is wrong with it: a zone that is unknown here, layers that hand over
// after no time, end before they begin, or have nobody in them, and people whom the set-up does not know.
func (v Version) Normalize(w workspace.Setup) (Version, error) {
	var check fault.Check
	v.From, v.Zone = stored(v.From), strings.TrimSpace(v.Zone)
	checkZone(&check, "zone", v.Zone)
	checkCount(&check, "layers", len(v.Layers), MaxLayers)
	if len(v.Layers) == 0 {
		check.Add("layers", "are none, so nobody would be on call")
	}
	v.Layers = slices.Clone(v.Layers)
	for i, l := range v.Layers {
		v.Layers[i] = l.normal()
		v.Layers[i].check(&check, fmt.Sprintf("layer %d", i+1), w)
		if slices.ContainsFunc(v.Layers[:i], func(other Layer) bool { return other.ID == l.ID }) {
			check.Add(fmt.Sprintf("layer %d", i+1), "has the id of another")
		}
	}
	return v, check.Err("The rotation cannot be ordered like this.")
}

// stored returns t as it is stored.
func stored(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

func (l Layer) normal() Layer {
	l.Name, l.Zone, l.From, l.Until = line(l.Name), strings.TrimSpace(l.Zone), stored(l.From), stored(l.Until)
	places := make([]Place, len(l.Places))
	for i, p := range l.Places {
		places[i] = p.normal()
	}
	if l.Places, l.Hours = places, slices.Clone(l.Hours); len(places) > 0 {
		l.Turn = floorMod(l.Turn, len(places))
	}
	return l
}

// normal returns p with everybody once.
func (p Place) normal() Place {
	var once Place
	for _, person := range p {
		if !slices.Contains(once, person) {
			once = append(once, person)
		}
	}
	return once
}

// check notes under name what is wrong with a layer.
func (l Layer) check(check *fault.Check, name string, w workspace.Setup) {
	if n := utf8.RuneCountInString(l.Name); n > MaxName {
		check.Add(name, fmt.Sprintf("has %d characters; %d are allowed", n, MaxName))
	}
	if l.ID.IsZero() {
		check.Add(name, "has no id")
	}
	if l.Zone != "" {
		checkZone(check, name, l.Zone)
	}
	if !l.measured() {
		check.Add(name, "hands over after no time that there is")
	}
	if l.Priority < 0 || l.Priority > MaxPriority {
		check.Add(name, fmt.Sprintf("has a priority that is not between 0 and %d", MaxPriority))
	}
	if !l.anchored() {
		check.Add(name, "hands over at no date that can be meant")
	}
	if !l.lasting() {
		check.Add(name, "ends before it begins")
	}
	if slices.ContainsFunc(l.Hours, func(h Window) bool { return !h.valid() }) {
		check.Add(name, "has hours on no day, or none of the day's")
	}
	checkCount(check, name, len(l.Hours), MaxWindows)
	checkCount(check, name, len(l.Places), MaxPlaces)
	if len(l.Places) == 0 || slices.ContainsFunc(l.Places, func(p Place) bool { return len(p) == 0 }) {
		check.Add(name, "has a turn in which nobody serves")
	}
	for _, p := range l.Places {
		checkCount(check, name, len(p), MaxTogether)
		for _, person := range p {
			checkPerson(check, name, person, w)
		}
	}
}

func checkZone(check *fault.Check, name, zone string) {
	if _, err := zoneOf(zone); err != nil {
		check.Add(name, fmt.Sprintf("%q is no time zone", zone))
	}
}

func checkCount(check *fault.Check, name string, n, limit int) {
	if n > limit {
		check.Add(name, fmt.Sprintf("has %d; %d are allowed", n, limit))
	}
}

func checkPerson(check *fault.Check, name string, p id.Person, w workspace.Setup) {
	if p.IsZero() || !w.Nameable(p) {
		check.Add(name, "names somebody who is unknown here")
	}
}

// line returns text as one line, with white space folded.
func line(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
}
