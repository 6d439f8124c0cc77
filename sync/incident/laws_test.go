package incident_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// register is a field that people contend for, kept in the simplest way.
type register struct {
	value any
	seq   uint64
	by    id.Command
}

// machine is a room as rapid wants it: it gives commands as people do, takes slips back, and keeps the contended fields beside
// the rules.
type machine struct {
	*room
	severity, status register
	roles            map[workspace.RoleKey]register
	names            []id.Command // of commands that moved something
	slips            []incident.Event
}

func newMachine(t *rapid.T) *machine {
	m := &machine{room: newRoom(), roles: map[workspace.RoleKey]register{}}
	m.accept(t, ada, incident.Declare{Title: "Disk full", Severity: 3})
	m.severity, m.status = register{workspace.Level(3), 1, id.Command{}}, register{incident.Open, 1, id.Command{}}
	m.severity.by, m.status.by = m.state.SeverityMark.Command, m.state.StatusMark.Command
	return m
}

// base is any base, mostly one that somebody could have seen.
func (m *machine) base(t *rapid.T) incident.Base {
	b := incident.Base{Seq: rapid.Uint64Range(0, m.state.Seq).Draw(t, "seen")}
	if len(m.names) > 0 && rapid.Bool().Draw(t, "on one's own") {
		b.After = rapid.SampledFrom(m.names).Draw(t, "own")
	}
	return b
}

// contend gives a change and holds what comes of it against compare and set.
func (m *machine) contend(t *rapid.T, r register, b incident.Base, to any, c incident.Command) register {
	before, past := m.state.Seq, len(m.past)
	name, err := m.submit(bob, c)
	if len(m.past) > past {
		if _, lets := m.past[past].(incident.Admitted); lets { // whoever gets a role sees it from then on
			before++
		}
	}
	moved := r.seq > b.Seq && (b.After.IsZero() || b.After != r.by)
	switch {
	case r.value == to:
		if err != nil || m.state.Seq != before {
			t.Fatalf("%+v is so already, and led to %v", c, err)
		}
	case moved:
		if !fault.Is(err, fault.Conflict) || m.state.Seq != before+1 {
			t.Fatalf("%+v on %d, which was moved at %d, led to %v", c, b.Seq, r.seq, err)
		}
		standing := fault.Find(err).Standing
		if standing == nil || standing.Base < r.seq {
			t.Fatalf("a conflict about what was moved at %d says %+v", r.seq, standing)
		}
	default:
		if err != nil || m.state.Seq != before+1 {
			t.Fatalf("%+v, which nobody moved since %d, led to %v", c, b.Seq, err)
		}
		m.names = append(m.names, name)
		return register{to, m.state.Seq, name}
	}
	return r
}

func (m *machine) changeSeverity(t *rapid.T) {
	b, to := m.base(t), workspace.Level(rapid.IntRange(1, 3).Draw(t, "to"))
	m.severity = m.contend(t, m.severity, b, to, incident.ChangeSeverity{Base: b, To: to})
}

func (m *machine) changeStatus(t *rapid.T) {
	b, to := m.base(t), incident.Status(rapid.IntRange(0, 4).Draw(t, "to"))
	m.status = m.contend(t, m.status, b, to, incident.ChangeStatus{Base: b, To: to})
}

func (m *machine) assignRole(t *rapid.T) {
	b, role := m.base(t), rapid.SampledFrom([]workspace.RoleKey{workspace.IMOC, workspace.Owner}).Draw(t, "role")
	to := rapid.SampledFrom([]id.Person{{}, ada, bob}).Draw(t, "to")
	have, known := m.roles[role]
	if !known {
		have.value = id.Person{}
	}
	m.roles[role] = m.contend(t, have, b, to, incident.AssignRole{Base: b, Role: role, Person: to})
}

// speak gives any other command; what it refuses is a fault of ours, and final.
func (m *machine) speak(t *rapid.T) {
	c := anyCommand(t)
	switch c.(type) {
	case incident.ChangeSeverity, incident.ChangeStatus, incident.AssignRole, incident.Merge, incident.Import:
		return // they move the fields that are contended for
	}
	before := len(m.past)
	if _, err := m.submit(anyPerson(t), c); err != nil && (fault.Find(err) == nil || !fault.KindOf(err).Permanent()) {
		t.Fatalf("%T: %v", c, err)
	}
	m.slips = append(m.slips, m.past[before:]...)
}

