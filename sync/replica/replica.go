// Package replica is a client's copy of the log and its outbox: two files, of which one can be
// fetched again and the other is precious. What a person sees is always the fold of the pending
// commands over what the server has confirmed; the result of that fold is never stored.
package replica

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

//go:embed replica_migrations/*.sql
var replicaMigrations embed.FS

// projections is the version of board and tag; a new one folds them again from the heads.
const projections = 1

// Replica is one client's data folder, open. Close it.
type Replica struct {
	dir     string
	clock   clock.Clock
	lock    *sqlite.Lock
	opener  sqlite.Opener
	outbox  *outbox
	files   *attachment.Store
	wanting chan struct{} // signalled when a file is asked for
	watch   watchers
	smeared atomic.Bool // erased words could not be taken out of a file
	damaged atomic.Bool // something that cannot be read was met in replica.db
	recent  recent
	// beside removes what is kept beside this replica of an incident that is purged, see OnPurge.
	beside func(context.Context, id.Incident) ([]id.Content, error)

	erasures chan struct{} // signalled when a file is to be scrubbed

	writing sync.Mutex // is held before mu by whoever writes replica.db
	mu      sync.Mutex // guards what follows, and orders writes
	db      *sqlite.DB
	log     *timeline.Log
	index   *index
	device  *Device
	own     protocol.Outbox
	uploads []Upload
	wants   map[id.Content]*Want
	private map[id.Incident]id.Epoch   // of which something may be here, and the life in which not everybody saw it
	left    map[id.Incident]bool       // that were purged
	setup   workspace.Setup            // canonical
	terms   workspace.Terms            // canonical
	states  map[id.Stream]stream.State // canonical
	life    id.Epoch                   // of the log, which is copied here
	born    Mark                       // what is behind it is history
	rebuilt bool
	closed  bool // replica.db was damaged and could not be made anew
	// rewritten counts how often stored events became others: words were erased, or all was fetched anew.
	rewritten uint64
}

// keptStates bounds how many streams' states stay in memory.
const keptStates = 4096

// Open takes the data folder dir and opens what is in it. A damaged replica is put aside and made
// anew; the outbox is never touched. It fails with Locked, Storage, Corrupt or Newer faults.
func Open(ctx context.Context, dir string, c clock.Clock) (*Replica, error) {
	return OpenWith(ctx, sqlite.Opener{}, dir, c)
}

// OpenWith is Open, with databases that opener opens.
func OpenWith(ctx context.Context, opener sqlite.Opener, dir string, c clock.Clock) (*Replica, error) {
	lock, err := sqlite.Own(dir)
	if err != nil {
		return nil, err
	}
	r := &Replica{
		dir: dir, clock: c, lock: lock, opener: opener, setup: workspace.Default(), wanting: make(chan struct{}, 1), erasures: make(chan struct{}, 1), wants: map[id.Content]*Want{},
		left: map[id.Incident]bool{}, states: map[id.Stream]stream.State{},
	}
	r.own = protocol.NewOutbox(precious{r}, beside{r})
	if err := r.open(ctx); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return r, nil
}

func (r *Replica) open(ctx context.Context) error {
	var err error
	if r.outbox, err = openOutbox(ctx, r.opener, r.dir, r.clock.Now()); err != nil {
		return outboxFault(err)
	}
	if err = r.readOutbox(ctx); err != nil {
		return errors.Join(outboxFault(err), r.closeFiles())
	}
	if err = r.openCopy(ctx); err == nil {
		err = r.drop(ctx, nil)
	}
	if fault.Is(err, fault.Corrupt) {
		if err = r.replace(ctx); err == nil {
			err = r.drop(ctx, nil)
		}
	}
	var stained bool
	if err == nil {
		_, stained, err = r.unclean(ctx)
	}
	if err != nil {
		return errors.Join(err, r.closeFiles())
	}
	if stained {
		r.stained()
	}
	return nil
}

// alone lets nobody else write or change anything, until the returned function is called.
func (r *Replica) alone() (release func()) {
	r.writing.Lock()
	r.mu.Lock()
	return func() {
		r.mu.Unlock()
		r.writing.Unlock()
	}
}

// readOutbox reads what is kept in memory of the outbox, and opens the folder of the files that it names.
func (r *Replica) readOutbox(ctx context.Context) error {
	var err error
	if r.files, err = openFiles(r.dir, r); err != nil {
		return err
	}
	if r.device, err = r.outbox.device(ctx); err != nil {
		return err
	}
	if r.private, err = r.outbox.suspected(ctx); err != nil {
		return err
	}
	if err := r.own.Read(ctx); err != nil {
		return err
	}
	return r.readUploads(ctx)
}

