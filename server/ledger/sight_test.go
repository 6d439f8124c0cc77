package ledger_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// canary is in everything that is private here, and nowhere else.
const canary = "Takeover by Globex"

// person adds somebody to the workspace.
func (b *bundle) person(t *testing.T, name string) id.Actor {
	t.Helper()
	p := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
	b.add(t, p.Person, name)
	return p
}

// gives pushes commands for one stream from a new outbox, and wants all of them accepted.
func (b *bundle) gives(t *testing.T, who id.Actor, target id.Stream, commands ...stream.Command) {
	t.Helper()
	for i, o := range b.push(t, newOutbox(who).of(wishes(target, commands...)...)) {
		if o.Kind != stream.Accepted {
			t.Fatalf("%T: %+v, %v", commands[i], o, o.Fault)
		}
	}
}

func wishes(target id.Stream, commands ...stream.Command) (out []wish) {
	for _, c := range commands {
		out = append(out, wish{target, c})
	}
	return out
}

func words(text string) incident.Write { return incident.Write{Entry: id.New[id.Entry](), Text: text} }

// secret has Ann declare a private incident, with words in it, for some others too.
func (b *bundle) secret(t *testing.T, others ...id.Actor) id.Stream {
	t.Helper()
	in := id.New[id.Stream]()
	d := incident.Declare{Title: canary, Private: true}
	for _, o := range others {
		d.Admit = append(d.Admit, o.Person)
	}
	b.gives(t, b.ann, in, d, words(canary+" is off"))
	return in
}

// count returns how often the canary, and how many events and heads of a stream, are among all that a person is sent.
func (b *bundle) count(t *testing.T, p id.Person, in id.Stream) (canaries, parts int) {
	t.Helper()
	raw := b.seen(t, p)
	return bytes.Count(raw, []byte(canary)), bytes.Count(raw, in[:])
}

func (b *bundle) wantHidden(t *testing.T, p id.Person, in id.Stream) {
	t.Helper()
	if canaries, parts := b.count(t, p, in); canaries+parts > 0 {
		t.Errorf("it is in %d parts, with %d canaries, of what an outsider is sent", parts, canaries)
	}
	if scopes := b.Scopes(p); slices.Contains(scopes, id.Scope(in)) || !slices.Equal(scopes[:2], []id.Scope{id.Everyone(), id.Own(p)}) {
		t.Errorf("an outsider sees %v", scopes)
	}
}

func (b *bundle) wantSeen(t *testing.T, p id.Person, in id.Stream, events int) {
	t.Helper()
	if scopes := b.Scopes(p); !slices.Equal(scopes, []id.Scope{id.Everyone(), id.Own(p), id.Scope(in)}) {
		t.Errorf("an insider sees %v", scopes)
	}
	batches, _ := b.backlog(t, p, map[id.Scope]uint64{})
	var got []stream.Stored
	for i, batch := range batches {
		if mine := batch.Cursor.Scope == id.Scope(in); mine && i < len(batches)-1 {
			t.Error("something comes behind a private scope")
		}
		for _, e := range batch.Events {
			if e.Stream == in {
				got = append(got, e)
			}
		}
	}
	if len(got) != events {
		t.Fatalf("an insider is sent %d events, want %d", len(got), events)
	}
	for i, e := range got {
		if e.StreamSeq != uint64(i+1) || e.Scope != id.Scope(in) {
			t.Errorf("event %d is number %d, in %s", i+1, e.StreamSeq, e.Scope)
		}
	}
	heads, _, cursors := b.bootstrap(t, p)
	if h := heads[in]; h.Scope != id.Scope(in) || h.Seq != uint64(events) || len(cursors) != 3 {
		t.Errorf("the head is %d in %s, with %d cursors", h.Seq, h.Scope, len(cursors))
	}
}

