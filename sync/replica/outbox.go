package replica

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

//go:embed outbox_migrations/*.sql
var outboxMigrations embed.FS

// keptAnyhow is how many of the newest commands stay however old they seem: a clock that was wrong for an hour must not
// take away what a restored server will ask for.
const keptAnyhow = 1000

// Pending is an own command of which something is still to be shown.
type Pending = protocol.Pending

// Identity is how an outbox names itself to the server.
type Identity = protocol.Identity

// Device is how this installation is enrolled.
type Device struct {
	Server  string
	Actor   id.Actor
	Name    string // the person's
	Seed    []byte // of the Ed25519 key
	Refresh string
	// Certificate shows that the server let the device in, also when it has forgotten that.
	Certificate string
	epoch       id.Epoch // of the server's log, as last bootstrapped
}

// maxCommand is how many bytes one command may have. The server reads no more than 4 MiB at once, and
// a command that it cannot read would hold up everything behind it.
const maxCommand = 256 << 10

// generationSize is how many random bytes name one start of an outbox.
const generationSize = 16

// outbox is the precious file: what was done here and is not known to be stored elsewhere.
type outbox struct{ db *sqlite.DB }

func openOutbox(ctx context.Context, files sqlite.Opener, dir string, now time.Time) (*outbox, error) {
	db, err := files.Open(ctx, filepath.Join(dir, "outbox.db"))
	if err != nil {
		return nil, err
	}
	migrations, err := fs.Sub(outboxMigrations, "outbox_migrations")
	if err == nil {
		err = sqlite.Migrate(ctx, db, sqlite.Schema{Name: "outbox", Files: migrations})
	}
	o := &outbox{db: db}
	if err == nil {
		err = o.begin(ctx, now)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return o, nil
}

// begin starts a new generation and drops answered commands that are too old to be asked for again.
func (o *outbox) begin(ctx context.Context, now time.Time) error {
	return o.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM command WHERE closed = 1 AND wall < ?
		  AND seq <= (SELECT max(seq) FROM command) - ? AND (mid IS NULL OR mid < (SELECT max(mid) FROM command))`,
			now.Add(-stream.GiveBack).UnixMicro(), keptAnyhow); err != nil {
			return fmt.Errorf("drop old commands: %w", err)
		}
		if err := dropOld(ctx, tx, now); err != nil {
			return err
		}
		var generation, former []byte
		err := tx.QueryRowContext(ctx, `SELECT generation, former FROM client`).Scan(&generation, &former)
		if errors.Is(err, sql.ErrNoRows) {
			return newClient(ctx, tx)
		}
		if err != nil {
			return fmt.Errorf("read client: %w", err)
		}
		_, err = tx.ExecContext(ctx, `UPDATE client SET generation = ?, former = ?`, newGeneration(), append(former, generation...))
		return err
	})
}

func newGeneration() []byte {
	g := make([]byte, generationSize)
	_, _ = rand.Read(g) // never fails, see its documentation
	return g
}

func newClient(ctx context.Context, tx *sql.Tx) error {
	var c id.Client
	_, _ = rand.Read(c[:]) // never fails, see its documentation
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO client (one, id, generation, former) VALUES (1, ?, ?, x'')`, c[:], newGeneration())
	if err != nil {
		return fmt.Errorf("store client: %w", err)
	}
	return nil
}

func (o *outbox) identity(ctx context.Context) (Identity, error) {
	var (
		out        Identity
		raw, wound []byte
	)
	if err := o.db.Read.QueryRowContext(ctx, `SELECT id, generation, former FROM client`).Scan(&raw, &out.Generation, &wound); err != nil {
		return out, fmt.Errorf("read client: %w", sqlite.Fault(err))
	}
	copy(out.Client[:], raw)
	for len(wound) >= generationSize {
		out.Former = append(out.Former, wound[:generationSize])
		wound = wound[generationSize:]
	}
	return out, nil
}

// confirm notes that the server has seen the present generation.
func (o *outbox) confirm(ctx context.Context) error {
	_, err := o.db.Write.ExecContext(ctx, `UPDATE client SET former = x''`)
	return sqlite.Fault(err)
}

