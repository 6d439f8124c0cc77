package oncall

import (
	"fmt"
	"reflect"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// maxAhead is how long before it begins something can be planned.
const maxAhead = 3 * 366 * 24 * time.Hour

// Decide says what would happen if c were carried out at an instant on s under set-up w. It changes nothing, and nothing that it
// decides is about the time before the instant.
func Decide(s Rotation, w workspace.Setup, c Command, by id.Actor, at time.Time) ([]Event, error) {
	at = stored(at)
	if create, ok := c.(CreateRotation); ok {
		return decideCreate(s, w, create, at)
	}
	if len(s.Versions) == 0 {
		return nil, fault.New(fault.NotFound, "There is no such rotation.")
	}
	switch c := c.(type) {
	case RenameRotation:
		return decideRename(s, c)
	case EditRotation:
		return decideEdit(s, w, c, at)
	case EndRotation:
		return decideEnd(s, c, at)
	case AddOverride:
		c.Override.Cover = id.Cover{}
		return decideOverride(s, w, c.Override, by, at)
	case RemoveOverride:
		return decideRemove(s, c, at)
	case TakeShift:
		return decideTake(s, w, c, by, at)
	case RequestCover:
		return decideRequest(s, c, by, at)
	case WithdrawCover:
		return decideWithdraw(s, c)
	case OfferCover:
		return decideOffer(s, w, c, by, at)
	default:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Nobody knows the command %T.", c))
	}
}

func decideCreate(s Rotation, w workspace.Setup, c CreateRotation, at time.Time) ([]Event, error) {
	if len(s.Versions) > 0 {
		return nil, fault.New(fault.Invalid, "This rotation is there already.").WithAdvice("Nothing was changed.", "Edit the one that there is.")
	}
	name, unnamed := nameOf(c.Name)
	v, err := c.Version.Normalize(w)
	if err = both(unnamed, err); err != nil {
		return nil, err
	}
	if v.From, err = later(v.From, at); err != nil {
		return nil, err
	}
	return []Event{RotationCreated{Name: name, Version: v}}, nil
}

// both returns one fault for what two checks found: whoever fills a form in is told of all of it at once.
func both(a, b error) error {
	one, other := fault.Find(a), fault.Find(b)
	switch {
	case one == nil:
		return b
	case other == nil:
		return a
	}
	all := *other
	all.Fields = slices.Concat(one.Fields, other.Fields)
	return &all
}

// nameOf returns a rotation's name as it is stored.
func nameOf(name string) (string, error) {
	var check fault.Check
	if name = line(name); name == "" {
		check.Add("name", "is empty")
	}
	if n := utf8.RuneCountInString(name); n > MaxName {
		check.Add("name", fmt.Sprintf("has %d characters; %d are allowed", n, MaxName))
	}
	return name, check.Err("The name was not taken.")
}

// later returns from, or at where that is later: the past is nobody's to change.
func later(from, at time.Time) (time.Time, error) {
	if from.Before(at) {
		return at, nil
	}
	if from.Sub(at) > maxAhead {
		return from, fault.New(fault.Invalid, "That begins in more than three years.").
			WithAdvice("Nothing was changed.", "Plan it when it is nearer.")
	}
	return from, nil
}

func decideRename(s Rotation, c RenameRotation) ([]Event, error) {
	name, err := nameOf(c.Name)
	if err != nil || name == s.Name {
		return nil, err
	}
	return []Event{RotationRenamed{Name: name}}, nil
}

func decideEdit(s Rotation, w workspace.Setup, c EditRotation, at time.Time) ([]Event, error) {
	if err := untouched(s.Ordered, c.Base); err != nil {
		return nil, err
	}
	v, err := c.Version.Normalize(w)
	if err != nil {
		return nil, err
	}
	return order(s, v, at)
}

func decideEnd(s Rotation, c EndRotation, at time.Time) ([]Event, error) {
	if err := untouched(s.Ordered, c.Base); err != nil {
		return nil, err
	}
	last := s.Versions[len(s.Versions)-1]
	return order(s, Version{From: stored(c.From), Zone: last.Zone}, at)
}

// order returns what a further version leads to.
func order(s Rotation, v Version, at time.Time) ([]Event, error) {
	if v.From.IsZero() {
		v.From = s.Begin(v, at)
	}
	from, err := later(v.From, at)
	if err != nil {
		return nil, err
	}
	v.From = from
	if former, running := s.Version(from); running {
		v = v.Following(former)
		if same(former, v) && former.From.Equal(s.Versions[len(s.Versions)-1].From) {
			return nil, nil
		}
	}
	return []Event{RotationOrdered{Version: v}}, nil
}

// same reports whether nothing changes from one version to the next.
func same(former, next Version) bool {
	next.From = former.From
	return len(former.Layers) == 0 && len(next.Layers) == 0 || reflect.DeepEqual(former, next)
}

// untouched returns the conflict of an edit whose base is older than the mark.
func untouched(m Mark, b Base) error {
	if !m.Moved(b) {
		return nil
	}
	return &fault.Fault{
		Kind: fault.Conflict, Message: "Somebody else changed the rotation meanwhile.", Safe: "Their order stands.",
		Do: "Look at theirs, and edit that.", Standing: &fault.Standing{Field: "rotation", Base: m.Seq, At: m.At},
	}
}

// Rebase returns c with the base that its decision rests on: s is what is shown, and canonical the last event that is not one's
// own pending one. A base that names an event is kept.
func Rebase(c Command, s Rotation, canonical uint64) Command {
	switch c := c.(type) {
	case EditRotation:
		c.Base = c.Base.Rest(s.Ordered, canonical)
		return c
	case EndRotation:
		c.Base = c.Base.Rest(s.Ordered, canonical)
		return c
	default:
		return c
	}
}