// Whoever is not added is sent the same bytes as if there were no such incident, and counts the same.
func TestAPrivateIncidentIsThereForThoseWhoWereAdded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob, cem := b.person(t, "Bob"), b.person(t, "Cem")
	b.declared(t)
	if err := b.Flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	before, _, beforeCursors := b.bootstrap(t, bob.Person)
	incidents, events, err := b.Census(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	in := b.secret(t, cem)
	for _, happens := range []func(*testing.T){func(*testing.T) {}, b.restart, b.crash} {
		happens(t)
		b.wantHidden(t, bob.Person, in)
		b.wantSeen(t, cem.Person, in, 2)
		heads, _, cursors := b.bootstrap(t, bob.Person)
		if d := cmp.Diff(before, heads); d != "" {
			t.Errorf("an outsider is sent other heads: %s", d)
		}
		if d := cmp.Diff(beforeCursors, cursors); d != "" {
			t.Errorf("an outsider is sent other cursors: %s", d)
		}
		if i, e, err := b.Census(b.ctx); err != nil || i != incidents || e != events {
			t.Errorf("%d incidents and %d events are counted, and were %d and %d; %v", i, e, incidents, events, err)
		}
	}
	next := b.declared(t)
	state, err := wire.DecodeState(mustHead(t, b, next))
	if i, _ := state.(incident.Incident); err != nil || i.Number != 2 {
		t.Errorf("the second that everybody sees is INC-%d, %v", i.Number, err)
	}
	b.dense(t)
	b.folded(t)
	if bytes.Contains([]byte(b.logged.String()), []byte(canary)) {
		t.Error("its title is in the server's log")
	}
}

func mustHead(t *testing.T, b *bundle, s id.Stream) stream.Head {
	t.Helper()
	if err := b.Flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	h, err := timeline.LoadHead(b.ctx, b.db.Reader(), s, id.KindIncident)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Whatever names a private incident is answered to outsiders as if there were none, to the last word.
func TestAPrivateIncidentIsNotThereForOthers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.person(t, "Bob")
	in, nothing := b.secret(t), id.New[id.Stream]()
	cursor := b.end(t, b.ann.Person, id.Scope(in))
	same := func(name string, ask func(id.Stream) error) {
		t.Helper()
		there, not := ask(in), ask(nothing)
		if (there == nil) != (not == nil) || there != nil && there.Error() != not.Error() {
			t.Errorf("%s: of the incident it is said %v, of none %v", name, there, not)
		}
	}
	for before := range uint64(3) {
		same("backfill", func(s id.Stream) error {
			got, err := b.Backfill(b.ctx, bob.Person, s, before, 9)
			if len(got) > 0 {
				err = errors.Join(err, errors.New("something"))
			}
			return err
		})
	}
	same("fill", func(s id.Stream) error {
		return b.Fill(b.ctx, bob.Person, stream.Gap{Scope: id.Scope(s), High: 9}, func(ledger.Part) error { return errors.New("something") })
	})
	same("sight", func(s id.Stream) error {
		_, err := b.Sight(b.ctx, id.Incident(s), bob.Person)
		return err
	})
	same("may", func(s id.Stream) error {
		if may, err := b.May(b.ctx, bob.Person, id.Scope(s)); may || err != nil {
			return errors.New("yes")
		}
		return nil
	})
	made := cursor // up by somebody who was never given one
	made.Seal = []byte("a seal of sorts.")
	same("resume", func(s id.Stream) error {
		cursors := []stream.Cursor{made}
		if cursors[0].Scope = id.Scope(s); s == in {
			cursors = append(cursors, cursor)
		}
		from, err := b.Resume(b.ctx, bob.Person, cursors)
		if want := map[id.Scope]uint64{id.Everyone(): 0, id.Own(bob.Person): 0}; err == nil && !cmp.Equal(want, from) {
			err = errors.New("another cursor")
		}
		return err
	})
	b.wantHidden(t, bob.Person, in)
}

// Commands that name a private incident are answered to outsiders as if there were none, too.
func TestACommandToAPrivateIncidentFindsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.person(t, "Bob")
	public, in, nothing := b.declared(t), b.secret(t), id.New[id.Stream]()
	for _, c := range []stream.Command{
		words("hello"),
		incident.ChangeSeverity{To: 1},
		incident.ChangeStatus{To: 3},
		incident.Join{},
		incident.Admit{Person: bob.Person},
		incident.Reveal{},
		incident.Conceal{},
		incident.Exclude{Person: b.ann.Person},
		incident.AddTag{Tag: "x"},
		incident.Merge{Into: id.Incident(public)},
		incident.Erase{Entry: id.New[id.Entry]()},
		incident.AddTask{Task: id.New[id.Task](), Text: "x"},
		workspace.DescribePerson{Name: "x"},
	} {
		there, not := b.push(t, newOutbox(bob).of(wish{in, c})), b.push(t, newOutbox(bob).of(wish{nothing, c}))
		if d := cmp.Diff(wire.EncodeOutcome(not[0]), wire.EncodeOutcome(there[0])); d != "" {
			t.Errorf("%T: of the incident the answer is %+v, of none %+v", c, there[0], not[0])
		}
	}
	into := func(s id.Stream) stream.Outcome {
		return b.push(t, newOutbox(bob).of(wish{public, incident.Merge{Base: incident.Base{Seq: 1}, Into: id.Incident(s)}}))[0]
	}
	if d := cmp.Diff(wire.EncodeOutcome(into(nothing)), wire.EncodeOutcome(into(in))); d != "" {
		t.Errorf("merging into it is answered otherwise: %s", d)
	}
	b.wantHidden(t, bob.Person, in)
	b.dense(t)
}

