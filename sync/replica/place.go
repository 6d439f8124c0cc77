package replica

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Place returns where a stream lies here.
func (u *update) Place(ctx context.Context, s id.Stream) (protocol.Place, error) {
	query, err := u.prepared(ctx, selectPlace) //nolint:sqlclosecheck // the end of the transaction closes it
	if err != nil {
		return protocol.Place{}, err
	}
	return scanPlace(s, query.QueryRowContext(ctx, s[:]))
}

const selectPlace = `SELECT scope.id, coalesce(w.pos, 0), coalesce(w.gone, 0) FROM stream t JOIN scope ON scope.key = t.scope
  LEFT JOIN withdrawn w ON w.stream = t.id WHERE t.id = ?`

func scanPlace(s id.Stream, row *sql.Row) (protocol.Place, error) {
	var (
		p     protocol.Place
		scope []byte
		pos   int64
	)
	err := row.Scan(&scope, &pos, &p.Withdrawn)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("read where %s lies: %w", s, err)
	}
	copy(p.Scope[:], scope)
	p.Behind = uint64(pos)
	return p, nil
}

// Move lets an incident lie in another scope. What the index has of its events goes with them: it stands under their places.
func (u *update) Move(ctx context.Context, s id.Stream, to id.Scope) error {
	from, err := u.Place(ctx, s)
	if err != nil {
		return err
	}
	if err := u.guard(ctx, s, to); err != nil {
		return err
	}
	if err := u.unindex(ctx, s); err != nil {
		return fmt.Errorf("move %s: %w", s, err)
	}
	if err := u.w.Uproot(ctx, s, to); err != nil {
		return err
	}
	if _, err := u.tx.ExecContext(ctx, `UPDATE withdrawn SET gone = 0 WHERE stream = ?`, s[:]); err != nil {
		return fmt.Errorf("move %s: %w", s, err)
	}
	if from.Scope != id.Everyone() && from.Scope != to {
		if err := u.leave(ctx, from.Scope); err != nil {
			return err
		}
	}
	u.moved[s] = to
	return nil
}

// leave forgets how far a private scope is known: the one incident in it lies elsewhere now.
func (u *update) leave(ctx context.Context, scope id.Scope) error {
	for _, statement := range []string{
		`DELETE FROM gap WHERE scope = ?`, `UPDATE scope SET pos = 0, hash = x'', epoch = x'', seal = x'' WHERE id = ?`,
	} {
		if _, err := u.tx.ExecContext(ctx, statement, scope[:]); err != nil {
			return fmt.Errorf("leave %s: %w", scope, err)
		}
	}
	return nil
}

// Withdraw notes that an incident was taken out of everybody's scope. That it may have to be purged is noted also where nothing of
// it is here: the outbox may hold something.
func (u *update) Withdraw(ctx context.Context, s id.Stream, pos uint64) error {
	at, err := u.Place(ctx, s)
	if err != nil {
		return err
	}
	if !at.Scope.IsZero() && at.Scope != id.Everyone() {
		return nil
	}
	var again bool
	err = u.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM event WHERE stream = (SELECT key FROM stream WHERE id = ?) AND scope_pos > ?)`,
		s[:], int64(pos)).Scan(&again)
	if err != nil || again {
		return err
	}
	if err := u.r.suspect(ctx, id.Incident(s), u.life); err != nil {
		return err
	}
	if at.Scope.IsZero() {
		return nil
	}
	if _, err := u.tx.ExecContext(ctx, `INSERT OR REPLACE INTO withdrawn (stream, pos, gone) VALUES (?, ?, 1)`, s[:], int64(pos)); err != nil {
		return fmt.Errorf("note that %s is withdrawn: %w", s, err)
	}
	return nil
}

// guard notes, before anything is stored of an incident in a scope, that not everybody may see it, where that is so.
func (u *update) guard(ctx context.Context, s id.Stream, in id.Scope) error {
	delete(u.r.left, id.Incident(s))
	if in == id.Everyone() {
		return nil
	}
	return u.r.suspect(ctx, id.Incident(s), u.life)
}

// unindex takes what was written in an incident out of the index, and notes of no entry any more which of its words are in it.
func (u *update) unindex(ctx context.Context, s id.Stream) error {
	u.documents = slices.DeleteFunc(u.documents, func(d document) bool { return d.target == s })
	all, err := u.indexed(ctx, s)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.text == "" {
			continue
		}
		if err := u.entryText(ctx, `INSERT INTO entry_text (entry_text, rowid, text) VALUES ('delete', ?, ?)`, d); err != nil {
			return err
		}
	}
	if err := u.settle(ctx); err != nil {
		return err
	}
	key, err := u.streamKey(ctx, s)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM document WHERE key IN (SELECT d.key FROM span JOIN document d ON d.key BETWEEN span.low AND span.high AND d.stream = span.stream
		  WHERE span.stream = ?)`,
		`DELETE FROM span WHERE stream = ?`, `UPDATE revised SET text = NULL WHERE stream = ?`,
	} {
		if _, err := u.tx.ExecContext(ctx, statement, key); err != nil {
			return fmt.Errorf("take %s out of the index: %w", s, err)
		}
	}
	return nil
}

// streamKey returns the short key of a stream; 0 where nothing of it is here.
func (u *update) streamKey(ctx context.Context, s id.Stream) (key int64, err error) {
	err = u.tx.QueryRowContext(ctx, `SELECT key FROM stream WHERE id = ?`, s[:]).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find %s: %w", s, err)
	}
	return key, nil
}

// indexed returns what the index has of an incident's events, in the order of its keys, each with exactly its words.
func (u *update) indexed(ctx context.Context, s id.Stream) ([]document, error) {
	rows, err := u.tx.QueryContext(ctx, `SELECT d.key, d.stream, e.payload FROM span
	  JOIN document d ON d.key BETWEEN span.low AND span.high AND d.stream = span.stream
	  JOIN event e ON e.stream = d.stream AND e.stream_seq = d.stream_seq
	  WHERE span.stream = (SELECT key FROM stream WHERE id = ?) ORDER BY d.key`, s[:])
	if err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []document
	for rows.Next() {
		d := document{target: s}
		var payload []byte
		if err := rows.Scan(&d.key, &d.stream, &payload); err != nil {
			return nil, fmt.Errorf("read documents: %w", err)
		}
		event, err := wire.DecodeEvent(id.KindIncident, payload)
		if err != nil {
			return nil, fmt.Errorf("read an event of %s: %w", s, err)
		}
		d.text, d.entry = wordsOf(event)
		out = append(out, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	for i, d := range out {
		if d.entry.IsZero() {
			continue
		}
		noted, _, err := u.noted(ctx, d.stream, d.entry)
		if err != nil {
			return nil, err
		}
		if noted.Valid {
			out[i].text = noted.String
		}
	}
	return out, nil
}
