package proof

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/server/attendance"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func isPush(req *http.Request) bool { return req.URL.Path == tsugiv1connect.SyncServicePushProcedure }

// noEffects is a server that does nothing beside its log.
type noEffects struct{}

// Store does nothing.
func (noEffects) Store(context.Context, *sqlite.Tx, []stream.Recorded, ledger.States) error {
	return nil
}

// Committed does nothing.
func (noEffects) Committed([]stream.Recorded) {}

// bubble is a whole server on SQLite and clients with their replicas on SQLite, over Connect and pipes that break, in a bubble
// in which hours pass in seconds.
type bubble struct {
	ctx    context.Context
	pipes  *pipes
	clock  clock.Clock
	seen   *history.History
	random *rand.Rand
	path   string
	server *tower
	desks  []*stool
	people []id.Person
	kills  int
}

// tower is a server while it runs.
type tower struct {
	rpc.Options
	web    *http.Server
	cancel context.CancelFunc
	all    sync.WaitGroup
	close  func() error
}

// stool is a client, which may be closed and opened again.
type stool struct {
	number int
	dir    string
	own    sync.Mutex // whoever uses the client, or changes it for another
	*replica.Replica
	link *link.Link
	end  func() error
}

// start opens the server on its file.
func (b *bubble) start() error {
	db, err := server.OpenDatabase(b.ctx, b.path)
	if err != nil {
		return err
	}
	store, err := people.Open(b.ctx, db, b.clock.Now())
	if err != nil {
		return err
	}
	log, err := ledger.Open(b.ctx, ledger.Options{DB: db, Clock: b.clock, Effects: noEffects{}, Logger: Quiet(), SealKey: store.Keys().Cursor})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(b.ctx)
	s := &tower{cancel: cancel, close: func() error { return errors.Join(log.Close(), db.Close()) }}
	here := attendance.New(b.clock, log.Sight)
	s.Options = rpc.Options{
		Ledger: log, People: store, Attachments: attachment.New(db, b.clock, Quiet()), Attendance: here, Clock: b.clock, Logger: Quiet(), Address: "http://there",
	}
	s.web = &http.Server{Handler: rpc.Handler(s.Options), ReadHeaderTimeout: time.Minute, ErrorLog: slog.NewLogLogger(Quiet().Handler(), slog.LevelDebug)}
	socket := b.pipes.listen()
	s.all.Go(func() { log.Run(ctx) })
	s.all.Go(func() { here.Run(ctx) })
	s.all.Go(func() { _ = s.web.Serve(socket) }) // it ends when it is closed
	b.server = s
	return nil
}

// stop ends the server in the middle of whatever it does.
func (b *bubble) stop() error {
	err := b.server.web.Close()
	b.pipes.cut()
	b.server.cancel()
	b.server.all.Wait()
	return errors.Join(err, b.server.close())
}

// open opens a client on its folder.
func (b *bubble) open(s *stool) error {
	var err error
	if s.Replica, err = replica.Open(b.ctx, s.dir, b.clock); err != nil {
		return err
	}
	transport := &http.Transport{DialContext: b.pipes.dial}
	s.link = link.New(link.Options{
		Replica: s.Replica, Clock: b.clock, Logger: Quiet(), Transport: ear{Transport: transport, note: func(said []Exchange) error {
			return b.note(s, said)
		}},
	})
	ctx, cancel := context.WithCancel(b.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.link.Run(ctx)
	}()
	s.end = func() error {
		cancel()
		<-ended
		transport.CloseIdleConnections()
		return s.Close()
	}
	return nil
}

// note takes what a client sends and hears into the history.
func (b *bubble) note(s *stool, said []Exchange) error {
	device, _ := s.Device()
	at := b.clock.Moment().Boot
	for i := range said {
		said[i].At = at
	}
	return recount(b.seen, s.number, device.Actor.Person, said)
}

func (b *bubble) invite(name string) (string, error) {
	control := &rpc.Control{Options: b.server.Options}
	resp, err := control.InviteFromServer(b.ctx, &tsugiv1.InviteFromServerRequest{Invite: &tsugiv1.InviteRequest{Name: name}})
	return resp.GetInvite().GetCode(), err
}

