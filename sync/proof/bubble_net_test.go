package proof

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
)

// wires is a network of pipes, so that time may stand still around it. It is a bad one: a pipe breaks after so many bytes in
// either direction, wherever that is in a message, and now and then it goes silent instead, so that nobody is told.
type wires struct {
	dialled chan net.Conn

	mu     sync.Mutex
	random *rand.Rand
	good   bool          // nothing breaks any more
	down   chan struct{} // closed while nobody answers
	open   map[*wire]bool
	broken int
	silent int
}

func newWires(seed uint64) *wires {
	return &wires{
		dialled: make(chan net.Conn), random: rand.New(rand.NewPCG(seed, 6)), down: make(chan struct{}), open: map[*wire]bool{}, //nolint:gosec // a test is to be repeatable
	}
}

// wire is a client's end of a pipe.
type wire struct {
	net.Conn
	of     *wires
	mu     sync.Mutex
	up     int // bytes until it breaks; negative where it does not
	back   int
	silent bool // it does not break, but nothing comes through any more
	once   sync.Once
}

// dial makes a pipe to the server.
func (w *wires) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	w.mu.Lock()
	down := w.down
	w.mu.Unlock()
	mine, theirs := net.Pipe()
	select {
	case w.dialled <- theirs:
	case <-down:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	end := &wire{Conn: mine, of: w, up: -1, back: -1}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.good {
		end.fate(w.random)
	}
	w.open[end] = true
	return end, nil
}

// fate decides when a pipe breaks: many do in their first requests, where commands and answers are.
func (e *wire) fate(r *rand.Rand) {
	if r.IntN(4) == 0 {
		return
	}
	e.silent = r.IntN(4) == 0
	if r.IntN(2) == 0 {
		e.up = 300 + r.IntN(6000)
	} else {
		e.back = 300 + r.IntN(6000)
	}
}

// spend takes bytes of an allowance and returns how many may pass. It is false where the pipe breaks behind them.
func (e *wire) spend(n int, left *int) (int, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if *left < 0 {
		return n, true
	}
	pass := min(n, *left)
	*left -= pass
	return pass, pass == n
}

// Write sends a beginning, and then breaks or swallows the rest.
func (e *wire) Write(b []byte) (int, error) {
	pass, whole := e.spend(len(b), &e.up)
	if pass > 0 {
		if n, err := e.Conn.Write(b[:pass]); err != nil {
			return n, err
		}
	}
	if whole {
		return len(b), nil
	}
	return len(b), e.fail()
}

// Read hears a beginning, and then nothing.
func (e *wire) Read(b []byte) (int, error) {
	for {
		n, err := e.Conn.Read(b)
		pass, whole := e.spend(n, &e.back)
		if err != nil || whole || pass > 0 {
			return pass, err
		}
		if err := e.fail(); err != nil {
			return 0, err
		}
	}
}

// fail breaks the pipe, or leaves it as it is where it is only silent.
func (e *wire) fail() error {
	e.of.mu.Lock()
	defer e.of.mu.Unlock()
	if e.silent {
		e.of.silent++
		return nil
	}
	e.of.broken++
	return errors.Join(errors.New("connection reset"), e.Conn.Close())
}

// Close closes the pipe.
func (e *wire) Close() error {
	e.once.Do(func() {
		e.of.mu.Lock()
		defer e.of.mu.Unlock()
		delete(e.of.open, e)
	})
	return e.Conn.Close()
}

// cut breaks all pipes.
func (w *wires) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for e := range w.open {
		_ = e.Conn.Close() // whoever holds it will notice
	}
}

// heal lets nothing break any more.
func (w *wires) heal() {
	w.mu.Lock()
	w.good = true
	w.mu.Unlock()
	w.cut()
}

// listen returns where a server takes what is dialled, until it is closed.
func (w *wires) listen() *socket {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = make(chan struct{})
	return &socket{wires: w, closed: w.down}
}

// socket is the server's end of the network.
type socket struct {
	wires  *wires
	closed chan struct{}
	once   sync.Once
}

// Accept returns the next connection.
func (s *socket) Accept() (net.Conn, error) {
	select {
	case conn := <-s.wires.dialled:
		return conn, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

// Addr returns an address of no meaning.
func (*socket) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// Close refuses whoever dials.
func (s *socket) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// ear is a client's way to the server, on which somebody listens.
type ear struct {
	*http.Transport
	note func([]Exchange) error
}

// RoundTrip carries a request.
func (e ear) RoundTrip(req *http.Request) (*http.Response, error) {
	if isPush(req) {
		return overhear(e.Transport, req, e.note)
	}
	return e.Transport.RoundTrip(req)
}
