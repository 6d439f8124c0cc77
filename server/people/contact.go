package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// Limits of what one person may have and do.
const (
	MaxContacts = 10
	// maxAdded is how many a person may add in a day, those that ended since among them: each is somebody to whom codes are sent.
	maxAdded = 20
	day      = 24 * time.Hour
)

// Contact is one number or mail address and the one way in which a person is reached there.
type Contact struct {
	ID       id.Contact
	Person   id.Person
	Kind     reach.Channel // SMS, Call or Mail
	Address  Secret
	Made     time.Time
	Verified time.Time // zero until a code that was sent there came back
	Tried    time.Time // when it was last tried to reach the person there; zero for never
	Failed   bool      // whether that was in vain
}

// Normalize returns c as it is stored, or one Invalid fault for all that is wrong with it. It never repeats the address.
func (c Contact) Normalize() (Contact, error) {
	var check fault.Check
	if c.ID.IsZero() {
		check.Add("contact", "is missing")
	}
	if c.Person.IsZero() {
		check.Add("person", "is missing")
	}
	address, problem := NormalAddress(c.Kind, string(c.Address))
	if problem != "" {
		check.Add(field(c.Kind), problem)
	}
	c.Address = address
	return c, check.Err("It was not added.")
}

// field returns what people call an address of a kind.
func field(kind reach.Channel) string {
	switch {
	case kind.Dials():
		return "number"
	case kind == reach.Mail:
		return "address"
	default:
		return "kind"
	}
}

// AddContact stores a number or address of a person. It is verified at once where the person has shown already that it is theirs, for
// another kind. The same one again changes nothing. It fails with an Invalid fault on a faulty one, and with TooLarge and TooMany
// faults where there are too many.
func (s *Store) AddContact(ctx context.Context, tx *sql.Tx, c Contact, now time.Time) (Contact, error) {
	c, err := c.Normalize()
	if err != nil {
		return Contact{}, err
	}
	have, err := contacts(ctx, tx, c.Person)
	if err != nil {
		return Contact{}, err
	}
	c.Made = now.UTC().Truncate(time.Microsecond)
	for _, other := range have {
		if other.Kind == c.Kind && other.Address == c.Address {
			return other, nil
		}
		if other.Address == c.Address && !other.Verified.IsZero() {
			c.Verified = c.Made
		}
	}
	if err := mayAdd(ctx, tx, c.Person, len(have), now); err != nil {
		return Contact{}, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO contact_method (id, person, kind, address, made_us, verified_us) VALUES (?, ?, ?, ?, ?, ?)",
		c.ID.Bytes(), c.Person.Bytes(), int64(c.Kind), string(c.Address), c.Made.UnixMicro(), since(c.Verified))
	if database.IsDuplicate(err) {
		return Contact{}, fault.Wrap(fault.Invalid, "This has been added already, and was removed since.", err).
			WithAdvice("Nothing was changed.", "Add it anew.")
	}
	if err != nil {
		return Contact{}, fmt.Errorf("store contact %s: %w", c.ID, err)
	}
	return c, nil
}

func mayAdd(ctx context.Context, tx *sql.Tx, p id.Person, have int, now time.Time) error {
	if have >= MaxContacts {
		return fault.New(fault.TooLarge, fmt.Sprintf("There are %d numbers and addresses already.", MaxContacts)).
			WithAdvice("They are as they were.", "Remove one of them first.")
	}
	var lately int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM contact_method WHERE person = ? AND made_us > ?", p.Bytes(), now.Add(-day).UnixMicro()).Scan(&lately)
	if err != nil {
		return fmt.Errorf("count new contacts of %s: %w", p, err)
	}
	if lately >= maxAdded {
		return fault.New(fault.TooMany, "Too many numbers and addresses were added today.").
			WithAdvice("Those that are there are as they were.", "Try again tomorrow.")
	}
	return nil
}

// RemoveContact ends a number or address of a person; nothing of it is kept. One that has ended already is no error, one of somebody else
// is a NotFound fault.
func (s *Store) RemoveContact(ctx context.Context, tx *sql.Tx, p id.Person, c id.Contact, now time.Time) error {
	done, err := tx.ExecContext(ctx, `UPDATE contact_method SET ended_us = coalesce(ended_us, ?), address = '', code_hash = NULL, code_end_us = NULL
		WHERE id = ? AND person = ?`, now.UnixMicro(), c.Bytes(), p.Bytes())
	if err != nil {
		return fmt.Errorf("end contact %s: %w", c, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, noSuchContact())
	}
	return nil
}

func noSuchContact() error {
	return fault.New(fault.NotFound, "There is no such number or address.").
		WithAdvice("Nothing was changed.", "Look at the list again; it may have been removed on another device.")
}

