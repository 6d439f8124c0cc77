package replica

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// confirmed takes over the hits of the index: incidents by their titles and tags, and entries.
func (g *gathering) confirmed(ctx context.Context) error {
	titles, err := g.subjects(ctx)
	if err != nil {
		return err
	}
	defer titles.close()
	entries, err := g.documents(ctx)
	if err != nil {
		return err
	}
	defer entries.close()
	if g.o.ByRelevance && len(g.q.Words) > 0 {
		return g.best(titles, entries)
	}
	return g.newest(titles, entries)
}

// subjects opens the hits among titles, tags and numbers.
func (g *gathering) subjects(ctx context.Context) (*hits, error) {
	statement, args := subjectHits(g.q)
	return g.v.hits(ctx, statement, args)
}

// documents opens the hits among entries. Where nothing but certain incidents is asked for, there are none: the
// incidents themselves are what was asked for.
func (g *gathering) documents(ctx context.Context) (*hits, error) {
	if !g.q.Worded() && len(g.q.Authors) == 0 {
		return &hits{}, nil
	}
	w := wanted{query: g.q, scored: g.o.ByRelevance}
	w.streams, w.args = streams(g.q, g.admitted)
	low, high := times(g.q)
	var err error
	if w.low, w.high, err = g.v.reach(ctx, w.streams, w.args, low, high); err != nil || w.low > w.high {
		return &hits{}, err
	}
	statement, args := w.documentHits()
	return g.v.hits(ctx, statement, args)
}

// newest merges two rows of hits, each newest first, until there are enough.
func (g *gathering) newest(a, b *hits) error {
	x, y := a.next(), b.next()
	for x != nil || y != nil {
		from, next := &x, a
		if x == nil || y != nil && y.key > x.key && !g.o.TitlesFirst {
			from, next = &y, b
		}
		if !g.add(**from) {
			break
		}
		*from = next.next()
	}
	g.more = g.more || a.n == hitsMost || b.n == hitsMost
	return errors.Join(a.err, b.err)
}

// best takes over all hits, the most relevant first. Scores of FTS5 are the smaller the better.
func (g *gathering) best(a, b *hits) error {
	var all []hit
	for _, from := range []*hits{a, b} {
		for h := from.next(); h != nil; h = from.next() {
			all = append(all, *h)
		}
		if from.err != nil {
			return from.err
		}
	}
	slices.SortStableFunc(all, func(x, y hit) int { return cmp.Or(cmp.Compare(x.score, y.score), cmp.Compare(y.key, x.key)) })
	for _, h := range all {
		g.add(h) // also behind the last incident that is wanted: a line may be of an earlier one
	}
	g.more = g.more || a.n == hitsMost || b.n == hitsMost
	return nil
}

// hits are rows that are read one by one. The zero value has none.
type hits struct {
	rows *sql.Rows
	n    int
	err  error
}

func (v *view) hits(ctx context.Context, statement string, args []any) (*hits, error) {
	rows, err := v.tx.QueryContext(ctx, statement, args...) //nolint:rowserrcheck // next sees to it
	if err != nil {
		return nil, fmt.Errorf("ask the index: %w", sqlite.Fault(err))
	}
	return &hits{rows: rows}, nil
}

// next returns the next hit, or none.
func (h *hits) next() *hit {
	if h.rows == nil || h.err != nil || !h.rows.Next() {
		if h.rows != nil && h.err == nil {
			h.err = sqlite.Fault(h.rows.Err())
		}
		return nil
	}
	var (
		out hit
		raw sql.RawBytes
	)
	if h.err = h.rows.Scan(&out.key, &raw, &out.seq, &out.score); h.err != nil {
		return nil
	}
	copy(out.stream[:], raw)
	h.n++
	return &out
}

func (h *hits) close() {
	if h.rows != nil {
		_ = h.rows.Close() // what went wrong while reading is in err
	}
}
