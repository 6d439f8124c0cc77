package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof/history"
)

// KillRun is one run in which the server and the clients are killed in mid-conversation.
type KillRun struct {
	Seed  uint64
	Bin   string // folder of the built server
	Self  string // this program, which is also the client
	Dir   string // for this run's data
	Clock clock.Clock
}

// KillResult is what a run found.
type KillResult struct {
	Code        string   `json:"code"`
	Seed        uint64   `json:"seed"`
	ServerKills int      `json:"server_kills"`
	ClientKills int      `json:"client_kills"`
	Commands    int      `json:"commands"`
	Events      uint64   `json:"events"`
	Conflicts   int      `json:"conflicts"`
	Late        int      `json:"late"` // entries that arrived half a second or more after they were written
	Lost        []string `json:"lost,omitempty"`
	Doubled     []string `json:"doubled,omitempty"`
	Differences []string `json:"differences,omitempty"`
	Seconds     float64  `json:"seconds"`

	Files   FileResult    `json:"files"`
	History HistoryResult `json:"history"`
}

// Clean reports whether nothing was lost, doubled or different, nothing that was erased is left, and all that was seen of each
// incident could be seen of one that does one thing after the other.
func (r KillResult) Clean() bool {
	return len(r.Lost)+len(r.Doubled)+len(r.Differences)+len(r.History.Refused) == 0 && r.Files.clean()
}

// killed is how many clients take part.
const killed = 3

// scene is a run's processes.
type scene struct {
	KillRun
	random  *rand.Rand
	server  string
	listen  string
	process *Process
	cluster *cluster // several servers in place of process; nil for one
	clients []*Process
	seen    *history.History
	result  *KillResult
	waits   []time.Duration // from the writing of each command to its arrival
}

// Run carries the run out. An error means that it could not be judged; what it found is in the result.
func (k KillRun) Run(ctx context.Context) (KillResult, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	s := k.scene()
	err := s.run(ctx)
	if err == nil && s.result.Clean() {
		err = os.RemoveAll(k.Dir)
	}
	return *s.result, err
}

func (k KillRun) scene() *scene {
	return &scene{
		KillRun: k, random: rand.New(rand.NewPCG(k.Seed, 1)), //nolint:gosec // chance, not secrets
		server: filepath.Join(k.Dir, "server"), result: &KillResult{Seed: k.Seed}, seen: history.New(),
	}
}

// run plays and judges.
func (s *scene) run(ctx context.Context) error {
	start := s.Clock.Now()
	err := s.play(ctx)
	s.end()
	if err == nil {
		err = s.judge(ctx)
	}
	s.result.Seconds = s.Clock.Now().Sub(start).Seconds()
	return err
}

func (s *scene) desk(i int) string { return filepath.Join(s.Dir, "client"+strconv.Itoa(i)) }

