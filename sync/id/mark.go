package id

import "time"

// Mark remembers which event last moved a field, so that a decision taken on an older value is
// noticed.
type Mark struct {
	Seq     uint64 // stream_seq of that event
	Command Command
	At      time.Time
}

// MarkOf returns the mark of the event in an envelope.
func MarkOf(e Envelope) Mark { return Mark{Seq: e.StreamSeq, Command: e.Command, At: e.Occurred} }

// Base says on which state of a field a decision was taken: everything canonical up to Seq, and
// one's own earlier command After where one was still on its way.
type Base struct {
	Seq   uint64
	After Command
}

// Moved reports whether the field was moved by somebody else since the decision's base.
func (m Mark) Moved(b Base) bool {
	return m.Seq > b.Seq && (b.After.IsZero() || m.Command != b.After)
}

// Base returns the base of a decision on a field with this mark, where everything up to canonical is confirmed.
func (m Mark) Base(canonical uint64) Base {
	b := Base{Seq: canonical}
	if m.Seq > canonical {
		b.After = m.Command
	}
	return b
}

// Rest returns b as the base of a decision on a field with this mark. A base that names an event is kept; where the field was last
// moved by one's own pending command, it names that too.
func (b Base) Rest(m Mark, canonical uint64) Base {
	now := m.Base(canonical)
	if b.Seq == 0 {
		b.Seq = now.Seq
	}
	if b.After.IsZero() {
		b.After = now.After
	}
	return b
}