// seat enrols one more client.
func (b *bubble) seat(dir string) error {
	s := &stool{number: len(b.desks), dir: dir}
	code, err := b.invite(fmt.Sprint("Person ", s.number))
	if err != nil {
		return err
	}
	if err := b.open(s); err != nil {
		return err
	}
	b.desks = append(b.desks, s)
	if err := s.link.Enrol(b.ctx, link.Enrolment{Address: "http://there", Code: code, Device: "desk"}); err != nil {
		return err
	}
	device, _ := s.Device()
	b.people = append(b.people, device.Actor.Person)
	return nil
}

// wish returns what somebody might want next, and of what.
func (b *bubble) wish(r *rand.Rand, s *stool, n int) (id.Stream, incident.Command, error) {
	burning, others, err := s.Board(b.ctx, 20)
	if err != nil {
		return id.Stream{}, nil, err
	}
	all := append(burning, others...)
	if len(all) == 0 || len(all) < 4 && r.IntN(20) == 0 {
		return id.New[id.Stream](), incident.Declare{Title: fmt.Sprint("incident ", s.number, n), Severity: 2}, nil
	}
	target := id.Stream(all[r.IntN(len(all))].ID)
	switch r.IntN(8) {
	case 0, 1:
		return target, incident.ChangeSeverity{To: workspace.Level(1 + r.IntN(3))}, nil
	case 2:
		return target, incident.ChangeStatus{To: incident.Status(r.IntN(4))}, nil
	case 3:
		return target, incident.AssignRole{Role: workspace.IMOC, Person: b.people[r.IntN(len(b.people))]}, nil
	case 4:
		return target, incident.AddTag{Tag: fmt.Sprint("tag-", r.IntN(9))}, nil
	default:
		return target, incident.Write{Entry: id.New[id.Entry](), Text: fmt.Sprint("words ", n, " of ", s.number)}, nil
	}
}

// act lets somebody give commands and look at what there is.
func (b *bubble) act(r *rand.Rand, s *stool, commands int) error {
	for n := range commands {
		<-time.After(time.Duration(r.IntN(4000)) * time.Millisecond)
		if err := b.once(r, s, n); err != nil {
			return fmt.Errorf("client %d: %w", s.number, err)
		}
	}
	return nil
}

func (b *bubble) once(r *rand.Rand, s *stool, n int) error {
	s.own.Lock()
	defer s.own.Unlock()
	target, wish, err := b.wish(r, s, n)
	if err != nil {
		return err
	}
	if _, err := s.Submit(b.ctx, target, wish); err != nil {
		return err
	}
	burning, _, err := s.Board(b.ctx, 0)
	if err != nil || len(burning) == 0 {
		return err
	}
	room, err := s.Timeline(b.ctx, burning[r.IntN(len(burning))].ID, 50)
	if err != nil {
		return err
	}
	g, ok, err := glanceOf(room)
	if err != nil || !ok {
		return err
	}
	g.At = b.clock.Moment().Boot
	return saw(b.seen, fmt.Sprint("client ", s.number), []Glance{g})
}

// strike breaks something now and then, until done is closed.
func (b *bubble) strike(done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		case <-time.After(time.Duration(5+b.random.IntN(40)) * time.Second):
		}
		b.kills++
		if b.random.IntN(2) == 0 {
			b.pipes.cut()
			continue
		}
		if b.random.IntN(2) == 0 {
			if err := b.reopen(b.desks[b.random.IntN(len(b.desks))]); err != nil {
				return err
			}
			continue
		}
		if err := b.stop(); err != nil {
			return err
		}
		<-time.After(time.Duration(b.random.IntN(60)) * time.Second)
		if err := b.start(); err != nil {
			return err
		}
	}
}

func (b *bubble) reopen(s *stool) error {
	s.own.Lock()
	defer s.own.Unlock()
	if err := s.end(); err != nil {
		return err
	}
	return b.open(s)
}

