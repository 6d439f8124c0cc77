package workspace

import (
	"fmt"
	"maps"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Reader remembers how far one person has read each incident, on all of that person's devices. It
// lives in the person's own scope.
type Reader struct {
	Seq  uint64
	Read map[id.Incident]uint64 // stream_seq of the newest event seen
}

// ReaderEvent is something that happened to a person's reading marks.
type ReaderEvent interface {
	Stream() id.Kind
	readerEvent()
}

// ReaderCommand is a wish about a person's reading marks.
type ReaderCommand interface {
	Stream() id.Kind
	readerCommand()
}

type (
	readerFact struct{}
	readerWish struct{}
)

// Stream says that the event belongs to a reader's stream.
func (readerFact) Stream() id.Kind { return id.KindReader }
func (readerFact) readerEvent()    {}

// Stream says that the command is about a reader's stream.
func (readerWish) Stream() id.Kind { return id.KindReader }
func (readerWish) readerCommand()  {}

// MarkRead wishes to remember that everything up to Upto was seen.
type MarkRead struct {
	readerWish
	Incident id.Incident
	Upto     uint64
}

// IncidentRead says that everything up to Upto was seen.
type IncidentRead struct {
	readerFact
	Incident id.Incident
	Upto     uint64
}

// DecideReader says what would happen if c were carried out on r. Marks only move forward.
func DecideReader(r Reader, c ReaderCommand) ([]ReaderEvent, error) {
	mark, ok := c.(MarkRead)
	if !ok {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Nobody knows the command %T.", c))
	}
	if mark.Upto <= r.Read[mark.Incident] {
		return nil, nil
	}
	return []ReaderEvent{IncidentRead{Incident: mark.Incident, Upto: mark.Upto}}, nil
}

// ApplyReader returns r after e. It is total.
func ApplyReader(r Reader, at id.Envelope, e ReaderEvent) Reader {
	r.Seq = at.StreamSeq
	if read, ok := e.(IncidentRead); ok {
		marks := maps.Clone(r.Read)
		if marks == nil {
			marks = map[id.Incident]uint64{}
		}
		marks[read.Incident] = max(marks[read.Incident], read.Upto)
		r.Read = marks
	}
	return r
}
