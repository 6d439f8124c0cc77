package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// patience is how long a moment is waited for.
const patience = 600 * time.Millisecond

// watcher waits for a moment in the journals of clients.
type watcher[L any] struct {
	paths  []string
	wanted func(L) bool
}

// await waits until the last line of a journal is as wanted and was not when it began, and returns the number of that
// journal. Where none comes in time, it returns the proposed one.
func (w watcher[L]) await(ctx context.Context, proposed int) (int, error) {
	ended := make([]int64, len(w.paths))
	for i, path := range w.paths {
		if info, err := os.Stat(path); err == nil {
			ended[i] = info.Size()
		}
	}
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		for i, path := range w.paths {
			here, end, err := w.last(path, ended[i])
			if err != nil {
				return i, err
			}
			if here {
				return i, nil
			}
			ended[i] = end
		}
		select {
		case <-ctx.Done():
			return proposed, ctx.Err()
		case <-late.C:
			return proposed, nil
		case <-again.C:
		}
	}
}

// last reports whether the last line behind a place is as wanted, and where the journal ends.
func (w watcher[L]) last(path string, from int64) (bool, int64, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, from, nil
	}
	if err != nil {
		return false, from, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return false, from, err
	}
	raw, err := io.ReadAll(file)
	if err != nil {
		return false, from, err
	}
	lines := bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
	var l L
	if json.Unmarshal(lines[len(lines)-1], &l) != nil {
		return false, from, nil // nothing new, or half of it
	}
	return w.wanted(l), from + int64(len(raw)), nil
}