// settle waits until everything has arrived, and notes all that everybody holds then.
func (b *bubble) settle() error {
	b.pipes.heal()
	for round := 0; ; round++ {
		<-time.After(time.Second)
		_, events, err := b.server.Ledger.Census(b.ctx)
		if err != nil {
			return err
		}
		missing := ""
		for _, s := range b.desks {
			_, have, complete, err := s.Census(b.ctx)
			if err != nil {
				return err
			}
			if s.Unsent() > 0 || have != events || !complete {
				missing += fmt.Sprintf(" client %d has %d of %d events and %d commands unsent;", s.number, have, events, s.Unsent())
			}
		}
		if missing == "" {
			break
		}
		if round > 600 {
			return errors.New("after ten minutes" + missing)
		}
	}
	for _, s := range b.desks {
		w, err := worldOf(b.ctx, s.Replica)
		if err != nil {
			return err
		}
		w.seenBy(b.seen, fmt.Sprint("client ", s.number), b.clock.Moment().Boot)
	}
	return nil
}

// run is what happens in the bubble.
func (b *bubble) run(home string, clients, commands int) error {
	b.pipes.good = true
	if err := b.start(); err != nil {
		return err
	}
	for i := range clients {
		if err := b.seat(filepath.Join(home, fmt.Sprint("client", i))); err != nil {
			return err
		}
	}
	code, err := b.invite("Witness")
	if err != nil {
		return err
	}
	transport := &http.Transport{DialContext: b.pipes.dial}
	defer transport.CloseIdleConnections()
	c, err := callOver(b.ctx, transport, present.Invitation{Address: "http://there", Code: code}, b.clock)
	if err != nil {
		return err
	}
	b.pipes.mu.Lock()
	b.pipes.good = false
	b.pipes.mu.Unlock()
	watching, look := context.WithCancel(b.ctx)
	var chances []*rand.Rand
	for i := range b.desks {
		chances = append(chances, rand.New(rand.NewPCG(b.random.Uint64(), uint64(i)))) //nolint:gosec // a test is to be repeatable
	}
	var all, beside sync.WaitGroup
	beside.Go(func() { c.watches(watching, b.seen, 3*time.Second) })
	failed, done := make(chan error, clients+1), make(chan struct{})
	beside.Go(func() { failed <- b.strike(done) })
	for i, s := range b.desks {
		all.Go(func() { failed <- b.act(chances[i], s, commands) })
	}
	all.Wait()
	close(done)
	look()
	b.pipes.cut()
	beside.Wait()
	for range clients + 1 {
		if err := <-failed; err != nil {
			return err
		}
	}
	return b.settle()
}

// finish closes everything.
func (b *bubble) finish() error {
	var errs []error
	for _, s := range b.desks {
		errs = append(errs, s.end())
	}
	if b.server != nil {
		errs = append(errs, b.stop())
	}
	return errors.Join(errs...)
}

// People write through pipes that break in the middle of commands and of answers, and go silent; the server and the clients are
// ended and opened again. What each of them sent, heard and saw is what they could have seen of a server that does one thing
// after the other.
func TestWhatClientsSeeOverCutPipesIsOneHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			home, seen := t.TempDir(), history.New()
			var b *bubble
			synctest.Test(t, func(t *testing.T) {
				b = &bubble{
					ctx: context.Background(), pipes: newPipes(seed), clock: clock.NewSystem(), seen: seen,
					random: rand.New(rand.NewPCG(seed, 7)), path: filepath.Join(home, "tsugi.db"), //nolint:gosec // a test is to be repeatable
				}
				if err := errors.Join(b.run(home, 4, 60), b.finish()); err != nil {
					t.Fatal(err)
				}
			})
			r := judgeHistory(seen, clock.NewSystem().Now)
			t.Logf("%d struck, %d pipes broke and %d went silent: %+v", b.kills, b.pipes.broken, b.pipes.silent, r)
			for _, why := range r.Refused {
				t.Error(why)
			}
			if r.Commands < 200 || b.pipes.broken+b.pipes.silent < 5 {
				t.Error("the run shows nothing")
			}
		})
	}
}
