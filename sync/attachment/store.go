// Package attachment keeps the files of a client: those that people attach here, until the server has
// them, and those that were fetched, as many as there is room for. A file is known by the SHA-256 of its
// bytes, and what is given out has it.
package attachment

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Limit is how many bytes of files a client keeps, unless it is told otherwise. What must be kept may
// take more.
const Limit = 1 << 30

// State says where an attachment is.
type State uint8

// The states of an attachment.
const (
	Away     State = iota // not on this device, and nobody has asked for it
	Arriving              // asked for, or on its way
	Here                  // on this device, whole
	Missing               // the server has no such attachment: its entry may have been erased
)

// Status is what a person wants to know of an attachment.
type Status struct {
	State    State
	Path     string  // of the file, which must not be changed; empty unless Here
	Progress float64 // from 0 to 1: of what is Arriving, how much has come; of what is Unsent, how much has gone
	Unsent   bool    // an own one that the server does not have yet
}

// file is what is known of one whole file.
type file struct {
	size     int64
	used     time.Time
	verified bool // its bytes were found to be what its name says
}

// Store is one folder of files. It is safe for concurrent use. Make it with Open; there is nothing to
// close.
type Store struct {
	dir   string
	clock clock.Clock
	limit int64
	draws chan struct{} // holds who decodes a picture: one at a time, for the memory's sake

	mu    sync.Mutex
	files map[id.Content]*file
	parts map[id.Content]int64 // bytes of what is not whole
	held  map[id.Content]bool  // what is not evicted
	total int64                // bytes of files and parts
}

// Open opens the folder, and makes it, readable by its owner only, when it is missing. It keeps at most
// limit bytes besides what is held. It fails with Storage faults.
func Open(dir string, limit int64, c clock.Clock) (*Store, error) {
	s := &Store{
		dir: dir, clock: c, limit: limit, draws: make(chan struct{}, 1),
		files: map[id.Content]*file{}, parts: map[id.Content]int64{}, held: map[id.Content]bool{},
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, diskFault(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, diskFault(err)
	}
	for _, e := range entries {
		if err := s.found(e); err != nil {
			return nil, diskFault(err)
		}
	}
	return s, nil
}

// found takes a file of the folder into account; what was being written when the client ended is removed.
func (s *Store) found(e fs.DirEntry) error {
	info, err := e.Info()
	if err != nil {
		return err
	}
	base, part := strings.CutSuffix(e.Name(), ".part")
	c, ours := contentOf(base)
	switch {
	case strings.HasPrefix(e.Name(), adding):
		return os.Remove(filepath.Join(s.dir, e.Name()))
	case !ours:
		return nil
	}
	s.total += info.Size()
	if part {
		s.parts[c] = info.Size()
	} else {
		s.files[c] = &file{size: info.Size(), used: info.ModTime()}
	}
	return nil
}

// contentOf reads the name of a file, and whether it is one of ours.
func contentOf(name string) (c id.Content, ours bool) {
	raw, err := hex.DecodeString(name)
	if err != nil || len(raw) != len(c) {
		return c, false
	}
	return id.Content(raw), true
}

func (s *Store) path(c id.Content) string { return filepath.Join(s.dir, c.String()) }

func (s *Store) partPath(c id.Content) string { return s.path(c) + ".part" }

// touchAfter is how old a file's time of use may be before it is written anew.
const touchAfter = time.Hour

// Path returns where a file lies whose bytes are what its name says, and whether there is one. A file
// that turns out to be damaged is removed.
func (s *Store) Path(c id.Content) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[c]
	if !ok {
		return "", false
	}
	if !f.verified {
		if sum, err := hashOf(s.path(c)); err != nil || sum != c {
			_ = s.remove(c) // it is as good as gone
			return "", false
		}
		f.verified = true
	}
	if s.clock.Now().Sub(f.used) > touchAfter {
		s.use(c)
	}
	return s.path(c), true
}

// use notes that a file is used now.
func (s *Store) use(c id.Content) {
	now := s.clock.Now()
	s.files[c].used = now
	_ = os.Chtimes(s.path(c), now, now) // only the order of eviction suffers
}