// end returns a person's cursor at the end of a scope.
func (b *bundle) end(t *testing.T, p id.Person, scope id.Scope) stream.Cursor {
	t.Helper()
	_, _, cursors := b.bootstrap(t, p)
	at := slices.IndexFunc(cursors, func(c stream.Cursor) bool { return c.Scope == scope })
	if at < 0 {
		t.Fatalf("%s has no cursor in %s", p, scope)
	}
	return cursors[at]
}

// follows returns a follower of all that somebody may see, behind all that there is.
func (b *bundle) follows(t *testing.T, p id.Person) *ledger.Follower {
	t.Helper()
	_, reached := b.backlog(t, p, map[id.Scope]uint64{})
	f := b.Hub().Follow(p, reached)
	t.Cleanup(f.Close)
	return f
}

// wantBack fails unless a follower is sent back, and has heard nothing since it was asked last.
func wantBack(t *testing.T, who string, f *ledger.Follower) {
	t.Helper()
	if raw, err := f.Take(nil); len(raw) > 0 || !fault.Is(err, fault.Resume) {
		t.Errorf("%s was told %d bytes, %v", who, len(raw), err)
	}
}

// Whoever gains or loses a scope is sent back, and nobody else hears anything.
func TestWhoIsAddedOrLeftOutIsSentBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob, cem := b.person(t, "Bob"), b.person(t, "Cem")
	in := b.secret(t)
	ann, bobs, cems := b.follows(t, b.ann.Person), b.follows(t, bob.Person), b.follows(t, cem.Person)
	silent := func() {
		t.Helper()
		if raw, err := bobs.Take(nil); len(raw) > 0 || err != nil {
			t.Errorf("an outsider hears %d bytes, %v", len(raw), err)
		}
		select {
		case <-bobs.Wake(): // everybody is woken, and finds nothing
		default:
		}
	}
	private := func(who string, f *ledger.Follower, want ...id.Scope) {
		t.Helper()
		if have, err := b.Private(f); err != nil || !slices.Equal(have, want) {
			t.Errorf("%s is told to see %v, %v; want %v", who, have, err, want)
		}
	}
	private("who sees it", ann, id.Scope(in))
	private("who does not", cems)
	b.gives(t, b.ann, in, incident.Admit{Person: cem.Person})
	if _, err := b.Private(cems); !fault.Is(err, fault.Resume) { // the list would be ahead of what they have heard
		t.Errorf("who was added is told what they see before they hear of it: %v", err)
	}
	wantBack(t, "who was added", cems)
	silent()
	private("who stays", ann, id.Scope(in))
	private("an outsider", bobs)
	b.wantSeen(t, cem.Person, in, 3)
	if raw, err := ann.Take(nil); err != nil || !bytes.Contains(raw, cem.Person[:]) {
		t.Errorf("who stays is told %d bytes, %v", len(raw), err)
	}
	cems = b.follows(t, cem.Person)
	cursors := []stream.Cursor{b.end(t, cem.Person, id.Everyone()), b.end(t, cem.Person, id.Scope(in))}
	b.gives(t, cem, in, words("I am here"))
	if raw, err := cems.Take(nil); err != nil || !bytes.Contains(raw, []byte("I am here")) {
		t.Errorf("who was added is told %d bytes, %v", len(raw), err)
	}
	b.gives(t, b.ann, in, words(canary+" begins"), incident.Exclude{Person: cem.Person}, words(canary+" and Cem does not know"))
	if _, err := b.Private(cems); !fault.Is(err, fault.Resume) {
		t.Errorf("who was left out is told what they see: %v", err)
	}
	wantBack(t, "who was left out", cems)
	silent()
	b.wantHidden(t, cem.Person, in)
	from, err := b.Resume(b.ctx, cem.Person, cursors)
	if want := map[id.Scope]uint64{id.Everyone(): cursors[0].Pos, id.Own(cem.Person): 0}; err != nil || !cmp.Equal(want, from) {
		t.Errorf("who was left out goes on from %v, %v", from, err)
	}
	wantOutcomes(t, b.push(t, newOutbox(cem).of(wish{in, words("am I?")})), stream.Rejected)
	b.dense(t)
}

