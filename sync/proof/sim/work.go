package sim

import (
	"slices"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// request is a push that has come.
type request struct {
	client *client
	who    protocol.Identity
	push   ledger.Push
	answer func(outcomes []stream.Outcome)
}

// unreadable is what is said of a command of a later version, whatever it is to.
const unreadable = "This version does not know the command."

// read returns a push as this version of the server reads it.
func (n *node) read(p ledger.Push) ledger.Push {
	p.Submissions = slices.Clone(p.Submissions)
	p.Faults = map[int]error{}
	for i, sub := range p.Submissions {
		if since(sub.Command) > n.version {
			p.Faults[i] = fault.New(fault.Invalid, unreadable)
			n.w.count(Unread)
		}
		if c, ok := sub.Command.(incident.Write); ok && c.Text == stumbling {
			p.Submissions[i].Command = bomb{c}
		}
	}
	return p
}

// failure is how a commit goes wrong.
type failure int

// The failures; most commits meet none of them.
const (
	well    failure = iota
	before          // the power fails before it
	between         // the power fails between it and the answer
	unheard         // it is stored, and the node does not hear of it
)

func (n *node) failure() failure {
	if n.w.calm {
		return well
	}
	if f := failure(n.w.random.IntN(60)); f <= unheard {
		return f
	}
	return well
}

// work decides and stores all pushes that wait, in one commit, once it has taken in what others have committed, and answers them.
func (n *node) work() {
	if n.decider == nil || len(n.inbox) == 0 {
		return
	}
	group := n.inbox
	n.inbox = nil
	if len(group) > 1 {
		n.w.count(Grouped)
	}
	n.look()
	fails := n.failure()
	ruling, err := n.decide(group, false)
	if err != nil {
		n.w.fail(1, "a command was answered twice: %v", err)
		return
	}
	if fails == before {
		n.crash()
		return
	}
	n.checkHidden(ruling)
	if err := ruling.txn.commit(ruling.change); err != nil {
		n.w.fail(1, "a command was answered twice: %v", err)
		return
	}
	n.server.log.twin.follow(n.w, ruling)
	n.w.say("node %s: commits %d events up to %d, %d answers", n.name, len(ruling.change.Rows), ruling.change.Seq, len(ruling.change.Answers))
	switch fails {
	case between:
		n.killed(ruling)
	case unheard:
		n.w.count(NotHeard)
	default:
		n.settle(ruling)
	}
}

// killed ends a node that has stored something and not answered it.
func (n *node) killed(r ruling) {
	if len(r.change.Answers) > 0 {
		n.w.count(Between)
	}
	if len(r.change.Answers) > 0 && len(n.server.nodes) > 1 {
		n.w.count(NodeKilled)
	}
	n.crash()
}

// settle remembers what was stored, hands it on and answers.
func (n *node) settle(r ruling) {
	back := n.decider.Remember(r.Ruling)
	n.taken = r.change.Seq
	n.checkTurned(r.since, back)
	n.tell(r.change.Rows, back)
	for i, req := range r.group {
		n.checkAnswer(req, r.results[i])
		outcomes := slices.Clone(r.results[i].Outcomes)
		for k := range outcomes {
			outcomes[k].Epoch = n.decider.Epoch()
		}
		req.answer(outcomes)
	}
}

// ruling is what was decided of some pushes, and the transaction that it waits in.
type ruling struct {
	*ledger.Ruling
	txn     *txn
	since   int // so many events had happened before
	group   []*request
	read    []ledger.Push // as the node's version reads them
	results []ledger.Result
	change  ledger.Change
}

// decide decides a group, once more and carefully where one of its commands came before under another number.
func (n *node) decide(group []*request, careful bool) (ruling, error) {
	t := n.server.log.begin()
	r := ruling{Ruling: n.decider.Begin(t, n.w.now, careful), txn: t, since: len(t.happened), group: group}
	for _, req := range group {
		push := n.read(req.push)
		result, err := r.Push(n.w.ctx, &push)
		if err != nil {
			return r, err
		}
		r.read, r.results = append(r.read, push), append(r.results, result)
	}
	r.change = r.Change()
	if n.server.log.twice(r.change.Answers) {
		if careful {
			return r, errTwice
		}
		return n.decide(group, true)
	}
	return r, nil
}
