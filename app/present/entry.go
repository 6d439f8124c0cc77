package present

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// EntryKind says how an entry is shown.
type EntryKind uint8

// The kinds of entries.
const (
	Line  EntryKind = iota // a change of state, one line
	Block                  // a person's words
	Break                  // a new day begins
)

// Entry is what a person sees of one event.
type Entry struct {
	Key        string   // changes whenever what is shown changes
	ID         id.Entry // of a block
	Seq        uint64   // stream_seq of the event
	Kind       EntryKind
	Person     Person
	Time       string   // of day
	Late       string   // "arrived 10:41", or empty
	Parts      []Part   // of a line; of a break its day
	Text       string   // of a block
	Label      string   // of a block that was taken over: what the foreign history called it
	Files      []File   // of a block
	Milestones []string // marked on a block, in words
	Milestone  bool     // a line that marks one
	Pending    bool     // the server does not know it yet
	Quiet      bool     // shown in the audit only
	Contest    bool     // a wish that was not granted
	Mine       bool     // written by whoever looks
	Update     bool     // meant for everybody who waits for news
	Edited     bool
	Erased     bool
	Starred    bool
	Pinned     bool
	Corrected  string // when it was written, where it is told at another time
	Audit      Audit
	Occurred   time.Time
}

// File is something that a block carries.
type File struct {
	Content       id.Content
	Name          string
	Type          string
	Size          string // in words
	Bytes         uint64
	Width, Height uint32 // of an image, in pixels; else 0
}

// Image reports whether the file can be shown as a picture.
func (f File) Image() bool { return f.Width > 0 && f.Height > 0 }

// Part is a run of words in one emphasis.
type Part struct {
	Words  string
	Strong bool
	Tone   Tone
}

// Audit is where an entry comes from.
type Audit struct {
	Who     string
	What    string
	Written string // exactly
	Arrived string // exactly
	Device  string
	Why     string
}

// Record is one event as a session hands it over.
type Record struct {
	Event   incident.Event
	At      id.Envelope
	Pending bool // decided here, not confirmed: At.Received is then zero
}

// EntriesParams is what a timeline is built of.
type EntriesParams struct {
	Records  []Record
	Incident incident.Incident // as it is shown
	Other    incident.Incident // the one that it repeats, where it is known
	// Numbers are the INC numbers of those that it absorbed or set free, where they are known.
	Numbers map[id.Incident]uint32
	Now     time.Time
	// Reading is the same for as long as confirmed records with the same stream_seq are the same; 0 promises nothing.
	Reading uint64
}

// entryFrom builds the entry of one event. What became of its words afterwards is in thread.
func (v View) entryFrom(r Record, p EntriesParams, thread map[id.Entry]incident.Entry) Entry {
	e := Entry{
		Person: v.Person(r.At.Actor.Person), Occurred: r.At.Occurred, Pending: r.Pending, Seq: r.At.StreamSeq,
		Time: r.At.Occurred.In(v.Zone).Format("15:04"), Late: v.Late(r.At.Occurred, r.At.Received),
		Mine: !v.Self.Person.IsZero() && r.At.Actor.Person == v.Self.Person,
	}
	e.Parts, e.Audit.Why = v.line(r)
	other, named := v.namesOther(r, p, strong(e.Person.Name))
	if other != "" {
		e.Parts = named
	}
	switch event := r.Event.(type) {
	case incident.Written:
		e.Kind, e.ID, e.Text, e.Parts, e.Update = Block, event.Entry, event.Text, nil, event.Update
	case incident.UpdateImported:
		e.Kind, e.ID, e.Text, e.Label, e.Parts, e.Late = Block, event.Entry, event.Body, event.Label, nil, ""
		e.Person = v.importer()
	case incident.Imported:
		e.Late, e.Person = "", v.importer()
	case incident.Contested:
		e.Contest, e.Quiet = true, true
	case incident.Edited, incident.Starred, incident.Pinned, incident.TimeCorrected, incident.MilestoneUnmarked:
		e.Quiet = true
	case incident.MilestoneMarked:
		e.Milestone = true
	case incident.Paged:
		_, e.Quiet = v.pagedLine(event.Event, Part{})
	}
	if e.Late != "" && e.Kind == Line {
		e.Parts = append(e.Parts, Part{Words: " (" + e.Late + ")", Tone: Muted})
	}
	e.Audit = v.audit(e, r)
	if e.Kind == Block {
		e = v.retold(e, p, thread[e.ID])
	}
	e.Key = fmt.Sprint(r.At.Command, r.At.StreamSeq, r.Pending, fmt.Sprintf("%T", r.Event), v.Time(e.Occurred, p.Now), e.Late,
		thread[e.ID].Edited.UnixMicro(), e.Erased, e.Starred, e.Pinned, e.Milestones, e.Corrected, other)
	return e
}

