package sim

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// replica is a device's copy of the log, by the contract of the real one: what change does is there whole or not at all.
type replica struct {
	version   int // of the program that opened it last
	fold      int // of the program that made the states
	life      id.Epoch
	line      *log // which log it is a copy of, for the checks
	events    map[id.Stream][]*stream.Stored
	places    map[id.Scope]map[uint64]*stream.Stored
	states    map[id.Stream]stream.State
	order     []id.Stream // in which streams came
	cursors   map[id.Scope]stream.Cursor
	gaps      []stream.Gap
	delivered map[id.Command]bool
}

func newReplica(version int) *replica {
	return &replica{
		version: version, fold: version, events: map[id.Stream][]*stream.Stored{}, places: map[id.Scope]map[uint64]*stream.Stored{},
		states: map[id.Stream]stream.State{}, cursors: map[id.Scope]stream.Cursor{}, delivered: map[id.Command]bool{},
	}
}

func (r *replica) duplicate() *replica {
	twin := *r
	twin.events = clipped(r.events)
	twin.places = map[id.Scope]map[uint64]*stream.Stored{}
	for scope, places := range r.places {
		twin.places[scope] = maps.Clone(places)
	}
	twin.states, twin.cursors, twin.delivered = maps.Clone(r.states), maps.Clone(r.cursors), maps.Clone(r.delivered)
	twin.order, twin.gaps = slices.Clip(r.order), slices.Clone(r.gaps)
	return &twin
}

