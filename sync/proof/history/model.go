package history

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// field is something that only one value can be had of, with the event and the command that moved it last.
type field struct {
	value any
	seq   uint64
	by    id.Command
}

// moved reports whether somebody else has moved the field since a base: then a change is a conflict, and else it is none.
func (f field) moved(b incident.Base) bool {
	own := !b.After.IsZero() && f.by == b.After
	return f.seq > b.Seq && !own
}

// room is an incident as the model knows it. It is never written to once it was made.
type room struct {
	turns []int  // how many operations of each lane are behind it
	ended bool   // nothing that matters comes any more
	path  uint64 // names the commands that had effects, in order
	seq   uint64
	cause id.Command // what had an effect last

	title    string
	severity field
	status   field
	roles    map[workspace.RoleKey]field
	tags     []string
	engaged  []id.Person
	entries  uint64
	erased   []id.Entry
	starred  []id.Entry
	pinned   []id.Entry
	into     id.Incident
	absorbed []id.Incident
	private  bool
	admitted []id.Person // who sees it, where not everybody does
}

// decide says what a command does: its events, and how it ends.
func (r *room) decide(c Command) ([]incident.Event, stream.OutcomeKind) {
	if d, ok := c.Wish.(incident.Declare); ok {
		return r.declare(c, d)
	}
	if r.seq == 0 || !r.sees(c.By) && !follows(c.Wish) {
		return nil, stream.Rejected // whoever does not see it is told what is told of one that does not exist
	}
	switch w := c.Wish.(type) {
	case incident.Write:
		if w.Privately && !r.private && !empty(w) && !slices.Contains(r.erased, w.Entry) {
			return nil, stream.Conflict // it was meant for few
		}
	case incident.ChangeSeverity:
		to := workspace.Default().Coerce(w.To)
		return r.contend(r.severity, w.Base, to, "severity", incident.SeverityChanged{From: r.level(), To: to, Reason: w.Reason})
	case incident.ChangeStatus:
		return r.contend(r.status, w.Base, w.To, "status", incident.StatusChanged{From: r.stand(), To: w.To, Reason: w.Reason})
	case incident.AssignRole:
		return r.assign(w)
	case incident.Merge:
		return r.merge(c, w)
	case incident.Conceal:
		return r.conceal(c, w)
	case incident.SightCommand:
		return r.show(w)
	}
	return r.note(c), stream.Accepted
}

// follows reports a command that follows from one to another incident: it is nobody's wish.
func follows(c incident.Command) bool {
	switch c.(type) {
	case incident.Absorb, incident.Release:
		return true
	default:
		return false
	}
}

// assign gives somebody a role, and shows them the room where they did not see it.
func (r *room) assign(w incident.AssignRole) ([]incident.Event, stream.OutcomeKind) {
	held, _ := r.roles[w.Role].value.(id.Person)
	f := r.roles[w.Role]
	f.value = held
	done := incident.RoleAssigned{Role: w.Role, Person: w.Person, Former: held}
	events, kind := r.contend(f, w.Base, w.Person, "role "+string(w.Role), done)
	if len(events) > 0 && kind == stream.Accepted && !r.sees(w.Person) {
		events = []incident.Event{incident.Admitted{Person: w.Person}, done}
	}
	return events, kind
}

func (r *room) level() workspace.Level {
	l, _ := r.severity.value.(workspace.Level)
	return l
}

func (r *room) stand() incident.Status {
	s, _ := r.status.value.(incident.Status)
	return s
}

func (r *room) declare(c Command, d incident.Declare) ([]incident.Event, stream.OutcomeKind) {
	if r.seq > 0 {
		return nil, stream.Rejected
	}
	title := d.Title
	if title == "" {
		title = incident.Untitled
	}
	e := incident.Declared{Title: title, Severity: workspace.Default().Coerce(d.Severity), Kind: d.Kind, Tags: d.Tags}
	if d.Private {
		e.Private, e.Admitted = true, audience(audience(nil, c.By), d.Admit...)
	}
	return []incident.Event{e}, stream.Accepted
}

// contend compares and sets: what is so already needs nothing, what was moved since the base is a conflict, and all else is
// done.
func (r *room) contend(f field, b incident.Base, to any, name string, done incident.Event) ([]incident.Event, stream.OutcomeKind) {
	switch {
	case f.value == to:
		return nil, stream.Accepted
	case f.moved(b):
		return []incident.Event{incident.Contested{Field: name}}, stream.Conflict
	default:
		return []incident.Event{done}, stream.Accepted
	}
}

