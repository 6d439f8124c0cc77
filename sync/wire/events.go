package wire

import (
	"crypto/sha256"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
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

// EncodeEvent returns the encoding of e as a v1.Event. Text that is no UTF-8 is mended. It fails
// only for a type of event that has no wire form; stream.Unknown has none, its bytes are kept.
func EncodeEvent(e stream.Event) ([]byte, error) {
	var m *v1.Event
	switch e := e.(type) {
	case incident.Event:
		m = incidentEventTo(e)
	case workspace.PersonEvent:
		m = personEventTo(e)
	case workspace.ReaderEvent:
		m = readerEventTo(e)
	case workspace.TermsEvent:
		m = termsEventTo(e)
	case oncall.Event:
		m = rotationEventTo(e)
	case escalation.PolicyEvent:
		m = policyEventTo(e)
	}
	if m == nil {
		return nil, fmt.Errorf("encode event: %T has no wire form", e)
	}
	return marshal("event", m)
}

// DecodeEvent reads an event found in a stream of kind. An event of a later version, and one that
// does not belong in such a stream, is stream.Unknown. It returns a Corrupt fault for what is
// malformed.
func DecodeEvent(kind id.Kind, raw []byte) (stream.Event, error) {
	m := &v1.Event{}
	if err := proto.Unmarshal(raw, m); err != nil {
		return nil, damaged("event", err)
	}
	var check fault.Check
	var e stream.Event
	for _, read := range []func(*fault.Check, *v1.Event) stream.Event{
		incidentEventFrom, sightEventFrom, entryEventFrom, factEventFrom, workspaceEventFrom, termsEventFrom, rotationEventFrom,
		pagedFrom, policyEventFrom,
	} {
		if e = read(&check, m); e != nil {
			break
		}
	}
	if err := check.Err("The event is malformed."); err != nil {
		return nil, damaged("event", err)
	}
	if e == nil || e.Stream() != kind {
		return stream.Unknown{Of: kind}, nil
	}
	return e, nil
}

func incidentEventTo(e incident.Event) *v1.Event {
	switch e := e.(type) {
	case incident.Declared:
		return &v1.Event{Body: &v1.Event_Declared{Declared: &v1.Declared{
			Number: e.Number, Title: text(e.Title), Severity: uint32(e.Severity), Kind: uint32(e.Kind), Tags: texts(e.Tags),
			Private: e.Private, AdmittedIds: idsTo(e.Admitted),
		}}}
	case incident.Written:
		return &v1.Event{Body: &v1.Event_Written{Written: &v1.Written{
			EntryId: bytesOf(e.Entry), Text: text(e.Text), Update: e.Update, Attachments: attachmentsTo(e.Attachments), Was: contentTo(e.Was),
		}}}
	case incident.SeverityChanged:
		return &v1.Event{Body: &v1.Event_SeverityChanged{SeverityChanged: &v1.SeverityChanged{
			From: uint32(e.From), To: uint32(e.To), Reason: text(e.Reason),
		}}}
	case incident.StatusChanged:
		return &v1.Event{Body: &v1.Event_StatusChanged{StatusChanged: &v1.StatusChanged{
			From: uint32(e.From), To: uint32(e.To), Reason: text(e.Reason),
		}}}
	case incident.Retitled:
		return &v1.Event{Body: &v1.Event_Retitled{Retitled: &v1.Retitled{From: text(e.From), To: text(e.To)}}}
	case incident.Tagged:
		return &v1.Event{Body: &v1.Event_Tagged{Tagged: &v1.Tagged{Tag: text(e.Tag)}}}
	case incident.Untagged:
		return &v1.Event{Body: &v1.Event_Untagged{Untagged: &v1.Untagged{Tag: text(e.Tag)}}}
	case incident.RoleAssigned:
		return &v1.Event{Body: &v1.Event_RoleAssigned{RoleAssigned: &v1.RoleAssigned{
			Role: text(string(e.Role)), PersonId: bytesOf(e.Person), FormerId: bytesOf(e.Former),
		}}}
	case incident.Joined:
		return &v1.Event{Body: &v1.Event_Joined{Joined: &v1.Joined{}}}
	case incident.Contested:
		return &v1.Event{Body: &v1.Event_Contested{Contested: &v1.Contested{
			Field: text(e.Field), Wanted: text(e.Wanted), Standing: text(e.Standing), Reason: text(e.Reason),
		}}}
	case incident.Imported:
		return &v1.Event{Body: &v1.Event_Imported{Imported: importedTo(e)}}
	case incident.UpdateImported:
		return &v1.Event{Body: &v1.Event_UpdateImported{UpdateImported: &v1.UpdateImported{
			EntryId: bytesOf(e.Entry), Key: text(e.Key), Label: text(e.Label), Body: text(e.Body),
			AtUs: Micros(e.At), Status: statusTo(e.Status), Was: contentTo(e.Was),
		}}}
	case incident.Paged:
		return pagedTo(e.Event)
	default:
		if m := entryEventTo(e); m != nil {
			return m
		}
		if m := sightEventTo(e); m != nil {
			return m
		}
		return factEventTo(e)
	}
}

func importedTo(e incident.Imported) *v1.Imported {
	return &v1.Imported{
		Number: e.Number, Source: text(e.Source), Key: text(e.Key), Url: text(e.URL), Title: text(e.Title),
		Severity: uint32(e.Severity), Kind: uint32(e.Kind), Tags: texts(e.Tags), AtUs: Micros(e.At),
	}
}

func personEventTo(e workspace.PersonEvent) *v1.Event {
	switch e := e.(type) {
	case workspace.PersonAdded:
		return &v1.Event{Body: &v1.Event_PersonAdded{PersonAdded: &v1.PersonAdded{
			PersonId: bytesOf(e.Person), Name: text(e.Name), Department: text(e.Department), Admin: e.Admin,
		}}}
	case workspace.PersonDescribed:
		return &v1.Event{Body: &v1.Event_PersonDescribed{PersonDescribed: &v1.PersonDescribed{
			Name: text(e.Name), Department: text(e.Department), Zone: text(e.Zone),
		}}}
	case workspace.DeviceEnrolled:
		return &v1.Event{Body: &v1.Event_DeviceEnrolled{DeviceEnrolled: &v1.DeviceEnrolled{
			DeviceId: bytesOf(e.Device), Name: text(e.Name), Platform: text(e.Platform), ById: bytesOf(e.By),
		}}}
	case workspace.DeviceRevoked:
		return &v1.Event{Body: &v1.Event_DeviceRevoked{DeviceRevoked: &v1.DeviceRevoked{
			DeviceId: bytesOf(e.Device), Reason: text(e.Reason),
		}}}
	case workspace.PersonReadmitted:
		return &v1.Event{Body: &v1.Event_PersonReadmitted{PersonReadmitted: &v1.PersonReadmitted{
			DeviceId: bytesOf(e.Device), InvitedId: bytesOf(e.Invited), ById: bytesOf(e.By),
		}}}
	case workspace.PersonRecognized:
		return &v1.Event{Body: &v1.Event_PersonRecognized{PersonRecognized: &v1.PersonRecognized{AsId: bytesOf(e.As)}}}
	case workspace.ReachableThrough:
		return &v1.Event{Body: &v1.Event_ReachableThrough{ReachableThrough: &v1.ReachableThrough{
			Channels: uint32(e.Channels), DeviceIds: idsTo(e.Devices), Gone: uint32(e.Gone),
		}}}
	case workspace.NumberPublished:
		return &v1.Event{Body: &v1.Event_NumberPublished{NumberPublished: &v1.NumberPublished{Number: text(e.Number)}}}
	case workspace.RecordGivenBack:
		return &v1.Event{Body: &v1.Event_RecordGivenBack{RecordGivenBack: &v1.RecordGivenBack{First: e.First}}}
	default:
		return nil
	}
}

func readerEventTo(e workspace.ReaderEvent) *v1.Event {
	switch e := e.(type) {
	case workspace.IncidentRead:
		return &v1.Event{Body: &v1.Event_IncidentRead{IncidentRead: &v1.IncidentRead{
			IncidentId: bytesOf(e.Incident), Upto: e.Upto,
		}}}
	case workspace.Subscribed:
		return &v1.Event{Body: &v1.Event_Subscribed{Subscribed: &v1.Subscribed{To: subscriptionTo(e.To), Off: e.Off}}}
	case workspace.RulesChosen:
		return &v1.Event{Body: &v1.Event_RulesChosen{RulesChosen: &v1.RulesChosen{Rules: rulesTo(e.Rules)}}}
	default:
		return nil
	}
}

// incidentEventFrom returns nil for what is no event of an incident as a whole.
func incidentEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_Declared:
		d := b.Declared
		return incident.Declared{
			Number: d.GetNumber(), Title: d.GetTitle(), Severity: level(d.GetSeverity()), Kind: incidentKind(d.GetKind()),
			Tags: d.GetTags(), Private: d.GetPrivate(), Admitted: idsFrom[id.Person](check, "admitted_ids", d.GetAdmittedIds()),
		}
	case *v1.Event_Written:
		d := b.Written
		return incident.Written{
			Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Text: d.GetText(), Update: d.GetUpdate(),
			Attachments: attachmentsFrom(check, d.GetAttachments()), Was: contentFrom(check, "was", d.GetWas()),
		}
	case *v1.Event_SeverityChanged:
		d := b.SeverityChanged
		return incident.SeverityChanged{From: level(d.GetFrom()), To: level(d.GetTo()), Reason: d.GetReason()}
	case *v1.Event_StatusChanged:
		d := b.StatusChanged
		return incident.StatusChanged{From: status(d.GetFrom()), To: status(d.GetTo()), Reason: d.GetReason()}
	case *v1.Event_Retitled:
		return incident.Retitled{From: b.Retitled.GetFrom(), To: b.Retitled.GetTo()}
	case *v1.Event_Tagged:
		return incident.Tagged{Tag: b.Tagged.GetTag()}
	case *v1.Event_Untagged:
		return incident.Untagged{Tag: b.Untagged.GetTag()}
	case *v1.Event_RoleAssigned:
		d := b.RoleAssigned
		return incident.RoleAssigned{
			Role:   workspace.RoleKey(d.GetRole()),
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
			Former: ident[id.Person](check, "former_id", d.GetFormerId()),
		}
	case *v1.Event_Joined:
		return incident.Joined{}
	case *v1.Event_Contested:
		d := b.Contested
		return incident.Contested{
			Field: d.GetField(), Wanted: d.GetWanted(), Standing: d.GetStanding(), Reason: d.GetReason(),
		}
	case *v1.Event_Imported:
		return importedFrom(b.Imported)
	case *v1.Event_UpdateImported:
		return updateImportedFrom(check, b.UpdateImported)
	default:
		return nil
	}
}

