package protocol

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Tx is one transaction on a client's copy of the log: all of it is there after its commit, or nothing.
type Tx interface {
	// State returns a stream's confirmed state as this transaction has left it.
	State(ctx context.Context, s id.Stream, kind id.Kind) (stream.State, error)
	// Life returns which life of the log is copied here; zero where that is not known.
	Life(ctx context.Context) (id.Epoch, error)
	// Since returns the events of one stream after seq that are here, oldest first.
	Since(ctx context.Context, s id.Stream, seq uint64) ([]stream.Stored, error)
	// Decode reads an event; one that this version does not know is a stream.Unknown.
	Decode(e stream.Stored) (stream.Event, error)

	// Keep stores the events that are not here yet, and leaves the others as they are. touched holds the same by streams.
	Keep(ctx context.Context, events []stream.Stored, touched map[id.Stream][]stream.Stored) error
	// Put stores a stream's state, which was before. Where the head comes without its bytes, after has yet to be encoded.
	Put(ctx context.Context, h stream.Head, before, after stream.State) error
	// PutCursor stores how far a scope is known.
	PutCursor(ctx context.Context, c stream.Cursor) error
	// PutGap notes what has not been fetched.
	PutGap(ctx context.Context, g stream.Gap) error
	// CutGap notes that everything of a gap above low is here; all of it, where that is its lower end.
	CutGap(ctx context.Context, g stream.Gap, low uint64) error
	// Wipe drops everything that came from the server.
	Wipe(ctx context.Context) error

	// Place returns where an incident lies here. It is zero where nothing of it is here.
	Place(ctx context.Context, s id.Stream) (Place, error)
	// Move lets an incident that is here lie in another scope. Its state stays as it is; its events are dropped, because they come
	// again with the places that they have there.
	Move(ctx context.Context, s id.Stream, to id.Scope) error
	// Withdraw notes that an incident was taken out of everybody's scope by the event at pos. What is here of it stays until it
	// comes in another scope, or the server says that it may not be seen. Where it came again behind pos, that has been undone.
	Withdraw(ctx context.Context, s id.Stream, pos uint64) error

	// Mine reports whether a command is a pending one of this outbox.
	Mine(c id.Command) bool
	// Deliver notes that a pending command's events are here.
	Deliver(ctx context.Context, c id.Command) error
}

// Place is where an incident lies on a client.
type Place struct {
	Scope     id.Scope
	Withdrawn bool   // it was taken out of everybody's scope, in which it still lies here
	Behind    uint64 // events that everybody saw up to this position come again, or not at all; mostly 0
}

// TakeBatch takes over what the tail brought: the events, the end of the overlay that they confirm, and the cursor behind
// them.
func TakeBatch(ctx context.Context, tx Tx, b stream.Batch) error {
	if err := place(ctx, tx, b.Heads, inOrder(b)); err != nil {
		return err
	}
	if err := takeHeads(ctx, tx, b.Heads); err != nil {
		return err
	}
	if err := takeEvents(ctx, tx, b.Events); err != nil {
		return err
	}
	if b.Gap != nil {
		if err := tx.PutGap(ctx, *b.Gap); err != nil {
			return err
		}
	}
	return tx.PutCursor(ctx, b.Cursor)
}

// inOrder returns a batch's events as they happened. Where some were left out, the others come stream by stream; but what is said of an
// incident before it is withdrawn, and behind, are two things.
func inOrder(b stream.Batch) []stream.Stored {
	if len(b.Heads) == 0 {
		return b.Events
	}
	return slices.SortedStableFunc(slices.Values(b.Events), func(a, b stream.Stored) int { return cmp.Compare(a.ScopePos, b.ScopePos) })
}

// TakeSnapshot puts what a bootstrap brought in place of everything that came before. What lies behind the cursors is
// missing until it is filled.
func TakeSnapshot(ctx context.Context, tx Tx, s Snapshot) error {
	if err := tx.Wipe(ctx); err != nil {
		return err
	}
	for _, c := range s.Cursors { // first: what is noted of private incidents is of the life that these are of
		if err := tx.PutCursor(ctx, c); err != nil {
			return err
		}
		if c.Pos == 0 {
			continue
		}
		if err := tx.PutGap(ctx, stream.Gap{Scope: c.Scope, High: c.Pos}); err != nil {
			return err
		}
	}
	if err := takeHeads(ctx, tx, s.Heads); err != nil {
		return err
	}
	if err := place(ctx, tx, nil, s.Events); err != nil { // what was moved while it was sent, which comes twice
		return err
	}
	events, err := lying(ctx, tx, s.Events, true)
	if err != nil {
		return err
	}
	return takeEvents(ctx, tx, events)
}

