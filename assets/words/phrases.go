package words

import (
	"maps"
	"slices"
	"strings"
)

// Phrases say in another language what comes in English from where it was worded: the faults of rules,
// of storage and of the server, and the set-up that a workspace starts with. The zero Phrases leave
// everything as it is.
type Phrases struct {
	whole   map[string]string
	formats []format
}

// format is a sentence with places in it, as fmt writes them.
type format struct {
	says  []string // what stands before, between and behind the places
	kinds []byte   // of the places: d, q, s …
	as    string   // the other language's sentence
}

// NewPhrases returns phrases that say each English sentence of the tables in the other language. A
// sentence may be a format for fmt: its places take what they met, in the order that %[n]s names.
func NewPhrases(tables ...map[string]string) Phrases {
	p := Phrases{whole: map[string]string{}}
	for _, table := range tables {
		maps.Copy(p.whole, table)
	}
	for english, as := range p.whole {
		if says, kinds := split(english); len(kinds) > 0 {
			p.formats = append(p.formats, format{says, kinds, as})
		}
	}
	slices.SortFunc(p.formats, func(a, b format) int { // the one that says most is meant
		return b.length() - a.length()
	})
	return p
}

// Say returns an English sentence in the language of p, or as it is where p has no words for it. Inside a
// sentence, what is itself a known phrase is said as well.
func (p Phrases) Say(english string) string {
	if as, known := p.whole[english]; known {
		return as
	}
	for _, f := range p.formats {
		if met := f.match(english); met != nil {
			for i := range met {
				met[i] = p.Say(met[i])
			}
			return f.fill(met)
		}
	}
	return english
}

// Has reports whether p has words for an English sentence or format.
func (p Phrases) Has(english string) bool {
	_, known := p.whole[english]
	return known
}

// All returns every English sentence or format, and how it is said.
func (p Phrases) All() map[string]string { return maps.Clone(p.whole) }

// split cuts a format at its places.
func split(english string) (says []string, kinds []byte) {
	for {
		before, after, found := strings.Cut(english, "%")
		says = append(says, before)
		if !found || after == "" {
			return says, kinds
		}
		kinds, english = append(kinds, after[0]), after[1:]
	}
}

func (f format) length() int {
	n := 0
	for _, s := range f.says {
		n += len(s)
	}
	return n
}

// match returns what stands in the places of a sentence, or nil where it is another one.
func (f format) match(text string) []string {
	last := len(f.says) - 1
	rest, begins := strings.CutPrefix(text, f.says[0])
	rest, ends := strings.CutSuffix(rest, f.says[last])
	if !begins || !ends || f.length() == 0 {
		return nil
	}
	met := make([]string, 0, last)
	for i := 1; i < last; i++ {
		value, after, found := strings.Cut(rest, f.says[i])
		if !found {
			return nil
		}
		met, rest = append(met, value), after
	}
	met = append(met, rest)
	for i, value := range met {
		if !fits(f.kinds[i], value) {
			return nil
		}
	}
	return met
}

// fits reports whether fmt may have written a value with a verb.
func fits(verb byte, value string) bool {
	switch verb {
	case 'd':
		return value != "" && strings.Trim(value, "-0123456789") == ""
	case 'q':
		return len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"'
	default:
		return value != ""
	}
}

// fill puts values into the other language's sentence.
func (f format) fill(met []string) string {
	var out strings.Builder
	rest, next := f.as, 0
	for {
		before, after, found := strings.Cut(rest, "%")
		out.WriteString(before)
		if !found || after == "" {
			return out.String()
		}
		if after[0] == '[' && len(after) > 3 {
			next, after = int(after[1]-'1'), after[3:]
		}
		if next >= 0 && next < len(met) {
			out.WriteString(met[next])
		}
		rest, next = after[1:], next+1
	}
}