func importedFrom(m *v1.Imported) incident.Imported {
	return incident.Imported{
		Number: m.GetNumber(), Source: m.GetSource(), Key: m.GetKey(), URL: m.GetUrl(), Title: m.GetTitle(),
		Severity: level(m.GetSeverity()), Kind: incidentKind(m.GetKind()), Tags: m.GetTags(), At: Time(m.GetAtUs()),
	}
}

func updateImportedFrom(check *fault.Check, m *v1.UpdateImported) incident.UpdateImported {
	return incident.UpdateImported{
		Entry: ident[id.Entry](check, "entry_id", m.GetEntryId()),
		Key:   m.GetKey(), Label: m.GetLabel(), Body: m.GetBody(), At: Time(m.GetAtUs()), Status: statusFrom(m.Status),
		Was: contentFrom(check, "was", m.GetWas()),
	}
}

// workspaceEventFrom returns nil for what is no event of a person or of reading marks.
func workspaceEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_PersonAdded:
		d := b.PersonAdded
		return workspace.PersonAdded{
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
			Name:   d.GetName(), Department: d.GetDepartment(), Admin: d.GetAdmin(),
		}
	case *v1.Event_PersonDescribed:
		d := b.PersonDescribed
		return workspace.PersonDescribed{Name: d.GetName(), Department: d.GetDepartment(), Zone: d.GetZone()}
	case *v1.Event_DeviceEnrolled:
		d := b.DeviceEnrolled
		return workspace.DeviceEnrolled{
			Device: ident[id.Device](check, "device_id", d.GetDeviceId()), Name: d.GetName(), Platform: d.GetPlatform(),
			By: ident[id.Person](check, "by_id", d.GetById()),
		}
	case *v1.Event_DeviceRevoked:
		d := b.DeviceRevoked
		return workspace.DeviceRevoked{
			Device: ident[id.Device](check, "device_id", d.GetDeviceId()), Reason: d.GetReason(),
		}
	case *v1.Event_PersonReadmitted:
		d := b.PersonReadmitted
		return workspace.PersonReadmitted{
			Device:  ident[id.Device](check, "device_id", d.GetDeviceId()),
			Invited: ident[id.Person](check, "invited_id", d.GetInvitedId()), By: ident[id.Person](check, "by_id", d.GetById()),
		}
	case *v1.Event_PersonRecognized:
		return workspace.PersonRecognized{As: ident[id.Person](check, "as_id", b.PersonRecognized.GetAsId())}
	case *v1.Event_ReachableThrough:
		return reachableFrom(check, b.ReachableThrough)
	case *v1.Event_NumberPublished:
		return workspace.NumberPublished{Number: b.NumberPublished.GetNumber()}
	case *v1.Event_RulesChosen:
		return workspace.RulesChosen{Rules: rulesFrom(b.RulesChosen.GetRules())}
	case *v1.Event_RecordGivenBack:
		return workspace.RecordGivenBack{First: b.RecordGivenBack.GetFirst()}
	case *v1.Event_IncidentRead:
		d := b.IncidentRead
		return workspace.IncidentRead{
			Incident: ident[id.Incident](check, "incident_id", d.GetIncidentId()), Upto: d.GetUpto(),
		}
	case *v1.Event_Subscribed:
		d := b.Subscribed
		return workspace.Subscribed{To: subscriptionFrom(check, d.GetTo()), Off: d.GetOff()}
	default:
		return nil
	}
}

