package sim

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// tx is one transaction on a replica, see protocol.Tx.
type tx struct {
	c     *client
	next  *replica // the copy as the transaction leaves it
	fresh []*stream.Stored
	order []id.Stream // that were touched
	own   map[id.Command]bool
	wiped bool
}

// State returns a stream's state as this transaction has left it.
func (t *tx) State(_ context.Context, s id.Stream, kind id.Kind) (stream.State, error) {
	return t.next.state(s, kind), nil
}

// Life returns which life of the log is copied.
func (t *tx) Life(context.Context) (id.Epoch, error) { return t.next.life, nil }

// Since returns the events of one stream after seq that are here.
func (t *tx) Since(_ context.Context, s id.Stream, seq uint64) ([]stream.Stored, error) {
	var out []stream.Stored
	for _, e := range t.next.events[s] {
		if e.StreamSeq > seq {
			out = append(out, *e)
		}
	}
	return out, nil
}

// Decode reads an event as this version of the client does.
func (t *tx) Decode(e stream.Stored) (stream.Event, error) {
	event, err := t.c.w.decode(e)
	if err != nil {
		return nil, err
	}
	if sinceEvent(event) > t.c.version {
		return stream.Unknown{Of: e.Kind}, nil
	}
	return event, nil
}

// decode reads an event as the latest version does.
func (w *world) decode(e stream.Stored) (stream.Event, error) {
	if event, ok := w.decoded[&e.Payload[0]]; ok {
		return event, nil
	}
	return wire.DecodeEvent(e.Kind, e.Payload)
}

// Keep stores the events that are not here yet, and takes the words of entries that were erased out of them.
func (t *tx) Keep(_ context.Context, events []stream.Stored, touched map[id.Stream][]stream.Stored) error {
	var order []id.Stream
	for _, e := range events {
		if !slices.Contains(order, e.Stream) {
			order = append(order, e.Stream)
		}
	}
	for _, s := range order {
		if err := t.guard(touched[s][0].Kind, s, touched[s][0].Scope); err != nil {
			return err
		}
		all := slices.Clone(t.next.events[s])
		for _, e := range touched[s] {
			i, here := slices.BinarySearchFunc(all, e.StreamSeq, func(a *stream.Stored, seq uint64) int { return cmp.Compare(a.StreamSeq, seq) })
			if here {
				continue
			}
			all = slices.Insert(all, i, &e)
			t.fresh = append(t.fresh, &e)
			if event, err := t.c.w.decode(e); err == nil && sinceEvent(event) > t.c.version {
				t.c.w.count(Unknown)
			}
		}
		t.next.events[s] = all
		if err := t.revise(s, touched[s]); err != nil {
			return err
		}
	}
	return nil
}

// guard notes where something lies that is to be stored and, durably and before that, whether not everybody may see it.
func (t *tx) guard(kind id.Kind, s id.Stream, in id.Scope) error {
	if t.next.lies[s].IsZero() {
		t.next.lies[s] = in
	}
	if kind != id.KindIncident || in == id.Everyone() {
		return nil
	}
	return t.c.file.suspect(id.Incident(s), t.next.life)
}

// revise takes the words of erased entries out of what is stored, where events say so or bring such words.
func (t *tx) revise(s id.Stream, events []stream.Stored) error {
	due := map[id.Entry]bool{}
	for _, e := range events {
		event, err := t.c.w.decode(e)
		if err != nil {
			return err
		}
		if erased, ok := event.(incident.Erased); ok {
			due[erased.Entry] = true
			if !slices.Contains(t.next.erased[s], erased.Entry) {
				t.next.erased[s] = append(t.next.erased[s], erased.Entry)
			}
		}
	}
	for _, e := range events {
		event, _ := t.c.w.decode(e)
		if w, ok := event.(incident.Written); ok && w.Was.IsZero() && slices.Contains(t.next.erased[s], w.Entry) {
			due[w.Entry] = true
		}
	}
	for _, entry := range t.next.erased[s] {
		if !due[entry] {
			continue
		}
		if err := t.blank(s, entry); err != nil {
			return err
		}
	}
	return nil
}

// blank takes an entry's words out of the stored events, and out of the outbox: before the commit, as should the client end in
// between, the event comes again.
func (t *tx) blank(s id.Stream, entry id.Entry) error {
	all := slices.Clone(t.next.events[s])
	for i, e := range all {
		if event, _ := t.c.w.decode(*e); !writes(event, entry) {
			continue
		}
		payload, holds, err := wire.Blanked(e.Payload, entry)
		if err != nil {
			return err
		}
		if holds {
			own := *e
			own.Payload = payload
			all[i] = &own
		}
	}
	t.next.events[s] = all
	return t.c.file.erase(entry)
}

