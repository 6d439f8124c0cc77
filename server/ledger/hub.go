package ledger

import (
	"context"
	"sync"
	"time"

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

// Hub passes committed events on to followers. A follower that reads too slowly is told to resume.
type Hub struct {
	done chan struct{}

	mu        sync.Mutex
	chunks    []chunk
	first     uint64 // index of chunks[0], counted from the start
	size      int
	followers map[*Follower]struct{}
}

func newHub() *Hub {
	return &Hub{done: make(chan struct{}), followers: map[*Follower]struct{}{}}
}

// Done is closed when the ledger stops.
func (h *Hub) Done() <-chan struct{} { return h.done }

func (h *Hub) close() { close(h.done) }

// People counts who follows now; a person with several devices counts once.
func (h *Hub) People() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	people := make(map[id.Person]struct{}, len(h.followers))
	for f := range h.followers {
		people[f.person] = struct{}{}
	}
	return len(people)
}

// Follower reads what is committed in some scopes, from the moment it was made.
type Follower struct {
	hub    *Hub
	person id.Person
	known  map[id.Scope]uint64
	next   uint64
	wake   chan struct{}
}

// Follow returns a person's follower of the scopes in from, each behind the given position. Close it.
func (h *Hub) Follow(p id.Person, from map[id.Scope]uint64) *Follower {
	f := &Follower{hub: h, person: p, known: from, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	f.next = h.first + uint64(len(h.chunks))
	h.followers[f] = struct{}{}
	return f
}

// Close ends following.
func (f *Follower) Close() {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	delete(f.hub.followers, f)
}

// Known tells that everything up to pos of a scope has been sent by other means.
func (f *Follower) Known(s id.Scope, pos uint64) { f.known[s] = max(f.known[s], pos) }

// Wake is signalled when there may be something to Take.
func (f *Follower) Wake() <-chan struct{} { return f.wake }

// Take appends to dst the encoded batches that were committed since the last call. It fails with a
// Resume fault when some of them are no longer kept.
func (f *Follower) Take(dst []byte) ([]byte, error) {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.next < f.hub.first {
		return dst, fault.New(fault.Resume, "This reader was too slow and continues from its cursor.")
	}
	for _, c := range f.hub.chunks[f.next-f.hub.first:] {
		if pos, follows := f.known[c.scope]; follows && c.high > pos {
			dst = append(dst, c.bytes...)
			f.known[c.scope] = c.high
		}
	}
	f.next = f.hub.first + uint64(len(f.hub.chunks))
	return dst, nil
}

// flushEvery spaces a follower's messages under load: one message for each commit and follower
// would leave no time for commits.
const flushEvery = 10 * time.Millisecond

// Await waits until something was committed, or the heart is to beat, which it reports. After a
// wait it holds the next one back by flushEvery through pause, so that under load several commits
// share a message while a single one is passed on at once.
func (f *Follower) Await(ctx context.Context, beat <-chan time.Time, pause *time.Timer) (beating bool, err error) {
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-f.hub.done:
		return false, stopping()
	case <-beat:
		return true, nil
	case <-f.wake:
	}
	select {
	case <-pause.C:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	pause.Reset(flushEvery)
	return false, nil
}

func (h *Hub) publish(fresh []chunk) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.chunks = append(h.chunks, fresh...)
	for _, c := range fresh {
		h.size += len(c.bytes)
	}
	if len(h.chunks) > 2*keptChunks || h.size > 2*keptBytes {
		h.trim()
	}
	for f := range h.followers {
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
}

// trim drops the oldest chunks down to what is kept. It is called only when twice as much is there,
// so that the copying is paid for once in many commits.
func (h *Hub) trim() {
	drop := 0
	for len(h.chunks)-drop > keptChunks || (h.size > keptBytes && drop < len(h.chunks)-1) {
		h.size -= len(h.chunks[drop].bytes)
		drop++
	}
	h.first += uint64(drop)
	h.chunks = append([]chunk(nil), h.chunks[drop:]...)
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
		fresh = append(fresh, chunk{
			scope: scope, low: b.Events[0].ScopePos - 1, high: end.pos, bytes: wire.AppendBatch(nil, BatchField, b),
		})
	}
	l.hub.publish(fresh)
}
