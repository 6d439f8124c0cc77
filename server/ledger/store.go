package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// statements are the prepared writes of the one writing connection.
type statements struct {
	outcomes   *sqlite.Bulk
	tombstones *sqlite.Bulk
	readCount  *sql.Stmt
	putCount   *sql.Stmt
	putMid     *sql.Stmt
}

// What is read and written of the counters. A server that shares its database tells the others how far the log is, in the
// transaction that moves it: they hear of it when it is committed, and not before.
const (
	readAlone  = "SELECT epoch, seq, number, seq, 0, '' FROM counter"
	putAlone   = "UPDATE counter SET seq = ?, number = ?"
	readShared = "SELECT epoch, seq, number, turn, " + postgres.TellTime + `, coalesce((SELECT e.hash
	  FROM (SELECT scope, hash FROM event WHERE seq = ? UNION ALL SELECT scope, hash FROM tombstone WHERE seq = ?) e
	  JOIN scope s ON s.key = e.scope WHERE s.id = ?), '') FROM counter`
	putShared = "UPDATE counter SET seq = ?, number = ?, turn = turn + 1 RETURNING pg_notify('" + postgres.Channel + "', CAST(seq AS TEXT))"
)

func prepare(ctx context.Context, db database.DB) (statements, error) {
	put := putAlone
	if database.Shared(db) {
		put = putShared
	}
	var s statements
	var err error
	if s.outcomes, err = sqlite.NewBulk(ctx, db, "INSERT INTO outcome (command, body)", 2); err != nil {
		return s, err
	}
	if s.tombstones, err = sqlite.NewBulk(ctx, db, "INSERT INTO "+tombstoneTable, tombstoneColumns); err != nil {
		return s, err
	}
	if !database.Shared(db) { // there it is read by those who only look, too
		if s.readCount, err = db.Writer().PrepareContext(ctx, readAlone); err != nil {
			return s, fmt.Errorf("prepare counters: %w", err)
		}
	}
	if s.putCount, err = db.Writer().PrepareContext(ctx, put); err != nil {
		return s, fmt.Errorf("prepare counters: %w", err)
	}
	if s.putMid, err = db.Writer().PrepareContext(ctx, "UPDATE client SET last_mid = ? WHERE key = ?"); err != nil {
		return s, fmt.Errorf("prepare clients: %w", err)
	}
	return s, nil
}

func (s statements) close() error {
	var errs []error
	for _, bulk := range []*sqlite.Bulk{s.outcomes, s.tombstones} {
		if bulk != nil {
			errs = append(errs, bulk.Close())
		}
	}
	for _, stmt := range []*sql.Stmt{s.readCount, s.putCount, s.putMid} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	return errors.Join(errs...)
}

// begin reads where the log stands, and begins it in an empty database.
func (l *Ledger) begin(ctx context.Context, tx *sql.Tx) error {
	c, err := l.readCounter(ctx, tx)
	if errors.Is(err, sql.ErrNoRows) {
		c.epoch = id.New[id.Epoch]()
		_, err = tx.ExecContext(ctx, "INSERT INTO counter (one, epoch, seq, number) VALUES (1, ?, 0, 0)", c.epoch.Bytes())
	}
	if err != nil {
		return fmt.Errorf("begin the log: %w", err)
	}
	l.epoch.Store(&c.epoch)
	l.seq, l.number, l.turn = c.seq, c.number, c.turn
	if err := l.readScopes(ctx, tx); err != nil {
		return err
	}
	if l.shared {
		rows, err := timeline.Numbered(ctx, tx, c.seq-min(c.seq, 1), 1)
		if err != nil {
			return err
		}
		l.last.take(rows)
	}
	if err := l.readSigned(ctx, tx); err != nil {
		return err
	}
	if err := l.openRestored(ctx, tx); err != nil {
		return err
	}
	behind, err := timeline.Behind(ctx, tx, wire.FoldVersion) // after a crash, what moved last has no head
	if err != nil {
		return err
	}
	for _, s := range behind {
		l.dirty[s] = struct{}{}
	}
	if err := l.readSight(ctx, tx); err != nil {
		return err
	}
	return l.readSetup(ctx, tx)
}

