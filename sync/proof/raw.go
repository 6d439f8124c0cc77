package proof

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// Raw is the least that a server could be: it stores what is posted in SQLite or PostgreSQL, in groups, fully
// synchronised, and then writes it to everybody who listens, as plain chunks of HTTP. It is the
// limit that the promises are measured against.
type Raw struct {
	store rawStore
	queue chan *rawWork

	mu        sync.Mutex
	listeners map[chan []byte]struct{}
}

type rawWork struct {
	body   []byte
	stored chan error
}

// rawStore is where a group is stored, durably when put returns.
type rawStore interface {
	put(ctx context.Context, group []*rawWork) error
	io.Closer
}

// OpenRaw opens the store in dir, or on PostgreSQL at url where that is not empty. Run it, and Close it.
func OpenRaw(ctx context.Context, dir, url string) (*Raw, error) {
	var (
		store rawStore
		err   error
	)
	if url == "" {
		store, err = openRawFile(ctx, dir)
	} else {
		store, err = openRawPostgres(ctx, url)
	}
	if err != nil {
		return nil, err
	}
	return &Raw{store: store, queue: make(chan *rawWork, 1024), listeners: map[chan []byte]struct{}{}}, nil
}

// rawFile stores in SQLite.
type rawFile struct {
	db     *sqlite.DB
	insert *sqlite.Bulk
}

func openRawFile(ctx context.Context, dir string) (rawStore, error) {
	db, err := sqlite.Open(ctx, filepath.Join(dir, "raw.db"))
	if err != nil {
		return nil, err
	}
	if _, err := db.Write.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS raw (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)`); err != nil {
		return nil, errors.Join(fmt.Errorf("make the raw table: %w", err), db.Close())
	}
	insert, err := sqlite.NewBulk(ctx, db, "INSERT INTO raw (body)", 1)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return rawFile{db: db, insert: insert}, nil
}

func (r rawFile) put(ctx context.Context, group []*rawWork) error {
	return r.db.InTx(ctx, func(tx *sqlite.Tx) error {
		return r.insert.Insert(ctx, tx, len(group), func(i int, args []any) ([]any, error) { return append(args, group[i].body), nil })
	})
}

// Close closes the file.
func (r rawFile) Close() error { return errors.Join(r.insert.Close(), r.db.Close()) }

// Close closes the store. Run must have returned.
func (r *Raw) Close() error { return r.store.Close() }

// Store stores body durably.
func (r *Raw) Store(ctx context.Context, body []byte) error {
	w := &rawWork{body: body, stored: make(chan error, 1)}
	select {
	case r.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	}
	return <-w.stored
}

// Run commits what comes, in groups, until ctx ends.
func (r *Raw) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-r.queue:
			group := []*rawWork{first}
			for waiting := true; waiting && len(group) < 256; {
				select {
				case w := <-r.queue:
					group = append(group, w)
				default:
					waiting = false
				}
			}
			err := r.commit(context.WithoutCancel(ctx), group)
			for _, w := range group {
				w.stored <- err
			}
		}
	}
}

func (r *Raw) commit(ctx context.Context, group []*rawWork) error {
	if err := r.store.put(ctx, group); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range group {
		for c := range r.listeners {
			select {
			case c <- w.body:
			default:
			}
		}
	}
	return nil
}

// Handler serves POST / and GET /.
func (r *Raw) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /", func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
		if err == nil {
			err = r.Store(req.Context(), body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /", r.listen)
	return mux
}

func (r *Raw) listen(w http.ResponseWriter, req *http.Request) {
	c := make(chan []byte, 64)
	r.mu.Lock()
	r.listeners[c] = struct{}{}
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.listeners, c)
	}()
	control := http.NewResponseController(w)
	w.WriteHeader(http.StatusOK)
	if control.Flush() != nil {
		return
	}
	for {
		select {
		case <-req.Context().Done():
			return
		case body := <-c:
			if _, err := w.Write(append(body, '\n')); err != nil || control.Flush() != nil {
				return
			}
		}
	}
}

// ServeRaw runs a raw server at listen until ctx ends. It stores in dir, or on PostgreSQL at url.
func ServeRaw(ctx context.Context, dir, url, listen string) error {
	r, err := OpenRaw(ctx, dir, url)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return errors.Join(err, r.Close())
	}
	var parts sync.WaitGroup
	parts.Go(func() { r.Run(ctx) })
	web := &http.Server{Handler: r.Handler(), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = web.Close() })
	defer stop()
	err = web.Serve(l)
	parts.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, r.Close())
}

// hear opens n listeners on a raw server and calls seen with each line.
func hear(ctx context.Context, url string, n int, seen func(listener int, line string)) (*Readers, error) {
	ctx, cancel := context.WithCancel(ctx)
	readers := &Readers{cancel: cancel}
	live := make(chan error, n)
	client := &http.Client{Transport: &http.Transport{}}
	for i := range n {
		readers.all.Go(func() {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
			if err != nil {
				live <- err
				return
			}
			resp, err := client.Do(req)
			live <- err
			if err != nil {
				return
			}
			defer resp.Body.Close() //nolint:errcheck // it was only read
			for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
				seen(i, lines.Text())
			}
		})
	}
	for range n {
		if err := <-live; err != nil {
			readers.Close()
			return nil, err
		}
	}
	return readers, nil
}
