package server

import (
	"net"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
)

// writeLimit is how long one write to a client may take before the connection is given up: a reader
// that has gone away must not keep a goroutine and its memory.
const writeLimit = 20 * time.Second

// patient is a listener whose connections have a deadline for every single write, and none for
// staying open.
type patient struct{ net.Listener }

// Accept waits for the next connection.
func (p patient) Accept() (net.Conn, error) {
	conn, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return limited{conn}, nil
}

type limited struct{ net.Conn }

// Write sends b, or fails when that takes longer than writeLimit. The network's deadlines go by the machine's clock, whatever the server's
// shows.
func (l limited) Write(b []byte) (int, error) {
	if err := l.SetWriteDeadline(clock.System{}.Now().Add(writeLimit)); err != nil {
		return 0, err
	}
	return l.Conn.Write(b)
}
