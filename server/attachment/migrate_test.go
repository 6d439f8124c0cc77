package attachment_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Files that a former version stored, of sizes around those at which SQLite lays out a row in another way, are the same afterwards.
func TestFilesOfAFormerVersionAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files [][]byte
	for i, n := range []int{1, 57, 58, 488, 489, 490, 3816, 3817, 3818, 4061, 4092, 4093, 8184, 200_000, wire.ChunkSize - 1, wire.ChunkSize, 2*wire.ChunkSize + 7} {
		files = append(files, bytesOf(byte(i), n))
	}
	storeFormerly(t, filepath.Join(dir, "tsugi.db"), files)
	b := setupIn(t, dir)
	file := databasetest.File(t, b.db)
	for _, data := range files {
		b.named(t, refOf(data))
		if !bytes.Equal(b.fetch(t, refOf(data)), data) {
			t.Errorf("of a file of %d bytes others came back", len(data))
		}
	}
	var found string
	if err := file.Read.QueryRowContext(b.ctx, "PRAGMA integrity_check").Scan(&found); err != nil || found != "ok" {
		t.Errorf("the database is %s, %v", found, err)
	}
}

// storeFormerly makes a database of version 1 with files in it.
func storeFormerly(t *testing.T, path string, files [][]byte) {
	t.Helper()
	schema, err := attachment.Schema()
	if err != nil {
		t.Fatal(err)
	}
	const first = "0001_attachment.sql"
	sql, err := fs.ReadFile(schema.Files, first)
	if err != nil {
		t.Fatal(err)
	}
	schema.Files = fstest.MapFS{first: {Data: sql}}
	db, err := sqlite.Open(t.Context(), path)
	if err == nil {
		err = sqlite.Migrate(t.Context(), db, schema)
	}
	for i, data := range files {
		r := refOf(data)
		exec := func(query string, args ...any) {
			if err == nil {
				_, err = db.Write.ExecContext(t.Context(), query, args...)
			}
		}
		exec("INSERT INTO attachment (key, scope, hash, size, device, moved_us, complete) VALUES (?, ?, ?, ?, x'', 0, 1)", i+1, r.Scope[:], r.Content[:], len(data))
		for k := range wire.Chunks(int64(len(data))) {
			exec("INSERT INTO attachment_chunk (attachment, idx, data) VALUES (?, ?, ?)", i+1, k, chunk(data, k))
		}
	}
	if err != nil {
		t.Fatal(fmt.Errorf("make a database of the former version: %w", err))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