func hashOf(path string) (id.Content, error) {
	f, err := os.Open(path)
	if err != nil {
		return id.Content{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return id.Content{}, err
	}
	return id.Content(sum.Sum(nil)), nil
}

// Read returns n bytes of a file from an offset on.
func (s *Store) Read(c id.Content, offset int64, n int) ([]byte, error) {
	f, err := os.Open(s.path(c))
	if err != nil {
		return nil, diskFault(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	out := make([]byte, n)
	if _, err := f.ReadAt(out, offset); err != nil {
		return nil, diskFault(err)
	}
	return out, nil
}

// Hold keeps a file from being evicted until it is released.
func (s *Store) Hold(c id.Content) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[c] = true
}

// Release lets a file be evicted when the room is needed.
func (s *Store) Release(c id.Content) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, c)
	s.trim()
}

// Drop removes a file, and what has come of it.
func (s *Store) Drop(c id.Content) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, c)
	return errors.Join(s.remove(c), s.removePart(c))
}

// Settle has what was removed stay removed, also when the power fails.
func (s *Store) Settle() error { return diskFault(syncFolder(s.dir)) }

// Prune removes all files, and what has come of others, but for those that are held and those to keep.
func (s *Store) Prune(keep map[id.Content]bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for c := range s.files {
		if !s.held[c] && !keep[c] {
			errs = append(errs, s.remove(c))
		}
	}
	for c := range s.parts {
		if !s.held[c] && !keep[c] {
			errs = append(errs, s.removePart(c))
		}
	}
	return errors.Join(errs...)
}

// Clear removes all files.
func (s *Store) Clear() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.held)
	var errs []error
	for c := range s.files {
		errs = append(errs, s.remove(c))
	}
	for c := range s.parts {
		errs = append(errs, s.removePart(c))
	}
	return errors.Join(errs...)
}

func (s *Store) remove(c id.Content) error {
	f, ok := s.files[c]
	if !ok {
		return nil
	}
	if err := os.Remove(s.path(c)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return diskFault(err)
	}
	s.total -= f.size
	delete(s.files, c)
	return nil
}

func (s *Store) removePart(c id.Content) error {
	n, ok := s.parts[c]
	if !ok {
		return nil
	}
	if err := os.Remove(s.partPath(c)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return diskFault(err)
	}
	s.total -= n
	delete(s.parts, c)
	return nil
}

// put takes the finished file at path as c; both the file and its name survive a crash afterwards.
func (s *Store) put(path string, c id.Content, size int64) error {
	if err := os.Rename(path, s.path(c)); err != nil {
		return err
	}
	if err := syncFolder(s.dir); err != nil {
		return err
	}
	if former, ok := s.files[c]; ok {
		s.total -= former.size
	}
	s.files[c] = &file{size: size, verified: true}
	s.total += size
	s.use(c)
	s.trim()
	return nil
}

// trim evicts what was used longest ago, until the rest has room. The file that was used last stays in
// any case: somebody is looking at it.
func (s *Store) trim() {
	if s.total <= s.limit {
		return
	}
	byAge := make([]id.Content, 0, len(s.files))
	for c := range s.files {
		byAge = append(byAge, c)
	}
	slices.SortFunc(byAge, func(a, b id.Content) int {
		return cmp.Or(s.files[a].used.Compare(s.files[b].used), slices.Compare(a[:], b[:]))
	})
	for _, c := range byAge[:max(0, len(byAge)-1)] {
		if s.total <= s.limit {
			return
		}
		if !s.held[c] {
			_ = s.remove(c) // the next time, then
		}
	}
}

// diskFault says of an error of the file system what a person can do about it.
func diskFault(err error) error {
	if err == nil || fault.Find(err) != nil {
		return err
	}
	return fault.Wrap(fault.Storage, "The file cannot be kept: the disk is full, broken or not yours to write.", err).
		WithAdvice("What was stored before is safe.", fmt.Sprintf("Free some space and try again; one file takes up to %s.", megabytes(maxSize)))
}
