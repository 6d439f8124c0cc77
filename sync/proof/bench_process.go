package proof

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// nothing is what follows from events where only storing them is measured.
type nothing struct{}

// Store does nothing.
func (nothing) Store(context.Context, *sql.Tx, []stream.Recorded, ledger.States) error { return nil }

// Committed does nothing.
func (nothing) Committed([]stream.Recorded) {}

// processRate measures durable commands a second of the ledger itself, without a network.
func (b *Bench) processRate(ctx context.Context) (float64, error) {
	db, err := b.open(ctx, "process")
	if err != nil {
		return 0, err
	}
	l, err := ledger.Open(ctx, ledger.Options{DB: db, Clock: b.Clock, Effects: nothing{}, Logger: Quiet(), SealKey: make([]byte, 32)})
	if err != nil {
		return 0, errors.Join(err, db.Close())
	}
	running, cancel := context.WithCancel(ctx)
	var loop sync.WaitGroup
	loop.Go(func() { l.Run(running) })
	who := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
	_, err = l.Do(ctx, func(context.Context, *sql.Tx) (id.Actor, []stream.Submission, error) {
		return id.Actor{}, []stream.Submission{{
			ID: id.New[id.Command](), Target: id.Stream(who.Person), Written: b.Clock.Moment(), Command: workspace.AddPerson{Person: who.Person, Name: "Bench"},
		}}, nil
	})
	rate := 0.0
	if err == nil {
		rate, err = b.hammer(ctx, func(ctx context.Context, _ int) (func() error, error) {
			w := &inside{ledger: l, bench: b, push: ledger.Push{Client: id.New[id.Client](), Actor: who, Generation: []byte("proof")}}
			target := id.New[id.Stream]()
			return func() error { return w.give(ctx, target, Words("db-7 is out of disk, writes stall since 09:58")) },
				w.give(ctx, target, incident.Declare{Title: "in process", Severity: 2})
		})
	}
	cancel()
	loop.Wait()
	return rate, errors.Join(err, l.Close(), db.Close())
}

// inside is an outbox in the ledger's own process.
type inside struct {
	ledger *ledger.Ledger
	bench  *Bench
	push   ledger.Push
	mid    uint64
}

func (w *inside) give(ctx context.Context, target id.Stream, c stream.Command) error {
	w.mid++
	p := w.push
	p.Now = w.bench.Clock.Moment()
	p.Submissions = []stream.Submission{{Mid: w.mid, ID: id.New[id.Command](), Target: target, Written: p.Now, Command: c}}
	got, err := w.ledger.Push(ctx, p)
	if err != nil {
		return err
	}
	if o := got.Outcomes[0]; o.Kind != stream.Accepted {
		return o.Fault
	}
	return nil
}
