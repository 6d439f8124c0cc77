package sim

import (
	"bytes"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// twin is a log in which nothing of the sealed incidents ever happens: private ones that nobody reveals. What everybody is sent, and
// what is answered elsewhere, must be the same there, to the byte.
type twin struct {
	log     *log
	decider *ledger.Decider // nil after a restore
	alike   uint64          // so many positions of everybody's scope were compared
}

// follow does what a ruling did in the log, without the sealed incidents.
func (t *twin) follow(w *world, r ruling) {
	if t.decider == nil {
		t.decider = ledger.NewDecider(quiet(), t.log.standing(w.setup))
		t.alike = t.log.end(id.Everyone())
	}
	txn := t.log.begin()
	ruling := t.decider.Begin(txn, w.now, true)
	answers := map[id.Command]stream.Outcome{}
	for _, a := range r.change.Answers {
		answers[a.Command] = a.Outcome
	}
	for i, push := range r.read {
		for k, o := range r.results[i].Outcomes {
			sub := push.Submissions[k]
			want, fresh := answers[sub.ID]
			if !fresh || !o.Kind.Final() {
				continue
			}
			delete(answers, sub.ID) // what comes again gets the same answer
			if w.sealed[sub.Target] || o.Fault != nil && o.Fault.Kind == fault.Poison {
				continue
			}
			got, err := ruling.Push(w.ctx, alone(push, k))
			if err != nil {
				w.fail(9, "the twin cannot decide on command %s: %v", sub.ID.Short(), err)
				return
			}
			if want.Mid = 0; !sameAnswer(got.Outcomes[0], want) {
				w.fail(9, "command %s, %T, is answered %+v, and without what is private %+v", sub.ID.Short(), sub.Command, want, got.Outcomes[0])
			}
		}
	}
	if err := txn.commit(ruling.Change()); err != nil {
		w.fail(9, "the twin cannot store a change: %v", err)
	}
	t.decider.Remember(ruling)
	t.compare(w)
	for _, e := range w.server.log.happened[r.since:] {
		have, want := w.server.log.streams[e.stream], t.log.streams[e.stream]
		if !w.sealed[e.stream] && (want == nil || len(have.rows) != len(want.rows)) {
			w.fail(9, "%s has another length without what is private: %T", e.stream.Short(), have.rows[e.seq-1].event)
		}
	}
}

// alone returns one command of a push as if a client had nothing else to say.
func alone(p ledger.Push, k int) *ledger.Push {
	sub := p.Submissions[k]
	sub.Mid = 1
	out := &ledger.Push{
		Client: id.Derive[id.Client](sub.ID, "alone"), Actor: p.Actor, Generation: []byte{1}, Now: p.Now,
		Submissions: []stream.Submission{sub}, Faults: map[int]error{},
	}
	if unread := p.Faults[k]; unread != nil {
		out.Faults[0] = unread
	}
	return out
}

func sameAnswer(a, b stream.Outcome) bool {
	a.Mid, b.Mid = 0, 0
	return bytes.Equal(wire.EncodeOutcome(a), wire.EncodeOutcome(b))
}

// compare sees to it that everybody's scope goes on alike.
func (t *twin) compare(w *world) {
	have, want := w.server.log.scopes[id.Everyone()], t.log.scopes[id.Everyone()]
	if len(have) != len(want) {
		w.fail(9, "everybody's scope has %d places, and %d without what is private", len(have), len(want))
		return
	}
	for i := t.alike; i < uint64(len(have)); i++ {
		a, b := have[i], want[i]
		if (a.row == nil) != (b.row == nil) {
			w.fail(9, "place %d of everybody's scope is left in one of two logs", i+1)
			return
		}
		if a.row != nil && (a.row.Envelope != b.row.Envelope || !bytes.Equal(a.row.Payload, b.row.Payload)) {
			w.fail(9, "at place %d everybody is sent %+v %+v, and without what is private %+v %+v", i+1, a.row.Envelope, a.row.event, b.row.Envelope, b.row.event)
			return
		}
	}
	t.alike = uint64(len(have))
}