// takeBack takes back a slip, and that back again: then all is as it was.
func (m *machine) takeBack(t *rapid.T) {
	if len(m.slips) == 0 {
		return
	}
	slip := rapid.SampledFrom(m.slips).Draw(t, "slip")
	undo, ok := incident.Undo(m.state, slip)
	if !ok {
		return
	}
	if again, admits := undo.(incident.Admit); admits && !m.setup.Nameable(again.Person) {
		return // whom nobody knows nobody lets in, though a stranger's own declaration held them
	}
	before, events := clone(m.state), len(m.past)
	m.accept(t, bob, undo)
	if len(m.past) != events+1 {
		t.Fatalf("%+v is taken back by %+v, which leads to %d events", slip, undo, len(m.past)-events)
	}
	if again, ok := incident.Undo(m.state, slip); ok {
		t.Fatalf("%+v is taken back twice, by %+v", slip, again)
	}
	redo, ok := incident.Undo(m.state, m.last())
	if !ok {
		return // a task that was removed does not come back
	}
	m.accept(t, bob, redo)
	after := clone(m.state)
	after.Seq, after.Updated, after.UpdatedBy, after.Responders = before.Seq, before.Updated, before.UpdatedBy, before.Responders
	for _, lists := range [][]id.Entry{before.Starred, before.Pinned, after.Starred, after.Pinned} {
		slices.SortFunc(lists, id.Entry.Compare) // what comes back comes at the end
	}
	slices.SortFunc(before.Admitted, id.Person.Compare) // who comes back comes at the end
	slices.SortFunc(after.Admitted, id.Person.Compare)
	if diff := differ(before, after); diff != "" {
		t.Fatalf("%+v was taken back by %+v, and that by %+v:\n%s", slip, undo, redo, diff)
	}
}

// check looks whether the room is one that could be.
func (m *machine) check(t *rapid.T) {
	s := m.state
	if s.Seq != uint64(len(m.past)) || s.Severity != m.severity.value || s.Status != m.status.value {
		t.Fatalf("event %d of %d, severity %d of %v, status %s of %v", s.Seq, len(m.past), s.Severity, m.severity.value, s.Status, m.status.value)
	}
	for role, r := range m.roles {
		if a, held := s.Holder(role); held != (r.value != id.Person{}) || held && a.Person != r.value {
			t.Fatalf("%s is held by %+v, and not by %v", role, a, r.value)
		}
	}
	once(t, "tags", s.Tags)
	once(t, "stars", s.Starred)
	once(t, "pins", s.Pinned)
	once(t, "erased", s.Erased)
	once(t, "admitted", s.Admitted)
	once(t, "tasks", mapped(s.Tasks, func(k incident.Task) id.Task { return k.ID }))
	once(t, "checklists", mapped(s.Checklists, func(k incident.Checklist) id.Checklist { return k.ID }))
	for _, k := range s.Checklists {
		once(t, "ticks", mapped(k.Ticks, func(v incident.Tick) id.Item { return v.Item }))
	}
	once(t, "links", mapped(s.Links, func(l incident.Link) string { return l.URL }))
	once(t, "milestones", mapped(s.Milestones, func(k incident.Milestone) string { return k.Name }))
	once(t, "responders", mapped(s.Responders, func(r incident.Responder) id.Person { return r.Person }))
	once(t, "roles", mapped(s.Roles, func(a incident.Assignment) workspace.RoleKey { return a.Role }))
	if !slices.IsSorted(s.Tags) || !slices.IsSortedFunc(s.Milestones, func(a, b incident.Milestone) int { return a.At.Compare(b.At) }) {
		t.Fatalf("%v, %v are in no order", s.Tags, s.Milestones)
	}
	if (s.UpdateEvery > 0) != !s.UpdateDue.IsZero() {
		t.Fatalf("every %s an update is promised, and the next one for %s", s.UpdateEvery, s.UpdateDue)
	}
	for _, a := range s.Roles {
		if !a.Person.IsZero() && !s.Engaged(a.Person) {
			t.Fatalf("%s holds a role and does not respond", a.Person.Short())
		}
	}
}

func mapped[T, K any](list []T, key func(T) K) []K {
	out := make([]K, 0, len(list))
	for _, v := range list {
		out = append(out, key(v))
	}
	return out
}

// once fails where something is in a list twice.
func once[T comparable](t *rapid.T, what string, list []T) {
	seen := map[T]bool{}
	for _, v := range list {
		if seen[v] {
			t.Fatalf("%s have %v twice", what, v)
		}
		seen[v] = true
	}
}

// Whatever people do, contended fields are compared and set, slips are taken back once, and the room stays one that could be.
func TestARoomKeepsItsLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		t.Repeat(map[string]func(*rapid.T){
			"severity": m.changeSeverity, "status": m.changeStatus, "role": m.assignRole, "speak": m.speak, "speak again": m.speak, "take back": m.takeBack, "": m.check,
		})
	})
}