// play lets the clients work while they and the server are killed and started again.
func (s *scene) play(ctx context.Context) error {
	if err := os.RemoveAll(s.Dir); err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	if err := s.open(ctx); err != nil {
		return err
	}
	for i := range killed {
		if err := s.enrol(ctx, i); err != nil {
			return err
		}
	}
	for i := range killed {
		p, err := s.startClient(ctx, i)
		if err != nil {
			return err
		}
		s.clients = append(s.clients, p)
	}
	end, err := s.witness(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := s.strike(ctx); err != nil {
		return err
	}
	return s.drain(ctx)
}

// open starts what serves.
func (s *scene) open(ctx context.Context) error {
	if s.cluster != nil {
		return s.cluster.open(ctx, s)
	}
	var err error
	if s.listen, err = FreeAddress(ctx); err != nil {
		return err
	}
	return s.startServer(ctx)
}

func (s *scene) startServer(ctx context.Context) error {
	var err error
	s.process, err = StartServer(ctx, s.Bin, s.server, s.listen)
	return err
}

func (s *scene) startClient(ctx context.Context, i int) (*Process, error) {
	seed := strconv.FormatUint(s.random.Uint64(), 10)
	return Start(ctx, nil, s.Self, "client", "--dir", s.desk(i), "--seed", seed)
}

func (s *scene) enrol(ctx context.Context, i int) error {
	name := "Sample " + strconv.Itoa(i)
	invitation, err := InviteFrom(ctx, s.server, name, false)
	if err != nil {
		return err
	}
	d, err := OpenDesk(ctx, s.desk(i), s.Clock, Quiet())
	if err != nil {
		return err
	}
	err = d.Enrol(ctx, present.Enrolment{Address: invitation.Address, Code: invitation.Code, Device: name})
	return errors.Join(err, d.Close())
}

// strike kills and restarts for about two seconds: at random moments, in the middle of a chunk, and when something is
// erased.
func (s *scene) strike(ctx context.Context) error {
	if s.cluster != nil {
		return s.cluster.strike(ctx, s)
	}
	for range 3 + s.random.IntN(3) {
		i, err := s.moment(ctx)
		if err != nil {
			return err
		}
		if s.random.IntN(2) == 0 {
			err = s.killServer(ctx)
		} else {
			err = s.killClient(ctx, i)
		}
		if err != nil {
			return err
		}
	}
	if s.result.ServerKills == 0 {
		return s.killServer(ctx)
	}
	return s.wait(ctx, 50, 200)
}

// moment waits for the moment of the next kill, and returns the client that it is about.
func (s *scene) moment(ctx context.Context) (int, error) {
	if err := s.wait(ctx, 50, 350); err != nil {
		return 0, err
	}
	i := s.random.IntN(killed)
	switch s.random.IntN(5) {
	case 0, 1, 2:
		first := uint32(s.random.IntN(3)) // a file that has come that far can be gone on with
		middle := watcher[Passage]{paths: s.paths(linePath), wanted: func(p Passage) bool { return p.What.underWay() && p.Index >= first }}
		return middle.await(ctx, i)
	case 3:
		erasing := watcher[Stored]{paths: s.paths(journalPath), wanted: func(l Stored) bool { return l.Erasing }}
		i, err := erasing.await(ctx, i)
		if err != nil {
			return i, err
		}
		return i, s.wait(ctx, 1, 30)
	default:
		return i, nil
	}
}

// paths returns where a journal of every client lies.
func (s *scene) paths(journal func(dir string) string) []string {
	var out []string
	for i := range killed {
		out = append(out, journal(s.desk(i)))
	}
	return out
}

// killServer kills the server; while it is down, a client may be killed too.
func (s *scene) killServer(ctx context.Context) error {
	s.process.Kill()
	s.result.ServerKills++
	if err := s.wait(ctx, 30, 800); err != nil {
		return err
	}
	if s.random.IntN(2) == 0 {
		if err := s.killClient(ctx, s.random.IntN(killed)); err != nil {
			return err
		}
	}
	return s.startServer(ctx)
}

func (s *scene) killClient(ctx context.Context, i int) error {
	s.clients[i].Kill()
	s.result.ClientKills++
	if err := s.wait(ctx, 20, 300); err != nil {
		return err
	}
	var err error
	s.clients[i], err = s.startClient(ctx, i)
	return err
}

// wait waits a random number of milliseconds.
func (s *scene) wait(ctx context.Context, least, most int) error {
	return wait(ctx, time.Duration(least+s.random.IntN(most-least))*time.Millisecond)
}

// drain tells the clients to stop writing and waits until they have sent everything.
func (s *scene) drain(ctx context.Context) error {
	for i, p := range s.clients {
		if err := p.says(ctx, Ready); err != nil {
			return fmt.Errorf("wait for client %d: %w\n%s", i, err, p.Output())
		}
		if err := p.Signal(syscall.SIGUSR1); err != nil {
			return fmt.Errorf("tell client %d to stop: %w\n%s", i, err, p.Output())
		}
	}
	for i, p := range s.clients {
		select {
		case <-p.Ended():
		case <-ctx.Done():
			return fmt.Errorf("client %d did not get rid of its outbox: %w\n%s", i, ctx.Err(), p.Output())
		}
		if p.err != nil {
			return fmt.Errorf("client %d: %w\n%s", i, p.err, p.Output())
		}
	}
	return nil
}

// end makes sure that no process is left.
func (s *scene) end() {
	for _, p := range s.clients {
		p.Kill()
	}
	if s.process != nil {
		s.process.Kill()
	}
	if s.cluster != nil {
		s.cluster.kill()
	}
}
