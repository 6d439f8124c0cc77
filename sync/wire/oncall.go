package wire

import (
	"math"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// rotationCommandTo returns nil for what is no command about a rotation.
func rotationCommandTo(c oncall.Command) *v1.Command {
	switch c := c.(type) {
	case oncall.CreateRotation:
		return &v1.Command{Body: &v1.Command_CreateRotation{CreateRotation: &v1.CreateRotation{
			Name: text(c.Name), Version: versionTo(c.Version),
		}}}
	case oncall.RenameRotation:
		return &v1.Command{Body: &v1.Command_RenameRotation{RenameRotation: &v1.RenameRotation{Name: text(c.Name)}}}
	case oncall.EditRotation:
		return &v1.Command{Body: &v1.Command_EditRotation{EditRotation: &v1.EditRotation{
			Base: rotationBaseTo(c.Base), Version: versionTo(c.Version),
		}}}
	case oncall.EndRotation:
		return &v1.Command{Body: &v1.Command_EndRotation{EndRotation: &v1.EndRotation{
			Base: rotationBaseTo(c.Base), FromUs: Micros(c.From),
		}}}
	case oncall.AddOverride:
		return &v1.Command{Body: &v1.Command_AddOverride{AddOverride: &v1.AddOverride{Override: overrideTo(c.Override)}}}
	case oncall.RemoveOverride:
		return &v1.Command{Body: &v1.Command_RemoveOverride{RemoveOverride: &v1.RemoveOverride{OverrideId: bytesOf(c.Override)}}}
	case oncall.TakeShift:
		return &v1.Command{Body: &v1.Command_TakeShift{TakeShift: &v1.TakeShift{
			OverrideId: bytesOf(c.Override), FromId: bytesOf(c.From), UntilUs: Micros(c.Until),
		}}}
	case oncall.RequestCover:
		return &v1.Command{Body: &v1.Command_RequestCover{RequestCover: &v1.RequestCover{
			CoverId: bytesOf(c.Cover), FromUs: Micros(c.From), UntilUs: Micros(c.Until), Note: text(c.Note),
		}}}
	case oncall.WithdrawCover:
		return &v1.Command{Body: &v1.Command_WithdrawCover{WithdrawCover: &v1.WithdrawCover{CoverId: bytesOf(c.Cover)}}}
	case oncall.OfferCover:
		return &v1.Command{Body: &v1.Command_OfferCover{OfferCover: &v1.OfferCover{
			CoverId: bytesOf(c.Cover), OverrideId: bytesOf(c.Override),
		}}}
	default:
		return nil
	}
}

// rotationCommandFrom returns nil for what is no command about a rotation.
func rotationCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_CreateRotation:
		return oncall.CreateRotation{Name: b.CreateRotation.GetName(), Version: versionFrom(check, b.CreateRotation.GetVersion())}
	case *v1.Command_RenameRotation:
		return oncall.RenameRotation{Name: b.RenameRotation.GetName()}
	case *v1.Command_EditRotation:
		d := b.EditRotation
		return oncall.EditRotation{Base: rotationBaseFrom(check, d.GetBase()), Version: versionFrom(check, d.GetVersion())}
	case *v1.Command_EndRotation:
		d := b.EndRotation
		return oncall.EndRotation{Base: rotationBaseFrom(check, d.GetBase()), From: Time(d.GetFromUs())}
	case *v1.Command_AddOverride:
		return oncall.AddOverride{Override: overrideFrom(check, b.AddOverride.GetOverride())}
	case *v1.Command_RemoveOverride:
		return oncall.RemoveOverride{Override: ident[id.Override](check, "override_id", b.RemoveOverride.GetOverrideId())}
	case *v1.Command_TakeShift:
		d := b.TakeShift
		return oncall.TakeShift{
			Override: ident[id.Override](check, "override_id", d.GetOverrideId()),
			From:     ident[id.Person](check, "from_id", d.GetFromId()), Until: Time(d.GetUntilUs()),
		}
	case *v1.Command_RequestCover:
		d := b.RequestCover
		return oncall.RequestCover{
			Cover: ident[id.Cover](check, "cover_id", d.GetCoverId()), From: Time(d.GetFromUs()), Until: Time(d.GetUntilUs()), Note: d.GetNote(),
		}
	case *v1.Command_WithdrawCover:
		return oncall.WithdrawCover{Cover: ident[id.Cover](check, "cover_id", b.WithdrawCover.GetCoverId())}
	case *v1.Command_OfferCover:
		d := b.OfferCover
		return oncall.OfferCover{
			Cover: ident[id.Cover](check, "cover_id", d.GetCoverId()), Override: ident[id.Override](check, "override_id", d.GetOverrideId()),
		}
	default:
		return nil
	}
}

