package proof

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Front stands before several servers, as their proxy would: each connection goes to the next of them that takes it. Close it.
type Front struct {
	listen net.Listener
	all    sync.WaitGroup

	mu    sync.Mutex
	next  int
	nodes []string
	conns map[net.Conn]string // both ends, and to which server
}

// OpenFront listens at an address of its own on this machine.
func OpenFront(ctx context.Context) (*Front, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the servers: %w", err)
	}
	f := &Front{listen: l, conns: map[net.Conn]string{}}
	f.all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			f.all.Go(func() { f.serve(conn) })
		}
	})
	return f, nil
}

// Close ends all connections.
func (f *Front) Close() error {
	err := f.listen.Close()
	f.Cut("")
	f.all.Wait()
	return err
}

// Address returns where clients connect.
func (f *Front) Address() string { return "http://" + f.listen.Addr().String() }

// Add lets connections go to one more server.
func (f *Front) Add(address string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at := strings.TrimPrefix(address, "http://"); !slices.Contains(f.nodes, at) {
		f.nodes = append(f.nodes, at)
	}
}

// Cut ends the connections to a server at once, as its death would, and to all of them without a name: whoever comes back gets another. It
// returns how many there were.
func (f *Front) Cut(address string) (cut int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for conn, to := range f.conns {
		if address == "" || strings.TrimPrefix(address, "http://") == to {
			_ = conn.Close() // it may be closed already
			cut++
		}
	}
	return cut / 2
}

func (f *Front) serve(in net.Conn) {
	defer in.Close() //nolint:errcheck // it is over
	out, at := f.dial()
	if out == nil {
		return
	}
	defer out.Close() //nolint:errcheck // it is over
	f.mu.Lock()
	f.conns[in], f.conns[out] = at, at
	f.mu.Unlock()
	var both sync.WaitGroup
	for from, to := range map[net.Conn]net.Conn{in: out, out: in} {
		both.Go(func() {
			_, _ = io.Copy(to, from) // either end may go
			_, _ = in.Close(), out.Close()
		})
	}
	both.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, in)
	delete(f.conns, out)
}

func (f *Front) dial() (net.Conn, string) {
	f.mu.Lock()
	var order []string
	if n := len(f.nodes); n > 0 {
		f.next++
		order = append(slices.Clone(f.nodes[f.next%n:]), f.nodes[:f.next%n]...)
	}
	f.mu.Unlock()
	for _, at := range order {
		if conn, err := (&net.Dialer{Timeout: time.Second}).Dial("tcp", at); err == nil {
			return conn, at
		}
	}
	return nil, ""
}
