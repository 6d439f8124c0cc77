package wire

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// EncodeCommand returns the encoding of c as a v1.Command. Text that is no UTF-8 is mended. It
// fails only for a type of command that has no wire form.
func EncodeCommand(c stream.Command) ([]byte, error) {
	m, err := commandTo(c)
	if err != nil {
		return nil, err
	}
	return marshal("command", m)
}

// DecodeCommand reads what EncodeCommand wrote. It returns an Invalid fault for what is malformed
// and for a command that this version does not know.
func DecodeCommand(raw []byte) (stream.Command, error) {
	m := &v1.Command{}
	if err := proto.Unmarshal(raw, m); err != nil {
		return nil, fault.Wrap(fault.Invalid, "The command cannot be read.", err)
	}
	return commandFrom(m)
}

func commandTo(c stream.Command) (*v1.Command, error) {
	var m *v1.Command
	switch c := c.(type) {
	case incident.Command:
		m = incidentCommandTo(c)
	case workspace.PersonCommand:
		m = personCommandTo(c)
	case workspace.ReaderCommand:
		m = readerCommandTo(c)
	case workspace.TermsCommand:
		m = termsCommandTo(c)
	case oncall.Command:
		m = rotationCommandTo(c)
	}
	if m == nil {
		return nil, fmt.Errorf("encode command: %T has no wire form", c)
	}
	return m, nil
}

func incidentCommandTo(c incident.Command) *v1.Command {
	switch c := c.(type) {
	case incident.Declare:
		return &v1.Command{Body: &v1.Command_Declare{Declare: &v1.Declare{
			Title: text(c.Title), Severity: uint32(c.Severity), Kind: uint32(c.Kind), Tags: texts(c.Tags),
			Private: c.Private, AdmitIds: idsTo(c.Admit),
		}}}
	case incident.Write:
		return &v1.Command{Body: &v1.Command_Write{Write: &v1.Write{
			EntryId: bytesOf(c.Entry), Text: text(c.Text), Update: c.Update, Attachments: attachmentsTo(c.Attachments), Privately: c.Privately,
		}}}
	case incident.ChangeSeverity:
		return &v1.Command{Body: &v1.Command_ChangeSeverity{ChangeSeverity: &v1.ChangeSeverity{
			Base: baseTo(c.Base), To: uint32(c.To), Reason: text(c.Reason),
		}}}
	case incident.ChangeStatus:
		return &v1.Command{Body: &v1.Command_ChangeStatus{ChangeStatus: &v1.ChangeStatus{
			Base: baseTo(c.Base), To: uint32(c.To), Reason: text(c.Reason),
		}}}
	case incident.Retitle:
		return &v1.Command{Body: &v1.Command_Retitle{Retitle: &v1.Retitle{Title: text(c.Title)}}}
	case incident.AddTag:
		return &v1.Command{Body: &v1.Command_AddTag{AddTag: &v1.AddTag{Tag: text(c.Tag)}}}
	case incident.RemoveTag:
		return &v1.Command{Body: &v1.Command_RemoveTag{RemoveTag: &v1.RemoveTag{Tag: text(c.Tag)}}}
	case incident.AssignRole:
		return &v1.Command{Body: &v1.Command_AssignRole{AssignRole: &v1.AssignRole{
			Base: baseTo(c.Base), Role: text(string(c.Role)), PersonId: bytesOf(c.Person),
		}}}
	case incident.Join:
		return &v1.Command{Body: &v1.Command_Join{Join: &v1.Join{}}}
	case incident.Import:
		return &v1.Command{Body: &v1.Command_Import{Import: ImportTo(c)}}
	case incident.SightCommand:
		return sightCommandTo(c)
	case incident.EntryCommand:
		return entryCommandTo(c)
	default:
		return factCommandTo(c)
	}
}

