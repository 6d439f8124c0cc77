package present

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// Room is one incident's own page.
type Room struct {
	Fire                              // the facts that the board shows as well
	Seq         uint64                // stream_seq of the newest canonical event shown
	Bases       incident.Bases        // on what decisions rest that are taken on what is shown
	Declarer    Person                // zero for an imported one
	StatusSince time.Time             //
	Origin      string                // "statuspage", or empty
	Posts       []Holder              // every role, held or not
	Others      []Person              // responders without a role
	Reached     map[id.Person]Reached // how far these have been reached, and others whom something was to reach
	People      []Person              // everybody, by name
	Callable    []Person              // everybody to be paged: who is on call first, and for what beside the department
	Severities  []Severity            //
	Entries     []Entry               // oldest first; never changed once it is handed out
	Earlier     bool                  // earlier ones can be loaded
	Gap         bool                  // and are not on this device yet
	Paged       []Person              // whom something was to reach, and who neither holds a role nor responds
	Engaged     bool                  // whoever looks responds as well
	Erased      []id.Entry            // what nobody is to read any more, also earlier ones
	Burning     []Fire                // all fires, for the list at the left
	Watchers    []Person              // of a private one: those who see it, in the order in which they were added
	Gone        bool                  // there is no such incident here, or no longer
	Left        bool                  // and it is that whoever looks may not see it any more
	Excluded    []id.Person           // who was taken out, as far as the loaded events tell, and not added again
	NotYet      SightNotYet           // what is not true yet of who sees it
	Calls       Calls                 // whom one can call by oneself, where nobody is paged because the server is not reached
	Beside
}

// RoomParams is what a room is built of.
type RoomParams struct {
	Incident incident.Incident
	// Confirmed is what the server has of it.
	Confirmed incident.Incident
	Seq       uint64 // of the newest canonical event
	Records   []Record
	Earlier   bool
	Gap       bool
	Fires     []incident.Incident
	Other     incident.Incident      // the one that it repeats, where it does
	Numbers   map[id.Incident]uint32 // as in EntriesParams
	Seen      uint64                 // up to which event it was read before, on any device
	// Subscribed says that whoever looks hears of it without being on call.
	Subscribed bool
	Now        time.Time
	Reading    uint64   // as in EntriesParams
	Telling    *Telling // what was told of the room before, or nil
	Rotations  []oncall.Rotation
	// Left says that the incident was taken off this device, because whoever looks may not see it any more.
	Left bool
	// Fetching says that what there is has still to be fetched: an incident that is not here need not be gone.
	Fetching bool
}

// RoomFrom builds a room.
func RoomFrom(p RoomParams, v View) Room {
	s, told := p.Incident, p.Telling
	if told == nil {
		told = &Telling{}
	}
	r := Room{
		Fire: FireFrom(s, v), Seq: p.Seq, Bases: incident.BasesOf(s, p.Seq), StatusSince: s.StatusSince, Posts: HoldersFrom(s, v),
		People: v.Everybody(), Severities: v.Severities(), Entries: told.Entries(EntriesParams{Records: p.Records, Incident: s, Other: p.Other, Numbers: p.Numbers, Now: p.Now, Reading: p.Reading}, v),
		Earlier: p.Earlier, Gap: p.Gap, Engaged: s.Engaged(v.Self.Person),
		Burning: BoardFrom(p.Fires, v).Fires, Erased: s.Erased,
	}
	r.Fire.Others = 0
	r.Callable = v.callable(p.Rotations, p.Now)
	r.Beside = besideFrom(s, r.Entries, v)
	if other := p.Other; other.Exists() {
		r.Repeats = &Repeated{ID: other.ID, Title: other.Title, Number: NumberOf(other, v.Words)}
	}
	r.Seen, r.Subscribed, r.Undo = p.Seen, p.Subscribed, undoFrom(p, v)
	for _, o := range others(s) {
		r.Others = append(r.Others, v.Person(o))
	}
	r.Reached, r.Paged = reachedFrom(s, v)
	r.Gone, r.Left = !s.Exists() && !p.Fetching, p.Left
	if s.Private {
		r.Pending = p.Seq == 0
	}
	for _, w := range s.Admitted {
		r.Watchers = append(r.Watchers, v.Person(w))
	}
	r.Excluded = excluded(p.Records)
	r.NotYet = v.notYet(s, p.Confirmed)
	if s.Origin != nil {
		r.Origin = s.Origin.Source
	}
	if !s.DeclaredBy.IsZero() {
		r.Declarer = v.Person(s.DeclaredBy)
	}
	return r
}

// Everybody returns all people of the workspace by name.
func (v View) Everybody() []Person {
	out := make([]Person, 0, len(v.Setup.People))
	for p := range v.Setup.People {
		out = append(out, v.Person(p))
	}
	slices.SortFunc(out, comparePeople)
	return out
}

func comparePeople(x, y Person) int {
	if c := strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)); c != 0 {
		return c
	}
	return x.ID.Compare(y.ID)
}

// Match returns those whose name or department contains what was typed, most of them.
func Match(people []Person, typed string, most int) []Person {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var out []Person
	for _, p := range people {
		if len(out) < most && strings.Contains(strings.ToLower(p.Name+" "+p.Department), typed) {
			out = append(out, p)
		}
	}
	return out
}

// Next is the status that mostly follows, and the words for bringing it there.
func Next(s incident.Status, v View) (incident.Status, string) {
	w := v.Words.Status
	switch s {
	case incident.Open:
		return incident.Mitigated, w.ToMitigated
	case incident.Mitigated:
		return incident.Resolved, w.ToResolved
	case incident.Resolved:
		return incident.Closed, w.ToClosed
	default:
		return incident.Open, w.ToOpen
	}
}

// Declaration is what somebody filled in before pressing the button.
type Declaration struct {
	Title string
	Level uint8
	Kind  incident.Kind
	Tags  []string
	// Private says that only whoever declares and those admitted see that it exists.
	Private bool
	Admit   []id.Person
	// Began is when the filling in began; zero where nobody noted it. Nothing is declared of it.
	Began time.Time `json:",omitzero"`
}

// TagChoice is one tag to pick.
type TagChoice struct{ Tag, Words, Hint string }

// tagsMost is how many known tags are offered.
const tagsMost = 6

// TagChoices returns the tags to offer for what was typed: itself first, in the words of format, then
// the known ones.
func TagChoices(typed string, known []string, format string) []TagChoice {
	var out []TagChoice
	own := incident.NormalTag(typed)
	if own != "" && utf8.RuneCountInString(own) <= incident.MaxTag && !slices.Contains(known, own) {
		out = append(out, TagChoice{Tag: own, Words: fmt.Sprintf(format, own)})
	}
	for _, k := range known[:min(len(known), tagsMost)] {
		out = append(out, TagChoice{Tag: k, Words: "#" + k})
	}
	return out
}

// OwnDevice is a device in a person's list.
type OwnDevice struct {
	ID       id.Device
	Name     string
	Platform string
	Enrolled time.Time
	By       string // the name of who let it in, where that was not its person
	Revoked  time.Time
	Pending  bool // that it was shut out is not known to the server yet
	This     bool // the one in front of whoever looks
	MayShut  bool // whoever looks may shut it out
	Pushed   bool // push reaches it
}
