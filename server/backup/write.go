package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Target is where a backup goes.
type Target struct {
	Path      string
	Overwrite bool // take the place of a file that is there
	Seal      Seal
}

// Check fails with an Invalid fault when nothing could be written to t: a file is there already, or a recipient
// is wrong. It is asked before a copy is made.
func (t Target) Check() error {
	if _, _, err := t.Seal.sealer(); err != nil {
		return err
	}
	info, err := os.Lstat(t.Path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return t.trouble(err)
	case info.IsDir():
		return fault.New(fault.Invalid, t.Path+" is a folder.").WithAdvice("Nothing was written.", "Name a file in it.")
	case !t.Overwrite:
		return t.taken()
	}
	return nil
}

func (t Target) taken() error {
	return fault.New(fault.Invalid, fmt.Sprintf("There is a file %s already.", t.Path)).
		WithAdvice("It was not changed.", "Name another, or let it be replaced with --overwrite.")
}

func (t Target) trouble(err error) error {
	if fault.Find(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.Wrap(fault.Storage, fmt.Sprintf("The backup %s cannot be written.", t.Path), err).
		WithAdvice("What was there before is as it was.", "Check that its folder exists, belongs to you and has room, and try again.")
}

// Write writes a backup of the database that from gives, of exactly h.Size bytes. The file has its name only once
// all of it is on the disk; until then, and when anything fails, what was there before stays. Memory does not grow
// with the size.
func (t Target) Write(h Header, from io.Reader) error {
	if err := t.Check(); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(t.Path), ".tsugi-backup-*")
	if err != nil {
		return t.trouble(err)
	}
	err = errors.Join(t.fill(file, h, from), file.Close())
	if err == nil {
		err = t.name(file.Name())
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return t.trouble(err)
	}
	return nil
}

func (t Target) fill(file *os.File, h Header, from io.Reader) error {
	how, recipients, err := t.Seal.sealer()
	if err != nil {
		return err
	}
	h.Sealing = how
	sum := sha256.New()
	out := io.MultiWriter(file, sum)
	if _, err := io.WriteString(out, h.text()); err != nil {
		return err
	}
	if how == Open {
		err = copyAll(out, from, h.Size)
	} else {
		err = sealed(out, recipients, h, from)
	}
	if err != nil {
		return err
	}
	if _, err := file.Write(sum.Sum(nil)); err != nil {
		return err
	}
	return file.Sync()
}

// sealed writes the header once more and the database, both sealed: whoever changes what can be read
// from outside does not change what is inside.
func sealed(out io.Writer, recipients []age.Recipient, h Header, from io.Reader) error {
	in, err := age.Encrypt(out, recipients...)
	if err != nil {
		return fmt.Errorf("seal the backup: %w", err)
	}
	if _, err := io.WriteString(in, h.text()); err != nil {
		return err
	}
	if err := copyAll(in, from, h.Size); err != nil {
		return err
	}
	return in.Close()
}

func copyAll(out io.Writer, from io.Reader, size int64) error {
	n, err := io.Copy(out, from)
	if err == nil && n != size {
		err = fmt.Errorf("the copy has %d bytes, and %d were announced", n, size)
	}
	return err
}

// name gives a finished file its name, and brings that to the disk.
func (t Target) name(made string) error {
	if t.Overwrite {
		if err := os.Rename(made, t.Path); err != nil {
			return err
		}
		return syncFolder(filepath.Dir(t.Path))
	}
	err := os.Link(made, t.Path) // fails where a file has come there meanwhile
	switch {
	case errors.Is(err, os.ErrExist):
		return t.taken()
	case err != nil: // a disk that knows no links
		if _, err := os.Lstat(t.Path); !errors.Is(err, os.ErrNotExist) {
			return t.taken()
		}
		err = os.Rename(made, t.Path)
	default:
		err = os.Remove(made)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(t.Path))
}

// syncFolder brings the names in a folder to the disk.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
