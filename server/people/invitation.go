package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

const (
	// CodeLife is how long a code can be used.
	CodeLife = 10 * time.Minute
	// kept is how long invitations that cannot be used any more stay in the database.
	kept = 24 * time.Hour
)

// Invitation is what a code stands for: a place for one device of a person.
type Invitation struct {
	Person  id.Person
	MadeBy  id.Person // zero when the server itself made it
	Expires time.Time
}

// Invite makes a code that enrols one device of person within CodeLife from now, and returns it as
// people read it. Only its hash is stored: nobody can read the code again. Codes made before for the
// same person stay good.
func (s *Store) Invite(ctx context.Context, tx *sql.Tx, person, madeBy id.Person, now time.Time) (string, time.Time, error) {
	if _, err := tx.ExecContext(ctx, "DELETE FROM invitation WHERE expires_us < ?", now.Add(-kept).UnixMicro()); err != nil {
		return "", time.Time{}, fmt.Errorf("forget old invitations: %w", err)
	}
	code, expires := newCode(), now.Add(CodeLife).Truncate(time.Microsecond)
	hash, _ := hashCode(code)
	_, err := tx.ExecContext(ctx, "INSERT INTO invitation (code_hash, person, made_by, expires_us) VALUES (?, ?, ?, ?)",
		hash, person.Bytes(), madeBy.Bytes(), expires.UnixMicro())
	if err != nil {
		return "", time.Time{}, fmt.Errorf("store invitation: %w", err)
	}
	return code, expires, nil
}

// Redeem uses a code up and returns what it stands for. The code is good again when tx is rolled
// back. A wrong, used and expired code all get the same Denied fault, and five of them from one
// source (the remote address, without port) a TooMany fault for ten minutes, whatever becomes of tx.
func (s *Store) Redeem(ctx context.Context, tx *sql.Tx, code, source string, now time.Time) (Invitation, error) {
	source = origin(source)
	if wait := s.tries.begin(source, now); wait > 0 {
		return Invitation{}, locked(wait)
	}
	got, err := redeem(ctx, tx, code, now)
	switch {
	case err == nil:
		s.tries.right(source)
	case !fault.Is(err, fault.Denied):
		s.tries.undo(source)
	}
	return got, err
}

func redeem(ctx context.Context, tx *sql.Tx, code string, now time.Time) (Invitation, error) {
	hash, ok := hashCode(code)
	if !ok {
		return Invitation{}, wrongCode()
	}
	var (
		person, madeBy []byte
		expires        int64
	)
	err := tx.QueryRowContext(ctx, `UPDATE invitation SET used_us = ?1
		WHERE code_hash = ?2 AND used_us IS NULL AND expires_us > ?1
		RETURNING person, made_by, expires_us`, now.UnixMicro(), hash).Scan(&person, &madeBy, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return Invitation{}, wrongCode()
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("use up code: %w", err)
	}
	got := Invitation{Expires: time.UnixMicro(expires).UTC()}
	if got.Person, err = id.From[id.Person](person); err != nil {
		return Invitation{}, fmt.Errorf("read invitation: %w", err)
	}
	if got.MadeBy, err = id.From[id.Person](madeBy); err != nil {
		return Invitation{}, fmt.Errorf("read invitation: %w", err)
	}
	return got, nil
}

// Reassign makes the codes of somebody who was invited good for who they turned out to be.
func (s *Store) Reassign(ctx context.Context, tx *sql.Tx, invited, is id.Person) error {
	if _, err := tx.ExecContext(ctx, "UPDATE invitation SET person = ? WHERE person = ?", is.Bytes(), invited.Bytes()); err != nil {
		return fmt.Errorf("reassign invitations: %w", err)
	}
	return nil
}

func wrongCode() error {
	return fault.New(fault.Denied, "This code does not work.").
		WithAdvice("Nothing was changed.", "Ask for a new code; a code works once and for ten minutes.")
}

func locked(wait time.Duration) error {
	return fault.New(fault.TooMany, "Too many wrong codes came from this network.").
		WithAdvice("Your code was not used up.", fmt.Sprintf("Try again %s, if need be with a new code.", inMinutes(wait)))
}

// inMinutes says when a wait is over.
func inMinutes(wait time.Duration) string {
	if minutes := int((wait + time.Minute - 1) / time.Minute); minutes > 1 {
		return fmt.Sprintf("in %d minutes", minutes)
	}
	return "in a minute"
}

// ForgetInvitations makes every code void. It is for a database that was put back to a former state, in which a
// code that was used since is unused again.
func ForgetInvitations(ctx context.Context, db database.DB) error {
	if _, err := db.Writer().ExecContext(ctx, "DELETE FROM invitation"); err != nil {
		return fmt.Errorf("forget invitations: %w", database.Fault(err))
	}
	return nil
}
