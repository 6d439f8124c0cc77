package sample

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// Demo shows the programs at work in a folder of its own.
type Demo struct {
	Dir string // of everything that it stores
	Bin string // where tsugid and tsugi are
	// Pictures is where the pictures go that are taken where there is no display. Empty opens the
	// window on the display that there is.
	Pictures string
	Watch    time.Duration // how long people write before the last pictures
	Lively   time.Duration // how long the sample people go on writing
	// Attend is what is done in place of showing the window, or nil.
	Attend func(context.Context, *Cast) error
	Clock  clock.Clock
	Say    func(format string, args ...any) // tells a person how it goes
}

// Run starts a server, fills it as far as that has not been done, and shows a window on it until that
// is closed or ctx ends. Then it ends everything that it started.
func (d Demo) Run(ctx context.Context) (err error) {
	if err := d.check(); err != nil {
		return err
	}
	lock, err := sqlite.Own(d.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	server, err := d.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop(server)) }()
	logger, closeLog, err := d.logger()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	err = d.play(ctx, server, logger)
	if ctx.Err() != nil {
		d.Say("Interrupted: stopping what was started. The next start goes on from here.")
		return nil
	}
	return err
}

// check fails where a program is missing.
func (d Demo) check() error {
	for _, name := range []string{"tsugid", "tsugi"} {
		if _, err := os.Stat(filepath.Join(d.Bin, name)); err != nil {
			return fault.Wrap(fault.NotFound, fmt.Sprintf("The program %s is not in %s.", name, d.Bin), err).
				WithAdvice("Nothing was started.", "`make build` builds it; `make demo` does that and all the rest.")
		}
	}
	if d.Pictures != "" {
		return proof.CheckScreen()
	}
	return nil
}

// logger returns one that writes what the sample people's clients report into a file.
func (d Demo) logger() (*slog.Logger, func() error, error) {
	file, err := os.OpenFile(filepath.Join(d.Dir, "colleagues.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the log: %w", err)
	}
	return slog.New(slog.NewTextHandler(file, &slog.HandlerOptions{Level: slog.LevelInfo})), file.Close, nil
}

// serve starts the server where it was before.
func (d Demo) serve(ctx context.Context) (*proof.Process, error) {
	at, err := findPlace(ctx, d.Dir)
	if err != nil {
		return nil, err
	}
	if err := at.keep(d.Dir); err != nil {
		return nil, err
	}
	d.Say("Starting the server on %s; its data is in %s.", at.Address, Server(d.Dir))
	server, err := proof.StartServer(context.WithoutCancel(ctx), d.Bin, Server(d.Dir), at.Address)
	if err != nil {
		return nil, err
	}
	at.Server = server.PID()
	if err := at.keep(d.Dir); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	return server, nil
}

// stop ends the server, and keeps what it printed. That it had ended by itself is a fault.
func (d Demo) stop(server *proof.Process) error {
	early := ended(server)
	err := server.Stop()
	kept := filepath.Join(d.Dir, "server.log")
	if early {
		err = fault.Wrap(fault.Unavailable, "The server had ended by itself.", err).
			WithAdvice("What it had taken is stored, and what was done since is kept in the clients.",
				"Look into "+kept+"; the next start goes on from here.")
	}
	return errors.Join(err, os.WriteFile(kept, []byte(server.Output()), 0o600))
}

func ended(p *proof.Process) bool {
	select {
	case <-p.Ended():
		return true
	default:
		return false
	}
}

