package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// A code shows that a number or address is its owner's: it is sent there and comes back.
const (
	// ConfirmLife is how long a code can be used.
	ConfirmLife = 15 * time.Minute
	// codeDigits is as many as one keeps in mind from a telephone call to the keyboard.
	codeDigits = 6
	// pause is how long a new code is waited for: the former may be under way.
	pause = time.Minute
	// maxCodes is how many codes go to one number or address in a day: nobody is to be pestered with them.
	maxCodes = 5
)

// Challenge is a code on its way to a number or address. Nobody else is told of it.
type Challenge struct {
	Contact id.Contact
	Person  id.Person
	Kind    reach.Channel
	Address Secret
	Code    Secret // six digits
	Expires time.Time
}

// BeginVerify makes a code that is to be sent to a contact of a person; a former one is void. Only its keyed hash is stored. It fails
// with NotFound for one of somebody else, Invalid for one that is verified, and TooMany where there were too many codes.
func (s *Store) BeginVerify(ctx context.Context, tx *sql.Tx, p id.Person, c id.Contact, now time.Time) (Challenge, error) {
	have, err := contact(ctx, tx, p, c)
	switch {
	case err != nil:
		return Challenge{}, err
	case !have.Verified.IsZero():
		return Challenge{}, fault.New(fault.Invalid, "It is verified already.").WithAdvice("Nothing was changed.", "There is nothing to do.")
	}
	var codes, first, sent int64
	err = tx.QueryRowContext(ctx, "SELECT codes, codes_us, sent_us FROM contact_method WHERE id = ?", c.Bytes()).Scan(&codes, &first, &sent)
	if err != nil {
		return Challenge{}, fmt.Errorf("read codes of contact %s: %w", c, err)
	}
	if now.Sub(time.UnixMicro(first)) >= day {
		codes, first = 0, now.UnixMicro()
	}
	switch {
	case codes > 0 && now.Sub(time.UnixMicro(sent)) < pause:
		return Challenge{}, fault.New(fault.TooMany, "A code was sent there a moment ago.").
			WithAdvice("It is still good.", "Wait a minute for it before you ask for another.")
	case codes >= maxCodes:
		return Challenge{}, fault.New(fault.TooMany, "Too many codes were sent there today.").
			WithAdvice("Nothing was changed.", "Try again tomorrow, or take another number or address.")
	}
	out := Challenge{Contact: c, Person: p, Kind: have.Kind, Address: have.Address, Code: newDigits(), Expires: now.Add(ConfirmLife).UTC().Truncate(time.Microsecond)}
	_, err = tx.ExecContext(ctx, "UPDATE contact_method SET code_hash = ?, code_end_us = ?, codes = ?, codes_us = ?, sent_us = ? WHERE id = ?",
		s.keys.confirm(c, string(out.Code)), out.Expires.UnixMicro(), codes+1, first, now.UnixMicro(), c.Bytes())
	if err != nil {
		return Challenge{}, fmt.Errorf("store code of contact %s: %w", c, err)
	}
	return out, nil
}

// AbandonVerify voids a code that could not be sent, so that another can be asked for at once.
func (s *Store) AbandonVerify(ctx context.Context, tx *sql.Tx, c Challenge) error {
	_, err := tx.ExecContext(ctx, "UPDATE contact_method SET code_hash = NULL, code_end_us = NULL, sent_us = 0 WHERE id = ? AND code_hash = ?",
		c.Contact.Bytes(), s.keys.confirm(c.Contact, string(c.Code)))
	if err != nil {
		return fmt.Errorf("void code of contact %s: %w", c.Contact, err)
	}
	return nil
}

// Answer is a code that came back.
type Answer struct {
	Contact id.Contact
	Person  id.Person
	Code    string // as it was typed
}

// Confirm uses up the code that was sent to a contact of a person, which is verified then; and so are the person's other contacts of
// the same address. A wrong, used and expired code all get the same Denied fault, and five of them a TooMany fault for ten minutes,
// whatever becomes of tx. One that is verified already is no error.
func (s *Store) Confirm(ctx context.Context, tx *sql.Tx, a Answer, now time.Time) error {
	have, err := contact(ctx, tx, a.Person, a.Contact)
	if err != nil || !have.Verified.IsZero() {
		return err
	}
	source := "contact " + a.Contact.String()
	if wait := s.tries.begin(source, now); wait > 0 {
		return fault.New(fault.TooMany, "Too many wrong codes were typed for this one.").
			WithAdvice("Nothing was changed.", fmt.Sprintf("Try again %s, if need be with a new code.", inMinutes(wait)))
	}
	err = s.confirm(ctx, tx, have, a.Code, now)
	switch {
	case err == nil:
		s.tries.right(source)
	case !fault.Is(err, fault.Denied):
		s.tries.undo(source)
	}
	return err
}

func (s *Store) confirm(ctx context.Context, tx *sql.Tx, have Contact, code string, now time.Time) error {
	var (
		hash []byte
		end  sql.NullInt64
	)
	err := tx.QueryRowContext(ctx, "SELECT code_hash, code_end_us FROM contact_method WHERE id = ?", have.ID.Bytes()).Scan(&hash, &end)
	if err != nil {
		return fmt.Errorf("read code of contact %s: %w", have.ID, err)
	}
	if len(hash) == 0 || !now.Before(instant(end)) || !hmac.Equal(hash, s.keys.confirm(have.ID, digits(code))) {
		return fault.New(fault.Denied, "This code does not fit.").
			WithAdvice("Nothing was changed.", "Look at it again, or have a new one sent; a code works once and for 15 minutes.")
	}
	_, err = tx.ExecContext(ctx, `UPDATE contact_method SET verified_us = ?, code_hash = NULL, code_end_us = NULL
		WHERE person = ? AND address = ? AND ended_us IS NULL AND verified_us IS NULL`, now.UnixMicro(), have.Person.Bytes(), string(have.Address))
	if err != nil {
		return fmt.Errorf("verify contact %s: %w", have.ID, err)
	}
	return nil
}

func contact(ctx context.Context, tx *sql.Tx, p id.Person, c id.Contact) (Contact, error) {
	all, err := contacts(ctx, tx, p)
	for _, have := range all {
		if have.ID == c {
			return have, nil
		}
	}
	return Contact{}, errors.Join(err, noSuchContact())
}

// confirm returns under what a code of a contact is stored. There are only a million codes: without the key, whoever reads the
// hash had the code.
func (k keyring) confirm(c id.Contact, code string) []byte {
	mac := hmac.New(sha256.New, k.refresh)
	mac.Write([]byte("tsugi-contact-code\x00"))
	mac.Write(c[:])
	mac.Write([]byte(code))
	return mac.Sum(nil)
}

// newDigits returns a fresh code, each as likely as the others.
func newDigits() Secret {
	const all, fair = 1_000_000, math.MaxUint32 / 1_000_000 * 1_000_000
	for {
		if n := binary.BigEndian.Uint32(random(4)); n < fair {
			return Secret(fmt.Sprintf("%0*d", codeDigits, n%all))
		}
	}
}

// digits returns what was typed without what only separates.
func digits(typed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, typed)
}
