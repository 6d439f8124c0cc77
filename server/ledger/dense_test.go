package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// dense fails unless seq, scope_pos, stream_seq and the numbers of incidents have no hole and no
// repeat, every hash is the one that the chain demands, and the counters stand at the ends.
func (b *bundle) dense(t *testing.T) {
	t.Helper()
	rows, err := b.db.Reader().QueryContext(b.ctx, `SELECT e.seq AS seq, t.id, t.kind, e.stream_seq, s.id, e.scope_pos, e.payload, e.hash,
	  e.command, e.person, e.device, e.received, e.occurred, CAST(e.uncertain AS INTEGER), 0
	  FROM event e JOIN stream t ON t.key = e.stream JOIN scope s ON s.key = e.scope AND s.key = t.scope
	  UNION ALL SELECT g.seq AS seq, t.id, t.kind, g.stream_seq, s.id, g.scope_pos, e.payload, g.hash,
	  e.command, e.person, e.device, e.received, e.occurred, CAST(e.uncertain AS INTEGER), 1
	  FROM tombstone g JOIN event e ON e.stream = g.stream AND e.stream_seq = g.stream_seq
	  JOIN stream t ON t.key = g.stream JOIN scope s ON s.key = g.scope ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var (
		last      int64
		number    = b.skipped
		kind      id.Kind
		positions = map[string]int64{}
		hashes    = map[string][]byte{}
		given     = map[uint32]string{}
	)
	for rows.Next() {
		var (
			seq, streamSeq, pos                                   int64
			received, occurred, uncertain, gone                   int64
			target, scope, payload, hash, command, person, device []byte
		)
		if err := rows.Scan(&seq, &target, &kind, &streamSeq, &scope, &pos, &payload, &hash, &command, &person, &device, &received, &occurred, &uncertain, &gone); err != nil {
			t.Fatal(err)
		}
		last++
		positions["stream "+string(target)] += 1 - gone
		positions["scope "+string(scope)]++
		if seq != last || gone == 0 && streamSeq != positions["stream "+string(target)] || pos != positions["scope "+string(scope)] {
			t.Fatalf("event %d has seq %d, stream_seq %d and scope_pos %d", last, seq, streamSeq, pos)
		}
		before := hashes[string(scope)]
		link := bytes.Join([][]byte{[]byte("tsugi event 2\x00"), {byte(len(before))}, before, target, scope, command, person, device}, nil)
		for _, n := range []int64{seq, int64(kind), streamSeq, pos, received, occurred, uncertain} {
			link = binary.BigEndian.AppendUint64(link, uint64(n))
		}
		linked := func(own id.Content) bool {
			want := sha256.Sum256(append(bytes.Clone(link), own[:]...))
			return bytes.Equal(hash, want[:])
		}
		was := wordsBefore(t, kind, payload) // of words that were erased behind this place
		if hashes[string(scope)] = hash; !linked(sha256.Sum256(payload)) && (was.IsZero() || !linked(was)) {
			t.Fatalf("the chain is broken at event %d", seq)
		}
		if n := declaredNumber(t, kind, payload); n > 0 {
			if who, ok := given[n]; ok && who != string(target) {
				t.Errorf("INC-%d was given twice", n)
			}
			given[n] = string(target)
			number = max(number, int64(n))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if int64(len(given)) != number-b.skipped {
		t.Errorf("%d numbers were given, up to INC-%d", len(given), number)
	}
	b.counters(t, last, number, hashes, positions)
}

// wordsBefore returns the hash of what an entry was before its words were erased.
func wordsBefore(t *testing.T, kind id.Kind, payload []byte) id.Content {
	t.Helper()
	e, err := wire.DecodeEvent(kind, payload)
	if err != nil {
		t.Fatal(err)
	}
	written, _ := e.(incident.Written)
	return written.Was
}

func declaredNumber(t *testing.T, kind id.Kind, payload []byte) uint32 {
	t.Helper()
	e, err := wire.DecodeEvent(kind, payload)
	if err != nil {
		t.Fatal(err)
	}
	switch e := e.(type) {
	case incident.Declared:
		return e.Number
	case incident.Imported:
		return e.Number
	case incident.Revealed:
		return e.Number
	default:
		return 0
	}
}

func (b *bundle) counters(t *testing.T, last, number int64, hashes map[string][]byte, positions map[string]int64) {
	t.Helper()
	var seq, incidents int64
	if err := b.db.Reader().QueryRowContext(b.ctx, "SELECT seq, number FROM counter").Scan(&seq, &incidents); err != nil {
		t.Fatal(err)
	}
	if seq != last || incidents != number {
		t.Errorf("the counters say %d and INC-%d, the log ends at %d and INC-%d", seq, incidents, last, number)
	}
	cursors, err := timeline.Cursors(b.ctx, b.db.Reader())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cursors {
		scope := string(c.Scope[:])
		if int64(c.Pos) != positions["scope "+scope] || !bytes.Equal(c.Hash, hashes[scope]) {
			t.Errorf("scope %s stands at %d with %x, its events end at %d with %x", c.Scope, c.Pos, c.Hash, positions["scope "+scope], hashes[scope])
		}
	}
}

// folded fails unless the stored heads are what all events fold to.
func (b *bundle) folded(t *testing.T) {
	t.Helper()
	if err := b.Flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	kinds := []id.Kind{id.KindIncident, id.KindPerson, id.KindReader}
	cursors, err := timeline.Cursors(b.ctx, b.db.Reader())
	if err != nil {
		t.Fatal(err)
	}
	var scopes []id.Scope
	for _, c := range cursors {
		scopes = append(scopes, c.Scope)
	}
	heads := 0
	err = timeline.Heads(b.ctx, b.db.Reader(), kinds, scopes, func(h stream.Head) error {
		heads++
		events, err := timeline.Since(b.ctx, b.db.Reader(), h.Stream, 0)
		if err != nil {
			return err
		}
		state, err := wire.Fold(stream.Head{Stream: h.Stream, Kind: h.Kind}, events)
		if err != nil {
			return err
		}
		want, err := wire.EncodeState(state)
		if err != nil {
			return err
		}
		if !bytes.Equal(want, h.State) || h.Seq != uint64(len(events)) || h.Version != wire.FoldVersion {
			t.Errorf("the head of %s at %d is not what its %d events fold to", h.Stream, h.Seq, len(events))
		}
		return nil
	})
	if err != nil || heads == 0 {
		t.Fatalf("%d heads, %v", heads, err)
	}
}

// actors are people who all write at once, each from an outbox of their own, good commands and bad
// ones, repeated and with holes.
func (b *bundle) storm(t *testing.T, seed uint64) {
	t.Helper()
	shared := []id.Stream{b.declared(t), b.declared(t)}
	var all sync.WaitGroup
	for i := range 6 {
		who := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
		chance := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // a test is to be repeatable
		all.Go(func() {
			o := newOutbox(who)
			for range 25 {
				var wishes []wish
				for range 1 + chance.IntN(4) {
					wishes = append(wishes, anything(chance, who, shared))
				}
				p := o.of(wishes...)
				for range 1 + chance.IntN(2) { // some answers are lost
					if _, err := b.Push(b.ctx, p); err != nil {
						t.Errorf("push: %v", err)
					}
				}
			}
		})
	}
	all.Wait()
}

func anything(chance *rand.Rand, who id.Actor, shared []id.Stream) wish {
	in := shared[chance.IntN(len(shared))]
	switch chance.IntN(10) {
	case 8:
		return wish{in, incident.Merge{Into: id.Incident(shared[chance.IntN(len(shared))]), Base: incident.Base{Seq: 1 << 40}}}
	case 9:
		return wish{in, incident.ChangeStatus{To: incident.Open, Base: incident.Base{Seq: 1 << 40}}}
	case 0:
		return declare("Mail is down")
	case 1:
		return say(id.New[id.Stream](), "nowhere")
	case 2:
		return wish{in, incident.ChangeSeverity{To: workspace.Level(chance.IntN(4)), Base: incident.Base{Seq: uint64(chance.IntN(200))}}}
	case 3:
		return wish{in, incident.ChangeStatus{To: incident.Status(chance.IntN(6)), Base: incident.Base{Seq: 1 << 40}}}
	case 4:
		return wish{id.Reader(who.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: uint64(chance.IntN(100))}}
	case 5:
		return wish{in, incident.AddTag{Tag: strings.Repeat("t", 1+chance.IntN(70))}}
	default:
		return say(in, "word")
	}
}

func TestCountersHaveNoHolesHoweverManyWrite(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		b := setup(t)
		b.storm(t, seed)
		b.dense(t)
		b.folded(t)
	}
}

func TestTheLogGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for seed, happens := range []func(*testing.T){b.restart, b.crash, b.crash, b.restart} {
		b.storm(t, uint64(seed))
		events, epoch := b.events(t), b.Epoch()
		happens(t)
		if b.events(t) != events || b.Epoch() != epoch {
			t.Errorf("%d of %d events are left, the epoch is %s and was %s", b.events(t), events, b.Epoch(), epoch)
		}
		if name := b.Setup().People[b.ann.Person].Name; name != "Ann" {
			t.Errorf("the set-up has forgotten Ann: %q", name)
		}
	}
	b.declared(t)
	b.dense(t)
	b.folded(t)
}

// Every answer that a client has seen is kept, at whichever moment the power fails.
func TestWhatWasAnsweredSurvivesACrashAtAnyMoment(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	for range 5 {
		o := newOutbox(b.ann)
		var pushed []struct {
			mid  uint64
			seen stream.Outcome
		}
		p := o.of(say(in, "a"), wish{in, incident.ChangeStatus{To: 99}}, say(in, "b"), declare("c"))
		for _, out := range b.push(t, p) {
			pushed = append(pushed, struct {
				mid  uint64
				seen stream.Outcome
			}{out.Mid, out})
		}
		events := b.events(t)
		b.crash(t)
		for i, again := range b.push(t, p) {
			sameOutcomes(t, []stream.Outcome{again}, []stream.Outcome{pushed[i].seen})
		}
		if b.events(t) != events {
			t.Errorf("there are %d events, and were %d", b.events(t), events)
		}
	}
	b.dense(t)
}

// A second program on the same file must not make the first one number twice.
func TestAnotherWriterIsNoticed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	first, firstDB, stop := b.Ledger, b.db, b.stop
	b.open(t) // a second ledger on the same file
	for range 3 {
		b.do(t, in, incident.Write{Text: "second"})
		if _, err := first.Do(b.ctx, job(in, clock.Moment{}, incident.Write{Text: "first"})); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := firstDB.Close(); err != nil {
		t.Error(err)
	}
	b.dense(t)
	b.folded(t)
}
