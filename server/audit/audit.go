// Package audit proves that a server's log is as it was written: it follows the chain of hashes from the first
// event to the last, compares it with what the server has signed, and hashes the attached files. It only reads,
// and needs no more memory for a longer log.
package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// maxFlaws is how many flaws are told one by one; the others are counted.
const maxFlaws = 20

// Flaw is one thing that is not as it was written.
type Flaw struct {
	Seq  uint64 // the event where it shows; 0 where it is about no event
	What string
}

// Report says what was checked and what is wrong.
type Report struct {
	Events      uint64 // how many events were read
	Scopes      int
	Erased      uint64 // events whose words were erased; of these, that they were erased is proven, and not the words
	Moved       uint64 // places that events had before their incident was made private or visible to everybody
	Former      uint64 // events of an early version, of which who and when is covered only by the checkpoints
	Last        time.Time
	Mark        ledger.Mark
	Checkpoints int
	Signed      *ledger.Checkpoint // the newest that is good and agrees with the log; nil without any
	Files       int                // attached files that are complete
	FileBytes   int64
	Flaws       []Flaw
	More        int // flaws that are not in Flaws
}

func (r *Report) flaw(seq uint64, what string) {
	if len(r.Flaws) == maxFlaws {
		r.More++
		return
	}
	r.Flaws = append(r.Flaws, Flaw{Seq: seq, What: what})
}

// Good reports whether everything is as it was written.
func (r *Report) Good() bool { return len(r.Flaws) == 0 }

// Err returns a Corrupt fault unless everything is as it was written.
func (r *Report) Err() error {
	if r.Good() {
		return nil
	}
	return fault.New(fault.Corrupt, fmt.Sprintf("What the server holds is not as it was written: %d flaws.", len(r.Flaws)+r.More)).
		WithAdvice("Nothing was changed.", "Stop the server, keep its folder as it is for whoever looks into it, and restore the last backup that verifies into another folder.")
}

// Options says what to compare with.
type Options struct {
	// Kept is a checkpoint that was kept elsewhere; nil without one. Whoever can write the database can also sign
	// with the key in it: only what was kept elsewhere proves that nobody did.
	Kept *ledger.Checkpoint
	// Progress is told how many events are read of how many; it may be nil.
	Progress func(done, total uint64)
}

// Verify reads everything in db and tells what is not as it was written. A server may write to it meanwhile: what
// is committed after Verify has come to the end is not looked at, and nothing is read in a long transaction. An
// error means that it could not be read to its end.
func Verify(ctx context.Context, db database.DB, o Options) (*Report, error) {
	w, err := begin(ctx, db, o)
	if err != nil {
		return nil, err
	}
	for done := false; !done; {
		if done, err = w.slice(ctx); err != nil {
			return nil, err
		}
	}
	w.finish()
	if err := w.files(ctx); err != nil {
		return nil, err
	}
	return w.report, nil
}