// add stores a command, durably, with the files that follow it, and numbers it.
func (o *outbox) add(ctx context.Context, s stream.Submission, uploads []Upload) (Pending, error) {
	body, err := wire.EncodeCommand(s.Command)
	if err != nil {
		return Pending{}, fmt.Errorf("encode command: %w", err)
	}
	if len(body) > maxCommand {
		return Pending{}, &fault.Fault{
			Kind: fault.TooLarge, Message: "This is too long.", Safe: "Nothing was changed.", Do: "Shorten it and try again.",
			Fields: []fault.Field{{Name: "command", Problem: fmt.Sprintf("has %d bytes; %d are allowed", len(body), maxCommand)}},
		}
	}
	p := Pending{Submission: s}
	var mid int64
	err = o.db.InTx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO command (mid, id, target, wall, boot, boot_id, body)
		  VALUES ((SELECT coalesce(max(mid), 0) + 1 FROM command), ?, ?, ?, ?, ?, ?) RETURNING seq, mid`,
			s.ID[:], s.Target[:], s.Written.Wall.UnixMicro(), s.Written.Boot.Microseconds(), s.Written.BootID, body).Scan(&p.Seq, &mid)
		if err != nil {
			return err
		}
		return addUploads(ctx, tx, uploads)
	})
	if err != nil {
		return Pending{}, fmt.Errorf("store command: %w", err)
	}
	p.Mid = uint64(mid)
	return p, nil
}

// open returns the commands of which something is still to be shown, oldest first.
func (o *outbox) open(ctx context.Context) ([]Pending, error) {
	rows, err := o.db.Read.QueryContext(ctx, `SELECT seq, coalesce(mid, 0), id, target, wall, boot, boot_id, body, outcome
	  FROM command WHERE closed = 0 ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []Pending
	for rows.Next() {
		p, err := scanPending(rows)
		if err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		out = append(out, p)
	}
	return out, sqlite.Fault(rows.Err())
}

func scanPending(rows *sql.Rows) (Pending, error) {
	var (
		p                     Pending
		mid, wall, boot       int64
		own, target, body, at []byte
	)
	err := rows.Scan(&p.Seq, &mid, &own, &target, &wall, &boot, &p.Written.BootID, &body, &at)
	if err != nil {
		return p, err
	}
	copy(p.ID[:], own)
	copy(p.Target[:], target)
	p.Mid = uint64(mid)
	p.Written = clock.Moment{Wall: time.UnixMicro(wall).UTC(), Boot: time.Duration(boot) * time.Microsecond, BootID: p.Written.BootID}
	if p.Command, err = wire.DecodeCommand(body); err != nil {
		return p, fmt.Errorf("command %s: %w", p.ID, err)
	}
	if at != nil {
		o, err := wire.DecodeOutcome(at)
		if err != nil {
			return p, fmt.Errorf("outcome of %s: %w", p.ID, err)
		}
		p.Outcome = &o
	}
	return p, nil
}

// settle stores final outcomes by number. It is false, and nothing is stored, when the numbers are
// those of a client id that this outbox no longer has.
func (o *outbox) settle(ctx context.Context, who Identity, outcomes []stream.Outcome) (bool, error) {
	present := false
	err := o.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT id = ? FROM client`, who.Client[:]).Scan(&present); err != nil {
			return fmt.Errorf("read client: %w", err)
		}
		if !present {
			return nil
		}
		for _, out := range outcomes {
			if _, err := tx.ExecContext(ctx, `UPDATE command SET outcome = ? WHERE mid = ?`, wire.EncodeOutcome(out), int64(out.Mid)); err != nil {
				return fmt.Errorf("store outcome %d: %w", out.Mid, err)
			}
		}
		return nil
	})
	return present, err
}

// close marks commands of which nothing is to be shown any more.
func (o *outbox) close(ctx context.Context, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	return o.db.InTx(ctx, func(tx *sql.Tx) error {
		for _, s := range seqs {
			if _, err := tx.ExecContext(ctx, `UPDATE command SET closed = 1 WHERE seq = ?`, s); err != nil {
				return fmt.Errorf("close command: %w", err)
			}
		}
		return nil
	})
}

// renew takes a new client id and numbers again what the server may lack: every command that is unanswered, or accepted
// and not confirmed by its events, and with all set every command that is still kept. The commands' own ids keep them from happening
// twice.
func (o *outbox) renew(ctx context.Context, all bool) error {
	return o.db.InTx(ctx, func(tx *sql.Tx) error { return renewIn(ctx, tx, all) })
}

// renewIn is renew within a transaction.
func renewIn(ctx context.Context, tx *sql.Tx, all bool) error {
	if err := newClient(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE command SET mid = NULL`); err != nil {
		return fmt.Errorf("drop numbers: %w", err)
	}
	if err := offerAgain(ctx, tx, all); err != nil {
		return err
	}
	if all {
		if _, err := tx.ExecContext(ctx, `UPDATE attachment SET sent = 0`); err != nil {
			return fmt.Errorf("offer attachments again: %w", err)
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE command SET mid = n.mid
	  FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS mid FROM command WHERE outcome IS NULL AND closed = 0) AS n
	  WHERE n.seq = command.seq`)
	if err != nil {
		return fmt.Errorf("number again: %w", err)
	}
	return nil
}

// lives returns the lives of the log in which commands that are kept were accepted, the latest last. Of those that an early
// version noted, that is not known.
func (o *outbox) lives(ctx context.Context) ([]id.Epoch, error) {
	rows, err := o.db.Read.QueryContext(ctx, `SELECT outcome FROM command WHERE outcome IS NOT NULL ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []id.Epoch
	for rows.Next() {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read answers: %w", err)
		}
		answer, err := wire.DecodeOutcome(body)
		if err != nil || answer.Kind != stream.Accepted || answer.Epoch.IsZero() {
			continue
		}
		if n := len(out); n == 0 || out[n-1] != answer.Epoch {
			out = append(out, answer.Epoch)
		}
	}
	return out, sqlite.Fault(rows.Err())
}

