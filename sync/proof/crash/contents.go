package crash

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// contents is everything that an outbox's file says, read behind the production code's back.
type contents struct {
	Client, Generation, Former, Device string
	Rows                               []row
}

// row is a command in the outbox.
type row struct {
	Seq     int64
	Mid     uint64 // 0 for none
	ID      string
	Body    string
	Outcome string
	Closed  int
}

// read returns what an outbox's file says. It fails where that cannot be read.
func read(ctx context.Context, path string) (contents, error) {
	var c contents
	db, err := behind(path)
	if err != nil {
		return c, err
	}
	defer db.Close() //nolint:errcheck // it was only read
	err = db.QueryRowContext(ctx, "SELECT id, generation, former FROM client").Scan(&c.Client, &c.Generation, &c.Former)
	if err != nil {
		return c, fmt.Errorf("read who the outbox is: %w", err)
	}
	err = db.QueryRowContext(ctx, "SELECT server || hex(person) || hex(device) || name || hex(seed) || refresh FROM device").Scan(&c.Device)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("read the enrolment: %w", err)
	}
	rows, err := db.QueryContext(ctx, `SELECT seq, coalesce(mid, 0), lower(hex(id)), hex(target) || wall || boot || boot_id || hex(body),
	  coalesce(hex(outcome), ''), closed FROM command ORDER BY seq`)
	if err != nil {
		return c, fmt.Errorf("read the commands: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.Seq, &r.Mid, &r.ID, &r.Body, &r.Outcome, &r.Closed); err != nil {
			return c, fmt.Errorf("read the commands: %w", err)
		}
		c.Rows = append(c.Rows, r)
	}
	return c, rows.Err()
}

// last returns the highest number of a command.
func (c contents) last() uint64 {
	var last uint64
	for _, r := range c.Rows {
		last = max(last, r.Mid)
	}
	return last
}

func (c contents) find(id string) (row, bool) {
	i := slices.IndexFunc(c.Rows, func(r row) bool { return r.ID == id })
	if i < 0 {
		return row{}, false
	}
	return c.Rows[i], true
}

// between notes where what was found after a crash is neither what had been reported as stored nor what was under way. Of
// what the disk had refused nobody was told that it is stored; it may be there.
func (c contents) between(f *findings, before, after moment, refused map[string]bool) {
	for _, want := range before.Rows {
		f.compared++
		have, there := c.find(want.ID)
		if !there {
			f.lose("command %d, reported as stored before %q, is gone", want.Seq, after.what)
			continue
		}
		other, ok := after.find(want.ID)
		if !ok {
			other = want
		}
		if after.blurred { // numbers go with the name
			want.Mid, other.Mid = have.Mid, have.Mid
		}
		have.between(f, want, other)
	}
	for _, have := range c.Rows {
		if _, known := before.find(have.ID); known || refused[have.ID] {
			continue
		}
		want, coming := after.find(have.ID)
		if !coming {
			f.blame("command %d came from nowhere", have.Seq)
			continue
		}
		have.between(f, want, want)
	}
	c.dense(f)
	c.named(f, before, after)
}

// between does so for one command.
func (r row) between(f *findings, before, after row) {
	if r.Seq != before.Seq || r.Body != before.Body {
		f.lose("command %d has other words or another place", r.Seq)
	}
	if r.Mid != before.Mid && r.Mid != after.Mid {
		f.blame("command %d has the number %d, and had %d", r.Seq, r.Mid, before.Mid)
	}
	if r.Outcome != before.Outcome && r.Outcome != after.Outcome {
		f.lose("command %d has another answer than it got", r.Seq)
	}
	if r.Closed != before.Closed && r.Closed != after.Closed && r.Outcome == "" {
		f.lose("command %d is closed without an answer", r.Seq)
	}
}

// dense notes numbers with holes and repeats.
func (c contents) dense(f *findings) {
	next := uint64(1)
	for _, r := range c.Rows {
		if r.Mid == 0 {
			continue
		}
		if r.Mid != next {
			f.blame("number %d stands where %d should", r.Mid, next)
		}
		next = r.Mid + 1
	}
}

// named notes an outbox that would be taken for a copy, or that has lost its enrolment.
func (c contents) named(f *findings, before, after moment) {
	if before.Client == "" && after.Client == "" {
		return
	}
	f.compared++
	follows := func(m moment) bool {
		return m.Client == "" || c.Client == m.Client && strings.HasPrefix(c.Former, m.Former+m.Generation)
	}
	if !follows(before) && !follows(after) && !after.blurred {
		f.lose("the outbox has another name, or does not know its former generation")
	}
	if c.Device != before.Device && c.Device != after.Device {
		f.lose("the enrolment or its newest token is gone")
	}
}