// Blanked returns what is kept of a stored event of an incident once an entry is erased. It is false for an
// event that holds none of the entry's words.
func Blanked(raw []byte, entry id.Entry) ([]byte, bool, error) {
	e, err := DecodeEvent(id.KindIncident, raw)
	if err != nil {
		return nil, false, err
	}
	fact, ok := e.(incident.Event)
	if !ok {
		return nil, false, nil
	}
	blank, holds := incident.Blanked(fact, entry, sha256.Sum256(raw))
	if !holds {
		return nil, false, nil
	}
	out, err := EncodeEvent(blank)
	return out, true, err
}

// RevisionIn returns what a stored event of an incident says of an entry's words: Edited or Erased. It is false for
// every other event. It reads one byte of most, so that it may be asked of each.
func RevisionIn(raw []byte) (incident.Event, bool) {
	number, kind, n := protowire.ConsumeTag(raw)
	if n < 0 || kind != protowire.BytesType || number != editedField && number != erasedField {
		return nil, false
	}
	e, err := DecodeEvent(id.KindIncident, raw)
	fact, ok := e.(incident.Event)
	return fact, ok && err == nil
}

// The numbers of Edited and Erased in v1.Event.
const (
	editedField = 13
	erasedField = 14
)

func attachmentsTo(all []incident.Attachment) []*v1.Attachment {
	var out []*v1.Attachment
	for _, a := range all {
		out = append(out, &v1.Attachment{
			Content: contentTo(a.Content), Name: text(a.Name), Type: text(a.Type), Size: a.Size, Width: a.Width, Height: a.Height,
		})
	}
	return out
}

func attachmentsFrom(check *fault.Check, all []*v1.Attachment) []incident.Attachment {
	var out []incident.Attachment
	for _, a := range all {
		out = append(out, incident.Attachment{
			Content: contentFrom(check, "content", a.GetContent()), Name: a.GetName(), Type: a.GetType(),
			Size: a.GetSize(), Width: a.GetWidth(), Height: a.GetHeight(),
		})
	}
	return out
}

func contentTo(c id.Content) []byte {
	if c.IsZero() {
		return nil
	}
	return c[:]
}

// contentFrom reads the name of some bytes; no bytes name nothing. Any other length than 32 is noted in check.
func contentFrom(check *fault.Check, field string, raw []byte) id.Content {
	var out id.Content
	if len(raw) != 0 && len(raw) != len(out) {
		check.Add(field, fmt.Sprintf("has %d bytes; a SHA-256 has 32", len(raw)))
		return out
	}
	copy(out[:], raw)
	return out
}
