package ledger

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// trial is what one command changes. Nothing of it is in the ruling before it is kept, so that a command happens
// whole or not at all.
type trial struct {
	r   *Ruling
	by  id.Actor
	now clock.Moment // what the giver's clock shows

	seq    uint64
	number uint32
	setup  workspace.Setup
	scopes map[id.Scope]scopeEnd
	states map[id.Stream]*Folded
	rows   []timeline.Row
	events []stream.Recorded

	moved      map[id.Stream]struct{}
	tombstones []Tombstone
}

func (r *Ruling) trial(by id.Actor, now clock.Moment) *trial {
	return &trial{
		r: r, by: by, now: now, seq: r.seq, number: r.number, setup: r.setup,
		scopes: map[id.Scope]scopeEnd{}, states: map[id.Stream]*Folded{}, moved: map[id.Stream]struct{}{},
	}
}

// keep takes what a command changes into the ruling.
func (r *Ruling) keep(t *trial) {
	r.seq, r.number, r.setup = t.seq, t.number, t.setup
	maps.Copy(r.scopes, t.scopes)
	maps.Copy(r.states, t.states)
	if len(t.moved) > 0 {
		r.rows = slices.DeleteFunc(r.rows, func(row timeline.Row) bool { _, moved := t.moved[row.Stream]; return moved })
		maps.Copy(r.moved, t.moved)
		r.tombstones = append(r.tombstones, t.tombstones...)
	}
	r.rows, r.events = append(r.rows, t.rows...), append(r.events, t.events...)
}

// poisonous is how often a command may fail by a mistake of ours before it is put aside.
const poisonous = 3

// decide applies the rules to one command. A panic in a rule is our mistake: the command is tried
// again, and put aside the third time, so that it holds nobody else up.
func (r *Ruling) decide(ctx context.Context, s stream.Submission, by id.Actor, now clock.Moment) (out stream.Outcome) {
	defer func() {
		if why := recover(); why != nil {
			out = r.stumble(s, fmt.Errorf("panic: %v\n%s", why, debug.Stack()))
		}
	}()
	if err := stream.Check(s.Target, s.Command, by); err != nil {
		return stream.Refusal(s.Mid, err)
	}
	t := r.trial(by, now)
	e, err := t.writable(ctx, s)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Storage) || fault.Is(err, fault.Unavailable) {
		return stream.Refusal(s.Mid, err)
	}
	if err != nil { // what is stored cannot be read: that must not hold up what comes behind it
		return r.stumble(s, err)
	}
	if e.seq > 0 && !e.sees(by.Person) {
		return stream.Refusal(s.Mid, r.hidden(s, by))
	}
	refused, err := t.carryOut(ctx, s, e)
	switch {
	case refused != nil && !fault.Is(refused, fault.Conflict):
		return stream.Refusal(s.Mid, refused)
	case fault.Is(err, fault.Storage) || fault.Is(err, fault.Unavailable):
		return stream.Refusal(s.Mid, err)
	case err != nil:
		return r.stumble(s, err)
	}
	r.keep(t)
	out = stream.Outcome{Mid: s.Mid, Kind: stream.Accepted, Seq: e.seq}
	if refused != nil {
		out = stream.Refusal(s.Mid, refused)
		out.Seq = e.seq
	}
	return out
}

// carryOut records what a command does to its stream, and what follows in others. What the rules refuse is told
// apart from what went wrong.
func (t *trial) carryOut(ctx context.Context, s stream.Submission, e *Folded) (refused, err error) {
	given, err := t.given(ctx, s.Command, func(other *Folded) bool { return other.sees(t.by.Person) })
	if err != nil {
		return nil, err
	}
	before := e.state
	watch := t.watch(ctx, s.Command, &given)
	events, refused := stream.Decide(before, given, s.Command, t.by)
	if err := watch.Err(); err != nil {
		return nil, err
	}
	if refused != nil && !fault.Is(refused, fault.Conflict) {
		return refused, nil
	}
	if err := t.record(ctx, s, e, events); err != nil {
		return refused, err
	}
	for _, c := range stream.Follow(s.ID, before, e.state) {
		if err := t.follow(ctx, s, e.scope, c); err != nil {
			return refused, fmt.Errorf("what follows in %s: %w", c.Target, err)
		}
	}
	return refused, nil
}

