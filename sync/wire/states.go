package wire

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// FoldVersion is the version of the fold that makes heads. It is raised whenever the same events
// would fold to another state; heads of another version are then folded again.
const FoldVersion = 6

// EncodeState returns the encoding of s as a v1.State. The id and the stream_seq are not in it:
// they stand in the head. The nil state, of a kind without rules, is no bytes.
func EncodeState(s stream.State) ([]byte, error) {
	var m *v1.State
	switch s := s.(type) {
	case nil:
		return nil, nil
	case incident.Incident:
		m = &v1.State{Body: &v1.State_Incident{Incident: incidentTo(s)}}
	case workspace.Person:
		m = &v1.State{Body: &v1.State_Person{Person: personTo(s)}}
	case workspace.Reader:
		m = &v1.State{Body: &v1.State_Reader{Reader: readerTo(s)}}
	case workspace.Terms:
		m = &v1.State{Body: &v1.State_Terms{Terms: termsTo(s)}}
	case oncall.Rotation:
		m = &v1.State{Body: &v1.State_Rotation{Rotation: rotationTo(s)}}
	case escalation.PolicyState:
		m = &v1.State{Body: &v1.State_Policy{Policy: standingTo(s)}}
	default:
		return nil, fmt.Errorf("encode state: %T has no wire form", s)
	}
	return marshal("state", m)
}

// DecodeState reads a head's state and gives it the head's id and stream_seq. No bytes are the
// zero state; a kind without rules has the nil state. It returns a Corrupt fault for what is
// malformed or of another kind than the head.
func DecodeState(h stream.Head) (stream.State, error) {
	zero := stream.Zero(h.Kind)
	if zero == nil || len(h.State) == 0 {
		return zero, nil
	}
	m := &v1.State{}
	if err := proto.Unmarshal(h.State, m); err != nil {
		return nil, damaged("head of "+h.Stream.String(), err)
	}
	var check fault.Check
	s := stateFrom(&check, h, m)
	if s == nil {
		check.Add("state", fmt.Sprintf("is none of kind %d", h.Kind))
	}
	if err := check.Err("The state is malformed."); err != nil {
		return nil, damaged("head of "+h.Stream.String(), err)
	}
	return s, nil
}

// Fold returns the state that h and the events after it fold to. A head without state is the zero
// state; events that the head already holds are skipped.
func Fold(h stream.Head, events []stream.Stored) (stream.State, error) {
	s, err := DecodeState(h)
	if err != nil {
		return nil, err
	}
	for _, stored := range events {
		if stored.StreamSeq <= h.Seq {
			continue
		}
		e, err := DecodeEvent(stored.Kind, stored.Payload)
		if err != nil {
			return nil, fmt.Errorf("fold event %d of %s: %w", stored.StreamSeq, stored.Stream, err)
		}
		s = stream.Apply(s, stored.Envelope, e)
	}
	return s, nil
}

// stateFrom returns nil for a state of another kind than the head's.
func stateFrom(check *fault.Check, h stream.Head, m *v1.State) stream.State {
	switch b := m.GetBody().(type) {
	case *v1.State_Incident:
		if h.Kind != id.KindIncident {
			return nil
		}
		s := incidentFrom(check, b.Incident)
		s.ID, s.Seq = id.Incident(h.Stream), h.Seq
		return s
	case *v1.State_Person:
		if h.Kind != id.KindPerson {
			return nil
		}
		s := personFrom(check, b.Person)
		s.ID, s.Seq = id.Person(h.Stream), h.Seq
		return s
	case *v1.State_Reader:
		if h.Kind != id.KindReader {
			return nil
		}
		s := readerFrom(check, b.Reader)
		s.Seq = h.Seq
		return s
	case *v1.State_Terms:
		if h.Kind != id.KindWorkspace {
			return nil
		}
		s := termsFrom(check, b.Terms)
		s.Seq = h.Seq
		return s
	case *v1.State_Rotation:
		if h.Kind != id.KindRotation {
			return nil
		}
		s := rotationFrom(check, b.Rotation)
		s.ID, s.Seq = id.Rotation(h.Stream), h.Seq
		return s
	case *v1.State_Policy:
		if h.Kind != id.KindPolicy {
			return nil
		}
		s := standingFrom(check, b.Policy)
		s.ID, s.Seq = id.Policy(h.Stream), h.Seq
		return s
	default:
		return nil
	}
}

