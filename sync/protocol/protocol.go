// Package protocol holds what a client decides about its own commands and about what the server sends: what becomes of an
// answer, when a change is no longer shown as one's own, what an event, a head, a gap or a new life of the log does to the
// copy, and what is done when a connection ends.
//
// It reads no clock, takes no chance and knows no database: stores are given to it as small interfaces, each method of
// which is one transaction or a part of one. The replica and the link give it SQLite and a network; the simulator gives it
// memory that loses power between any two steps, and a network that drops, doubles and delays. So what is proven there is
// what runs here.
package protocol

import (
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Pending is an own command of which something is still to be shown: it is on its way, or it was
// refused and waits for its author.
type Pending struct {
	stream.Submission
	Seq     int64           // order of giving, on this device
	Outcome *stream.Outcome // nil until the server has answered for good
}

// Refused reports whether the server will never carry the command out.
func (p Pending) Refused() bool { return p.Outcome != nil && p.Outcome.Kind != stream.Accepted }

// Accepted reports whether the server is known to have carried the command out.
func (p Pending) Accepted() bool { return p.Outcome != nil && p.Outcome.Kind == stream.Accepted }

// foreign reports whether the command was answered in another life of the log. Where one of the two is not known, it is
// taken to be the same.
func (p Pending) foreign(life id.Epoch) bool {
	return p.Outcome != nil && !p.Outcome.Epoch.IsZero() && !life.IsZero() && p.Outcome.Epoch != life
}

// Identity is how an outbox names itself to the server.
type Identity struct {
	Client     id.Client
	Generation []byte
	Former     [][]byte
	Life       id.Epoch // of the log that is known here; zero where none is
}

// Snapshot is everything that a bootstrap brought.
type Snapshot struct {
	Heads   []stream.Head
	Events  []stream.Stored
	Cursors []stream.Cursor
}
