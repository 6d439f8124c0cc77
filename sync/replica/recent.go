package replica

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

const (
	// recentMost is how many long timelines are remembered.
	recentMost = 8
	// recentLeast is from which length on a timeline is worth it.
	recentLeast = 100
)

// recent remembers the confirmed events of timelines that were read, so that one more event costs one more row.
type recent struct {
	mu    sync.Mutex
	lines map[id.Stream]reading
	order []id.Stream // the one that was read longest ago first
}

// reading is the newest events of a stream, oldest first and without a hole. Nobody changes them; more may be put
// behind them.
type reading struct {
	number uint64 // the replica's count of rewritings when they were read
	lines  []Line
}

// last returns the stream_seq of the newest line, or 0.
func (r reading) last() uint64 {
	if len(r.lines) == 0 {
		return 0
	}
	return r.lines[len(r.lines)-1].StreamSeq
}

// newest returns the newest events of a stream as they are stored, oldest first, down to a hole. It is at least limit
// where there are as many: of what was read before, half as many again may be returned, so that a long timeline
// does not lose its oldest event with each new one.
func (r *recent) newest(ctx context.Context, v *view, h stream.Head, limit int) ([]Line, error) {
	if limit < recentLeast {
		return v.newer(ctx, h, 0, limit)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.lines[h.Stream]
	if known.number != v.rewritten {
		known = reading{}
	}
	if last := known.last(); last > h.Seq { // somebody has looked at a later state meanwhile
		at := len(known.lines) - int(min(last-h.Seq, uint64(len(known.lines))))
		return r.longer(ctx, v, h, reading{lines: known.lines[:at:at]}, limit)
	}
	out, err := r.longer(ctx, v, h, known, limit)
	if err == nil {
		r.keep(h.Stream, reading{number: v.rewritten, lines: out})
	}
	return out, err
}

// longer returns what is known with the later events behind it, and the earlier ones before it that limit asks for.
func (r *recent) longer(ctx context.Context, v *view, h stream.Head, known reading, limit int) ([]Line, error) {
	lines, last := known.lines, known.last()
	if h.Seq > last {
		later, err := v.newer(ctx, h, last, limit)
		if err != nil {
			return nil, err
		}
		if len(later) == 0 || later[0].StreamSeq != last+1 {
			lines = nil // there is a hole, or all that is asked for is new
		}
		lines = append(lines, later...)
	}
	if missing := limit - len(lines); missing > 0 && len(lines) > 0 && lines[0].StreamSeq > 1 && last > 0 {
		before := h
		before.Seq = lines[0].StreamSeq - 1
		earlier, err := v.newer(ctx, before, 0, missing)
		if err != nil {
			return nil, err
		}
		if len(earlier) > 0 {
			lines = append(earlier, lines...)
		}
	}
	if len(lines) > limit+limit/2 {
		lines = slices.Clone(lines[len(lines)-limit:])
	}
	return lines, nil
}

// keep remembers a reading, and forgets the one that was needed longest ago when there are too many.
func (r *recent) keep(s id.Stream, lines reading) {
	if r.lines == nil {
		r.lines = map[id.Stream]reading{}
	}
	r.lines[s] = lines
	r.order = append(slices.DeleteFunc(r.order, func(o id.Stream) bool { return o == s }), s)
	if len(r.order) > recentMost {
		delete(r.lines, r.order[0])
		r.order = r.order[1:]
	}
}

// newer returns the events of a stream from its head down to after, but at most limit and only down to a hole, oldest
// first.
func (v *view) newer(ctx context.Context, h stream.Head, after uint64, limit int) ([]Line, error) {
	events, err := timeline.Before(ctx, v.tx, h.Stream, h.Seq+1, int(min(uint64(limit), h.Seq-after)))
	if err != nil {
		return nil, sqlite.Fault(err)
	}
	var out []Line
	next := h.Seq
	for _, e := range events {
		if e.StreamSeq != next {
			break
		}
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return nil, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, e.Stream, err)
		}
		out = append(out, Line{Recorded: stream.Recorded{Envelope: e.Envelope, Event: event}})
		next--
	}
	slices.Reverse(out)
	return out, nil
}
