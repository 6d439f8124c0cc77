package replica

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Setup returns the workspace as it is shown: as it is known here, with one's own changes of terms and people that are on
// their way.
func (r *Replica) Setup() workspace.Setup {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.shownSetup()
}

// shownSetup is Setup for callers that hold the lock. A command that the rules would now refuse shows nothing: the server
// will refuse it too, and then its author is asked.
func (r *Replica) shownSetup() workspace.Setup {
	moved, given := map[id.Stream]stream.State{}, incident.Given{Setup: r.setup}
	for _, p := range r.own.Waiting(r.life) {
		kind := p.Command.Stream()
		if kind != id.KindPerson && kind != id.KindWorkspace {
			continue
		}
		known := r.confirmed(p.Target, kind)
		if p.Accepted() && stream.Seq(known) >= p.Outcome.Seq {
			continue
		}
		if before, ok := moved[p.Target]; ok {
			known = before
		}
		events, err := stream.Decide(known, given, p.Command, r.actor())
		if err != nil {
			continue
		}
		for _, e := range events {
			at := id.Envelope{Stream: p.Target, Kind: kind, StreamSeq: stream.Seq(known) + 1, Actor: r.actor(), Occurred: p.Written.Wall}
			known = stream.Apply(known, at, e)
			moved[p.Target] = known
		}
	}
	shown := r.setup
	for _, s := range moved {
		shown = stream.SetUp(shown, s)
	}
	return shown
}

// confirmed returns the confirmed state of a person or of the terms.
func (r *Replica) confirmed(s id.Stream, kind id.Kind) stream.State {
	if kind == id.KindWorkspace {
		return r.terms
	}
	return r.setup.People[id.Person(s)]
}

// actor returns whose device this is, or nobody before it is enrolled.
func (r *Replica) actor() id.Actor {
	if r.device == nil {
		return id.Actor{}
	}
	return r.device.Actor
}

// Incident returns what is shown of an incident: confirmed and pending folded together. An unknown
// one has Seq 0.
func (r *Replica) Incident(ctx context.Context, i id.Incident) (state incident.Incident, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return incident.Incident{}, err
	}
	defer v.close()
	_, shown, err := v.Fold(ctx, id.Stream(i), id.KindIncident)
	state, _ = shown.(incident.Incident)
	return state, err
}

// Board returns the burning incidents, and the newest of the others, at most lately of them. Both
// are newest first and as they are shown. Test pages are not among them.
func (r *Replica) Board(ctx context.Context, lately int) (burning, others []incident.Incident, err error) {
	return r.board(ctx, lately, func(s incident.Incident) bool { return s.Kind != incident.TestPage })
}

// Ringing returns all in which somebody may be paged now: the burning incidents, and the test pages that run.
func (r *Replica) Ringing(ctx context.Context) ([]incident.Incident, error) {
	burning, _, err := r.board(ctx, 0, func(incident.Incident) bool { return true })
	return burning, err
}

// TestPage returns the newest test page of whoever looks, looking among the newest lately that are over too. One that there is not has
// Seq 0.
func (r *Replica) TestPage(ctx context.Context, lately int) (incident.Incident, error) {
	running, over, err := r.board(ctx, lately, func(s incident.Incident) bool { return s.Kind == incident.TestPage })
	if all := append(running, over...); len(all) > 0 {
		newestFirst(all)
		return all[0], err
	}
	return incident.Incident{}, err
}

