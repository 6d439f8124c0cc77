package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/audit"
	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
)

// NodeRun is one run in which three servers share a PostgreSQL, behind a front, and they, the clients and PostgreSQL itself are killed
// in mid-conversation.
type NodeRun struct{ KillRun }

// NodeResult is what a run found. Its server_kills are kills of single servers.
type NodeResult struct {
	KillResult
	Crashes int      `json:"crashes"` // of PostgreSQL, restarted with immediate mode
	Moves   int      `json:"moves"`   // connections that the front cut, so that their clients came to another server
	Holes   []string `json:"holes,omitempty"`
	// From being written to being received, of all commands, also those of clients that were killed meanwhile.
	MedianMS int64 `json:"median_ms"`
	P99MS    int64 `json:"p99_ms"`
	WorstMS  int64 `json:"worst_ms"`
}

// Clean reports whether nothing was lost, doubled or different, and no counter has a hole.
func (r NodeResult) Clean() bool { return r.KillResult.Clean() && len(r.Holes) == 0 }

// nodes is how many servers share the database.
const nodes = 3

// spared is in which runs PostgreSQL is not killed: in those whose seed it divides.
const spared = 3

// Run carries the run out. An error means that it could not be judged; what it found is in the result.
func (n NodeRun) Run(ctx context.Context) (NodeResult, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	s := n.scene()
	c := &cluster{}
	s.cluster = c
	result := NodeResult{KillResult: *s.result}
	var err error
	if c.postgres, err = OpenPostgres(ctx); err != nil {
		return result, err
	}
	if c.front, err = OpenFront(ctx); err == nil {
		err = errors.Join(s.run(ctx), c.front.Close())
	}
	err = errors.Join(err, c.postgres.Close(ctx))
	result.KillResult, result.Crashes, result.Moves, result.Holes = *s.result, c.crashes, c.moves, c.holes
	if slices.Sort(s.waits); len(s.waits) > 0 {
		at := func(part int) int64 { return s.waits[(len(s.waits)-1)*part/100].Milliseconds() }
		result.MedianMS, result.P99MS, result.WorstMS = at(50), at(99), at(100)
	}
	if err == nil && result.Clean() {
		err = os.RemoveAll(n.Dir)
	}
	return result, err
}

// cluster is several servers on one database, behind a front.
type cluster struct {
	postgres *Postgres
	front    *Front
	servers  [nodes]node
	crashes  int
	moves    int
	holes    []string
}

// node is one of several servers.
type node struct {
	dir, listen string
	process     *Process // nil while it is killed
}

// open starts all servers. The first one's folder is the one that people are invited from.
func (c *cluster) open(ctx context.Context, s *scene) error {
	for i := range c.servers {
		n := &c.servers[i]
		n.dir = filepath.Join(s.Dir, "server"+strconv.Itoa(i))
		var err error
		if n.listen, err = FreeAddress(ctx); err != nil {
			return err
		}
		if err := c.start(ctx, s, i); err != nil {
			return err
		}
		c.front.Add(n.listen)
	}
	s.server = c.servers[0].dir
	return nil
}

func (c *cluster) start(ctx context.Context, s *scene, i int) error {
	n := &c.servers[i]
	var err error
	n.process, err = StartServer(ctx, s.Bin, n.dir, n.listen, "--database", c.postgres.URL(), "--address", c.front.Address())
	return err
}

// kill makes sure that no server is left.
func (c *cluster) kill() {
	for i := range c.servers {
		if p := c.servers[i].process; p != nil {
			p.Kill()
			c.servers[i].process = nil
		}
	}
}

// strike kills and restarts servers, clients and, in some runs, PostgreSQL, and moves clients to other servers.
func (c *cluster) strike(ctx context.Context, s *scene) error {
	strikes := 8 + s.random.IntN(4)
	crash := -1
	if s.Seed%spared != 0 {
		crash = s.random.IntN(strikes)
	}
	for n := range strikes {
		client, err := s.moment(ctx)
		if err != nil {
			return err
		}
		pick := s.random.IntN(10)
		switch {
		case n == crash:
			err = c.crash(ctx, s)
		case pick < 7 || n == 0:
			err = c.killOne(ctx, s)
		case pick < 9:
			err = s.killClient(ctx, client)
		default:
			c.moves += c.front.Cut("")
		}
		if err != nil {
			return err
		}
	}
	return s.wait(ctx, 50, 200)
}

