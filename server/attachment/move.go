package attachment

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Move lets the attachments of a stream follow it to another scope, in the transaction in which it goes there. What another
// stream of the former scope names as well stays there too; what the new scope has already is kept once.
func (s *Store) Move(ctx context.Context, tx *sql.Tx, in id.Stream, to id.Scope) error {
	refs, err := namedIn(ctx, tx, in, to)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE attachment_name SET scope = ? WHERE stream = ?`, to[:], in[:]); err != nil {
		return fmt.Errorf("let what %s names follow it: %w", in, err)
	}
	for _, r := range refs {
		if err := s.move(ctx, tx, r, to); err != nil {
			return fmt.Errorf("move attachment %s: %w", r.Content, err)
		}
	}
	return nil
}

// move takes one attachment to another scope, or a copy of it, where it is begun at all.
func (s *Store) move(ctx context.Context, tx *sql.Tx, r Ref, to id.Scope) error {
	have, err := r.begun(ctx, tx)
	if err != nil || have.key == 0 {
		return err
	}
	named, err := r.named(ctx, tx)
	if err != nil {
		return err
	}
	there, err := Ref{Scope: to, Content: r.Content}.begun(ctx, tx)
	if err != nil {
		return err
	}
	if there.key != 0 {
		gone := have.key
		if have.complete && !there.complete {
			gone = there.key
		} else if named {
			return nil
		}
		if err := drop(ctx, tx, `SELECT CAST(? AS BIGINT)`, gone); err != nil || gone == have.key {
			return err
		}
	}
	if named {
		return s.copy(ctx, tx, have.key, to)
	}
	_, err = tx.ExecContext(ctx, `UPDATE attachment SET scope = ? WHERE key = ?`, to[:], have.key)
	return err
}

// copy makes a copy of an attachment in another scope.
func (s *Store) copy(ctx context.Context, tx *sql.Tx, key int64, to id.Scope) error {
	var (
		hash, device                 []byte
		size, moved, complete, fresh int64
	)
	err := tx.QueryRowContext(ctx, `SELECT hash, size, device, moved_us, complete FROM attachment WHERE key = ?`, key).
		Scan(&hash, &size, &device, &moved, &complete)
	if err != nil {
		return err
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO attachment (scope, hash, size, device, moved_us, complete) VALUES (?, ?, ?, ?, ?, ?) RETURNING key`,
		to[:], hash, size, device, moved, complete).Scan(&fresh)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, s.copyChunks, fresh, key)
	return err
}

// Copies of all chunks of an attachment, each engine's own: SQLite keeps them in pages of their own.
const (
	copyInOwnPages = `INSERT INTO attachment_chunk (attachment, idx, lead, data, tail)
	  SELECT ?1, idx, lead, data, tail FROM attachment_chunk WHERE attachment = ?2`
	copyInRows = `INSERT INTO attachment_chunk (attachment, idx, data)
	  SELECT CAST(? AS BIGINT), idx, data FROM attachment_chunk WHERE attachment = ?`
)

// begun returns the row of an attachment, whoever names it; its key is 0 where there is none.
func (r Ref) begun(ctx context.Context, q querier) (a stored, err error) {
	err = q.QueryRowContext(ctx, `SELECT key, size, complete FROM attachment WHERE scope = ? AND hash = ?`, r.Scope[:], r.Content[:]).
		Scan(&a.key, &a.size, &a.complete)
	if errors.Is(err, sql.ErrNoRows) {
		return stored{}, nil
	}
	return a, err
}

// namedIn returns what the entries of a stream name in other scopes than one, each once.
func namedIn(ctx context.Context, tx *sql.Tx, in id.Stream, but id.Scope) ([]Ref, error) {
	return refs(ctx, tx, `SELECT DISTINCT scope, hash FROM attachment_name WHERE stream = ? AND scope <> ? ORDER BY scope, hash`, in[:], but[:])
}
