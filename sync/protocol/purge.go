package protocol

import "github.com/tsugi-app/tsugi/sync/id"

// Fate is what becomes of an incident of which something may be here though not everybody may see it, once the server has said which
// private ones this device's person may see.
type Fate uint8

// The fates.
const (
	Stays  Fate = iota // the person sees it
	Public             // everybody sees it again
	Goes               // it is to be purged
	Waits              // nobody knows yet
)

// FateOf returns the fate of an incident that lies here at a place and is listed by the server or not. noted is the life of the log in
// which not everybody saw it, and life the one that is copied here. A server that went back to its past may have forgotten an
// incident: whoever declared it gives it back, and what was done there from here must not be lost until then.
func FateOf(at Place, listed bool, noted, life id.Epoch) Fate {
	switch {
	case listed:
		return Stays
	case at.Scope == id.Everyone() && !at.Withdrawn:
		return Public
	case at.Scope.IsZero() && !noted.IsZero() && !life.IsZero() && noted != life:
		return Waits
	default:
		return Goes
	}
}
