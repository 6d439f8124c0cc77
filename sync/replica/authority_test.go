package replica_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// authority is a server of a few lines, in memory: it decides by the shared rules, numbers, drops
// repeats and keeps everything.
type authority struct {
	epoch    id.Epoch
	setup    workspace.Setup
	number   uint32
	states   map[id.Stream]stream.State
	heads    map[id.Stream]stream.Head
	log      map[id.Scope][]stream.Stored
	last     map[id.Client]uint64
	outcomes map[id.Command]stream.Outcome
}

func newAuthority() *authority {
	return &authority{
		epoch: id.New[id.Epoch](), setup: workspace.Default(),
		states: map[id.Stream]stream.State{}, heads: map[id.Stream]stream.Head{}, log: map[id.Scope][]stream.Stored{},
		last: map[id.Client]uint64{}, outcomes: map[id.Command]stream.Outcome{},
	}
}

// push answers commands in order, as the protocol has it.
func (a *authority) push(t tester, who replica.Identity, by id.Actor, commands []stream.Submission) []stream.Outcome {
	t.Helper()
	var out []stream.Outcome
	for _, s := range commands {
		answer, known := a.outcomes[s.ID]
		switch {
		case s.Mid > a.last[who.Client]+1:
			return append(out, stream.Refusal(s.Mid, fault.New(fault.OutOfOrder, "An earlier command is missing.")))
		case known:
			answer.Mid = s.Mid
		default:
			answer = a.decide(t, s, by)
			a.outcomes[s.ID] = answer
		}
		a.last[who.Client] = max(a.last[who.Client], s.Mid)
		out = append(out, answer)
	}
	return out
}

func (a *authority) decide(t tester, s stream.Submission, by id.Actor) stream.Outcome {
	t.Helper()
	before := a.states[s.Target]
	if !a.sees(by.Person, s.Target) {
		before = stream.Zero(s.Command.Stream())
	}
	events, err := stream.Decide(before, a.given(s.Command), s.Command, by)
	for _, e := range events {
		a.record(t, s, by, e)
	}
	a.move(s.Target)
	for _, c := range stream.Follow(s.ID, before, a.states[s.Target]) {
		if !stream.Leads(s.Command) {
			t.Fatalf("%+v led to %+v without being one that leads", s.Command, c)
		}
		follows := stream.Submission{ID: c.ID, Target: c.Target, Written: s.Written, Command: c.Command}
		a.decide(t, follows, by)
	}
	out := stream.Outcome{Mid: s.Mid, Kind: stream.Accepted}
	if err != nil {
		out = stream.Refusal(s.Mid, err)
	}
	out.Seq = stream.Seq(a.states[s.Target])
	return out
}

// given returns what a decision may rest on: here everybody sees everything.
func (a *authority) given(c stream.Command) incident.Given {
	others, _ := stream.Beside(c, func(s id.Stream) (stream.State, error) { return a.states[s], nil })
	return incident.Given{Setup: a.setup, Others: others}
}

func (a *authority) record(t tester, s stream.Submission, by id.Actor, e stream.Event) {
	t.Helper()
	scope := stream.Scope(s.Target, s.Command, by.Person)
	if h, known := a.heads[s.Target]; known {
		scope = h.Scope
	}
	env := id.Envelope{
		Stream: s.Target, Kind: s.Command.Stream(), StreamSeq: stream.Seq(a.states[s.Target]) + 1,
		Scope: scope, ScopePos: uint64(len(a.log[scope])) + 1,
		Command: s.ID, Actor: by, Received: noon.Add(time.Hour), Occurred: s.Written.Wall.Truncate(time.Microsecond),
	}
	if numbered, ok := stream.Numbered(e, a.number+1); ok {
		e, a.number = numbered, a.number+1
	}
	payload, err := wire.EncodeEvent(e)
	if err != nil {
		t.Fatalf("encode event: %v", err)
	}
	after := stream.Apply(a.states[s.Target], env, e)
	state, err := wire.EncodeState(after)
	if err != nil {
		t.Fatalf("encode state: %v", err)
	}
	a.states[s.Target] = after
	a.heads[s.Target] = stream.Head{Stream: s.Target, Kind: env.Kind, Scope: scope, Seq: env.StreamSeq, Version: wire.FoldVersion, State: state}
	a.log[scope] = append(a.log[scope], stream.Stored{Envelope: env, Payload: payload})
	if p, ok := after.(workspace.Person); ok {
		a.setup = a.setup.With(p)
	}
}

