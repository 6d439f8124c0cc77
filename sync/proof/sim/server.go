package sim

import (
	"log/slog"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
)

// server is the nodes of one log.
type server struct {
	w       *world
	log     *log
	backups []*log
	nodes   []*node
}

// mostNodes is how many nodes a log is served by at most. Some runs have one.
const mostNodes = 3

func newServer(w *world) *server {
	s := &server{w: w, log: newLog(w, makeID[id.Epoch](w))}
	s.log.twin = &twin{log: newLog(w, s.log.epoch)}
	for i := range 1 + w.random.IntN(mostNodes) {
		s.nodes = append(s.nodes, &node{server: s, w: w, name: string(rune('A' + i)), version: w.random.IntN(latest + 1)})
	}
	w.lines = []*log{s.log}
	s.start(true)
	return s
}

// start starts the nodes that are down: all, or those that come back just now.
func (s *server) start(all bool) {
	for _, n := range s.nodes {
		if n.decider == nil && (all || len(s.nodes) == 1 || s.w.random.IntN(3) == 0) {
			n.start()
		}
	}
}

// anyone returns some node.
func (s *server) anyone() *node { return s.nodes[s.w.random.IntN(len(s.nodes))] }

// keep makes a backup.
func (s *server) keep() {
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
	for _, n := range s.nodes {
		n.crash()
	}
	back := s.backups[s.w.random.IntN(len(s.backups))].backup()
	s.backups = nil // numbers are skipped once: whoever restores an older one later gives them twice
	back.line = len(s.w.lines)
	s.w.lines = append(s.w.lines, back)
	if s.w.forked = byHand; byHand {
		s.w.doubtful[back.epoch] = true
	} else {
		back.live(makeID[id.Epoch](s.w))
		s.w.count(Restored)
	}
	s.w.say("server: goes back from %d to %d, as log %d, by hand: %t", s.log.seq, back.seq, back.line, byHand)
	s.log = back
	s.start(true)
}

// live gives the log another life.
func (l *log) live(fresh id.Epoch) {
	l.epoch = fresh
	l.number += ledger.Skipped
	if l.twin == nil {
		return
	}
	l.twin.log.live(fresh)
	if l.twin.decider != nil {
		l.twin.decider.BeginEpoch(fresh)
	}
}

// beginEpoch ends a life of the log that turned out to be forked, as the real server does, where no other node has.
func (n *node) beginEpoch(forked id.Epoch) {
	n.look()
	s := n.server
	if s.log.epoch != forked {
		return
	}
	s.w.say("node %s: the log is forked", n.name)
	s.w.forked, s.backups = false, nil
	s.log.live(makeID[id.Epoch](s.w))
	n.decider.BeginEpoch(s.log.epoch)
	n.sendBack(func(*tail) bool { return true })
}

// quiet is where what servers log goes.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
