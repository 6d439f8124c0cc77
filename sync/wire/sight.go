package wire

import (
	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// sightCommandTo returns nil for what is no command about who sees an incident.
func sightCommandTo(c incident.SightCommand) *v1.Command {
	switch c := c.(type) {
	case incident.Conceal:
		return &v1.Command{Body: &v1.Command_Conceal{Conceal: &v1.Conceal{AdmitIds: idsTo(c.Admit)}}}
	case incident.Reveal:
		return &v1.Command{Body: &v1.Command_Reveal{Reveal: &v1.Reveal{}}}
	case incident.Admit:
		return &v1.Command{Body: &v1.Command_Admit{Admit: &v1.Admit{PersonId: bytesOf(c.Person)}}}
	case incident.Exclude:
		return &v1.Command{Body: &v1.Command_Exclude{Exclude: &v1.Exclude{PersonId: bytesOf(c.Person)}}}
	default:
		return nil
	}
}

// sightCommandFrom returns nil for what is no command about who sees an incident.
func sightCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_Conceal:
		return incident.Conceal{Admit: idsFrom[id.Person](check, "admit_ids", b.Conceal.GetAdmitIds())}
	case *v1.Command_Reveal:
		return incident.Reveal{}
	case *v1.Command_Admit:
		return incident.Admit{Person: ident[id.Person](check, "person_id", b.Admit.GetPersonId())}
	case *v1.Command_Exclude:
		return incident.Exclude{Person: ident[id.Person](check, "person_id", b.Exclude.GetPersonId())}
	default:
		return nil
	}
}

// sightEventTo returns nil for what is no event about who sees an incident.
func sightEventTo(e incident.Event) *v1.Event {
	switch e := e.(type) {
	case incident.Concealed:
		return &v1.Event{Body: &v1.Event_Concealed{Concealed: &v1.Concealed{AdmittedIds: idsTo(e.Admitted)}}}
	case incident.Revealed:
		return &v1.Event{Body: &v1.Event_Revealed{Revealed: &v1.Revealed{Number: e.Number}}}
	case incident.Admitted:
		return &v1.Event{Body: &v1.Event_Admitted{Admitted: &v1.Admitted{PersonId: bytesOf(e.Person)}}}
	case incident.Excluded:
		return &v1.Event{Body: &v1.Event_Excluded{Excluded: &v1.Excluded{PersonId: bytesOf(e.Person)}}}
	default:
		return nil
	}
}

// sightEventFrom returns nil for what is no event about who sees an incident.
func sightEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_Concealed:
		return incident.Concealed{Admitted: idsFrom[id.Person](check, "admitted_ids", b.Concealed.GetAdmittedIds())}
	case *v1.Event_Revealed:
		return incident.Revealed{Number: b.Revealed.GetNumber()}
	case *v1.Event_Admitted:
		return incident.Admitted{Person: ident[id.Person](check, "person_id", b.Admitted.GetPersonId())}
	case *v1.Event_Excluded:
		return incident.Excluded{Person: ident[id.Person](check, "person_id", b.Excluded.GetPersonId())}
	default:
		return nil
	}
}

// ScopesFrom reads scopes. It returns a Corrupt fault where one is malformed.
func ScopesFrom(raw [][]byte) ([]id.Scope, error) {
	var check fault.Check
	out := idsFrom[id.Scope](&check, "private_scope_ids", raw)
	if err := check.Err("A list of scopes is malformed."); err != nil {
		return nil, damaged("scopes", err)
	}
	return out, nil
}