func (l *Ledger) readScopes(ctx context.Context, tx *sql.Tx) error {
	cursors, err := timeline.Cursors(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range cursors {
		l.scopes[c.Scope] = scopeEnd{pos: c.Pos, hash: c.Hash}
	}
	return nil
}

// readSetup folds every person of the workspace, and the company's terms.
func (l *Ledger) readSetup(ctx context.Context, tx *sql.Tx) error {
	setup := workspace.Default()
	var heads []stream.Head
	err := timeline.Heads(ctx, tx, []id.Kind{id.KindPerson, id.KindWorkspace}, []id.Scope{id.Everyone()}, func(h stream.Head) error {
		heads = append(heads, h)
		return nil
	})
	if err != nil {
		return err
	}
	for _, h := range heads {
		e, err := l.fold(ctx, tx, h.Stream, h.Kind)
		if err != nil {
			return err
		}
		setup = stream.SetUp(setup, e.state)
	}
	l.setup.Store(&setup)
	return nil
}

// fold loads a stream's state from the database.
func (l *Ledger) fold(ctx context.Context, q timeline.Querier, s id.Stream, kind id.Kind) (*Folded, error) {
	h, events, err := timeline.Load(ctx, q, s, kind, wire.FoldVersion)
	if err != nil {
		return nil, err
	}
	state, err := wire.Fold(h, events)
	if err != nil {
		return nil, fmt.Errorf("fold %s: %w", s, err)
	}
	e := &Folded{kind: h.Kind, scope: h.Scope, state: state, seq: h.Seq}
	if n := len(events); n > 0 {
		e.seq = events[n-1].StreamSeq
	}
	return e, nil
}

// storeHeads writes the heads of all streams that moved since the last time.
func (l *Ledger) storeHeads(ctx context.Context) error {
	if len(l.dirty) == 0 {
		return nil
	}
	err := l.inTurn(ctx, func(tx *sql.Tx) error {
		w := l.log.In(tx)
		for s := range l.dirty {
			head, err := l.headOf(ctx, tx, s)
			if fault.Is(err, fault.Storage) || fault.Is(err, fault.Unavailable) {
				return err
			}
			if err != nil { // one stream that cannot be read must not keep everybody from starting
				l.Logger.Error("fold a stream", "stream", s, "error", err)
				continue
			}
			if err := w.PutHead(database.Later(ctx), head); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	clear(l.dirty)
	return nil
}

// headOf returns a stream's head as it stands now.
func (l *Ledger) headOf(ctx context.Context, tx *sql.Tx, s id.Stream) (stream.Head, error) {
	e, ok := l.states[s]
	if !ok {
		var err error
		if e, err = l.fold(ctx, tx, s, id.KindUnknown); err != nil {
			return stream.Head{}, database.Fault(err)
		}
	}
	state, err := wire.EncodeState(e.state)
	if err != nil {
		return stream.Head{}, fmt.Errorf("encode head of %s: %w", s, err)
	}
	return stream.Head{Stream: s, Kind: e.kind, Scope: e.scope, Seq: e.seq, Version: wire.FoldVersion, State: state}, nil
}

// loadClient returns what is known of an outbox. It is nil for a new one.
func (l *Ledger) loadClient(ctx context.Context, tx *sql.Tx, c id.Client) (*Account, error) {
	if known, ok := l.clients[c]; ok {
		return known, nil
	}
	var (
		out    Account
		person []byte
		last   int64
	)
	err := tx.QueryRowContext(ctx, `SELECT key, person, generation, last_mid FROM client WHERE id = ?`, c[:]).
		Scan(&out.key, &person, &out.generation, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing is known, and that is no error
	}
	if err != nil {
		return nil, fmt.Errorf("load client %s: %w", c, err)
	}
	copy(out.person[:], person)
	out.lastMid, out.storedMid = uint64(last), uint64(last)
	return &out, nil
}

func insertClient(ctx context.Context, tx *sql.Tx, c id.Client, person id.Person, generation []byte) (*Account, error) {
	if generation == nil {
		generation = []byte{}
	}
	out := &Account{person: person, generation: generation}
	err := tx.QueryRowContext(ctx, `INSERT INTO client (id, person, generation, last_mid) VALUES (?, ?, ?, 0) RETURNING key`,
		c[:], person[:], generation).Scan(&out.key)
	if err != nil {
		return nil, fmt.Errorf("store client %s: %w", c, err)
	}
	return out, nil
}

func storeGeneration(ctx context.Context, tx *sql.Tx, key int64, generation []byte) error {
	if _, err := tx.ExecContext(ctx, `UPDATE client SET generation = ? WHERE key = ?`, generation, key); err != nil {
		return fmt.Errorf("store generation: %w", err)
	}
	return nil
}

// repeated returns the answer that a command got before, under whatever number.
func repeated(ctx context.Context, tx *sql.Tx, c id.Command) (stream.Outcome, bool, error) {
	var body []byte
	err := tx.QueryRowContext(ctx, `SELECT body FROM outcome WHERE command = ?`, c[:]).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return stream.Outcome{}, false, nil
	}
	if err != nil {
		return stream.Outcome{}, false, fmt.Errorf("look for command %s: %w", c, err)
	}
	out, err := wire.DecodeOutcome(body)
	return out, true, err
}

// answered is an outcome on its way into the database.
type answered struct {
	command id.Command
	outcome stream.Outcome
}

// storeAnswers stores the outcomes of new commands, and how far every client has come.
func (b *batch) storeAnswers(ctx context.Context) error {
	err := b.l.stmts.outcomes.Insert(ctx, b.tx, len(b.outcomes), func(i int, args []any) ([]any, error) {
		return append(args, b.outcomes[i].command.Bytes(), wire.EncodeOutcome(b.outcomes[i].outcome)), nil
	})
	if err != nil {
		return fmt.Errorf("store outcomes: %w", err)
	}
	if b.l.shared {
		return b.storeMids(ctx)
	}
	put := b.tx.StmtContext(ctx, b.l.stmts.putMid)
	for _, c := range b.clients {
		if c.lastMid == c.storedMid {
			continue
		}
		if _, err := put.ExecContext(ctx, int64(c.lastMid), c.key); err != nil {
			return fmt.Errorf("store how far a client has come: %w", err)
		}
		c.storedMid = c.lastMid
	}
	return nil
}
