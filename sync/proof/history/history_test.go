package history_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// patience is how long an order is looked for; none of these takes a hundredth of it.
const patience = 20 * time.Second

// script writes a history by hand: every line is a second.
type script struct {
	*history.History
	room id.Stream
	at   time.Duration
	made byte
	all  []incident.Event // what the log says, in order
	by   []id.Command
}

func newScript() *script { return &script{History: history.New(), room: id.Stream{9}} }

func (s *script) tick() time.Duration {
	s.at += time.Second
	return s.at
}

func person(client int) id.Person { return id.Person{byte(client + 1)} }

// sent gives and sends a command and returns its name.
func (s *script) sent(client int, wish incident.Command) id.Command {
	s.made++
	c := id.Command{15: s.made}
	s.Give(history.Command{ID: c, Client: client, By: person(client), Target: s.room, Wish: wish})
	s.Send(c, s.tick())
	return c
}

func (s *script) answered(c id.Command, kind stream.OutcomeKind, seq uint64) {
	s.Answer(c, s.tick(), stream.Outcome{Kind: kind, Seq: seq})
}

// done gives a command that is answered at once.
func (s *script) done(client int, wish incident.Command, kind stream.OutcomeKind, seq uint64) id.Command {
	c := s.sent(client, wish)
	s.answered(c, kind, seq)
	return c
}

// happened notes what the log says next of a command.
func (s *script) happened(c id.Command, events ...incident.Event) {
	for _, e := range events {
		s.all, s.by = append(s.all, e), append(s.by, c)
	}
}

// seen lets a reader see all that happened.
func (s *script) seen(reader string) { s.sees(reader, id.Person{}) }

// seenBy is seen by a client's person, who may not see everything.
func (s *script) seenBy(client int) { s.sees(fmt.Sprint("client ", client), person(client)) }

func (s *script) sees(reader string, who id.Person) {
	at := s.tick()
	for i, e := range s.all {
		s.See(history.Sight{Reader: reader, Person: who, At: at, Event: stream.Recorded{
			Envelope: id.Envelope{Stream: s.room, StreamSeq: uint64(i) + 1, Command: s.by[i]}, Event: e,
		}})
	}
}

// declared is a room that client 0 declared, at severity 2.
func declared() *script {
	s := newScript()
	c := s.done(0, incident.Declare{Title: "Checkout fails", Severity: 2}, stream.Accepted, 1)
	s.happened(c, incident.Declared{Number: 7, Title: "Checkout fails", Severity: 2})
	return s
}

func words(n byte) incident.Write {
	return incident.Write{Entry: id.Entry{15: n}, Text: fmt.Sprint("words ", n)}
}

func written(n byte) incident.Written {
	return incident.Written{Entry: id.Entry{15: n}, Text: fmt.Sprint("words ", n)}
}

func to(level workspace.Level, base uint64) incident.ChangeSeverity {
	return incident.ChangeSeverity{To: level, Base: incident.Base{Seq: base}}
}

// plain are histories of which everything was heard.
func plain() map[string]func(*script) {
	return map[string]func(*script){
		"nothing more": func(*script) {},
		"words, seen by two": func(s *script) {
			c := s.done(0, words(1), stream.Accepted, 2)
			s.happened(c, written(1))
			s.seen("a")
			s.seen("b")
		},
		"who writes first joins": func(s *script) {
			c := s.done(1, words(1), stream.Accepted, 3)
			s.happened(c, incident.Joined{}, written(1))
			s.seen("a")
		},
		"two at once, in the other order than they were sent": func(s *script) {
			one, other := s.sent(0, words(1)), s.sent(1, words(2))
			s.answered(one, stream.Accepted, 4)
			s.answered(other, stream.Accepted, 3)
			s.happened(other, incident.Joined{}, written(2))
			s.happened(one, written(1))
			s.seen("a")
		},
	}
}

