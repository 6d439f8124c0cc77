package sim

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// keptAnyhow is how many of the newest commands the real outbox keeps whatever the clock says.
const keptAnyhow = 1000

// outbox is a device's precious file, by the contract of the real one: each method is one transaction, and durable.
type outbox struct {
	c          *client
	rows       []*command
	ids        map[id.Command]*command
	client     id.Client
	generation []byte
	former     [][]byte
	seen       id.Epoch                 // the life of the log that was copied last
	private    map[id.Incident]id.Epoch // of which something may be here, and the life in which not everybody saw it
}

// command is a row of the file.
type command struct {
	seq       int64
	mid       uint64 // 0 where it has none any more
	sub       stream.Submission
	outcome   *stream.Outcome
	closed    bool
	discarded bool // by its author; the real one need not know
}

func newOutbox(c *client) *outbox {
	return &outbox{c: c, ids: map[id.Command]*command{}, private: map[id.Incident]id.Epoch{}, client: makeID[id.Client](c.w), generation: c.w.bytes()}
}

// duplicate returns what lies in a copy of the file.
func (o *outbox) duplicate(into *client) *outbox {
	twin := *o
	twin.c, twin.ids, twin.rows = into, maps.Clone(o.ids), nil
	for _, r := range o.rows {
		own := *r
		twin.rows, twin.ids[own.sub.ID] = append(twin.rows, &own), &own
	}
	twin.former, twin.private = slices.Clone(o.former), maps.Clone(o.private)
	return &twin
}

// begin is a start: a new generation, and what is old and done is dropped.
func (o *outbox) begin(now time.Time) error {
	return o.c.disk.write(func() {
		last, newest := o.lastMid(), int64(0)
		if n := len(o.rows); n > 0 {
			newest = o.rows[n-1].seq
		}
		o.rows = slices.DeleteFunc(o.rows, func(r *command) bool {
			old := r.closed && r.sub.Written.Wall.Before(now.Add(-stream.GiveBack)) &&
				r.seq <= newest-keptAnyhow && (r.mid == 0 || r.mid < last)
			if old {
				delete(o.ids, r.sub.ID)
			}
			return old
		})
		o.former = append(o.former, o.generation)
		o.generation = o.c.w.bytes()
	})
}

func (o *outbox) lastMid() (last uint64) {
	for _, r := range o.rows {
		last = max(last, r.mid)
	}
	return last
}

// add stores a command and numbers it.
func (o *outbox) add(s stream.Submission) (protocol.Pending, error) {
	var p protocol.Pending
	err := o.c.disk.write(func() {
		s.Mid = o.lastMid() + 1
		r := &command{seq: 1, mid: s.Mid, sub: s}
		if n := len(o.rows); n > 0 {
			r.seq = o.rows[n-1].seq + 1
		}
		o.rows, o.ids[s.ID] = append(o.rows, r), r
		p = r.pending()
	})
	return p, err
}

func (r *command) pending() protocol.Pending {
	p := protocol.Pending{Submission: r.sub, Seq: r.seq, Outcome: r.outcome}
	p.Mid = r.mid
	return p
}

func (r *command) refused() bool { return r.outcome != nil && r.outcome.Kind != stream.Accepted }

// Identity returns how the outbox names itself.
func (o *outbox) Identity(context.Context) (protocol.Identity, error) {
	return protocol.Identity{Client: o.client, Generation: o.generation, Former: slices.Clone(o.former)}, nil
}

// Open returns the commands of which something is still to be shown.
func (o *outbox) Open(context.Context) ([]protocol.Pending, error) {
	var out []protocol.Pending
	for _, r := range o.rows {
		if !r.closed {
			out = append(out, r.pending())
		}
	}
	return out, nil
}

// Settle stores final outcomes by number.
func (o *outbox) Settle(_ context.Context, who protocol.Identity, final []stream.Outcome) (bool, error) {
	present := false
	err := o.c.disk.write(func() {
		if present = who.Client == o.client; !present {
			return
		}
		for _, out := range final {
			for _, r := range o.rows {
				if r.mid == out.Mid {
					r.outcome = &out
				}
			}
		}
	})
	return present, err
}

// Confirm notes that the server has seen the present generation.
func (o *outbox) Confirm(context.Context) error {
	return o.c.disk.write(func() { o.former = nil })
}

// Close marks commands of which nothing is to be shown any more. It takes erased words out of those that are confirmed: before,
// nobody could tell whether they had yet to be sent.
func (o *outbox) Close(_ context.Context, done []protocol.Pending) error {
	for _, p := range done {
		entry, ok := incident.Worded(p.Command)
		if !ok || p.Refused() || !slices.Contains(o.c.copy.erased[p.Target], entry) {
			continue
		}
		if err := o.erase(entry); err != nil {
			return err
		}
	}
	return o.c.disk.write(func() {
		for _, p := range done {
			r := o.ids[p.ID]
			r.closed = true
			o.c.closed = append(o.c.closed, r)
			o.c.w.say("%s: %s is closed", o.c.name, r.sub.ID.Short())
		}
	})
}

// see notes which life of the log was copied.
func (o *outbox) see(life id.Epoch) error {
	return o.c.disk.write(func() { o.seen = life })
}

// Lives returns in which lives of the log what is kept was accepted.
func (o *outbox) Lives(context.Context) ([]id.Epoch, error) {
	var out []id.Epoch
	for _, r := range o.rows {
		if r.outcome != nil && r.outcome.Kind == stream.Accepted {
			out = append(out, r.outcome.Epoch)
		}
	}
	return slices.Compact(out), nil
}

// Renew takes a new client id and numbers again.
func (o *outbox) Renew(_ context.Context, all bool) error {
	return o.c.disk.write(func() { o.renew(all) })
}

func (o *outbox) renew(all bool) {
	o.client, o.generation, o.former = makeID[id.Client](o.c.w), o.c.w.bytes(), nil
	mid := uint64(0)
	for _, r := range o.rows {
		if (all || !r.closed) && r.outcome != nil && r.outcome.Kind == stream.Accepted {
			r.outcome, r.closed = nil, false
		}
		r.mid = 0
		if r.outcome == nil && !r.closed {
			mid++
			r.mid = mid
		}
	}
	o.c.w.count(Renumbered)
	if all {
		o.c.w.count(Offered)
	}
	o.c.w.say("%s: numbers anew, all: %t, %d commands", o.c.name, all, mid)
}
