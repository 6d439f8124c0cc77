// Package proof shows that the promises hold: it runs servers and clients together, breaks them on
// purpose, and measures. Nothing imports it.
package proof

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/clock"
)

// Quiet returns a logger that says nothing.
func Quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// Office is a server in this process. Close it.
type Office struct {
	Server *server.Server
	Dir    string
	Clock  clock.Clock
	Logger *slog.Logger
	cancel context.CancelFunc
	ended  chan error
}

// OpenOffice starts a server on dir at the address listen, "127.0.0.1:0" for any port.
func OpenOffice(ctx context.Context, dir, listen string, c clock.Clock, logger *slog.Logger) (*Office, error) {
	return OpenNode(ctx, server.Options{Dir: dir, Listen: listen, Clock: c, Logger: logger})
}

// OpenNode starts a server that may be one of several.
func OpenNode(ctx context.Context, with server.Options) (*Office, error) {
	s, err := server.New(ctx, with)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	o := &Office{Server: s, Dir: with.Dir, Clock: with.Clock, Logger: with.Logger, cancel: cancel, ended: make(chan error, 1)}
	go func() { o.ended <- s.Run(ctx) }()
	return o, nil
}

// Close stops the server and gives its folder back.
func (o *Office) Close() error {
	o.cancel()
	return errors.Join(<-o.ended, o.Server.Close())
}

// InviteFrom makes a code for a person at the server on dir.
func InviteFrom(ctx context.Context, dir, name string, admin bool) (present.Invitation, error) {
	api := rpc.DialControl(dir)
	defer api.Close()
	got, err := api.Invite(ctx, rpc.Guest{Name: name, Admin: admin})
	if err != nil {
		return present.Invitation{}, err
	}
	return present.Invitation{Name: name, Address: got.Address, Code: got.Code, Expires: got.Expires}, nil
}

// Desk is a client in this process, without a window. Close it.
type Desk struct {
	*session.Session
	cancel context.CancelFunc
	ended  chan struct{}
}

// OpenDesk starts a client on dir.
func OpenDesk(ctx context.Context, dir string, c clock.Clock, logger *slog.Logger) (*Desk, error) {
	s, err := session.Open(ctx, session.Options{Dir: dir, Clock: c, Logger: logger, Zone: time.UTC, Words: words.English()})
	if err != nil {
		return nil, err
	}
	return StartDesk(ctx, s), nil
}

// StartDesk keeps s in step with its server until the desk is closed.
func StartDesk(ctx context.Context, s *session.Session) *Desk {
	ctx, cancel := context.WithCancel(ctx)
	d := &Desk{Session: s, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(d.ended)
		s.Run(ctx)
	}()
	return d
}

// Close stops the client and gives its folder back.
func (d *Desk) Close() error {
	d.cancel()
	<-d.ended
	return d.Session.Close()
}

// Seat enrols a new client for a person of the office, in a folder below home.
func (o *Office) Seat(ctx context.Context, home, name string) (*Desk, error) {
	invitation, err := InviteFrom(ctx, o.Dir, name, false)
	if err != nil {
		return nil, fmt.Errorf("invite %s: %w", name, err)
	}
	d, err := OpenDesk(ctx, filepath.Join(home, name), o.Clock, o.Logger)
	if err != nil {
		return nil, fmt.Errorf("open the desk of %s: %w", name, err)
	}
	if err := d.Enrol(ctx, present.Enrolment{Address: invitation.Address, Code: invitation.Code, Device: name + "'s desk"}); err != nil {
		return nil, errors.Join(fmt.Errorf("enrol %s: %w", name, err), d.Close())
	}
	return d, nil
}

// Await waits until ok is true, asking again whenever the client has changed.
func (d *Desk) Await(ctx context.Context, ok func() (bool, error)) error {
	changed, stop := d.Observe()
	defer stop()
	for {
		done, err := ok()
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