func personCommandTo(c workspace.PersonCommand) *v1.Command {
	switch c := c.(type) {
	case workspace.AddPerson:
		return &v1.Command{Body: &v1.Command_AddPerson{AddPerson: &v1.AddPerson{
			PersonId: bytesOf(c.Person), Name: text(c.Name), Department: text(c.Department), Admin: c.Admin,
		}}}
	case workspace.DescribePerson:
		return &v1.Command{Body: &v1.Command_DescribePerson{DescribePerson: &v1.DescribePerson{
			PersonId: bytesOf(c.Person), Name: text(c.Name), Department: text(c.Department), Zone: text(c.Zone),
		}}}
	case workspace.EnrolDevice:
		return &v1.Command{Body: &v1.Command_EnrolDevice{EnrolDevice: &v1.EnrolDevice{
			PersonId: bytesOf(c.Person), DeviceId: bytesOf(c.Device), Name: text(c.Name), Platform: text(c.Platform),
			ById: bytesOf(c.By),
		}}}
	case workspace.RevokeDevice:
		return &v1.Command{Body: &v1.Command_RevokeDevice{RevokeDevice: &v1.RevokeDevice{
			PersonId: bytesOf(c.Person), DeviceId: bytesOf(c.Device), Reason: text(c.Reason),
		}}}
	case workspace.ReadmitPerson:
		return &v1.Command{Body: &v1.Command_ReadmitPerson{ReadmitPerson: &v1.ReadmitPerson{
			PersonId: bytesOf(c.Person), DeviceId: bytesOf(c.Device), InvitedId: bytesOf(c.Invited), ById: bytesOf(c.By),
		}}}
	case workspace.RecognizePerson:
		return &v1.Command{Body: &v1.Command_RecognizePerson{RecognizePerson: &v1.RecognizePerson{
			PersonId: bytesOf(c.Person), AsId: bytesOf(c.As),
		}}}
	default:
		return nil
	}
}

func readerCommandTo(c workspace.ReaderCommand) *v1.Command {
	switch c := c.(type) {
	case workspace.MarkRead:
		return &v1.Command{Body: &v1.Command_MarkRead{MarkRead: &v1.MarkRead{
			IncidentId: bytesOf(c.Incident), Upto: c.Upto,
		}}}
	case workspace.Subscribe:
		return &v1.Command{Body: &v1.Command_Subscribe{Subscribe: &v1.Subscribe{To: subscriptionTo(c.To), Off: c.Off}}}
	default:
		return nil
	}
}

func commandFrom(m *v1.Command) (stream.Command, error) {
	var check fault.Check
	var c stream.Command
	for _, read := range []func(*fault.Check, *v1.Command) stream.Command{
		incidentCommandFrom, sightCommandFrom, entryCommandFrom, factCommandFrom, workspaceCommandFrom, termsCommandFrom, rotationCommandFrom,
	} {
		if c = read(&check, m); c != nil {
			break
		}
	}
	if err := check.Err("The command is malformed."); err != nil {
		return nil, err
	}
	if c == nil {
		return nil, fault.New(fault.Invalid, "This version does not know the command.")
	}
	return c, nil
}

// incidentCommandFrom returns nil for what is no command about an incident as a whole.
func incidentCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_Declare:
		d := b.Declare
		return incident.Declare{
			Title: d.GetTitle(), Severity: level(d.GetSeverity()), Kind: incidentKind(d.GetKind()), Tags: d.GetTags(),
			Private: d.GetPrivate(), Admit: idsFrom[id.Person](check, "admit_ids", d.GetAdmitIds()),
		}
	case *v1.Command_Write:
		d := b.Write
		return incident.Write{
			Entry: ident[id.Entry](check, "entry_id", d.GetEntryId()), Text: d.GetText(), Update: d.GetUpdate(),
			Attachments: attachmentsFrom(check, d.GetAttachments()), Privately: d.GetPrivately(),
		}
	case *v1.Command_ChangeSeverity:
		d := b.ChangeSeverity
		return incident.ChangeSeverity{
			Base: baseFrom(check, d.GetBase()), To: level(d.GetTo()), Reason: d.GetReason(),
		}
	case *v1.Command_ChangeStatus:
		d := b.ChangeStatus
		return incident.ChangeStatus{
			Base: baseFrom(check, d.GetBase()), To: status(d.GetTo()), Reason: d.GetReason(),
		}
	case *v1.Command_Retitle:
		return incident.Retitle{Title: b.Retitle.GetTitle()}
	case *v1.Command_AddTag:
		return incident.AddTag{Tag: b.AddTag.GetTag()}
	case *v1.Command_RemoveTag:
		return incident.RemoveTag{Tag: b.RemoveTag.GetTag()}
	case *v1.Command_AssignRole:
		d := b.AssignRole
		return incident.AssignRole{
			Base: baseFrom(check, d.GetBase()), Role: workspace.RoleKey(d.GetRole()),
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
		}
	case *v1.Command_Join:
		return incident.Join{}
	case *v1.Command_Import:
		return importFrom(b.Import)
	default:
		return nil
	}
}

