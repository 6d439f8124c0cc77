package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// How long an invisible screen, and any one thing done on it, may take.
const (
	screenLimit = 15 * time.Second
	actionLimit = 20 * time.Second
	glance      = 50 * time.Millisecond // between two looks at what is not there yet
)

// Screen is a display that nobody sees, with a window manager on it. Open it with OpenScreen and
// Close it.
type Screen struct {
	display string // ":7"
	server  *Process
	manager *Process
}

// OpenScreen starts Xvfb, on whichever display is free, and a window manager. Without the programs
// for it, it fails with an Unavailable fault that names them.
func OpenScreen(ctx context.Context, width, height int) (*Screen, error) {
	if err := CheckScreen(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // it goes when it is closed, after the windows on it
	server, err := Start(ctx, nil, "Xvfb", "-displayfd", "1", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp")
	if err != nil {
		return nil, err
	}
	s := &Screen{server: server}
	if s.display, err = displayOf(ctx, server); err != nil {
		server.Kill()
		return nil, err
	}
	if err = s.manage(ctx); err != nil {
		server.Kill()
		return nil, err
	}
	return s, nil
}

// manage starts the window manager and waits until it works. With a cold font cache that takes some
// seconds, and a window that opens before then is never shown.
func (s *Screen) manage(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tsugi-screen-*")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system cleans its folder of temporary files
	ready := filepath.Join(dir, "ready")
	if s.manager, err = Start(ctx, s.Env(), "openbox", "--sm-disable", "--startup", "touch "+ready); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, screenLimit)
	defer cancel()
	again := time.NewTicker(glance)
	defer again.Stop()
	for {
		if _, err := os.Stat(ready); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			s.manager.Kill()
			return fmt.Errorf("no window manager within %v: %s", screenLimit, s.manager.Output())
		case <-s.manager.Ended():
			return fmt.Errorf("no window manager, because openbox ended: %s", s.manager.Output())
		case <-again.C:
		}
	}
}

// CheckScreen fails with an Unavailable fault where a program is missing that a Screen needs.
func CheckScreen() error {
	var missing []string
	for _, name := range []string{"Xvfb", "openbox", "xdotool", "import"} {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fault.New(fault.Unavailable, "An invisible screen needs programs that are missing: "+strings.Join(missing, ", ")+".").
		WithAdvice("Nothing was changed.", "Run `.ci/deps window`, which installs them where it may and names them where it may not.")
}

// displayOf waits until Xvfb prints which display it took, which it does when it can be used.
func displayOf(ctx context.Context, server *Process) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, screenLimit)
	defer cancel()
	again := time.NewTicker(glance)
	defer again.Stop()
	for {
		for line := range strings.Lines(server.Output()) {
			if number, whole := strings.CutSuffix(line, "\n"); whole && number != "" && strings.Trim(number, "0123456789") == "" {
				return ":" + number, nil
			}
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("no display from Xvfb within %v: %s", screenLimit, server.Output())
		case <-server.Ended():
			return "", fmt.Errorf("no display, because Xvfb ended: %s", server.Output())
		case <-again.C:
		}
	}
}

// Env returns what a program's environment needs for its windows to open here, drawn without a
// graphics card, in the same size and in the same language everywhere.
func (s *Screen) Env() []string {
	return []string{"DISPLAY=" + s.display, "WAYLAND_DISPLAY=", "XAUTHORITY=", "LIBGL_ALWAYS_SOFTWARE=1", "FYNE_SCALE=1", "TSUGI_LANGUAGE=en"}
}

// Close ends the window manager and the display. Windows that are still open lose theirs.
func (s *Screen) Close() error { return errors.Join(stopped(s.manager), stopped(s.server)) }

// stopped ends a process, however it takes that: what it says about it is of no use to anybody.
func stopped(p *Process) error {
	err := p.Stop()
	if _, exited := errors.AsType[*exec.ExitError](err); exited {
		return nil
	}
	return err
}

// Picture writes everything that is to be seen on the screen into a PNG file.
func (s *Screen) Picture(ctx context.Context, path string) error {
	_, err := s.do(ctx, "import", "-silent", "-window", "root", path)
	return err
}

// do runs a program that acts on the screen, and returns what it printed.
func (s *Screen) do(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, actionLimit)
	defer cancel()
	p, err := Start(ctx, s.Env(), program, args...)
	if err != nil {
		return "", err
	}
	<-p.Ended()
	if err := p.Stop(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", program, args[0], errors.Join(ctx.Err(), err), p.Output())
	}
	return p.Output(), nil
}
