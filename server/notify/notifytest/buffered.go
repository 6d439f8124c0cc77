package notifytest

import (
	"net"
	"slices"
	"sync"
	"time"
)

// buffered is one end of a pipe on which, as on a network, nobody has to read for somebody to write.
type buffered struct {
	net.Conn
	queue  chan []byte
	closed chan struct{}
	once   sync.Once
}

// linger is how long what was written before the end still waits for a reader.
const linger = time.Second

func newBuffered(conn net.Conn, flushing *sync.WaitGroup) *buffered {
	b := &buffered{Conn: conn, queue: make(chan []byte, 1024), closed: make(chan struct{})}
	flushing.Go(b.flush)
	return b
}

// Write leaves p to be read.
func (b *buffered) Write(p []byte) (int, error) {
	select {
	case <-b.closed:
		return 0, net.ErrClosed
	default:
	}
	select {
	case b.queue <- slices.Clone(p):
		return len(p), nil
	case <-b.closed:
		return 0, net.ErrClosed
	}
}

// Close ends reading at once, and the pipe when what was written has been read.
func (b *buffered) Close() error {
	b.once.Do(func() {
		_ = b.SetReadDeadline(time.Unix(0, 0))
		_ = b.Conn.SetWriteDeadline(time.Now().Add(linger)) //nolint:forbidigo // of the test's bubble
		close(b.closed)
	})
	return nil
}

// SetDeadline bounds reading: writing does not wait.
func (b *buffered) SetDeadline(at time.Time) error { return b.SetReadDeadline(at) }

// SetWriteDeadline does nothing.
func (*buffered) SetWriteDeadline(time.Time) error { return nil }

// flush hands on what was written. It ends when nobody reads it any more.
func (b *buffered) flush() {
	defer func() { _ = b.Conn.Close() }()
	for {
		select {
		case p := <-b.queue:
			if _, err := b.Conn.Write(p); err != nil {
				return
			}
		case <-b.closed:
			for range len(b.queue) {
				if _, err := b.Conn.Write(<-b.queue); err != nil {
					return
				}
			}
			return
		}
	}
}
