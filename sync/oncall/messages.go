package oncall

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Command is a wish about one rotation. Anybody may have one: the audit takes the place of a lock.
type Command interface {
	Stream() id.Kind
	command()
}

// Event is something that happened to one rotation.
type Event interface {
	Stream() id.Kind
	event()
}

type (
	wish struct{}
	fact struct{}
)

// Stream says that the command is about a rotation.
func (wish) Stream() id.Kind { return id.KindRotation }
func (wish) command()        {}

// Stream says that the event belongs to a rotation.
func (fact) Stream() id.Kind { return id.KindRotation }
func (fact) event()          {}

// Base says on which order of a rotation an edit was decided: everything canonical up to Seq, and one's own earlier command
// After where one was still on its way.
type Base = id.Base

// CreateRotation wishes for a new rotation. Its first version begins at Version.From, or at once.
type CreateRotation struct {
	wish
	Name    string
	Version Version
}

// RenameRotation wishes for a better name.
type RenameRotation struct {
	wish
	Name string
}

// EditRotation wishes that a rotation be ordered otherwise from Version.From on; what was planned for later is given up. With
// the zero From it begins as soon as it moves nobody who is on call, see Rotation.Begin. The turns of layers that stay are not
// the command's to say: they go on, see Version.Following.
type EditRotation struct {
	wish
	Base    Base
	Version Version
}

// EndRotation wishes that nobody be on call by a rotation any more, from an instant on. With the zero From that is when whoever
// is on call would have handed over.
type EndRotation struct {
	wish
	Base Base
	From time.Time
}

// AddOverride wishes for an exception. What of it lies in the past is left out.
type AddOverride struct {
	wish
	Override Override
}

// RemoveOverride wishes that an exception hold no longer. What of it lies in the past stays.
type RemoveOverride struct {
	wish
	Override id.Override
}

// TakeShift wishes to be on call at once in the place of From, until the end of their shift or until Until.
type TakeShift struct {
	wish
	Override id.Override // the id of the override that it makes
	From     id.Person
	Until    time.Time // zero for the end of the shift
}

// RequestCover asks whether somebody would serve in one's place.
type RequestCover struct {
	wish
	Cover       id.Cover
	From, Until time.Time
	Note        string
}

// WithdrawCover takes a request back.
type WithdrawCover struct {
	wish
	Cover id.Cover
}

// OfferCover offers what somebody asked for, which settles it: whoever offers is on call.
type OfferCover struct {
	wish
	Cover    id.Cover
	Override id.Override // the id of the override that it makes
}

// RotationCreated says that there is a new rotation.
type RotationCreated struct {
	fact
	Name    string
	Version Version
}

// RotationRenamed says that a rotation has another name.
type RotationRenamed struct {
	fact
	Name string
}

// RotationOrdered says how a rotation is ordered from Version.From on.
type RotationOrdered struct {
	fact
	Version Version
}

// OverrideAdded says that there is an exception.
type OverrideAdded struct {
	fact
	Override Override
}

// OverrideEnded says that an exception holds no longer, from an instant on.
type OverrideEnded struct {
	fact
	Override id.Override
	From     time.Time
}

// CoverRequested says that somebody asks for another to serve in their place.
type CoverRequested struct {
	fact
	Cover Cover
}

// CoverWithdrawn says that a request was taken back.
type CoverWithdrawn struct {
	fact
	Cover id.Cover
}
