// Package delivery keeps which pages ring, and what became of each message that was sent for them. It holds ids alone: what a person's
// number is, and what an incident is about, lies elsewhere.
package delivery

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema returns the tables that this package needs.
func Schema() (sqlite.Schema, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return sqlite.Schema{}, fmt.Errorf("read migrations: %w", err)
	}
	return sqlite.Schema{Name: "delivery", Files: files}, nil
}

// Kept is how long it is known what became of a message.
const Kept = 90 * 24 * time.Hour

// Page is a page that rings.
type Page struct {
	Page     id.Page
	Incident id.Incident
	Person   id.Person
	Begun    time.Time
}

// Line is what became of a message at one address. The zero Address stands for the attempt as a whole.
type Line struct {
	Page    id.Page
	Channel reach.Channel
	Address [16]byte
	Person  id.Person
	At      time.Time
	Reason  uint8
	Ref     string // what the provider calls the message
	Detail  string // what it said, for admins
}

// Store is what is known in one database. It is safe for concurrent use.
type Store struct{ db database.DB }

// New returns what db holds, whose schema must be up to date.
func New(db database.DB) *Store { return &Store{db: db} }

// Begin notes that a page rings, in the transaction of what tells so. One that is there already stays as it is.
func (s *Store) Begin(ctx context.Context, tx *sql.Tx, p Page) error {
	_, err := tx.ExecContext(database.Later(ctx), `INSERT INTO ringing (page, incident, person, begun_us) VALUES (?, ?, ?, ?)
		ON CONFLICT (page) DO NOTHING`, p.Page.Bytes(), p.Incident.Bytes(), p.Person.Bytes(), p.Begun.UnixMicro())
	if err != nil {
		return fmt.Errorf("note that page %s rings: %w", p.Page, err)
	}
	return nil
}

// End notes that a page rings no longer, in the transaction of what tells so.
func (s *Store) End(ctx context.Context, tx *sql.Tx, page id.Page) error {
	if _, err := tx.ExecContext(database.Later(ctx), "DELETE FROM ringing WHERE page = ?", page.Bytes()); err != nil {
		return fmt.Errorf("note that page %s is over: %w", page, err)
	}
	return nil
}

// Ringing returns the pages that ring for a person, the newest first.
func (s *Store) Ringing(ctx context.Context, p id.Person) (out []Page, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, "SELECT page, incident, begun_us FROM ringing WHERE person = ? ORDER BY begun_us DESC, page", p.Bytes())
	if err != nil {
		return nil, fmt.Errorf("read what rings for %s: %w", p, database.Fault(err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var page, incident []byte
		var begun int64
		if err := rows.Scan(&page, &incident, &begun); err != nil {
			return nil, fmt.Errorf("read what rings for %s: %w", p, err)
		}
		out = append(out, Page{Page: id.Page(page), Incident: id.Incident(incident), Person: p, Begun: time.UnixMicro(begun).UTC()})
	}
	return out, database.Fault(rows.Err())
}

// Record stores what became of messages, in place of what was known of them before.
func (s *Store) Record(ctx context.Context, tx *sql.Tx, lines ...Line) error {
	for _, l := range lines {
		_, err := tx.ExecContext(ctx, `INSERT INTO delivery (page, channel, address, person, at_us, reason, ref, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (page, channel, address) DO UPDATE SET at_us = excluded.at_us, reason = excluded.reason, ref = excluded.ref, detail = excluded.detail`,
			l.Page.Bytes(), int64(l.Channel), l.Address[:], l.Person.Bytes(), l.At.UnixMicro(), int64(l.Reason), l.Ref, l.Detail)
		if err != nil {
			return fmt.Errorf("record what became of page %s: %w", l.Page, err)
		}
	}
	return nil
}

// Of returns what became of the messages of one attempt.
func (s *Store) Of(ctx context.Context, page id.Page, c reach.Channel) ([]Line, error) {
	return s.lines(ctx, "page = ? AND channel = ?", page.Bytes(), int64(c))
}

// Since returns what became of the messages by a channel to a person since an instant, the oldest first.
func (s *Store) Since(ctx context.Context, p id.Person, c reach.Channel, since time.Time) ([]Line, error) {
	return s.lines(ctx, "person = ? AND channel = ? AND at_us >= ?", p.Bytes(), int64(c), since.UnixMicro())
}

func (s *Store) lines(ctx context.Context, where string, args ...any) (out []Line, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, "SELECT page, channel, address, person, at_us, reason, ref, detail FROM delivery WHERE "+where+" ORDER BY at_us, address", args...)
	if err != nil {
		return nil, fmt.Errorf("read what became of messages: %w", database.Fault(err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var (
			page, address, person []byte
			channel, at, reason   int64
			l                     Line
		)
		if err := rows.Scan(&page, &channel, &address, &person, &at, &reason, &l.Ref, &l.Detail); err != nil {
			return nil, fmt.Errorf("read what became of messages: %w", err)
		}
		l.Page, l.Address, l.Person = id.Page(page), [16]byte(address), id.Person(person)
		l.Channel, l.At, l.Reason = reach.Channel(channel), time.UnixMicro(at).UTC(), uint8(reason)
		out = append(out, l)
	}
	return out, database.Fault(rows.Err())
}

// Forget removes what is older than Kept.
func (s *Store) Forget(ctx context.Context, tx *sql.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM delivery WHERE at_us < ?", now.Add(-Kept).UnixMicro()); err != nil {
		return fmt.Errorf("forget what became of old messages: %w", err)
	}
	return nil
}