// Contacts returns how a person is reached, the oldest first. It is for the person, and for whoever sends something there.
func (s *Store) Contacts(ctx context.Context, p id.Person) ([]Contact, error) {
	return contacts(ctx, s.db.Reader(), p)
}

// Tried notes that it was tried to reach somebody through a contact, and whether that was in vain.
func (s *Store) Tried(ctx context.Context, tx *sql.Tx, c id.Contact, at time.Time, failed bool) error {
	_, err := tx.ExecContext(ctx, "UPDATE contact_method SET tried_us = ?, failed = ? WHERE id = ? AND ended_us IS NULL AND coalesce(tried_us, 0) <= ?",
		at.UnixMicro(), bit(failed), c.Bytes(), at.UnixMicro())
	if err != nil {
		return fmt.Errorf("note that contact %s was tried: %w", c, err)
	}
	return nil
}

// queryer is a transaction, or the pool that reads.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// StrikeContact takes out what somebody is reached at no longer: a number that does not exist, or whose owner wants no SMS. It stays on their
// list, as one that does not work, and counts again once they have shown anew that it is theirs. It reports whether anything was taken out:
// one that was removed or struck out before is no error.
func (s *Store) StrikeContact(ctx context.Context, tx *sql.Tx, c id.Contact, address Secret, at time.Time) (bool, error) {
	done, err := tx.ExecContext(ctx, `UPDATE contact_method SET verified_us = NULL, tried_us = ?, failed = 1
		WHERE id = ? AND address = ? AND ended_us IS NULL AND verified_us IS NOT NULL`, at.UnixMicro(), c.Bytes(), string(address))
	if err != nil {
		return false, fmt.Errorf("strike out contact %s: %w", c, err)
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

func contacts(ctx context.Context, q queryer, p id.Person) ([]Contact, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, address, made_us, verified_us, tried_us, failed FROM contact_method
		WHERE person = ? AND ended_us IS NULL ORDER BY made_us, id`, p.Bytes())
	if err != nil {
		return nil, fmt.Errorf("read contacts of %s: %w", p, database.Fault(err))
	}
	defer func() { _ = rows.Close() }()
	var out []Contact
	for rows.Next() {
		var (
			raw                   []byte
			kind, made            int64
			address               string
			verified, tried, fail sql.NullInt64
		)
		if err := rows.Scan(&raw, &kind, &address, &made, &verified, &tried, &fail); err != nil {
			return nil, fmt.Errorf("read contacts of %s: %w", p, err)
		}
		c := Contact{
			Person: p, Kind: reach.Channel(kind), Address: Secret(address), Made: time.UnixMicro(made).UTC(),
			Verified: instant(verified), Tried: instant(tried), Failed: fail.Int64 != 0,
		}
		if c.ID, err = id.From[id.Contact](raw); err != nil {
			return nil, fmt.Errorf("read contacts of %s: %w", p, err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read contacts of %s: %w", p, database.Fault(err))
	}
	return out, nil
}

// Owners returns the persons who have verified a telephone number, in whatever way they are reached there.
func (s *Store) Owners(ctx context.Context, number string) (out []id.Person, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, "SELECT DISTINCT person FROM contact_method WHERE address = ? AND verified_us IS NOT NULL AND ended_us IS NULL", number)
	if err != nil {
		return nil, fmt.Errorf("find whose number it is: %w", database.Fault(err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("find whose number it is: %w", err)
		}
		p, err := id.From[id.Person](raw)
		if err != nil {
			return nil, fmt.Errorf("find whose number it is: %w", err)
		}
		out = append(out, p)
	}
	return out, database.Fault(rows.Err())
}

// Reach is what everybody may know of how a person is reached.
type Reach struct {
	Channels reach.Channels
	Devices  []id.Device // that can be pushed to
}

// Reach returns how a person is reached, as tx leaves it: through what was verified, and through the devices that have a token.
func (s *Store) Reach(ctx context.Context, tx *sql.Tx, p id.Person) (Reach, error) {
	var out Reach
	have, err := contacts(ctx, tx, p)
	if err != nil {
		return out, err
	}
	for _, c := range have {
		if !c.Verified.IsZero() {
			out.Channels |= reach.ChannelsOf(c.Kind)
		}
	}
	tokens, err := pushTokens(ctx, tx, p)
	if err != nil {
		return out, err
	}
	for _, t := range tokens {
		out.Devices = append(out.Devices, t.Device)
		out.Channels |= reach.ChannelsOf(reach.Push)
	}
	slices.SortFunc(out.Devices, id.Device.Compare)
	return out, nil
}

// since returns a time for a column that may have none.
func since(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	at := t.UnixMicro()
	return &at
}

// instant returns the time in such a column.
func instant(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return time.UnixMicro(us.Int64).UTC()
}

func bit(on bool) int64 {
	if on {
		return 1
	}
	return 0
}