// follow carries out what follows from a command in another stream. That needs no outcome of its own: it is stored
// with its cause or not at all, and a repeated cause is not decided again. It is no wish of a person's, so that it is
// not held back by what they may see; where the other stream's rules want nothing of it, nothing follows. Nor does it
// carry a title out of the cause's scope to readers of another.
func (t *trial) follow(ctx context.Context, cause stream.Submission, from id.Scope, c stream.Consequence) error {
	e, err := t.entry(ctx, c.Target, c.Command.Stream())
	if err != nil {
		return err
	}
	if e.seq == 0 {
		e.kind, e.scope = c.Command.Stream(), stream.Scope(c.Target, c.Command, t.by.Person)
	}
	if from != e.scope && from != id.Everyone() {
		c = c.WithoutTitle()
	}
	if c.Unnamed {
		by, now := t.by, t.now
		defer func() { t.by, t.now = by, now }()
		t.by, t.now = id.Actor{}, clock.Moment{Wall: t.r.received}
		cause.Written = t.now
	}
	given, err := t.given(ctx, c.Command, func(*Folded) bool { return true })
	if err != nil {
		return err
	}
	events, err := stream.Decide(e.state, given, c.Command, t.by)
	if f := fault.Find(err); f != nil && f.Kind.Permanent() {
		t.r.d.logger.WarnContext(ctx, "nothing follows", "cause", cause.ID, "stream", c.Target, "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	return t.record(ctx, stream.Submission{ID: c.ID, Target: c.Target, Written: cause.Written, Command: c.Command}, e, events)
}

// given returns what a decision on c may rest on: of other streams only those that are seen.
func (t *trial) given(ctx context.Context, c stream.Command, seen func(*Folded) bool) (incident.Given, error) {
	others, err := stream.Beside(c, func(s id.Stream) (stream.State, error) {
		other, err := t.entry(ctx, s, id.KindIncident)
		if err != nil || other.seq == 0 || !seen(other) {
			return nil, err
		}
		return other.state, nil
	})
	return incident.Given{Setup: t.setup, At: t.r.received, Others: others}, err
}

// watch gives a decision on c what it rests on of who is on call, where that is the server's own to say.
func (t *trial) watch(ctx context.Context, c stream.Command, given *incident.Given) *stream.Watch {
	w := stream.NewWatch(t.setup, t.r.received, func(s id.Stream, kind id.Kind) (stream.State, error) {
		e, err := t.entry(ctx, s, kind)
		if err != nil {
			return nil, err
		}
		return e.state, nil
	})
	if _, ok := c.(incident.Proceed); ok {
		given.Paging = w.Paging()
	}
	return w
}

// hidden returns the fault of a command to a stream that by may not see: the one that it would meet
// if there were no such stream.
func (r *Ruling) hidden(s stream.Submission, by id.Actor) error {
	if _, err := stream.Decide(nil, incident.Given{Setup: r.setup, At: r.received}, s.Command, by); err != nil {
		return err
	}
	return noSuchStream()
}

// stumble counts a mistake of ours with a command, and answers it.
func (r *Ruling) stumble(s stream.Submission, err error) stream.Outcome {
	r.d.failed[s.ID]++
	r.d.logger.Error("rule failed", "command", s.ID, "times", r.d.failed[s.ID], "error", err)
	if r.d.failed[s.ID] < poisonous {
		return stream.Refusal(s.Mid, fault.New(fault.Internal, "The server made a mistake with this command."))
	}
	return stream.Refusal(s.Mid, fault.New(fault.Poison, "The server failed three times with this command and put it aside.").
		WithAdvice("It is kept on this device.", "Tell your admin; then send it again or discard it."))
}

// writable returns the stream that a command writes, begun where it is new.
func (t *trial) writable(ctx context.Context, s stream.Submission) (*Folded, error) {
	kind := s.Command.Stream()
	e, err := t.entry(ctx, s.Target, kind)
	if err != nil {
		return nil, err
	}
	if e.seq > 0 && e.kind != kind && e.sees(t.by.Person) {
		return nil, fault.New(fault.Invalid, "The command does not belong to the stream that it names.")
	}
	if e.seq == 0 {
		e.kind, e.scope = kind, stream.Scope(s.Target, s.Command, t.by.Person)
	}
	return e, nil
}

// entry returns the trial's own copy of a stream, as the trial and the ruling have left it.
func (t *trial) entry(ctx context.Context, s id.Stream, kind id.Kind) (*Folded, error) {
	if e, ok := t.states[s]; ok {
		return e, nil
	}
	kept, ok := t.r.states[s]
	if !ok {
		kept, ok = t.r.d.states[s]
	}
	if !ok {
		var err error
		if kept, err = t.r.book.Folded(ctx, s, kind); err != nil {
			return nil, err
		}
	}
	own := *kept
	return &own, nil
}

// record folds the events of a command into the stream, and gives them their places.
func (t *trial) record(ctx context.Context, s stream.Submission, e *Folded, events []stream.Event) error {
	occurred, uncertain := occurredAt(s.Written, t.now, t.r.received, floor(e.state))
	next := make([]fresh, 0, len(events))
	for _, event := range events {
		if numbered, ok := stream.Numbered(event, t.number+1); ok {
			event, t.number = numbered, t.number+1
		}
		payload, err := wire.EncodeEvent(event)
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		at := id.Envelope{
			Stream: s.Target, Command: s.ID, Actor: t.by, Received: t.r.received, Occurred: occurred, Uncertain: uncertain,
		}
		if dated, ok := event.(stream.Backdated); ok {
			at.Occurred, at.Uncertain = dated.OccurredAt().UTC().Truncate(time.Microsecond), false
		}
		next = append(next, fold(e, stream.Stored{Envelope: at, Payload: payload}, event))
	}
	t.states[s.Target] = e
	return t.land(ctx, e, next)
}

// fresh is an event that its stream's state has, and that has no place in the log yet.
type fresh struct {
	stream.Stored
	event stream.Event
}

// fold folds the next event into a stream.
func fold(e *Folded, s stream.Stored, event stream.Event) fresh {
	e.seq++
	s.Kind, s.StreamSeq, s.Seal = e.kind, e.seq, nil
	e.state = stream.Apply(e.state, s.Envelope, event)
	return fresh{Stored: s, event: event}
}

// land moves a stream where it belongs once some events are folded into it, and gives them their places there.
func (t *trial) land(ctx context.Context, e *Folded, next []fresh) error {
	if len(next) == 0 {
		return nil
	}
	target := next[0].Stream
	if to := stream.ScopeOf(e.state, e.scope); to != e.scope {
		if err := t.move(ctx, target, e, to); err != nil {
			return err
		}
	}
	for _, f := range next {
		row := t.put(e.scope, f.Stored)
		t.events = append(t.events, stream.Recorded{Envelope: row.Envelope, Event: f.event})
	}
	t.states[target] = e
	t.setup = stream.SetUp(t.setup, e.state)
	return nil
}

// put gives an event the next number, and the next place of a scope. What is recorded, given back or moved has its place from here.
func (t *trial) put(in id.Scope, s stream.Stored) timeline.Row {
	end := t.end(in)
	t.seq++
	s.Scope, s.ScopePos = in, end.pos+1
	row := timeline.Row{Stored: s, Seq: t.seq, Hash: Link(end.hash, t.seq, s.Envelope, sha256.Sum256(s.Payload))}
	t.rows = append(t.rows, row)
	t.scopes[in] = scopeEnd{pos: row.ScopePos, hash: row.Hash}
	return row
}

// move takes a stream to another scope. All its events that have a place, those of this very commit too, get new numbers and new
// places there, and leave a tombstone where they were. What was erased of them stays so: the hashes that they have from now on cover
// what is left.
func (t *trial) move(ctx context.Context, s id.Stream, e *Folded, to id.Scope) error {
	rows, err := t.placed(ctx, s)
	if err != nil {
		return err
	}
	t.rows = slices.DeleteFunc(t.rows, func(row timeline.Row) bool { return row.Stream == s })
	for _, row := range rows {
		t.tombstones = append(t.tombstones, Tombstone{
			Seq: row.Seq, Stream: s, StreamSeq: row.StreamSeq, Kind: row.Kind, Scope: row.Scope, ScopePos: row.ScopePos, Hash: row.Hash,
		})
		t.put(to, row.Stored)
	}
	t.moved[s], e.scope = struct{}{}, to
	return nil
}

// placed returns all events of a stream where the trial and the ruling have left them.
func (t *trial) placed(ctx context.Context, s id.Stream) (out []timeline.Row, err error) {
	_, here := t.moved[s]
	if _, before := t.r.moved[s]; !here && !before {
		if out, err = t.r.book.Placed(ctx, s); err != nil {
			return nil, err
		}
	}
	for _, row := range t.r.rows {
		if row.Stream == s && !here {
			out = append(out, row)
		}
	}
	for _, row := range t.rows {
		if row.Stream == s {
			out = append(out, row)
		}
	}
	return out, nil
}

// end returns the end of a scope, as the trial and the ruling have left it.
func (t *trial) end(s id.Scope) scopeEnd {
	if end, ok := t.scopes[s]; ok {
		return end
	}
	if end, ok := t.r.scopes[s]; ok {
		return end
	}
	return t.r.d.scopes[s]
}
