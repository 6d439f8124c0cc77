package stream

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Stored is an event as it lies in a database: the envelope in columns, the fact as wire bytes, so
// that what a later version wrote survives unread.
type Stored struct {
	id.Envelope
	Payload []byte
	Seal    []byte // by what the server knows the event as its own when it is given back; it is not stored there
}

// Head is a stream's state at one stream_seq, as wire bytes. Folding goes on from there.
type Head struct {
	Stream  id.Stream
	Kind    id.Kind
	Scope   id.Scope
	Seq     uint64
	Version uint32
	State   []byte
}

// Cursor is a position in one scope of one life of the log, sealed by the server.
type Cursor struct {
	Scope id.Scope
	Pos   uint64
	Hash  []byte
	Epoch id.Epoch
	Seal  []byte
}

// EpochOf returns the life of the log that cursors are of; zero where none says so.
func EpochOf(cursors []Cursor) id.Epoch {
	for _, c := range cursors {
		if !c.Epoch.IsZero() {
			return c.Epoch
		}
	}
	return id.Epoch{}
}

// Gap is a range of positions in a scope, above Low and up to High, of which some may be missing.
type Gap struct {
	Scope     id.Scope
	Low, High uint64
	Epoch     id.Epoch // of what is to fill it; zero where that is not known
}

// Batch is consecutive events of one scope and the cursor behind them. Where events were left out,
// Heads stand in for them and Gap says what is missing.
type Batch struct {
	Events []Stored
	Cursor Cursor
	Heads  []Head
	Gap    *Gap
}

// GiveBack is how long clients keep commands that were answered, for a server that was restored to its past, for how long such
// a server takes them, and how old events of others may be that clients keep for it.
const GiveBack = 14 * 24 * time.Hour

// Submission is one command on its way up.
type Submission struct {
	Mid     uint64 // 1, 2, 3… in its client, with no holes
	ID      id.Command
	Target  id.Stream
	Written clock.Moment
	Command Command
}

// OutcomeKind says how a command ended. The numbers are stored and travel.
type OutcomeKind uint8

// The outcomes. The first three are stored and never change; after the others nothing was applied.
const (
	Accepted   OutcomeKind = 1
	Rejected   OutcomeKind = 2
	Conflict   OutcomeKind = 3
	OutOfOrder OutcomeKind = 4
	Retry      OutcomeKind = 5
)

// Final reports whether the outcome is stored for ever.
func (k OutcomeKind) Final() bool { return k == Accepted || k == Rejected || k == Conflict }

// Outcome is the answer to one command.
type Outcome struct {
	Mid   uint64
	Kind  OutcomeKind
	Seq   uint64 // the stream's last event after the command
	Fault *fault.Fault
	Epoch id.Epoch // the life of the log in which the server said so; zero where that is not known, and as it is stored there
}

// Refusal returns the outcome of a command that met err.
func Refusal(mid uint64, err error) Outcome {
	f := fault.Find(err)
	if f == nil {
		f = fault.Wrap(fault.Unavailable, "The server could not do this now.", err)
	}
	switch {
	case f.Kind == fault.Conflict:
		return Outcome{Mid: mid, Kind: Conflict, Fault: f}
	case f.Kind == fault.OutOfOrder:
		return Outcome{Mid: mid, Kind: OutOfOrder, Fault: f}
	case f.Kind.Permanent():
		return Outcome{Mid: mid, Kind: Rejected, Fault: f}
	default:
		return Outcome{Mid: mid, Kind: Retry, Fault: f}
	}
}
