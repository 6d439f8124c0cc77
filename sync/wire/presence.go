package wire

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
)

// AttendTo returns the wire form of how a device attends an incident.
func AttendTo(in id.Incident, a presence.Attention) *v1.AttendRequest {
	return &v1.AttendRequest{IncidentId: bytesOf(in), Attention: v1.Attention(a)}
}

// AttendFrom reads how a device attends an incident. It returns an Invalid fault where either is missing or
// unknown.
func AttendFrom(m *v1.AttendRequest) (id.Incident, presence.Attention, error) {
	var check fault.Check
	in := needed[id.Incident](&check, "incident_id", m.GetIncidentId())
	a := m.GetAttention()
	if a < v1.Attention_ATTENTION_LOOKING || a > v1.Attention_ATTENTION_LEFT {
		check.Add("attention", "is unknown here")
		a = v1.Attention_ATTENTION_UNSPECIFIED
	}
	return in, presence.Attention(a), check.Err("The attention is malformed.")
}

// AppendPresence appends to dst a field that holds r as a v1.Presence, and returns the extended buffer.
func AppendPresence(dst []byte, field protowire.Number, r presence.Room) []byte {
	dst, start := begin(dst, field)
	dst = appendBytes(dst, 1, bytesOf(r.Incident))
	for _, a := range r.Attendees {
		var inner int
		dst, inner = begin(dst, 2)
		dst = appendBytes(dst, 1, bytesOf(a.Person))
		dst = appendNumber(dst, 2, protowire.EncodeBool(a.Typing))
		dst = end(dst, inner)
	}
	dst = appendNumber(dst, 3, uint64(max(r.More, 0)))
	return end(dst, start)
}

// PresencesFrom reads who attends what. What is malformed is left out: nothing depends on it.
func PresencesFrom(presences []*v1.Presence) []presence.Room {
	var out []presence.Room
	for _, m := range presences {
		var check fault.Check
		r := presence.Room{Incident: needed[id.Incident](&check, "incident_id", m.GetIncidentId()), More: int(min(m.GetMore(), math.MaxInt32))}
		for _, a := range m.GetAttendees() {
			r.Attendees = append(r.Attendees, presence.Attendee{
				Person: needed[id.Person](&check, "person_id", a.GetPersonId()), Typing: a.GetTyping(),
			})
		}
		if check.Err("A presence is malformed.") == nil {
			out = append(out, r)
		}
	}
	return out
}
