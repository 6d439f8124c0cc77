package audit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"

	"github.com/tsugi-app/tsugi/server/database"
)

// file is an attached file that is complete.
type file struct {
	key  int64
	hash []byte
	size int64
}

// sliceFiles is how many files are listed at once. Their chunks are read one by one.
const sliceFiles = 500

// files hashes every attached file that is complete. One that is erased meanwhile is not looked at.
func (w *walk) files(ctx context.Context) error {
	last := int64(0)
	for {
		list, err := w.listFiles(ctx, last)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, f := range list {
			if err := w.file(ctx, f); err != nil {
				return err
			}
			last = f.key
		}
	}
}

func (w *walk) listFiles(ctx context.Context, after int64) (out []file, err error) {
	rows, err := w.db.Reader().QueryContext(ctx, "SELECT key, hash, size FROM attachment WHERE complete = 1 AND key > ? ORDER BY key LIMIT ?", after, sliceFiles)
	if err != nil {
		return nil, fmt.Errorf("read attachments: %w", database.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var f file
		if err := rows.Scan(&f.key, &f.hash, &f.size); err != nil {
			return nil, fmt.Errorf("read attachments: %w", database.Fault(err))
		}
		out = append(out, f)
	}
	return out, database.Fault(rows.Err())
}

func (w *walk) file(ctx context.Context, f file) error {
	sum := sha256.New()
	size, err := w.chunks(ctx, f.key, sum)
	if err != nil {
		return err
	}
	if size != f.size || string(sum.Sum(nil)) != string(f.hash) {
		var there int
		err := w.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM attachment WHERE key = ? AND complete = 1", f.key).Scan(&there)
		if err != nil {
			return fmt.Errorf("read attachments: %w", database.Fault(err))
		}
		if there > 0 {
			w.report.flaw(0, fmt.Sprintf("The attached file with the SHA-256 %x… was changed.", f.hash[:min(len(f.hash), 4)]))
		}
		return nil
	}
	w.report.Files++
	w.report.FileBytes += size
	return nil
}

func (w *walk) chunks(ctx context.Context, key int64, into hash.Hash) (size int64, err error) {
	rows, err := w.db.Reader().QueryContext(ctx, "SELECT data FROM attachment_chunk WHERE attachment = ? ORDER BY idx", key)
	if err != nil {
		return 0, fmt.Errorf("read attachments: %w", database.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	for rows.Next() {
		var data []byte
		if err := rows.Scan(&data); err != nil {
			return 0, fmt.Errorf("read attachments: %w", database.Fault(err))
		}
		into.Write(data)
		size += int64(len(data))
	}
	return size, database.Fault(rows.Err())
}
