package incident_test

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

var (
	ada  = id.Person{1}
	bob  = id.Person{2}
	eve  = id.Person{3}
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// unexported lets cmp look into commands and events.
var unexported = cmp.AllowUnexported(
	incident.Declared{}, incident.Written{}, incident.SeverityChanged{}, incident.StatusChanged{}, incident.Retitled{},
	incident.Tagged{}, incident.Untagged{}, incident.RoleAssigned{}, incident.Joined{}, incident.Contested{},
	incident.Imported{}, incident.UpdateImported{},
	incident.Edited{}, incident.Erased{}, incident.Starred{}, incident.Pinned{}, incident.TimeCorrected{}, incident.MilestoneMarked{},
	incident.MilestoneUnmarked{}, incident.TaskAdded{}, incident.TaskChanged{}, incident.TaskRemoved{}, incident.LinkAdded{},
	incident.ChecklistBegun{}, incident.ChecklistDropped{}, incident.ItemTicked{},
	incident.Concealed{}, incident.Revealed{}, incident.Admitted{}, incident.Excluded{},
	incident.LinkRemoved{}, incident.UpdatePromised{}, incident.KindChanged{}, incident.Merged{}, incident.Absorbed{}, incident.Released{},
	incident.ChangeSeverity{}, incident.ChangeStatus{}, incident.Merge{}, incident.AssignRole{}, incident.Retitle{},
)

// room plays the server for one incident: it decides, numbers and applies.
type room struct {
	state incident.Incident
	setup workspace.Setup
	past  []incident.Event
	count uint64 // commands so far
	// others are the incidents that this one may be merged with.
	others map[id.Incident]incident.Incident
}

func (r *room) given() incident.Given { return incident.Given{Setup: r.setup, Others: r.others} }

func newRoom() *room {
	w := workspace.Default()
	w.Checklists = []workspace.Checklist{ // none begins by itself, so that every wish has one effect
		{ID: id.Checklist{1}, Name: "Restart", Items: []workspace.ChecklistItem{{ID: id.Item{1}, Text: "stop"}, {ID: id.Item{2}, Text: "start"}}},
		{ID: id.Checklist{2}, Name: "Lead", Role: workspace.IMOC, Items: []workspace.ChecklistItem{{ID: id.Item{1}, Text: "open a call"}}},
	}
	for _, p := range []id.Person{ada, bob, eve} {
		w = w.With(workspace.Person{ID: p, Seq: 1, Name: p.Short()})
	}
	return &room{setup: w}
}

// declared returns a room in which Ada declared a SEV3.
func declared(t rapid.TB) *room {
	t.Helper()
	r := newRoom()
	if _, err := r.submit(ada, incident.Declare{Title: "Disk full", Severity: 3}); err != nil {
		t.Fatal(err)
	}
	return r
}

// submit decides c and applies what it leads to, as one more command. It returns the command's id
// where it was accepted.
func (r *room) submit(by id.Person, c incident.Command) (id.Command, error) {
	r.count++
	var name id.Command
	binary.BigEndian.PutUint64(name[:], r.count)
	events, err := incident.Decide(r.state, r.given(), c, id.Actor{Person: by})
	for _, e := range events {
		r.state = incident.Apply(r.state, r.envelope(by, name, e), e)
		r.past = append(r.past, e)
	}
	return name, err
}

func (r *room) envelope(by id.Person, name id.Command, e incident.Event) id.Envelope {
	at := id.Envelope{
		Stream: id.Stream{7}, Kind: id.KindIncident, StreamSeq: r.state.Seq + 1, Command: name,
		Actor: id.Actor{Person: by}, Occurred: noon.Add(time.Duration(r.state.Seq) * time.Minute),
	}
	if own, ok := e.(interface{ OccurredAt() time.Time }); ok {
		at.Occurred = own.OccurredAt()
	}
	return at
}

// accept submits what must be accepted, and returns the command's id.
func (r *room) accept(t rapid.TB, by id.Person, c incident.Command) id.Command {
	t.Helper()
	name, err := r.submit(by, c)
	if err != nil {
		t.Fatalf("%+v by %s: %v", c, by.Short(), err)
	}
	return name
}

// requireNothing fails where c leads to any event.
func (r *room) requireNothing(t rapid.TB, by id.Person, c incident.Command) {
	t.Helper()
	events, err := incident.Decide(r.state, r.given(), c, id.Actor{Person: by})
	if err != nil || len(events) != 0 {
		t.Errorf("%T again leads to %v, %v", c, events, err)
	}
}

// last returns the newest event.
func (r *room) last() incident.Event { return r.past[len(r.past)-1] }

// clone returns s in memory of its own.
func clone(s incident.Incident) incident.Incident {
	s.Tags = append([]string(nil), s.Tags...)
	s.Roles = append([]incident.Assignment(nil), s.Roles...)
	s.Responders = append([]incident.Responder(nil), s.Responders...)
	s.Starred, s.Pinned = slices.Clone(s.Starred), slices.Clone(s.Pinned)
	s.Milestones, s.Tasks, s.Links = slices.Clone(s.Milestones), slices.Clone(s.Tasks), slices.Clone(s.Links)
	s.Absorbed, s.Erased, s.Admitted = slices.Clone(s.Absorbed), slices.Clone(s.Erased), slices.Clone(s.Admitted)
	s.Checklists = slices.Clone(s.Checklists)
	for i := range s.Checklists {
		s.Checklists[i].Ticks = slices.Clone(s.Checklists[i].Ticks)
	}
	if s.Origin != nil {
		origin := *s.Origin
		origin.Updates = append([]string(nil), origin.Updates...)
		s.Origin = &origin
	}
	return s
}

func differ(want, have any) string {
	return cmp.Diff(want, have, unexported, cmpopts.EquateEmpty())
}

// What follows draws commands and events from so few values that they meet.

func anyText(t *rapid.T) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", " ", "a", "#b", "B ", "caf\xe9", "a\nb", "火"}), rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), func(b []byte) string { return string(b) }),
	).Draw(t, "text")
}

