package statuspage

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/incident"
)

const (
	// source names, in every imported incident, where it came from.
	source = "statuspage"
	// maxID is the longest foreign id, in bytes; Statuspage's have 12.
	maxID = 200
)

// ids remembers where an id was first seen, so that a second one is noticed.
type ids map[string]string

// unique returns the id at v, which nothing before it may have.
func (seen ids) unique(v value) string {
	key, ok := v.word()
	if !ok {
		return ""
	}
	if first, twice := seen[key]; twice {
		v.faulty("%s is the id of %s already", quoted(key), first)
	} else {
		seen[key] = strings.TrimSuffix(v.place, ".id")
	}
	if len(key) > maxID {
		v.faulty("has %d bytes; %d are allowed", len(key), maxID)
	}
	return key
}

// history reads the whole file.
func (s *survey) history(file json.RawMessage) History {
	var h History
	top, ok := value{s, "", file}.object()
	if !ok {
		return h
	}
	if page, ok := top.field("page").object(); ok {
		h.Space, _ = page.field("id").word()
	}
	incidents, updates := ids{}, ids{}
	for v := range top.field("incidents").list() {
		if o, ok := v.object(); ok {
			h.Incidents = append(h.Incidents, o.incident(incidents, updates))
		}
	}
	chronological(h.Incidents, func(i incident.Import) time.Time { return i.Declared })
	h.Notes = s.notes
	return h
}

// chronological puts things oldest first. Of things at the same time, the later one in a file that
// is newest first is the older.
func chronological[T any](things []T, at func(T) time.Time) {
	if n := len(things); n > 1 && !at(things[0]).Before(at(things[n-1])) {
		slices.Reverse(things)
	}
	slices.SortStableFunc(things, func(a, b T) int { return at(a).Compare(at(b)) })
}

// incident reads one incident. It was declared when it was made or, where its first update was
// dated back, at that time.
func (o object) incident(incidents, updates ids) incident.Import {
	i := incident.Import{Source: source, Key: incidents.unique(o.field("id")), Title: o.title(), Tags: o.tags(), URL: o.link()}
	impact := o.impact()
	i.Severity, i.Kind = impact.Severity, impact.Kind
	i.Declared = o.field("created_at").time()
	for v := range o.field("incident_updates").list() {
		if u, ok := v.object(); ok {
			i.Updates = append(i.Updates, u.update(updates))
		}
	}
	chronological(i.Updates, func(u incident.ImportedUpdate) time.Time { return u.At })
	if len(i.Updates) > 0 && i.Updates[0].At.Before(i.Declared) {
		i.Declared = i.Updates[0].At
	}
	o.settle(i.Updates)
	return i
}

func (o object) title() string {
	v := o.field("name")
	text, ok := v.word()
	title := strings.Join(strings.Fields(text), " ")
	if n := utf8.RuneCountInString(title); ok && (n == 0 || n > incident.MaxTitle) {
		v.faulty("has %d characters; 1 to %d are allowed", n, incident.MaxTitle)
	}
	return title
}

func (o object) impact() Impact {
	v := o.field("impact")
	name, ok := v.word()
	if !ok {
		return Impact{}
	}
	impact, known := impactOf(name)
	if !known {
		v.faulty("%s is none of %s", quoted(name), impactNames())
	}
	return impact
}

// link returns the address at which people can see the incident, if the file has one. Nothing but a
// web address is let through: somebody may click on it.
func (o object) link() string {
	v := o.field("shortlink")
	if !v.given() {
		return ""
	}
	text, ok := v.text()
	if !ok || text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		v.faulty("%s is no web address", quoted(text))
	}
	return text
}

// tags returns the names of the components as tags, each once, and notes what there is no room for.
func (o object) tags() []string {
	v := o.field("components")
	if !v.given() {
		return nil
	}
	var tags []string
	for component := range v.list() {
		c, ok := component.object()
		if !ok {
			continue
		}
		name, _ := c.field("name").word()
		tag := incident.NormalTag(name)
		if runes := []rune(tag); len(runes) > incident.MaxTag {
			tag = string(runes[:incident.MaxTag])
			c.note("the name is longer than a tag; it was cut to %q", tag)
		}
		if tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if len(tags) > incident.MaxTags {
		v.note("of %d names the first %d became tags", len(tags), incident.MaxTags)
		tags = tags[:incident.MaxTags]
	}
	return tags
}

// note says what is taken over otherwise than it stands at v.
func (v value) note(text string, args ...any) {
	v.survey.notes = append(v.survey.notes, v.place+": "+fmt.Sprintf(text, args...)+".")
}

// update reads one update. Its time is the one that the page shows.
func (o object) update(updates ids) incident.ImportedUpdate {
	u := incident.ImportedUpdate{Key: updates.unique(o.field("id")), Body: o.body()}
	u.At = o.field("created_at").time()
	if shown := o.field("display_at"); shown.given() {
		u.At = shown.time()
	}
	if turn, ok := o.turn(); ok {
		u.Label = turn.Name
		if !turn.Leaves {
			u.Status = &turn.To
		}
	}
	return u
}

// body returns an update's words. There may be none.
func (o object) body() string {
	v := o.field("body")
	if v.raw != nil && !v.given() {
		return ""
	}
	text, ok := v.text()
	if n := utf8.RuneCountInString(text); ok && n > incident.MaxText {
		v.faulty("has %d characters; %d are allowed", n, incident.MaxText)
	}
	return text
}

// turn returns the row of Turns that the status of an incident or update has.
func (o object) turn() (Turn, bool) {
	v := o.field("status")
	name, ok := v.word()
	if !ok {
		return Turn{}, false
	}
	turn, known := turnOf(name)
	if !known {
		v.faulty("%s is none of %s", quoted(name), turnNames())
	}
	return turn, known
}

// settle sees to it that the updates end where the incident itself says that it stands: a page lets
// its writer close an incident with an update that is called otherwise.
func (o object) settle(updates []incident.ImportedUpdate) {
	turn, ok := o.turn()
	if !ok || turn.Leaves {
		return
	}
	status := incident.Open
	for _, u := range updates {
		if u.Status != nil {
			status = *u.Status
		}
	}
	v := o.field("incident_updates")
	switch {
	case status == turn.To:
	case len(updates) > 0:
		updates[len(updates)-1].Status = &turn.To
	case v.given() && v.raw[0] == '[':
		v.faulty("is empty, so that nothing says when the incident became %s", quoted(turn.Name))
	}
}
