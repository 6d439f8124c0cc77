package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Codes that mean something of their own, https://www.postgresql.org/docs/current/errcodes-appendix.html.
const (
	uniqueViolation = "23505"
	diskFull        = "53100"
	readOnly        = "25006"
	lockTimeout     = "55P03"
	noDatabase      = "3D000"
)

// Fault turns an error of the driver into a fault that says what a person can do about it. Other errors come back as they are.
func Fault(err error) error {
	if err == nil || fault.Find(err) != nil {
		return err
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return coded(e.Code, err)
	}
	var (
		connecting *pgconn.ConnectError
		network    net.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &connecting), errors.As(err, &network), errors.Is(err, pgconn.ErrConnClosed), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fault.Wrap(fault.Unavailable, "The database is not reached.", err).
			WithAdvice("What was answered is stored.", "Check that PostgreSQL runs and can be reached; the server goes on by itself.")
	default:
		return err
	}
}

func coded(code string, err error) error {
	is := func(classes ...string) bool {
		for _, c := range classes {
			if strings.HasPrefix(code, c) {
				return true
			}
		}
		return false
	}
	switch {
	case code == diskFull:
		return fault.Wrap(fault.Storage, "The database's disk is full.", err).
			WithAdvice("What was stored before is safe; this change was not stored.", "Free some space there and try again.")
	case code == readOnly:
		return fault.Wrap(fault.Unavailable, "The database takes no changes now: it is a standby.", err).
			WithAdvice("Nothing was changed.", "Name the primary, or add target_session_attrs=read-write to its address.")
	case is("28", "42501", noDatabase):
		return fault.Wrap(fault.Storage, "The database does not let the server in.", err).
			WithAdvice("Nothing was changed.", "Check the name, the password and the rights in the database's address.")
	case is("XX001", "XX002"):
		return fault.Wrap(fault.Corrupt, "The database is damaged.", err).
			WithAdvice("Nothing was changed.", "Look into PostgreSQL's own log, and restore its last backup.")
	case is("08", "53", "57P", "58", "25P03", "25P04", "40", lockTimeout, "57014"):
		return fault.Wrap(fault.Unavailable, "The database is busy.", err).
			WithAdvice("What was answered is stored.", "Try again in a moment.")
	default:
		return err
	}
}

// OutOfTurn reports whether a writer gave up waiting for the others.
func OutOfTurn(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == lockTimeout
}

// IsDuplicate reports whether a uniqueness rule of the schema refused a row.
func IsDuplicate(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == uniqueViolation
}
