package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
)

// What is done here for all clients of a batch at once is done one by one where the database is in this process: there a statement
// costs next to nothing, and elsewhere a way there and back.

// loadClients reads what is known of the outboxes that a group comes from, where it is not remembered.
func (l *Ledger) loadClients(ctx context.Context, tx *sql.Tx, group []*work) error {
	if !l.shared {
		return nil
	}
	var wanted [][]byte
	for _, w := range group {
		if w.push == nil {
			continue
		}
		if _, known := l.clients[w.push.Client]; !known {
			wanted = append(wanted, w.push.Client.Bytes())
		}
	}
	if len(wanted) < 2 { // one is read when it is looked at
		return nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, key, person, generation, last_mid FROM client WHERE id = ANY(?)`, wanted)
	if err != nil {
		return fmt.Errorf("load clients: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var (
			c            Account
			name, person []byte
			last         int64
		)
		if err := rows.Scan(&name, &c.key, &person, &c.generation, &last); err != nil {
			return fmt.Errorf("load clients: %w", err)
		}
		copy(c.person[:], person)
		c.lastMid, c.storedMid = uint64(last), uint64(last)
		var of id.Client
		copy(of[:], name)
		l.clients[of] = &c
	}
	return rows.Err()
}

// storeMids stores how far every client of the batch has come.
func (b *batch) storeMids(ctx context.Context) error {
	var keys, mids []int64
	for _, c := range b.clients {
		if c.lastMid != c.storedMid {
			keys, mids = append(keys, c.key), append(mids, int64(c.lastMid))
			c.storedMid = c.lastMid
		}
	}
	if len(keys) == 0 {
		return nil
	}
	_, err := b.tx.ExecContext(ctx, `UPDATE client SET last_mid = v.mid
	  FROM unnest(CAST(? AS BIGINT[]), CAST(? AS BIGINT[])) AS v (key, mid) WHERE client.key = v.key`, keys, mids)
	if err != nil {
		return fmt.Errorf("store how far clients have come: %w", err)
	}
	return nil
}