// sees reports whether a person may see a stream.
func (a *authority) sees(p id.Person, target id.Stream) bool {
	i, is := a.states[target].(incident.Incident)
	return !is || i.Sees(p)
}

// move puts an incident where it belongs now. Where it was, holes are left.
func (a *authority) move(target id.Stream) {
	h := a.heads[target]
	to := stream.ScopeOf(a.states[target], h.Scope)
	if to == h.Scope {
		return
	}
	from := a.log[h.Scope]
	for i, e := range from {
		if e.Stream != target {
			continue
		}
		from[i] = stream.Stored{}
		e.Scope, e.ScopePos = to, uint64(len(a.log[to]))+1
		a.log[to] = append(a.log[to], e)
	}
	h.Scope = to
	a.heads[target] = h
}

// private returns the private scopes that a person may see.
func (a *authority) private(p id.Person) []id.Scope {
	var out []id.Scope
	for s, state := range a.states {
		if i, is := state.(incident.Incident); is && i.Private && i.Sees(p) {
			out = append(out, id.Scope(s))
		}
	}
	return out
}

// do carries out a command of somebody else, or of the server itself.
func (a *authority) do(t tester, target id.Stream, by id.Actor, c stream.Command) {
	t.Helper()
	s := stream.Submission{ID: id.New[id.Command](), Target: target, Command: c}
	s.Written.Wall = noon
	if out := a.decide(t, s, by); out.Fault != nil && out.Fault.Kind != fault.Conflict {
		t.Fatalf("the authority refuses %T: %v", c, out.Fault)
	}
}

func (a *authority) cursor(scope id.Scope, pos uint64) stream.Cursor {
	return stream.Cursor{Scope: scope, Pos: pos, Hash: []byte{1}, Epoch: a.epoch, Seal: []byte{2}}
}

// batch returns the events of a scope above low and up to high.
func (a *authority) batch(scope id.Scope, low, high uint64) stream.Batch {
	b := stream.Batch{Cursor: a.cursor(scope, high)}
	for _, e := range a.log[scope][low:high] {
		if !e.Stream.IsZero() {
			b.Events = append(b.Events, e)
		}
	}
	return b
}

// snapshot returns what a bootstrap brings: every head, no events, and the ends of all scopes.
func (a *authority) snapshot(scopes ...id.Scope) replica.Snapshot {
	var s replica.Snapshot
	for _, h := range a.heads {
		if h.Kind != id.KindIncident || slices.Contains(scopes, h.Scope) {
			s.Heads = append(s.Heads, h)
		}
	}
	for _, scope := range scopes {
		s.Cursors = append(s.Cursors, a.cursor(scope, uint64(len(a.log[scope]))))
	}
	return s
}

// tester is *testing.T or *rapid.T.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

var _ tester = (*testing.T)(nil)

// blank takes the words of an entry out of the log, as an authority does when it is erased.
func (a *authority) blank(t tester, target id.Stream, entry id.Entry) {
	t.Helper()
	for _, log := range a.log {
		for i := range log {
			if log[i].Stream != target {
				continue
			}
			blank, holds, err := wire.Blanked(log[i].Payload, entry)
			if err != nil {
				t.Fatalf("erase: %v", err)
			}
			if holds {
				log[i].Payload = blank
			}
		}
	}
}
