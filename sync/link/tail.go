package link

import (
	"context"
	"errors"
	"fmt"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// maxResets is how often in a row a client starts again from Bootstrap before it stops and says so.
const maxResets = 5

// tailLoop follows the server, and begins again whenever that ends.
func (l *Link) tailLoop(ctx context.Context) {
	failures, resets := 0, 0
	for ctx.Err() == nil {
		heard, err := l.follow(ctx, resets > 0)
		if ctx.Err() != nil {
			return
		}
		if heard {
			failures, resets = 0, 0
		}
		l.Logger.Debug("tail ended", "error", err)
		switch fault.KindOf(err) {
		case fault.Reset:
			resets++
			if resets > maxResets {
				l.set(Stuck, err)
				if !sleep(ctx, shutOutTry, nil) {
					return
				}
				resets = 1
			}
			continue
		case fault.Resume:
			continue
		case fault.Corrupt:
			if err := l.Replica.Rebuild(ctx); err != nil {
				l.Logger.Error("rebuild the replica", "error", err)
			}
		case fault.Unauthenticated, fault.Denied:
			if failures > 0 {
				l.set(ShutOut, err)
				if !sleep(ctx, shutOutTry, nil) {
					return
				}
				continue
			}
		default:
			l.set(Offline, err)
		}
		if !pause(ctx, failures, nil) {
			return
		}
		failures++
	}
}

// follow reads one tail until it ends, and reports whether anything was heard. Where the replica is
// empty, or afresh is set, it bootstraps first.
func (l *Link) follow(ctx context.Context, afresh bool) (heard bool, err error) {
	cursors, err := l.Replica.Cursors(ctx)
	if err != nil {
		return false, err
	}
	if len(cursors) == 0 || afresh {
		if cursors, err = l.bootstrap(ctx, cursors); err != nil {
			return false, err
		}
	}
	api, _, err := l.clients()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(firstWord, func() { cancel(silent()) })
	defer quiet.Stop()
	tail, err := api.Tail(ctx, &tsugiv1.TailRequest{Cursors: wire.CursorsTo(cursors)})
	if err != nil {
		return false, told(ctx, err)
	}
	defer tail.Close() //nolint:errcheck // the error is in tail.Err
	for tail.Receive() {
		quiet.Reset(silence)
		if err := l.take(ctx, tail.Msg(), heard); err != nil {
			return heard, err
		}
		heard = true
	}
	return heard, told(ctx, tail.Err())
}

// take applies one message of the tail.
func (l *Link) take(ctx context.Context, m *tsugiv1.TailResponse, heard bool) error {
	if len(m.GetBatches()) > 0 {
		batches, err := wire.BatchesFrom(m.GetBatches())
		if err != nil {
			return fmt.Errorf("read the tail: %w", err)
		}
		if err := l.Replica.Apply(ctx, batches); err != nil {
			return err
		}
	}
	l.update(func(s *Status) {
		if s.State != Live {
			s.State, s.Since, s.Cause = Live, l.Clock.Now(), nil
		}
		if beat := m.GetHeartbeat(); beat != nil {
			s.People = int(beat.GetPeople())
		}
	})
	if !heard {
		signal(l.online)
		signal(l.fill)
	}
	return nil
}

// told returns why a stream ended: our own reason for cutting it before the transport's.
func told(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if err == nil {
		return fault.New(fault.Unavailable, "The server ended the connection.")
	}
	return wire.FromError(err)
}

func silent() error {
	return fault.New(fault.Unavailable, "The server has not been heard for too long.")
}

// bootstrap fetches everything that the window needs and puts it in place of what was there. A new
// epoch means that the server was restored: then everything that is kept is offered again.
func (l *Link) bootstrap(ctx context.Context, former []stream.Cursor) ([]stream.Cursor, error) {
	api, _, err := l.clients()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(firstWord, func() { cancel(silent()) })
	defer quiet.Stop()
	parts, err := api.Bootstrap(ctx, &tsugiv1.BootstrapRequest{})
	if err != nil {
		return nil, told(ctx, err)
	}
	defer parts.Close() //nolint:errcheck // the error is in parts.Err
	var all replica.Snapshot
	for parts.Receive() {
		quiet.Reset(silence)
		if err := gather(&all, parts.Msg()); err != nil {
			return nil, err
		}
	}
	if err := parts.Err(); err != nil {
		return nil, told(ctx, err)
	}
	if len(all.Cursors) == 0 {
		return nil, fault.New(fault.Unavailable, "The bootstrap was cut off.")
	}
	quiet.Stop()
	if err := l.Replica.Bootstrap(ctx, all); err != nil {
		return nil, err
	}
	if len(former) > 0 && epochOf(former) != epochOf(all.Cursors) {
		if err := l.Replica.Renew(ctx, true); err != nil {
			return nil, err
		}
	}
	return all.Cursors, nil
}

func gather(all *replica.Snapshot, m *tsugiv1.BootstrapResponse) error {
	heads, err := wire.HeadsFrom(m.GetHeads())
	if err != nil {
		return fmt.Errorf("read the bootstrap: %w", err)
	}
	events, err := wire.EventsFrom(m.GetRecords())
	if err != nil {
		return fmt.Errorf("read the bootstrap: %w", err)
	}
	cursors, err := wire.CursorsFrom(m.GetCursors())
	if err != nil {
		return fmt.Errorf("read the bootstrap: %w", err)
	}
	all.Heads = append(all.Heads, heads...)
	all.Events = append(all.Events, events...)
	all.Cursors = append(all.Cursors, cursors...)
	return nil
}

func epochOf(cursors []stream.Cursor) id.Epoch {
	for _, c := range cursors {
		if !c.Epoch.IsZero() {
			return c.Epoch
		}
	}
	return id.Epoch{}
}
