package proof_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/audit"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// drills is how often the server is lost and restored; TSUGI_DRILLS says another number.
const drills = 2

// told remembers which incident every INC number was told for, whatever became of the server.
type told map[uint32]id.Incident

func (n told) note(t *testing.T, b *bundle, d *proof.Desk) {
	t.Helper()
	burning, others, err := d.Replica().Board(b.ctx, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range append(burning, others...) {
		if other, used := n[i.Number]; used && i.Number > 0 && other != i.ID {
			t.Errorf("INC-%d is two incidents", i.Number)
		}
		n[i.Number] = i.ID
	}
}

// Again and again a backup is made in the middle of the work, the server is lost, and the backup put back. What
// anybody had seen as stored is there once each time, the log verifies, and no INC number is given twice.
func TestDrills(t *testing.T) {
	t.Parallel()
	times := drills
	if n, err := strconv.Atoi(os.Getenv("TSUGI_DRILLS")); err == nil {
		times = n
	}
	b := setupFor(t, time.Duration(times)*2*time.Minute)
	in := b.shared(t)
	numbers, words, seq := told{}, []string{}, uint64(2) // declared, and Bob joins
	for drill := range times {
		var path string
		var work sync.WaitGroup
		half := make(chan struct{}, 2)
		for _, d := range []*proof.Desk{b.ann, b.bob} {
			own := entries(fmt.Sprint("drill ", drill, " of ", len(words)))
			words = append(words, own...)
			work.Go(func() { b.work(t, d, in, own, func() { half <- struct{}{} }) })
		}
		<-half
		path = b.save(t)
		work.Wait()
		seq += 2 * shift
		b.settled(t, b.ann, in, seq, b.bob)
		census := b.census(t)
		numbers.note(t, b, b.ann)
		former := must(b.ann.Replica().Epoch(b.ctx))
		address := b.stop(t)
		b.restore(t, path)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		b.open(t, address)
		b.reborn(t, former)
		b.settled(t, b.ann, in, seq, b.bob)
		err := b.ann.Await(b.ctx, func() (bool, error) { return b.census(t) == census, nil })
		if err != nil {
			t.Fatalf("drill %d: the server holds %+v, want %+v: %v", drill, b.census(t), census, err)
		}
		for _, d := range []*proof.Desk{b.ann, b.bob} {
			shown := strings.Join(b.texts(t, d, in), "\n")
			for _, text := range words {
				if n := strings.Count(shown, text+" "); n != 1 {
					t.Fatalf("drill %d: %q is there %d times", drill, text, n)
				}
			}
			numbers.note(t, b, d)
		}
		b.proven(t)
	}
	t.Logf("%d drills, %d entries, %d numbers", times, len(words), len(numbers))
}

// reborn waits until both desks have heard of another life of the log than the former one: until then they show their copies
// of that one, which are whole, and then less for a while.
func (b *bundle) reborn(t *testing.T, former id.Epoch) {
	t.Helper()
	for _, d := range []*proof.Desk{b.ann, b.bob} {
		if err := d.Await(b.ctx, func() (bool, error) { return must(d.Replica().Epoch(b.ctx)) != former, nil }); err != nil {
			t.Fatal(err)
		}
	}
}

// shift is how many entries a desk writes in one drill.
const shift = 20

// entries returns the words of one shift.
func entries(what string) (words []string) {
	for i := range shift {
		words = append(words, fmt.Sprintf("%s, entry %d", what, i))
	}
	return words
}

// work writes the words from a desk, and declares now and then. It tells when half of it is done.
func (b *bundle) work(t *testing.T, d *proof.Desk, in id.Incident, words []string, half func()) {
	t.Helper()
	for i, text := range words {
		if i == len(words)/2 {
			half()
		}
		if err := d.Submit(b.ctx, in, incident.Write{Entry: id.New[id.Entry](), Text: text}); err != nil {
			t.Error(err)
		}
		if i%7 != 0 {
			continue
		}
		if _, err := d.Declare(b.ctx, present.Declaration{Kind: quiet, Title: text}); err != nil {
			t.Error(err)
		}
	}
}

// proven fails unless the server's log is as it was written.
func (b *bundle) proven(t *testing.T) {
	t.Helper()
	db, err := sqlite.View(b.ctx, server.DatabasePath(b.office.Dir))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	r, err := audit.Verify(b.ctx, db, audit.Options{})
	if err != nil || !r.Good() {
		t.Fatalf("%+v, %v", r, err)
	}
}