// board is Board for those that are wanted.
func (r *Replica) board(ctx context.Context, lately int, wanted func(incident.Incident) bool) (burning, others []incident.Incident, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer v.close()
	known := map[id.Stream]bool{}
	for _, part := range []struct{ burning, limit int }{{1, -1}, {0, lately}} {
		heads, err := v.heads(ctx, part.burning, part.limit)
		if err != nil {
			return nil, nil, err
		}
		for _, h := range heads {
			known[h.Stream] = true
			if err := v.sort(ctx, h, wanted, &burning, &others); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, p := range v.pending {
		if p.Command.Stream() == id.KindIncident && !known[p.Target] {
			known[p.Target] = true
			h, err := timeline.LoadHead(ctx, v.tx, p.Target, id.KindIncident)
			if err != nil {
				return nil, nil, sqlite.Fault(err)
			}
			if err := v.sort(ctx, h, wanted, &burning, &others); err != nil {
				return nil, nil, err
			}
		}
	}
	newestFirst(burning)
	newestFirst(others)
	return burning, others, nil
}

// sort puts what is shown of an incident where it belongs.
func (v *view) sort(ctx context.Context, h stream.Head, wanted func(incident.Incident) bool, burning, others *[]incident.Incident) error {
	canonical, err := wire.DecodeState(h)
	if err != nil {
		return fmt.Errorf("read head of %s: %w", h.Stream, err)
	}
	shown, _, err := v.On(ctx, h.Stream, canonical)
	if err != nil {
		return err
	}
	state, _ := shown.(incident.Incident)
	switch {
	case !state.Exists() || !wanted(state):
	case state.Status.Burning():
		*burning = append(*burning, state)
	default:
		*others = append(*others, state)
	}
	return nil
}

func newestFirst(list []incident.Incident) {
	slices.SortStableFunc(list, func(a, b incident.Incident) int { return b.DeclaredAt.Compare(a.DeclaredAt) })
}

func (v *view) heads(ctx context.Context, burning, limit int) ([]stream.Head, error) {
	rows, err := v.tx.QueryContext(ctx, `SELECT t.id FROM board b JOIN stream t ON t.key = b.stream
	  WHERE b.burning = ? ORDER BY b.declared DESC LIMIT ?`, burning, limit)
	if err != nil {
		return nil, fmt.Errorf("read board: %w", sqlite.Fault(err))
	}
	streams, err := scanStreams(rows)
	if err != nil {
		return nil, err
	}
	out := make([]stream.Head, 0, len(streams))
	for _, s := range streams {
		h, err := timeline.LoadHead(ctx, v.tx, s, id.KindIncident)
		if err != nil {
			return nil, sqlite.Fault(err)
		}
		out = append(out, h)
	}
	return out, nil
}

func scanStreams(rows *sql.Rows) ([]id.Stream, error) {
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []id.Stream
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read streams: %w", err)
		}
		var s id.Stream
		copy(s[:], raw)
		out = append(out, s)
	}
	return out, sqlite.Fault(rows.Err())
}

// Line is one event of a timeline as it is shown.
type Line struct {
	stream.Recorded
	Pending bool // given on this device and not confirmed yet
}

// Timeline is the newest part of one incident's events, oldest first.
type Timeline struct {
	Incident  incident.Incident // as shown
	Confirmed incident.Incident // as the server has it
	Canonical uint64            // stream_seq of the last confirmed event
	Lines     []Line
	Earlier   bool   // there are earlier events
	Missing   bool   // the next earlier ones are not on this device yet
	Oldest    uint64 // stream_seq of the first confirmed line, or of what would follow the last
	Reading   uint64 // confirmed lines of two timelines with the same one are the same where their stream_seq is; never 0
}

// Timeline returns what is shown of an incident: limit confirmed events or, where they were read before, up to half as
// many again, without a hole, and all pending ones behind them. The lines belong to everybody who reads them.
func (r *Replica) Timeline(ctx context.Context, i id.Incident, limit int) (out Timeline, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return Timeline{}, err
	}
	defer v.close()
	target := id.Stream(i)
	h, err := timeline.LoadHead(ctx, v.tx, target, id.KindIncident)
	if err != nil {
		return Timeline{}, sqlite.Fault(err)
	}
	canonical, err := wire.DecodeState(h)
	if err != nil {
		return Timeline{}, fmt.Errorf("read head of %s: %w", i, err)
	}
	shown, pending, err := v.On(ctx, target, canonical)
	if err != nil {
		return Timeline{}, err
	}
	out.Canonical, out.Reading = h.Seq, v.rewritten+1
	out.Incident, _ = shown.(incident.Incident)
	out.Confirmed, _ = canonical.(incident.Incident)
	lines, err := r.recent.newest(ctx, v, h, limit)
	if err != nil {
		return Timeline{}, err
	}
	out.confirmed(h, lines, limit)
	for _, e := range pending {
		out.Lines = append(out.Lines, Line{Recorded: e, Pending: true})
	}
	return out, nil
}

