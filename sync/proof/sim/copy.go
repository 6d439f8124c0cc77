package sim

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// replica is a device's copy of the log, by the contract of the real one: what change does is there whole or not at all.
type replica struct {
	version   int // of the program that opened it last
	fold      int // of the program that made the states
	life      id.Epoch
	line      *log // which log it is a copy of, for the checks
	events    map[id.Stream][]*stream.Stored
	states    map[id.Stream]stream.State
	lies      map[id.Stream]id.Scope // of what is here
	order     []id.Stream            // in which streams came
	cursors   map[id.Scope]stream.Cursor
	gaps      []stream.Gap
	delivered map[id.Command]bool
	withdrawn map[id.Stream]withdrawal
	erased    map[id.Stream][]id.Entry
}

// withdrawal is what is known of an incident that was taken out of everybody's scope.
type withdrawal struct {
	pos  uint64
	gone bool // and has not come again there
}

func newReplica(version int) *replica {
	return &replica{
		version: version, fold: version, events: map[id.Stream][]*stream.Stored{}, states: map[id.Stream]stream.State{},
		lies: map[id.Stream]id.Scope{}, cursors: map[id.Scope]stream.Cursor{}, delivered: map[id.Command]bool{},
		withdrawn: map[id.Stream]withdrawal{}, erased: map[id.Stream][]id.Entry{},
	}
}

// duplicate returns a copy that can be changed. Events themselves never are.
func (r *replica) duplicate() *replica {
	twin := *r
	twin.events, twin.erased = clipped(r.events), clipped(r.erased)
	twin.states, twin.lies, twin.cursors = maps.Clone(r.states), maps.Clone(r.lies), maps.Clone(r.cursors)
	twin.delivered, twin.withdrawn = maps.Clone(r.delivered), maps.Clone(r.withdrawn)
	twin.order, twin.gaps = slices.Clone(r.order), slices.Clone(r.gaps)
	return &twin
}

// state returns a stream's confirmed state.
func (r *replica) state(s id.Stream, kind id.Kind) stream.State {
	if have, ok := r.states[s]; ok {
		return have
	}
	return stream.Zero(kind)
}

// place returns where a stream lies here.
func (r *replica) place(s id.Stream) protocol.Place {
	w := r.withdrawn[s]
	if r.lies[s].IsZero() {
		return protocol.Place{}
	}
	return protocol.Place{Scope: r.lies[s], Withdrawn: w.gone, Behind: w.pos}
}

// places returns the events that are here of a scope, by their positions.
func (r *replica) places(scope id.Scope) map[uint64]*stream.Stored {
	out := map[uint64]*stream.Stored{}
	for _, list := range r.events {
		for _, e := range list {
			if e.Scope == scope {
				out[e.ScopePos] = e
			}
		}
	}
	return out
}

// follows returns the cursors from which the tail can go on.
func (r *replica) follows() []stream.Cursor {
	var out []stream.Cursor
	for _, c := range r.cursors {
		if len(c.Seal) > 0 {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b stream.Cursor) int { return a.Scope.Compare(b.Scope) })
	return out
}

// drop takes a stream out of the copy.
func (r *replica) drop(s id.Stream) {
	delete(r.events, s)
	delete(r.states, s)
	delete(r.lies, s)
	delete(r.withdrawn, s)
	delete(r.erased, s)
	r.order = slices.DeleteFunc(r.order, func(have id.Stream) bool { return have == s })
	r.leave(id.Scope(s))
}

// leave forgets how far a scope is known.
func (r *replica) leave(scope id.Scope) {
	delete(r.cursors, scope)
	r.gaps = slices.DeleteFunc(r.gaps, func(g stream.Gap) bool { return g.Scope == scope })
}

// has reports whether words are anywhere in what is stored.
func (r *replica) has(words []byte) bool {
	for _, list := range r.events {
		if slices.ContainsFunc(list, func(e *stream.Stored) bool { return bytes.Contains(e.Payload, words) }) {
			return true
		}
	}
	return false
}

// change runs work in one transaction, and then takes what it confirms out of the overlay, as the real replica does.
func (c *client) change(work func(*tx) error) error {
	t := &tx{c: c, next: c.copy.duplicate(), own: map[id.Command]bool{}}
	if err := work(t); err != nil {
		return fmt.Errorf("take over: %w", err)
	}
	if err := c.disk.write(t.commit); err != nil {
		return err
	}
	c.w.spectator.saw(c, t)
	if t.wiped {
		clear(c.out.Arrived)
	}
	return c.out.Drop(c.w.ctx, t.own)
}

func (t *tx) commit() {
	r := t.next
	for _, s := range t.order {
		if !slices.Contains(r.order, s) && r.states[s] != nil {
			r.order = append(r.order, s)
		}
		t.c.touched = append(t.c.touched, s)
	}
	maps.Copy(r.delivered, t.own)
	t.c.copy, t.c.afresh = r, t.c.afresh || t.wiped
}

// lineSeal is the seal of a log's cursors: it tells which log that is, for the checks.
func lineSeal(l *log) []byte { return binary.BigEndian.AppendUint64(nil, uint64(l.line)+1) }

// beside is a client's copy as its outbox knows it.
type beside struct{ c *client }

// Confirmed returns the last event of a command's stream that is folded here.
func (b beside) Confirmed(_ context.Context, p protocol.Pending) (uint64, error) {
	return stream.Seq(b.c.copy.state(p.Target, p.Command.Stream())), nil
}

// Life returns which life of the log is copied here.
func (b beside) Life(context.Context) (id.Epoch, error) { return b.c.copy.life, nil }

// Seen returns which life of the log was copied here last.
func (b beside) Seen(context.Context) (id.Epoch, error) {
	if life := b.c.copy.life; !life.IsZero() {
		return life, nil
	}
	return b.c.file.seen, nil
}

// ForgetDeliveries forgets which own commands' events are here.
func (b beside) ForgetDeliveries(context.Context) error {
	return b.c.disk.write(func() { clear(b.c.copy.delivered) })
}