// unheard are histories of answers that were cut off, and of conflicts.
func unheard() map[string]func(*script) {
	return map[string]func(*script){
		"an answer was cut off, and the command happened": func(s *script) {
			cut := s.sent(0, words(1))
			s.done(0, words(2), stream.Accepted, 3)
			s.happened(cut, written(1))
			s.seen("a")
		},
		"an answer was cut off, and the command never happened": func(s *script) {
			s.sent(1, words(1))
			s.done(0, words(2), stream.Accepted, 2)
		},
		"it was sent again and answered late": func(s *script) {
			cut := s.sent(1, words(1))
			s.done(0, words(2), stream.Accepted, 2)
			s.Send(cut, s.tick())
			s.answered(cut, stream.Accepted, 4)
			s.answered(cut, stream.Accepted, 4)
		},
		"a conflict": func(s *script) {
			s.done(0, to(1, 1), stream.Accepted, 2)
			s.done(1, to(3, 1), stream.Conflict, 3)
			s.done(1, to(3, 3), stream.Accepted, 4)
		},
		"a conflict of two that were on their way at once": func(s *script) {
			one, other := s.sent(0, to(1, 1)), s.sent(1, to(3, 1))
			s.answered(one, stream.Conflict, 3)
			s.answered(other, stream.Accepted, 2)
		},
		"on one's own earlier change": func(s *script) {
			own := s.sent(0, to(1, 1))
			next := s.sent(0, incident.ChangeSeverity{To: 3, Base: incident.Base{Seq: 1, After: own}})
			s.answered(own, stream.Accepted, 2)
			s.answered(next, stream.Accepted, 3)
		},
	}
}

// seenAsItIs are histories that somebody looks at.
func seenAsItIs() map[string]func(*script) {
	return map[string]func(*script){
		"what is so already": func(s *script) {
			s.done(0, to(1, 1), stream.Accepted, 2)
			s.done(1, to(1, 1), stream.Accepted, 2)
		},
		"roles are fields of their own": func(s *script) {
			s.done(0, incident.AssignRole{Role: workspace.IMOC, Person: person(1), Base: incident.Base{Seq: 1}}, stream.Accepted, 2)
			s.done(1, incident.AssignRole{Role: workspace.Owner, Person: person(1), Base: incident.Base{Seq: 1}}, stream.Accepted, 3)
			s.done(0, incident.AssignRole{Role: workspace.IMOC, Person: person(0), Base: incident.Base{Seq: 1}}, stream.Conflict, 4)
		},
		"a copy shows what was": func(s *script) {
			s.done(0, words(1), stream.Accepted, 2)
			s.done(0, words(2), stream.Accepted, 3)
			s.read("a", -1, 1, 2, 0)
			s.read("a", -1, 2, 2, 1)
		},
		"declared twice": func(s *script) { s.done(1, incident.Declare{Title: "Again"}, stream.Rejected, 0) },
		"a part of a command's effects": func(s *script) {
			c := s.done(1, words(1), stream.Accepted, 3)
			s.See(history.Sight{Reader: "a", At: s.tick(), Event: stream.Recorded{
				Envelope: id.Envelope{Stream: s.room, StreamSeq: 3, Command: c}, Event: written(1),
			}})
		},
		"words that were erased since": func(s *script) {
			c := s.done(0, words(1), stream.Accepted, 2)
			erase := s.done(0, incident.Erase{Entry: id.Entry{15: 1}}, stream.Accepted, 3)
			s.happened(c, incident.Written{Entry: id.Entry{15: 1}, Was: id.Content{1}})
			s.happened(erase, incident.Erased{Entry: id.Entry{15: 1}})
			s.seen("a")
		},
	}
}