// empty takes a new client id and drops all commands: what the former owner did must never be sent
// in another name.
func (o *outbox) empty(ctx context.Context) error {
	return o.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM command`); err != nil {
			return fmt.Errorf("drop commands: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM attachment`); err != nil {
			return fmt.Errorf("drop attachments: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM private`); err != nil {
			return fmt.Errorf("drop the private incidents: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM kept`); err != nil {
			return fmt.Errorf("drop what is kept: %w", err)
		}
		return newClient(ctx, tx)
	})
}

// offerAgain opens the accepted commands that are still kept, or only those of them that are not confirmed: a server that
// was restored to its past may lack them.
func offerAgain(ctx context.Context, tx *sql.Tx, all bool) error {
	rows, err := tx.QueryContext(ctx, `SELECT seq, outcome FROM command WHERE outcome IS NOT NULL AND (closed = 0 OR ?)`, all)
	if err != nil {
		return fmt.Errorf("read answered commands: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var accepted []int64
	for rows.Next() {
		var (
			seq  int64
			body []byte
		)
		if err := rows.Scan(&seq, &body); err != nil {
			return fmt.Errorf("read answered commands: %w", err)
		}
		if out, err := wire.DecodeOutcome(body); err == nil && out.Kind == stream.Accepted {
			accepted = append(accepted, seq)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read answered commands: %w", err)
	}
	for _, seq := range accepted {
		if _, err := tx.ExecContext(ctx, `UPDATE command SET outcome = NULL, closed = 0 WHERE seq = ?`, seq); err != nil {
			return fmt.Errorf("offer again: %w", err)
		}
	}
	return nil
}

func (o *outbox) device(ctx context.Context) (*Device, error) {
	var (
		d              Device
		person, device []byte
		epoch          []byte
	)
	err := o.db.Read.QueryRowContext(ctx, `SELECT server, person, device, name, seed, refresh, certificate, epoch FROM device`).
		Scan(&d.Server, &person, &device, &d.Name, &d.Seed, &d.Refresh, &d.Certificate, &epoch)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // not enrolled is no error
	}
	if err != nil {
		return nil, fmt.Errorf("read device: %w", sqlite.Fault(err))
	}
	copy(d.Actor.Person[:], person)
	copy(d.Actor.Device[:], device)
	copy(d.epoch[:], epoch)
	return &d, nil
}

func (o *outbox) putDevice(ctx context.Context, d Device) error {
	_, err := o.db.Write.ExecContext(ctx, `INSERT OR REPLACE INTO device (one, server, person, device, name, seed, refresh, certificate, epoch)
	  VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`, d.Server, d.Actor.Person[:], d.Actor.Device[:], d.Name, d.Seed, d.Refresh, d.Certificate, d.epoch[:])
	if err != nil {
		return fmt.Errorf("store device: %w", sqlite.Fault(err))
	}
	return nil
}
