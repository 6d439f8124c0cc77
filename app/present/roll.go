package present

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/assets/words"
)

// Roll is who is on call now by each rotation, as scripts read it. Its names are kept for them.
type Roll struct {
	// Reached says that the server is reached, so that this is how things are; else it is how this device knows them.
	Reached bool `json:"server_reached"`
	// AsOf is since when the server is not reached, where that is known.
	AsOf      *time.Time  `json:"as_of,omitempty"`
	Rotations []RollEntry `json:"rotations"`
}

// RollEntry is one rotation.
type RollEntry struct {
	ID     string       `json:"id"`
	Name   string       `json:"name"`
	OnCall []RollPerson `json:"on_call"`
	Since  *time.Time   `json:"since,omitempty"`
	Until  *time.Time   `json:"until,omitempty"`
	Nobody bool         `json:"nobody"` // somebody should be, and is not
	Ended  bool         `json:"ended,omitempty"`
	When   string       `json:"when"` // in words
	Next   string       `json:"next,omitempty"`
}

// RollPerson is somebody on call.
type RollPerson struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// RollFrom returns the roll of duties.
func RollFrom(duties []Duty, c Connection) Roll {
	out := Roll{Reached: c.Reached(), Rotations: []RollEntry{}}
	if !c.Reached() && c.Reach != Connecting {
		out.AsOf = instant(c.Since)
	}
	for _, d := range duties {
		e := RollEntry{
			ID: d.Rotation.String(), Name: d.Name, OnCall: []RollPerson{}, Since: instant(d.Since), Until: instant(d.Until),
			Nobody: d.Nobody(), Ended: d.Ended, When: d.When, Next: d.Next,
		}
		for _, p := range d.On {
			e.OnCall = append(e.OnCall, RollPerson{ID: p.ID.String(), Name: p.Name})
		}
		out.Rotations = append(out.Rotations, e)
	}
	return out
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Text returns the roll for people, a line for each rotation.
func (r Roll) Text(zone *time.Location, w words.Catalog) string {
	var out strings.Builder
	switch {
	case r.AsOf != nil:
		fmt.Fprintf(&out, w.OnCall.AsOfText+"\n", r.AsOf.In(zone).Format("15:04"))
	case !r.Reached:
		fmt.Fprintln(&out, w.OnCall.CopyOnly)
	}
	if len(r.Rotations) == 0 {
		fmt.Fprintln(&out, w.OnCall.BoardNone)
	}
	names, people := make([]string, len(r.Rotations)), make([]string, len(r.Rotations))
	for i, e := range r.Rotations {
		names[i], people[i] = e.Name, e.who(w)
	}
	name, who := widest(names), widest(people)
	for i, e := range r.Rotations {
		when := e.When
		if e.Next != "" {
			when += ", " + e.Next
		}
		fmt.Fprintf(&out, "%s  %s  %s\n", padded(names[i], name), padded(people[i], who), when)
	}
	return out.String()
}

func (e RollEntry) who(w words.Catalog) string {
	var names []string
	for _, p := range e.OnCall {
		names = append(names, p.Name)
	}
	if e.Nobody {
		return w.OnCall.BoardNobody
	}
	return strings.Join(names, ", ")
}

func widest(list []string) int {
	n := 0
	for _, s := range list {
		n = max(n, utf8.RuneCountInString(s))
	}
	return n
}

func padded(s string, wide int) string {
	return s + strings.Repeat(" ", wide-utf8.RuneCountInString(s))
}
