package people

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Device is one enrolled installation and the key that it proves itself with.
type Device struct {
	ID        id.Device
	Person    id.Person
	PublicKey ed25519.PublicKey // 32 bytes
	Created   time.Time
}

// Normalize returns d in memory of its own, or one Invalid fault that names every faulty field.
func (d Device) Normalize() (Device, error) {
	var check fault.Check
	if d.ID.IsZero() {
		check.Add("device", "is missing")
	}
	if d.Person.IsZero() {
		check.Add("person", "is missing")
	}
	if n := len(d.PublicKey); n != ed25519.PublicKeySize {
		check.Add("public_key", fmt.Sprintf("has %d bytes; an Ed25519 key has %d", n, ed25519.PublicKeySize))
	}
	d.PublicKey = append(ed25519.PublicKey(nil), d.PublicKey...)
	return d, check.Err("The device was not enrolled.")
}

// AddDevice stores a device's key. It fails with an Invalid fault on a faulty one, and on a device
// that is here already.
func (s *Store) AddDevice(ctx context.Context, tx *sql.Tx, d Device) error {
	d, err := d.Normalize()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO device_key (device, person, public_key, created_us) VALUES (?, ?, ?, ?)",
		d.ID.Bytes(), d.Person.Bytes(), []byte(d.PublicKey), d.Created.UnixMicro())
	if database.IsDuplicate(err) {
		return fault.Wrap(fault.Invalid, "This device has been enrolled already.", err).
			WithAdvice("It stays enrolled.", "Start the enrolment anew.")
	}
	if err != nil {
		return fmt.Errorf("store key of device %s: %w", d.ID, err)
	}
	return nil
}

// RevokeDevice shuts a device out: none of its refresh tokens works after tx is committed, and nothing is pushed to it. Call
// Revoked then, which ends its access tokens. A device that is shut out already, or that never had
// a key here, is no error.
func (s *Store) RevokeDevice(ctx context.Context, tx *sql.Tx, device id.Device, now time.Time) error {
	_, err := tx.ExecContext(ctx, "UPDATE device_key SET revoked_us = ? WHERE device = ? AND revoked_us IS NULL",
		now.UnixMicro(), device.Bytes())
	if err != nil {
		return fmt.Errorf("revoke device %s: %w", device, err)
	}
	return s.EndPush(ctx, tx, device, now)
}

// Revoked refuses every access token of device from now on. It is told after the commit.
func (s *Store) Revoked(device id.Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out[device] = struct{}{}
}

// IsOut reports whether device is shut out: it was revoked, or its refresh tokens were used by
// somebody else. What was opened with a good token, and stays open, asks again with this.
func (s *Store) IsOut(device id.Device) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, out := s.out[device]
	return out
}

// readOut reads which devices are shut out.
func (s *Store) readOut(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT device FROM device_key WHERE revoked_us IS NOT NULL
		UNION SELECT device FROM family WHERE ended_us IS NOT NULL`)
	if err != nil {
		return fmt.Errorf("read revoked devices: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return fmt.Errorf("read revoked devices: %w", err)
		}
		device, err := id.From[id.Device](raw)
		if err != nil {
			return fmt.Errorf("read revoked devices: %w", err)
		}
		s.out[device] = struct{}{}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read revoked devices: %w", err)
	}
	return nil
}
