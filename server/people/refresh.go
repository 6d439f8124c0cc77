package people

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Tokens are what a device holds to be let in.
type Tokens struct {
	Access    string        // for the Authorization header
	ExpiresIn time.Duration // how long Access is good from now
	Refresh   string        // for the next Refresh
	// Certificate shows that the device was let in, see ReadCertificate. It never runs out.
	Certificate string
}

// Proof is a refresh token and the signature of its device's key over id.RefreshMessage(Token).
type Proof struct {
	Token     string
	Signature []byte
}

// familyID names the refresh tokens of one enrolment. It is random, and known only to those who have
// seen one of them.
type familyID [16]byte

// family is where the refresh tokens of one enrolment stand. They are numbered 1, 2, 3… as they are
// issued. A token is good while its number is former or above floor; the ones above floor were all
// issued for the former, more than one where answers were lost. Whichever is used next becomes the
// former, and all others die.
type family struct{ former, floor, issued uint64 }

// use returns the family after the token with this number was used; issued is then the new token's.
// It is false when the token is dead: the device has moved on since, so somebody has a copy of it.
//
// A number above issued is good too. The server made it and has forgotten: it was restored from a
// backup, and must not lock out everybody who was there in the meantime.
func (f family) use(number uint64) (family, bool) {
	switch {
	case number > f.floor:
		f.former = number
		f.issued = max(f.issued, number)
		f.floor = f.issued
	case number != f.former:
		return f, false
	}
	f.issued++
	return f, true
}

// holder is a family with the device that it belongs to.
type holder struct {
	family
	id      familyID
	actor   id.Actor
	key     ed25519.PublicKey
	revoked bool
	ended   bool
}

// Issue starts a device's tokens. The device must have been added, in tx or before, and it has no
// tokens yet: to be let in again it enrols as a new device.
func (s *Store) Issue(ctx context.Context, tx *sql.Tx, device id.Device, now time.Time) (Tokens, error) {
	var raw, key []byte
	err := tx.QueryRowContext(ctx, "SELECT person, public_key FROM device_key WHERE device = ? AND revoked_us IS NULL", device.Bytes()).
		Scan(&raw, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return Tokens{}, fault.New(fault.NotFound, "There is no such device.")
	}
	if err != nil {
		return Tokens{}, fmt.Errorf("read device %s: %w", device, err)
	}
	person, err := id.From[id.Person](raw)
	if err != nil {
		return Tokens{}, fmt.Errorf("read owner of device %s: %w", device, err)
	}
	h := holder{
		family: family{issued: 1}, id: familyID(random(len(familyID{}))),
		actor: id.Actor{Person: person, Device: device}, key: key,
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO family (id, device, former, floor, issued, issued_us) VALUES (?, ?, 0, 0, ?, ?)",
		h.id[:], device.Bytes(), h.issued, now.UnixMicro())
	if err != nil {
		return Tokens{}, fmt.Errorf("start tokens of device %s: %w", device, err)
	}
	return s.tokens(h, now)
}

// Refresh trades a refresh token, signed by its device's key, for a new pair, and says whose it is.
//
// The former token stays good until the new one is used, so that a device may ask again when the
// answer was lost; it keeps one Refresh under way at a time. A token older than that, and any token
// of a device signed by another key, is in the wrong hands: the device is shut out at once, its
// access tokens too, and has to enrol again. A thief who copied key and token and uses them only once
// cannot be told from a lost answer; at the second use of either side both are out. Every fault is
// Unauthenticated and final, but for those of the disk. With the fault comes who was shut out, so that
// the log can tell it.
func (s *Store) Refresh(ctx context.Context, p Proof, now time.Time) (Tokens, id.Actor, error) {
	name, number, ok := s.keys.readRefresh(p.Token)
	if !ok {
		return Tokens{}, id.Actor{}, Forgotten()
	}
	var (
		next    holder
		refused error
	)
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		have, err := find(ctx, tx, name)
		if err != nil {
			return err
		}
		next, refused = have.check(p, number)
		if next.family == have.family && next.ended == have.ended {
			return nil
		}
		return next.store(ctx, tx, now)
	})
	if err != nil {
		return Tokens{}, id.Actor{}, fmt.Errorf("refresh tokens: %w", err)
	}
	if refused != nil {
		s.Revoked(next.actor.Device)
		return Tokens{}, next.actor, refused
	}
	tokens, err := s.tokens(next, now)
	return tokens, next.actor, err
}