// Each of these could have been seen of a ledger that does one thing after the other.
func TestWhatCanBeIsTaken(t *testing.T) {
	t.Parallel()
	all := map[string]func(*script){}
	for _, list := range []map[string]func(*script){plain(), unheard(), seenAsItIs(), hidden()} {
		maps.Copy(all, list)
	}
	for name, write := range all {
		s := declared()
		write(s)
		if r := s.Check(patience); !r.Good() || r.Incidents != 1 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// read lets a reader see a state of the room, with no more in it than a severity and a number of entries.
func (s *script) read(reader string, from time.Duration, seq uint64, severity workspace.Level, entries uint64) {
	mark := incident.Mark{Seq: 1, Command: id.Command{15: 1}}
	at := s.tick()
	if from >= 0 {
		from = at
	}
	s.Read(history.Head{Reader: reader, From: from, Until: s.tick(), State: incident.Incident{
		ID: id.Incident(s.room), Seq: seq, Title: "Checkout fails", Severity: severity, Entries: entries,
		Responders: []incident.Responder{{Person: person(0)}}, SeverityMark: mark, StatusMark: mark,
	}})
}

// doubledAndLost are the traces of commands that happened twice or not at all.
func doubledAndLost() map[string]func(*script) {
	return map[string]func(*script){
		"a doubled command, seen": func(s *script) {
			c := s.done(0, words(1), stream.Accepted, 2)
			s.happened(c, written(1), written(1))
			s.seen("a")
		},
		"a doubled command, behind another": func(s *script) {
			c := s.done(0, words(1), stream.Accepted, 2)
			other := s.done(0, words(2), stream.Accepted, 3)
			s.happened(c, written(1))
			s.happened(other, written(2))
			s.happened(c, written(1))
			s.seen("a")
		},
		"a doubled command, by the numbers alone": func(s *script) {
			s.done(0, words(1), stream.Accepted, 2)
			s.done(0, words(2), stream.Accepted, 4)
		},
		"a command of which no answer was heard, doubled": func(s *script) {
			s.sent(0, words(1))
			s.done(0, words(2), stream.Accepted, 4)
		},
		"an acknowledged command that is lost, by the next one's number": func(s *script) {
			s.done(0, words(1), stream.Accepted, 2)
			s.done(0, words(2), stream.Accepted, 2)
		},
		"an acknowledged command that is lost, and then somebody reads": func(s *script) {
			s.done(0, words(1), stream.Accepted, 2)
			s.read("server", 0, 1, 2, 0)
		},
	}
}

// outOfStep are the traces of bases that were not looked at, and of effects in another order.
func outOfStep() map[string]func(*script) {
	return map[string]func(*script){
		"a stale base that was accepted": func(s *script) {
			s.done(0, to(1, 1), stream.Accepted, 2)
			s.done(1, to(3, 1), stream.Accepted, 3)
		},
		"a stale base that was accepted, of two at once": func(s *script) {
			one, other := s.sent(0, to(1, 1)), s.sent(1, to(3, 1))
			s.answered(one, stream.Accepted, 2)
			s.answered(other, stream.Accepted, 3)
		},
		"a conflict about what nobody moved": func(s *script) { s.done(1, to(3, 1), stream.Conflict, 2) },
		"a conflict with oneself": func(s *script) {
			own := s.done(0, to(1, 1), stream.Accepted, 2)
			s.done(0, incident.ChangeSeverity{To: 3, Base: incident.Base{Seq: 1, After: own}}, stream.Conflict, 3)
		},
		"a role that was taken on a stale base": func(s *script) {
			s.done(0, incident.AssignRole{Role: workspace.IMOC, Person: person(1), Base: incident.Base{Seq: 1}}, stream.Accepted, 2)
			s.done(1, incident.AssignRole{Role: workspace.IMOC, Person: person(0), Base: incident.Base{Seq: 1}}, stream.Accepted, 3)
		},
		"one client's effects, turned round": func(s *script) {
			first, second := s.sent(0, words(1)), s.sent(0, words(2))
			s.answered(first, stream.Accepted, 3)
			s.answered(second, stream.Accepted, 2)
		},
		"one client's effects, turned round, seen alone": func(s *script) {
			first, second := s.sent(0, words(1)), s.sent(0, words(2))
			s.happened(second, written(2))
			s.happened(first, written(1))
			s.seen("a")
		},
	}
}

// seenWrongly are histories in which somebody was shown what never was.
func seenWrongly() map[string]func(*script) {
	return map[string]func(*script){
		"what was sent after an answer comes before it": func(s *script) {
			s.done(0, words(1), stream.Accepted, 4)
			s.done(1, words(2), stream.Accepted, 3)
		},
		"a hole in the numbers": func(s *script) {
			c := s.done(0, words(1), stream.Accepted, 3)
			s.See(history.Sight{Reader: "a", At: s.tick(), Event: stream.Recorded{
				Envelope: id.Envelope{Stream: s.room, StreamSeq: 3, Command: c}, Event: written(1),
			}})
		},
		"other words than were written": func(s *script) {
			c := s.done(0, words(1), stream.Accepted, 2)
			s.happened(c, incident.Written{Entry: id.Entry{15: 1}, Text: "other words"})
			s.seen("a")
		},
		"the effects of a command apart": func(s *script) {
			c, other := s.sent(1, words(1)), s.sent(0, words(2))
			s.happened(c, incident.Joined{})
			s.happened(other, written(2))
			s.happened(c, written(1))
			s.seen("a")
		},
		"an event before its command was sent": func(s *script) {
			at := s.tick()
			c := s.done(0, words(1), stream.Accepted, 2)
			s.See(history.Sight{Reader: "a", At: at, Event: stream.Recorded{
				Envelope: id.Envelope{Stream: s.room, StreamSeq: 2, Command: c}, Event: written(1),
			}})
		},
		"an event of nobody's": func(s *script) {
			s.happened(id.Command{15: 200}, written(1))
			s.seen("a")
		},
		"two answers to one command": func(s *script) {
			c := s.done(0, words(1), stream.Accepted, 2)
			s.answered(c, stream.Rejected, 0)
		},
		"a refusal of what must be taken": func(s *script) { s.done(0, words(1), stream.Rejected, 0) },
		"a copy that goes back": func(s *script) {
			s.done(0, words(1), stream.Accepted, 2)
			s.read("a", -1, 2, 2, 1)
			s.read("a", -1, 1, 2, 0)
		},
		"a state that never was": func(s *script) {
			s.done(0, words(1), stream.Accepted, 2)
			s.read("a", -1, 2, 1, 1)
		},
		"two readers who see two orders": func(s *script) {
			one, other := s.sent(0, words(1)), s.sent(1, words(2))
			first := *s
			s.happened(one, written(1))
			s.happened(other, incident.Joined{}, written(2))
			s.seen("a")
			s.all, s.by = first.all, first.by
			s.happened(other, incident.Joined{}, written(2))
			s.happened(one, written(1))
			s.seen("b")
		},
	}
}

// None of these can be seen of a ledger, and each is the trace of a mistake that one could make.
func TestWhatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	all := map[string]func(*script){}
	for _, list := range []map[string]func(*script){doubledAndLost(), outOfStep(), seenWrongly(), pried()} {
		maps.Copy(all, list)
	}
	for name, write := range all {
		s := declared()
		write(s)
		if r := s.Check(patience); r.Good() {
			t.Errorf("%s was taken", name)
		} else {
			t.Logf("%s:\n%s", name, r.Refused[0])
		}
	}
}

// A merge reaches into another incident, whose numbers move with it.
func TestWhatFollowsFromAMergeIsPartOfTheOther(t *testing.T) {
	t.Parallel()
	of := func(absorbed uint64) history.Report {
		s := declared()
		other := s.room
		s.room = id.Stream{8}
		s.done(1, incident.Declare{Title: "Again"}, stream.Accepted, 1)
		s.done(1, incident.Merge{Into: id.Incident(other), Base: incident.Base{Seq: 1}}, stream.Accepted, 2)
		s.room = other
		s.done(0, words(1), stream.Accepted, 1+absorbed+1)
		return s.Check(patience)
	}
	if r := of(1); !r.Good() {
		t.Errorf("%+v", r)
	}
	if r := of(2); r.Good() {
		t.Error("a merge was noted twice by the other, and that was taken")
	}
}

// A history of which nobody can say whether it could be is not one that could.
func TestWhoLosesPatienceRefuses(t *testing.T) {
	t.Parallel()
	s := declared()
	for n := range byte(40) { // their orders are more than anybody can go through, and none is right
		s.sent(int(n), words(n+1))
	}
	s.done(100, words(100), stream.Accepted, 1000)
	r := s.Check(50 * time.Millisecond)
	if r.Good() || !strings.Contains(r.Refused[0].Why, "within 50ms") {
		t.Errorf("%+v", r)
	}
}
