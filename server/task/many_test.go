package task_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
)

// many is how many tasks are left by a long stop, half of which are too late. What the decision on durable tasks says of a million was
// measured with this test.
const (
	many    = 20_000
	drained = 1_000
)

// After a long stop what is urgent is begun at once, past all that is due besides and all that is too late, and the runner holds no more than
// it carries out.
func TestManyTasksAreLeftByALongStop(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fill(t)
	wake := of("wake Ada")
	wake.ID = task.ID{255}
	b.enqueue(t, wake)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := clock.NewSystem().Now()
	begun := make(chan string, many+1)
	h := b.runBy(t, 1, map[task.Queue]task.Handler{sms: {Policy: policy, Concurrency: 4, Do: func(_ context.Context, got task.Taken) error {
		begun <- string(got.Body)
		return nil
	}}})
	urgent := time.Duration(0)
	for i := range drained {
		switch got := <-begun; {
		case got == "wake Ada" && i < 4: // four begin at once
			urgent = clock.NewSystem().Now().Sub(start)
		case got != "new":
			t.Fatalf("number %d is %q", i+1, got)
		}
	}
	all := clock.NewSystem().Now().Sub(start)
	h.stop()
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("%d tasks: the urgent one after %s, %d after %s, heap %d KB more", many, urgent, drained, all, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>10)
	if urgent == 0 || urgent > 5*time.Second {
		t.Errorf("what is urgent was begun after %s", urgent)
	}
}

// fill stores many tasks: half of them too late, and older than the others, which are less important.
func (b *bundle) fill(t *testing.T) {
	t.Helper()
	bytes := "randomblob(16)"
	if databasetest.OnPostgres() {
		bytes = "decode(md5(CAST(n AS TEXT)), 'hex')"
	}
	for _, half := range []struct {
		rank, body string
		due, end   time.Time
	}{{"0", "old", noon.Add(-2 * time.Hour), noon.Add(-time.Hour)}, {"1", "new", noon.Add(-time.Minute), noon.Add(time.Hour)}} {
		offset := 0
		if half.body == "new" {
			offset = many
		}
		b.exec(t, fmt.Sprintf(`WITH RECURSIVE c (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM c WHERE n < %d)
		  INSERT INTO task (id, queue, about, rank, due_us, end_us, body)
		  SELECT %s, 'sms', CAST(? AS %s), %s, CAST(? AS BIGINT) + n, CAST(? AS BIGINT), CAST(? AS %s) FROM c`,
			offset+1, offset+many/2, bytes, blob(), half.rank, blob()), page[:], half.due.UnixMicro(), half.end.UnixMicro(), []byte(half.body))
	}
	if databasetest.OnPostgres() {
		b.exec(t, "ANALYZE task")
	}
}

func blob() string {
	if databasetest.OnPostgres() {
		return "BYTEA"
	}
	return "BLOB"
}

// However many tasks there are, those that are due, too late, about something or over are found by an index.
func TestTasksAreFoundByIndexes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	file := databasetest.File(t, b.db)
	for query, want := range map[string]int{task.First: 2, task.Lapse: 2, task.Revoke: 1} {
		rows, err := file.Read.QueryContext(b.ctx, "EXPLAIN QUERY PLAN "+query, "sms", 1, 1, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close() //nolint:errcheck // the error is in rows.Err
		var plan strings.Builder
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(detail + "\n")
		}
		if rows.Err() != nil || strings.Count(plan.String(), "SEARCH task USING") != want || strings.Contains(plan.String(), "SCAN task") {
			t.Errorf("%s:\n%s%v", query, &plan, rows.Err())
		}
	}
}
