package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Process is a child process that can be stopped gently or killed. Stop or Kill it.
type Process struct {
	cmd   *exec.Cmd
	out   lockedBuffer
	ended chan struct{}
	err   error
}

// Start runs a program with arguments, in a process group of its own, and keeps what it prints.
func Start(ctx context.Context, env []string, program string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.CommandContext(ctx, program, args...), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		defer close(p.ended)
		p.err = p.cmd.Wait()
	}()
	return p, nil
}

// PID returns the process's number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Output returns what the process has printed so far.
func (p *Process) Output() string { return p.out.String() }

// Ready is what a client of a proof prints when it can be told to stop.
const Ready = "ready\n"

// says waits until the process has printed a text.
func (p *Process) says(ctx context.Context, text string) error {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !strings.Contains(p.Output(), text) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.ended:
			return errors.New("it ended")
		case <-again.C:
		}
	}
	return nil
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Kill ends the process at once, as a power cut would, and waits.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.ended
}

// Stop asks the process to end, and kills it when it does not within five seconds.
func (p *Process) Stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	timer := time.NewTimer(5 * time.Second)
	defer timer.Stop()
	select {
	case <-p.ended:
		if p.err != nil {
			return fmt.Errorf("%s: %w: %s", filepath.Base(p.cmd.Path), p.err, p.out.String())
		}
		return nil
	case <-timer.C:
		p.Kill()
		return fmt.Errorf("%s did not stop within five seconds: %s", filepath.Base(p.cmd.Path), p.out.String())
	}
}

// StartServer runs the server program in bin on dir, with more arguments, and waits until it answers.
func StartServer(ctx context.Context, bin, dir, listen string, more ...string) (*Process, error) {
	return serving{bin: bin, dir: dir, listen: listen, more: more}.start(ctx)
}

// serving is how a server is started.
type serving struct {
	bin, dir, listen string
	more, env        []string
}

// start starts it and waits until it answers.
func (s serving) start(ctx context.Context) (*Process, error) {
	args := append([]string{"--data", s.dir, "serve", "--listen", s.listen}, s.more...)
	p, err := Start(ctx, s.env, filepath.Join(s.bin, "tsugid"), args...)
	if err != nil {
		return nil, err
	}
	if err := answering(ctx, p, "http://"+s.listen+"/healthz"); err != nil {
		p.Kill()
		return nil, fmt.Errorf("start the server: %w\n%s", err, p.Output())
	}
	return p, nil
}

// answering waits until an address answers, or the process has ended.
func answering(ctx context.Context, p *Process, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			return resp.Body.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.ended:
			return errors.New("the process ended")
		case <-again.C:
		}
	}
}

// FreeAddress returns an address on this machine that nobody listens on.
func FreeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, "No free port was found.", err)
	}
	return l.Addr().String(), l.Close()
}

// lockedBuffer is written by a process and read meanwhile.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

var _ io.Writer = (*lockedBuffer)(nil)

// Write keeps b.
func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

// String returns everything that was written.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
