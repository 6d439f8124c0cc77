package sim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
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

// log is a server's file. A restored one is another log, that begins with what the backup had.
type log struct {
	w        *world
	line     int // which log this is, counted over the run
	epoch    id.Epoch
	seq      uint64
	number   uint32
	rows     []*row
	scopes   map[id.Scope][]*row
	streams  map[id.Stream]*history
	causes   map[id.Command][]*row
	answers  map[id.Command]stream.Outcome
	accounts map[id.Client]account
}

type row struct {
	timeline.Row
	event stream.Event
}

// history is one stream, with all states that it went through.
type history struct {
	kind   id.Kind
	scope  id.Scope
	rows   []*row
	states []stream.State // behind each row
	bytes  [][]byte       // of the states, where they were asked for
}

type account struct {
	person     id.Person
	generation []byte
	lastMid    uint64
}

func newLog(w *world) *log {
	return &log{
		w: w, epoch: makeID[id.Epoch](w), scopes: map[id.Scope][]*row{}, streams: map[id.Stream]*history{},
		causes: map[id.Command][]*row{}, answers: map[id.Command]stream.Outcome{}, accounts: map[id.Client]account{},
	}
}

// backup returns a copy of the log as it stands.
func (l *log) backup() *log {
	b := *l
	b.rows = slices.Clip(l.rows)
	b.scopes, b.causes = clipped(l.scopes), clipped(l.causes)
	b.answers, b.accounts = maps.Clone(l.answers), maps.Clone(l.accounts)
	b.streams = map[id.Stream]*history{}
	for s, h := range l.streams {
		own := *h
		own.rows, own.states, own.bytes = slices.Clip(h.rows), slices.Clip(h.states), slices.Clone(h.bytes)
		b.streams[s] = &own
	}
	return &b
}

func clipped[K comparable, V any](m map[K][]V) map[K][]V {
	out := make(map[K][]V, len(m))
	for k, v := range m {
		out[k] = slices.Clip(v)
	}
	return out
}

// seal returns the sealed cursor of a position. The seal tells logs apart for the checks; the server does not look at
// that, as the real one does not.
func (l *log) seal(scope id.Scope, pos uint64) stream.Cursor {
	c := stream.Cursor{Scope: scope, Pos: pos, Epoch: l.epoch, Seal: binary.BigEndian.AppendUint64(nil, uint64(l.line)+1)}
	if pos > 0 {
		c.Hash = l.scopes[scope][pos-1].Hash
	}
	return c
}

// Own reports whether a cursor is one of this log's present life.
func (l *log) Own(c stream.Cursor) bool { return len(c.Seal) > 0 && c.Epoch == l.epoch }

// Knows reports whether the log has at a cursor's position what it had when it gave the cursor.
func (l *log) Knows(_ context.Context, c stream.Cursor) (bool, error) {
	rows := l.scopes[c.Scope]
	return c.Pos > 0 && c.Pos <= uint64(len(rows)) && bytes.Equal(rows[c.Pos-1].Hash, c.Hash), nil
}

// scopesOf returns what somebody may see; no incident is private here.
func scopesOf(p id.Person) []id.Scope { return []id.Scope{id.Everyone(), id.Own(p)} }

// state returns what a stream's first seq events fold to.
func (l *log) state(s id.Stream, seq uint64) stream.State {
	h := l.streams[s]
	if h == nil || seq == 0 || seq > uint64(len(h.states)) {
		return nil
	}
	return h.states[seq-1]
}

// encoded returns the bytes of a state.
func (l *log) encoded(s id.Stream, seq uint64) []byte {
	h := l.streams[s]
	if h == nil || seq == 0 || seq > uint64(len(h.states)) {
		return nil
	}
	for len(h.bytes) < len(h.states) {
		h.bytes = append(h.bytes, nil)
	}
	if h.bytes[seq-1] == nil {
		h.bytes[seq-1] = encode(h.states[seq-1])
	}
	return h.bytes[seq-1]
}

func encode(s stream.State) []byte {
	raw, err := wire.EncodeState(s)
	if err != nil {
		return []byte(err.Error())
	}
	return raw
}

// head returns a stream's head as it stands.
func (l *log) head(s id.Stream) stream.Head {
	h := l.streams[s]
	seq := uint64(len(h.rows))
	return stream.Head{Stream: s, Kind: h.kind, Scope: h.scope, Seq: seq, Version: wire.FoldVersion, State: l.encoded(s, seq)}
}

// name tells logs apart, but for their times.
func (l *log) name() string {
	sum := sha256.New()
	for _, r := range l.rows {
		fmt.Fprintf(sum, "%s %s %d %d %x\n", r.Command, r.Stream, r.StreamSeq, r.ScopePos, r.Payload) //nolint:errcheck // a hash takes everything
	}
	return fmt.Sprintf("%x", sum.Sum(nil)[:8])
}

// txn is one transaction on a log, see ledger.Book.
type txn struct {
	log      *log
	accounts map[id.Client]account
}

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
	out, ok := t.log.answers[c]
	return out, ok, nil
}

func (t *txn) Folded(_ context.Context, s id.Stream, kind id.Kind) (*ledger.Folded, error) {
	h := t.log.streams[s]
	if h == nil {
		return ledger.NewFolded(kind, id.Scope{}, stream.Zero(kind), 0), nil
	}
	seq := uint64(len(h.rows))
	return ledger.NewFolded(h.kind, h.scope, h.states[seq-1], seq), nil
}

func (t *txn) Placed(_ context.Context, s id.Stream) ([]timeline.Row, error) {
	var out []timeline.Row
	if h := t.log.streams[s]; h != nil {
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
	for _, r := range c.Rows {
		l.w.checkRow(l, r)
		l.append(r)
	}
	for scope, end := range c.Ends {
		if n := len(l.scopes[scope]); end.Pos != uint64(n) || n > 0 && !bytes.Equal(end.Hash, l.scopes[scope][n-1].Hash) {
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
	if l.seq != uint64(len(l.rows)) {
		l.w.fail(4, "the counter says %d, and there are %d events", l.seq, len(l.rows))
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

// append takes one event into the log.
func (l *log) append(from timeline.Row) {
	r := &row{Row: from}
	var err error
	if r.event, err = wire.DecodeEvent(from.Kind, from.Payload); err != nil {
		l.w.fail(15, "event %d of %s cannot be read: %v", from.StreamSeq, from.Stream, err)
	}
	l.w.decoded[&from.Payload[0]] = r.event
	if _, ok := r.event.(incident.Merged); ok {
		l.w.count(Merged)
	}
	h := l.streams[from.Stream]
	if h == nil {
		h = &history{kind: from.Kind, scope: from.Scope}
		l.streams[from.Stream] = h
	}
	before := stream.Zero(from.Kind)
	if n := len(h.states); n > 0 {
		before = h.states[n-1]
	}
	h.rows, h.states = append(h.rows, r), append(h.states, stream.Apply(before, from.Envelope, r.event))
	l.rows = append(l.rows, r)
	l.scopes[from.Scope] = append(l.scopes[from.Scope], r)
	l.causes[from.Command] = append(l.causes[from.Command], r)
}
