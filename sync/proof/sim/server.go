package sim

import (
	"log/slog"
	"slices"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// server is the one server: a log, and what its process remembers.
type server struct {
	w       *world
	log     *log
	backups []*log
	version int

	decider *ledger.Decider // nil while it is down
	life    int             // counts starts
	inbox   []*request
	tails   []*tail
	retries map[id.Command]int // tries of a command that fails, in this life
}

// request is a push that has come.
type request struct {
	client *client
	who    protocol.Identity
	push   ledger.Push
	answer func(outcomes []stream.Outcome)
}

// start opens the log.
func (s *server) start() {
	ends := []stream.Cursor{}
	for _, scope := range s.w.scopes() {
		if n := len(s.log.scopes[scope]); n > 0 {
			ends = append(ends, s.log.seal(scope, uint64(n)))
		}
	}
	s.decider = ledger.NewDecider(slog.New(slog.DiscardHandler), ledger.Standing{
		Epoch: s.log.epoch, Seq: s.log.seq, Number: s.log.number, Ends: ends, Setup: s.w.setup,
	})
	s.life++
	s.retries = map[id.Command]int{}
	s.w.say("server: starts, log %d", s.log.line)
}

// crash loses everything that is not in the log.
func (s *server) crash() {
	s.decider, s.inbox = nil, nil
	for _, t := range s.tails {
		t.cut = true
	}
	s.tails = nil
	s.w.count(ServerCrashed)
	s.w.say("server: crashes")
}

// read returns a push as this version of the server reads it.
func (s *server) read(p ledger.Push) ledger.Push {
	p.Submissions = slices.Clone(p.Submissions)
	p.Faults = map[int]error{}
	for i, sub := range p.Submissions {
		if since(sub.Command) > s.version {
			p.Faults[i] = fault.New(fault.Invalid, "This version does not know the command.")
			s.w.count(Unread)
		}
		if c, ok := sub.Command.(incident.Write); ok && c.Text == stumbling {
			p.Submissions[i].Command = bomb{c}
		}
	}
	return p
}

// work decides and stores all pushes that wait, in one commit, and answers them. The power may fail before the commit, or
// between it and the answer.
func (s *server) work() {
	if s.decider == nil || len(s.inbox) == 0 {
		return
	}
	group := s.inbox
	s.inbox = nil
	if len(group) > 1 {
		s.w.count(Grouped)
	}
	fails := 0
	if !s.w.calm {
		fails = s.w.random.IntN(60)
	}
	ruling, change, results, err := s.decide(group, false)
	if err != nil {
		s.w.fail(1, "a command was answered twice: %v", err)
		return
	}
	if fails == 1 {
		s.crash()
		return
	}
	if err := ruling.txn.commit(change); err != nil {
		s.w.fail(1, "a command was answered twice: %v", err)
		return
	}
	s.w.say("server: commits %d events up to %d, %d answers", len(change.Rows), change.Seq, len(change.Answers))
	if fails == 2 {
		if len(change.Answers) > 0 {
			s.w.count(Between)
		}
		s.crash()
		return
	}
	s.decider.Remember(ruling.Ruling)
	s.publish(change.Rows)
	for i, r := range group {
		s.w.checkAnswer(s, r, results[i])
		for k := range results[i].Outcomes {
			results[i].Outcomes[k].Epoch = s.log.epoch
		}
		r.answer(results[i].Outcomes)
	}
}

// ruling is what was decided, and the transaction that it waits in.
type ruling struct {
	*ledger.Ruling
	txn *txn
}

// decide decides a group, once more and carefully where one of its commands came before under another number.
func (s *server) decide(group []*request, careful bool) (ruling, ledger.Change, []ledger.Result, error) {
	t := &txn{log: s.log, accounts: map[id.Client]account{}}
	r := s.decider.Begin(t, s.w.now, careful)
	results := make([]ledger.Result, len(group))
	for i, req := range group {
		push := s.read(req.push)
		var err error
		if results[i], err = r.Push(s.w.ctx, &push); err != nil {
			return ruling{}, ledger.Change{}, nil, err
		}
	}
	change := r.Change()
	if s.log.twice(change.Answers) {
		if careful {
			return ruling{}, change, nil, errTwice
		}
		return s.decide(group, true)
	}
	return ruling{r, t}, change, results, nil
}

// publish tells all who follow what was committed.
func (s *server) publish(rows []timeline.Row) {
	for _, scope := range s.w.scopes() {
		b := stream.Batch{}
		for _, r := range rows {
			if r.Scope == scope {
				b.Events = append(b.Events, r.Stored)
			}
		}
		if len(b.Events) == 0 {
			continue
		}
		b.Cursor = s.log.seal(scope, b.Events[len(b.Events)-1].ScopePos)
		for _, t := range s.tails {
			t.pass(b)
		}
	}
	s.tails = slices.DeleteFunc(s.tails, func(t *tail) bool { return t.cut || t.over })
}

// keep makes a backup.
func (s *server) keep() {
	if s.decider == nil {
		return
	}
	s.backups = append(s.backups, s.log.backup())
	s.w.say("server: a backup at %d", s.log.seq)
}

// restore puts a former state in place of the log. Done as it is meant to be, that begins a new epoch; with the file put
// back by hand, the log forks and nobody is told.
func (s *server) restore(byHand bool) {
	if len(s.backups) == 0 {
		return
	}
	s.w.spectator.judge(s.w)
	s.crash()
	back := s.backups[s.w.random.IntN(len(s.backups))].backup()
	s.backups = nil // numbers are skipped once: whoever restores an older one later gives them twice
	back.line = len(s.w.lines)
	s.w.lines = append(s.w.lines, back)
	if s.w.forked = byHand; byHand {
		s.w.doubtful[back.epoch] = true
	} else {
		back.epoch = makeID[id.Epoch](s.w)
		back.number += ledger.Skipped
		s.w.count(Restored)
	}
	s.w.say("server: goes back from %d to %d, as log %d, by hand: %t", s.log.seq, back.seq, back.line, byHand)
	s.log = back
	s.start()
}

// resume checks the cursors of somebody who wants to follow.
func (s *server) resume(p id.Person, cursors []stream.Cursor) (map[id.Scope]uint64, error) {
	from, err := ledger.Resume(s.w.ctx, s.log, scopesOf(p), cursors)
	if fault.Is(err, fault.Reset) {
		s.w.count(Reset)
	}
	if ledger.IsFork(err) {
		s.w.count(Fork)
		s.beginEpoch()
	}
	return from, err
}

// beginEpoch ends a life of the log that turned out to be forked, as the real server does.
func (s *server) beginEpoch() {
	s.w.say("server: the log is forked")
	s.w.forked, s.backups = false, nil
	s.log.epoch = makeID[id.Epoch](s.w)
	s.log.number += ledger.Skipped
	s.decider.BeginEpoch(s.log.epoch)
	for _, t := range s.tails {
		t.frames = append(t.frames, frame{ends: true, end: fault.Resume})
	}
	s.tails = nil
}