// workspaceCommandFrom returns nil for what is no command about a person or reading marks.
func workspaceCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_AddPerson:
		d := b.AddPerson
		return workspace.AddPerson{
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
			Name:   d.GetName(), Department: d.GetDepartment(), Admin: d.GetAdmin(),
		}
	case *v1.Command_DescribePerson:
		d := b.DescribePerson
		return workspace.DescribePerson{
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
			Name:   d.GetName(), Department: d.GetDepartment(), Zone: d.GetZone(),
		}
	case *v1.Command_EnrolDevice:
		d := b.EnrolDevice
		return workspace.EnrolDevice{
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
			Device: ident[id.Device](check, "device_id", d.GetDeviceId()),
			Name:   d.GetName(), Platform: d.GetPlatform(), By: ident[id.Person](check, "by_id", d.GetById()),
		}
	case *v1.Command_RevokeDevice:
		d := b.RevokeDevice
		return workspace.RevokeDevice{
			Person: ident[id.Person](check, "person_id", d.GetPersonId()),
			Device: ident[id.Device](check, "device_id", d.GetDeviceId()), Reason: d.GetReason(),
		}
	case *v1.Command_ReadmitPerson:
		d := b.ReadmitPerson
		return workspace.ReadmitPerson{
			Person: ident[id.Person](check, "person_id", d.GetPersonId()), Device: ident[id.Device](check, "device_id", d.GetDeviceId()),
			Invited: ident[id.Person](check, "invited_id", d.GetInvitedId()), By: ident[id.Person](check, "by_id", d.GetById()),
		}
	case *v1.Command_RecognizePerson:
		d := b.RecognizePerson
		return workspace.RecognizePerson{
			Person: ident[id.Person](check, "person_id", d.GetPersonId()), As: ident[id.Person](check, "as_id", d.GetAsId()),
		}
	case *v1.Command_MarkRead:
		d := b.MarkRead
		return workspace.MarkRead{
			Incident: ident[id.Incident](check, "incident_id", d.GetIncidentId()), Upto: d.GetUpto(),
		}
	case *v1.Command_Subscribe:
		d := b.Subscribe
		return workspace.Subscribe{To: subscriptionFrom(check, d.GetTo()), Off: d.GetOff()}
	default:
		return nil
	}
}

func baseTo(b incident.Base) *v1.Base {
	if b == (incident.Base{}) {
		return nil
	}
	return &v1.Base{Seq: b.Seq, AfterCommand: bytesOf(b.After)}
}

func baseFrom(check *fault.Check, m *v1.Base) incident.Base {
	return incident.Base{Seq: m.GetSeq(), After: ident[id.Command](check, "after_command", m.GetAfterCommand())}
}

// ImportTo returns the wire form of an import.
func ImportTo(i incident.Import) *v1.Import {
	m := &v1.Import{
		Source: text(i.Source), Key: text(i.Key), Url: text(i.URL), Title: text(i.Title),
		Severity: uint32(i.Severity), Kind: uint32(i.Kind), Tags: texts(i.Tags), DeclaredUs: Micros(i.Declared),
	}
	for _, u := range i.Updates {
		m.Updates = append(m.Updates, &v1.ImportedUpdate{
			Key: text(u.Key), Label: text(u.Label), Body: text(u.Body), AtUs: Micros(u.At), Status: statusTo(u.Status),
		})
	}
	return m
}

// ImportFrom reads the wire form of an import. It returns an Invalid fault where there is none.
func ImportFrom(m *v1.Import) (incident.Import, error) {
	if m == nil {
		return incident.Import{}, fault.New(fault.Invalid, "The import is missing.")
	}
	return importFrom(m), nil
}

func importFrom(m *v1.Import) incident.Import {
	i := incident.Import{
		Source: m.GetSource(), Key: m.GetKey(), URL: m.GetUrl(), Title: m.GetTitle(),
		Severity: level(m.GetSeverity()), Kind: incidentKind(m.GetKind()), Tags: m.GetTags(), Declared: Time(m.GetDeclaredUs()),
	}
	for _, u := range m.GetUpdates() {
		i.Updates = append(i.Updates, incident.ImportedUpdate{
			Key: u.GetKey(), Label: u.GetLabel(), Body: u.GetBody(), At: Time(u.GetAtUs()), Status: statusFrom(u.Status),
		})
	}
	return i
}
