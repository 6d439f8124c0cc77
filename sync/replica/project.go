package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// projectIncident brings board and tags up to what an incident has become.
func (u *update) projectIncident(ctx context.Context, h stream.Head, was, now incident.Incident) error {
	if !was.Exists() || was.Status.Burning() != now.Status.Burning() || !was.DeclaredAt.Equal(now.DeclaredAt) {
		key, err := u.w.StreamKey(ctx, h.Stream, h.Kind, h.Scope)
		if err != nil {
			return err
		}
		if _, err := u.tx.ExecContext(ctx, `INSERT OR REPLACE INTO board (stream, burning, declared) VALUES (?, ?, ?)`,
			key, now.Status.Burning(), now.DeclaredAt.UnixMicro()); err != nil {
			return fmt.Errorf("project %s: %w", h.Stream, err)
		}
	}
	for _, tag := range now.Tags {
		if slices.Contains(was.Tags, tag) {
			continue
		}
		if _, err := u.tx.ExecContext(ctx, `INSERT OR IGNORE INTO tag (name) VALUES (?)`, tag); err != nil {
			return fmt.Errorf("project tags of %s: %w", h.Stream, err)
		}
	}
	return nil
}

// project brings what is derived up to this version of the program: heads of another fold cannot be
// folded again from the few events that are here, so they are fetched anew; projections are.
func (r *Replica) project(ctx context.Context) error {
	fold, err := r.version(ctx, "fold")
	if err != nil {
		return err
	}
	if fold != wire.FoldVersion {
		if err := r.refetch(ctx, fold != 0); err != nil {
			return err
		}
	}
	board, err := r.version(ctx, "board")
	if err != nil || board == projections {
		return err
	}
	return r.projectAgain(ctx)
}

// version returns which version made something derived; 0 where nothing has been derived yet.
func (r *Replica) version(ctx context.Context, name string) (int, error) {
	var have int
	err := r.db.Read.QueryRowContext(ctx, `SELECT version FROM projection WHERE name = ?`, name).Scan(&have)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read the version of %s: %w", name, err)
	}
	return have, nil
}

// refetch notes the version of the fold. Where another one was at work, the cursors lose their seal, so
// that the next thing is a bootstrap; until it has come, what is here is shown as it is.
func (r *Replica) refetch(ctx context.Context, other bool) error {
	return r.db.InTx(ctx, func(tx *sql.Tx) error {
		if other {
			if _, err := tx.ExecContext(ctx, `UPDATE scope SET seal = x''`); err != nil {
				return fmt.Errorf("drop cursors: %w", err)
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO projection (name, version) VALUES ('fold', ?)`, wire.FoldVersion)
		return err
	})
}

// projectAgain folds the projections from the heads.
func (r *Replica) projectAgain(ctx context.Context) error {
	var heads []stream.Head
	scopes, err := scopesOf(ctx, r.db.Read)
	if err != nil {
		return err
	}
	err = timeline.Heads(ctx, r.db.Read, []id.Kind{id.KindIncident}, scopes, func(h stream.Head) error {
		heads = append(heads, h)
		return nil
	})
	if err != nil {
		return err
	}
	return r.db.InTx(ctx, func(tx *sql.Tx) error {
		u := &update{r: r, tx: tx, w: r.log.In(tx)}
		for _, table := range []string{"board", "tag"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return fmt.Errorf("empty %s: %w", table, err)
			}
		}
		for _, h := range heads {
			state, err := wire.DecodeState(h)
			if err != nil {
				return fmt.Errorf("read head of %s: %w", h.Stream, err)
			}
			if now, ok := state.(incident.Incident); ok {
				if err := u.projectIncident(ctx, h, incident.Incident{}, now); err != nil {
					return err
				}
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO projection (name, version) VALUES ('board', ?)`, projections)
		return err
	})
}
