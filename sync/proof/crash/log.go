package crash

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

type database = sqlite.DB

// file is the server's.
const file = "tsugi.db"

// openDatabase opens a server's file, with a table for what follows from events.
func openDatabase(ctx context.Context, d *disk.Disk, path string) (*sqlite.DB, error) {
	db, err := sqlite.Opener{File: d.File}.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	log, err := timeline.Schema()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	own, err := ledger.Schema()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	chores, err := task.Schema()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := sqlite.Migrate(ctx, db, log, own, chores); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	err = db.InTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS effect (stream BLOB, seq INTEGER, PRIMARY KEY (stream, seq)) STRICT, WITHOUT ROWID")
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// logged is an event in the server's log, read behind the production code's back.
type logged struct {
	seq, streamSeq, pos    int64
	stream, scope, command string
	kind                   id.Kind
	payload, hash          []byte
	effects                int
	envelope               id.Envelope
}

func readLog(ctx context.Context, db *sql.DB) ([]logged, error) {
	rows, err := db.QueryContext(ctx, `SELECT e.seq, t.id, t.kind, e.stream_seq, s.id, e.scope_pos, e.command, e.payload, e.hash,
	  e.person, e.device, e.received, e.occurred, e.uncertain,
	  (SELECT count(*) FROM effect f WHERE f.stream = t.id AND f.seq = e.stream_seq)
	  FROM event e JOIN stream t ON t.key = e.stream JOIN scope s ON s.key = e.scope ORDER BY e.seq`)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []logged
	for rows.Next() {
		var (
			e                  logged
			person, device     []byte
			received, occurred int64
			uncertain          bool
		)
		err := rows.Scan(&e.seq, &e.stream, &e.kind, &e.streamSeq, &e.scope, &e.pos, &e.command, &e.payload, &e.hash,
			&person, &device, &received, &occurred, &uncertain, &e.effects)
		if err != nil {
			return nil, fmt.Errorf("read the log: %w", err)
		}
		e.envelope = id.Envelope{
			Kind: e.kind, StreamSeq: uint64(e.streamSeq), ScopePos: uint64(e.pos),
			Received: time.UnixMicro(received), Occurred: time.UnixMicro(occurred), Uncertain: uncertain,
		}
		copy(e.envelope.Stream[:], e.stream)
		copy(e.envelope.Scope[:], e.scope)
		copy(e.envelope.Command[:], e.command)
		copy(e.envelope.Actor.Person[:], person)
		copy(e.envelope.Actor.Device[:], device)
		out = append(out, e)
	}
	return out, rows.Err()
}

// ends are where the counters of a log must stand.
type ends struct {
	number    int64
	positions map[string]int64
	hashes    map[string][]byte
}

// chained notes holes and repeats in the counters of a log, and breaks of its chain.
func chained(f *findings, log []logged) ends {
	end := ends{positions: map[string]int64{}, hashes: map[string][]byte{}}
	for i, e := range log {
		end.positions["stream "+e.stream]++
		end.positions["scope "+e.scope]++
		if e.seq != int64(i)+1 || e.streamSeq != end.positions["stream "+e.stream] || e.pos != end.positions["scope "+e.scope] {
			f.blame("event %d has seq %d, stream_seq %d and scope_pos %d", i+1, e.seq, e.streamSeq, e.pos)
		}
		own, number, err := e.content()
		if err != nil {
			f.spoil("event %d cannot be read: %v", e.seq, err)
		}
		if number > 0 {
			if end.number++; number != end.number {
				f.blame("INC-%d follows INC-%d", number, end.number-1)
			}
		}
		if want := ledger.Link(end.hashes[e.scope], uint64(e.seq), e.envelope, own); !bytes.Equal(want, e.hash) {
			f.blame("the chain is broken at event %d", e.seq)
		}
		end.hashes[e.scope] = e.hash
		if e.effects != 1 {
			f.blame("event %d has %d effects", e.seq, e.effects)
		}
	}
	return end
}

// content returns the hash of what an event said when it was stored, and the number that it gave an incident.
func (e logged) content() (id.Content, int64, error) {
	own := id.Content(sha256.Sum256(e.payload))
	event, err := wire.DecodeEvent(e.kind, e.payload)
	switch event := event.(type) {
	case incident.Written:
		if !event.Was.IsZero() {
			own = event.Was
		}
	case incident.Declared:
		return own, int64(event.Number), err
	}
	return own, 0, err
}

// counted notes counters that do not stand at the ends of the log.
func counted(ctx context.Context, f *findings, db *sql.DB, log []logged, end ends) {
	var seq, number int64
	if err := db.QueryRowContext(ctx, "SELECT seq, number FROM counter").Scan(&seq, &number); err != nil {
		f.spoil("read the counters: %v", err)
		return
	}
	if seq != int64(len(log)) || number != end.number {
		f.blame("the counters say %d and INC-%d, the log ends at %d and INC-%d", seq, number, len(log), end.number)
	}
	cursors, err := timeline.Cursors(ctx, db)
	if err != nil {
		f.spoil("read the ends of the scopes: %v", err)
		return
	}
	for _, c := range cursors {
		scope := string(c.Scope[:])
		if int64(c.Pos) != end.positions["scope "+scope] || !bytes.Equal(c.Hash, end.hashes[scope]) {
			f.blame("scope %s stands at %d, and its events end at %d, or its hash is another", c.Scope, c.Pos, end.positions["scope "+scope])
		}
	}
}
