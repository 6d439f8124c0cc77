// Package fault is the one list of what can go wrong, on both ends. A fault says what happened,
// what is safe and what to do; it crosses the wire whole.
package fault

import (
	"errors"
	"strings"
	"time"
)

// Kind sorts faults by what the one who meets them can do. The numbers travel and are stored:
// they are only ever added to.
type Kind uint8

// The kinds of faults.
const (
	Internal        Kind = 0  // our own mistake; nothing is known about the cause
	Invalid         Kind = 1  // the request can never be carried out as it is
	NotFound        Kind = 2  // there is no such thing, or it may not be seen
	Conflict        Kind = 3  // the field has moved since the decision was taken
	Unauthenticated Kind = 4  // the token is missing, wrong or too old
	Denied          Kind = 5  // this person may not do it
	TooLarge        Kind = 6  // over a size limit
	OutOfOrder      Kind = 7  // a command before this one is missing
	Reset           Kind = 8  // the cursor belongs to another log: start again from Bootstrap
	Poison          Kind = 9  // the command failed three times by a mistake of ours
	Gone            Kind = 10 // what it was about has been taken away
	Unavailable     Kind = 11 // try again later; nothing was done
	TooMany         Kind = 12 // too many tries in too short a time
	Locked          Kind = 13 // another process owns the data folder
	Newer           Kind = 14 // the data was written by a newer version
	Storage         Kind = 15 // the disk is full, read-only or broken
	Corrupt         Kind = 16 // a file is damaged
	Copied          Kind = 17 // the outbox was copied: a new client id is needed
	Resume          Kind = 18 // the reader was too slow: continue from its cursor
)

// Field is one faulty field of a request.
type Field struct {
	Name    string // as the person knows it: "title", "severity"
	Problem string // "is empty", "has 412 characters; 300 are allowed"
}

// Standing is the value that a conflicting change met.
type Standing struct {
	Field string    // "severity", "status", "role imoc"
	Value string    // what stands now
	Base  uint64    // the stream_seq that a new decision must name as its base
	At    time.Time // when it came to stand
}

// Fault is an error that a person can act on.
type Fault struct {
	Kind     Kind
	Message  string // what happened, one sentence
	Safe     string // what is safe, one sentence, or empty
	Do       string // what to do, one sentence, or empty
	Fields   []Field
	Standing *Standing // for Conflict
	Cause    error     // what lay beneath; it never crosses the wire
}

// New returns a fault of kind with a message.
func New(kind Kind, message string) *Fault { return &Fault{Kind: kind, Message: message} }

// Wrap returns a fault of kind that keeps its cause.
func Wrap(kind Kind, message string, cause error) *Fault {
	return &Fault{Kind: kind, Message: message, Cause: cause}
}

// WithAdvice returns f with what is safe and what to do.
func (f *Fault) WithAdvice(safe, do string) *Fault {
	g := *f
	g.Safe, g.Do = safe, do
	return &g
}

// Error returns all that the fault says, in one line.
func (f *Fault) Error() string {
	parts := make([]string, 0, 4)
	for _, p := range []string{f.Message, f.fieldText(), f.Safe, f.Do} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	text := strings.Join(parts, " ")
	if f.Cause != nil {
		text += " (" + f.Cause.Error() + ")"
	}
	return text
}

func (f *Fault) fieldText() string {
	parts := make([]string, 0, len(f.Fields))
	for _, d := range f.Fields {
		parts = append(parts, d.Name+" "+d.Problem)
	}
	return strings.Join(parts, "; ")
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Find returns the fault in err's chain, or nil.
func Find(err error) *Fault {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return nil
}

// KindOf returns the kind of the fault in err's chain. What is no fault is Internal.
func KindOf(err error) Kind {
	if f := Find(err); f != nil {
		return f.Kind
	}
	return Internal
}

// Is reports whether err holds a fault of kind.
func Is(err error, kind Kind) bool {
	f := Find(err)
	return f != nil && f.Kind == kind
}

// Permanent reports whether the same command can never succeed: its number is then consumed. All
// other faults leave the command where it is, to be tried again.
func (k Kind) Permanent() bool {
	switch k {
	case Invalid, NotFound, Conflict, Denied, TooLarge, Poison, Gone:
		return true
	default:
		return false
	}
}

// Check gathers faulty fields, so that all are told at once.
type Check struct{ fields []Field }

// Add notes that name has problem.
func (c *Check) Add(name, problem string) {
	c.fields = append(c.fields, Field{Name: name, Problem: problem})
}

// Err returns one Invalid fault that names all noted fields, or nil.
func (c *Check) Err(message string) error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Message: message, Fields: c.fields}
}
