package replica

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// begins reports whether an unfinished word is looked up as the beginning of one. A single letter begins too many;
// a single sign of a script that has thousands does not.
func begins(word string) bool { return utf8.RuneCountInString(word) > 1 || len(word) > 2 }

// match returns what FTS5 is asked. Everything that people typed is within quotation marks, and holds letters and
// digits only, so that nothing in it is an operator, a column or a star.
func match(q search.Query) string {
	wanted := strings.Join(quoted(q.Words), " ")
	if wanted != "" && len(q.Without) > 0 {
		return "(" + wanted + ") NOT (" + unwanted(q) + ")"
	}
	return wanted
}

// unwanted returns what FTS5 is asked for all that the query rules out.
func unwanted(q search.Query) string { return strings.Join(quoted(q.Without), " OR ") }

func quoted(terms []search.Term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = `"` + strings.Join(t.Words, " ") + `"`
		if last := t.Words[len(t.Words)-1]; t.Prefix && begins(last) {
			out[i] += " *"
		}
	}
	return out
}

// condition gathers what has to hold besides the words.
type condition struct {
	sql  strings.Builder
	args []any
}

func (c *condition) add(sql string, args ...any) {
	c.sql.WriteString(" AND " + sql)
	c.args = append(c.args, args...)
}

// join demands what another condition demands.
func (c *condition) join(other *condition) {
	c.sql.WriteString(other.sql.String())
	c.args = append(c.args, other.args...)
}

// in demands that a column has one of the values; no values demand nothing.
func in[T any](c *condition, column string, values []T, arg func(T) any) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = arg(v)
	}
	c.add(column+" IN ("+strings.TrimSuffix(strings.Repeat("?,", len(values)), ",")+")", args...)
}

// subjects returns what the query demands of an incident, about the table subject.
func subjects(q search.Query) *condition {
	c := &condition{}
	in(c, "subject.severity", q.Severities, func(v workspace.Level) any { return int64(v) })
	in(c, "subject.status", q.Statuses, func(v incident.Status) any { return int64(v) })
	in(c, "subject.kind", q.Kinds, func(v incident.Kind) any { return int64(v) })
	if q.Private {
		everyone := id.Everyone()
		c.add("subject.stream IN (SELECT key FROM stream WHERE scope NOT IN (SELECT key FROM scope WHERE id = ?))", everyone[:])
	}
	in(c, "subject.number", q.Numbers, func(v uint32) any { return int64(v) })
	for _, tag := range q.Tags {
		c.add("instr(subject.tags, ?) > 0", " "+tag+" ")
	}
	if q.TagBegins != "" {
		c.add("instr(subject.tags, ?) > 0", " "+q.TagBegins)
	}
	for _, tag := range q.WithoutTag {
		c.add("instr(subject.tags, ?) = 0", " "+tag+" ")
	}
	return c
}

func person(p id.Person) any { return p.Bytes() }

// times returns the first and the last key of the time that is asked for.
func times(q search.Query) (low, high int64) {
	low, high = math.MinInt64, math.MaxInt64
	if !q.After.IsZero() {
		low = keyOf(ceil(q.After), 0)
	}
	if !q.Before.IsZero() {
		high = keyOf(ceil(q.Before), 0) - 1
	}
	return low, high
}

// ceil returns the first whole second that is not before t.
func ceil(t time.Time) time.Time {
	if t.Nanosecond() == 0 {
		return t
	}
	return t.Truncate(time.Second).Add(time.Second)
}

// streams returns the statement that lists the streams of the incidents that are asked for, and of those that a pending change
// has made so. It is empty when all are.
func streams(q search.Query, also []id.Stream) (statement string, args []any) {
	c := subjects(q)
	if len(c.args) == 0 {
		return "", nil
	}
	statement = `SELECT stream FROM subject WHERE 1` + c.sql.String()
	if len(also) == 0 {
		return statement, c.args
	}
	more := &condition{}
	in(more, "id", also, func(s id.Stream) any { return s.Bytes() })
	return statement + ` UNION ALL SELECT key FROM stream WHERE 1` + more.sql.String(), append(c.args, more.args...)
}