func (r *room) merge(c Command, w incident.Merge) ([]incident.Event, stream.OutcomeKind) {
	switch {
	case w.Into.IsZero() || id.Stream(w.Into) == c.Target:
		return nil, stream.Rejected
	case w.Into == r.into:
		return nil, stream.Accepted
	case r.private:
		return nil, stream.Rejected
	case r.status.moved(w.Base):
		return []incident.Event{incident.Contested{Field: "status"}}, stream.Conflict
	default:
		return []incident.Event{incident.Merged{Into: w.Into}}, stream.Accepted
	}
}

// note returns the events of what nobody contends for.
func (r *room) note(c Command) []incident.Event {
	unless := func(so bool, e incident.Event) []incident.Event {
		if so {
			return nil
		}
		return []incident.Event{e}
	}
	switch w := c.Wish.(type) {
	case incident.Write:
		if empty(w) || slices.Contains(r.erased, w.Entry) {
			return nil
		}
		joined := unless(slices.Contains(r.engaged, c.By), incident.Joined{})
		return append(joined, incident.Written{Entry: w.Entry, Text: w.Text, Update: w.Update, Attachments: w.Attachments})
	case incident.Join:
		return unless(slices.Contains(r.engaged, c.By), incident.Joined{})
	case incident.Retitle:
		return unless(w.Title == "" || w.Title == r.title, incident.Retitled{From: r.title, To: w.Title})
	case incident.AddTag:
		tag := workspace.NormalTag(w.Tag)
		return unless(slices.Contains(r.tags, tag), incident.Tagged{Tag: tag})
	case incident.RemoveTag:
		tag := workspace.NormalTag(w.Tag)
		return unless(!slices.Contains(r.tags, tag), incident.Untagged{Tag: tag})
	case incident.Erase:
		return unless(slices.Contains(r.erased, w.Entry), incident.Erased{Entry: w.Entry, Reason: w.Reason})
	case incident.Star:
		return unless(slices.Contains(r.starred, w.Entry) != w.Off, incident.Starred{Entry: w.Entry, Off: w.Off})
	case incident.Pin:
		return unless(slices.Contains(r.pinned, w.Entry) != w.Off, incident.Pinned{Entry: w.Entry, Off: w.Off})
	case incident.Absorb:
		return unless(slices.Contains(r.absorbed, w.From), incident.Absorbed{From: w.From})
	case incident.Release:
		return unless(!slices.Contains(r.absorbed, w.From), incident.Released{From: w.From})
	default:
		return nil
	}
}

// empty reports a command that writes nothing.
func empty(c incident.Command) bool {
	w, ok := c.(incident.Write)
	return ok && strings.TrimSpace(w.Text) == "" && len(w.Attachments) == 0
}

// known reports whether the model knows what a command does.
func known(c incident.Command) bool {
	switch c.(type) {
	case incident.Declare, incident.ChangeSeverity, incident.ChangeStatus, incident.AssignRole, incident.Merge, incident.Write,
		incident.Join, incident.Retitle, incident.AddTag, incident.RemoveTag, incident.Erase, incident.Star, incident.Pin,
		incident.Absorb, incident.Release, incident.Conceal, incident.Reveal, incident.Admit, incident.Exclude:
		return true
	default:
		return false
	}
}

// after returns the room behind the events of a command.
func (r *room) after(c Command, events []incident.Event) *room {
	if len(events) == 0 {
		return r
	}
	next := *r
	next.cause = c.ID
	for _, b := range c.ID {
		next.path = (next.path ^ uint64(b)) * 1099511628211 // FNV-1a
	}
	for _, e := range events {
		next.seq++
		next.fold(c, e)
	}
	return &next
}