// writes reports whether an event has an entry's words.
func writes(e stream.Event, entry id.Entry) bool {
	w, ok := e.(incident.Written)
	return ok && w.Entry == entry && w.Was.IsZero()
}

// Put stores a stream's state.
func (t *tx) Put(_ context.Context, h stream.Head, _, after stream.State) error {
	if err := t.guard(h.Kind, h.Stream, h.Scope); err != nil {
		return err
	}
	t.next.states[h.Stream] = after
	t.order = append(t.order, h.Stream)
	return nil
}

// PutCursor stores how far a scope is known.
func (t *tx) PutCursor(_ context.Context, c stream.Cursor) error {
	t.next.cursors[c.Scope] = c
	t.next.life = c.Epoch
	if l := t.c.w.lines[binary.BigEndian.Uint64(c.Seal)-1]; t.next.line == nil || t.next.line.line < l.line {
		t.next.line = l
	}
	return nil
}

// PutGap notes what has not been fetched.
func (t *tx) PutGap(_ context.Context, g stream.Gap) error {
	t.next.gaps = slices.DeleteFunc(t.next.gaps, func(o stream.Gap) bool { return o.Scope == g.Scope && o.High == g.High })
	t.next.gaps = append(t.next.gaps, g)
	return nil
}

// CutGap notes that everything of a gap above low is here.
func (t *tx) CutGap(_ context.Context, g stream.Gap, low uint64) error {
	t.next.gaps = slices.DeleteFunc(t.next.gaps, func(o stream.Gap) bool { return o.Scope == g.Scope && o.High == g.High && low <= g.Low })
	for i, o := range t.next.gaps {
		if o.Scope == g.Scope && o.High == g.High {
			t.next.gaps[i].High = low
		}
	}
	return nil
}

// Wipe drops everything that came from the server.
func (t *tx) Wipe(context.Context) error {
	t.next, t.wiped = newReplica(t.c.version), true
	return nil
}

// Place returns where a stream lies here.
func (t *tx) Place(_ context.Context, s id.Stream) (protocol.Place, error) {
	return t.next.place(s), nil
}

// Move lets an incident lie in another scope: its events come again with the places that they have there.
func (t *tx) Move(_ context.Context, s id.Stream, to id.Scope) error {
	from := t.next.lies[s]
	if err := t.guard(id.KindIncident, s, to); err != nil {
		return err
	}
	t.c.w.say("%s: %s moves from %s to %s", t.c.name, s.Short(), id.Stream(from).Short(), id.Stream(to).Short())
	delete(t.next.events, s)
	t.next.lies[s] = to
	if w, known := t.next.withdrawn[s]; known {
		t.next.withdrawn[s] = withdrawal{pos: w.pos}
	}
	if from != id.Everyone() && from != to {
		t.next.leave(from)
	}
	return nil
}

// Withdraw notes that an incident was taken out of everybody's scope.
func (t *tx) Withdraw(_ context.Context, s id.Stream, pos uint64) error {
	at := t.next.place(s)
	t.c.w.say("%s: %s is withdrawn at %d", t.c.name, s.Short(), pos)
	if !at.Scope.IsZero() && at.Scope != id.Everyone() {
		return nil
	}
	if slices.ContainsFunc(t.next.events[s], func(e *stream.Stored) bool { return e.ScopePos > pos }) {
		return nil
	}
	if err := t.c.file.suspect(id.Incident(s), t.next.life); err != nil {
		return err
	}
	if !at.Scope.IsZero() {
		t.next.withdrawn[s] = withdrawal{pos: pos, gone: true}
	}
	return nil
}

// missing notes which of the incidents that everybody saw before a bootstrap did not come with it, see the real replica.
func (t *tx) missing(former *replica) error {
	if former.life != t.next.life {
		return nil
	}
	for _, s := range former.order {
		if former.lies[s] != id.Everyone() || !t.next.lies[s].IsZero() {
			continue
		}
		if _, is := former.states[s].(incident.Incident); !is {
			continue
		}
		if err := t.c.file.suspect(id.Incident(s), t.next.life); err != nil {
			return err
		}
	}
	return nil
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
