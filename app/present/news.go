package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// News is what somebody should hear of who is not looking.
type News struct {
	Incident id.Incident
	Title    string
	Text     string
	Urgent   bool      // it may interrupt
	Personal bool      // it is meant for whoever looks, not for everybody
	Added    bool      // it says that whoever looks can see a private incident now
	Device   id.Device // that was added as whoever looks; then there is no Incident
	Person   id.Person // of whom an address is gone; then there is no Incident
	// Rotation is whose shifts it is about, and Reminder what it is told by; then there is no Incident either.
	Rotation id.Rotation
	Reminder id.Command
}

// freshFor is how long something is news. A device that was away for longer is not told of each
// thing that happened meanwhile: its board says what burns.
const freshFor = time.Hour

// loudest is the mildest severity that everybody hears of.
const loudest workspace.Level = 2

// quoteMost is how much of somebody's words is told, in characters.
const quoteMost = 200

// Newsworthy reports whether an event may be news to whoever looks, so that nobody looks further into those that cannot: by its kind, and
// because it is somebody else's and no older than an hour.
func Newsworthy(r Record, now time.Time, v View) bool {
	own := r.At.Actor.Person == v.Self.Person
	if r.Pending || own || v.Self.Person.IsZero() || now.Sub(r.At.Received) > freshFor {
		return false
	}
	switch e := r.Event.(type) {
	case incident.Declared, incident.SeverityChanged, incident.StatusChanged, incident.RoleAssigned, incident.Written, incident.Admitted, incident.Revealed:
		return true
	case incident.Paged:
		return rungFor(e) != id.Person{}
	default:
		return false
	}
}

// rungFor returns for whom a page begins with an event; the zero person for any other event.
func rungFor(e incident.Paged) id.Person {
	of, _ := e.Event.(escalation.OfPage)
	if started, ok := of.Event.(escalation.PageStarted); ok {
		return started.Person
	}
	return id.Person{}
}

// Occurrence is an event of which somebody may have to hear.
type Occurrence struct {
	Record
	Incident   incident.Incident // as it is now
	Subscribed bool              // whoever looks wants to hear of the incident
	Before     []incident.Event  // what was said of who sees it before, where the event is Revealed
}

// NewsFrom returns what to tell whoever looks about one event. It is false for most: for what one did
// oneself, on whatever device; for what is older than an hour or over; and for all that can wait until
// somebody looks. Of a private incident nothing is told but its number: others may see the screen.
func NewsFrom(o Occurrence, now time.Time, v View) (News, bool) {
	if !Newsworthy(o.Record, now, v) {
		return News{}, false
	}
	n, tell := newsOf(o, v)
	if o.Incident.Private {
		n.Incident = o.Incident.ID
		n.Title, n.Text = NumberOf(o.Incident, v.Words), v.Words.Sight.News
		if p, ok := o.Event.(incident.Paged); ok {
			n.Text, n.Personal, n.Urgent = v.Words.News.Paged, true, true
			tell = tell && rungFor(p) == v.Self.Person
			if o.Incident.Kind == incident.TestPage {
				n.Title, n.Text = v.Words.Paging.TestTitle, v.Words.Paging.TestText
			}
		}
		if added(o.Event, v.Self.Person) {
			n.Text, n.Personal, n.Added, tell = fmt.Sprintf(v.Words.Sight.NewsAdded, n.Title), true, true, true
		}
	}
	return n, tell
}

// added reports whether an event shows a private incident to p.
func added(e incident.Event, p id.Person) bool {
	switch e := e.(type) {
	case incident.Declared:
		return e.Private && slices.Contains(e.Admitted, p)
	case incident.Admitted:
		return e.Person == p
	default:
		return false
	}
}

// saw reports whether p could see an incident at any time, as its events tell.
func saw(events []incident.Event, p id.Person) bool {
	return slices.ContainsFunc(events, func(e incident.Event) bool {
		switch e := e.(type) {
		case incident.Declared:
			return !e.Private || slices.Contains(e.Admitted, p)
		case incident.Concealed:
			return true // everybody saw it before
		case incident.Revealed:
			return true
		case incident.Admitted:
			return e.Person == p
		default:
			return false
		}
	})
}

// newsOf returns what to tell of an event that is fresh and somebody else's.
func newsOf(o Occurrence, v View) (News, bool) {
	s, w, who := o.Incident, v.Words.News, v.Person(o.At.Actor.Person).Name
	n := News{Incident: s.ID, Title: newsTitle(s, v)}
	switch e := o.Event.(type) {
	case incident.Declared:
		n.Text, n.Urgent = fmt.Sprintf(w.Declared, who), loud(s) && s.Severity <= 1
		return n, loud(s) || o.Subscribed && s.Status.Burning()
	case incident.Revealed:
		n.Text, n.Urgent = fmt.Sprintf(w.Revealed, who), loud(s) && s.Severity <= 1
		return n, (loud(s) || o.Subscribed && s.Status.Burning()) && !saw(o.Before, v.Self.Person)
	case incident.SeverityChanged:
		return severityNews(n, o, e, v)
	case incident.StatusChanged:
		n.Text = fmt.Sprintf(w.Status, who, StatusWord(e.To, v.Words)) + because(e.Reason, v)
		return n, o.Subscribed && e.To == s.Status
	case incident.RoleAssigned:
		have, _ := s.Holder(e.Role)
		n.Text, n.Personal = fmt.Sprintf(w.Role, who, v.role(string(e.Role))), true
		return n, e.Person == v.Self.Person && have.Person == v.Self.Person
	case incident.Paged:
		n.Text, n.Personal, n.Urgent = w.Paged, true, true
		page, _ := s.Paging.Reaching(v.Self.Person)
		return n, rungFor(e) == v.Self.Person && page.Ended == escalation.EndRunning
	case incident.Written:
		n.Text, n.Personal = fmt.Sprintf(w.Mention, who, quote(e.Text)), true
		return n, mentions(e.Text, s, v)
	default:
		return News{}, false
	}
}

