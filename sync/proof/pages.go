package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// PageRun is one run in which people are paged by a real server that is killed meanwhile, or by two on PostgreSQL of which one is.
type PageRun struct {
	Seed   uint64
	Bin    string // folder of the built server
	Dir    string // for this run's data
	Clock  clock.Clock
	Shared bool // two servers on PostgreSQL
}

// PageResult is what a run found.
type PageResult struct {
	Code         string  `json:"code"`
	Seed         uint64  `json:"seed"`
	Shared       bool    `json:"shared,omitempty"`
	Kills        int     `json:"kills"`
	Held         int     `json:"held"` // kills while a provider had a message that was not answered
	Incidents    int     `json:"incidents"`
	Acknowledged int     `json:"acknowledged"`
	Messages     int     `json:"messages"`
	Repeated     int     `json:"repeated"`     // messages that were received again, under the same id
	Most         int     `json:"most"`         // of these, by one kill, which several messages were on their way at
	Missed       int     `json:"missed"`       // deadlines that passed while the server was down; of several servers, what was due when one was killed
	CaughtUpMS   int64   `json:"caught_up_ms"` // the slowest of those, from the start; of several servers, from when it was due
	LateMS       int64   `json:"late_ms"`      // the slowest of all others, from when it was due
	StoppedMS    int64   `json:"stopped_ms"`   // the last message after an acknowledgement
	Seconds      float64 `json:"seconds"`

	Lost    []string `json:"lost,omitempty"`
	Doubled []string `json:"doubled,omitempty"`
	Late    []string `json:"late,omitempty"`
	Rang    []string `json:"rang,omitempty"` // after an acknowledgement, or what nobody asked for
}

// Clean reports whether nothing was found.
func (r PageResult) Clean() bool { return len(r.Lost)+len(r.Doubled)+len(r.Late)+len(r.Rang) == 0 }

const (
	pagedPeople = 3                      // who are reached one after the other
	stepWait    = time.Minute            // the shortest that a policy may have
	fakeTime    = 150 * time.Millisecond // that a provider takes
	bound       = 5 * time.Second        // within which what is due goes out, and what is answered stops
	leaseTime   = 12 * time.Second       // how long another server may be waited for that was killed with something in its hands
)

// channelRules are how everybody wants to be reached: patience is short.
func channelRules() []reach.Rule {
	return []reach.Rule{{Channel: reach.Push}, {Channel: reach.SMS, After: 5 * time.Second}, {Channel: reach.Call, After: 10 * time.Second}}
}

// outage is a time in which a server was down.
type outage struct{ from, to time.Time }

// drama is one incident.
type drama struct {
	stream       id.Stream
	begins       time.Duration // after the first
	answers      time.Duration // after it was declared; zero for never
	by           int           // who answers
	declared     time.Time     // when that was answered
	acknowledged time.Time
}

// shift is a run's processes.
type shift struct {
	PageRun
	random   *rand.Rand
	outside  *Outside
	postgres *Postgres
	front    *Front
	nodes    []*node
	start    []serving
	crew     []member // those who are paged one after the other, then who declares
	dramas   []*drama
	outages  []outage
	result   PageResult
}

// Run carries the run out. An error means that it could not be judged; what it found is in the result.
func (r PageRun) Run(ctx context.Context) (PageResult, error) {
	ctx, cancel := context.WithTimeout(ctx, 9*time.Minute) // which tokens are good for
	defer cancel()
	s := &shift{
		PageRun: r, random: rand.New(rand.NewPCG(r.Seed, 7)), //nolint:gosec // chance, not secrets
		result: PageResult{Seed: r.Seed, Shared: r.Shared},
	}
	began := r.Clock.Now()
	err := s.play(ctx)
	for _, n := range s.nodes {
		if n.process != nil {
			n.process.Kill()
		}
	}
	if err == nil {
		err = s.judge(ctx)
	}
	err = errors.Join(err, s.close(ctx))
	s.result.Seconds = r.Clock.Now().Sub(began).Seconds()
	if err == nil && s.result.Clean() {
		err = os.RemoveAll(r.Dir)
	}
	return s.result, err
}

func (s *shift) close(ctx context.Context) (err error) {
	if s.outside != nil {
		err = s.outside.Close()
	}
	if s.front != nil {
		err = errors.Join(err, s.front.Close())
	}
	if s.postgres != nil {
		err = errors.Join(err, s.postgres.Close(ctx))
	}
	return err
}

// play has people paged while servers are killed and started again.
func (s *shift) play(ctx context.Context) error {
	if err := os.RemoveAll(s.Dir); err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	if err := s.open(ctx); err != nil {
		return err
	}
	if err := s.staff(ctx); err != nil {
		return fmt.Errorf("get people together: %w", err)
	}
	s.plan()
	failed := make(chan error, len(s.dramas))
	var all sync.WaitGroup
	for _, d := range s.dramas {
		all.Go(func() { failed <- s.perform(ctx, d) })
	}
	err := s.strike(ctx)
	all.Wait()
	for range s.dramas {
		err = errors.Join(err, <-failed)
	}
	if err != nil {
		return err
	}
	return s.settle(ctx)
}

