package people

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// MaxFeeds is how many addresses one person may have at once.
const MaxFeeds = 20

// Feed is an address under which calendars read who is on call. Whoever knows the address reads it, without any other proof.
type Feed struct {
	ID       id.Feed
	Person   id.Person // whose it is
	Kind     oncall.FeedKind
	Rotation id.Rotation // for OneRotation
	Language string      // as words.For takes it
	Made     time.Time
	Read     time.Time // when a calendar read it last, to the hour; zero for never
}

// Normalize returns f as it is stored, or one Invalid fault for all that is wrong with it.
func (f Feed) Normalize() (Feed, error) {
	var check fault.Check
	if f.ID.IsZero() {
		check.Add("feed", "is missing")
	}
	if f.Person.IsZero() {
		check.Add("person", "is missing")
	}
	if f.Kind < oncall.OwnShifts || f.Kind > oncall.AllShifts {
		check.Add("kind", "is unknown here")
	}
	if f.Kind != oncall.OneRotation {
		f.Rotation = id.Rotation{}
	} else if f.Rotation.IsZero() {
		check.Add("rotation", "is missing")
	}
	if len(f.Language) > 35 { // BCP 47, 4.4.1
		check.Add("language", "is no language")
	}
	return f, check.Err("No address was made.")
}

// feedPrefix lets people and secret scanners see what a stray address is.
const feedPrefix = "tsugi_feed_"

// MakeFeed stores a feed and returns the secret part of its address, which nobody can read again: only its hash is kept. Where the feed
// is there already it has a new secret from now on, and the former one ends: its answer was lost. It fails with an Invalid fault on a
// faulty one or one that has ended, NotFound on somebody else's, and TooLarge where there are too many.
func (s *Store) MakeFeed(ctx context.Context, tx *sql.Tx, f Feed, now time.Time) (Feed, Secret, error) {
	f, err := f.Normalize()
	if err != nil {
		return Feed{}, "", err
	}
	if err := mayMake(ctx, tx, f); err != nil {
		return Feed{}, "", err
	}
	f.Made = now.UTC().Truncate(time.Microsecond)
	secret := Secret(feedPrefix + base64.RawURLEncoding.EncodeToString(random(32)))
	done, err := tx.ExecContext(ctx, `INSERT INTO calendar_feed (id, person, kind, rotation, language, secret_hash, made_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, rotation = excluded.rotation, language = excluded.language,
			secret_hash = excluded.secret_hash, made_us = excluded.made_us, read_us = 0
		WHERE calendar_feed.person = excluded.person AND calendar_feed.ended_us IS NULL`,
		f.ID.Bytes(), f.Person.Bytes(), int64(f.Kind), f.Rotation.Bytes(), f.Language, feedHash(secret), f.Made.UnixMicro())
	if err != nil {
		return Feed{}, "", fmt.Errorf("store feed %s: %w", f.ID, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return Feed{}, "", errors.Join(err, noSuchFeed())
	}
	return f, secret, nil
}

func mayMake(ctx context.Context, tx *sql.Tx, f Feed) error {
	var others int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM calendar_feed WHERE person = ? AND ended_us IS NULL AND id <> ?", f.Person.Bytes(), f.ID.Bytes()).Scan(&others)
	if err != nil {
		return fmt.Errorf("count feeds of %s: %w", f.Person, err)
	}
	if others >= MaxFeeds {
		return fault.New(fault.TooLarge, fmt.Sprintf("There are %d calendar addresses already.", MaxFeeds)).
			WithAdvice("They are as they were.", "Revoke one of them first.")
	}
	return nil
}

// RevokeFeed ends an address of a person: from now on it is as if it had never been. One that has ended already is no error, one of
// somebody else is a NotFound fault.
func (s *Store) RevokeFeed(ctx context.Context, tx *sql.Tx, p id.Person, f id.Feed, now time.Time) error {
	done, err := tx.ExecContext(ctx, `UPDATE calendar_feed SET ended_us = coalesce(ended_us, ?), secret_hash = NULL WHERE id = ? AND person = ?`,
		now.UnixMicro(), f.Bytes(), p.Bytes())
	if err != nil {
		return fmt.Errorf("end feed %s: %w", f, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, noSuchFeed())
	}
	return nil
}

func noSuchFeed() error {
	return fault.New(fault.NotFound, "There is no such calendar address.").
		WithAdvice("Nothing was changed.", "Look at the list again; it may have been revoked on another device.")
}

const feedColumns = "SELECT id, person, kind, rotation, language, made_us, read_us FROM calendar_feed WHERE ended_us IS NULL AND "

// Feeds returns a person's addresses that are good, the oldest first, without what is secret of them.
func (s *Store) Feeds(ctx context.Context, p id.Person) (out []Feed, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, feedColumns+"person = ? ORDER BY made_us, id", p.Bytes())
	if err != nil {
		return nil, fmt.Errorf("read feeds of %s: %w", p, database.Fault(err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		f, err := scanFeed(rows)
		if err != nil {
			return nil, fmt.Errorf("read feeds of %s: %w", p, err)
		}
		out = append(out, f)
	}
	return out, database.Fault(rows.Err())
}

// Feed returns the feed that a secret stands for. It is false for one that is unknown, has ended or can be none at all, and takes the
// same way for each of them.
func (s *Store) Feed(ctx context.Context, secret Secret) (Feed, bool, error) {
	f, err := scanFeed(s.db.Reader().QueryRowContext(ctx, feedColumns+"secret_hash = ?", feedHash(secret)))
	if errors.Is(err, sql.ErrNoRows) {
		return Feed{}, false, nil
	}
	if err != nil {
		return Feed{}, false, fmt.Errorf("find a feed: %w", database.Fault(err))
	}
	return f, true, nil
}

// FeedRead notes that a calendar has read a feed, once an hour at most: calendars ask often, and it tells only which addresses are in use.
func (s *Store) FeedRead(ctx context.Context, f Feed, now time.Time) error {
	if now.Sub(f.Read) < time.Hour {
		return nil
	}
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE calendar_feed SET read_us = ? WHERE id = ? AND ended_us IS NULL", now.UnixMicro(), f.ID.Bytes())
		return err
	})
	if err != nil {
		return fmt.Errorf("note that feed %s was read: %w", f.ID, database.Fault(err))
	}
	return nil
}

// feedHash needs no key and no salt: nobody guesses 256 bits.
func feedHash(secret Secret) []byte {
	sum := sha256.Sum256([]byte("tsugi-calendar-feed\x00" + string(secret)))
	return sum[:]
}

func scanFeed(row interface{ Scan(into ...any) error }) (Feed, error) {
	var (
		f                   Feed
		name, person, about []byte
		kind, made, read    int64
	)
	if err := row.Scan(&name, &person, &kind, &about, &f.Language, &made, &read); err != nil {
		return f, err
	}
	copy(f.ID[:], name)
	copy(f.Person[:], person)
	copy(f.Rotation[:], about)
	f.Kind, f.Made = oncall.FeedKind(kind), time.UnixMicro(made).UTC()
	if read > 0 {
		f.Read = time.UnixMicro(read).UTC()
	}
	return f, nil
}