// killOne kills a server, and at times another one or a client while it is down, and starts what is down.
func (c *cluster) killOne(ctx context.Context, s *scene) error {
	c.down(s, s.random.IntN(nodes))
	if err := s.wait(ctx, 30, 800); err != nil {
		return err
	}
	var err error
	switch s.random.IntN(4) {
	case 0:
		c.down(s, s.random.IntN(nodes))
		err = s.wait(ctx, 30, 400)
	case 1:
		err = s.killClient(ctx, s.random.IntN(killed))
	}
	if err != nil {
		return err
	}
	return c.up(ctx, s)
}

func (c *cluster) down(s *scene, i int) {
	if p := c.servers[i].process; p != nil {
		p.Kill()
		c.servers[i].process = nil
		s.result.ServerKills++
	}
}

func (c *cluster) up(ctx context.Context, s *scene) error {
	for i := range c.servers {
		if c.servers[i].process == nil {
			if err := c.start(ctx, s, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// crash ends PostgreSQL under the servers, one of which may be killed at the same moment.
func (c *cluster) crash(ctx context.Context, s *scene) error {
	c.crashes++
	if s.random.IntN(2) == 0 {
		c.down(s, s.random.IntN(nodes))
	}
	if err := c.postgres.Crash(ctx); err != nil {
		return err
	}
	return c.up(ctx, s)
}

// reopen starts all servers in this process.
func (c *cluster) reopen(ctx context.Context, s *scene) (quit func() error, err error) {
	var open []*Office
	quit = func() (err error) {
		for _, o := range open {
			err = errors.Join(err, o.Close())
		}
		return err
	}
	for _, n := range c.servers {
		o, err := OpenNode(ctx, server.Options{
			Dir: n.dir, Database: c.postgres.URL(), Listen: n.listen, Address: c.front.Address(), Clock: s.Clock, Logger: Quiet(),
		})
		if err != nil {
			return nil, errors.Join(err, quit())
		}
		open = append(open, o)
	}
	return quit, nil
}

// whole proves the chain of the log, that no number was left out or given twice, and that the counters stand at their ends.
func (c *cluster) whole(ctx context.Context, db database.DB, w world) error {
	r, err := audit.Verify(ctx, db, audit.Options{})
	if err != nil {
		return err
	}
	for _, f := range r.Flaws {
		c.hole("event %d: %s", f.Seq, f.What)
	}
	mark, err := ledger.ReadMark(ctx, db)
	if err != nil {
		return err
	}
	if r.Events != mark.Seq {
		c.hole("the counter says that there are %d events, and there are %d", mark.Seq, r.Events)
	}
	given := map[uint32]int{}
	for _, line := range w {
		given[line.Incident.Number]++
	}
	for n := range mark.Number {
		if given[n+1] != 1 {
			c.hole("INC-%d was given %d times", n+1, given[n+1])
		}
	}
	if len(w) != int(mark.Number) {
		c.hole("%d incidents have numbers up to %d", len(w), mark.Number)
	}
	return c.dense(ctx, db)
}

// dense counts what the counters count.
func (c *cluster) dense(ctx context.Context, db database.DB) error {
	for what, query := range map[string]string{
		"numbers of all": `SELECT count(*) FROM counter c WHERE c.seq <> (SELECT count(*) FROM event) OR c.seq <> (SELECT coalesce(max(seq), 0) FROM event)`,
		"positions in a scope": `SELECT count(*) FROM scope s WHERE s.pos <> (SELECT count(*) FROM event e WHERE e.scope = s.key)
		  OR s.pos <> (SELECT coalesce(max(scope_pos), 0) FROM event e WHERE e.scope = s.key)`,
		"numbers in a stream": `SELECT count(*) FROM (SELECT stream FROM event GROUP BY stream HAVING count(*) <> max(stream_seq) OR min(stream_seq) <> 1) AS t`,
	} {
		if err := c.none(ctx, db, what, query); err != nil {
			return err
		}
	}
	// Nobody waits for an answer to what the server does by itself: that has no device.
	return c.none(ctx, db, "answers", `SELECT count(*) FROM (SELECT command FROM event WHERE device <> ? EXCEPT SELECT command FROM outcome) AS t`,
		id.Device{}.Bytes())
}

// none counts what is wrong.
func (c *cluster) none(ctx context.Context, db database.DB, what, query string, args ...any) error {
	var wrong int
	if err := db.Reader().QueryRowContext(ctx, query, args...).Scan(&wrong); err != nil {
		return fmt.Errorf("count the %s: %w", what, err)
	}
	if wrong > 0 {
		c.hole("the %s have holes, %d times", what, wrong)
	}
	return nil
}

func (c *cluster) hole(format string, args ...any) {
	c.holes = append(c.holes, fmt.Sprintf(format, args...))
}
