package audit

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// compare compares where the log stands with what was signed there.
func (w *walk) compare() {
	for w.first < len(w.signed) && w.signed[w.first].Seq <= w.seq {
		c := w.signed[w.first]
		w.first++
		w.report.Checkpoints++
		switch {
		case c.Seq < w.seq:
			continue // its event is missing, and that was told
		case !c.Good():
			w.report.flaw(c.Seq, "has a checkpoint whose signature is wrong")
		case !w.keys[string(c.Key)]:
			w.report.flaw(c.Seq, "has a checkpoint that was signed with a key that is not this server's")
		case c.Hash != w.root():
			w.report.flaw(c.Seq, fmt.Sprintf("is not what was signed on %s: it, or something before it, was changed", when(c.Made)))
		default:
			w.report.Signed = &c
		}
	}
	if w.Kept != nil && w.Kept.Seq == w.seq && w.Kept.Hash != w.root() {
		w.report.flaw(w.seq, fmt.Sprintf("is not what the checkpoint of %s that you kept says: it, or something before it, was changed", when(w.Kept.Made)))
	}
}

func (w *walk) root() [32]byte {
	ends := make([]stream.Cursor, 0, len(w.ends))
	for _, end := range w.ends {
		ends = append(ends, end)
	}
	return ledger.Root(ends)
}

func when(at time.Time) string { return at.Local().Format(time.DateTime) }

// finish compares the end of the log with what the database, its checkpoints and the one that was kept say of it.
func (w *walk) finish() {
	r := w.report
	r.Scopes, r.Mark.Hash = len(w.ends), w.root()
	if r.Mark.Seq != w.seq {
		w.shorter(r.Mark.Seq, "its counter says so")
	}
	for _, end := range w.stored {
		if have := w.ends[end.Scope]; have.Pos != end.Pos || !bytes.Equal(have.Hash, end.Hash) {
			r.flaw(0, fmt.Sprintf("A scope ends at place %d, and not at %d with the hash that is noted.", have.Pos, end.Pos))
		}
	}
	for scope := range w.ends {
		if !slices.ContainsFunc(w.stored, func(c stream.Cursor) bool { return c.Scope == scope }) {
			r.flaw(0, "A scope has events and no end.")
		}
	}
	for _, c := range w.signed[w.first:] {
		r.Checkpoints++
		w.shorter(c.Seq, "the checkpoint of "+when(c.Made)+" says so")
	}
	if w.Kept != nil {
		if !w.keys[string(w.Kept.Key)] {
			r.flaw(0, "The checkpoint that you kept was signed with a key that is not this server's.")
		}
		if w.Kept.Seq > w.seq {
			w.shorter(w.Kept.Seq, "the checkpoint of "+when(w.Kept.Made)+" that you kept says so")
		}
	}
	for s, seq := range w.concealed {
		if !w.withdrawn[s] {
			r.flaw(seq, "was everybody's to see, and nobody was told that it is not any more")
		}
	}
	for at, seq := range w.blanked {
		if !w.erased[at] {
			r.flaw(seq, "has no words any more, and no event erases them")
		}
	}
}

// shorter tells that the log should end elsewhere.
func (w *walk) shorter(seq uint64, why string) {
	if seq < w.seq {
		w.report.flaw(w.seq, fmt.Sprintf("should not be there: the log ends at event %d, %s", seq, why))
		return
	}
	w.report.flaw(0, fmt.Sprintf("The log is cut off: it ends at event %d, and %s missing; %s.", w.seq, between(w.seq+1, seq), why))
}
