package crash

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// server plays three clients that push to a ledger, jobs of its own, erasing, and restarts.
type server struct {
	*rand.Rand
	dir     string
	disk    *disk.Disk
	ledger  *house
	clients []*pusher
	shared  []id.Stream
	entries []written
	heavy   bool
	faults  *faults

	live   []logged // the log as it was in the end
	rounds []round
}

// pusher is one client: it numbers what it pushes.
type pusher struct {
	push        ledger.Push
	mid         uint64
	generations [][]byte
}

// written is an entry that may be erased.
type written struct {
	in    id.Stream
	entry id.Entry
}

// round is what was asked of the server at once, and what it answered.
type round struct {
	at     int // changes that the disk had seen when all was answered
	seq    int // events in the log then
	pushes []ledger.Push
	jobs   []stream.Submission
	// answers are those of the pushes.
	answers []ledger.Result
	erased  id.Entry // whose mark must be gone
	chores  bool     // tasks were carried out
	done    []task.ID
}

func newServer(r *rand.Rand, heavy bool, f *faults) *server {
	s := &server{Rand: r, heavy: heavy, faults: f}
	for range 3 {
		s.clients = append(s.clients, &pusher{push: ledger.Push{
			Client: id.New[id.Client](), Actor: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()},
			Now: still{}.Moment(), Faults: map[int]error{},
		}})
	}
	return s
}

func (s *server) stored() int {
	n := 0
	for _, r := range s.rounds {
		n += len(r.jobs)
		for _, a := range r.answers {
			n += len(a.Outcomes)
		}
	}
	return n
}

func (s *server) play(ctx context.Context, dir string, d *disk.Disk, steps int) error {
	s.dir, s.disk = dir, d
	for _, c := range s.clients {
		c.restart()
	}
	if err := s.do(ctx, &round{}, s.restart); err != nil {
		return err
	}
	for range steps {
		s.faults.maybe(d)
		r := &round{}
		if err := s.do(ctx, r, s.choose(r)); err != nil {
			return err
		}
	}
	r := &round{}
	if err := s.do(ctx, r, s.chore(r)); err != nil {
		return err
	}
	s.faults.end(d)
	var err error
	if s.live, err = readLog(ctx, s.ledger.db.Read); err != nil {
		return err
	}
	return s.ledger.close()
}

// do does a thing until the disk lets it, and notes the round as answered.
func (s *server) do(ctx context.Context, r *round, step func(context.Context) error) error {
	if _, err := s.faults.insist(ctx, s.disk, step); err != nil {
		return err
	}
	if err := s.ledger.db.Read.QueryRowContext(ctx, "SELECT seq FROM counter").Scan(&r.seq); err != nil {
		return fmt.Errorf("read the counter: %w", err)
	}
	if !r.erased.IsZero() && r.answers[0].Outcomes[0].Kind != stream.Accepted {
		r.erased = id.Entry{}
	}
	r.at = s.disk.Len()
	s.rounds = append(s.rounds, *r)
	return nil
}

// choose notes in r what is asked for, and returns what asks for it.
func (s *server) choose(r *round) func(context.Context) error {
	switch pick := s.IntN(100); {
	case pick < 55 || len(s.entries) == 0:
		return s.push(r, s.clients[s.IntN(len(s.clients))])
	case pick < 70:
		return s.push(r, s.clients...)
	case pick < 78:
		return s.job(r)
	case pick < 86 && !s.heavy: // it would empty the journal
		return s.erase(r)
	case pick < 88:
		return func(ctx context.Context) error { return s.ledger.Flush(ctx) }
	case pick < 92:
		return s.chore(r)
	case pick < 95:
		s.clients[s.IntN(len(s.clients))].restart()
		return func(context.Context) error { return nil }
	case s.heavy && pick < 99:
		return s.push(r, s.clients...)
	default:
		return s.restart
	}
}

func (s *server) restart(ctx context.Context) error {
	if s.ledger != nil {
		_ = s.ledger.close() // what it could not tidy up is what the next start is for
		s.ledger = nil
	}
	var err error
	s.ledger, err = openHouse(ctx, s.disk, s.dir)
	return err
}

// restart rotates a client's generation.
func (p *pusher) restart() {
	g := id.New[id.Command]()
	p.generations = append(p.generations, g[:])
}

// of returns the next push, with numbers and ids.
func (p *pusher) of(wishes ...wish) ledger.Push {
	out := p.push
	last := len(p.generations) - 1
	out.Generation, out.Former = p.generations[last], p.generations[:last]
	for _, w := range wishes {
		p.mid++
		out.Submissions = append(out.Submissions, w.submission(p.mid))
	}
	return out
}

// wish is a command and the stream that it is for.
type wish struct {
	target  id.Stream
	command stream.Command
}

func (w wish) submission(mid uint64) stream.Submission {
	return stream.Submission{Mid: mid, ID: id.New[id.Command](), Target: w.target, Written: still{}.Moment(), Command: w.command}
}

// push has clients push at once.
func (s *server) push(r *round, clients ...*pusher) func(context.Context) error {
	for _, c := range clients {
		var wishes []wish
		for range 1 + s.IntN(5) {
			wishes = append(wishes, s.anything(c.push.Actor))
		}
		r.pushes = append(r.pushes, c.of(wishes...))
	}
	return s.sends(r)
}

