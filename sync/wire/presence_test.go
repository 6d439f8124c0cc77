package wire_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func TestPresencesComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	want := []presence.Room{
		{Incident: id.New[id.Incident](), More: 11, Attendees: []presence.Attendee{
			{Person: id.New[id.Person](), Typing: true}, {Person: id.New[id.Person]()},
		}},
		{Incident: id.New[id.Incident]()},
	}
	var raw []byte
	for _, r := range want {
		raw = wire.AppendPresence(raw, 3, r)
	}
	m := &v1.TailResponse{}
	if err := proto.Unmarshal(raw, m); err != nil {
		t.Fatal(err)
	}
	m.Presences = append(m.Presences, &v1.Presence{IncidentId: []byte{1}}, &v1.Presence{}, nil,
		&v1.Presence{IncidentId: want[0].Incident.Bytes(), Attendees: []*v1.Attendee{{PersonId: []byte("short")}}})
	if d := cmp.Diff(want, wire.PresencesFrom(m.GetPresences())); d != "" {
		t.Errorf("what is well formed comes back otherwise: %s", d)
	}
}

func TestAttentionsComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	in := id.New[id.Incident]()
	for _, how := range []presence.Attention{presence.Looking, presence.Typing, presence.Left} {
		gotIn, got, err := wire.AttendFrom(wire.AttendTo(in, how))
		if err != nil || got != how || gotIn != in {
			t.Errorf("%d comes back as %d, %v", how, got, err)
		}
	}
	for _, how := range []v1.Attention{-1, 0, 4, 256 + 1} {
		if _, got, err := wire.AttendFrom(&v1.AttendRequest{IncidentId: in.Bytes(), Attention: how}); err == nil || got != 0 {
			t.Errorf("%d is read as %d, %v", how, got, err)
		}
	}
}
