package sim

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// errTwice is what a log returns for a command that has its answer already.
var errTwice = errors.New("this command was answered before")

// txn is one transaction on a log, see ledger.Book.
type txn struct {
	*log
	accounts map[id.Client]account
}

func (l *log) begin() *txn { return &txn{log: l, accounts: map[id.Client]account{}} }

func (t *txn) Account(_ context.Context, c id.Client) (*ledger.Account, error) {
	a, ok := t.accounts[c]
	if !ok {
		a, ok = t.log.accounts[c]
	}
	if !ok {
		return nil, nil //nolint:nilnil // nothing is known, and that is no error
	}
	return ledger.NewAccount(a.person, a.generation, a.lastMid), nil
}

func (t *txn) OpenAccount(_ context.Context, c id.Client, person id.Person, generation []byte) (*ledger.Account, error) {
	t.accounts[c] = account{person: person, generation: generation}
	return ledger.NewAccount(person, generation, 0), nil
}

func (t *txn) Regenerate(_ context.Context, c id.Client, _ *ledger.Account, generation []byte) error {
	a, ok := t.accounts[c]
	if !ok {
		a = t.log.accounts[c]
	}
	a.generation = generation
	t.accounts[c] = a
	return nil
}

func (t *txn) Answered(_ context.Context, c id.Command) (stream.Outcome, bool, error) {
	out, ok := t.answers[c]
	return out, ok, nil
}

func (t *txn) Placed(_ context.Context, s id.Stream) ([]timeline.Row, error) {
	var out []timeline.Row
	if h := t.streams[s]; h != nil {
		for _, r := range h.rows {
			out = append(out, r.Row)
		}
	}
	return out, nil
}

// commit stores a change, all or nothing. It returns errTwice, and stores nothing, where an answer is there already.
func (t *txn) commit(c ledger.Change) error {
	l := t.log
	if l.twice(c.Answers) {
		return errTwice
	}
	l.uproot(c)
	before, since := l.seq, len(l.happened)
	for _, fresh := range placesOf(c, before) {
		l.put(fresh, before)
	}
	l.inOrder(c, since)
	l.checkMoved(c)
	l.checkNumbers(c)
	l.erase(c.Rows)
	for scope, end := range c.Ends {
		if n := l.end(scope); end.Pos != n || n > 0 && !bytes.Equal(end.Hash, l.scopes[scope][n-1].hash()) {
			l.w.fail(4, "scope %s ends at %d, and its cursor at %d", scope, n, end.Pos)
		}
	}
	for _, a := range c.Answers {
		l.answers[a.Command] = a.Outcome
	}
	maps.Copy(l.accounts, t.accounts)
	for client, mid := range c.Mids {
		a := l.accounts[client]
		a.lastMid = mid
		l.accounts[client] = a
	}
	l.seq, l.number = c.Seq, c.Number
	if l.seq != uint64(len(l.places)) {
		l.w.fail(4, "the counter says %d, and there are %d events and places that others have left", l.seq, len(l.places))
	}
	return nil
}

// twice reports whether a command would be answered twice.
func (l *log) twice(answers []ledger.Answer) bool {
	fresh := map[id.Command]bool{}
	for _, a := range answers {
		if _, ok := l.answers[a.Command]; ok || fresh[a.Command] {
			return true
		}
		fresh[a.Command] = true
	}
	return false
}

// uproot takes the events of streams that move out of their places, and leaves tombstones there.
func (l *log) uproot(c ledger.Change) {
	if len(c.Moved) == 0 {
		return
	}
	l.places = slices.Clone(l.places) // backups share it
	for _, left := range c.Tombstones {
		if left.Seq > l.seq {
			continue
		}
		r := l.places[left.Seq-1].row
		if r == nil || r.Stream != left.Stream || r.StreamSeq != left.StreamSeq || r.Scope != left.Scope || r.ScopePos != left.ScopePos ||
			!bytes.Equal(r.Hash, left.Hash) {
			l.w.fail(4, "a tombstone of event %d of %s says that it was at %d", left.StreamSeq, left.Stream.Short(), left.Seq)
			return
		}
		own := left
		l.places[left.Seq-1] = place{left: &own}
		l.scopes[left.Scope] = slices.Clone(l.scopes[left.Scope])
		l.scopes[left.Scope][left.ScopePos-1] = place{left: &own}
	}
	for _, s := range c.Moved {
		if h := l.streams[s]; h != nil {
			for _, r := range h.rows {
				if l.places[r.Seq-1].row != nil {
					l.w.fail(4, "event %d of %s moves, and leaves nothing", r.StreamSeq, s.Short())
				}
			}
			h.former, h.rows = h.rows, nil
		}
	}
}