func incidentTo(s incident.Incident) *v1.IncidentState {
	m := &v1.IncidentState{
		Number: s.Number, Title: text(s.Title), Kind: uint32(s.Kind), Severity: uint32(s.Severity),
		Status: uint32(s.Status), Tags: texts(s.Tags), DeclaredBy: bytesOf(s.DeclaredBy),
		DeclaredUs: Micros(s.DeclaredAt), StatusSinceUs: Micros(s.StatusSince),
		UpdatedUs: Micros(s.Updated), UpdatedBy: bytesOf(s.UpdatedBy), Entries: s.Entries,
		SeverityMark: markTo(s.SeverityMark), StatusMark: markTo(s.StatusMark),
		Starred: idsTo(s.Starred), Pinned: idsTo(s.Pinned), MergedInto: bytesOf(s.MergedInto), Absorbed: idsTo(s.Absorbed), Erased: idsTo(s.Erased),
		Paging:        pagingTo(s.Paging),
		UpdateEveryUs: s.UpdateEvery.Microseconds(), UpdateDueUs: Micros(s.UpdateDue),
		Private: s.Private, Admitted: idsTo(s.Admitted),
	}
	besideTo(m, s)
	for _, a := range s.Roles {
		m.Roles = append(m.Roles, &v1.Assignment{
			Role: text(string(a.Role)), PersonId: bytesOf(a.Person), SinceUs: Micros(a.Since), Mark: markTo(a.Mark),
		})
	}
	for _, r := range s.Responders {
		m.Responders = append(m.Responders, &v1.Responder{PersonId: bytesOf(r.Person), JoinedUs: Micros(r.Joined)})
	}
	if o := s.Origin; o != nil {
		m.Origin = &v1.Origin{Source: text(o.Source), Key: text(o.Key), Url: text(o.URL), Updates: texts(o.Updates)}
	}
	return m
}

func incidentFrom(check *fault.Check, m *v1.IncidentState) incident.Incident {
	s := incident.Incident{
		Number: m.GetNumber(), Title: m.GetTitle(), Kind: incidentKind(m.GetKind()), Severity: level(m.GetSeverity()),
		Status: status(m.GetStatus()), Tags: m.GetTags(),
		DeclaredBy: ident[id.Person](check, "declared_by", m.GetDeclaredBy()),
		DeclaredAt: Time(m.GetDeclaredUs()), StatusSince: Time(m.GetStatusSinceUs()),
		Updated:   Time(m.GetUpdatedUs()),
		UpdatedBy: ident[id.Person](check, "updated_by", m.GetUpdatedBy()), Entries: m.GetEntries(),
		SeverityMark: markFrom(check, m.GetSeverityMark()), StatusMark: markFrom(check, m.GetStatusMark()),
		Starred: idsFrom[id.Entry](check, "starred", m.GetStarred()), Pinned: idsFrom[id.Entry](check, "pinned", m.GetPinned()),
		MergedInto:  ident[id.Incident](check, "merged_into", m.GetMergedInto()),
		Absorbed:    idsFrom[id.Incident](check, "absorbed", m.GetAbsorbed()),
		Erased:      idsFrom[id.Entry](check, "erased", m.GetErased()),
		UpdateEvery: micros(m.GetUpdateEveryUs()), UpdateDue: Time(m.GetUpdateDueUs()),
		Private: m.GetPrivate(), Admitted: idsFrom[id.Person](check, "admitted", m.GetAdmitted()), Paging: pagingFrom(check, m.GetPaging()),
	}
	besideFrom(check, m, &s)
	for _, a := range m.GetRoles() {
		s.Roles = append(s.Roles, incident.Assignment{
			Role:   workspace.RoleKey(a.GetRole()),
			Person: ident[id.Person](check, "roles.person_id", a.GetPersonId()),
			Since:  Time(a.GetSinceUs()), Mark: markFrom(check, a.GetMark()),
		})
	}
	for _, r := range m.GetResponders() {
		s.Responders = append(s.Responders, incident.Responder{
			Person: ident[id.Person](check, "responders.person_id", r.GetPersonId()), Joined: Time(r.GetJoinedUs()),
		})
	}
	if o := m.GetOrigin(); o != nil {
		s.Origin = &incident.Origin{Source: o.GetSource(), Key: o.GetKey(), URL: o.GetUrl(), Updates: o.GetUpdates()}
	}
	return s
}

// besideTo writes what stands beside the timeline.
func besideTo(m *v1.IncidentState, s incident.Incident) {
	for _, k := range s.Milestones {
		m.Milestones = append(m.Milestones, &v1.Milestone{Name: text(k.Name), EntryId: bytesOf(k.Entry), AtUs: Micros(k.At), By: bytesOf(k.By)})
	}
	for _, t := range s.Tasks {
		m.Tasks = append(m.Tasks, &v1.Task{
			Id: bytesOf(t.ID), Text: text(t.Text), PersonId: bytesOf(t.Person), Done: t.Done, TurnedUs: Micros(t.Turned),
		})
	}
	for _, c := range s.Checklists {
		m.Checklists = append(m.Checklists, goneThroughTo(c))
	}
	for _, l := range s.Links {
		m.Links = append(m.Links, &v1.Link{Url: text(l.URL), Label: text(l.Label)})
	}
}