// rotationEventTo returns nil for what is no event about a rotation.
func rotationEventTo(e oncall.Event) *v1.Event {
	switch e := e.(type) {
	case oncall.RotationCreated:
		return &v1.Event{Body: &v1.Event_RotationCreated{RotationCreated: &v1.RotationCreated{
			Name: text(e.Name), Version: versionTo(e.Version),
		}}}
	case oncall.RotationRenamed:
		return &v1.Event{Body: &v1.Event_RotationRenamed{RotationRenamed: &v1.RotationRenamed{Name: text(e.Name)}}}
	case oncall.RotationOrdered:
		return &v1.Event{Body: &v1.Event_RotationOrdered{RotationOrdered: &v1.RotationOrdered{Version: versionTo(e.Version)}}}
	case oncall.OverrideAdded:
		return &v1.Event{Body: &v1.Event_OverrideAdded{OverrideAdded: &v1.OverrideAdded{Override: overrideTo(e.Override)}}}
	case oncall.OverrideEnded:
		return &v1.Event{Body: &v1.Event_OverrideEnded{OverrideEnded: &v1.OverrideEnded{
			OverrideId: bytesOf(e.Override), FromUs: Micros(e.From),
		}}}
	case oncall.CoverRequested:
		return &v1.Event{Body: &v1.Event_CoverRequested{CoverRequested: &v1.CoverRequested{Cover: coverTo(e.Cover)}}}
	case oncall.CoverWithdrawn:
		return &v1.Event{Body: &v1.Event_CoverWithdrawn{CoverWithdrawn: &v1.CoverWithdrawn{CoverId: bytesOf(e.Cover)}}}
	default:
		return nil
	}
}

// rotationEventFrom returns nil for what is no event about a rotation.
func rotationEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_RotationCreated:
		return oncall.RotationCreated{Name: b.RotationCreated.GetName(), Version: versionFrom(check, b.RotationCreated.GetVersion())}
	case *v1.Event_RotationRenamed:
		return oncall.RotationRenamed{Name: b.RotationRenamed.GetName()}
	case *v1.Event_RotationOrdered:
		return oncall.RotationOrdered{Version: versionFrom(check, b.RotationOrdered.GetVersion())}
	case *v1.Event_OverrideAdded:
		return oncall.OverrideAdded{Override: overrideFrom(check, b.OverrideAdded.GetOverride())}
	case *v1.Event_OverrideEnded:
		d := b.OverrideEnded
		return oncall.OverrideEnded{Override: ident[id.Override](check, "override_id", d.GetOverrideId()), From: Time(d.GetFromUs())}
	case *v1.Event_CoverRequested:
		return oncall.CoverRequested{Cover: coverFrom(check, b.CoverRequested.GetCover())}
	case *v1.Event_CoverWithdrawn:
		return oncall.CoverWithdrawn{Cover: ident[id.Cover](check, "cover_id", b.CoverWithdrawn.GetCoverId())}
	default:
		return nil
	}
}

func rotationBaseTo(b oncall.Base) *v1.RotationBase {
	return &v1.RotationBase{Seq: b.Seq, AfterId: bytesOf(b.After)}
}

func rotationBaseFrom(check *fault.Check, m *v1.RotationBase) oncall.Base {
	return oncall.Base{Seq: m.GetSeq(), After: ident[id.Command](check, "after_id", m.GetAfterId())}
}

// small returns n as what is stored in a byte. One beyond all becomes 255, which rules refuse.
func small[T ~uint8](n uint32) T { return T(min(n, math.MaxUint8)) }

func rotationTo(s oncall.Rotation) *v1.RotationState {
	m := &v1.RotationState{Name: text(s.Name), Ordered: markTo(s.Ordered)}
	for _, v := range s.Versions {
		m.Versions = append(m.Versions, versionTo(v))
	}
	for _, o := range s.Overrides {
		m.Overrides = append(m.Overrides, overrideTo(o))
	}
	for _, c := range s.Covers {
		m.Covers = append(m.Covers, coverTo(c))
	}
	return m
}

func rotationFrom(check *fault.Check, m *v1.RotationState) oncall.Rotation {
	s := oncall.Rotation{Name: m.GetName(), Ordered: markFrom(check, m.GetOrdered())}
	for _, v := range m.GetVersions() {
		s.Versions = append(s.Versions, versionFrom(check, v))
	}
	for _, o := range m.GetOverrides() {
		s.Overrides = append(s.Overrides, overrideFrom(check, o))
	}
	for _, c := range m.GetCovers() {
		s.Covers = append(s.Covers, coverFrom(check, c))
	}
	return s
}