func anyTag(t *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "#b", "B", "c c", ""}).Draw(t, "tag")
}

func anyPerson(t *rapid.T) id.Person {
	return rapid.SampledFrom([]id.Person{{}, ada, bob, eve, {99}}).Draw(t, "person")
}

func anyLevel(t *rapid.T) workspace.Level {
	return rapid.SampledFrom([]workspace.Level{0, 1, 2, 3, 4, 255}).Draw(t, "level")
}

func anyStatus(t *rapid.T) incident.Status {
	return rapid.SampledFrom([]incident.Status{0, 1, 2, 3, 4, 5, 255}).Draw(t, "status")
}

func anyRole(t *rapid.T) workspace.RoleKey {
	return rapid.SampledFrom([]workspace.RoleKey{workspace.IMOC, workspace.Owner, "king"}).Draw(t, "role")
}

func anyBase(t *rapid.T) incident.Base {
	return incident.Base{Seq: rapid.Uint64Range(0, 20).Draw(t, "base"), After: id.Command{7: rapid.Byte().Draw(t, "after") % 20}}
}

func anyTime(t *rapid.T) time.Time {
	return noon.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "minutes")) * time.Minute)
}

func anyUpdate(t *rapid.T) incident.ImportedUpdate {
	u := incident.ImportedUpdate{Key: anyTag(t), Body: anyText(t), At: anyTime(t)}
	if rapid.Bool().Draw(t, "turns") {
		status := anyStatus(t)
		u.Status = &status
	}
	return u
}

func anyEntry(t *rapid.T) id.Entry { return id.Entry{rapid.Byte().Draw(t, "entry") % 3} }

func anyTask(t *rapid.T) id.Task { return id.Task{rapid.Byte().Draw(t, "task") % 3} }

func anyList(t *rapid.T) id.Checklist { return id.Checklist{rapid.Byte().Draw(t, "list") % 4} }

func anyItem(t *rapid.T) id.Item { return id.Item{rapid.Byte().Draw(t, "item") % 4} }

// anyListed is a command about a checklist.
func anyListed(t *rapid.T) incident.Command {
	switch rapid.IntRange(0, 3).Draw(t, "listed") {
	case 0:
		return incident.BeginChecklist{Checklist: anyList(t)}
	case 1:
		return incident.DropChecklist{Checklist: anyList(t)}
	default:
		return incident.TickItem{Checklist: anyList(t), Item: anyItem(t), Off: rapid.Bool().Draw(t, "off")}
	}
}

