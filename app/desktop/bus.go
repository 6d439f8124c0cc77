package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/godbus/dbus/v5"
)

// Bus is what is asked of the session's message bus.
type Bus interface {
	// Call calls a method of another program and returns what it answers.
	Call(ctx context.Context, m Method, args ...any) ([]any, error)
	// Listen returns what that program says of itself from now on. The channel is closed when the bus
	// is gone.
	Listen(ctx context.Context, m Method) (<-chan Signal, error)
}

// Method is one method, or one family of signals, of a program on the bus.
type Method struct {
	Program   string // "org.freedesktop.Notifications"
	Path      string // "/org/freedesktop/Notifications"
	Interface string
	Name      string // empty for all signals of the interface
}

// Signal is what a program said of itself.
type Signal struct {
	Name string // with its interface before it
	Body []any
}

// ErrNoBus says that this session has no message bus.
var ErrNoBus = errors.New("this session has no message bus")

// SessionBus is the session's real bus. Open it with OpenBus and Close it.
type SessionBus struct {
	conn *dbus.Conn
	gone chan struct{}
	once sync.Once
	done sync.WaitGroup
}

// OpenBus connects to the session's bus. It starts none: where there is none, it fails with ErrNoBus.
func OpenBus() (*SessionBus, error) {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address == "" {
		socket := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")
		if _, err := os.Stat(socket); err != nil || !filepath.IsAbs(socket) {
			return nil, ErrNoBus
		}
		address = "unix:path=" + dbus.EscapeBusAddressValue(socket)
	}
	return DialBus(address)
}

// DialBus connects to the bus at an address as D-Bus writes it.
func DialBus(address string) (*SessionBus, error) {
	conn, err := dbus.Connect(address, dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return nil, fmt.Errorf("open the session's bus: %w", err)
	}
	return &SessionBus{conn: conn, gone: make(chan struct{})}, nil
}

// Call calls a method and waits for its answer. A program that is not running is started only if it
// is made to be.
func (b *SessionBus) Call(ctx context.Context, m Method, args ...any) ([]any, error) {
	call := b.conn.Object(m.Program, dbus.ObjectPath(m.Path)).CallWithContext(ctx, m.Interface+"."+m.Name, 0, args...)
	if call.Err != nil {
		return nil, fmt.Errorf("ask %s: %w", m.Program, call.Err)
	}
	return call.Body, nil
}

// Listen returns the signals of a program until the bus is closed.
func (b *SessionBus) Listen(ctx context.Context, m Method) (<-chan Signal, error) {
	err := b.conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(m.Interface), dbus.WithMatchObjectPath(dbus.ObjectPath(m.Path)))
	if err != nil {
		return nil, fmt.Errorf("listen to %s: %w", m.Program, err)
	}
	raw, out := make(chan *dbus.Signal, 16), make(chan Signal, 16)
	b.conn.Signal(raw)
	b.done.Go(func() {
		defer close(out)
		for s := range raw {
			select {
			case out <- Signal{Name: s.Name, Body: s.Body}:
			case <-b.gone:
			}
		}
	})
	return out, nil
}

// Close lets the bus go.
func (b *SessionBus) Close() error {
	b.once.Do(func() { close(b.gone) })
	err := b.conn.Close()
	b.done.Wait()
	return err
}