// severityNews tells of a severity that was raised those for whom it is bad, and of one that was lowered
// those who asked to hear.
func severityNews(n News, o Occurrence, e incident.SeverityChanged, v View) (News, bool) {
	s, raised := o.Incident, e.To < e.From
	verb := v.Words.News.Lowered
	if raised {
		verb = v.Words.News.Raised
	}
	who := v.Person(o.At.Actor.Person).Name
	n.Text = fmt.Sprintf(verb, who, v.Severity(e.From).Name, v.Severity(e.To).Name) + because(e.Reason, v)
	n.Urgent = raised && loud(s) && s.Severity <= 1
	return n, s.Status.Burning() && (o.Subscribed || raised && (loud(s) || concerns(s, v.Self.Person)))
}

func because(reason string, v View) string {
	if reason == "" {
		return ""
	}
	return fmt.Sprintf(v.Words.Line.Reason, quote(reason))
}

// loud reports whether everybody hears of the incident: it burns, it is bad, it is or exercises the real
// thing, and it is not told of under another number.
func loud(s incident.Incident) bool {
	return s.Status.Burning() && s.MergedInto.IsZero() && s.Severity <= loudest && (s.Kind == incident.Real || s.Kind == incident.GameDay)
}

// concerns reports whether p has a part in the incident.
func concerns(s incident.Incident, p id.Person) bool {
	return s.DeclaredBy == p || s.Engaged(p) || slices.ContainsFunc(s.Roles, func(a incident.Assignment) bool { return a.Person == p })
}

func newsTitle(s incident.Incident, v View) string {
	title := fmt.Sprintf(v.Words.News.Title, v.Severity(s.Severity).Name, s.Title)
	if kind := kindMark(s.Kind, v); kind != "" {
		title = fmt.Sprintf(v.Words.News.TitleKind, title, kind)
	}
	return title
}

// mentions reports whether a text names whoever looks: "@Ada Sample", or a role that Ada holds there.
func mentions(text string, s incident.Incident, v View) bool {
	if calls(text, v.Setup.People[v.Self.Person].Name) {
		return true
	}
	return slices.ContainsFunc(s.Roles, func(a incident.Assignment) bool {
		return a.Person == v.Self.Person && slices.ContainsFunc(v.roleNames(a.Role), func(name string) bool { return calls(text, name) })
	})
}

// roleNames returns all by which a role may be called, in whatever language.
func (v View) roleNames(key workspace.RoleKey) []string {
	names := []string{string(key)}
	if r, known := v.Setup.Role(key); known {
		names = append(names, words.Everywhere(r.Name)...)
	}
	return names
}

// calls reports whether "@name" stands in the text as words of its own, in whatever case.
func calls(text, name string) bool {
	text, name = strings.ToLower(text), "@"+strings.ToLower(name)
	for at := 0; name != "@"; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at+i])
		at += i + len(name)
		if after, _ := utf8.DecodeRuneInString(text[at:]); !wordy(before) && !wordy(after) {
			return true
		}
	}
	return false
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// quote returns the beginning of somebody's words on one line.
func quote(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > quoteMost {
		return string(runes[:quoteMost-1]) + "…"
	}
	return text
}

// Reference is an incident as a link names it: by its id, or by the number that people say.
type Reference struct {
	Incident id.Incident
	Number   uint32
	Private  uint32 // of a private one
}

// MergeNews returns one piece of news for each incident and for each device, in the order of the first: what interrupts
// goes before what is meant for one, and that before the rest; of equals the later is told. That somebody sees a private
// incident now goes before all that happened there: they have not heard of it yet.
func MergeNews(all []News) []News {
	var out []News
	for _, n := range all {
		i := slices.IndexFunc(out, func(o News) bool {
			return o.Incident == n.Incident && o.Device == n.Device && o.Person == n.Person && o.Reminder == n.Reminder
		})
		switch {
		case i < 0:
			out = append(out, n)
		case cmp.Compare(n.weight(), out[i].weight()) >= 0:
			out[i] = n
		}
	}
	return out
}

func (n News) weight() int {
	switch {
	case n.Added:
		return 3
	case n.Urgent:
		return 2
	case n.Personal:
		return 1
	default:
		return 0
	}
}

// Ration bounds how often one device speaks up. Its zero value has told nothing yet.
type Ration struct{ told []time.Time }

// How much is told in how long; what interrupts is always told.
const (
	rationMost = 5
	rationSpan = time.Minute
)

// Take returns which of the news to tell now, and how many are only counted.
func (r *Ration) Take(news []News, now time.Time) (tell []News, more int) {
	r.told = slices.DeleteFunc(r.told, func(t time.Time) bool { return now.Sub(t) >= rationSpan })
	for _, n := range news {
		if !n.Urgent && len(r.told) >= rationMost {
			more++
			continue
		}
		tell, r.told = append(tell, n), append(r.told, now)
	}
	return tell, more
}
