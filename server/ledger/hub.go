package ledger

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// How much the hub keeps for slow followers before it tells them to resume from the database.
const (
	keptChunks = 2048
	keptBytes  = 16 << 20
)

// BatchField is the field number of batches in TailResponse and PullResponse: chunks are encoded as
// that field, so that chunks laid end to end are one valid message.
const BatchField = 1

// chunk is what one commit did in one scope, encoded once for all followers.
type chunk struct {
	scope     id.Scope
	low, high uint64 // positions above low and up to high
	bytes     []byte
}

// kept is what the hub keeps at one moment. It does not change.
type kept struct {
	chunks []chunk
	first  uint64 // index of chunks[0], counted from the start
	size   int
}

func (k *kept) end() uint64 { return k.first + uint64(len(k.chunks)) }

// with returns what is kept when fresh has come too. It drops the oldest chunks only when twice as
// much as is to be kept is there, so that the copying is paid for once in many commits.
func (k *kept) with(fresh []chunk) *kept {
	next := &kept{chunks: append(k.chunks, fresh...), first: k.first, size: k.size}
	for _, c := range fresh {
		next.size += len(c.bytes)
	}
	if len(next.chunks) <= 2*keptChunks && next.size <= 2*keptBytes {
		return next
	}
	drop := 0
	for len(next.chunks)-drop > keptChunks || (next.size > keptBytes && drop < len(next.chunks)-1) {
		next.size -= len(next.chunks[drop].bytes)
		drop++
	}
	next.first += uint64(drop)
	next.chunks = slices.Clone(next.chunks[drop:])
	return next
}

// Hub passes committed events on to followers. A follower that reads too slowly is told to resume.
type Hub struct {
	done  chan struct{}
	clock clock.Clock
	sees  func(id.Person, id.Scope) bool // asked once more before everything that is handed on
	reach *reach
	kept  atomic.Pointer[kept] // replaced as a whole: hundreds of followers would queue for a lock

	mu        sync.Mutex
	followers map[*Follower]struct{}
	left      map[id.Person]time.Time // when somebody ceased to follow who may be about to come back
}

func newHub(sees func(id.Person, id.Scope) bool, c clock.Clock) *Hub {
	h := &Hub{sees: sees, clock: c, left: map[id.Person]time.Time{}, reach: newReach(false, 0, nil), done: make(chan struct{}), followers: map[*Follower]struct{}{}}
	h.kept.Store(&kept{})
	return h
}

// Done is closed when the ledger stops.
func (h *Hub) Done() <-chan struct{} { return h.done }

func (h *Hub) close() {
	close(h.done)
	h.rouse()
}

// comesBack is how long somebody who ceased to follow is counted still. Where an incident is concealed or revealed, all who follow
// are sent back at once: whoever returns first would be told to be alone.
const comesBack = 5 * time.Second

// People counts who follows now, or did a moment ago; a person with several devices counts once.
func (h *Hub) People() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	people := make(map[id.Person]struct{}, len(h.followers))
	for f := range h.followers {
		people[f.person] = struct{}{}
	}
	h.forget()
	for p := range h.left {
		people[p] = struct{}{}
	}
	return len(people)
}

// forget drops who has not come back.
func (h *Hub) forget() {
	now := h.clock.Now()
	maps.DeleteFunc(h.left, func(_ id.Person, at time.Time) bool { return now.Sub(at) >= comesBack })
}

// Follower reads what is committed in some scopes, from the moment it was made.
type Follower struct {
	hub    *Hub
	person id.Person
	known  map[id.Scope]uint64
	next   uint64
	back   atomic.Bool // it no longer follows what its person may see
	wake   chan struct{}
	handed time.Time // when it last took something
	pause  *time.Timer
}

