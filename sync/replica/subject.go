package replica

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// subject is what the index has of one incident.
type subject struct {
	key, stream         int64
	title, tags, number string
}

// subjectMoved puts an incident on its way into the index.
func (u *update) subjectMoved(ctx context.Context, h stream.Head, now incident.Incident) error {
	if now.Kind == incident.TestPage { // is nothing that somebody looks for
		return nil
	}
	key, err := u.w.StreamKey(ctx, h.Stream, h.Kind, h.Scope)
	if err != nil {
		return err
	}
	u.subjects[key] = now
	return nil
}

// indexSubjects brings titles, tags and facts in the index up to what the incidents have become, in the order of their
// keys: with thousands of heads at once any other order makes FTS5 write a piece for each.
func (u *update) indexSubjects(ctx context.Context) error {
	byKey := func(a, b int64) int {
		return cmp.Compare(keyOf(u.subjects[a].DeclaredAt, uint64(a)), keyOf(u.subjects[b].DeclaredAt, uint64(b)))
	}
	for _, key := range slices.SortedFunc(maps.Keys(u.subjects), byKey) {
		if key <= u.r.index.rest.stream {
			continue
		}
		if err := u.indexSubject(ctx, key, u.subjects[key]); err != nil {
			return err
		}
	}
	clear(u.subjects)
	return nil
}

func (u *update) indexSubject(ctx context.Context, streamKey int64, now incident.Incident) error {
	was, err := u.subject(ctx, streamKey)
	if err != nil {
		return err
	}
	next := subject{stream: streamKey, title: now.Title, tags: tagList(now.Tags), number: numberOf(now)}
	if next.key, err = u.subjectKey(ctx, keyOf(now.DeclaredAt, uint64(streamKey)), streamKey); err != nil {
		return err
	}
	if was != next && was.key != 0 {
		if err := u.subjectText(ctx, was, true); err != nil {
			return err
		}
		if err := u.settle(ctx); err != nil { // what happens to stand in between writes too, but only happens to
			return err
		}
	}
	if was.key != next.key && was.key != 0 {
		if _, err := u.tx.ExecContext(ctx, `DELETE FROM subject WHERE key = ?`, was.key); err != nil {
			return err
		}
	}
	if err := u.exec(ctx, `INSERT OR REPLACE INTO subject (key, stream, declarer, number, severity, status, kind, title, tags)
	  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, next.key, streamKey, now.DeclaredBy[:], int64(now.Number), now.Severity, now.Status, now.Kind,
		next.title, next.tags); err != nil {
		return err
	}
	if was == next {
		return nil
	}
	return u.subjectText(ctx, next, false)
}

// subject returns what the index has of an incident; its key is 0 when it has nothing.
func (u *update) subject(ctx context.Context, streamKey int64) (subject, error) {
	s := subject{stream: streamKey}
	if u.afresh {
		return s, nil
	}
	var (
		number int64
		of     []byte
	)
	err := u.tx.QueryRowContext(ctx, `SELECT subject.key, title, tags, number, t.id FROM subject JOIN stream t ON t.key = stream WHERE stream = ?`, streamKey).
		Scan(&s.key, &s.title, &s.tags, &number, &of)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	i := incident.Incident{Number: uint32(number)}
	copy(i.ID[:], of)
	s.number = numberOf(i)
	return s, err
}

// numberOf returns what people call an incident by.
func numberOf(i incident.Incident) string {
	if i.Number == 0 {
		return fmt.Sprintf("P-%d", i.PrivateNumber())
	}
	return fmt.Sprintf("INC-%d", i.Number)
}

// subjectKey returns the first key from the given one on that no other incident has.
func (u *update) subjectKey(ctx context.Context, key, streamKey int64) (int64, error) {
	for ; ; key++ {
		var other int64
		err := u.row(ctx, `SELECT stream FROM subject WHERE key = ?`, &other, key)
		switch {
		case errors.Is(err, sql.ErrNoRows), err == nil && other == streamKey:
			return key, nil
		case err != nil:
			return 0, err
		}
	}
}

// subjectText puts an incident's words into the index, or takes exactly these out of it.
func (u *update) subjectText(ctx context.Context, s subject, out bool) error {
	into := `INSERT INTO subject_text (rowid, title, tags, number) VALUES (?, ?, ?, ?)`
	if out {
		into = `INSERT INTO subject_text (subject_text, rowid, title, tags, number) VALUES ('delete', ?, ?, ?, ?)`
	}
	return u.exec(ctx, into, s.key, search.Indexed(s.title), search.Indexed(s.tags), s.number)
}

// tagList returns tags so that a whole tag, or the beginning of one, is found with its space before it.
func tagList(tags []string) string { return " " + strings.Join(append(slices.Clone(tags), ""), " ") }

// prepared returns a statement of this transaction, compiled once: a bootstrap needs it ten thousand times.
func (u *update) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if have := u.statements[query]; have != nil {
		return have, nil
	}
	fresh, err := u.tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	u.statements[query] = fresh
	return fresh, nil
}

func (u *update) exec(ctx context.Context, query string, args ...any) error {
	s, err := u.prepared(ctx, query) //nolint:sqlclosecheck // the end of the transaction closes it
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx, args...)
	return err
}

// row reads one value.
func (u *update) row(ctx context.Context, query string, into any, args ...any) error {
	s, err := u.prepared(ctx, query) //nolint:sqlclosecheck // the end of the transaction closes it
	if err != nil {
		return err
	}
	return s.QueryRowContext(ctx, args...).Scan(into)
}
