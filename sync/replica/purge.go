package replica

import (
	"context"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// OnPurge has beside called before an incident is purged, and again where a purge was cut off. It removes what is kept beside this
// replica of the incident, and returns the files that are kept for others. It may read the replica. Call OnPurge
// before anything else.
func (r *Replica) OnPurge(beside func(context.Context, id.Incident) (kept []id.Content, err error)) {
	r.beside = beside
}

// Expect notes which incidents a tail that begins now has to bring, or may not be seen any more, see protocol.Outbox. Call it before every
// tail, behind the bootstrap.
func (r *Replica) Expect(ctx context.Context) error {
	defer r.alone()()
	if r.closed {
		return damaged(nil)
	}
	overdue, err := r.own.Overdue(ctx, func(in id.Incident) bool { _, known := r.private[in]; return known })
	if err != nil {
		return fmt.Errorf("look for what has not come: %w", err)
	}
	for _, in := range overdue {
		if err := r.suspect(ctx, in, r.life); err != nil {
			return err
		}
	}
	return nil
}

// Left reports whether an incident was purged here since the replica was opened, and is not here again: nothing of it is to be kept.
func (r *Replica) Left(in id.Incident) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.left[in]
}

// Sees takes over which private scopes the server says that this device's person may see, all of them, as of what Apply has taken over.
// Every other is purged, and so is what was taken out of everybody's scope and has not come in one of these: its
// events, its files, its words in the index, and the commands to it. What a purge that was cut off has left is
// taken out by the next call.
func (r *Replica) Sees(ctx context.Context, scopes []id.Scope) error {
	gone, err := r.unseen(ctx, scopes)
	if err != nil {
		return fmt.Errorf("read what may not be seen any more: %w", err)
	}
	for _, in := range gone {
		if err := r.purge(ctx, in); err != nil {
			return fmt.Errorf("purge an incident: %w", err)
		}
	}
	return nil
}