// namesOther returns the other incident that an event speaks of, where more is known of it than the event says, and the
// sentence that names it.
func (v View) namesOther(r Record, p EntriesParams, who Part) (other string, parts []Part) {
	w := v.Words.Line
	numbered := func(from id.Incident, title, format string) (string, []Part) {
		n := p.Numbers[from]
		if n == 0 {
			return "", nil
		}
		number := Number(n, v.Words)
		return number, sentence(format, who, strong(number), strong(title))
	}
	switch e := r.Event.(type) {
	case incident.Merged:
		if o := p.Other; o.Exists() && o.ID == e.Into {
			other = NumberOf(o, v.Words) + " " + o.Title
			return other, sentence(w.MergedInto, who, strong(other))
		}
	case incident.Absorbed:
		return numbered(e.From, e.Title, w.AbsorbedNumber)
	case incident.Released:
		return numbered(e.From, e.Title, w.SetFreeNumber)
	}
	return "", nil
}

// retold returns a block with what became of it after it was written.
func (v View) retold(e Entry, p EntriesParams, now incident.Entry) Entry {
	e.Text, e.Edited, e.Erased = now.Text, now.Edits > 0, now.Erased
	if now.Corrected {
		e.Corrected = v.Time(e.Occurred, now.Occurred)
		e.Occurred, e.Late = now.Occurred, ""
		e.Time = now.Occurred.In(v.Zone).Format("15:04")
	}
	for _, a := range now.Attachments {
		e.Files = append(e.Files, v.File(a))
	}
	e.Starred, e.Pinned = slices.Contains(p.Incident.Starred, e.ID), slices.Contains(p.Incident.Pinned, e.ID)
	for _, m := range p.Incident.Milestones {
		if m.Entry == e.ID {
			e.Milestones = append(e.Milestones, v.Milestone(m.Name))
		}
	}
	return e
}

// File returns how an attachment is shown.
func (v View) File(a incident.Attachment) File {
	return File{Content: a.Content, Name: a.Name, Type: a.Type, Size: v.Bytes(a.Size), Bytes: a.Size, Width: a.Width, Height: a.Height}
}

// Bytes returns a size as people say it.
func (v View) Bytes(n uint64) string {
	w := v.Words.Room
	switch {
	case n < 1000:
		return fmt.Sprintf(w.SizeBytes, n)
	case n < 1000*1000:
		return fmt.Sprintf(w.SizeKB, n/1000)
	default:
		return strings.ReplaceAll(fmt.Sprintf(w.SizeMB, float64(n)/1e6), ".", v.Words.Common.Decimal)
	}
}

func (v View) importer() Person {
	return Person{Name: v.Words.Common.Imported, Initials: Initials(v.Words.Common.Imported)}
}

// EntriesFrom builds a timeline, oldest first, with a break before each day but the first when that
// is today.
func EntriesFrom(p EntriesParams, v View) []Entry { return new(Telling).Entries(p, v) }

func (v View) audit(e Entry, r Record) Audit {
	a := Audit{Who: e.Person.Name, Why: e.Audit.Why, What: e.Text}
	if e.Kind == Line {
		a.What = Join(e.Parts)
	}
	if edited, ok := r.Event.(incident.Edited); ok {
		a.What += " " + edited.Text
	}
	a.Written = v.Exact(r.At.Occurred)
	if r.At.Uncertain {
		a.Written = fmt.Sprintf(v.Words.Time.Uncertain, a.Written)
	}
	a.Arrived = v.Words.Audit.NotSent
	if !r.Pending {
		a.Arrived = v.Exact(r.At.Received)
	}
	a.Device = v.device(r.At.Actor)
	return a
}

func (v View) device(by id.Actor) string {
	if by.Person.IsZero() {
		return v.Words.Common.Server
	}
	if d, ok := v.Setup.People[by.Person].Device(by.Device); ok {
		return d.Name
	}
	return v.Words.Common.UnknownDevice
}

// Join returns the words of a line without their emphasis.
func Join(parts []Part) string {
	var all strings.Builder
	for _, p := range parts {
		all.WriteString(p.Words)
	}
	return all.String()
}

