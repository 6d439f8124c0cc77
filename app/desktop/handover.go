package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// How long one handing over may take, and how often a client that is only just starting is tried.
const (
	handLimit = 5 * time.Second
	handAgain = 100 * time.Millisecond
)

// taken is what a running client answers.
const taken = "taken\n"

// Socket returns where the client that runs on the data folder dir takes links. The folder belongs to
// one person, and so does whoever may connect.
func Socket(dir string) string { return filepath.Join(dir, "client.sock") }

// Doorway is where second starts hand their links over. Open it with OpenDoorway, Serve it, and Close
// it.
type Doorway struct {
	// Answer answers those who ask something; nil for nobody. It is set before Serve.
	Answer   func(ctx context.Context, question string) ([]byte, error)
	listener net.Listener
	visits   sync.WaitGroup
}

// OpenDoorway opens the socket in dir, which must be owned by this process: what a client that was
// killed left there is removed.
func OpenDoorway(ctx context.Context, dir string) (*Doorway, error) {
	path := Socket(dir)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the doorway: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the doorway: %w", err)
	}
	return &Doorway{listener: listener}, nil
}

// Serve gives every link to open, until the doorway is closed. What is no link is not taken.
func (d *Doorway) Serve(ctx context.Context, open func(Link)) {
	for {
		conn, err := d.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // whoever knocked went away
		}
		d.visits.Go(func() { d.visit(ctx, conn, open) })
	}
}

// visit hears one second start out, or somebody who asks.
func (d *Doorway) visit(ctx context.Context, conn net.Conn, open func(Link)) {
	defer limited(ctx, conn)()
	text, err := bufio.NewReader(io.LimitReader(conn, linkMost+1)).ReadString('\n')
	if err != nil {
		return
	}
	if question, asked := strings.CutPrefix(text, asks); asked {
		d.answer(ctx, conn, strings.TrimSpace(question))
		return
	}
	link, err := ParseLink(text)
	if err != nil {
		return
	}
	open(link)
	_, _ = io.WriteString(conn, taken) // whoever does not hear it tries again, and opens the same twice
}

// Close closes the doorway and waits for those who stand in it.
func (d *Doorway) Close() error {
	err := d.listener.Close()
	d.visits.Wait()
	return err
}

// HandOver gives the link to the client that runs on dir. One that is only just starting is waited
// for; the error says that there is none that answers.
func HandOver(ctx context.Context, dir string, link Link) error {
	ctx, cancel := context.WithTimeout(ctx, handLimit)
	defer cancel()
	again := time.NewTicker(handAgain)
	defer again.Stop()
	for {
		err := hand(ctx, dir, link)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("hand the link over: %w", err)
		case <-again.C:
		}
	}
}

func hand(ctx context.Context, dir string, link Link) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", Socket(dir))
	if err != nil {
		return err
	}
	defer limited(ctx, conn)()
	if _, err := io.WriteString(conn, link.String()+"\n"); err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, int64(len(taken))))
	if err == nil && string(answer) != taken {
		err = errors.New("it was not taken")
	}
	return err
}

// limited lets a connection live for as long as one handing over may take, and returns what closes it.
func limited(ctx context.Context, conn net.Conn) func() {
	ctx, cancel := context.WithTimeout(ctx, handLimit)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	return func() {
		stop()
		cancel()
		_ = conn.Close()
	}
}
