package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// How much one message carries, and from which backlog on a client gets heads in place of events.
const (
	pageEvents  = 1000
	pageHeads   = 500
	farBehind   = 5000
	newestFew   = 50
	maxBackfill = 1000
)

// Part is one message of a bootstrap or a fill.
type Part struct {
	Heads   []stream.Head
	Events  []stream.Stored
	Cursors []stream.Cursor // in the last part of a bootstrap
	Low     uint64          // of a fill: everything above it has been sent
}

// snapshot runs read on one unchanging state of the database.
func (l *Ledger) snapshot(ctx context.Context, read func(*sql.Tx) error) error {
	tx, err := l.DB.Read.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	return read(tx)
}

// Bootstrap sends everything that a fresh client of p needs: the set-up, a head for every incident,
// newest first, and the events of those that burn. The last part carries the cursors.
func (l *Ledger) Bootstrap(ctx context.Context, p id.Person, send func(Part) error) error {
	settled, err := l.positions(ctx, l.DB.Read, p)
	if err != nil {
		return err
	}
	if err := l.Flush(ctx); err != nil {
		return fmt.Errorf("store heads: %w", err)
	}
	return l.snapshot(ctx, func(tx *sql.Tx) error {
		var burning []id.Stream
		for _, kinds := range [][]id.Kind{{id.KindWorkspace, id.KindPerson, id.KindReader}, {id.KindIncident}} {
			if err := sendHeads(ctx, tx, kinds, Scopes(p), func(part Part) error {
				burning = append(burning, burningOf(part.Heads)...)
				return send(part)
			}); err != nil {
				return err
			}
		}
		for _, s := range burning {
			if err := sendStream(ctx, tx, s, send); err != nil {
				return err
			}
		}
		return l.sendRest(ctx, tx, p, settled, send)
	})
}

// sendRest sends what was committed since the heads were stored, and the cursors.
func (l *Ledger) sendRest(ctx context.Context, tx *sql.Tx, p id.Person, settled map[id.Scope]uint64, send func(Part) error) error {
	last := Part{}
	ends, err := l.ends(ctx, tx, p)
	if err != nil {
		return err
	}
	for scope, end := range ends {
		for pos := settled[scope]; pos < end.Pos; {
			events, err := timeline.After(ctx, tx, scope, pos, pageEvents)
			if err != nil {
				return err
			}
			if len(events) == 0 {
				break
			}
			if err := send(Part{Events: events}); err != nil {
				return err
			}
			pos = events[len(events)-1].ScopePos
		}
		last.Cursors = append(last.Cursors, end)
	}
	return send(last)
}

func sendHeads(ctx context.Context, q timeline.Querier, kinds []id.Kind, scopes []id.Scope, send func(Part) error) error {
	var part Part
	err := timeline.Heads(ctx, q, kinds, scopes, func(h stream.Head) error {
		part.Heads = append(part.Heads, h)
		if len(part.Heads) < pageHeads {
			return nil
		}
		full := part
		part = Part{}
		return send(full)
	})
	if err != nil || len(part.Heads) == 0 {
		return err
	}
	return send(part)
}

