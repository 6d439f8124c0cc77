package replica

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

const (
	countMost   = 1_000 // how often a word is counted; above that it is common
	similarMost = 200   // titles that are compared
)

// Similar returns at most limit incidents whose titles are like the given one, as they are shown: those that burn first,
// then the newest. It needs no server.
func (r *Replica) Similar(ctx context.Context, title string, limit int) (out []incident.Incident, err error) {
	defer r.notice(&err)
	terms := search.TitleTerms(title)
	if len(terms) == 0 {
		return nil, nil
	}
	v, err := r.view(ctx)
	if err != nil {
		return nil, err
	}
	defer v.close()
	like, err := v.likeness(ctx, terms)
	if err != nil {
		return nil, err
	}
	streams, err := v.alike(ctx, like)
	if err != nil {
		return nil, err
	}
	states, err := v.incidents(ctx, streams)
	if err != nil {
		return nil, err
	}
	for _, s := range streams {
		if _, similar := like.Share(states[s].Title); similar {
			out = append(out, states[s])
		}
	}
	slices.SortStableFunc(out, func(a, b incident.Incident) int {
		return cmp.Or(rank(a)-rank(b), b.DeclaredAt.Compare(a.DeclaredAt))
	})
	return out[:min(len(out), limit)], nil
}

func rank(i incident.Incident) int {
	if i.Status.Burning() {
		return 0
	}
	return 1
}

// likeness weighs the terms by how many titles have them.
func (v *view) likeness(ctx context.Context, terms []search.Term) (search.Likeness, error) {
	var all int
	if err := v.tx.QueryRowContext(ctx, `SELECT count(*) FROM subject`).Scan(&all); err != nil {
		return search.Likeness{}, fmt.Errorf("count titles: %w", sqlite.Fault(err))
	}
	counts := make([]int, len(terms))
	for i, t := range terms {
		err := v.tx.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT rowid FROM subject_text WHERE subject_text MATCH ? LIMIT ?)`,
			titled([]search.Term{t}), countMost).Scan(&counts[i])
		if err != nil {
			return search.Likeness{}, fmt.Errorf("count titles: %w", sqlite.Fault(err))
		}
	}
	return search.Weigh(terms, all, counts), nil
}

// titled returns what FTS5 is asked for titles with any of the terms.
func titled(terms []search.Term) string {
	return "{title} : (" + strings.Join(quoted(terms), " OR ") + ")"
}

// alike returns the incidents that may be similar: the most alike of all titles, and those with pending changes.
func (v *view) alike(ctx context.Context, like search.Likeness) ([]id.Stream, error) {
	rows, err := v.tx.QueryContext(ctx, `SELECT subject.stream, t.id, subject.title FROM
	  (SELECT rowid FROM subject_text WHERE subject_text MATCH ? ORDER BY rank LIMIT ?) f
	  JOIN subject ON subject.key = f.rowid JOIN stream t ON t.key = subject.stream`, titled(like.Terms), similarMost)
	if err != nil {
		return nil, fmt.Errorf("read titles: %w", sqlite.Fault(err))
	}
	out, err := scanAlike(rows, like)
	if err != nil {
		return nil, err
	}
	for target, list := range v.Targets {
		if list[0].Command.Stream() == id.KindIncident && !slices.Contains(out, target) {
			out = append(out, target)
		}
	}
	return out, nil
}

func scanAlike(rows *sql.Rows, like search.Likeness) ([]id.Stream, error) {
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []id.Stream
	for rows.Next() {
		var (
			key   int64
			raw   []byte
			title string
			s     id.Stream
		)
		if err := rows.Scan(&key, &raw, &title); err != nil {
			return nil, fmt.Errorf("read titles: %w", err)
		}
		if _, similar := like.Share(title); similar {
			copy(s[:], raw)
			out = append(out, s)
		}
	}
	return out, sqlite.Fault(rows.Err())
}
