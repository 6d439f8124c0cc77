package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// File is a file that is written past SQLite.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Sync brings what was written to the disk.
	Sync() error
}

// Opener opens databases. The zero Opener is the one that programs use.
type Opener struct {
	// File opens a file that is there for reading and writing; nil for the system's files. It fails with fs.ErrNotExist when
	// there is none. A proof that watches SQLite's file system watches with it what passes that by.
	File func(path string) (File, error)
	// Logger is told once when a journal cannot be folded any more, see DB.Unfolded; nil for none.
	Logger *slog.Logger
}

// Open opens the file at path with the zero Opener.
func Open(ctx context.Context, path string) (*DB, error) { return Opener{}.Open(ctx, path) }

func systemFile(path string) (File, error) { return os.OpenFile(path, os.O_RDWR, 0) }

// renewedAtOnce is how many bytes of a journal are in memory while it is written anew.
const renewedAtOnce = 1 << 20

// renew writes the journal that a former run has left beside the file at path anew, byte for byte, and brings it to the disk.
//
// Where the synchronization of a commit failed, nobody was told that it is stored, but its frames are in the system's memory.
// The system does not write them again: Linux marks them as clean when it has told the error once, and each later synchronization
// succeeds without them. SQLite reads them as a commit like any other, synchronizes the journal, which changes nothing, and
// writes pages of the file over with them. A power cut in that moment leaves a file whose pages belong to two states, and no
// journal from which it could be mended. Once the same bytes were written and synchronized, memory and disk are one.
// A power cut meanwhile does no harm: what is on the disk is written over with itself.
//
// It must be done before SQLite opens the file, as closing it again is enough to have it take over the journal, and by whoever owns
// the folder: nobody else may append to the journal meanwhile. It fails with a Storage fault, and then nothing may be built upon
// what is read from the file.
func (o Opener) renew(path string) error {
	open := o.File
	if open == nil {
		open = systemFile
	}
	journal := path + "-wal"
	file, err := open(journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap(fault.Storage, fmt.Sprintf("The file %s cannot be opened.", journal), err).
			WithAdvice("It was not changed.", "Check who owns it.")
	}
	if err := errors.Join(rewrite(file), file.Close()); err != nil {
		return diskFault(fmt.Errorf("write the journal anew: %w", err))
	}
	return nil
}

func rewrite(file File) error {
	piece := make([]byte, renewedAtOnce)
	for at := int64(0); ; {
		n, err := file.ReadAt(piece, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if n == 0 {
			break
		}
		if _, err := file.WriteAt(piece[:n], at); err != nil {
			return err
		}
		at += int64(n)
	}
	return file.Sync()
}