// line returns the sentence for an event, and the reason that came with it.
func (v View) line(r Record) (parts []Part, reason string) {
	w, who := v.Words.Line, strong(v.Person(r.At.Actor.Person).Name)
	switch e := r.Event.(type) {
	case incident.Declared:
		parts = v.declaredLine(e, who)
	case incident.Imported:
		parts = sentence(w.Imported, strong(v.importer().Name), plain(e.Source))
	case incident.SeverityChanged:
		format := w.Raised
		if e.To > e.From {
			format = w.Lowered
		}
		parts, reason = sentence(format, who, v.level(e.From), v.level(e.To)), e.Reason
	case incident.StatusChanged:
		parts, reason = v.statusLine(e, who), e.Reason
	case incident.Retitled:
		parts = sentence(w.Retitled, who, strong(e.To))
	case incident.Tagged:
		parts = sentence(w.Tagged, who, plain(e.Tag))
	case incident.Untagged:
		parts = sentence(w.Untagged, who, plain(e.Tag))
	case incident.RoleAssigned:
		parts = v.roleLine(e, r.At.Actor.Person, who)
	case incident.Joined:
		parts = sentence(w.Joined, who)
	case incident.Contested:
		parts, reason = v.contestLine(e, who), e.Reason
	case incident.Paged:
		parts, _ = v.pagedLine(e.Event, who)
	default:
		parts, reason = v.noteLine(r, who)
	}
	if reason != "" {
		parts = append(parts, sentence(w.Reason, plain(reason))...)
	}
	return parts, reason
}

func (v View) statusLine(e incident.StatusChanged, who Part) []Part {
	if e.To == incident.Open {
		return sentence(v.Words.Line.Reopened, who)
	}
	return sentence(v.Words.Line.Status, who, strong(StatusWord(e.To, v.Words)))
}

func (v View) roleLine(e incident.RoleAssigned, by id.Person, who Part) []Part {
	w, role := v.Words.Line, plain(v.role(string(e.Role)))
	switch {
	case by.IsZero() && !e.Person.IsZero():
		return sentence(v.Words.Reached.DutyAssigned, role, strong(v.Person(e.Person).Name))
	case e.Person.IsZero() && e.Former == by:
		return sentence(w.Left, who, role)
	case e.Person.IsZero():
		return sentence(w.Released, who, role, strong(v.Person(e.Former).Name))
	case e.Person == by:
		return sentence(w.Took, who, role)
	default:
		return sentence(w.Assigned, who, role, strong(v.Person(e.Person).Name))
	}
}

func (v View) contestLine(e incident.Contested, who Part) []Part {
	w := v.Words.Line
	return sentence(w.Contested, who, plain(v.Field(e.Field)),
		strong(v.Value(e.Field, e.Wanted)), strong(v.Value(e.Field, e.Standing)))
}

// Field returns the words for a field that a conflict names: "severity", "status" or "role imoc".
func (v View) Field(field string) string {
	switch role, isRole := strings.CutPrefix(field, "role "); {
	case isRole:
		return fmt.Sprintf(v.Words.Line.Role, v.role(role))
	case field == "severity":
		return v.Words.Line.Severity
	default:
		return v.Words.Line.StatusField
	}
}

// Value returns the words for a value that a conflict names.
func (v View) Value(field, value string) string {
	if strings.HasPrefix(field, "role ") {
		if p, err := id.Parse[id.Person](value); err == nil {
			return v.Person(p).Name
		}
		return v.Words.Common.Nobody
	}
	if field == "rotation" {
		return v.Words.OnCall.TheirOrder
	}
	for s := incident.Open; s <= incident.Invalid; s++ {
		if field == "status" && s.String() == value {
			return StatusWord(s, v.Words)
		}
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(value, "SEV")); field == "severity" && err == nil && n > 0 && n <= 5 {
		return v.Severity(workspace.Level(n)).Name
	}
	return value
}

func (v View) role(key string) string {
	if r, ok := v.Setup.Role(workspace.RoleKey(key)); ok {
		return v.Words.Phrases.Say(r.Name)
	}
	return key
}

func (v View) level(l workspace.Level) Part {
	s := v.Severity(l)
	return Part{Words: s.Name, Strong: true, Tone: s.Tone()}
}

func strong(s string) Part { return Part{Words: s, Strong: true, Tone: Normal} }
func plain(s string) Part  { return Part{Words: s, Tone: Muted} }

// sentence puts parts into a format that knows %s and %[n]s, and keeps their emphasis. What the
// format does not use is left out, so that another language may say less.
func sentence(format string, args ...Part) []Part {
	var out []Part
	next := 0
	for format != "" {
		text, rest, found := strings.Cut(format, "%")
		if text != "" {
			out = append(out, Part{Words: text, Tone: Muted})
		}
		if !found {
			break
		}
		if inner, after, indexed := strings.Cut(strings.TrimPrefix(rest, "["), "]s"); strings.HasPrefix(rest, "[") && indexed {
			n, err := strconv.Atoi(inner)
			next, rest = n-1, after
			if err != nil {
				next = len(args)
			}
		} else {
			rest = strings.TrimPrefix(rest, "s")
		}
		if next >= 0 && next < len(args) {
			out = append(out, args[next])
		}
		next, format = next+1, rest
	}
	return out
}