// open starts what serves.
func (s *shift) open(ctx context.Context) (err error) {
	if s.outside, err = OpenOutside(ctx, s.Dir, s.Clock, fakeTime); err != nil {
		return err
	}
	more, servers := s.outside.Args(), 1
	if s.Shared {
		servers = 2
		if s.postgres, err = OpenPostgres(ctx); err != nil {
			return err
		}
		if s.front, err = OpenFront(ctx); err != nil {
			return err
		}
		more = append(more, "--database", s.postgres.URL(), "--address", s.front.Address())
	}
	for i := range servers {
		n := &node{dir: filepath.Join(s.Dir, "server"+strconv.Itoa(i))}
		if n.listen, err = FreeAddress(ctx); err != nil {
			return err
		}
		s.nodes = append(s.nodes, n)
		s.start = append(s.start, serving{bin: s.Bin, dir: n.dir, listen: n.listen, more: more, env: s.outside.Env()})
		if n.process, err = s.start[i].start(ctx); err != nil {
			return err
		}
		if s.front != nil {
			s.front.Add(n.listen)
		}
	}
	return nil
}

// staff gets together who is paged, of whom the last is an admin, and who declares.
func (s *shift) staff(ctx context.Context) error {
	var steps [][]id.Person
	for i := range pagedPeople + 1 {
		m, err := joined(ctx, s.nodes[0].dir, i, i == pagedPeople-1, s.outside)
		if err != nil {
			return err
		}
		s.crew = append(s.crew, m)
		if i == pagedPeople {
			break
		}
		if err := errors.Join(m.dialled(ctx, numberOf(i), s.outside), m.wishes(ctx, channelRules()...)); err != nil {
			return err
		}
		steps = append(steps, []id.Person{m.Person})
	}
	dee := s.crew[pagedPeople]
	named, err := dee.describe(ctx, "On fire", stepWait, steps...)
	if err != nil {
		return err
	}
	return dee.Push(ctx, id.Workspace(), workspace.RouteSeverity{Level: 1, Policy: named})
}

// incidents is how many there are in a run: nobody is called so often in an hour that a call is held back.
const incidents = 6

// plan says what is to happen, by the seed.
func (s *shift) plan() {
	for i := range incidents {
		d := &drama{stream: id.New[id.Stream](), begins: time.Duration(i*5000+s.random.IntN(3000)) * time.Millisecond}
		if i%3 != 0 {
			d.answers = time.Duration(500+s.random.IntN(140_000)) * time.Millisecond
			d.by = s.random.IntN(pagedPeople)
		}
		s.dramas = append(s.dramas, d)
	}
}

// perform lets one incident happen. Who declares or answers goes on until the server has heard it, as clients do.
func (s *shift) perform(ctx context.Context, d *drama) error {
	if err := wait(ctx, d.begins); err != nil {
		return err
	}
	err := s.crew[pagedPeople].NewWriter().Insist(ctx, d.stream, incident.Declare{Title: "Checkout fails", Severity: 1})
	d.declared = s.Clock.Now()
	if err != nil || d.answers == 0 {
		return err
	}
	if err := wait(ctx, d.answers); err != nil {
		return err
	}
	err = s.crew[d.by].NewWriter().Insist(ctx, d.stream, incident.Acknowledge{})
	d.acknowledged = s.Clock.Now()
	return err
}

// strikes is how often is killed in a run.
const strikes = 12

// strike kills: at any moment, or just when a provider has been handed a message and not answered yet. A server is down for a moment, or so
// long that something falls due meanwhile.
func (s *shift) strike(ctx context.Context) error {
	for range strikes {
		if err := s.moment(ctx); err != nil {
			return err
		}
		i := s.random.IntN(len(s.nodes))
		n := s.nodes[i]
		o := outage{from: s.Clock.Now()}
		n.process.Kill()
		n.process = nil
		s.result.Kills++
		down := time.Duration(100+s.random.IntN(900)) * time.Millisecond
		if s.random.IntN(3) == 0 {
			down = time.Duration(3000+s.random.IntN(9000)) * time.Millisecond
		}
		if err := wait(ctx, down); err != nil {
			return err
		}
		o.to = s.Clock.Now()
		s.outages = append(s.outages, o)
		var err error
		if n.process, err = s.start[i].start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// moment waits for the moment of the next kill.
func (s *shift) moment(ctx context.Context) error {
	if err := wait(ctx, time.Duration(500+s.random.IntN(7000))*time.Millisecond); err != nil {
		return err
	}
	held, after := s.random.IntN(2) == 0, time.Duration(s.random.IntN(int(fakeTime)))
	if !held {
		return nil
	}
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	select {
	case <-s.outside.next():
		s.result.Held++
		return wait(ctx, after)
	case <-limit.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle waits until everything has gone out that is to, and as long as something that should not could still come.
func (s *shift) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pagedPeople*stepWait+30*time.Second)
	defer cancel()
	for len(s.missing(s.outside.All())) > 0 {
		if err := wait(ctx, 100*time.Millisecond); err != nil {
			return nil // it is judged what is missing
		}
	}
	return wait(ctx, bound+2*time.Second)
}

// missing returns what was not sent of incidents that nobody has answered.
func (s *shift) missing(got []Message) (out []string) {
	have := map[string]bool{}
	for _, m := range got {
		have[keyOf(m)] = true
	}
	for _, d := range s.dramas {
		for i := 0; i < pagedPeople && d.answers == 0; i++ {
			for _, r := range channelRules() {
				k := keyOf(Message{Incident: d.stream.String(), Channel: r.Channel, To: addressOf(i, r.Channel)})
				if !have[k] {
					out = append(out, k)
				}
			}
		}
	}
	return out
}

// keyOf names a message of which there is to be one: each person is paged once about an incident, and once by each channel.
func keyOf(m Message) string {
	return fmt.Sprintf("channel %d to %s of %s", m.Channel, m.To, m.Incident)
}
