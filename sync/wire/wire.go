// Package wire is the one seam between the domain and its wire form: domain ⇄ proto, fault ⇄
// connect code. The wire form is also what is stored, so that what a later version wrote survives
// a client of an earlier one unread. Nothing of proto or connect passes beyond its users, the links
// and the handlers.
package wire

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Raw returns into as the message whose encoding is raw. For a binary client nothing is read: raw
// becomes into's unknown fields, which marshalling copies as they are, so that the bytes may be
// shared by many messages and must not change. Otherwise, for JSON, raw is unmarshalled.
func Raw[M proto.Message](raw []byte, into M, binary bool) (M, error) {
	if binary {
		into.ProtoReflect().SetUnknown(raw)
		return into, nil
	}
	if err := proto.Unmarshal(raw, into); err != nil {
		return into, fmt.Errorf("read %s: %w", into.ProtoReflect().Descriptor().Name(), err)
	}
	return into, nil
}

// Micros returns t as microseconds since 1970. The zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time returns the time that is us microseconds after 1970, in UTC. 0 is the zero time.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// bytesOf returns the bytes of an id, or none for the id that names nothing.
func bytesOf[T ~[16]byte](i T) []byte {
	if i == (T{}) {
		return nil
	}
	return i[:]
}

// ident reads an id; no bytes name nothing. Any other length than 16 is noted in check.
func ident[T ~[16]byte](check *fault.Check, field string, raw []byte) T {
	var out T
	if len(raw) != 0 && len(raw) != len(out) {
		check.Add(field, fmt.Sprintf("has %d bytes; an id has 16", len(raw)))
		return out
	}
	copy(out[:], raw)
	return out
}

// needed reads an id that must name something, else that is noted in check.
func needed[T ~[16]byte](check *fault.Check, field string, raw []byte) T {
	var out T
	if len(raw) == 0 || bytes.Equal(raw, out[:]) {
		check.Add(field, "is missing")
		return out
	}
	return ident[T](check, field, raw)
}

// text returns s as proto takes it: a person's words are never refused for their encoding.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func texts(all []string) []string {
	if len(all) == 0 {
		return nil
	}
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = text(s)
	}
	return out
}

// level returns the severity n. One that no severity can have becomes 0, which rules replace by
// the preset.
func level(n uint32) workspace.Level {
	if n > math.MaxUint8 {
		return 0
	}
	return workspace.Level(n)
}

// status returns the status n. One beyond all becomes 255, which rules refuse.
func status(n uint32) incident.Status { return incident.Status(min(n, math.MaxUint8)) }

func statusTo(s *incident.Status) *uint32 {
	if s == nil {
		return nil
	}
	return new(uint32(*s))
}

func statusFrom(n *uint32) *incident.Status {
	if n == nil {
		return nil
	}
	s := status(*n)
	return &s
}

// incidentKind returns the kind n. One beyond all becomes 255, which rules take for a real one.
func incidentKind(n uint32) incident.Kind { return incident.Kind(min(n, math.MaxUint8)) }

// damaged returns the fault of stored or received bytes that cannot be read, or nil.
func damaged(what string, cause error) error {
	if cause == nil {
		return nil
	}
	return fault.Wrap(fault.Corrupt, "The "+what+" cannot be read.", cause)
}

// marshal is proto.Marshal with the same bytes for the same message.
func marshal(what string, m proto.Message) ([]byte, error) {
	out, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, err)
	}
	return out, nil
}
