package sim

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
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
	sealed   map[id.Stream]bool // private incidents that nobody reveals
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
		entries: map[id.Stream][]id.Entry{}, sealed: map[id.Stream]bool{}, decoded: map[*byte]stream.Event{}, given: map[uint32]id.Stream{}, doubtful: map[id.Epoch]bool{}, tally: Tally{},
		spectator: spectator{seen: told.New()},
	}
	var cast []workspace.Person
	for i := range people {
		cast = append(cast, workspace.Person{ID: makeID[id.Person](w), Name: fmt.Sprint("person ", i)})
	}
	w.setup = workspace.Default().With(cast...)
	w.server = newServer(w)
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
	case n < 650:
		c.goes((*client).give)
	case n < 775:
		c.goes((*client).push)
	case n < 850:
		c.goes((*client).follow)
	case n < 880:
		c.goes((*client).fill)
	case n < 895:
		c.goes((*client).backfill)
	case n < 945:
		w.server.anyone().goesOn(n)
	case n < 951:
		c.goes((*client).discard)
	case n < 958:
		if c.process != nil {
			c.giveUp()
		}
	default:
		w.strike(n, c)
	}
}

// goesOn lets a node decide on what waits, look for what others have committed, or tell somebody that it is there.
func (n *node) goesOn(chance int) {
	switch {
	case n.decider == nil:
	case chance < 915:
		n.work()
	case chance < 930:
		n.look()
	default:
		n.beat(false)
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
	case n < 965:
		w.drop()
	case n < 970:
		w.partition()
	case n < 979:
		c.disk.armed, c.disk.full, c.disk.behind = true, w.random.IntN(4) == 0, w.random.IntN(2) == 0
		c.disk.after = w.random.IntN(4)
	case n < 982:
		w.jump()
	case n < 986:
		c.restart()
	case n < 988:
		c.lose()
	case n < 990:
		w.kill()
	case n < 994:
		w.server.keep()
	case n < 996:
		w.server.restore(w.random.IntN(8) == 0)
	case n < 998:
		w.clone(c)
	default:
		if c.process != nil {
			c.move()
		}
	}
	w.server.start(false)
}

// kill ends a node, and maybe replaces its program.
func (w *world) kill() {
	n := w.server.anyone()
	n.crash()
	n.upgrade()
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
	c.begun++
	c.w.count(CopyLost)
	c.w.say("%s: its copy is lost", c.name)
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
