package crash

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// lately is how many of the last answered pushes are repeated after a crash; the answers to all are looked for.
const lately = 3

// split returns the rounds that were answered before the at-th change, and the one that was under way.
func (s *server) split(at int) (answered []round, under round) {
	for i, r := range s.rounds {
		if r.at > at {
			return s.rounds[:i], r
		}
	}
	return s.rounds, round{}
}

func (s *server) judge(ctx context.Context, dir string, d *disk.Disk, at int) (opened int, f findings) {
	h, err := openHouse(ctx, d, dir)
	if err != nil {
		f.spoil("it cannot be opened: %v", err)
		return 0, f
	}
	opened = d.Len()
	answered, under := s.split(at)
	for _, r := range answered {
		if !r.erased.IsZero() {
			gone(&f, dir, r.erased)
		}
	}
	s.compare(ctx, h.db.Read, &f, answered, under)
	s.repeat(ctx, h, &f, answered, under)
	if before, err := choreStates(ctx, h.db.Read); err != nil {
		f.spoil("%v", err)
	} else {
		worked(ctx, &f, h, before)
	}
	if err := h.close(); err != nil {
		f.blame("close: %v", err)
	}
	if err := intact(ctx, filepath.Join(dir, file)); err != nil {
		f.spoil("%v", err)
	}
	return opened, f
}

// compare looks for everything that was answered.
func (s *server) compare(ctx context.Context, db *sql.DB, f *findings, answered []round, under round) {
	log, err := readLog(ctx, db)
	if err != nil {
		f.spoil("%v", err)
		return
	}
	counted(ctx, f, db, log, chained(f, log))
	if states, err := choreStates(ctx, db); err != nil {
		f.spoil("%v", err)
	} else {
		tasked(f, states, log, answered, under)
	}
	stored := 0
	if len(answered) > 0 {
		stored = answered[len(answered)-1].seq
	}
	if len(log) < stored {
		f.lose("%d of %d events are left", len(log), stored)
	}
	for i := range min(len(log), stored) {
		f.compared++
		if !bytes.Equal(log[i].hash, s.live[i].hash) || log[i].command != s.live[i].command {
			f.lose("event %d is another", i+1)
			break
		}
	}
	for _, r := range answered {
		for i, p := range r.pushes {
			f.compared += len(p.Submissions)
			kept(ctx, f, db, p, r.answers[i])
		}
	}
}

// kept looks for the answers to a push.
func kept(ctx context.Context, f *findings, db *sql.DB, p ledger.Push, answers ledger.Result) {
	for i, want := range answers.Outcomes {
		var have []byte
		err := db.QueryRowContext(ctx, "SELECT body FROM outcome WHERE command = ?", p.Submissions[i].ID.Bytes()).Scan(&have)
		if err != nil || !bytes.Equal(have, wire.EncodeOutcome(want)) {
			f.lose("the answer to command %d of %s is gone or another, %v", want.Mid, p.Client.Short(), err)
		}
	}
	var last uint64
	err := db.QueryRowContext(ctx, "SELECT last_mid FROM client WHERE id = ?", p.Client.Bytes()).Scan(&last)
	if err != nil || last < answers.LastMid {
		f.lose("client %s stands at %d, and had come to %d, %v", p.Client.Short(), last, answers.LastMid, err)
	}
}

// repeat has clients push again what was answered lately and what was under way, twice: each command is carried out once.
func (s *server) repeat(ctx context.Context, h *house, f *findings, answered []round, under round) {
	before, _ := readLog(ctx, h.db.Read)
	for _, r := range answered[max(0, len(answered)-lately):] {
		for i, p := range r.pushes {
			s.same(ctx, h, f, p, &r.answers[i])
		}
	}
	if after, _ := readLog(ctx, h.db.Read); len(after) != len(before) {
		f.blame("repeats of what was answered made %d events", len(after)-len(before))
	}
	for _, p := range under.pushes {
		first := s.same(ctx, h, f, p, nil)
		s.same(ctx, h, f, p, first)
	}
	for range 2 {
		for _, job := range under.jobs {
			_, err := h.Do(ctx, func(context.Context, *sql.Tx) (id.Actor, []stream.Submission, error) {
				return id.Actor{}, []stream.Submission{job}, nil
			})
			if err != nil {
				f.blame("a job cannot be done again: %v", err)
			}
		}
	}
	log, err := readLog(ctx, h.db.Read)
	if err != nil {
		f.spoil("%v", err)
		return
	}
	counted(ctx, f, h.db.Read, log, chained(f, log))
	once(f, log, under)
}

// same pushes again; with a wanted answer, that one must come.
func (s *server) same(ctx context.Context, h *house, f *findings, p ledger.Push, want *ledger.Result) *ledger.Result {
	for _, c := range s.clients { // the client was started again too
		if c.push.Client == p.Client {
			p.Generation, p.Former = []byte("after the crash"), c.generations
		}
	}
	got, err := h.Push(ctx, p)
	if err != nil {
		f.blame("a repeat fails: %v", err)
		return want
	}
	if len(got.Outcomes) != len(p.Submissions) {
		f.lose("%d of %d commands of %s are answered", len(got.Outcomes), len(p.Submissions), p.Client.Short())
		return want
	}
	for i, o := range got.Outcomes {
		if !o.Kind.Final() {
			f.lose("command %d of %s gets no final answer: %+v", o.Mid, p.Client.Short(), o)
		}
		if want != nil && !bytes.Equal(wire.EncodeOutcome(o), wire.EncodeOutcome(want.Outcomes[i])) {
			f.lose("command %d of %s gets another answer", o.Mid, p.Client.Short())
		}
	}
	return &got
}

// once notes streams in which a command that was under way is carried out twice: its events must stand together.
func once(f *findings, log []logged, under round) {
	for _, p := range under.pushes {
		for _, sub := range p.Submissions {
			last, runs := -2, 0
			for i, e := range log {
				if e.command != string(sub.ID[:]) {
					continue
				}
				if i != last+1 {
					runs++
				}
				last = i
			}
			if runs > 1 {
				f.blame("command %d of %s happened %d times", sub.Mid, p.Client.Short(), runs)
			}
		}
	}
}

// gone notes files in which the words of an erased entry are.
func gone(f *findings, dir string, e id.Entry) {
	for _, name := range []string{file, file + "-wal"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			f.blame("%v", err)
		}
		if bytes.Contains(raw, []byte(mark(e))) {
			f.blame("%s holds words that were erased", name)
		}
	}
}
