// Package server puts the parts of a server together: one folder, one database, its own or one shared with others, one writer, and
// the handlers around it. Tests run it in their own process.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/server/attendance"
	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/delivery"
	"github.com/tsugi-app/tsugi/server/engine"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Options says where a server lives.
type Options struct {
	// Dir is the data folder; it belongs to this server alone.
	Dir string
	// Database is the address of a PostgreSQL database, which several servers may share, each with a folder of its own. Empty
	// keeps everything in the folder.
	Database string
	// Seal seals the server's keys in that database; nil leaves them as they are.
	Seal *people.Seal
	// Listen is the address that clients connect to, "127.0.0.1:7310". Empty serves the control
	// socket only.
	Listen string
	// Address is what invitations tell; empty derives it from Listen.
	Address string
	// Paging says through whom people are reached who have no client open.
	Paging Paging
	// Courier sends the codes that show whose a number or an address is; nil for the ways in Paging.
	Courier rpc.Courier
	Clock   clock.Clock
	Logger  *slog.Logger

	between func(database.DB) database.DB // what a test puts between the server and its database; nil for nothing
}

// Server is one running server. Make it with New, Run it, and Close it.
type Server struct {
	lock        *sqlite.Lock
	file        *sqlite.DB   // nil with Options.Database
	shared      *postgres.DB // nil without
	logger      *slog.Logger
	ledger      *ledger.Ledger
	attachments *attachment.Store
	attendance  *attendance.Register
	tasks       *task.Runner
	pager       *pager
	port        net.Listener // nil without Options.Listen
	control     net.Listener
	web         *http.Server
	local       *http.Server
	address     string
}

// New takes the data folder and opens everything in it. It fails with Locked, Storage, Corrupt or
// Newer faults, and with Unavailable when the port is in use.
func New(ctx context.Context, o Options) (*Server, error) {
	s := &Server{logger: o.Logger}
	if err := s.open(ctx, o); err != nil {
		if fault.Is(err, fault.Corrupt) {
			err = fault.Wrap(fault.Corrupt, "The server's database is damaged.", err).
				WithAdvice("It was not changed.", "Restore the last backup into a folder of its own.")
		}
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context, o Options) error {
	var err error
	if s.lock, err = sqlite.Own(o.Dir); err != nil {
		return err
	}
	db, hours, err := s.openDatabase(ctx, o)
	if err != nil {
		return err
	}
	if o.between != nil {
		db = o.between(db)
	}
	if err := removeCopies(o.Dir); err != nil {
		o.Logger.Warn("remove what an interrupted backup left", "error", err)
	}
	store, err := patiently(func() (*people.Store, error) { return people.OpenSealed(ctx, db, o.Seal, hours.Now()) })
	if err != nil {
		return err
	}
	s.attachments = attachment.New(db, hours, o.Logger)
	if err := s.openTasks(ctx, db, hours); err != nil {
		return err
	}
	told := delivery.New(db)
	follow := effects{people: store, attachments: s.attachments, tasks: s.tasks, engine: engine.New(s.tasks.Store, told)}
	s.ledger, err = patiently(func() (*ledger.Ledger, error) {
		return ledger.Open(ctx, ledger.Options{
			DB: db, Clock: hours, Effects: follow, Logger: o.Logger,
			SealKey: store.Keys().Cursor, Sign: store.Keys().Signing,
		})
	})
	if err != nil {
		return err
	}
	sending := engine.Sending{Ledger: s.ledger, People: store, Delivery: told, Tasks: s.tasks.Store, Clock: hours}
	if s.pager, err = openPager(ctx, o, db, sending, s.tasks); err != nil {
		return err
	}
	s.attendance = attendance.New(o.Clock, s.ledger.Sight)
	if err := s.bind(ctx, o); err != nil {
		return err
	}
	handlers := rpc.Options{
		Ledger: s.ledger, People: store, Attachments: s.attachments, Attendance: s.attendance, Tasks: s.tasks, Clock: hours, Logger: o.Logger,
		Address: s.address, Copy: notCopied, Courier: o.Courier,
	}
	if handlers.Courier == nil {
		handlers.Courier = s.pager
	}
	if s.file != nil {
		handlers.Copy = copier{db: s.file, dir: o.Dir, clock: o.Clock}.copy
	}
	s.web = serve(s.pager.before(rpc.Handler(handlers)), o.Logger)
	s.local = serve(rpc.ControlHandler(handlers), o.Logger)
	return nil
}

// openTasks opens the tasks, whose queues are registered by whoever carries them out.
func (s *Server) openTasks(ctx context.Context, db database.DB, c clock.Clock) error {
	store, err := patiently(func() (*task.Store, error) { return task.Open(ctx, db, c) })
	if err != nil {
		return err
	}
	s.tasks = task.NewRunner(task.Options{Store: store, Clock: c, Logger: s.logger, Chance: rand.Float64})
	return nil
}

// DatabasePath returns where the server on dir keeps its database.
func DatabasePath(dir string) string { return filepath.Join(dir, "tsugi.db") }

// OpenDatabase opens a server's database at path and brings its tables up to date. Whoever calls it owns the
// folder. It fails with Storage, Corrupt or Newer faults.
func OpenDatabase(ctx context.Context, path string) (*sqlite.DB, error) {
	return openDatabase(ctx, sqlite.Opener{}, path)
}

func openDatabase(ctx context.Context, opener sqlite.Opener, path string) (*sqlite.DB, error) {
	all, err := Schemas()
	if err != nil {
		return nil, err
	}
	db, err := opener.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := sqlite.Migrate(ctx, db, all...); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Schemas returns the tables of a server's database.
func Schemas() ([]sqlite.Schema, error) {
	var all []sqlite.Schema
	schemas := []func() (sqlite.Schema, error){
		timeline.Schema, ledger.Schema, people.Schema, attachment.Schema, task.Schema, delivery.Schema,
	}
	for _, schema := range schemas {
		s, err := schema()
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// bind opens the port for clients and the control socket in the data folder.
func (s *Server) bind(ctx context.Context, o Options) error {
	var config net.ListenConfig
	if o.Listen != "" {
		port, err := config.Listen(ctx, "tcp", o.Listen)
		if err != nil {
			return fault.Wrap(fault.Unavailable, fmt.Sprintf("The address %s cannot be listened on.", o.Listen), err).
				WithAdvice("Nothing was changed.", "Stop what uses it, or choose another with --listen.")
		}
		s.port = patient{port}
		s.address = "http://" + port.Addr().String()
	}
	if o.Address != "" {
		s.address = o.Address
	}
	path := rpc.ControlSocket(o.Dir)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the former control socket: %w", err)
	}
	control, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return fault.Wrap(fault.Storage, "The control socket cannot be made.", err).
			WithAdvice("Nothing was changed.", "Choose a data folder with a shorter path: the system allows about 100 characters.")
	}
	s.control = control
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("protect the control socket: %w", err)
	}
	return nil
}

func serve(h http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// Address returns where clients reach the server.
func (s *Server) Address() string { return s.address }

// Bound returns where the server itself listens, which may be behind a proxy; empty without Options.Listen.
func (s *Server) Bound() string {
	if s.port == nil {
		return ""
	}
	return "http://" + s.port.Addr().String()
}

// Setup returns the workspace as last committed.
func (s *Server) Setup() workspace.Setup { return s.ledger.Setup() }

// grace is how long requests may take to end when the server stops.
const grace = 3 * time.Second

// Run serves until ctx ends, and then waits until everything that was answered is stored.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	parts.Go(func() { s.ledger.Run(ctx) })
	parts.Go(func() { s.attachments.Run(ctx) })
	parts.Go(func() { s.attendance.Run(ctx) })
	if s.port != nil { // one that was started for a single command sends nothing
		parts.Go(func() { s.tasks.Run(ctx) })
		parts.Go(func() { s.pager.forget(ctx) })
	}
	if s.shared != nil {
		parts.Go(func() { s.listen(ctx) })
	}
	failed := make(chan error, 2)
	for _, part := range []struct {
		server   *http.Server
		listener net.Listener
	}{{s.web, s.port}, {s.local, s.control}} {
		if part.listener == nil {
			continue
		}
		parts.Go(func() {
			if err := part.server.Serve(part.listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve %s: %w", part.listener.Addr(), err)
			}
		})
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	cancel()
	err = errors.Join(err, s.stop(context.WithoutCancel(ctx)))
	parts.Wait()
	return err
}

func (s *Server) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	var errs []error
	for _, server := range []*http.Server{s.web, s.local} {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, server.Close())
		}
	}
	return errors.Join(errs...)
}