// sends returns what sends the pushes of a round. A command that is to be tried again is an error.
func (s *server) sends(r *round) func(context.Context) error {
	return func(ctx context.Context) error {
		var err error
		if r.answers, err = s.ledger.together(ctx, r.pushes...); err != nil {
			return err
		}
		for _, a := range r.answers {
			for _, o := range a.Outcomes {
				if !o.Kind.Final() {
					return o.Fault
				}
			}
		}
		return nil
	}
}

func (s *server) anything(by id.Actor) wish {
	if len(s.shared) < 2 || s.IntN(8) == 0 {
		s.shared = append(s.shared, id.New[id.Stream]())
		return wish{s.shared[len(s.shared)-1], incident.Declare{Title: "Checkout fails"}}
	}
	in := s.shared[s.IntN(len(s.shared))]
	switch s.IntN(8) {
	case 0:
		return wish{id.New[id.Stream](), incident.Write{Entry: id.New[id.Entry](), Text: "nowhere"}}
	case 1:
		return wish{in, incident.ChangeSeverity{To: workspace.Level(s.IntN(4)), Base: incident.Base{Seq: uint64(s.IntN(30))}}}
	case 2:
		return wish{id.Reader(by.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: uint64(s.IntN(100))}}
	default:
		e := written{in, id.New[id.Entry]()}
		s.entries = append(s.entries, e)
		text := strings.Repeat(mark(e.entry)+" ", 1+s.IntN(100))
		if s.heavy {
			text = mark(e.entry) + ballast
		}
		return wish{in, incident.Write{Entry: e.entry, Text: text}}
	}
}

// mark is in an entry, and nowhere else.
func mark(e id.Entry) string { return "hunter2-" + e.String() }

// job adds a person.
func (s *server) job(r *round) func(context.Context) error {
	p := id.New[id.Person]()
	one := wish{id.Stream(p), workspace.AddPerson{Person: p, Name: "Ann"}}.submission(0)
	r.jobs = []stream.Submission{one}
	return func(ctx context.Context) error {
		_, err := s.ledger.Do(ctx, func(context.Context, *sql.Tx) (id.Actor, []stream.Submission, error) {
			return id.Actor{}, []stream.Submission{one}, nil
		})
		return err
	}
}

// erase takes an entry's words out of everything.
func (s *server) erase(r *round) func(context.Context) error {
	i := s.IntN(len(s.entries))
	e := s.entries[i]
	s.entries = append(s.entries[:i:i], s.entries[i+1:]...)
	c := s.clients[s.IntN(len(s.clients))]
	r.pushes = []ledger.Push{c.of(wish{e.in, incident.Erase{Entry: e.entry, Reason: "a password"}})}
	r.erased = e.entry
	return s.sends(r)
}

// house is a ledger at work on a folder.
type house struct {
	*ledger.Ledger
	db    *database
	tasks *task.Store
	stop  func()
}

// openHouse opens a server's file on a disk, and its ledger.
func openHouse(ctx context.Context, d *disk.Disk, dir string) (*house, error) {
	db, err := openDatabase(ctx, d, filepath.Join(dir, file))
	if err != nil {
		return nil, err
	}
	tasks, err := task.Open(ctx, db, still{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	l, err := ledger.Open(ctx, ledger.Options{
		DB: db, Clock: still{}, Effects: effects{tasks}, SealKey: make([]byte, 32), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, errors.Join(err, tasks.Close(), db.Close())
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.Run(running)
	}()
	return &house{Ledger: l, db: db, tasks: tasks, stop: func() {
		cancel()
		<-ended
	}}, nil
}

func (h *house) close() error {
	h.stop()
	return errors.Join(h.Close(), h.tasks.Close(), h.db.Close())
}

// together pushes all at once and returns the answers in the same order. Where they are several, a job holds the writer
// until all have come, so that one commit serves them.
func (h *house) together(ctx context.Context, pushes ...ledger.Push) ([]ledger.Result, error) {
	out, failed := make([]ledger.Result, len(pushes)), make([]error, len(pushes)+1)
	if len(pushes) == 1 {
		var err error
		out[0], err = h.Push(ctx, pushes[0])
		return out, err
	}
	var coming, all sync.WaitGroup
	coming.Add(len(pushes))
	all.Go(func() {
		_, failed[len(pushes)] = h.Do(ctx, func(context.Context, *sql.Tx) (id.Actor, []stream.Submission, error) {
			coming.Wait()
			return id.Actor{}, nil, nil
		})
	})
	for i, p := range pushes {
		all.Go(func() {
			coming.Done()
			out[i], failed[i] = h.Push(ctx, p)
		})
	}
	all.Wait()
	return out, errors.Join(failed...)
}

// effects store a row and a task for every event, in the events' own transaction.
type effects struct{ tasks *task.Store }

// Store stores them.
func (x effects) Store(ctx context.Context, tx *sql.Tx, events []stream.Recorded) error {
	for _, e := range events {
		if _, err := tx.ExecContext(ctx, "INSERT INTO effect (stream, seq) VALUES (?, ?)", e.Stream[:], int64(e.StreamSeq)); err != nil {
			return fmt.Errorf("store an effect: %w", err)
		}
		if err := x.tasks.Enqueue(ctx, tx, choreOf(e.Stream, e.StreamSeq)); err != nil {
			return err
		}
	}
	return nil
}

// Committed does nothing.
func (effects) Committed([]stream.Recorded) {}

var _ clock.Clock = still{}
