package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// View opens the file at path for reading alone, also while a program writes to it; its Write is nil. The file
// is left as it is. A missing one is a NotFound fault, others fail as with Open.
func View(ctx context.Context, path string) (*DB, error) {
	return view(ctx, path, url.Values{"mode": {"ro"}, "_query_only": {"on"}, "_busy_timeout": {"5000"}})
}

// ViewFrozen is View for a file that nobody writes to: nothing is made beside it.
func ViewFrozen(ctx context.Context, path string) (*DB, error) {
	return view(ctx, path, url.Values{"mode": {"ro"}, "immutable": {"1"}})
}

func view(ctx context.Context, path string, pragmas url.Values) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		kind := fault.Storage
		if errors.Is(err, os.ErrNotExist) {
			kind = fault.NotFound
		}
		return nil, fault.Wrap(kind, fmt.Sprintf("The file %s cannot be read.", path), err).
			WithAdvice("Nothing was changed.", "Check its name and who may read it.")
	}
	read, err := sql.Open("sqlite3", dsn(path, pragmas))
	if err != nil {
		return nil, fmt.Errorf("open %s for reading: %w", path, err)
	}
	read.SetMaxOpenConns(readers)
	if err := probe(ctx, read); err != nil {
		return nil, fmt.Errorf("open %s for reading: %w", path, errors.Join(Fault(err), read.Close()))
	}
	return &DB{Read: read, Path: path}, nil
}