// Follow returns a person's follower of the scopes in from, each behind the given position. Close it.
func (h *Hub) Follow(p id.Person, from map[id.Scope]uint64) *Follower {
	f := &Follower{hub: h, person: p, known: from, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	f.next = h.kept.Load().end()
	h.followers[f] = struct{}{}
	if h.trouble() != nil {
		f.rouse()
	}
	return f
}

// Close ends following.
func (f *Follower) Close() {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if _, open := f.hub.followers[f]; !open {
		return
	}
	delete(f.hub.followers, f)
	f.hub.forget()
	f.hub.left[f.person] = f.hub.clock.Now()
}

// Known tells that everything up to pos of a scope has been sent by other means.
func (f *Follower) Known(s id.Scope, pos uint64) { f.known[s] = max(f.known[s], pos) }

// Private returns the private scopes that a follower is told to see, or a Resume fault, see Listed.
func (l *Ledger) Private(f *Follower) ([]id.Scope, error) { return l.Listed(f.person, f.known) }

// Wake is signalled when there may be something to Take.
func (f *Follower) Wake() <-chan struct{} { return f.wake }

// Take appends to dst the encoded batches that were committed since the last call. It fails with a
// Resume fault when some of them are no longer kept, and when its person may see another scope than before.
func (f *Follower) Take(dst []byte) ([]byte, error) {
	k := f.hub.kept.Load()
	if f.next < k.first || f.back.Load() {
		return dst, sentBack()
	}
	before := len(dst)
	for _, c := range k.chunks[f.next-k.first:] {
		if pos, follows := f.known[c.scope]; follows && c.high > pos && f.hub.sees(f.person, c.scope) {
			dst = append(dst, c.bytes...)
			f.known[c.scope] = c.high
		}
	}
	if len(dst) > before {
		f.handed = f.hub.clock.Now()
	}
	f.next = k.end()
	return dst, nil
}

func sentBack() error {
	return fault.New(fault.Resume, "This reader continues from its cursor.")
}

// flushEvery spaces a follower's messages under load: one message for each commit and follower
// would leave no time for commits.
const flushEvery = 20 * time.Millisecond

// Await waits until something was committed, or the follower is nudged, or nobody can follow any more, which is an error. It holds
// what comes within flushEvery of what was taken before back until then, so that under load several commits share a message while
// a single one is passed on at once; what was not for this reader holds nothing back. Whoever calls it nudges the follower when ctx
// ends: waiting for one channel alone costs hundreds of followers much less than waiting for two.
func (f *Follower) Await(ctx context.Context) error {
	<-f.wake
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.hub.trouble(); err != nil {
		return err
	}
	left := flushEvery - f.hub.clock.Now().Sub(f.handed)
	if left <= 0 || left > flushEvery { // a clock may be set back
		return nil
	}
	if f.pause == nil {
		f.pause = time.NewTimer(left)
	} else {
		f.pause.Reset(left)
	}
	select {
	case <-f.pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Nudge has Await return, though nothing was committed.
func (f *Follower) Nudge() { f.rouse() }

func (f *Follower) rouse() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// publish keeps what was committed and wakes the followers. Only the ledger's writer calls it.
func (h *Hub) publish(fresh []chunk) {
	h.kept.Store(h.kept.Load().with(fresh))
	h.rouse()
}

// sendBack tells all followers to resume from their cursors. Only the ledger's writer calls it.
func (h *Hub) sendBack() {
	h.kept.Store(&kept{first: h.kept.Load().end() + 1})
	h.rouse()
}

// sendBackThose tells the followers of some people to resume from their cursors. Only the ledger's writer calls it.
func (h *Hub) sendBackThose(people []id.Person) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for f := range h.followers {
		if slices.Contains(people, f.person) {
			f.back.Store(true)
			f.rouse()
		}
	}
}

func (h *Hub) rouse() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for f := range h.followers {
		f.rouse()
	}
}

// trouble is why nobody can follow now: the server stops, or what is committed cannot be known.
func (h *Hub) trouble() error {
	select {
	case <-h.done:
		return stopping()
	case <-h.reach.gone():
		return unreached()
	default:
		return nil
	}
}

// told is what followers hear of a commit.
type told struct {
	rows []timeline.Row
	ends map[id.Scope]scopeEnd
	back SentBack
}

// SentBack says who can no longer be told what was committed, and goes on from their cursors.
type SentBack struct {
	All    bool        // a stream went to another scope
	People []id.Person // may see another scope now
}

// tell hands on what a commit did. Whoever may see another scope now is sent back before, and begins again with what that is.
// When a stream has gone to another scope, that is everybody: what is kept for them has it in its former one.
func (l *Ledger) tell(what told) {
	if what.back.All {
		l.hub.sendBack()
		return
	}
	if len(what.back.People) > 0 {
		l.hub.sendBackThose(what.back.People)
	}
	l.publish(what.rows, what.ends)
}

// publish encodes what a batch did, once per scope, and wakes the followers.
func (l *Ledger) publish(rows []timeline.Row, ends map[id.Scope]scopeEnd) {
	fresh := make([]chunk, 0, len(ends))
	for scope, end := range ends {
		b := stream.Batch{Cursor: l.Seal(scope, end.pos, end.hash)}
		for _, r := range rows {
			if r.Scope == scope {
				b.Events = append(b.Events, r.Stored)
			}
		}
		if len(b.Events) == 0 {
			continue
		}
		b.Events = l.sealed(b.Events)
		fresh = append(fresh, chunk{
			scope: scope, low: b.Events[0].ScopePos - 1, high: end.pos, bytes: wire.AppendBatch(nil, BatchField, b),
		})
	}
	l.hub.publish(fresh)
}
