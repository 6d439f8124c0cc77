// Package present turns domain values into what a page shows: plain structs and words, no widgets.
// Everything in it is pure; the time, the viewer and the words are handed in.
package present

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Tone names a colour of the look. The theme knows the same names.
type Tone string

// The tones that view models ask for.
const (
	Normal Tone = "text"
	Muted  Tone = "muted"
	Gold   Tone = "gold"
	Good   Tone = "good"
	Alarm  Tone = "sev1"
	Warn   Tone = "sev2"
)

// View is what all view models are built with: the set-up, who looks, from which zone, in which words.
type View struct {
	Setup workspace.Setup
	Self  id.Actor
	Zone  *time.Location
	Words words.Catalog
	// Called is what policies and rotations are called, where somebody has looked it up.
	Called Called
}

// Called are the names of what the set-up knows by its id alone. Its maps may be nil.
type Called struct {
	Policies  map[id.Policy]string
	Rotations map[id.Rotation]string
}

// Person is somebody as pages show them.
type Person struct {
	ID         id.Person
	Name       string
	Initials   string
	Department string
}

// Severity is one level of the workspace's set.
type Severity struct {
	Level uint8
	Name  string
	Hint  string // in the words of whoever looks
	Kept  string // the same as the workspace keeps it
}

// Tone returns the colour of the severity.
func (s Severity) Tone() Tone { return SeverityTone(s.Level) }

// SeverityTone returns the colour of a level.
func SeverityTone(level uint8) Tone { return Tone(fmt.Sprintf("sev%d", min(max(level, 1), 5))) }

// Trouble is an error in the three sentences that help.
type Trouble struct{ What, Safe, Do string }

// TroubleFrom returns what to tell about err. Faults say it themselves, in English; in another language it is
// told as far as there are words for it.
func TroubleFrom(err error, w words.Catalog) Trouble {
	f := fault.Find(err)
	if f == nil {
		c := w.Common
		return Trouble{What: fmt.Sprintf(c.UnexpectedWhat, err), Safe: c.UnexpectedSafe, Do: c.UnexpectedDo}
	}
	say := w.Phrases.Say
	t := Trouble{What: say(f.Message), Safe: say(f.Safe), Do: say(f.Do)}
	for _, field := range f.Fields {
		t.What += " " + fmt.Sprintf(w.Common.FieldProblem, say(field.Name), say(field.Problem))
	}
	return t
}

// Knowing returns the view of one who knows these people too, under the names that they have by now.
func (v View) Knowing(all []Person) View {
	known := make([]workspace.Person, 0, len(all))
	for _, p := range all {
		of := v.Setup.People[p.ID]
		of.ID, of.Name, of.Department = p.ID, p.Name, p.Department
		known = append(known, of)
	}
	v.Setup = v.Setup.With(known...)
	return v
}

// Person returns the person of id p. The zero id is the server itself.
func (v View) Person(p id.Person) Person {
	if p.IsZero() {
		return Person{Name: v.Words.Common.Server, Initials: Initials(v.Words.Common.Server)}
	}
	known, ok := v.Setup.People[p]
	if !ok {
		return Person{ID: p, Name: v.Words.Common.SomebodyUnknown, Initials: "?"}
	}
	return Person{ID: p, Name: known.Name, Initials: Initials(known.Name), Department: known.Department}
}

// Severity returns the severity of a level, also of one that the workspace no longer has.
func (v View) Severity(l workspace.Level) Severity {
	if s, ok := v.Setup.Severity(l); ok {
		return Severity{Level: uint8(s.Level), Name: s.Name, Hint: v.Words.Phrases.Say(s.Hint), Kept: s.Hint}
	}
	return Severity{Level: uint8(l), Name: fmt.Sprintf(v.Words.Severity.Unknown, l)}
}

// Severities returns the workspace's set.
func (v View) Severities() []Severity {
	out := make([]Severity, 0, len(v.Setup.Severities))
	for _, s := range v.Setup.Severities {
		out = append(out, v.Severity(s.Level))
	}
	return out
}

// StatusWord returns the word for a status.
func StatusWord(s incident.Status, w words.Catalog) string {
	switch s {
	case incident.Open:
		return w.Status.Open
	case incident.Mitigated:
		return w.Status.Mitigated
	case incident.Resolved:
		return w.Status.Resolved
	case incident.Closed:
		return w.Status.Closed
	default:
		return w.Status.Invalid
	}
}

// StatusWords returns the words for all of them.
func StatusWords(w words.Catalog) []string {
	var out []string
	for s := incident.Open; s <= incident.Invalid; s++ {
		out = append(out, StatusWord(s, w))
	}
	return out
}

// KindWord returns the word for a kind.
func KindWord(k incident.Kind, w words.Catalog) string {
	switch k {
	case incident.NearMiss:
		return w.Kind.NearMiss
	case incident.GameDay:
		return w.Kind.GameDay
	case incident.Informational:
		return w.Kind.Informational
	case incident.TestPage:
		return w.Kind.TestPage
	default:
		return w.Kind.Real
	}
}

// NumberOf returns the number by which people call an incident: a private one has one of its own until it gets another.
func NumberOf(s incident.Incident, w words.Catalog) string {
	if s.Private && s.Number == 0 {
		return fmt.Sprintf(w.Sight.Number, s.PrivateNumber())
	}
	return Number(s.Number, w)
}

// Number returns an INC number as people say it.
func Number(n uint32, w words.Catalog) string {
	if n == 0 {
		return w.Common.Unnumbered
	}
	return fmt.Sprintf(w.Common.Number, n)
}

// Initials returns one or two capitals for a name: the first and the last word's.
func Initials(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch len(parts) {
	case 0:
		return "?"
	case 1:
		return firstUpper(parts[0])
	default:
		return firstUpper(parts[0]) + firstUpper(parts[len(parts)-1])
	}
}

func firstUpper(s string) string {
	for _, r := range s {
		return string(unicode.ToUpper(r))
	}
	return ""
}
