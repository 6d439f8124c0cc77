package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// seersMost is how many people a sentence names before it only counts them.
const seersMost = 5

// SightNotYet is how far it is not true yet, until it is sent, what a room shows of who sees it.
type SightNotYet struct {
	Everybody bool     // all see it still
	Still     []Person // see it still, and are to be taken out
	Admitted  []Person // are to see it, and do not yet
	Hidden    bool     // everybody is to see it, and only a few do yet
}

// notYet compares what is shown of who sees an incident with what the server has. Of one that the server does not have, nobody
// else sees anything.
func (v View) notYet(shown, confirmed incident.Incident) SightNotYet {
	var out SightNotYet
	switch {
	case !confirmed.Exists():
	case shown.Private && !confirmed.Private:
		out.Everybody = true
	case !shown.Private:
		out.Hidden = confirmed.Private
	default:
		out.Still = v.people(confirmed.Admitted, shown.Admitted)
		out.Admitted = v.people(shown.Admitted, confirmed.Admitted)
	}
	return out
}

// people returns those of a list who are not in another.
func (v View) people(list, without []id.Person) []Person {
	var out []Person
	for _, p := range list {
		if !slices.Contains(without, p) {
			out = append(out, v.Person(p))
		}
	}
	return out
}

// SeesStill reports whether somebody who is not to see the room sees it until that is sent.
func (r Room) SeesStill(p id.Person) bool {
	return !r.Sees(p) && (r.NotYet.Everybody || slices.ContainsFunc(r.NotYet.Still, func(o Person) bool { return o.ID == p }))
}

// SeesNotYet reports whether somebody who is to see the room does not until that is sent.
func (r Room) SeesNotYet(p id.Person) bool {
	return slices.ContainsFunc(r.NotYet.Admitted, func(o Person) bool { return o.ID == p })
}

// Seers returns how many people see a private room now, whatever waits to be sent.
func (r Room) Seers() int { return len(r.Watchers) - len(r.NotYet.Admitted) + len(r.NotYet.Still) }

// Sees reports whether somebody sees the room.
func (r Room) Sees(p id.Person) bool {
	return !r.Private || slices.ContainsFunc(r.Watchers, func(w Person) bool { return w.ID == p })
}

// Readers returns those who read what is written in the room, by name: of a private one those who see it, else everybody.
func (r Room) Readers() []Person {
	if !r.Private {
		return r.People
	}
	return slices.DeleteFunc(slices.Clone(r.People), func(p Person) bool { return !r.Sees(p.ID) })
}

// Outsiders returns those who do not see the room, by name.
func (r Room) Outsiders() []Person {
	return slices.DeleteFunc(slices.Clone(r.People), func(p Person) bool { return r.Sees(p.ID) })
}

// RolesOf returns the roles that somebody holds, in words. Whoever holds one sees the room.
func (r Room) RolesOf(p id.Person) []string {
	var out []string
	for _, h := range r.Posts {
		if !h.Vacant && h.Person.ID == p {
			out = append(out, h.Role)
		}
	}
	return out
}

// Helpers returns those who hold a role and those who respond besides, each once.
func (r Room) Helpers() []Person {
	var out []Person
	for _, h := range r.Posts {
		if !h.Vacant && !slices.ContainsFunc(out, func(p Person) bool { return p.ID == h.Person.ID }) {
			out = append(out, h.Person)
		}
	}
	return append(out, r.Others...)
}

// SeenBy says of a private incident how many people see it.
func SeenBy(n int, w words.Catalog) string { return Count(n, w.Sight.Seen, w.Sight.SeenOf) }

// excluded returns who was taken out of what some events tell of, and was not added again since.
func excluded(records []Record) []id.Person {
	var out []id.Person
	back := func(p id.Person) { out = slices.DeleteFunc(out, func(o id.Person) bool { return o == p }) }
	for _, r := range records {
		switch e := r.Event.(type) {
		case incident.Excluded:
			back(e.Person)
			out = append(out, e.Person)
		case incident.Admitted:
			back(e.Person)
		case incident.Concealed:
			for _, p := range e.Admitted {
				back(p)
			}
		}
	}
	return out
}

// Named returns the people who are called so: the one whose whole name it is, else those one of whose names begins with
// every word that was typed.
func Named(people []Person, typed string) []Person {
	words := strings.Fields(strings.ToLower(strings.TrimLeft(typed, "@")))
	var out []Person
	for _, p := range people {
		name := strings.ToLower(p.Name)
		if name == strings.Join(words, " ") {
			return []Person{p}
		}
		parts := strings.Fields(name)
		missing := func(word string) bool {
			return !slices.ContainsFunc(parts, func(part string) bool { return strings.HasPrefix(part, word) })
		}
		if len(words) > 0 && !slices.ContainsFunc(words, missing) {
			out = append(out, p)
		}
	}
	return out
}

// Named reports whether what was typed are whole words of somebody's name, and not only how they begin: a guess must not
// let anybody see anything.
func (p Person) Named(typed string) bool {
	words, parts := strings.Fields(strings.ToLower(strings.TrimLeft(typed, "@"))), strings.Fields(strings.ToLower(p.Name))
	return len(words) > 0 && !slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(parts, word) })
}

// declaredLine tells of a declaration, and of a private one who sees it.
func (v View) declaredLine(e incident.Declared, who Part) []Part {
	if !e.Private {
		return sentence(v.Words.Line.Declared, who, v.level(e.Severity))
	}
	return append(sentence(v.Words.Sight.Privately, who, v.level(e.Severity)), v.seers(e.Admitted)...)
}

// sightLine returns the sentence for an event about who sees an incident.
func (v View) sightLine(r Record, who Part) []Part {
	w := v.Words.Sight
	switch e := r.Event.(type) {
	case incident.Concealed:
		return append(sentence(w.Concealed, who), v.seers(e.Admitted)...)
	case incident.Revealed:
		return sentence(w.Revealed, who)
	case incident.Admitted:
		return sentence(w.Admitted, who, strong(v.Person(e.Person).Name))
	case incident.Excluded:
		if e.Person == r.At.Actor.Person {
			return sentence(w.Left, who)
		}
		return sentence(w.Excluded, who, strong(v.Person(e.Person).Name))
	default:
		return sentence(v.Words.Line.Unknown, who)
	}
}

// seers names those who see an incident, as the end of a sentence.
func (v View) seers(list []id.Person) []Part {
	switch w := v.Words.Sight; len(list) {
	case 0:
		return nil
	case 1:
		return sentence(w.LineOnlyOne, strong(v.Person(list[0]).Name))
	default:
		return sentence(w.LineOnly, strong(v.names(list)))
	}
}

// names joins names as people say them, and only counts those for whom there is no room.
func (v View) names(list []id.Person) string {
	names := make([]string, 0, len(list))
	for _, p := range list {
		names = append(names, v.Person(p).Name)
	}
	if more := len(names) - seersMost; more > 0 {
		return fmt.Sprintf(v.Words.Sight.More, strings.Join(names[:seersMost], ", "), more)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + v.Words.Sight.And + names[last]
}
