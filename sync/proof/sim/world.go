package sim

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	told "github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// world is everything in a run.
type world struct {
	ctx      context.Context // nothing here is cut off by it
	random   *rand.Rand
	step     int
	now      time.Time // by the only clock that is right
	straight bool
	calm     bool // faults have stopped

	server  *server
	lines   []*log // all logs that there were
	clients []*client
	flying  []*message
	sent    int
	numbers int

	setup    workspace.Setup
	declared int
	entries  map[id.Stream][]id.Entry
	decoded  map[*byte]stream.Event

	stored    []stored // what was shown as stored
	spectator spectator
	given     map[uint32]id.Stream
	forked    bool              // a log was put back by hand, and nobody knows yet: INC numbers are given twice meanwhile
	doubtful  map[id.Epoch]bool // lives of which there are two logs
	tally     Tally
	violation string
	tracing   bool
	trace     []string
}

// stored is a command that a client showed as stored.
type stored struct {
	c  *client
	id id.Command
}

// The cast: how many people there are, and devices at first and at most. The first person has two.
const (
	people      = 3
	devices     = 4
	mostDevices = 6
)

func newWorld(ctx context.Context, o Options) *world {
	w := &world{
		ctx:    ctx,
		random: rand.New(rand.NewPCG(o.Seed, 4)), now: begin(), straight: o.Straight, tracing: o.Trace, //nolint:gosec // chance, not secrets
		entries: map[id.Stream][]id.Entry{}, decoded: map[*byte]stream.Event{}, given: map[uint32]id.Stream{}, doubtful: map[id.Epoch]bool{}, tally: Tally{},
		spectator: spectator{seen: told.New()},
	}
	var cast []workspace.Person
	for i := range people {
		cast = append(cast, workspace.Person{ID: makeID[id.Person](w), Name: fmt.Sprint("person ", i)})
	}
	w.setup = workspace.Default().With(cast...)
	w.server = &server{w: w, version: w.random.IntN(latest + 1)}
	w.server.log = newLog(w)
	w.lines = []*log{w.server.log}
	w.server.start()
	for i := range devices {
		w.add(id.Actor{Person: cast[i%people].ID, Device: makeID[id.Device](w)}, w.random.IntN(latest+1))
	}
	return w
}

// add puts a new device into somebody's hands.
func (w *world) add(who id.Actor, version int) *client {
	c := &client{w: w, name: fmt.Sprint("client ", len(w.clients)), actor: who, version: version}
	c.watch.since = w.now
	c.disk.failed = func(full bool) {
		if full {
			w.count(DiskFailed)
		} else {
			w.count(ClientCrashed)
		}
	}
	c.file, c.copy = newOutbox(c), newReplica(version)
	w.clients = append(w.clients, c)
	c.do(c.start)
	return c
}

// makeID returns the next id.
func makeID[T ~[16]byte](w *world) T {
	var out T
	binary.BigEndian.PutUint64(out[:8], w.random.Uint64())
	binary.BigEndian.PutUint64(out[8:], w.random.Uint64())
	out[6] = out[6]&0x0f | 0x70
	return out
}

func (w *world) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, w.random.Uint64()), w.random.Uint64())
}

func (w *world) count(what Reached) { w.tally[what]++ }

// say notes what happened, where somebody wants to read it.
func (w *world) say(format string, args ...any) {
	if w.tracing {
		w.trace = append(w.trace, fmt.Sprintf("%5d %s", w.step, fmt.Sprintf(format, args...)))
	}
}

// anyone returns some client.
func (w *world) anyone() *client { return w.clients[w.random.IntN(len(w.clients))] }

// scopes returns everyone's and every person's scope.
func (w *world) scopes() []id.Scope {
	out := []id.Scope{id.Everyone()}
	for _, c := range w.clients {
		if own := id.Own(c.actor.Person); !slices.Contains(out, own) {
			out = append(out, own)
		}
	}
	return out
}

// act does one thing, whichever: people and programs go on, and now and then something fails.
func (w *world) act() {
	w.now = w.now.Add(time.Duration(w.random.Int64N(int64(20 * time.Second))))
	c := w.anyone()
	n := w.random.IntN(1000)
	switch {
	case n < 330:
		w.deliver()
	case n < 530:
		c.goes((*client).listen)
	case n < 660:
		c.goes((*client).give)
	case n < 790:
		c.goes((*client).push)
	case n < 870:
		c.goes((*client).follow)
	case n < 910:
		c.goes((*client).fill)
	case n < 940:
		w.server.work()
	case n < 946:
		c.goes((*client).discard)
	case n < 956:
		if c.process != nil {
			c.giveUp()
		}
	default:
		w.strike(n, c)
	}
}

// goes lets a client do something, and starts it where it does not run.
func (c *client) goes(what func(*client) error) {
	if c.process == nil {
		if c.w.random.IntN(3) == 0 {
			c.do(c.start)
		}
		return
	}
	c.do(func() error { return what(c) })
}

// strike lets something fail.
func (w *world) strike(n int, c *client) {
	switch {
	case n < 964:
		w.drop()
	case n < 970:
		w.partition()
	case n < 980:
		c.disk.armed, c.disk.full, c.disk.behind = true, w.random.IntN(4) == 0, w.random.IntN(2) == 0
		c.disk.after = w.random.IntN(4)
	case n < 983:
		w.jump()
	case n < 987:
		c.restart()
	case n < 989:
		c.lose()
	case n < 991:
		w.server.crash()
		w.server.upgrade()
	case n < 995:
		w.server.keep()
	case n < 997:
		w.server.restore(w.random.IntN(8) == 0)
	case n < 999:
		w.clone(c)
	}
	if w.server.decider == nil {
		w.server.start()
	}
}

// restart ends a client and starts it again, maybe in a newer version.
func (c *client) restart() {
	c.stop()
	if c.version < latest && c.w.random.IntN(3) == 0 {
		c.version++
		c.w.count(Upgraded)
	}
	c.do(c.start)
}

// lose takes away the copy, which can be fetched again.
func (c *client) lose() {
	c.stop()
	c.copy = newReplica(c.version)
	c.w.count(CopyLost)
	c.w.say("%s: its copy is lost", c.name)
}

// upgrade replaces the server's program now and then.
func (s *server) upgrade() {
	if s.version < latest && s.w.random.IntN(2) == 0 {
		s.version++
		s.w.count(Upgraded)
	}
}

// clone copies a device's folder to another device, and both go on.
func (w *world) clone(of *client) {
	if len(w.clients) >= mostDevices {
		return
	}
	c := &client{w: w, name: fmt.Sprint("client ", len(w.clients)), actor: of.actor, version: of.version, watch: of.watch}
	c.disk.failed = of.disk.failed
	c.file, c.copy = of.file.duplicate(c), of.copy.duplicate()
	w.clients = append(w.clients, c)
	w.say("%s: begins as a copy of %s", c.name, of.name)
	c.do(c.start)
}
