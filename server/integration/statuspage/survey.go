package statuspage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// maxNamed is how many faulty places are named; the rest is counted.
const maxNamed = 20

// survey walks through a file, notes every fault with its place, and goes on.
type survey struct {
	faults []fault.Field
	more   int
	notes  []string
}

// add notes that the value at place has problem.
func (s *survey) add(place, problem string) {
	if place == "" {
		place = "the file"
	}
	if len(s.faults) == maxNamed {
		s.more++
		return
	}
	s.faults = append(s.faults, fault.Field{Name: place, Problem: problem})
}

// err returns one fault that names what was noted, or nil.
func (s *survey) err() error {
	if len(s.faults) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "The file is no history of a status page.")
	f.Fields = s.faults
	if s.more > 0 {
		f.Fields = append(f.Fields, fault.Field{Name: "and " + strconv.Itoa(s.more) + " more", Problem: "like these"})
	}
	return advise(f)
}

// value is one JSON value and its place in the file. Without raw it is missing.
type value struct {
	survey *survey
	place  string
	raw    json.RawMessage
}

// faulty notes that v has problem.
func (v value) faulty(problem string, args ...any) {
	v.survey.add(v.place, fmt.Sprintf(problem, args...))
}

// given reports whether v is there and not null.
func (v value) given() bool { return v.raw != nil && v.raw[0] != 'n' }

// is reports whether v is of the type that begins with first, and notes it where it is not.
func (v value) is(first byte, wanted string) bool {
	switch {
	case v.raw == nil:
		v.faulty("is missing")
		return false
	case v.raw[0] != first:
		v.faulty("is %s; %s is needed", typeOf(v.raw), wanted)
		return false
	default:
		return true
	}
}

// decode reads v into out. It is false, and noted, where v is missing or of another type.
func (v value) decode(first byte, wanted string, out any) bool {
	if !v.is(first, wanted) {
		return false
	}
	if err := json.Unmarshal(v.raw, out); err != nil {
		v.faulty("cannot be read: %v", err)
		return false
	}
	return true
}

// typeOf names the type of a JSON value, which its first byte tells.
func typeOf(raw json.RawMessage) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	default:
		return "a number"
	}
}

// object is a JSON object. Its fields are looked up by name; the rest is not looked at.
type object struct {
	value
	fields map[string]json.RawMessage
}

func (v value) object() (object, bool) {
	o := object{value: v}
	return o, v.decode('{', "an object", &o.fields)
}

// list goes through the values of a list, one in memory at a time.
func (v value) list() iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.is('[', "a list") {
			return
		}
		in := json.NewDecoder(bytes.NewReader(v.raw))
		_, err := in.Token()
		for i := 0; err == nil && in.More(); i++ {
			next := value{survey: v.survey, place: v.place + "[" + strconv.Itoa(i) + "]"}
			if err = in.Decode(&next.raw); err == nil && !yield(next) {
				return
			}
		}
		if err != nil {
			v.faulty("cannot be read: %v", err)
		}
	}
}

// field returns the value of a field, which may be missing.
func (o object) field(name string) value {
	place := name
	if o.place != "" {
		place = o.place + "." + name
	}
	return value{o.survey, place, o.fields[name]}
}

// text returns a text.
func (v value) text() (string, bool) {
	var text string
	ok := v.decode('"', "a text", &text)
	return text, ok
}

// word returns a text that says something.
func (v value) word() (string, bool) {
	text, ok := v.text()
	if ok && text == "" {
		v.faulty("is empty")
		return "", false
	}
	return text, ok
}

// time returns an instant, told as RFC 3339 has it, in UTC.
func (v value) time() time.Time {
	text, ok := v.word()
	if !ok {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		v.faulty("%s is no time", quoted(text))
	case at.Unix() <= 0:
		v.faulty("%s is before 1970", quoted(text))
	}
	return at.UTC()
}

// quoted returns text for a message: short, and with nothing in it that could upset a terminal.
func quoted(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strconv.QuoteToGraphic(text)
}
