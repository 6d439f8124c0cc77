package present

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Board is the first page: what burns, and what was lately.
type Board struct {
	Fires      []Fire
	Lately     []Past
	Severities []Severity
	Missing    uint64    // how many older entries are not on this device yet
	OnCall     []Duty    // by the rotations that have not ended
	Turn       time.Time // when somebody hands over next; zero where nobody ever does
}

// Fire is an incident about which something has to be done now.
type Fire struct {
	ID         id.Incident
	Title      string
	Number     string
	Level      uint8
	Severity   string
	Status     incident.Status
	State      string // the word for Status
	Kind       string // empty for a real incident
	Since      time.Time
	Updated    time.Time // when anything about it last changed
	Tags       []string
	Roles      []Holder  // those that are held
	Others     int       // responders without a role
	Pending    bool      // this device does not know whether the server has it
	Due        time.Time // when the next update is promised; zero for none
	Unread     int       // events by others that whoever looks has not seen
	Private    bool      // only those who were added see it
	Seers      int       // how many these are
	Unnumbered bool      // it has no INC number
	Response   Response  // whether anybody has been reached
}

// Holder is a role and who holds it.
type Holder struct {
	Key    string
	Role   string // in the words of whoever looks
	Name   string // as the workspace calls the role
	Person Person
	Since  time.Time
	Vacant bool
	// Reached is how far the person has been reached.
	Reached Reached
}

// Past is an incident that is over.
type Past struct {
	ID      id.Incident
	Title   string
	Number  string
	Level   uint8
	Status  incident.Status
	State   string
	Kind    string // empty for a real incident
	Ended   time.Time
	Private bool
	Seers   int // of a private one
}

// latelyMost is how many past incidents the board shows.
const latelyMost = 12

// BoardFrom builds the board. Fires come worst first, what is open before what is mitigated, and the
// longest burning before the newer; the past comes newest first.
func BoardFrom(all []incident.Incident, v View) Board {
	b := Board{Severities: v.Severities()}
	for _, s := range all {
		if s.Status.Burning() {
			b.Fires = append(b.Fires, FireFrom(s, v))
		} else {
			b.Lately = append(b.Lately, pastFrom(s, v))
		}
	}
	slices.SortStableFunc(b.Fires, compareFires)
	slices.SortStableFunc(b.Lately, func(x, y Past) int { return y.Ended.Compare(x.Ended) })
	b.Lately = b.Lately[:min(len(b.Lately), latelyMost)]
	return b
}

// Headline returns how many burn, and beside it how many no longer hurt although the cause is still there. Where nothing
// burns, the latter are the headline.
func (b Board) Headline(v View) (headline, beside string) {
	w, open := v.Words.Board, 0
	for _, f := range b.Fires {
		if f.Status == incident.Open {
			open++
		}
	}
	eased := len(b.Fires) - open
	switch {
	case open == 0:
		return fmt.Sprintf(w.Eased, eased), w.EasedHint
	case eased == 0:
		return Count(open, w.BurningOne, w.Burning), ""
	default:
		return Count(open, w.BurningOne, w.Burning), fmt.Sprintf(w.Eased, eased)
	}
}

// SetUnread puts into each fire how many of its events were not seen.
func SetUnread(fires []Fire, unread map[id.Incident]int) {
	for i := range fires {
		fires[i].Unread = unread[fires[i].ID]
	}
}

// SetUnsent marks the private fires of which the server does not know yet. Their number does not tell it: they have it from
// the beginning.
func SetUnsent(fires []Fire, unsent map[id.Incident]bool) {
	for i := range fires {
		if fires[i].Private {
			fires[i].Pending = unsent[fires[i].ID]
		}
	}
}

// unnumbered reports whether an incident still waits for the number that the server gives it.
func unnumbered(s incident.Incident) bool { return s.Number == 0 && !s.Private }

// unreadMost is the largest number of unread events that is told exactly.
const unreadMost = 99

// UnreadWords returns the number to show, empty when everything was seen.
func (f Fire) UnreadWords(v View) string {
	switch {
	case f.Unread <= 0:
		return ""
	case f.Unread > unreadMost:
		return v.Words.Board.UnreadMost
	default:
		return strconv.Itoa(f.Unread)
	}
}

func compareFires(x, y Fire) int {
	return cmp.Or(cmp.Compare(x.Level, y.Level), cmp.Compare(x.Status, y.Status), x.Since.Compare(y.Since))
}

// FireFrom builds one fire.
func FireFrom(s incident.Incident, v View) Fire {
	severity := v.Severity(s.Severity)
	f := Fire{
		ID: s.ID, Title: s.Title, Number: NumberOf(s, v.Words), Private: s.Private, Unnumbered: s.Number == 0, Seers: len(s.Admitted),
		Level: severity.Level, Severity: severity.Name,
		Status: s.Status, State: StatusWord(s.Status, v.Words), Kind: kindMark(s.Kind, v),
		Since: s.DeclaredAt, Updated: s.Updated, Tags: s.Tags, Pending: unnumbered(s), Due: s.UpdateDue,
	}
	for _, h := range HoldersFrom(s, v) {
		if !h.Vacant {
			f.Roles = append(f.Roles, h)
		}
	}
	f.Others = len(others(s))
	f.Response = v.ResponseOf(s)
	return f
}

func pastFrom(s incident.Incident, v View) Past {
	return Past{
		ID: s.ID, Title: s.Title, Number: NumberOf(s, v.Words), Private: s.Private, Seers: len(s.Admitted), Level: v.Severity(s.Severity).Level,
		Status: s.Status, State: StatusWord(s.Status, v.Words), Kind: kindMark(s.Kind, v), Ended: s.StatusSince,
	}
}

func kindMark(k incident.Kind, v View) string {
	if k == incident.Real {
		return ""
	}
	return KindWord(k, v.Words)
}

// HoldersFrom returns every role of the workspace in its order, and who holds it in s.
func HoldersFrom(s incident.Incident, v View) []Holder {
	out := make([]Holder, 0, len(v.Setup.Roles))
	for _, r := range v.Setup.Roles {
		h := Holder{Key: string(r.Key), Name: r.Name, Role: v.Words.Phrases.Say(r.Name), Vacant: true}
		if a, ok := s.Holder(r.Key); ok {
			h.Person, h.Since, h.Vacant = v.Person(a.Person), a.Since, false
			h.Reached = v.ReachedOf(s, a.Person)
		}
		out = append(out, h)
	}
	return out
}

// others returns the responders who hold no role.
func others(s incident.Incident) []id.Person {
	var out []id.Person
	for _, r := range s.Responders {
		holds := slices.ContainsFunc(s.Roles, func(a incident.Assignment) bool { return a.Person == r.Person })
		if !holds {
			out = append(out, r.Person)
		}
	}
	return out
}
