package wire

import (
	"math"
	"time"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func remindedTo(e workspace.Reminded) *v1.Reminded {
	m := &v1.Reminded{
		About: uint32(e.About), RotationId: bytesOf(e.Rotation), FromUs: Micros(e.From), UntilUs: Micros(e.Until), PersonId: bytesOf(e.Person),
		More: uint32(min(e.More, math.MaxInt32)), //nolint:gosec // a count
	}
	for _, c := range e.Changes {
		m.Changes = append(m.Changes, &v1.DutyChange{FromUs: Micros(c.From), UntilUs: Micros(c.Until), Off: c.Off})
	}
	for _, d := range e.Doubts {
		m.Doubts = append(m.Doubts, &v1.ReachDoubt{Doubt: uint32(d.Doubt), Channel: uint32(d.Channel), AfterS: uint32(d.After / time.Second)}) //nolint:gosec // within an hour
	}
	return m
}

// remindedFrom reads what a later version tells of as something that this one has no words for.
func remindedFrom(check *fault.Check, m *v1.Reminded) workspace.Reminded {
	e := workspace.Reminded{
		About: workspace.About(min(m.GetAbout(), math.MaxUint8)), Rotation: ident[id.Rotation](check, "rotation_id", m.GetRotationId()),
		From: Time(m.GetFromUs()), Until: Time(m.GetUntilUs()), Person: ident[id.Person](check, "person_id", m.GetPersonId()),
		More: int(min(m.GetMore(), math.MaxInt32)),
	}
	for _, c := range m.GetChanges() {
		e.Changes = append(e.Changes, workspace.DutyChange{From: Time(c.GetFromUs()), Until: Time(c.GetUntilUs()), Off: c.GetOff()})
	}
	for _, d := range m.GetDoubts() {
		e.Doubts = append(e.Doubts, workspace.ReachDoubt{
			Doubt: uint8(min(d.GetDoubt(), math.MaxUint8)), Channel: ChannelFrom(d.GetChannel()), After: time.Duration(d.GetAfterS()) * time.Second,
		})
	}
	return e
}
