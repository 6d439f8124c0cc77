package replica

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// suspected returns the incidents of which something may be here though not everybody may see them, and in which life of the log
// that was last so.
func (o *outbox) suspected(ctx context.Context) (map[id.Incident]id.Epoch, error) {
	rows, err := o.db.Read.QueryContext(ctx, `SELECT incident, epoch FROM private`)
	if err != nil {
		return nil, fmt.Errorf("read the private incidents: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	out := map[id.Incident]id.Epoch{}
	for rows.Next() {
		var of, epoch []byte
		if err := rows.Scan(&of, &epoch); err != nil {
			return nil, fmt.Errorf("read the private incidents: %w", err)
		}
		var (
			in   id.Incident
			life id.Epoch
		)
		copy(in[:], of)
		copy(life[:], epoch)
		out[in] = life
	}
	return out, sqlite.Fault(rows.Err())
}

// suspect notes that something of an incident may be here though not everybody may see it.
func (o *outbox) suspect(ctx context.Context, in id.Incident, life id.Epoch) error {
	if _, err := o.db.Write.ExecContext(ctx, `INSERT OR REPLACE INTO private (incident, epoch) VALUES (?, ?)`, in[:], life[:]); err != nil {
		return fmt.Errorf("note a private incident: %w", sqlite.Fault(err))
	}
	return nil
}

// clear notes that nothing of it is.
func (o *outbox) clear(ctx context.Context, in id.Incident) error {
	if _, err := o.db.Write.ExecContext(ctx, `DELETE FROM private WHERE incident = ?`, in[:]); err != nil {
		return fmt.Errorf("forget a private incident: %w", sqlite.Fault(err))
	}
	return nil
}

// forsake takes what was to happen to a stream out of all commands to it, see protocol.OutboxStore, and drops what is kept of it for
// a restored server. Commands stay as rows, because of their numbers.
func (o *outbox) forsake(ctx context.Context, target id.Stream, why *fault.Fault) error {
	blank, err := wire.EncodeCommand(incident.Join{})
	if err != nil {
		return err
	}
	return o.db.InTx(ctx, func(tx *sql.Tx) error {
		kept, err := commandsTo(ctx, tx, target)
		if err != nil {
			return err
		}
		unanswered := false
		for _, c := range kept {
			unanswered = unanswered || c.outcome == nil
			gone := wire.EncodeOutcome(stream.Outcome{Kind: stream.Rejected, Mid: c.mid, Fault: why})
			if _, err := tx.ExecContext(ctx, `UPDATE command SET body = ?, outcome = ?, closed = ? WHERE seq = ?`,
				blank, gone, c.closed || c.accepted(), c.seq); err != nil {
				return fmt.Errorf("forsake a command: %w", err)
			}
		}
		for _, statement := range []string{`DELETE FROM attachment WHERE target = ?`, `DELETE FROM kept WHERE stream = ?`} {
			if _, err := tx.ExecContext(ctx, statement, target[:]); err != nil {
				return fmt.Errorf("forsake what goes with the commands: %w", err)
			}
		}
		if unanswered {
			if err := renewIn(ctx, tx, false); err != nil {
				return err
			}
		}
		return sqlite.Erasing(ctx, tx)
	})
}

// commandTo is what the outbox says of a command.
type commandTo struct {
	seq     int64
	mid     uint64
	outcome []byte
	closed  bool
}

func (c commandTo) accepted() bool {
	out, err := wire.DecodeOutcome(c.outcome)
	return c.outcome != nil && err == nil && out.Kind == stream.Accepted
}

func commandsTo(ctx context.Context, tx *sql.Tx, target id.Stream) ([]commandTo, error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, coalesce(mid, 0), outcome, closed FROM command WHERE target = ?`, target[:])
	if err != nil {
		return nil, fmt.Errorf("read commands: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []commandTo
	for rows.Next() {
		var (
			c   commandTo
			mid int64
		)
		if err := rows.Scan(&c.seq, &mid, &c.outcome, &c.closed); err != nil {
			return nil, fmt.Errorf("read commands: %w", err)
		}
		c.mid = uint64(mid)
		out = append(out, c)
	}
	return out, rows.Err()
}