func sendStream(ctx context.Context, q timeline.Querier, s id.Stream, send func(Part) error) error {
	events, err := timeline.Since(ctx, q, s, 0)
	if err != nil {
		return err
	}
	for len(events) > 0 {
		n := min(len(events), pageEvents)
		if err := send(Part{Events: events[:n]}); err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

// burningOf returns the incidents among heads that people still have to do something about.
func burningOf(heads []stream.Head) []id.Stream {
	var out []id.Stream
	for _, h := range heads {
		state, err := wire.DecodeState(h)
		if i, ok := state.(incident.Incident); err == nil && ok && i.Status.Burning() {
			out = append(out, h.Stream)
		}
	}
	return out
}

// ends returns the sealed cursor at the end of every scope that p may see.
func (l *Ledger) ends(ctx context.Context, q timeline.Querier, p id.Person) (map[id.Scope]stream.Cursor, error) {
	out := map[id.Scope]stream.Cursor{}
	for _, s := range Scopes(p) {
		out[s] = l.Seal(s, 0, nil)
	}
	cursors, err := timeline.Cursors(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, c := range cursors {
		if _, visible := out[c.Scope]; visible {
			out[c.Scope] = l.Seal(c.Scope, c.Pos, c.Hash)
		}
	}
	return out, nil
}

func (l *Ledger) positions(ctx context.Context, q timeline.Querier, p id.Person) (map[id.Scope]uint64, error) {
	ends, err := l.ends(ctx, q, p)
	if err != nil {
		return nil, err
	}
	out := map[id.Scope]uint64{}
	for s, c := range ends {
		out[s] = c.Pos
	}
	return out, nil
}

// Backlog sends what was committed behind the positions in from, and returns the positions that it
// reached. A client that is far behind gets heads, the newest events of each stream and a gap.
func (l *Ledger) Backlog(ctx context.Context, p id.Person, from map[id.Scope]uint64, send func(stream.Batch) error) (map[id.Scope]uint64, error) {
	reached := map[id.Scope]uint64{}
	err := l.snapshot(ctx, func(tx *sql.Tx) error {
		ends, err := l.ends(ctx, tx, p)
		if err != nil {
			return err
		}
		for scope, end := range ends {
			reached[scope] = end.Pos
			switch {
			case from[scope] >= end.Pos:
			case end.Pos-from[scope] > farBehind:
				err = l.leap(ctx, tx, stream.Gap{Scope: scope, Low: from[scope], High: end.Pos}, end, send)
			default:
				err = l.walk(ctx, tx, from[scope], end, send)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return reached, err
}

// walk sends every event of a scope from pos to end.
func (l *Ledger) walk(ctx context.Context, tx *sql.Tx, pos uint64, end stream.Cursor, send func(stream.Batch) error) error {
	for pos < end.Pos {
		events, err := timeline.After(ctx, tx, end.Scope, pos, pageEvents)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return fmt.Errorf("scope %s has no event behind %d, though it ends at %d", end.Scope, pos, end.Pos)
		}
		pos = events[len(events)-1].ScopePos
		hash, _, err := timeline.HashAt(ctx, tx, end.Scope, pos)
		if err != nil {
			return err
		}
		if err := send(stream.Batch{Events: events, Cursor: l.Seal(end.Scope, pos, hash)}); err != nil {
			return err
		}
	}
	return nil
}

// leap sends, for every stream that moved in the gap, its head and its newest events. Only the last
// batch carries the end's cursor and names the gap, so that a reader that is cut off leaps again.
func (l *Ledger) leap(ctx context.Context, tx *sql.Tx, g stream.Gap, end stream.Cursor, send func(stream.Batch) error) error {
	moved, err := timeline.Moved(ctx, tx, g)
	if err != nil {
		return err
	}
	b := stream.Batch{Cursor: end, Gap: &g}
	for _, m := range moved {
		e, err := l.fold(ctx, tx, m.Stream, m.Kind)
		if err != nil {
			return err
		}
		state, err := wire.EncodeState(e.state)
		if err != nil {
			return fmt.Errorf("encode head of %s: %w", m.Stream, err)
		}
		newest, err := timeline.Before(ctx, tx, m.Stream, e.seq+1, newestFew)
		if err != nil {
			return err
		}
		b.Heads = append(b.Heads, stream.Head{Stream: m.Stream, Kind: m.Kind, Scope: g.Scope, Seq: e.seq, Version: wire.FoldVersion, State: state})
		b.Events = append(b.Events, newest...)
	}
	return send(b)
}

// Backfill returns at most limit earlier events of one stream, newest first. A stream that p may not
// see gets the same answer as one that does not exist.
func (l *Ledger) Backfill(ctx context.Context, p id.Person, s id.Stream, before uint64, limit int) ([]stream.Stored, error) {
	events, err := timeline.Before(ctx, l.DB.Read, s, before, min(max(limit, 1), maxBackfill))
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if !visible(p, e.Scope) {
			return nil, noSuchStream()
		}
	}
	if len(events) == 0 && before > 1 {
		return nil, noSuchStream()
	}
	return events, nil
}

func noSuchStream() error { return fault.New(fault.NotFound, "There is no such stream.") }

func visible(p id.Person, scope id.Scope) bool {
	return slices.Contains(Scopes(p), scope)
}

// Fill sends the events of a scope in the gap, newest first, with how far down it came.
func (l *Ledger) Fill(ctx context.Context, p id.Person, g stream.Gap, send func(Part) error) error {
	if !visible(p, g.Scope) {
		return fault.New(fault.NotFound, "There is no such scope.")
	}
	for {
		events, err := timeline.Within(ctx, l.DB.Read, g, pageEvents)
		if err != nil {
			return err
		}
		part := Part{Events: events, Low: g.Low}
		if len(events) == pageEvents {
			part.Low = events[len(events)-1].ScopePos - 1
		}
		if err := send(part); err != nil {
			return err
		}
		if part.Low <= g.Low {
			return nil
		}
		g.High = part.Low + 1
	}
}

// Census counts what the log holds.
func (l *Ledger) Census(ctx context.Context) (incidents int, events uint64, err error) {
	return timeline.Census(ctx, l.DB.Read)
}
