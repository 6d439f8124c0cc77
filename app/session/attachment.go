package session

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Attach reads a file to its end and keeps it on this device, so that it survives a crash, for an entry that
// is still to be written: put what it returns into incident.Write. The type is what the bytes say, whatever
// the name says. It fails with Invalid and TooLarge faults for what cannot be attached, and with Storage
// faults; then nothing is kept.
func (s *Session) Attach(ctx context.Context, name string, from io.Reader) (incident.Attachment, error) {
	s.files.RLock()
	defer s.files.RUnlock()
	return s.replica.Attach(ctx, name, from)
}

// Detach removes a file from this device that was attached and is not to be written about after all. One that stands in
// a draft of any room stays.
func (s *Session) Detach(_ context.Context, c id.Content) error {
	s.files.Lock()
	defer s.files.Unlock()
	s.draft.Lock()
	defer s.draft.Unlock()
	needed := false
	err := s.eachDraft(func(_ id.Incident, d present.Draft) error {
		for part := &d; part != nil; part = part.Aside {
			needed = needed || slices.ContainsFunc(part.Files, func(a incident.Attachment) bool { return a.Content == c })
		}
		return nil
	})
	if err != nil || needed {
		return err
	}
	return s.replica.Detach(c)
}

// Picture returns an image of an entry as a picture of at most the asked size, in true proportion; of an animation
// the first frame. One that is not on this device is asked for: then there is no picture yet, but how much of it has
// come, and Observe tells when that has changed. It fails with Invalid and TooLarge faults for what cannot be shown.
func (s *Session) Picture(ctx context.Context, q present.PictureQuery) (image.Image, present.Arrival, error) {
	here, arrival, err := s.fetched(ctx, q.Incident, q.File)
	if err != nil || !here {
		return nil, arrival, err
	}
	picture, err := s.replica.Files().Picture(ctx, q.File.Content, q.Width, q.Height)
	return picture, arrival, err
}

// fetched reports whether a file is on this device. One that is not is asked for.
func (s *Session) fetched(ctx context.Context, in id.Incident, f present.File) (bool, present.Arrival, error) {
	status := s.replica.Attachment(f.Content)
	switch status.State {
	case attachment.Here:
		return true, present.Arrival{}, nil
	case attachment.Arriving:
	default:
		if err := s.replica.Want(ctx, in, incident.Attachment{Content: f.Content, Name: f.Name, Size: f.Bytes}); err != nil {
			return false, present.Arrival{}, err
		}
	}
	return false, present.Arrival{Percent: int(100 * status.Progress), Missing: status.State == attachment.Missing}, nil
}

// Keep copies a file to the folder in which a person keeps what was taken from here, and returns where it is. A file of
// the same name is never overwritten. What is not on this device is asked for, and an Unavailable fault says so.
func (s *Session) Keep(ctx context.Context, in id.Incident, f present.File) (string, error) {
	here, _, err := s.fetched(ctx, in, f)
	if err != nil {
		return "", err
	}
	if !here {
		return "", fault.New(fault.Unavailable, "The file is not on this device yet.").
			WithAdvice("It is being fetched.", "Try again when it has arrived.")
	}
	if s.Downloads == "" {
		return "", fault.New(fault.Unavailable, "There is no folder to put the copy into.").WithAdvice("Nothing was changed.", "Name one with --downloads.")
	}
	return s.copyTo(s.Downloads, f)
}

// copies is how often a free name is looked for.
const copies = 1000

func (s *Session) copyTo(dir string, f present.File) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", notKept(err)
	}
	path, here := s.replica.Files().Path(f.Content)
	if !here {
		return "", notKept(os.ErrNotExist)
	}
	from, err := os.Open(path)
	if err != nil {
		return "", notKept(err)
	}
	defer from.Close() //nolint:errcheck // it was only read
	name := incident.FileName(f.Name)
	ext := filepath.Ext(name)
	for n := 1; n < copies; n++ {
		to := filepath.Join(dir, name)
		if n > 1 {
			to = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext))
		}
		file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err == nil {
			_, err = io.Copy(file, from)
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			return "", notKept(err)
		}
		return to, nil
	}
	return "", notKept(os.ErrExist)
}

func notKept(cause error) error {
	return fault.Wrap(fault.Storage, "The copy could not be written.", cause).
		WithAdvice("The file itself is safe.", "Check the folder and the space on its disk.")
}