// reach narrows two keys to where the listed streams have documents at all; the second is below the first when they have none.
func (v *view) reach(ctx context.Context, statement string, args []any, low, high int64) (from, to int64, err error) {
	if statement == "" {
		return low, high, nil
	}
	var least, most sql.NullInt64
	err = v.tx.QueryRowContext(ctx, `SELECT min(low), max(high) FROM span WHERE stream IN (`+statement+`)`, args...).Scan(&least, &most)
	if err != nil {
		return 0, 0, fmt.Errorf("read spans: %w", sqlite.Fault(err))
	}
	if !least.Valid {
		return 0, -1, nil
	}
	return max(low, least.Int64), min(high, most.Int64), nil
}

// subjectHits returns the statement that finds incidents by their titles, tags and numbers, newest first.
func subjectHits(q search.Query) (statement string, args []any) {
	c := &condition{}
	low, high := times(q)
	from, score, order := `subject`, `0.0`, `subject.key`
	if len(q.Words) > 0 {
		from, score, order = `subject_text CROSS JOIN subject ON subject.key = subject_text.rowid`, `bm25(subject_text, 4.0, 2.0, 8.0)`, `subject_text.rowid`
		c.add(`subject_text MATCH ?`, match(q))
	} else if len(q.Without) > 0 {
		c.add(`subject.key NOT IN (SELECT rowid FROM subject_text WHERE subject_text MATCH ?)`, unwanted(q))
	}
	c.add(order+` BETWEEN ? AND ?`, low, high)
	c.join(subjects(q))
	in(c, "subject.declarer", q.Authors, person)
	return `SELECT ` + order + `, t.id, 0, ` + score + ` FROM ` + from + ` JOIN stream t ON t.key = subject.stream WHERE 1` + c.sql.String() +
		` ORDER BY ` + order + ` DESC LIMIT ?`, append(c.args, hitsMost)
}

// wanted is which entries are asked for.
type wanted struct {
	query     search.Query
	streams   string // the statement that lists them; empty for all
	args      []any
	low, high int64 // keys
	scored    bool
}

// documentHits returns the statement that finds entries between two keys, newest first.
func (w wanted) documentHits() (statement string, args []any) {
	q, c := w.query, &condition{}
	if w.streams != "" {
		c.add(`d.stream IN (`+w.streams+`)`, w.args...)
	}
	in(c, "d.person", q.Authors, person)
	if len(q.Words) == 0 {
		if len(q.Without) > 0 {
			c.add(`d.key NOT IN (SELECT rowid FROM entry_text WHERE entry_text MATCH ?)`, unwanted(q))
		}
		c.add(`d.key BETWEEN ? AND ?`, w.low, w.high)
		return `SELECT d.key, t.id, d.stream_seq, 0.0 FROM document d JOIN stream t ON t.key = d.stream WHERE 1` +
			c.sql.String() + ` ORDER BY d.key DESC LIMIT ?`, append(c.args, hitsMost)
	}
	score, most := "0.0", scanMost
	if w.scored {
		score = "bm25(entry_text)"
	}
	if len(c.args) == 0 {
		most = hitsMost
	}
	args = append(append([]any{match(q), w.low, w.high, most}, c.args...), hitsMost)
	// The inner rows come newest first, and the joins keep their order; an ORDER BY out here would read all of them first.
	return `SELECT d.key, t.id, d.stream_seq, f.score FROM
	  (SELECT rowid, ` + score + ` AS score FROM entry_text WHERE entry_text MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?) f
	  CROSS JOIN document d ON d.key = f.rowid CROSS JOIN stream t ON t.key = d.stream WHERE 1` + c.sql.String() + ` LIMIT ?`, args
}