// unseen returns the incidents that are to be purged.
func (r *Replica) unseen(ctx context.Context, scopes []id.Scope) (gone []id.Incident, err error) {
	defer r.alone()()
	if r.closed {
		return nil, damaged(nil)
	}
	defer r.notice(&err)
	for in, life := range r.private {
		s := id.Stream(in)
		at, err := scanPlace(s, r.db.Read.QueryRowContext(ctx, selectPlace, s[:]))
		if err != nil {
			return nil, err
		}
		switch protocol.FateOf(at, slices.Contains(scopes, id.Private(in)), life, r.life) {
		case protocol.Stays:
			err = r.suspect(ctx, in, r.life)
		case protocol.Public:
			err = r.clear(ctx, in)
		case protocol.Goes:
			r.left[in] = true
			gone = append(gone, in)
		case protocol.Waits:
		}
		if err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// suspect notes, durably, that not everybody may see an incident of which something may be here.
func (r *Replica) suspect(ctx context.Context, in id.Incident, life id.Epoch) error {
	if have, known := r.private[in]; known && (have == life || life.IsZero()) {
		return nil
	}
	if err := r.outbox.suspect(ctx, in, life); err != nil {
		return err
	}
	r.private[in] = life
	return nil
}

// clear notes that nothing is here any more that not everybody may see of an incident.
func (r *Replica) clear(ctx context.Context, in id.Incident) error {
	if err := r.outbox.clear(ctx, in); err != nil {
		return err
	}
	delete(r.private, in)
	return nil
}

// purge takes an incident out of everything on this device. Which incident it is, is forgotten last: wherever it is cut off,
// it begins again.
func (r *Replica) purge(ctx context.Context, in id.Incident) error {
	var kept []id.Content
	if r.beside != nil {
		var err error
		if kept, err = r.beside(ctx, in); err != nil {
			return err
		}
	}
	defer r.alone()()
	if _, still := r.private[in]; !still {
		return nil
	}
	defer r.watch.notify()
	target := id.Stream(in)
	if err := r.dropPurged(ctx, target, kept); err != nil {
		return err
	}
	if err := r.own.Forsake(ctx, target); err != nil {
		return err
	}
	r.forget(func(u Upload) bool { return u.target == target })
	if err := r.change(ctx, func(u *update) error { return u.purge(ctx, in) }); err != nil {
		return err
	}
	r.log.Forget()
	return r.clear(ctx, in)
}

// dropPurged removes the files of an incident, but for those that are kept elsewhere on this device.
func (r *Replica) dropPurged(ctx context.Context, target id.Stream, kept []id.Content) error {
	files, err := r.outbox.contents(ctx, `SELECT hash FROM attachment WHERE target = ?`, target[:])
	if err != nil {
		return err
	}
	events, err := timeline.Since(ctx, r.db.Read, target, 0)
	if err != nil {
		return sqlite.Fault(err)
	}
	for _, e := range events {
		for _, a := range filesIn(e.Payload) {
			files = append(files, a.Content)
		}
	}
	for c, w := range r.wants {
		if w.in == target {
			files = append(files, c)
		}
	}
	others, err := r.outbox.contents(ctx, `SELECT hash FROM attachment WHERE target <> ?`, target[:])
	if err != nil {
		return err
	}
	kept = append(others, kept...)
	for _, c := range files {
		delete(r.wants, c)
		if slices.Contains(kept, c) {
			continue
		}
		if err := r.files.Drop(c); err != nil {
			return fmt.Errorf("drop attachment %s: %w", c, err)
		}
	}
	return r.files.Settle() // what tells which files they were is removed next
}

// purge drops all that the copy has of an incident. That its file has to be written anew is noted also where there was nothing: it
// may have been dropped before, with everything else.
func (u *update) purge(ctx context.Context, in id.Incident) error {
	s, scope := id.Stream(in), id.Private(in)
	if err := u.unindex(ctx, s); err != nil {
		return err
	}
	key, err := u.streamKey(ctx, s)
	if err != nil {
		return err
	}
	was, err := u.subject(ctx, key)
	if err != nil {
		return err
	}
	if was.key != 0 {
		if err := u.subjectText(ctx, was, true); err != nil {
			return err
		}
	}
	for _, table := range []string{"subject", "revised", "erased", "board", "history", "event"} {
		if _, err := u.tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE stream = ?", key); err != nil {
			return fmt.Errorf("purge %s: %w", table, err)
		}
	}
	for _, statement := range []string{
		`DELETE FROM stream WHERE id = ?`, `DELETE FROM withdrawn WHERE stream = ?`, `DELETE FROM gap WHERE scope = ?`, `DELETE FROM scope WHERE id = ?`,
	} {
		if _, err := u.tx.ExecContext(ctx, statement, scope[:]); err != nil { // its id is the scope's
			return fmt.Errorf("purge %s: %w", s, err)
		}
	}
	u.states[s], u.moved[s], u.erased = incident.Incident{}, id.Scope{}, true
	if err := u.tagAgain(ctx); err != nil {
		return err
	}
	return sqlite.Erasing(ctx, u.tx)
}

// tagAgain makes the list of known tags anew: nothing else tells where one came from.
func (u *update) tagAgain(ctx context.Context) error {
	if _, err := u.tx.ExecContext(ctx, `DELETE FROM tag`); err != nil {
		return fmt.Errorf("empty tag: %w", err)
	}
	known := map[string]bool{}
	err := eachIncident(ctx, u.tx, func(_ stream.Head, i incident.Incident) error {
		for _, tag := range i.Tags {
			known[tag] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for tag := range known {
		if _, err := u.tx.ExecContext(ctx, `INSERT INTO tag (name) VALUES (?)`, tag); err != nil {
			return fmt.Errorf("project tags: %w", err)
		}
	}
	return nil
}

// eachIncident calls visit with every incident that is here, as it is confirmed.
func eachIncident(ctx context.Context, q timeline.Querier, visit func(stream.Head, incident.Incident) error) error {
	scopes, err := scopesOf(ctx, q)
	if err != nil {
		return err
	}
	return timeline.Heads(ctx, q, []id.Kind{id.KindIncident}, scopes, func(h stream.Head) error {
		state, err := wire.DecodeState(h)
		if err != nil {
			return fmt.Errorf("read head of %s: %w", h.Stream, err)
		}
		i, is := state.(incident.Incident)
		if !is {
			return nil
		}
		return visit(h, i)
	})
}

// scopesOf returns the scopes of which something is here.
func scopesOf(ctx context.Context, q timeline.Querier) ([]id.Scope, error) {
	cursors, err := timeline.Cursors(ctx, q)
	if err != nil {
		return nil, err
	}
	out := []id.Scope{id.Everyone()}
	for _, c := range cursors {
		if c.Scope != id.Everyone() {
			out = append(out, c.Scope)
		}
	}
	return out, nil
}

// seenByAll returns the incidents that lie in everybody's scope.
func seenByAll(ctx context.Context, q timeline.Querier) ([]id.Stream, error) {
	everyone := id.Everyone()
	rows, err := q.QueryContext(ctx, `SELECT id FROM stream WHERE kind = ? AND scope = (SELECT key FROM scope WHERE id = ?)`,
		int64(id.KindIncident), everyone[:])
	if err != nil {
		return nil, fmt.Errorf("read streams: %w", err)
	}
	return scanStreams(rows)
}

// missing notes which of the incidents that everybody saw before a bootstrap did not come with it. In one life of the log no incident
// ends: they were taken out of everybody's scope, and what is left of them here is to be purged.
func (u *update) missing(ctx context.Context, former []id.Stream, life id.Epoch) error {
	if len(u.r.private) > 0 { // one of them may not have come again, and what was dropped is to be on no page
		u.erased = true
		if err := sqlite.Erasing(ctx, u.tx); err != nil {
			return err
		}
	}
	if len(former) == 0 || life != u.life {
		return nil
	}
	rows, err := u.tx.QueryContext(ctx, `SELECT id FROM stream WHERE kind = ?`, int64(id.KindIncident))
	if err != nil {
		return fmt.Errorf("read streams: %w", err)
	}
	all, err := scanStreams(rows)
	if err != nil {
		return err
	}
	here := make(map[id.Stream]bool, len(all))
	for _, s := range all {
		here[s] = true
	}
	for _, s := range former {
		if here[s] {
			continue
		}
		if err := u.r.suspect(ctx, id.Incident(s), life); err != nil {
			return err
		}
	}
	return nil
}

// relocate has what is on its way of moved incidents begin again in their new scope.
func (r *Replica) relocate(moved map[id.Stream]id.Scope) {
	if len(moved) == 0 {
		return
	}
	r.rewritten++
	for c, w := range r.wants {
		to, yes := moved[w.in]
		switch {
		case !yes:
		case to.IsZero():
			delete(r.wants, c)
		default:
			w.Scope, w.gone, w.arrived = to, false, 0
		}
	}
	r.WantAgain()
}