// state returns a stream's confirmed state.
func (r *replica) state(s id.Stream, kind id.Kind) stream.State {
	if have, ok := r.states[s]; ok {
		return have
	}
	return stream.Zero(kind)
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

// tx is one transaction on a replica, see protocol.Tx.
type tx struct {
	c       *client
	base    *replica
	fresh   []*stream.Stored
	events  map[id.Stream][]*stream.Stored // whole, of the streams that were touched
	states  map[id.Stream]stream.State
	order   []id.Stream
	cursors map[id.Scope]stream.Cursor
	gaps    []stream.Gap
	own     map[id.Command]bool
	wiped   bool
}

// change runs work in one transaction, and then takes what it confirms out of the overlay, as the real replica does.
func (c *client) change(work func(*tx) error) error {
	t := &tx{
		c: c, base: c.copy, events: map[id.Stream][]*stream.Stored{}, states: map[id.Stream]stream.State{},
		cursors: map[id.Scope]stream.Cursor{}, gaps: slices.Clone(c.copy.gaps), own: map[id.Command]bool{},
	}
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
	if t.wiped {
		t.c.copy = newReplica(t.c.version)
		t.c.afresh = true
	}
	r := t.c.copy
	maps.Copy(r.events, t.events)
	for _, e := range t.fresh {
		if !slices.Contains(scopesOf(t.c.actor.Person), e.Scope) {
			t.c.w.fail(9, "%s: it has an event of a scope that is not its own", t.c.name)
		}
		if r.places[e.Scope] == nil {
			r.places[e.Scope] = map[uint64]*stream.Stored{}
		}
		r.places[e.Scope][e.ScopePos] = e
	}
	maps.Copy(r.states, t.states)
	for _, s := range t.order {
		if !slices.Contains(r.order, s) {
			r.order = append(r.order, s)
		}
		t.c.touched = append(t.c.touched, s)
	}
	maps.Copy(r.cursors, t.cursors)
	for _, c := range t.cursors {
		r.life = c.Epoch
		if l := t.c.w.lines[binary.BigEndian.Uint64(c.Seal)-1]; r.line == nil || r.line.line < l.line {
			r.line = l
		}
	}
	r.gaps = t.gaps
	maps.Copy(r.delivered, t.own)
}

// State returns a stream's state as this transaction has left it.
func (t *tx) State(_ context.Context, s id.Stream, kind id.Kind) (stream.State, error) {
	if have, ok := t.states[s]; ok {
		return have, nil
	}
	if t.wiped {
		return stream.Zero(kind), nil
	}
	return t.base.state(s, kind), nil
}

func (t *tx) of(s id.Stream) []*stream.Stored {
	if have, ok := t.events[s]; ok || t.wiped {
		return have
	}
	return t.base.events[s]
}

// Life returns which life of the log is copied.
func (t *tx) Life(context.Context) (id.Epoch, error) {
	if t.wiped {
		return id.Epoch{}, nil
	}
	return t.base.life, nil
}

// Since returns the events of one stream after seq that are here.
func (t *tx) Since(_ context.Context, s id.Stream, seq uint64) ([]stream.Stored, error) {
	var out []stream.Stored
	for _, e := range t.of(s) {
		if e.StreamSeq > seq {
			out = append(out, *e)
		}
	}
	return out, nil
}

// Decode reads an event as this version of the client does.
func (t *tx) Decode(e stream.Stored) (stream.Event, error) {
	event, ok := t.c.w.decoded[&e.Payload[0]]
	if !ok {
		var err error
		if event, err = wire.DecodeEvent(e.Kind, e.Payload); err != nil {
			return nil, err
		}
	}
	if sinceEvent(event) > t.c.version {
		t.c.w.count(Unknown)
		return stream.Unknown{Of: e.Kind}, nil
	}
	return event, nil
}

// Keep stores the events that are not here yet.
func (t *tx) Keep(_ context.Context, _ []stream.Stored, touched map[id.Stream][]stream.Stored) error {
	for s, fresh := range touched {
		all := slices.Clone(t.of(s))
		for _, e := range fresh {
			i, here := slices.BinarySearchFunc(all, e.StreamSeq, func(a *stream.Stored, seq uint64) int { return cmp.Compare(a.StreamSeq, seq) })
			if here {
				continue
			}
			all = slices.Insert(all, i, &e)
			t.fresh = append(t.fresh, &e)
		}
		t.events[s] = all
	}
	return nil
}

// Put stores a stream's state.
func (t *tx) Put(_ context.Context, h stream.Head, _, after stream.State) error {
	t.states[h.Stream] = after
	t.order = append(t.order, h.Stream)
	return nil
}

// PutCursor stores how far a scope is known.
func (t *tx) PutCursor(_ context.Context, c stream.Cursor) error {
	t.cursors[c.Scope] = c
	return nil
}

// PutGap notes what has not been fetched.
func (t *tx) PutGap(_ context.Context, g stream.Gap) error {
	t.gaps = slices.DeleteFunc(t.gaps, func(o stream.Gap) bool { return o.Scope == g.Scope && o.High == g.High })
	t.gaps = append(t.gaps, g)
	return nil
}

// CutGap notes that everything of a gap above low is here.
func (t *tx) CutGap(_ context.Context, g stream.Gap, low uint64) error {
	t.gaps = slices.DeleteFunc(t.gaps, func(o stream.Gap) bool { return o.Scope == g.Scope && o.High == g.High && low <= g.Low })
	for i, o := range t.gaps {
		if o.Scope == g.Scope && o.High == g.High {
			t.gaps[i].High = low
		}
	}
	return nil
}

// Wipe drops everything that came from the server.
func (t *tx) Wipe(context.Context) error {
	t.wiped, t.gaps = true, nil
	return nil
}

// Place returns where an incident lies: everybody sees those that are played here.
func (t *tx) Place(_ context.Context, s id.Stream) (protocol.Place, error) {
	if all := t.of(s); len(all) > 0 {
		return protocol.Place{Scope: all[0].Scope}, nil
	}
	_, here := t.states[s]
	if !here && !t.wiped {
		_, here = t.base.states[s]
	}
	if !here {
		return protocol.Place{}, nil
	}
	return protocol.Place{Scope: id.Everyone()}, nil
}

// Move fails: nothing is played here that would let an incident lie elsewhere.
func (t *tx) Move(_ context.Context, s id.Stream, to id.Scope) error {
	return fmt.Errorf("%s is to lie in %s", s, to)
}

// Withdraw fails for the same reason.
func (t *tx) Withdraw(_ context.Context, s id.Stream, _ uint64) error {
	return fmt.Errorf("%s is withdrawn", s)
}

// Mine reports whether a command is a pending one.
func (t *tx) Mine(c id.Command) bool {
	return slices.ContainsFunc(t.c.out.Pending, func(p protocol.Pending) bool { return p.ID == c })
}

// Deliver notes that a pending command's events are here.
func (t *tx) Deliver(_ context.Context, c id.Command) error {
	t.own[c] = true
	return nil
}

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