// outboxFault says of a damaged outbox what it means; other errors only where they come from.
func outboxFault(err error) error {
	if fault.Is(err, fault.Corrupt) {
		return fault.Wrap(fault.Corrupt, "The file outbox.db, which holds your unsent changes, is damaged.", err).
			WithAdvice("Nothing in it was changed or deleted; what was sent is on the server.",
				"Keep a copy of the data folder for whoever can repair it, and enrol again with another folder.")
	}
	return fmt.Errorf("open the outbox: %w", err)
}

// openCopy opens replica.db, brings its schema up to date and reads what is kept in memory of it.
func (r *Replica) openCopy(ctx context.Context) error {
	db, err := r.opener.Open(ctx, filepath.Join(r.dir, "replica.db"))
	if err != nil {
		return fmt.Errorf("open the replica: %w", err)
	}
	formerDB, formerLog, formerIndex := r.db, r.log, r.index
	if err := r.readCopy(ctx, db); err != nil {
		r.db, r.log, r.index = formerDB, formerLog, formerIndex
		return fmt.Errorf("open the replica: %w", errors.Join(sqlite.Fault(err), db.Close()))
	}
	return nil
}

func (r *Replica) readCopy(ctx context.Context, db *sqlite.DB) error {
	own, err := fs.Sub(replicaMigrations, "replica_migrations")
	if err != nil {
		return err
	}
	shared, err := timeline.Schema()
	if err != nil {
		return err
	}
	if err := sqlite.Migrate(ctx, db, shared, sqlite.Schema{Name: "replica", Files: own}); err != nil {
		return err
	}
	r.db = db
	if r.log, err = timeline.NewLog(ctx, db); err != nil {
		return err
	}
	if err := r.project(ctx); err != nil {
		return err
	}
	if err := r.checkIndex(ctx); err != nil {
		return err
	}
	if r.index, err = newIndex(ctx, db); err != nil {
		return err
	}
	if r.setup, err = r.readSetup(ctx); err != nil {
		return err
	}
	cursors, err := timeline.Cursors(ctx, r.db.Read)
	if err != nil {
		return err
	}
	r.life = id.Epoch{}
	for _, c := range cursors {
		if !c.Epoch.IsZero() {
			r.life = c.Epoch
		}
	}
	r.begin(cursors)
	return r.readArrived(ctx)
}

// replace puts a damaged replica aside and starts an empty one: everything in it comes back from
// the server.
func (r *Replica) replace(ctx context.Context) error {
	r.damaged.Store(true)
	if r.log != nil {
		_ = errors.Join(r.log.Close(), r.index.close(), r.db.Close()) // whatever closing finds wrong with it is what it is replaced for
		r.closed = true
	}
	path := filepath.Join(r.dir, "replica.db")
	if err := r.putAside(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fault.Wrap(fault.Storage, "The damaged replica cannot be put aside.", err).
			WithAdvice("Your unsent changes are safe.", "Check who owns the data folder and whether its disk is full.")
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove %s%s: %w", path, suffix, err)
		}
	}
	r.states, r.own.Arrived = map[id.Stream]stream.State{}, map[id.Command]bool{}
	r.rewritten++
	if err := r.openCopy(ctx); err != nil {
		return err
	}
	r.rebuilt, r.closed = true, false
	r.damaged.Store(false)
	return nil
}

// putAside keeps a damaged copy for whoever wants to know what happened to it, unless erased words were still to be taken
// out of it: nobody can do that any more.
func (r *Replica) putAside(path string) error {
	if stained, err := sqlite.StainedFile(path); err == nil && stained {
		return os.Remove(path)
	}
	return os.Rename(path, r.aside())
}

// aside returns where a damaged copy is put.
func (r *Replica) aside() string { return filepath.Join(r.dir, "replica.db.damaged") }

// Damaged reports whether something that cannot be read was met in the replica while it was open.
// Rebuild it then; nobody may be applying events meanwhile.
func (r *Replica) Damaged() bool { return r.damaged.Load() }

// notice looks whether *err says that the replica is damaged, remembers it, tells the watchers, and
// says what it means.
func (r *Replica) notice(err *error) {
	*err = sqlite.Fault(*err)
	if !fault.Is(*err, fault.Corrupt) {
		return
	}
	*err = damaged(*err)
	if !r.damaged.Swap(true) {
		r.watch.notify()
	}
}

func damaged(cause error) error {
	return fault.Wrap(fault.Corrupt, "This device's copy of the data is damaged.", cause).
		WithAdvice("Your unsent changes are safe, and everything else is on the server.", "It is fetched again as soon as the server is reached.")
}

// Rebuild replaces a replica that turned out to be damaged while it was open by an empty one. When
// that fails, the replica stays Damaged and answers nothing until it has been tried again.
func (r *Replica) Rebuild(ctx context.Context) error {
	defer r.alone()()
	if err := r.replace(ctx); err != nil {
		return err
	}
	r.watch.notify()
	return nil
}