// check returns h after p was shown, and why p is refused.
func (h holder) check(p Proof, number uint64) (holder, error) {
	if h.revoked || h.ended {
		return h, shutOut(nil)
	}
	if !ed25519.Verify(h.key, id.RefreshMessage(p.Token), p.Signature) {
		h.ended = true
		return h, shutOut(errors.New("a refresh token was signed by another key"))
	}
	next, good := h.use(number)
	if !good {
		h.ended = true
		return h, shutOut(fmt.Errorf("refresh token %d was used again after %d", number, h.former))
	}
	h.family = next
	return h, nil
}

func find(ctx context.Context, tx *sql.Tx, name familyID) (holder, error) {
	var (
		h              = holder{id: name}
		device, person []byte
	)
	err := tx.QueryRowContext(ctx, `SELECT f.former, f.floor, f.issued, f.ended_us IS NOT NULL,
			d.device, d.person, d.public_key, d.revoked_us IS NOT NULL
		FROM family f JOIN device_key d ON d.device = f.device WHERE f.id = ?`, name[:]).
		Scan(&h.former, &h.floor, &h.issued, &h.ended, &device, &person, &h.key, &h.revoked)
	if errors.Is(err, sql.ErrNoRows) {
		return h, Forgotten()
	}
	if err != nil {
		return h, fmt.Errorf("read refresh tokens: %w", err)
	}
	if h.actor.Person, err = id.From[id.Person](person); err != nil {
		return h, fmt.Errorf("read owner of a device: %w", err)
	}
	if h.actor.Device, err = id.From[id.Device](device); err != nil {
		return h, fmt.Errorf("read device: %w", err)
	}
	return h, nil
}

func (h holder) store(ctx context.Context, tx *sql.Tx, now time.Time) error {
	var ended *int64
	if h.ended {
		at := now.UnixMicro()
		ended = &at
	}
	_, err := tx.ExecContext(ctx, `UPDATE family SET former = ?, floor = ?, issued = ?, issued_us = ?, ended_us = coalesce(ended_us, ?)
		WHERE id = ?`, h.former, h.floor, h.issued, now.UnixMicro(), ended, h.id[:])
	if err != nil {
		return fmt.Errorf("store refresh tokens: %w", err)
	}
	return nil
}

func (s *Store) tokens(h holder, now time.Time) (Tokens, error) {
	access, err := s.keys.sign(h.actor, now)
	if err != nil {
		return Tokens{}, err
	}
	certificate, err := s.keys.certify(Certificate{Actor: h.actor, Key: h.key}, now)
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{Access: access, ExpiresIn: AccessLife, Refresh: s.keys.writeRefresh(h.id, h.issued), Certificate: certificate}, nil
}

// Forgotten is the Unauthenticated fault of a device that the server does not know, or knows no longer.
func Forgotten() error {
	return fault.New(fault.Unauthenticated, "This server does not know the device's token.").
		WithAdvice("Your changes are kept on this device.", "Ask for a new code and enrol it again.")
}

// refreshPrefix lets people and secret scanners see what a stray token is.
const refreshPrefix = "tsugi_refresh_"

// writeRefresh returns the token of a number in a family: both, and the proof that they were put
// together here.
func (k keyring) writeRefresh(name familyID, number uint64) string {
	raw := binary.BigEndian.AppendUint64(name[:], number)
	return refreshPrefix + base64.RawURLEncoding.EncodeToString(append(raw, k.proof(raw)...))
}

// readRefresh is false for a token that was not made with this server's key.
func (k keyring) readRefresh(token string) (familyID, uint64, bool) {
	const head = len(familyID{}) + 8
	text, ok := strings.CutPrefix(token, refreshPrefix)
	if !ok || len(text) != base64.RawURLEncoding.EncodedLen(head+sha256.Size) {
		return familyID{}, 0, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != head+sha256.Size || !hmac.Equal(raw[head:], k.proof(raw[:head])) {
		return familyID{}, 0, false
	}
	return familyID(raw), binary.BigEndian.Uint64(raw[len(familyID{}):]), true
}

func (k keyring) proof(raw []byte) []byte {
	mac := hmac.New(sha256.New, k.refresh)
	mac.Write([]byte("tsugi-refresh-token\x00"))
	mac.Write(raw)
	return mac.Sum(nil)
}
