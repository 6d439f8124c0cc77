// Package id holds the typed identities that both ends share. Every identity is a UUID of
// 16 bytes; the type says what it names, so that an entry can never be handed over as a person.
package id

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// ID is a UUID that names one noun N. Its zero value names nothing.
type ID[N any] [16]byte

type (
	incidentNoun struct{}
	personNoun   struct{}
	deviceNoun   struct{}
	entryNoun    struct{}
	taskNoun     struct{}
	commandNoun  struct{}
	clientNoun   struct{}
	streamNoun   struct{}
	scopeNoun    struct{}
	epochNoun    struct{}
	rotationNoun struct{}
	layerNoun    struct{}
	overrideNoun struct{}
	coverNoun    struct{}
	pageNoun     struct{}
	passageNoun  struct{}
	policyNoun   struct{}
	contactNoun  struct{}
	feedNoun     struct{}
	listNoun     struct{}
	itemNoun     struct{}
)

type (
	// Incident names one disturbance; its stream carries the same bytes.
	Incident = ID[incidentNoun]
	// Person names somebody in the company; the person's public stream carries the same bytes.
	Person = ID[personNoun]
	// Device names one enrolled installation of one person.
	Device = ID[deviceNoun]
	// Entry names what one person wrote into a timeline.
	Entry = ID[entryNoun]
	// Task names something that somebody is to do about an incident.
	Task = ID[taskNoun]
	// Command names one wish, on every client and server, for ever.
	Command = ID[commandNoun]
	// Client names one outbox file; its commands are numbered without holes.
	Client = ID[clientNoun]
	// Stream names one ordered row of events.
	Stream = ID[streamNoun]
	// Scope names a unit of visibility: everyone, or one person.
	Scope = ID[scopeNoun]
	// Epoch names one uninterrupted life of a server's log; a restored server starts a new one.
	Epoch = ID[epochNoun]
	// Rotation names one repeating order of people; its stream carries the same bytes.
	Rotation = ID[rotationNoun]
	// Layer names one row of a rotation, in every version of it.
	Layer = ID[layerNoun]
	// Override names one exception to a rotation.
	Override = ID[overrideNoun]
	// Cover names one request that somebody else serve in one's place.
	Cover = ID[coverNoun]
	// Page names one effort to reach one person.
	Page = ID[pageNoun]
	// Escalation names one passage through the steps of a policy.
	Escalation = ID[passageNoun]
	// Policy names one ordered list of whom to reach; its stream carries the same bytes.
	Policy = ID[policyNoun]
	// Contact names one telephone number or mail address through which one person is reached in one way.
	Contact = ID[contactNoun]
	// Feed names one address under which somebody's calendar reads who is on call.
	Feed = ID[feedNoun]
	// Checklist names what the company has written down that people are to do.
	Checklist = ID[listNoun]
	// Item names one thing to do of a checklist, also after it was worded anew.
	Item = ID[itemNoun]
)

// Content names bytes by their SHA-256, so that the same bytes have the same name everywhere.
type Content [32]byte

// IsZero reports whether c names nothing.
func (c Content) IsZero() bool { return c == Content{} }

// String returns the 64 hexadecimal digits.
func (c Content) String() string { return hex.EncodeToString(c[:]) }

// New returns a fresh UUIDv7 of the asked type: ids made later sort later.
func New[T ~[16]byte]() T {
	return T(uuid.Must(uuid.NewV7()))
}

// Derive returns the id that always belongs to name within space, a UUIDv5: the same import
// or the same reader gets the same id on every machine.
func Derive[T, S ~[16]byte](space S, name string) T {
	return T(uuid.NewSHA1(uuid.UUID(space), []byte(name)))
}

// Parse reads the text form that String writes, 36 characters. It fails on anything else.
func Parse[T ~[16]byte](text string) (T, error) {
	u, err := uuid.Parse(text)
	if err == nil && len(text) != len(u.String()) {
		err = errors.New("it has not the form of a UUID")
	}
	if err != nil {
		return T{}, fmt.Errorf("read id %q: %w", text, err)
	}
	return T(u), nil
}

// From reads the 16 bytes that travel on the wire and lie in the database.
func From[T ~[16]byte](raw []byte) (T, error) {
	var out T
	if len(raw) != len(out) {
		return out, fmt.Errorf("an id has 16 bytes, not %d", len(raw))
	}
	copy(out[:], raw)
	return out, nil
}

// IsZero reports whether i names nothing.
func (i ID[N]) IsZero() bool { return i == ID[N]{} }

// Owned reports whether i is of the kind that belongs to a person for ever, and is nobody's to take.
func (i ID[N]) Owned() bool { return uuid.UUID(i).Version() == owned }

// owned is the UUID version, one for private use, of the streams that a person's id leads to.
const owned = 8

// Bytes returns the 16 bytes, in memory of their own.
func (i ID[N]) Bytes() []byte { return bytes.Clone(i[:]) }

// String returns the canonical text form, 36 characters.
func (i ID[N]) String() string { return uuid.UUID(i).String() }

// Short returns the last eight hexadecimal digits, for people who compare two devices.
func (i ID[N]) Short() string { return hex.EncodeToString(i[12:]) }

// Compare orders ids by their bytes.
func (i ID[N]) Compare(o ID[N]) int { return bytes.Compare(i[:], o[:]) }