// TakeFill takes over events of a gap, of which everything above low is now here. It returns a Reset fault, and takes
// nothing, where they are of another life of the log: the server was restored since the copy was made, or the copy was
// replaced since they were asked for.
func TakeFill(ctx context.Context, tx Tx, g stream.Gap, events []stream.Stored, low uint64) error {
	if err := TakeEarlier(ctx, tx, g.Epoch, events); err != nil {
		return err
	}
	return tx.CutGap(ctx, g, max(low, g.Low))
}

// TakeEarlier takes over earlier events of a stream or scope, as TakeFill does. Of an incident that does not lie here, or lies in
// another scope, it takes nothing: it was moved or purged while they were on their way. What they say was taken out of everybody's scope
// is noted where it is not here.
func TakeEarlier(ctx context.Context, tx Tx, of id.Epoch, events []stream.Stored) error {
	life, err := tx.Life(ctx)
	if err != nil {
		return err
	}
	if !of.IsZero() && !life.IsZero() && of != life {
		return fault.New(fault.Reset, "The server's log is not the one that this client knows.").
			WithAdvice("What is in the outbox is kept.", "The client fetches everything again by itself.")
	}
	if err := heard(ctx, tx, events); err != nil {
		return err
	}
	events, err = lying(ctx, tx, events, false)
	if err != nil {
		return err
	}
	return takeEvents(ctx, tx, events)
}

// takeHeads takes over states; one that is older than what is here changes nothing.
func takeHeads(ctx context.Context, tx Tx, heads []stream.Head) error {
	for _, h := range heads {
		have, err := tx.State(ctx, h.Stream, h.Kind)
		if err != nil {
			return err
		}
		if stream.Seq(have) >= h.Seq && h.Seq > 0 {
			continue
		}
		state, err := wire.DecodeState(h)
		if err != nil {
			return fmt.Errorf("read head of %s: %w", h.Stream, err)
		}
		if err := tx.Put(ctx, h, have, state); err != nil {
			return err
		}
	}
	return nil
}

// takeEvents stores events and folds those that follow on what is known. An event behind a hole is kept,
// and folded when the hole is filled.
func takeEvents(ctx context.Context, tx Tx, events []stream.Stored) error {
	touched := map[id.Stream][]stream.Stored{}
	var order []id.Stream
	for _, e := range events {
		if len(touched[e.Stream]) == 0 {
			order = append(order, e.Stream)
		}
		touched[e.Stream] = append(touched[e.Stream], e)
		if tx.Mine(e.Command) {
			if err := tx.Deliver(ctx, e.Command); err != nil {
				return err
			}
		}
	}
	if err := tx.Keep(ctx, events, touched); err != nil {
		return err
	}
	for _, s := range order {
		if err := fold(ctx, tx, s, touched[s]); err != nil {
			return err
		}
	}
	return nil
}

func fold(ctx context.Context, tx Tx, s id.Stream, fresh []stream.Stored) error {
	before, err := tx.State(ctx, s, fresh[0].Kind)
	if err != nil {
		return err
	}
	seq := stream.Seq(before)
	slices.SortFunc(fresh, func(a, b stream.Stored) int { return cmp.Compare(a.StreamSeq, b.StreamSeq) })
	if newest := fresh[len(fresh)-1].StreamSeq; newest <= seq {
		return nil
	}
	after, err := follow(tx, before, fresh)
	if err != nil {
		return err
	}
	behind, err := tx.Since(ctx, s, stream.Seq(after)) // a hole, and what lay behind it
	if err != nil {
		return err
	}
	if after, err = follow(tx, after, behind); err != nil {
		return err
	}
	if stream.Seq(after) == seq {
		return nil
	}
	h := stream.Head{Stream: s, Kind: fresh[0].Kind, Scope: fresh[0].Scope, Seq: stream.Seq(after), Version: wire.FoldVersion}
	return tx.Put(ctx, h, before, after)
}

// follow folds the events that follow on s, up to the first hole. They are sorted.
func follow(tx Tx, s stream.State, events []stream.Stored) (stream.State, error) {
	for _, e := range events {
		if e.StreamSeq != stream.Seq(s)+1 {
			continue
		}
		event, err := tx.Decode(e)
		if err != nil {
			return nil, fmt.Errorf("read event %d of %s: %w", e.StreamSeq, e.Stream, err)
		}
		s = stream.Apply(s, e.Envelope, event)
	}
	return s, nil
}
