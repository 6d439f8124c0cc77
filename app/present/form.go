package present

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Form is what the declaring page needs to know before.
type Form struct {
	Severities []Severity
	Preset     uint8
	Questions  []string // that find a severity; may be none
	Tags       []workspace.TagName
	People     []Person // who can be added to a private incident: everybody but whoever declares
	view       View
}

// FormFrom builds the form.
func FormFrom(v View) Form {
	f := Form{Severities: v.Severities(), Preset: uint8(v.Setup.Preset), Tags: v.Setup.Tags, view: v}
	f.People = slices.DeleteFunc(v.Everybody(), func(p Person) bool { return p.ID == v.Self.Person })
	for _, q := range v.Setup.Questions {
		f.Questions = append(f.Questions, v.Words.Phrases.Say(q.Text))
	}
	return f
}

// Advise returns the level that the answers lead to, and the words that say why.
func (f Form) Advise(yes []bool) (level uint8, why string) {
	setup, w := f.view.Setup, f.view.Words.Declare
	advised := setup.Advise(yes)
	name := f.view.Severity(advised).Name
	for i, q := range setup.Questions {
		if i < len(yes) && yes[i] && q.Level == advised {
			return uint8(advised), fmt.Sprintf(w.Advised, name, f.view.Words.Phrases.Say(q.Text))
		}
	}
	return uint8(advised), fmt.Sprintf(w.AdvisedNone, name)
}

// TagChoices returns the tags to offer for what was typed: those that the company has described first,
// with their hints, then as TagChoices does.
func (f Form) TagChoices(typed string, known []string) []TagChoice {
	own := incident.NormalTag(typed)
	var out []TagChoice
	for _, t := range f.Tags {
		if strings.HasPrefix(t.Name, own) && utf8.RuneCountInString(own) > 0 && len(out) < tagsMost {
			out = append(out, TagChoice{Tag: t.Name, Words: "#" + t.Name, Hint: t.Hint})
		}
	}
	for _, c := range TagChoices(typed, known, f.view.Words.Room.NewTag) {
		if !slices.ContainsFunc(out, func(o TagChoice) bool { return o.Tag == c.Tag }) {
			out = append(out, c)
		}
	}
	return out
}

// KindMeaning returns what a kind means for counting.
func KindMeaning(k incident.Kind, w words.Catalog) string {
	switch k {
	case incident.NearMiss:
		return w.Declare.NearMiss
	case incident.GameDay:
		return w.Declare.GameDay
	case incident.Informational:
		return w.Declare.Informational
	default:
		return w.Declare.Real
	}
}