// confirmed takes over the newest confirmed events down to the first hole.
func (out *Timeline) confirmed(h stream.Head, lines []Line, limit int) {
	out.Lines = slices.Clip(lines) // others read them too
	next := h.Seq
	if len(lines) > 0 {
		next = lines[0].StreamSeq - 1
	}
	out.Earlier = next > 0
	out.Missing = out.Earlier && len(lines) < limit
	if h.Seq > 0 {
		out.Oldest = next + 1
	}
}

// Tags returns at most limit known tags that begin with prefix.
func (r *Replica) Tags(ctx context.Context, prefix string, limit int) (out []string, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return nil, err
	}
	defer v.close()
	from := incident.NormalTag(prefix)
	rows, err := v.tx.QueryContext(ctx, `SELECT name FROM tag WHERE name >= ? AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?`,
		from, from, from, limit)
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var tag string
		if err := rows.Scan(&tag); err != nil {
			return nil, fmt.Errorf("read tags: %w", err)
		}
		out = append(out, tag)
	}
	return out, sqlite.Fault(rows.Err())
}

// Reader returns what is shown of the person's own reading marks and subscriptions.
func (r *Replica) Reader(ctx context.Context) (reader workspace.Reader, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return workspace.Reader{}, err
	}
	defer v.close()
	_, shown, err := v.Fold(ctx, id.Reader(v.Actor.Person), id.KindReader)
	reader, _ = shown.(workspace.Reader)
	return reader, err
}

// Unread returns how many events of each given incident the person has not seen on any device.
func (r *Replica) Unread(ctx context.Context, list []incident.Incident) (map[id.Incident]uint64, error) {
	reader, err := r.Reader(ctx)
	if err != nil {
		return nil, err
	}
	unread := map[id.Incident]uint64{}
	for _, i := range list {
		if read := reader.Read[i.ID]; i.Seq > read {
			unread[i.ID] = i.Seq - read
		}
	}
	return unread, nil
}

// Census counts the incidents and the events that are here and that everybody may see, and says
// whether any are missing.
func (r *Replica) Census(ctx context.Context) (incidents int, events uint64, complete bool, err error) {
	defer r.notice(&err)
	v, err := r.view(ctx)
	if err != nil {
		return 0, 0, false, err
	}
	defer v.close()
	if incidents, events, err = timeline.Census(ctx, v.tx); err != nil {
		return 0, 0, false, sqlite.Fault(err)
	}
	var gaps int
	if err := v.tx.QueryRowContext(ctx, `SELECT count(*) FROM gap`).Scan(&gaps); err != nil {
		return 0, 0, false, fmt.Errorf("count gaps: %w", sqlite.Fault(err))
	}
	return incidents, events, gaps == 0, nil
}

// readSetup folds the people and the terms that are known here.
func (r *Replica) readSetup(ctx context.Context) (workspace.Setup, error) {
	setup, people := workspace.Default(), []workspace.Person(nil)
	err := timeline.Heads(ctx, r.db.Read, []id.Kind{id.KindPerson, id.KindWorkspace}, []id.Scope{id.Everyone()}, func(h stream.Head) error {
		state, err := wire.DecodeState(h)
		switch s := state.(type) {
		case workspace.Person:
			if err == nil && s.Seq > 0 {
				people = append(people, s)
			}
		case workspace.Terms:
			setup, r.terms = setup.WithTerms(s), s
		}
		return err
	})
	if err != nil {
		return setup, fmt.Errorf("read people: %w", sqlite.Fault(err))
	}
	return setup.With(people...), nil
}
