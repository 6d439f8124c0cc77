package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/mattn/go-sqlite3"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// A slice of a copy has this many pages: the writer waits for one slice at most. After some slices what was
// copied is brought to the disk, or the writer's next commit would have to carry all of it there.
const (
	slicePages  = 256
	syncedAfter = 32
)

// errMoved says that the writing connection was replaced while a copy was under way.
var errMoved = errors.New("the writing connection was replaced")

// Copy writes the database as it is into a new file at path, readable by its owner alone, while it goes on being
// written to. The copy has everything that was committed before Copy was called, and nothing in part. It is
// brought to the disk. What was deleted or erased before Copy returns is not in it. It fails with a Storage fault
// on a full disk, and leaves no file then.
//
// The pages go through the one writing connection, a slice at a time: whatever is written between two slices
// reaches the copy too, so that it never has to begin again. VACUUM INTO would read in one long transaction,
// during which the journal cannot be emptied: it would grow with every write, and keep what is erased meanwhile,
// in itself and in the copy.
//
// progress is told how many pages are done and how many there are; it may be nil.
func (db *DB) Copy(ctx context.Context, path string, progress func(done, total int)) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fault.Wrap(fault.Storage, fmt.Sprintf("The file %s cannot be made.", path), err).
			WithAdvice("Nothing was changed.", "Check that its folder exists, belongs to you and is not on a full or read-only disk.")
	}
	err = db.copyInto(ctx, file, progress)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", db.Path, errors.Join(Fault(err), os.Remove(path)))
	}
	return nil
}

func (db *DB) copyInto(ctx context.Context, file *os.File, progress func(done, total int)) error {
	// The copy is nobody's yet: it needs no journal, and is brought to the disk as a whole.
	conn, err := (&sqlite3.SQLiteDriver{}).Open(dsn(file.Name(), url.Values{"_journal_mode": {"OFF"}, "_synchronous": {"OFF"}}))
	if err != nil {
		return fmt.Errorf("open the copy: %w", err)
	}
	dest, ok := conn.(*sqlite3.SQLiteConn)
	if !ok {
		return errors.Join(fmt.Errorf("the driver made a %T", conn), conn.Close())
	}
	c := &copying{db: db, dest: dest}
	for slice := 1; err == nil && !c.done; slice++ {
		if err = c.step(ctx); err == nil && slice%syncedAfter == 0 {
			err = file.Sync()
		}
		if err == nil && progress != nil {
			progress(c.pages-c.left, c.pages)
		}
	}
	if err := errors.Join(err, c.finish(), dest.Close()); err != nil {
		return err
	}
	return file.Sync()
}

// copying is a copy that is under way.
type copying struct {
	db     *DB
	dest   *sqlite3.SQLiteConn
	source *sqlite3.SQLiteConn
	backup *sqlite3.SQLiteBackup
	done   bool
	pages  int
	left   int
}

// step copies one slice, and gives the writing connection back.
func (c *copying) step(ctx context.Context) error {
	conn, err := c.db.Write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	return conn.Raw(func(raw any) error {
		source, ok := raw.(*sqlite3.SQLiteConn)
		if !ok {
			return fmt.Errorf("the driver gave a %T", raw)
		}
		if c.backup == nil {
			c.source = source
			if c.backup, err = c.dest.Backup("main", source, "main"); err != nil {
				return err
			}
		}
		if source != c.source {
			return errMoved
		}
		if c.done, err = c.backup.Step(slicePages); err != nil {
			return err
		}
		c.pages, c.left = c.backup.PageCount(), c.backup.Remaining()
		return nil
	})
}

func (c *copying) finish() error {
	if c.backup == nil {
		return nil
	}
	return c.backup.Finish()
}
