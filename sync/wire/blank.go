package wire

import (
	"bytes"
	"crypto/sha256"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Digest returns the SHA-256 of an event as it was stored first: of a blank one, that of what it was before.
func Digest(kind id.Kind, raw []byte) [sha256.Size]byte {
	if _, was, ok := Blank(kind, raw); ok {
		return was
	}
	return sha256.Sum256(raw)
}

// Blank returns the entry whose words were erased from a stored event, and the SHA-256 of what the event was before. It is
// false for one that is not exactly what erasing leaves. It reads a few bytes of most, so that it may be asked of each.
func Blank(kind id.Kind, raw []byte) (id.Entry, [sha256.Size]byte, bool) {
	if kind != id.KindIncident || !remembers(raw) {
		return id.Entry{}, [sha256.Size]byte{}, false
	}
	fact, err := DecodeEvent(kind, raw)
	if err != nil {
		return id.Entry{}, [sha256.Size]byte{}, false
	}
	entry, was, left := wordless(fact)
	if was.IsZero() {
		return entry, was, false
	}
	again, err := EncodeEvent(left)
	return entry, was, err == nil && bytes.Equal(again, raw)
}

// wordless returns what erasing would have left of an event that has no words any more.
func wordless(e stream.Event) (id.Entry, id.Content, incident.Event) {
	switch e := e.(type) {
	case incident.Written:
		return e.Entry, e.Was, incident.Written{Entry: e.Entry, Update: e.Update, Was: e.Was}
	case incident.Edited:
		return e.Entry, e.Was, incident.Edited{Entry: e.Entry, Was: e.Was}
	case incident.UpdateImported:
		left := e
		left.Body = ""
		return e.Entry, e.Was, left
	default:
		return id.Entry{}, id.Content{}, nil
	}
}

// remembers reports whether a stored event has the field for what it was before it was erased.
func remembers(raw []byte) bool {
	number, kind, n := protowire.ConsumeTag(raw)
	if n < 0 || kind != protowire.BytesType {
		return false
	}
	var field protowire.Number
	switch number {
	case writtenField:
		field = writtenWas
	case updateImportedField:
		field = updateImportedWas
	case editedField:
		field = editedWas
	default:
		return false
	}
	body, n := protowire.ConsumeBytes(raw[n:])
	for n >= 0 && len(body) > 0 {
		number, kind, tag := protowire.ConsumeTag(body)
		if tag < 0 || number == field {
			return tag >= 0
		}
		if n = protowire.ConsumeFieldValue(number, kind, body[tag:]); n >= 0 {
			body = body[tag+n:]
		}
	}
	return false
}

// The numbers of events whose words can be erased in v1.Event, and of the field in each that says what it was.
const (
	writtenField        = 2
	updateImportedField = 12
	writtenWas          = 5
	updateImportedWas   = 7
	editedWas           = 3
)