// Rebuilt reports whether the replica was damaged and made anew since it was opened.
func (r *Replica) Rebuilt() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rebuilt
}

func (r *Replica) closeFiles() error {
	var errs []error
	if r.log != nil {
		errs = append(errs, r.log.Close(), r.index.close(), r.db.Close())
	}
	if r.outbox != nil {
		errs = append(errs, r.outbox.db.Close())
	}
	return errors.Join(errs...)
}

// Close closes the files and gives the folder back.
func (r *Replica) Close() error {
	defer r.alone()()
	return errors.Join(r.closeFiles(), r.lock.Release())
}

// Device returns how this installation is enrolled. It is false before it is.
func (r *Replica) Device() (Device, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.device == nil {
		return Device{}, false
	}
	return *r.device, true
}

// Enrolled stores a new enrolment. The same person enrolling again keeps the outbox; somebody else
// is refused while the outbox holds anything unsent, and otherwise starts with an empty replica.
func (r *Replica) Enrolled(ctx context.Context, d Device) error {
	defer r.alone()()
	if r.device != nil && r.device.Actor.Person != d.Actor.Person {
		if n := r.owed(); n > 0 {
			return fault.New(fault.Denied, fmt.Sprintf("This folder holds %d changes of %s that were not sent.", n, r.device.Name)).
				WithAdvice("They are kept.", "Enrol as the same person, or take another data folder.")
		}
		if err := r.empty(ctx); err != nil {
			return err
		}
		if err := r.outbox.empty(ctx); err != nil {
			return fmt.Errorf("empty the outbox: %w", err)
		}
		if err := r.files.Clear(); err != nil {
			return fmt.Errorf("remove the attachments: %w", err)
		}
		r.own.Pending = nil // reading marks at most
		r.uploads = nil
		clear(r.wants)
		clear(r.private)
		clear(r.own.Arrived)
	}
	if d.epoch = (id.Epoch{}); r.device != nil && r.device.Actor.Person == d.Actor.Person {
		d.epoch = r.device.epoch
	}
	if err := r.outbox.putDevice(ctx, d); err != nil {
		return err
	}
	r.device = &d
	r.watch.notify()
	return nil
}

// owed counts what would be lost with the outbox: unsent or refused changes, but for reading marks, and
// files of those that were sent without them.
func (r *Replica) owed() int {
	owing := map[id.Command]bool{}
	for _, p := range r.own.Pending {
		if p.Command.Stream() != id.KindReader && (p.Refused() || r.own.Unsent(p)) {
			owing[p.ID] = true
		}
	}
	for _, u := range r.uploads {
		owing[u.command] = true
	}
	return len(owing)
}

// Refreshed stores the refresh token that followed former, durably, before it is used, and the certificate that came
// with it, where there is one. It fails with an Unauthenticated fault where the device has been enrolled anew
// meanwhile: that token is another's.
func (r *Replica) Refreshed(ctx context.Context, former, refresh, certificate string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.device == nil || r.device.Refresh != former {
		return fault.New(fault.Unauthenticated, "This device is not enrolled with that token.")
	}
	d := *r.device
	d.Refresh = refresh
	if certificate != "" {
		d.Certificate = certificate
	}
	if err := r.outbox.putDevice(ctx, d); err != nil {
		return err
	}
	r.device = &d
	return nil
}

// empty drops everything canonical.
func (r *Replica) empty(ctx context.Context) error {
	err := r.db.InTx(ctx, func(tx *sql.Tx) error { return wipe(ctx, tx) })
	if err != nil {
		return err
	}
	r.log.Forget()
	r.rewritten++
	r.index.rest = unindexed{}
	r.states, r.life = map[id.Stream]stream.State{}, id.Epoch{}
	r.setup, r.terms = workspace.Default(), workspace.Terms{}
	return nil
}

func wipe(ctx context.Context, tx *sql.Tx) error {
	for _, table := range []string{"revised", "subject", "event", "board", "tag", "gap", "delivered", "erased", "history", "withdrawn", "stream", "scope"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	return emptyIndex(ctx, tx)
}

// Watch returns a channel that is signalled after every change, many changes at once as one signal,
// and a function that ends it.
func (r *Replica) Watch() (<-chan struct{}, func()) { return r.watch.add() }

// watchers are told that something changed, not what: they read again.
type watchers struct {
	mu   sync.Mutex
	list []chan struct{}
}

func (w *watchers) add() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, c)
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.list = slices.DeleteFunc(w.list, func(have chan struct{}) bool { return have == c })
	}
}

func (w *watchers) notify() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.list {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