// anyListedEvent is an event of a checklist.
func anyListedEvent(t *rapid.T) incident.Event {
	switch rapid.IntRange(0, 2).Draw(t, "listed") {
	case 0:
		return incident.ChecklistBegun{Checklist: workspace.Checklist{ID: anyList(t), Name: anyText(t), Items: []workspace.ChecklistItem{{ID: anyItem(t)}}}}
	case 1:
		return incident.ChecklistDropped{Checklist: anyList(t)}
	default:
		return incident.ItemTicked{Checklist: anyList(t), Item: anyItem(t), Off: rapid.Bool().Draw(t, "off")}
	}
}

func anyFields(t *rapid.T) incident.TaskFields {
	return incident.TaskFields(rapid.Uint32Range(0, 9).Draw(t, "fields"))
}

func anyLink(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "https://a.example", "http://b.example/x y", "javascript:alert(1)", "//c", "::"}).Draw(t, "link")
}

// anyNote is a command about an entry, or about what stands beside the timeline.
func anyNote(t *rapid.T) incident.Command {
	off := rapid.Bool().Draw(t, "off")
	switch rapid.IntRange(0, 17).Draw(t, "note") {
	case 0:
		return incident.Edit{Entry: anyEntry(t), Text: anyText(t)}
	case 1:
		return incident.Erase{Entry: anyEntry(t), Reason: anyText(t)}
	case 2:
		return incident.Star{Entry: anyEntry(t), Off: off}
	case 3:
		return incident.Pin{Entry: anyEntry(t), Off: off}
	case 4:
		return incident.CorrectTime{Entry: anyEntry(t), At: anyTime(t), Reason: anyText(t)}
	case 5:
		return incident.MarkMilestone{Name: anyTag(t), Entry: anyEntry(t), At: anyTime(t)}
	case 6:
		return incident.UnmarkMilestone{Name: anyTag(t)}
	case 7:
		return incident.AddTask{Task: anyTask(t), Text: anyText(t), Person: anyPerson(t)}
	case 8:
		return incident.ChangeTask{Task: anyTask(t), Fields: anyFields(t), Text: anyText(t), Person: anyPerson(t), Done: off}
	case 9:
		return incident.RemoveTask{Task: anyTask(t)}
	case 10:
		return incident.AddLink{URL: anyLink(t), Label: anyText(t)}
	case 11:
		return incident.RemoveLink{URL: anyLink(t)}
	case 12:
		return incident.PromiseUpdate{Within: time.Duration(rapid.IntRange(-1, 3).Draw(t, "within")) * 20 * time.Minute}
	case 13:
		return incident.ChangeKind{To: incident.Kind(rapid.Byte().Draw(t, "kind") % 6)}
	case 14:
		return incident.Merge{Base: anyBase(t), Into: id.Incident{rapid.Byte().Draw(t, "into") % 9}}
	case 15, 16:
		return anyListed(t)
	default:
		return incident.Absorb{From: id.Incident{rapid.Byte().Draw(t, "from") % 9}, Title: anyText(t)}
	}
}

// anyNoteEvent is an event about an entry, or about what stands beside the timeline.
func anyNoteEvent(t *rapid.T) incident.Event {
	off := rapid.Bool().Draw(t, "off")
	switch rapid.IntRange(0, 18).Draw(t, "noted") {
	case 0:
		return incident.Edited{Entry: anyEntry(t), Text: anyText(t)}
	case 1:
		return incident.Erased{Entry: anyEntry(t)}
	case 2:
		return incident.Starred{Entry: anyEntry(t), Off: off}
	case 3:
		return incident.Pinned{Entry: anyEntry(t), Off: off}
	case 4:
		return incident.TimeCorrected{Entry: anyEntry(t), At: anyTime(t)}
	case 5:
		return incident.MilestoneMarked{Name: anyTag(t), Entry: anyEntry(t), At: anyTime(t)}
	case 6:
		return incident.MilestoneUnmarked{Name: anyTag(t)}
	case 7:
		return incident.TaskAdded{Task: anyTask(t), Text: anyText(t), Person: anyPerson(t)}
	case 8:
		return incident.TaskChanged{Task: anyTask(t), Fields: anyFields(t), Text: anyText(t), Person: anyPerson(t), Done: off}
	case 9:
		return incident.TaskRemoved{Task: anyTask(t)}
	case 10:
		return incident.LinkAdded{URL: anyLink(t), Label: anyText(t)}
	case 11:
		return incident.LinkRemoved{URL: anyLink(t)}
	case 12:
		return incident.UpdatePromised{Within: time.Duration(rapid.IntRange(0, 3).Draw(t, "within")) * 20 * time.Minute}
	case 13:
		return incident.KindChanged{To: incident.Kind(rapid.Byte().Draw(t, "kind") % 6)}
	case 14:
		return incident.Merged{Into: id.Incident{rapid.Byte().Draw(t, "into") % 9}}
	case 15:
		return incident.Released{From: id.Incident{rapid.Byte().Draw(t, "from") % 9}, Title: anyText(t)}
	case 16, 17:
		return anyListedEvent(t)
	default:
		return incident.Absorbed{From: id.Incident{rapid.Byte().Draw(t, "from") % 9}, Title: anyText(t)}
	}
}