// placesOf returns what a change puts behind a number, in order.
func placesOf(c ledger.Change, before uint64) []place {
	var out []place
	for _, r := range c.Rows {
		out = append(out, place{row: &row{Row: r}})
	}
	for _, left := range c.Tombstones {
		if left.Seq > before { // of an event of this very change
			out = append(out, place{left: &left})
		}
	}
	slices.SortFunc(out, func(a, b place) int { return cmp.Compare(a.number(), b.number()) })
	return out
}

func (p place) number() uint64 {
	if p.left != nil {
		return p.left.Seq
	}
	return p.row.Seq
}

func (p place) where() (id.Scope, uint64) {
	if p.left != nil {
		return p.left.Scope, p.left.ScopePos
	}
	return p.row.Scope, p.row.ScopePos
}

// put takes one place into the log.
func (l *log) put(p place, before uint64) {
	scope, pos := p.where()
	if p.number() != uint64(len(l.places))+1 || pos != l.end(scope)+1 {
		l.w.fail(4, "number %d and place %d come behind %d and %d", p.number(), pos, len(l.places), l.end(scope))
	}
	l.places = append(l.places, p)
	l.scopes[scope] = append(l.scopes[scope], p)
	if p.row != nil {
		l.append(p.row, before)
	}
}

// append takes one event into its stream.
func (l *log) append(r *row, before uint64) {
	h := l.streams[r.Stream]
	if h == nil {
		h = &history{kind: r.Kind, scope: r.Scope}
		l.streams[r.Stream] = h
	}
	l.checkRow(h, r)
	h.scope, h.rows = r.Scope, append(h.rows, r)
	var known bool
	if r.event, known = l.w.decoded[&r.Payload[0]]; !known {
		var err error
		if r.event, err = wire.DecodeEvent(r.Kind, r.Payload); err != nil {
			l.w.fail(15, "event %d of %s cannot be read: %v", r.StreamSeq, r.Stream, err)
		}
		l.w.decoded[&r.Payload[0]] = r.event
	}
	if r.StreamSeq <= uint64(len(h.states)) {
		return // it was moved
	}
	was := stream.Zero(r.Kind)
	if n := len(h.states); n > 0 {
		was = h.states[n-1]
	}
	l.checkFresh(r, was, before)
	h.states = append(h.states, stream.Apply(was, r.Envelope, r.event))
	e := effect{stream: r.Stream, kind: r.Kind, seq: r.StreamSeq, command: r.Command, behind: before}
	l.happened, l.causes[r.Command] = append(l.happened, e), append(l.causes[r.Command], e)
	if l.twin != nil {
		l.w.reached(r.event)
	}
}

// inOrder brings what has happened in a commit into the order in which it was decided: what was moved in the same commit has places
// behind what came later.
func (l *log) inOrder(c ledger.Change, since int) {
	decided := map[id.Command]int{}
	for i, a := range c.Answers {
		decided[a.Command] = i + 1
	}
	slices.SortStableFunc(l.happened[since:], func(a, b effect) int { return cmp.Compare(decided[a.command], decided[b.command]) })
}

// reached counts what an event shows to have been reached.
func (w *world) reached(e stream.Event) {
	switch e := e.(type) {
	case incident.Merged:
		w.count(Merged)
	case incident.Declared:
		if e.Private {
			w.count(Private)
		}
	case incident.Concealed:
		w.count(Concealed)
	case incident.Revealed:
		w.count(Revealed)
	case incident.Admitted:
		w.count(Grant)
	case incident.Excluded:
		w.count(Revoke)
	case incident.Erased:
		w.count(Erased)
	}
}

// erase takes the words of entries out of what is stored, where some events say so.
func (l *log) erase(rows []timeline.Row) {
	for _, r := range rows {
		erased, ok := l.w.decoded[&r.Payload[0]].(incident.Erased)
		if !ok {
			continue
		}
		h := l.streams[r.Stream]
		l.places, l.scopes[h.scope], h.rows = slices.Clone(l.places), slices.Clone(l.scopes[h.scope]), slices.Clone(h.rows) // backups share them
		for i, old := range h.rows {
			blank, holds, err := wire.Blanked(old.Payload, erased.Entry)
			if err != nil || !holds {
				continue
			}
			own := *old
			own.Payload = blank
			own.event, _ = wire.DecodeEvent(own.Kind, blank)
			l.w.decoded[&blank[0]] = own.event
			h.rows[i], l.places[own.Seq-1], l.scopes[h.scope][own.ScopePos-1] = &own, place{row: &own}, place{row: &own}
		}
	}
}
