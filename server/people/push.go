package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// maxToken is the longest push token that is taken. Firebase gives out some 160 characters and promises no limit.
const maxToken = 4096

// PushToken is where what is pushed to a device goes.
type PushToken struct {
	Device   id.Device
	Platform string // "android", "ios"
	Token    Secret
	At       time.Time
}

// Normalize returns t as it is stored, or one Invalid fault that names every faulty field.
func (t PushToken) Normalize() (PushToken, error) {
	var check fault.Check
	if t.Device.IsZero() {
		check.Add("device", "is missing")
	}
	switch n := len(t.Token); {
	case n == 0:
		check.Add("token", "is empty")
	case n > maxToken || !utf8.ValidString(string(t.Token)):
		check.Add("token", "is no push token")
	}
	if len(t.Platform) > 120 || !utf8.ValidString(t.Platform) {
		check.Add("platform", "is too long")
	}
	return t, check.Err("The device was not registered.")
}

// RegisterPush stores the token of a device, in place of a former one. A device elsewhere that had the same is pushed to no longer: it
// was installed anew. It fails with a NotFound fault on a device that is shut out or unknown, and returns the persons whose Reach it may have
// changed, the device's owner first.
func (s *Store) RegisterPush(ctx context.Context, tx *sql.Tx, t PushToken) ([]id.Person, error) {
	t, err := t.Normalize()
	if err != nil {
		return nil, err
	}
	owner, err := ownerOf(ctx, tx, t.Device)
	if err != nil {
		return nil, err
	}
	former, err := endToken(ctx, tx, t.Token, t.Device, t.At)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO push_token (device, platform, token, at_us) VALUES (?, ?, ?, ?)
		ON CONFLICT (device) DO UPDATE SET platform = excluded.platform, token = excluded.token, at_us = excluded.at_us, ended_us = NULL`,
		t.Device.Bytes(), t.Platform, string(t.Token), t.At.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("store push token of device %s: %w", t.Device, err)
	}
	changed := []id.Person{owner}
	if !former.IsZero() && former != owner {
		changed = append(changed, former)
	}
	return changed, nil
}

// EndPush ends the token of a device.
func (s *Store) EndPush(ctx context.Context, tx *sql.Tx, d id.Device, now time.Time) error {
	_, err := tx.ExecContext(ctx, "UPDATE push_token SET ended_us = ?, token = '' WHERE device = ? AND ended_us IS NULL", now.UnixMicro(), d.Bytes())
	if err != nil {
		return fmt.Errorf("end push token of device %s: %w", d, err)
	}
	return nil
}

// Unregistered ends a token that its provider does not know any more, and returns whose it was; nobody's is no error.
func (s *Store) Unregistered(ctx context.Context, tx *sql.Tx, token Secret, now time.Time) (id.Person, error) {
	return endToken(ctx, tx, token, id.Device{}, now)
}

// endToken ends a token at whatever device has it but one, and returns whose device that was.
func endToken(ctx context.Context, tx *sql.Tx, token Secret, but id.Device, now time.Time) (id.Person, error) {
	var raw []byte
	err := tx.QueryRowContext(ctx, `UPDATE push_token SET ended_us = ?, token = '' WHERE token = ? AND ended_us IS NULL AND device <> ?
		RETURNING (SELECT d.person FROM device_key d WHERE d.device = push_token.device)`, now.UnixMicro(), string(token), but.Bytes()).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return id.Person{}, nil
	}
	if err != nil {
		return id.Person{}, fmt.Errorf("end a push token: %w", err)
	}
	return id.From[id.Person](raw)
}

func ownerOf(ctx context.Context, tx *sql.Tx, d id.Device) (id.Person, error) {
	var raw []byte
	err := tx.QueryRowContext(ctx, "SELECT person FROM device_key WHERE device = ? AND revoked_us IS NULL", d.Bytes()).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return id.Person{}, fault.New(fault.NotFound, "There is no such device.").WithAdvice("Nothing was changed.", "Enrol this device again.")
	}
	if err != nil {
		return id.Person{}, fmt.Errorf("read owner of device %s: %w", d, err)
	}
	return id.From[id.Person](raw)
}

// PushTokens returns where what is pushed to a person goes. It is for whoever sends it.
func (s *Store) PushTokens(ctx context.Context, p id.Person) ([]PushToken, error) {
	return pushTokens(ctx, s.db.Reader(), p)
}

// pushTokens leaves devices out that are shut out, also those that were just found in the wrong hands.
func pushTokens(ctx context.Context, q queryer, p id.Person) ([]PushToken, error) {
	rows, err := q.QueryContext(ctx, `SELECT t.device, t.platform, t.token, t.at_us FROM push_token t JOIN device_key d ON d.device = t.device
		WHERE d.person = ? AND t.ended_us IS NULL
			AND NOT EXISTS (SELECT 1 FROM family f WHERE f.device = d.device AND f.ended_us IS NOT NULL)
		ORDER BY t.at_us, t.device`, p.Bytes())
	if err != nil {
		return nil, fmt.Errorf("read push tokens of %s: %w", p, database.Fault(err))
	}
	defer func() { _ = rows.Close() }()
	var out []PushToken
	for rows.Next() {
		var (
			t     PushToken
			raw   []byte
			token string
			at    int64
		)
		if err := rows.Scan(&raw, &t.Platform, &token, &at); err != nil {
			return nil, fmt.Errorf("read push tokens of %s: %w", p, err)
		}
		if t.Device, err = id.From[id.Device](raw); err != nil {
			return nil, fmt.Errorf("read push tokens of %s: %w", p, err)
		}
		t.Token, t.At = Secret(token), time.UnixMicro(at).UTC()
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read push tokens of %s: %w", p, database.Fault(err))
	}
	return out, nil
}