func anyCommand(t *rapid.T) incident.Command {
	switch rapid.IntRange(0, 16).Draw(t, "command") {
	case 0:
		return incident.Declare{Title: anyText(t), Severity: anyLevel(t), Kind: incident.Kind(rapid.Byte().Draw(t, "kind")), Tags: []string{anyTag(t)}}
	case 1:
		return incident.Write{Entry: id.Entry{1}, Text: anyText(t)}
	case 2:
		return incident.ChangeSeverity{Base: anyBase(t), To: anyLevel(t), Reason: anyText(t)}
	case 3:
		return incident.ChangeStatus{Base: anyBase(t), To: anyStatus(t), Reason: anyText(t)}
	case 4:
		return incident.Retitle{Title: anyText(t)}
	case 5:
		return incident.AddTag{Tag: anyTag(t)}
	case 6:
		return incident.RemoveTag{Tag: anyTag(t)}
	case 7:
		return incident.AssignRole{Base: anyBase(t), Role: anyRole(t), Person: anyPerson(t)}
	case 8:
		return incident.Join{}
	case 9, 10, 11, 12, 13:
		return anyNote(t)
	case 14, 15:
		return anySight(t)
	default:
		return incident.Import{
			Key: anyTag(t), Title: anyText(t), Severity: anyLevel(t), Declared: anyTime(t),
			Updates: []incident.ImportedUpdate{anyUpdate(t), anyUpdate(t)},
		}
	}
}

func anyEvent(t *rapid.T) incident.Event {
	switch rapid.IntRange(0, 19).Draw(t, "event") {
	case 0:
		return incident.Declared{Number: 1, Title: anyText(t), Severity: anyLevel(t), Tags: []string{anyTag(t), anyTag(t)}}
	case 1:
		return incident.Written{Text: anyText(t)}
	case 2:
		return incident.SeverityChanged{From: anyLevel(t), To: anyLevel(t)}
	case 3:
		return incident.StatusChanged{From: anyStatus(t), To: anyStatus(t)}
	case 4:
		return incident.Retitled{From: anyText(t), To: anyText(t)}
	case 5:
		return incident.Tagged{Tag: anyTag(t)}
	case 6:
		return incident.Untagged{Tag: anyTag(t)}
	case 7:
		return incident.RoleAssigned{Role: anyRole(t), Person: anyPerson(t), Former: anyPerson(t)}
	case 8:
		return incident.Joined{}
	case 9:
		return incident.Contested{Field: anyText(t)}
	case 10:
		return incident.Imported{Key: anyTag(t), Severity: anyLevel(t), Tags: []string{anyTag(t)}}
	case 11:
		u := anyUpdate(t)
		return incident.UpdateImported{Key: u.Key, Body: u.Body, At: u.At, Status: u.Status}
	case 12:
		return nil
	case 13, 14:
		return anySightEvent(t)
	default:
		return anyNoteEvent(t)
	}
}

func anySight(t *rapid.T) incident.Command {
	switch rapid.IntRange(0, 3).Draw(t, "sight") {
	case 0:
		return incident.Conceal{Admit: []id.Person{anyPerson(t)}}
	case 1:
		return incident.Reveal{}
	case 2:
		return incident.Admit{Person: anyPerson(t)}
	default:
		return incident.Exclude{Person: anyPerson(t)}
	}
}

func anySightEvent(t *rapid.T) incident.Event {
	switch rapid.IntRange(0, 3).Draw(t, "sight") {
	case 0:
		return incident.Concealed{Admitted: []id.Person{anyPerson(t), anyPerson(t)}}
	case 1:
		return incident.Revealed{Number: 1}
	case 2:
		return incident.Admitted{Person: anyPerson(t)}
	default:
		return incident.Excluded{Person: anyPerson(t)}
	}
}
