package ledger

import (
	"context"
	"fmt"
	"maps"
	"math"
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

// Bootstrap sends everything that a fresh client of p needs: the set-up, a head for every incident,
// burning ones first, then newest first, and the events of those that burn. The last part carries the
// cursors. Nothing is held while a part is sent: a slow reader keeps nobody else from reading. What is
// committed meanwhile is sent once more at the end or by the tail, and taken once.
func (l *Ledger) Bootstrap(ctx context.Context, p id.Person, send func(Part) error) error {
	headed, out := map[id.Scope]bool{}, send
	send = func(part Part) error {
		part, err := l.shown(ctx, p, part)
		if err != nil {
			return err
		}
		for _, h := range part.Heads {
			headed[h.Scope] = true
		}
		return out(part)
	}
	settled, err := l.positions(ctx, p)
	if err != nil {
		return err
	}
	if err := l.Flush(ctx); err != nil {
		l.Logger.WarnContext(ctx, "bootstrap from older heads", "error", err)
		if err := l.sendBehind(ctx, p, send); err != nil {
			return err
		}
	}
	heads, burning, err := l.heads(ctx, p)
	if err != nil {
		return err
	}
	for page := range slices.Chunk(heads, pageHeads) {
		if err := send(Part{Heads: page}); err != nil {
			return err
		}
	}
	for _, s := range burning {
		if err := l.sendSince(ctx, s, 0, send); err != nil {
			return err
		}
	}
	return l.sendRest(ctx, p, RestFrom(p, settled, headed), out)
}

// RestFrom returns the positions behind which the rest of a bootstrap of p begins, which settled were before it, where heads of some
// scopes were sent. A private scope of which none was comes whole: p was taken out of it when they were read or sent, and may have been added
// again since.
func RestFrom(p id.Person, settled map[id.Scope]uint64, headed map[id.Scope]bool) map[id.Scope]uint64 {
	from := maps.Clone(settled)
	for scope := range from {
		if !plain(p, scope) && !headed[scope] {
			from[scope] = 0
		}
	}
	return from
}

// unbroken is shown for a part with the cursor of its scope, which may not be left out: p may be added again before what comes behind
// it, and would never hear of it. Where p may not see the scope, it fails with a Resume fault.
func (l *Ledger) unbroken(ctx context.Context, p id.Person, part Part) (Part, error) {
	part, err := l.shown(ctx, p, part)
	if err == nil && len(part.Cursors) == 0 {
		err = sentBack()
	}
	return part, err
}

// heads returns the heads that p may see, in the order in which they are wanted, and the burning
// incidents among them.
func (l *Ledger) heads(ctx context.Context, p id.Person) (heads []stream.Head, burning []id.Stream, err error) {
	var rest []stream.Head
	for _, kinds := range [][]id.Kind{{id.KindWorkspace, id.KindPerson, id.KindReader, id.KindRotation, id.KindPolicy}, {id.KindIncident}} {
		err := timeline.Heads(ctx, l.DB.Reader(), kinds, l.Scopes(p), func(h stream.Head) error {
			switch {
			case kinds[0] != id.KindIncident:
				heads = append(heads, h)
			case burns(h):
				heads, burning = append(heads, h), append(burning, h.Stream)
			default:
				rest = append(rest, h)
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return append(heads, rest...), burning, nil
}

// sendBehind sends what was committed behind the stored heads, where those could not be brought up to
// date.
func (l *Ledger) sendBehind(ctx context.Context, p id.Person, send func(Part) error) error {
	behind, err := timeline.Behind(ctx, l.DB.Reader(), wire.FoldVersion)
	if err != nil {
		return err
	}
	for _, s := range behind {
		h, err := timeline.LoadHead(ctx, l.DB.Reader(), s, id.KindUnknown)
		if err != nil {
			return err
		}
		if !l.sight.Load().sees(p, h.Scope) {
			continue
		}
		if err := l.sendSince(ctx, s, h.Seq, send); err != nil {
			return err
		}
	}
	return nil
}

// sendRest sends what was committed since the heads were stored, and the cursors. It fails with a Resume fault where a scope was lost
// meanwhile.
func (l *Ledger) sendRest(ctx context.Context, p id.Person, settled map[id.Scope]uint64, send func(Part) error) error {
	ends, err := l.ends(ctx, p)
	if err != nil {
		return err
	}
	for scope := range settled { // of one that was lost, heads may have been sent: they are to be fetched again without it
		if !slices.ContainsFunc(ends, func(c stream.Cursor) bool { return c.Scope == scope }) {
			return sentBack()
		}
	}
	for _, end := range ends {
		for pos := settled[end.Scope]; pos < end.Pos; {
			events, err := l.upTo(ctx, end, pos)
			if err != nil {
				return err
			}
			if len(events) == 0 {
				break
			}
			pos = events[len(events)-1].ScopePos
			part, err := l.unbroken(ctx, p, Part{Events: l.sealed(events), Cursors: []stream.Cursor{end}})
			if err != nil {
				return err
			}
			part.Cursors = nil // in the last part
			if err := send(part); err != nil {
				return err
			}
		}
	}
	last, err := l.shown(ctx, p, Part{Cursors: ends})
	if err != nil {
		return err
	}
	return send(last)
}

// sendSince sends the events of one stream after seq.
func (l *Ledger) sendSince(ctx context.Context, s id.Stream, seq uint64, send func(Part) error) error {
	events, err := timeline.Since(ctx, l.DB.Reader(), s, seq)
	if err != nil {
		return err
	}
	for page := range slices.Chunk(events, pageEvents) {
		if err := send(Part{Events: l.sealed(page)}); err != nil {
			return err
		}
	}
	return nil
}

// burns reports whether a head is of an incident that people still have to do something about.
func burns(h stream.Head) bool {
	state, err := wire.DecodeState(h)
	i, ok := state.(incident.Incident)
	return err == nil && ok && i.Status.Burning()
}

// ends returns the sealed cursor at the end of every scope that p may see, everybody's first.
func (l *Ledger) ends(ctx context.Context, p id.Person) ([]stream.Cursor, error) {
	cursors, err := timeline.Cursors(ctx, l.DB.Reader())
	if err != nil {
		return nil, err
	}
	stand := map[id.Scope]stream.Cursor{}
	for _, c := range cursors {
		stand[c.Scope] = c
	}
	scopes := l.Scopes(p)
	out := make([]stream.Cursor, len(scopes))
	for i, s := range scopes {
		out[i] = l.Seal(s, stand[s].Pos, stand[s].Hash)
	}
	return out, nil
}

func (l *Ledger) positions(ctx context.Context, p id.Person) (map[id.Scope]uint64, error) {
	ends, err := l.ends(ctx, p)
	if err != nil {
		return nil, err
	}
	out := map[id.Scope]uint64{}
	for _, c := range ends {
		out[c.Scope] = c.Pos
	}
	return out, nil
}

// Backlog sends what was committed behind the positions in from, and returns the positions that it
// reached. A client that is far behind gets heads, the newest events of each stream and a gap.
func (l *Ledger) Backlog(ctx context.Context, p id.Person, from map[id.Scope]uint64, send func(stream.Batch) error) (map[id.Scope]uint64, error) {
	ends, err := l.ends(ctx, p)
	if err != nil {
		return nil, err
	}
	guarded := func(b stream.Batch) error {
		part, err := l.unbroken(ctx, p, Part{Heads: b.Heads, Events: b.Events, Cursors: []stream.Cursor{b.Cursor}})
		if err != nil {
			return err
		}
		b.Heads, b.Events = part.Heads, part.Events
		return send(b)
	}
	reached := map[id.Scope]uint64{}
	for _, end := range ends {
		scope := end.Scope
		reached[scope] = end.Pos
		switch {
		case from[scope] >= end.Pos:
		case end.Pos-from[scope] > farBehind:
			err = l.leap(ctx, stream.Gap{Scope: scope, Low: from[scope], High: end.Pos}, end, guarded)
		default:
			err = l.walk(ctx, from[scope], end, guarded)
		}
		if err != nil {
			return nil, err
		}
	}
	return reached, nil
}

// walk sends every event of a scope from pos to end. Places that events have left are passed over.
func (l *Ledger) walk(ctx context.Context, pos uint64, end stream.Cursor, send func(stream.Batch) error) error {
	for pos < end.Pos {
		events, err := l.upTo(ctx, end, pos)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return send(stream.Batch{Cursor: end})
		}
		if len(events) == pageEvents {
			events = Whole(events)
		}
		pos = events[len(events)-1].ScopePos
		hash, _, err := hashAt(ctx, l.DB.Reader(), end.Scope, pos)
		if err != nil {
			return err
		}
		if err := send(stream.Batch{Events: l.sealed(events), Cursor: l.Seal(end.Scope, pos, hash)}); err != nil {
			return err
		}
	}
	return nil
}

// upTo returns the next page of a scope behind pos and not beyond end; none where all that was there has gone to another one.
func (l *Ledger) upTo(ctx context.Context, end stream.Cursor, pos uint64) ([]stream.Stored, error) {
	events, err := timeline.After(ctx, l.DB.Reader(), end.Scope, pos, int(min(pageEvents, end.Pos-pos)))
	return slices.DeleteFunc(events, func(e stream.Stored) bool { return e.ScopePos > end.Pos }), err
}

// Whole returns a page without the command at its end, which may go on in the next one: who gave it
// would see a part of it in place of it. A command that fills the page alone is cut.
func Whole(page []stream.Stored) []stream.Stored {
	last := page[len(page)-1].Command
	for i, p := range slices.Backward(page) {
		if p.Command != last {
			return page[:i+1]
		}
	}
	return page
}

// leap sends, for every stream that moved in the gap, its head and its newest events. Only the last
// batch carries the end's cursor and names the gap, so that a reader that is cut off leaps again.
func (l *Ledger) leap(ctx context.Context, g stream.Gap, end stream.Cursor, send func(stream.Batch) error) error {
	moved, err := timeline.Moved(ctx, l.DB.Reader(), g)
	if err != nil {
		return err
	}
	hash, _, err := hashAt(ctx, l.DB.Reader(), g.Scope, g.Low)
	if err != nil {
		return err
	}
	slices.SortStableFunc(moved, setUpFirst)
	start := l.Seal(g.Scope, g.Low, hash)
	b := stream.Batch{Cursor: start}
	for _, m := range moved {
		e, err := l.fold(ctx, l.DB.Reader(), m.Stream, m.Kind)
		if err != nil {
			return err
		}
		if e.scope != g.Scope { // it has gone to another one since
			continue
		}
		state, err := wire.EncodeState(e.state)
		if err != nil {
			return fmt.Errorf("encode head of %s: %w", m.Stream, err)
		}
		newest, err := l.newest(ctx, m, e.seq, g)
		if err != nil {
			return err
		}
		b.Heads = append(b.Heads, stream.Head{Stream: m.Stream, Kind: m.Kind, Scope: g.Scope, Seq: e.seq, Version: wire.FoldVersion, State: state})
		b.Events = append(b.Events, l.sealed(newest)...)
		if len(b.Events) < pageEvents {
			continue
		}
		if err := send(b); err != nil {
			return err
		}
		b = stream.Batch{Cursor: start}
	}
	b.Cursor, b.Gap = end, &g
	return send(b)
}

// setUpFirst puts the set-up before everything else: which incidents were withdrawn has to be known before what is said of them
// since.
func setUpFirst(a, b stream.Head) int {
	if (a.Kind == id.KindWorkspace) == (b.Kind == id.KindWorkspace) {
		return 0
	}
	if a.Kind == id.KindWorkspace {
		return -1
	}
	return 1
}

// newest returns the newest events of a stream that moved in a gap; all that are in it of the set-up: a client that never hears that
// an incident was withdrawn keeps it for ever.
func (l *Ledger) newest(ctx context.Context, m stream.Head, seq uint64, g stream.Gap) ([]stream.Stored, error) {
	if m.Kind != id.KindWorkspace {
		return timeline.Before(ctx, l.DB.Reader(), m.Stream, seq+1, newestFew)
	}
	all, err := timeline.Since(ctx, l.DB.Reader(), m.Stream, 0)
	return slices.DeleteFunc(all, func(e stream.Stored) bool { return e.ScopePos <= g.Low || e.ScopePos > g.High }), err
}

// Backfill returns at most limit earlier events of one stream, newest first. A stream that p may not
// see gets the same answer as one that does not exist.
func (l *Ledger) Backfill(ctx context.Context, p id.Person, s id.Stream, before uint64, limit int) ([]stream.Stored, error) {
	events, err := timeline.Before(ctx, l.DB.Reader(), s, before, min(max(limit, 1), maxBackfill))
	if err != nil {
		return nil, err
	}
	if len(events) == 0 { // what may not be seen takes as long
		if err := l.settle(ctx); err != nil {
			return nil, err
		}
	}
	part, err := l.shown(ctx, p, Part{Events: events})
	if err != nil {
		return nil, err
	}
	if len(part.Events) == 0 && before > 1 {
		return nil, noSuchStream()
	}
	return l.sealed(part.Events), nil
}

// Incident returns an incident as it stands, whoever may see it: it is for the server's own parts.
func (l *Ledger) Incident(ctx context.Context, in id.Incident) (incident.Incident, error) {
	e, err := l.fold(ctx, l.DB.Reader(), id.Stream(in), id.KindIncident)
	if err != nil {
		return incident.Incident{}, err
	}
	state, _ := e.state.(incident.Incident)
	if !state.Exists() {
		return state, noSuchStream()
	}
	return state, nil
}

func noSuchStream() error { return fault.New(fault.NotFound, "There is no such stream.") }

func noSuchScope() error { return fault.New(fault.NotFound, "There is no such scope.") }

// Sight returns those of some people who may see an incident now. Where none of them may, the answer is the same as
// for an incident that does not exist.
func (l *Ledger) Sight(ctx context.Context, in id.Incident, people ...id.Person) ([]id.Person, error) {
	newest, err := timeline.Before(ctx, l.DB.Reader(), id.Stream(in), math.MaxInt64, 1)
	if err != nil {
		return nil, err
	}
	if len(newest) == 0 || newest[0].Scope != id.Everyone() {
		if err := l.settle(ctx); err != nil {
			return nil, err
		}
	}
	var may []id.Person
	now := l.sight.Load()
	for _, p := range people {
		if len(newest) > 0 && newest[0].Kind == id.KindIncident && now.shows(p, newest[0].Scope, newest[0].Stream) {
			may = append(may, p)
		}
	}
	if len(may) == 0 {
		return nil, noSuchStream()
	}
	return may, nil
}

// Fill sends the events of a scope in the gap, newest first, with how far down it came.
func (l *Ledger) Fill(ctx context.Context, p id.Person, g stream.Gap, send func(Part) error) error {
	may, err := l.May(ctx, p, g.Scope)
	if err != nil {
		return err
	}
	if !may {
		return noSuchScope()
	}
	for {
		events, err := timeline.Within(ctx, l.DB.Reader(), g, pageEvents)
		if err != nil {
			return err
		}
		low := g.Low
		if len(events) == pageEvents {
			low = events[len(events)-1].ScopePos - 1
		}
		part, err := l.unbroken(ctx, p, Part{Events: l.sealed(events), Low: low, Cursors: []stream.Cursor{{Scope: g.Scope}}})
		if fault.Is(err, fault.Resume) {
			return noSuchScope()
		}
		if err != nil {
			return err
		}
		part.Cursors = nil // of a bootstrap
		if err := send(part); err != nil {
			return err
		}
		if part.Low <= g.Low {
			return nil
		}
		g.High = part.Low + 1
	}
}

// Census counts the incidents and the events that everybody may see.
func (l *Ledger) Census(ctx context.Context) (incidents int, events uint64, err error) {
	return timeline.Census(ctx, l.DB.Reader())
}