// A person is left out while something is sent to them, at every message: behind that there is nothing of it any more.
func TestWhoIsLeftOutWhileReadingReadsNoFurther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cem := b.person(t, "Cem")
	b.declared(t)
	in := b.secret(t, cem)
	long := make([]wish, 0, 900)
	for range cap(long) {
		long = append(long, wish{in, words(canary)})
	}
	for range 3 {
		b.push(t, newOutbox(b.ann).of(long...))
	}
	all := uint64(len(b.all(t, id.Scope(in)))) + 1
	for name, read := range map[string]func(send func(raw []byte)) error{
		"backlog": func(send func([]byte)) error {
			_, err := b.Backlog(b.ctx, cem.Person, map[id.Scope]uint64{}, func(batch stream.Batch) error {
				send(wire.AppendBatch(nil, 1, batch))
				return nil
			})
			return err
		},
		"bootstrap": func(send func([]byte)) error { return b.Bootstrap(b.ctx, cem.Person, flat(send)) },
		"fill": func(send func([]byte)) error {
			return b.Fill(b.ctx, cem.Person, stream.Gap{Scope: id.Scope(in), High: all}, flat(send))
		},
	} {
		for cut, out := 0, false; !out; cut++ {
			if cut > 0 {
				b.gives(t, b.ann, in, incident.Admit{Person: cem.Person})
			}
			n, leaks := 0, 0
			err := read(func(raw []byte) {
				if n > cut && (bytes.Contains(raw, []byte(canary)) || bytes.Contains(raw, in[:])) {
					leaks++
				}
				if n == cut {
					b.gives(t, b.ann, in, incident.Exclude{Person: cem.Person}, words(canary))
				}
				n++
			})
			if leaks > 0 || err != nil && !fault.Is(err, fault.Resume) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s, left out at message %d: %d messages behind it have something of it; %v", name, cut, leaks, err)
			}
			if out = n <= cut; out {
				b.gives(t, b.ann, in, incident.Exclude{Person: cem.Person}) // it was over before
			}
		}
		b.gives(t, b.ann, in, incident.Admit{Person: cem.Person})
	}
	b.dense(t)
}

func flat(send func([]byte)) func(ledger.Part) error {
	return func(p ledger.Part) error {
		var raw []byte
		for _, h := range p.Heads {
			raw = wire.AppendHead(raw, 1, h)
		}
		for _, e := range p.Events {
			raw = wire.AppendRecord(raw, 2, e)
		}
		for _, c := range p.Cursors {
			raw = wire.AppendCursor(raw, 3, c)
		}
		send(raw)
		return nil
	}
}

// The log's own hash covers how much happens elsewhere: cursors have another. Those that were given before have it still.
func TestCursorsDoNotTellHowMuchHappensElsewhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.declared(t)
	all := b.all(t, id.Everyone())
	pos := uint64(len(all))
	raw, _, err := timeline.HashAt(b.ctx, b.db.Reader(), id.Everyone(), pos)
	if err != nil {
		t.Fatal(err)
	}
	have := b.end(t, b.ann.Person, id.Everyone())
	if bytes.Equal(have.Hash, raw) || len(have.Hash) != 32 {
		t.Errorf("a cursor has the hash %x, the log %x", have.Hash, raw)
	}
	from, err := b.Resume(b.ctx, b.ann.Person, []stream.Cursor{have})
	if err != nil || from[id.Everyone()] != pos {
		t.Errorf("it goes on at %v, %v", from, err)
	}
	former := b.Former(have.Scope, pos, raw)
	if from, err = b.Resume(b.ctx, b.ann.Person, []stream.Cursor{former}); err != nil || from[id.Everyone()] != pos {
		t.Errorf("one that was given before goes on at %v, %v", from, err)
	}
	if _, err = b.Resume(b.ctx, b.ann.Person, []stream.Cursor{b.Former(have.Scope, pos, bytes.Repeat([]byte{1}, 32))}); !fault.Is(err, fault.Reset) {
		t.Errorf("one with another hash: %v", err)
	}
}