// Close closes the files and gives the folder back. Run must have returned.
func (s *Server) Close() error {
	var errs []error
	for _, l := range []net.Listener{s.port, s.control} {
		if l == nil {
			continue
		}
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.ledger != nil {
		errs = append(errs, s.ledger.Close())
	}
	if s.tasks != nil {
		errs = append(errs, s.tasks.Store.Close())
	}
	if s.file != nil {
		errs = append(errs, s.file.Close())
	}
	if s.shared != nil {
		errs = append(errs, s.shared.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Release())
	}
	return errors.Join(errs...)
}

// effects are what follows from events in the tables of people, of attachments and of what is to be done.
type effects struct {
	people      *people.Store
	attachments *attachment.Store
	tasks       *task.Runner
	engine      engine.Engine
}

// Store shuts a revoked device's key out, lets entries name their attachments, erases those of erased
// entries, lets those of an incident follow it to another scope, and has people reached, in the events' own transaction.
func (e effects) Store(ctx context.Context, tx *sqlite.Tx, events []stream.Recorded, after ledger.States) error {
	for _, event := range events {
		var err error
		switch what := event.Event.(type) {
		case workspace.DeviceRevoked:
			err = e.people.RevokeDevice(ctx, tx, what.Device, event.Received)
		case incident.Written:
			err = e.attachments.Name(ctx, tx, event.Envelope, what)
		case incident.Erased:
			err = e.attachments.Erase(ctx, tx, event.Envelope, what)
		case incident.Concealed, incident.Revealed:
			err = e.attachments.Move(ctx, tx, event.Stream, event.Scope)
		}
		if err != nil {
			return err
		}
	}
	return e.engine.Follow(ctx, tx, events, after)
}

// Committed refuses a revoked device's tokens from now on, breaks off what is not to ring any more, and has the tasks looked after: it is
// told of what other servers commit too.
func (e effects) Committed(events []stream.Recorded) {
	for _, over := range engine.Interrupted(events) {
		e.tasks.Interrupt(over)
	}
	e.tasks.Wake()
	for _, event := range events {
		if revoked, ok := event.Event.(workspace.DeviceRevoked); ok {
			e.people.Revoked(revoked.Device)
		}
	}
}
