package attachment

import (
	"errors"
	"fmt"
	"os"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Have returns how many bytes of a file that is being fetched are here.
func (s *Store) Have(c id.Content) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts[c]
}

// Append adds the bytes from offset on to a file that is being fetched; what lay behind offset is replaced.
// They need not survive a crash: they can be fetched again.
func (s *Store) Append(c id.Content, offset int64, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have := s.parts[c]; offset > have || offset+int64(len(data)) > maxSize {
		return fmt.Errorf("bytes %d to %d do not follow on the %d that are here", offset, offset+int64(len(data)), have)
	}
	f, err := os.OpenFile(s.partPath(c), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return diskFault(err)
	}
	err = f.Truncate(offset)
	if err == nil {
		_, err = f.WriteAt(data, offset)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(diskFault(err), s.removePart(c)) // nobody knows what is in it
	}
	s.total += offset + int64(len(data)) - s.parts[c]
	s.parts[c] = offset + int64(len(data))
	return nil
}

// Finish takes a file of which everything has been fetched. It fails with a Corrupt fault, and drops what
// came, when the bytes are not what their hash says.
func (s *Store) Finish(c id.Content) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, size := s.partPath(c), s.parts[c]
	sum, err := hashOf(path)
	if err != nil {
		return errors.Join(diskFault(err), s.removePart(c))
	}
	if sum != c {
		broken := fault.New(fault.Corrupt, "What came of an attachment is not what was attached.").
			WithAdvice("It was dropped.", "It is fetched again by itself.")
		return errors.Join(broken, s.removePart(c))
	}
	if err := syncFile(path); err != nil {
		return diskFault(err)
	}
	s.total -= size // it is counted as a file from now on
	delete(s.parts, c)
	return diskFault(s.put(path, c, size))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
