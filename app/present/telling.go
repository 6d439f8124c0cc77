package present

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Telling remembers how the timeline of one room was told, so that one more event costs one more entry. What it
// returns is what would be told without it. The zero value remembers nothing; it belongs to one goroutine at a time.
type Telling struct {
	of      EntriesParams // without its records
	view    View
	oldest  id.Command
	newest  id.Command
	n       int // how many confirmed records are told
	thread  map[id.Entry]incident.Entry
	day     string // of the last entry
	entries []Entry
	origins []origin
}

// origin is what an entry was made of: the number of its record, and what had become of its words.
type origin struct {
	record int
	block  bool
	fate   fate
}

// fate is what became of a block after it was written, as far as one can see it.
type fate struct {
	edits           int
	edited          time.Time // an edit that was on its way is another one once it is confirmed
	text            string
	erased          bool
	corrected       bool
	occurred        time.Time
	starred, pinned bool
	milestones      string
}

// Entries builds a timeline, oldest first. The confirmed records come before the pending ones. What was returned
// before is never changed: it may be the beginning of what is returned now.
func (t *Telling) Entries(p EntriesParams, v View) []Entry {
	confirmed := len(p.Records)
	for confirmed > 0 && p.Records[confirmed-1].Pending {
		confirmed--
	}
	if !t.continues(p, v, confirmed) {
		*t = Telling{thread: map[id.Entry]incident.Entry{}, day: v.Words.Time.Today}
	}
	t.of, t.view = p, v
	t.of.Records = nil
	for _, r := range p.Records[t.n:confirmed] {
		incident.Retell(t.thread, incident.Told{At: r.At, Event: r.Event})
	}
	thread := t.thread
	if confirmed < len(p.Records) {
		thread = maps.Clone(thread)
	}
	for _, r := range p.Records[confirmed:] {
		incident.Retell(thread, incident.Told{At: r.At, Event: r.Event})
	}
	told := teller{v: v, p: p, thread: thread, marks: marksOf(p.Incident)}
	t.mend(told)
	t.entries, t.origins, t.day = told.add(t.entries, t.origins, t.day, t.n, confirmed)
	if t.n = confirmed; confirmed > 0 {
		t.oldest, t.newest = p.Records[0].At.Command, p.Records[confirmed-1].At.Command
	}
	// The pending ones go into a copy: others will take their place.
	out, _, _ := told.add(slices.Clip(t.entries), nil, t.day, confirmed, len(p.Records))
	return out
}

// continues reports whether what is remembered is the beginning of what is to be told.
func (t *Telling) continues(p EntriesParams, v View, confirmed int) bool {
	return t.n > 0 && p.Reading != 0 && p.Reading == t.of.Reading &&
		p.Other.ID == t.of.Other.ID && p.Other.Number == t.of.Other.Number && p.Other.Title == t.of.Other.Title && p.Incident.ID == t.of.Incident.ID && confirmed >= t.n &&
		maps.Equal(p.Numbers, t.of.Numbers) &&
		p.Records[0].At.Command == t.oldest && p.Records[t.n-1].At.Command == t.newest &&
		p.Records[t.n-1].At.StreamSeq == t.entries[len(t.entries)-1].Seq && daysBetween(t.of.Now.In(v.Zone), p.Now.In(v.Zone)) == 0 &&
		v.Zone == t.view.Zone && v.Self == t.view.Self && reflect.DeepEqual(v.Setup, t.view.Setup) && reflect.DeepEqual(v.Words, t.view.Words)
}

// Continues reports whether now begins with all that is in former, because both were told by the same Telling. It
// may also be false where they do not differ.
func Continues(former, now []Entry) bool {
	return len(former) == 0 || len(former) <= len(now) && &former[0] == &now[0]
}

// mend tells those blocks anew that something has become of.
func (t *Telling) mend(told teller) {
	var fresh []Entry
	for i, o := range t.origins {
		if !o.block || told.fate(t.entries[i].ID) == o.fate {
			continue
		}
		if fresh == nil {
			fresh = slices.Clone(t.entries)
			t.origins = slices.Clone(t.origins)
		}
		e := told.v.entryFrom(told.p.Records[o.record], told.p, told.thread)
		if i > 0 && fresh[i-1].Kind == Break {
			fresh[i-1].Key = breakKey(fresh[i-1].Parts[0].Words, e)
		}
		fresh[i], t.origins[i].fate = e, told.fate(e.ID)
	}
	if fresh != nil {
		t.entries = fresh
	}
}

// teller makes entries of records.
type teller struct {
	v      View
	p      EntriesParams
	thread map[id.Entry]incident.Entry
	marks  map[id.Entry]fate
}

// add appends the entries of the records from one number up to another.
func (t teller) add(out []Entry, origins []origin, day string, from, upto int) ([]Entry, []origin, string) {
	for i := from; i < upto; i++ {
		r := t.p.Records[i]
		e := t.v.entryFrom(r, t.p, t.thread)
		if d := t.v.Day(r.At.Occurred, t.p.Now); d != day && !e.Quiet {
			day = d
			out = append(out, Entry{Key: breakKey(d, e), Kind: Break, Parts: []Part{{Words: d, Tone: Muted}}})
			origins = append(origins, origin{record: i})
		}
		o := origin{record: i}
		if e.Kind == Block {
			o.block, o.fate = true, t.fate(e.ID)
		}
		out, origins = append(out, e), append(origins, o)
	}
	return out, origins, day
}

func breakKey(day string, before Entry) string { return "break " + day + before.Key }

// fate returns what has become of a block.
func (t teller) fate(entry id.Entry) fate {
	f, now := t.marks[entry], t.thread[entry]
	f.edits, f.edited, f.text = now.Edits, now.Edited, now.Text
	f.erased, f.corrected, f.occurred = now.Erased, now.Corrected, now.Occurred
	return f
}

// marksOf returns what an incident's state says of its entries.
func marksOf(s incident.Incident) map[id.Entry]fate {
	out := map[id.Entry]fate{}
	mark := func(e id.Entry, set func(*fate)) {
		f := out[e]
		set(&f)
		out[e] = f
	}
	for _, e := range s.Starred {
		mark(e, func(f *fate) { f.starred = true })
	}
	for _, e := range s.Pinned {
		mark(e, func(f *fate) { f.pinned = true })
	}
	for _, m := range s.Milestones {
		mark(m.Entry, func(f *fate) { f.milestones = strings.Join([]string{f.milestones, m.Name}, "\n") })
	}
	return out
}
