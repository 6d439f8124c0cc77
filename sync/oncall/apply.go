package oncall

import (
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Apply returns s after e. It is total: an event that happened cannot be refused.
func Apply(s Rotation, at id.Envelope, e Event) Rotation {
	s.ID, s.Seq = id.Rotation(at.Stream), at.StreamSeq
	switch e := e.(type) {
	case RotationCreated:
		s.Name = e.Name
		s = s.ordered(at, e.Version)
	case RotationRenamed:
		s.Name = e.Name
	case RotationOrdered:
		s = s.ordered(at, e.Version)
	case OverrideAdded:
		s.Overrides = append(slices.Clip(s.Overrides), e.Override)
		s.Covers = without(s.Covers, e.Override.Cover)
	case OverrideEnded:
		s.Overrides = ended(s.Overrides, e)
	case CoverRequested:
		open := slices.DeleteFunc(slices.Clone(s.Covers), func(c Cover) bool { return !c.Until.After(at.Occurred) })
		s.Covers = append(open, e.Cover)
	case CoverWithdrawn:
		s.Covers = without(s.Covers, e.Cover)
	}
	return s
}

// ordered returns s with a further version. What was planned for later is given up.
func (r Rotation) ordered(at id.Envelope, v Version) Rotation {
	later := func(planned Version) bool { return !planned.From.Before(v.From) }
	r.Versions = append(slices.DeleteFunc(slices.Clone(r.Versions), later), v)
	r.Ordered = id.MarkOf(at)
	return r
}

// without returns covers without one of them.
func without(covers []Cover, gone id.Cover) []Cover {
	return slices.DeleteFunc(slices.Clone(covers), func(c Cover) bool { return c.ID == gone })
}

// ended returns overrides of which one ends earlier, or never begins.
func ended(overrides []Override, e OverrideEnded) []Override {
	overrides = slices.Clone(overrides)
	for i, o := range overrides {
		if o.ID == e.Override && e.From.Before(o.Until) {
			overrides[i].Until = e.From
		}
	}
	return slices.DeleteFunc(overrides, func(o Override) bool { return o.ID == e.Override && !o.From.Before(o.Until) })
}
