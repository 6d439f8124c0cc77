package proof

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
)

// pipes is a network of pipes, so that time may stand still around it. It is a bad one: a pipe breaks after so many bytes in
// either direction, wherever that is in a message, and now and then it goes silent instead, so that nobody is told.
type pipes struct {
	dialled chan net.Conn

	mu     sync.Mutex
	random *rand.Rand
	good   bool          // nothing breaks any more
	down   chan struct{} // closed while nobody answers
	open   map[*strand]bool
	broken int
	silent int
}

func newPipes(seed uint64) *pipes {
	return &pipes{
		dialled: make(chan net.Conn), random: rand.New(rand.NewPCG(seed, 6)), down: make(chan struct{}), open: map[*strand]bool{}, //nolint:gosec // a test is to be repeatable
	}
}

// strand is a client's end of a pipe.
type strand struct {
	net.Conn
	of     *pipes
	mu     sync.Mutex
	up     int // bytes until it breaks; negative where it does not
	back   int
	silent bool // it does not break, but nothing comes through any more
	once   sync.Once
}

// dial makes a pipe to the server.
func (w *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
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
	end := &strand{Conn: mine, of: w, up: -1, back: -1}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.good {
		end.fate(w.random)
	}
	w.open[end] = true
	return end, nil
}

// fate decides when a pipe breaks: many do in their first requests, where commands and answers are.
func (e *strand) fate(r *rand.Rand) {
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
func (e *strand) spend(n int, left *int) (int, bool) {
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
func (e *strand) Write(b []byte) (int, error) {
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

// Read hears a beginning, and then an error or nothing.
func (e *strand) Read(b []byte) (int, error) {
	for {
		if e.spent() {
			if err := e.fail(); err != nil {
				return 0, err
			}
		}
		n, err := e.Conn.Read(b)
		if pass, whole := e.spend(n, &e.back); err != nil || whole || pass > 0 {
			return pass, err
		}
	}
}

// spent reports whether nothing comes back through the pipe any more.
func (e *strand) spent() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.back == 0
}

// fail breaks the pipe, or leaves it as it is where it is only silent.
func (e *strand) fail() error {
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
func (e *strand) Close() error {
	e.once.Do(func() {
		e.of.mu.Lock()
		defer e.of.mu.Unlock()
		delete(e.of.open, e)
	})
	return e.Conn.Close()
}

// cut breaks all pipes.
func (w *pipes) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for e := range w.open {
		_ = e.Conn.Close() // whoever holds it will notice
	}
}

// heal lets nothing break any more.
func (w *pipes) heal() {
	w.mu.Lock()
	w.good = true
	w.mu.Unlock()
	w.cut()
}

// listen returns where a server takes what is dialled, until it is closed.
func (w *pipes) listen() *socket {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = make(chan struct{})
	return &socket{pipes: w, closed: w.down}
}

// socket is the server's end of the network.
type socket struct {
	pipes  *pipes
	closed chan struct{}
	once   sync.Once
}

// Accept returns the next connection.
func (s *socket) Accept() (net.Conn, error) {
	select {
	case conn := <-s.pipes.dialled:
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