func besideFrom(check *fault.Check, m *v1.IncidentState, s *incident.Incident) {
	for _, k := range m.GetMilestones() {
		s.Milestones = append(s.Milestones, incident.Milestone{
			Name: k.GetName(), Entry: ident[id.Entry](check, "milestones.entry_id", k.GetEntryId()),
			At: Time(k.GetAtUs()), By: ident[id.Person](check, "milestones.by", k.GetBy()),
		})
	}
	for _, t := range m.GetTasks() {
		s.Tasks = append(s.Tasks, incident.Task{
			ID: ident[id.Task](check, "tasks.id", t.GetId()), Text: t.GetText(),
			Person: ident[id.Person](check, "tasks.person_id", t.GetPersonId()), Done: t.GetDone(), Turned: Time(t.GetTurnedUs()),
		})
	}
	for _, c := range m.GetChecklists() {
		s.Checklists = append(s.Checklists, goneThroughFrom(check, c))
	}
	for _, l := range m.GetLinks() {
		s.Links = append(s.Links, incident.Link{URL: l.GetUrl(), Label: l.GetLabel()})
	}
}

func idsTo[T ~[16]byte](all []T) [][]byte {
	var out [][]byte
	for _, i := range all {
		out = append(out, bytes.Clone(i[:]))
	}
	return out
}

func idsFrom[T ~[16]byte](check *fault.Check, field string, all [][]byte) []T {
	var out []T
	for _, raw := range all {
		out = append(out, ident[T](check, field, raw))
	}
	return out
}

func markTo(m id.Mark) *v1.Mark {
	if m == (id.Mark{}) {
		return nil
	}
	return &v1.Mark{Seq: m.Seq, CommandId: bytesOf(m.Command), AtUs: Micros(m.At)}
}

func markFrom(check *fault.Check, m *v1.Mark) id.Mark {
	return id.Mark{
		Seq: m.GetSeq(), Command: ident[id.Command](check, "mark.command_id", m.GetCommandId()), At: Time(m.GetAtUs()),
	}
}

func personTo(p workspace.Person) *v1.PersonState {
	m := &v1.PersonState{
		Name: text(p.Name), Department: text(p.Department), Zone: text(p.Zone), Admin: p.Admin, AddedUs: Micros(p.Added),
		IsId: bytesOf(p.Is), Channels: uint32(p.Channels), Number: text(p.Number),
	}
	for _, d := range p.Devices {
		m.Devices = append(m.Devices, &v1.Device{
			DeviceId: bytesOf(d.ID), Name: text(d.Name), Platform: text(d.Platform),
			EnrolledUs: Micros(d.Enrolled), RevokedUs: Micros(d.Revoked), ById: bytesOf(d.By), RevokedById: bytesOf(d.RevokedBy), Pushed: d.Pushed,
		})
	}
	return m
}

func personFrom(check *fault.Check, m *v1.PersonState) workspace.Person {
	p := workspace.Person{
		Name: m.GetName(), Department: m.GetDepartment(), Zone: m.GetZone(), Admin: m.GetAdmin(), Added: Time(m.GetAddedUs()),
		Is: ident[id.Person](check, "is_id", m.GetIsId()), Channels: ChannelsFrom(m.GetChannels()), Number: m.GetNumber(),
	}
	for _, d := range m.GetDevices() {
		p.Devices = append(p.Devices, workspace.Device{
			ID:   ident[id.Device](check, "devices.device_id", d.GetDeviceId()),
			Name: d.GetName(), Platform: d.GetPlatform(),
			Enrolled: Time(d.GetEnrolledUs()), Revoked: Time(d.GetRevokedUs()),
			By:        ident[id.Person](check, "devices.by_id", d.GetById()),
			RevokedBy: ident[id.Person](check, "devices.revoked_by_id", d.GetRevokedById()), Pushed: d.GetPushed(),
		})
	}
	return p
}

func readerTo(r workspace.Reader) *v1.ReaderState {
	m := &v1.ReaderState{Rules: rulesTo(r.Rules)}
	for _, i := range slices.SortedFunc(maps.Keys(r.Read), id.Incident.Compare) {
		m.Marks = append(m.Marks, &v1.ReadMark{IncidentId: bytesOf(i), Upto: r.Read[i]})
	}
	for _, s := range r.Subscriptions {
		m.Subscriptions = append(m.Subscriptions, subscriptionTo(s))
	}
	return m
}

func readerFrom(check *fault.Check, m *v1.ReaderState) workspace.Reader {
	r := workspace.Reader{Rules: rulesFrom(m.GetRules())}
	for _, k := range m.GetMarks() {
		if r.Read == nil {
			r.Read = make(map[id.Incident]uint64, len(m.GetMarks()))
		}
		r.Read[ident[id.Incident](check, "marks.incident_id", k.GetIncidentId())] = k.GetUpto()
	}
	for _, s := range m.GetSubscriptions() {
		r.Subscriptions = append(r.Subscriptions, subscriptionFrom(check, s))
	}
	return r
}
