// Package notifytest lets tests talk to a provider's fake without a network: the fake is a real HTTP server on pipes in memory, so that
// the time of a test's bubble passes in it.
package notifytest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Serve runs a server until the test ends, and returns what carries requests to it whatever their address is, without TLS.
func Serve(t *testing.T, h http.Handler) *http.Transport {
	t.Helper()
	listener := newPipes()
	server := &http.Server{Handler: h} //nolint:gosec // only the test talks to it
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(listener) }) // which ends with an error always
	transport := &http.Transport{
		DialContext:    func(ctx context.Context, _, _ string) (net.Conn, error) { return listener.dial(ctx) },
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return listener.dial(ctx) },
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		served.Wait()
		listener.flushing.Wait()
	})
	return transport
}

// Listen returns a listener in memory, and what connects to it whatever the address is. Whoever serves it closes it.
func Listen() (net.Listener, func(ctx context.Context, network, address string) (net.Conn, error)) {
	listener := newPipes()
	return listener, func(ctx context.Context, _, _ string) (net.Conn, error) { return listener.dial(ctx) }
}

func newPipes() *pipes { return &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})} }

// pipes listens in memory.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
	// flushing counts the ends that have not been closed.
	flushing sync.WaitGroup
}

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.dialled <- theirs:
		return newBuffered(ours, &p.flushing), nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept returns the next connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return newBuffered(c, &p.flushing), nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr returns an address that says what it is.
func (*pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "pipe"} }