// play fills the workspace and shows it.
func (d Demo) play(ctx context.Context, server *proof.Process, logger *slog.Logger) (err error) {
	if err := d.takeOver(ctx); err != nil {
		return err
	}
	d.Say("Opening the clients of %d sample people.", 1+len(Colleagues()))
	cast, err := OpenCast(ctx, CastParams{Dir: d.Dir, Clock: d.Clock, Logger: logger, Absence: 75 * time.Second})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cast.Close()) }()
	d.Say("Letting them declare %d sample incidents and work on them.", len(Stories()))
	fresh, err := cast.Fill(ctx)
	if err != nil {
		return err
	}
	if fresh == 0 {
		d.Say("They had done so before: going on from there.")
	}
	if err := cast.Leave(); err != nil {
		return err
	}
	return d.enliven(ctx, cast, func(ctx context.Context) error {
		if d.Attend != nil {
			return d.Attend(ctx, cast)
		}
		if d.Pictures != "" {
			return d.photograph(ctx)
		}
		return d.show(ctx, server)
	})
}

// takeOver imports the incidents of former days, as tsugid does it for anybody.
func (d Demo) takeOver(ctx context.Context) error {
	path := filepath.Join(d.Dir, "history.json")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		history, err := History(d.Clock.Now())
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, history, 0o600); err != nil {
			return fmt.Errorf("write the sample history: %w", err)
		}
	}
	d.Say("Importing sample incidents of former days from %s.", path)
	p, err := proof.Start(ctx, nil, filepath.Join(d.Bin, "tsugid"), "--data", Server(d.Dir), "import", "statuspage", path)
	if err != nil {
		return err
	}
	<-p.Ended()
	if err := p.Stop(); err != nil {
		return fmt.Errorf("import the sample history: %w: %s", err, p.Output())
	}
	lines := strings.Split(strings.TrimSpace(p.Output()), "\n")
	d.Say("  %s", lines[len(lines)-1])
	return nil
}

// enliven lets the sample people go on writing while work is done.
func (d Demo) enliven(ctx context.Context, cast *Cast, work func(context.Context) error) error {
	live, cancel := context.WithTimeout(ctx, d.Lively)
	defer cancel()
	var people sync.WaitGroup
	people.Go(func() {
		switch err := cast.Live(live); {
		case err != nil:
			d.Say("The sample people stopped writing: %v", err)
		case ctx.Err() == nil && errors.Is(live.Err(), context.DeadlineExceeded):
			d.Say("The sample people have written for %v and stop now; the window stays.", d.Lively)
		}
	})
	err := work(ctx)
	cancel()
	people.Wait()
	return err
}

// show opens the window and waits until it is closed.
func (d Demo) show(ctx context.Context, server *proof.Process) error {
	d.Say("Opening the window. Sample people write in “Checkout fails for everyone” for %v.", d.Lively)
	d.Say("Close the window, or press Ctrl-C here, to stop everything.")
	window, err := proof.Start(context.WithoutCancel(ctx), nil, filepath.Join(d.Bin, "tsugi"), "--data", Desk(d.Dir, admin))
	if err != nil {
		return err
	}
	stopped := server.Ended()
	for {
		select {
		case <-ctx.Done():
			return window.Stop()
		case <-stopped:
			stopped = nil
			d.Say("The server has ended. The window goes on without it, and says so; the next `make demo` starts it again.")
		case <-window.Ended():
			return d.closed(window)
		}
	}
}

// closed tells how the window ended.
func (d Demo) closed(window *proof.Process) error {
	err := window.Stop()
	if err == nil {
		d.Say("The window was closed: stopping the rest. The next start goes on from here.")
		return nil
	}
	kept := filepath.Join(d.Dir, "window.log")
	err = fmt.Errorf("%w: %s", err, beginning(window.Output()))
	return errors.Join(fault.Wrap(fault.Unavailable, "The window could not be shown, or broke off.", err).
		WithAdvice("What was written in it is stored. What it printed is in "+kept+".",
			"If this display cannot show it, unset DISPLAY and WAYLAND_DISPLAY: it then opens on an invisible one."),
		os.WriteFile(kept, []byte(window.Output()), 0o600))
}

// beginning returns the first lines of what a program printed.
func beginning(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[:min(len(lines), 5)], " ")
}
