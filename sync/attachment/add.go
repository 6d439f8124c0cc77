package attachment

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// adding begins the name of a file that is being written.
const adding = ".adding-"

const maxSize = int64(incident.MaxAttachmentSize)

// Add reads a file to its end and keeps it, held, under the hash of its bytes. Its type is what its bytes
// say, whatever its name says. When Add returns, the file survives a crash. It fails with Invalid and
// TooLarge faults for what cannot be attached, and with Storage faults; then nothing is kept.
func (s *Store) Add(ctx context.Context, name string, r io.Reader) (incident.Attachment, error) {
	a := incident.Attachment{Name: incident.FileName(name[strings.LastIndexAny(name, `/\`)+1:])}
	temp, err := os.CreateTemp(s.dir, adding+"*")
	if err != nil {
		return a, diskFault(err)
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // it is not there any more when all went well
	size, err := fill(ctx, temp, r, &a)
	if err == nil {
		err = look(temp, &a)
	}
	if err == nil {
		err = diskFault(temp.Sync())
	}
	if err := errors.Join(err, diskFault(temp.Close())); err != nil {
		return a, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[a.Content] = true
	return a, diskFault(s.put(temp.Name(), a.Content, size))
}

// fill copies r and notes hash and size.
func fill(ctx context.Context, w io.Writer, r io.Reader, a *incident.Attachment) (int64, error) {
	sum, size, buf := sha256.New(), int64(0), make([]byte, 128<<10)
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, readErr := r.Read(buf)
		size += int64(n)
		if size > maxSize {
			return 0, tooLarge(a.Name)
		}
		sum.Write(buf[:n])
		if _, err := w.Write(buf[:n]); err != nil {
			return 0, diskFault(err)
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return 0, fault.Wrap(fault.Invalid, fmt.Sprintf("%q cannot be read.", a.Name), readErr).
				WithAdvice("It was not attached; nothing else was changed.", "Check that it is still there, and try again.")
		}
	}
	if size == 0 {
		return 0, fault.New(fault.Invalid, fmt.Sprintf("%q is empty.", a.Name)).
			WithAdvice("It was not attached; nothing else was changed.", "Attach it again when something is in it.")
	}
	a.Content, a.Size = id.Content(sum.Sum(nil)), uint64(size)
	return size, nil
}

func tooLarge(name string) error {
	return fault.New(fault.TooLarge, fmt.Sprintf("%q has more than %s.", name, megabytes(maxSize))).
		WithAdvice("It was not attached; nothing else was changed.", "Make it smaller, or write where it can be found.")
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n>>20) }