func (r *room) fold(c Command, e incident.Event) {
	now := func(value any) field { return field{value: value, seq: r.seq, by: c.ID} }
	switch e := e.(type) {
	case incident.Declared:
		r.title, r.tags, r.private, r.admitted = e.Title, e.Tags, e.Private, e.Admitted
		r.severity, r.status, r.engaged = now(e.Severity), now(incident.Open), []id.Person{c.By}
	case incident.SeverityChanged:
		r.severity = now(e.To)
	case incident.StatusChanged:
		r.status, r.into = now(e.To), id.Incident{}
	case incident.Merged:
		r.status, r.into = now(incident.Invalid), e.Into
	case incident.RoleAssigned:
		r.roles = maps.Clone(r.roles)
		if r.roles == nil {
			r.roles = map[workspace.RoleKey]field{}
		}
		r.roles[e.Role] = now(e.Person)
		if !e.Person.IsZero() && !slices.Contains(r.engaged, e.Person) {
			r.engaged = with(r.engaged, e.Person)
		}
	case incident.Joined:
		r.engaged = with(r.engaged, c.By)
	case incident.Written:
		r.entries++
	case incident.Retitled:
		r.title = e.To
	default:
		r.foldLists(e)
	}
}

func (r *room) foldLists(e incident.Event) {
	switch e := e.(type) {
	case incident.Tagged:
		r.tags = with(r.tags, e.Tag)
	case incident.Untagged:
		r.tags = toggled(r.tags, e.Tag, true)
	case incident.Erased:
		r.erased = with(r.erased, e.Entry)
	case incident.Starred:
		r.starred = toggled(r.starred, e.Entry, e.Off)
	case incident.Pinned:
		r.pinned = toggled(r.pinned, e.Entry, e.Off)
	case incident.Absorbed:
		r.absorbed = with(r.absorbed, e.From)
	case incident.Released:
		r.absorbed = toggled(r.absorbed, e.From, true)
	default:
		r.foldSight(e)
	}
}

func with[T any](list []T, one T) []T { return append(slices.Clip(list), one) }

func toggled[T comparable](list []T, one T, off bool) []T {
	out := slices.DeleteFunc(slices.Clone(list), func(have T) bool { return have == one })
	if off {
		return out
	}
	return append(out, one)
}

// shows reports whether somebody who looks at the room now sees s.
func (r *room) shows(s incident.Incident) bool {
	mark := func(f field, m incident.Mark) bool { return f.seq == m.Seq && f.by == m.Command }
	if s.Seq != r.seq || s.Title != r.title || s.Severity != r.level() || s.Status != r.stand() ||
		!mark(r.severity, s.SeverityMark) || !mark(r.status, s.StatusMark) || s.MergedInto != r.into || s.Entries != r.entries {
		return false
	}
	if len(s.Roles) != len(r.roles) {
		return false
	}
	for _, a := range s.Roles {
		if f := r.roles[a.Role]; f.value != a.Person || !mark(f, a.Mark) {
			return false
		}
	}
	var engaged []id.Person
	for _, p := range s.Responders {
		engaged = append(engaged, p.Person)
	}
	return slices.Equal(engaged, r.engaged) && slices.Equal(s.Tags, slices.Sorted(slices.Values(r.tags))) && slices.Equal(s.Erased, r.erased) &&
		s.Private == r.private && slices.Equal(s.Admitted, r.admitted) && slices.Equal(s.Starred, r.starred) && slices.Equal(s.Pinned, r.pinned) && slices.Equal(s.Absorbed, r.absorbed)
}

// matches reports whether an event that somebody saw is the one that was to come, as far as the model knows it: not the
// numbers of incidents, which are given over all of them, nor words that were erased since.
func matches(want, seen incident.Event) bool {
	switch seen := seen.(type) {
	case incident.Written:
		w, ok := want.(incident.Written)
		blank := !seen.Was.IsZero() // somebody has erased the words meanwhile
		return ok && w.Entry == seen.Entry && w.Update == seen.Update && (blank || w.Text == seen.Text && len(w.Attachments) == len(seen.Attachments))
	case incident.Declared:
		d, ok := want.(incident.Declared)
		return ok && d.Title == seen.Title && d.Severity == seen.Severity && d.Kind == seen.Kind && slices.Equal(d.Tags, seen.Tags) &&
			d.Private == seen.Private && slices.Equal(d.Admitted, seen.Admitted)
	case incident.Revealed:
		_, ok := want.(incident.Revealed)
		return ok
	case incident.Contested:
		c, ok := want.(incident.Contested)
		return ok && c.Field == seen.Field
	case incident.Absorbed:
		a, ok := want.(incident.Absorbed)
		return ok && a.From == seen.From
	case incident.Released:
		a, ok := want.(incident.Released)
		return ok && a.From == seen.From
	default:
		return reflect.DeepEqual(want, seen)
	}
}
