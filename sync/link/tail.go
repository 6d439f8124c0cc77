package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// tailLoop follows the server, and begins again whenever that ends.
func (l *Link) tailLoop(ctx context.Context) {
	var f protocol.Following
	for ctx.Err() == nil {
		heard, err := l.follow(ctx, &f.Afresh)
		if ctx.Err() != nil {
			return
		}
		l.Logger.Debug("tail ended", "error", err)
		trouble, rest := f.Ended(heard, fault.KindOf(err))
		l.tell(trouble, err)
		switch rest {
		case protocol.Short:
			pause(ctx, 0, nil)
		case protocol.Longer:
			pause(ctx, f.Failures, nil)
			f.Failures++
		case protocol.TryLater:
			sleep(ctx, shutOutTry, nil)
		case protocol.NoRest:
		}
	}
}

// tell says how things stand after a tail has ended.
func (l *Link) tell(t protocol.Trouble, cause error) {
	switch t {
	case protocol.Unreached:
		l.set(Offline, cause)
	case protocol.SentBack:
		l.set(Stuck, cause)
	case protocol.ShutOut:
		l.set(ShutOut, cause)
	case protocol.Full:
		l.set(Full, cause)
	case protocol.None:
	}
}

// follow reads one tail until it ends, and reports whether anything was heard. Where the replica is
// empty, or afresh is set, it bootstraps first, and clears afresh when that has succeeded.
func (l *Link) follow(ctx context.Context, afresh *bool) (heard bool, err error) {
	cursors, err := l.Replica.Cursors(ctx)
	if err != nil {
		return false, err
	}
	if len(cursors) == 0 || *afresh {
		if cursors, err = l.bootstrap(ctx, *afresh); err != nil {
			return false, err
		}
		*afresh = false
	}
	if err := l.Replica.Expect(ctx); err != nil {
		return false, err
	}
	api, _, err := l.clients()
	if err != nil {
		return false, err
	}
	ctx, ear := listen(ctx)
	defer ear.close()
	tail, err := api.Tail(ctx, &tsugiv1.TailRequest{Cursors: wire.CursorsTo(cursors)})
	if err != nil {
		return false, told(ctx, err)
	}
	defer tail.Close() //nolint:errcheck // the error is in tail.Err
	defer l.attendance.end()
	for counted := false; tail.Receive(); heard = true {
		ear.heard()
		m := tail.Msg()
		if beat := m.GetHeartbeat(); beat != nil {
			if !counted && beat.GetPeople() < 2 {
				beat.People = 0 // where many come back at once, the first count is of who was faster: "alone" would be a wrong comfort
			}
			counted = true
		}
		if err := l.take(ctx, m, heard); err != nil {
			return heard, err
		}
	}
	return heard, told(ctx, tail.Err())
}

// take applies one message of the tail.
func (l *Link) take(ctx context.Context, m *tsugiv1.TailResponse, heard bool) error {
	missing := false
	if len(m.GetBatches()) > 0 {
		batches, err := wire.BatchesFrom(m.GetBatches())
		if err != nil {
			return fmt.Errorf("read the tail: %w", err)
		}
		if err := l.Replica.Apply(ctx, batches); err != nil {
			return err
		}
		missing = slices.ContainsFunc(batches, func(b stream.Batch) bool { return b.Gap != nil })
	}
	if beat := m.GetHeartbeat(); beat != nil {
		scopes, err := wire.ScopesFrom(beat.GetPrivateScopeIds())
		if err != nil {
			return fmt.Errorf("read the tail: %w", err)
		}
		if err := l.Replica.Sees(ctx, scopes); err != nil {
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
	l.attendance.hear(wire.PresencesFrom(m.GetPresences()))
	if !heard {
		signal(l.online)
		signal(l.upload)
		signal(l.back)
		l.Replica.WantAgain()
		l.attendance.begin()
	}
	if !heard || missing {
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

// ear ends a stream on which nothing is heard any more: a connection that died on the way says nothing.
type ear struct {
	quiet  *time.Timer
	cancel context.CancelCauseFunc
}

// listen returns the context of a stream that must be heard soon, and then again and again. Close the
// ear.
func listen(ctx context.Context) (context.Context, *ear) {
	ctx, cancel := context.WithCancelCause(ctx)
	silent := fault.New(fault.Unavailable, "The server has not been heard for too long.")
	return ctx, &ear{cancel: cancel, quiet: time.AfterFunc(firstWord, func() { cancel(silent) })}
}

func (e *ear) heard() { e.quiet.Reset(silence) }

// rest tells that nothing more is to be heard.
func (e *ear) rest() { e.quiet.Stop() }

func (e *ear) close() {
	e.quiet.Stop()
	e.cancel(nil)
}

// bootstrap fetches everything that the window needs and puts it in place of what was there. Where
// the server did not take our cursors, or has a new epoch, it was restored to its past: then everything
// that is kept is offered again. That is decided before the cursors are replaced, or a crash between
// the two would forget it.
func (l *Link) bootstrap(ctx context.Context, refused bool) ([]stream.Cursor, error) {
	api, _, err := l.clients()
	if err != nil {
		return nil, err
	}
	ctx, ear := listen(ctx)
	defer ear.close()
	parts, err := api.Bootstrap(ctx, &tsugiv1.BootstrapRequest{})
	if err != nil {
		return nil, told(ctx, err)
	}
	defer parts.Close() //nolint:errcheck // the error is in parts.Err
	var all replica.Snapshot
	for parts.Receive() {
		ear.heard()
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
	ear.rest()
	if err := l.Replica.OfferAgain(ctx, stream.EpochOf(all.Cursors), refused); err != nil {
		return nil, err
	}
	if err := l.Replica.Bootstrap(ctx, all); err != nil {
		return nil, err
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
