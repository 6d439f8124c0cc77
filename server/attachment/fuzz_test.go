package attachment_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// FuzzUpload announces and sends bytes that need not be what was announced. Whatever comes, nothing is whole but what has the
// hash that it was announced with, and all else is refused with a reason.
func FuzzUpload(f *testing.F) {
	f.Add(int64(3), 0, []byte("abc"), true)
	f.Add(int64(0), 0, []byte{}, true)
	f.Add(int64(-1), -1, []byte("x"), false)
	f.Add(int64(wire.ChunkSize+1), 1, []byte("x"), false)
	f.Add(int64(1<<40), 1<<30, []byte("x"), true)
	clock := &hand{at: time.Unix(1_700_000_000, 0)}
	db := databasetest.Open(f, filepath.Join(f.TempDir(), "tsugi.db"), attachment.Schema)
	f.Cleanup(func() { _ = db.Close() })
	store, number := attachment.New(db, clock, slog.New(slog.DiscardHandler)), 0
	f.Fuzz(func(t *testing.T, size int64, index int, data []byte, honest bool) {
		number++
		ref := attachment.Ref{Scope: id.Scope{1, byte(number), byte(number >> 8), byte(number >> 16)}, Content: sha256.Sum256(data)}
		if !honest {
			ref.Content[0]++
		}
		ctx, named := context.Background(), incident.Written{Entry: id.New[id.Entry](), Attachments: []incident.Attachment{{Content: ref.Content}}}
		if err := db.InTx(ctx, func(tx *sql.Tx) error {
			return store.Name(ctx, tx, id.Envelope{Stream: id.New[id.Stream](), Scope: ref.Scope}, named)
		}); err != nil {
			t.Fatal(err)
		}
		missing, complete, err := store.Begin(ctx, attachment.Upload{Ref: ref, Size: size, Device: id.New[id.Device]()})
		if bad := size <= 0 || size > incident.MaxAttachmentSize; bad != (err != nil) || err != nil && fault.Find(err) == nil {
			t.Fatalf("%d bytes were met with %v", size, err)
		}
		if err != nil {
			return
		}
		if complete || len(missing) != wire.Chunks(size) {
			t.Fatalf("of %d bytes, none of which came, %v are missing", size, missing)
		}
		complete, err = store.Put(ctx, ref, index, data)
		if err != nil && fault.Find(err) == nil {
			t.Fatalf("chunk %d was met with %v", index, err)
		}
		if whole := honest && index == 0 && int64(len(data)) == size; complete != whole {
			t.Fatalf("of %d bytes %d came as chunk %d, and it is whole: %v, %v", size, len(data), index, complete, err)
		}
	})
}
