package id

import "time"

// Kind says what a stream is about, and so which rules hold in it. The numbers are stored: they
// are only ever added to.
type Kind uint8

// The kinds of streams.
const (
	KindUnknown   Kind = 0
	KindIncident  Kind = 1
	KindWorkspace Kind = 2
	KindPerson    Kind = 3
	KindReader    Kind = 4
	KindRotation  Kind = 8
	KindPolicy    Kind = 9
)

// Everyone returns the scope that every person of the workspace sees.
func Everyone() Scope { return Scope{15: 1} }

// Own returns the scope that only p sees.
func Own(p Person) Scope { return Scope(p) }

// Private returns the scope of a private incident, which those see who were added to it.
func Private(i Incident) Scope { return Scope(i) }

// Workspace returns the one stream that holds the workspace's set-up.
func Workspace() Stream { return Stream{15: 2} }

// Reader returns the stream, in p's own scope, that remembers how far p has read.
func Reader(p Person) Stream {
	s := Derive[Stream](p, "reader")
	s[6] = s[6]&0x0f | owned<<4
	return s
}

// Actor says who did something, and from which device. The zero actor is the server itself.
type Actor struct {
	Person Person
	Device Device
}

// Envelope is what the server wrote on an event when it was stored.
type Envelope struct {
	Stream    Stream
	Kind      Kind
	StreamSeq uint64 // dense in the stream, from 1
	Scope     Scope
	ScopePos  uint64 // dense in the scope, from 1
	Command   Command
	Actor     Actor
	Received  time.Time // by the server's clock
	Occurred  time.Time // when it was done, as well as the server can tell
	Uncertain bool      // Occurred may be off by more than two minutes
}
