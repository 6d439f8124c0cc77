package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// draftFolder is where what was begun in rooms is kept, in the data folder: one file for each incident.
const draftFolder = "drafts"

const (
	draftEnd = ".json"
	nextEnd  = ".new"     // of one that is being written
	asideEnd = ".damaged" // of one that cannot be understood: somebody may still find words in it
)

// RoomDraft returns what was begun in a room on this device and was not sent. Files that are no longer here are left out,
// and what cannot be understood is set aside: nobody who wants to write is held up by it.
// So is what was sent all the same before the client was killed, and what would replace an erased entry.
func (s *Session) RoomDraft(ctx context.Context, in id.Incident) (present.Draft, error) {
	s.draft.Lock()
	defer s.draft.Unlock()
	d, err := s.readDraft(s.draftPath(in))
	if err != nil {
		return present.Draft{}, err
	}
	if d, err = s.prune(ctx, in, d); err != nil {
		return present.Draft{}, err
	}
	for part := &d; part != nil; part = part.Aside {
		part.Files = slices.DeleteFunc(part.Files, func(a incident.Attachment) bool {
			_, here := s.replica.Files().Path(a.Content)
			return !here
		})
	}
	return d, nil
}

// KeepRoomDraft keeps what was begun in a room, for whoever opens it next on this device. The last one given stands; an
// empty one ends the keeping. It is never sent.
// What would replace an erased entry is not kept, nor anything of an incident that was purged: its words are to be in no file.
func (s *Session) KeepRoomDraft(ctx context.Context, in id.Incident, d present.Draft) error {
	s.draft.Lock()
	defer s.draft.Unlock()
	if s.replica.Left(in) { // somebody may still be typing when it is purged
		return s.writeDraft(in, present.Draft{})
	}
	d, err := s.withoutErased(ctx, in, d)
	if err != nil {
		return err
	}
	return s.writeDraft(in, d)
}

func (s *Session) writeDraft(in id.Incident, d present.Draft) error {
	return keepFile(s.draftPath(in), d, d.Empty())
}

// keepFile writes what was begun into a file, or removes it where nothing was.
func keepFile(path string, begun any, empty bool) error {
	if empty {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove draft: %w", err)
		}
		return nil
	}
	raw, err := json.Marshal(begun)
	if err != nil {
		return fmt.Errorf("encode draft: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	if err := replaceFile(path, raw); err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	return nil
}

// sentLately is how many of the newest events what was sent before a kill is looked for in, and all pending ones.
const sentLately = 200

// prune returns a draft without what is an entry already and what was erased, in the file as well.
func (s *Session) prune(ctx context.Context, in id.Incident, d present.Draft) (present.Draft, error) {
	if d.Empty() {
		return d, nil
	}
	line, err := s.replica.Timeline(ctx, in, sentLately)
	if err != nil {
		return d, fmt.Errorf("read what was sent: %w", err)
	}
	stored := map[id.Entry]bool{}
	for _, l := range line.Lines {
		if w, ok := l.Event.(incident.Written); ok {
			stored[w.Entry] = true
		}
	}
	left := d.Without(isIn(line.Incident.Erased), func(e id.Entry) bool { return stored[e] })
	if reflect.DeepEqual(left, d) {
		return d, nil
	}
	return left, s.writeDraft(in, left)
}

// withoutErased returns a draft without the words of erased entries.
func (s *Session) withoutErased(ctx context.Context, in id.Incident, d present.Draft) (present.Draft, error) {
	replaces := false
	for part := &d; part != nil; part = part.Aside {
		replaces = replaces || !part.Entry.IsZero()
	}
	if !replaces {
		return d, nil
	}
	state, err := s.replica.Incident(ctx, in)
	if err != nil {
		return d, fmt.Errorf("read what was erased: %w", err)
	}
	return d.Without(isIn(state.Erased), isIn(nil)), nil
}

func isIn(list []id.Entry) func(id.Entry) bool {
	return func(e id.Entry) bool { return slices.Contains(list, e) }
}

// watchDrafts takes erased words out of the files of all drafts until ctx ends, whoever erased them.
func (s *Session) watchDrafts(ctx context.Context) {
	changes, stop := s.replica.Watch()
	defer stop()
	for {
		if err := s.eraseInDrafts(ctx); err != nil && ctx.Err() == nil {
			s.Logger.Error("erase in drafts", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-changes:
		}
	}
}

func (s *Session) eraseInDrafts(ctx context.Context) error {
	s.draft.Lock()
	defer s.draft.Unlock()
	return s.eachDraft(func(in id.Incident, d present.Draft) error {
		left, err := s.withoutErased(ctx, in, d)
		if err != nil || reflect.DeepEqual(left, d) {
			return err
		}
		return s.writeDraft(in, left)
	})
}

// dropDraft removes what was begun in a room whose incident is purged, also what was set aside, and returns the files that drafts
// of other rooms carry.
func (s *Session) dropDraft(_ context.Context, in id.Incident) (kept []id.Content, err error) {
	s.files.Lock()
	defer s.files.Unlock()
	s.draft.Lock()
	defer s.draft.Unlock()
	var own []id.Content
	err = s.eachDraft(func(of id.Incident, d present.Draft) error {
		for part := &d; part != nil; part = part.Aside {
			for _, a := range part.Files {
				if of == in {
					own = append(own, a.Content)
				} else {
					kept = append(kept, a.Content)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, c := range own {
		if slices.Contains(kept, c) {
			continue
		}
		if err := s.replica.Detach(c); err != nil {
			return nil, err
		}
	}
	for _, path := range []string{s.draftPath(in), s.draftPath(in) + asideEnd, s.draftPath(in) + nextEnd} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("remove the draft of a room: %w", err)
		}
	}
	return kept, syncFolder(filepath.Join(s.Dir, draftFolder))
}

// syncFolder has what was removed from a folder stay removed, also when the power fails. On Windows a folder cannot be synced; there
// the file system's journal keeps the order.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sync a folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync a folder: %w", err)
	}
	return nil
}

func (s *Session) draftPath(in id.Incident) string {
	return filepath.Join(s.Dir, draftFolder, in.String()+draftEnd)
}

func (s *Session) readDraft(path string) (present.Draft, error) {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return present.Draft{}, nil
	case err != nil:
		return present.Draft{}, fmt.Errorf("read draft: %w", err)
	}
	var d present.Draft
	if json.Unmarshal(raw, &d) == nil {
		return d, nil
	}
	if err := os.Rename(path, path+asideEnd); err != nil {
		return present.Draft{}, fmt.Errorf("set aside a draft: %w", err)
	}
	s.Logger.Warn("a draft cannot be read, and was set aside", "path", path+asideEnd)
	return present.Draft{}, nil
}

// holdDrafts keeps the files of all drafts from being evicted.
func (s *Session) holdDrafts() error {
	return s.eachDraft(func(_ id.Incident, d present.Draft) error {
		for part := &d; part != nil; part = part.Aside {
			for _, a := range part.Files {
				s.replica.Files().Hold(a.Content)
			}
		}
		return nil
	})
}

// eachDraft calls do for all drafts that are kept.
func (s *Session) eachDraft(do func(in id.Incident, d present.Draft) error) error {
	list, err := os.ReadDir(filepath.Join(s.Dir, draftFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list drafts: %w", err)
	}
	for _, f := range list {
		name, ok := strings.CutSuffix(f.Name(), draftEnd)
		in, err := id.Parse[id.Incident](name)
		if !ok || err != nil {
			continue // not a draft
		}
		d, err := s.readDraft(s.draftPath(in))
		if err != nil {
			return err
		}
		if err := do(in, d); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile writes a file as a whole: after a kill or a power cut it holds what it held before, or all of raw.
func replaceFile(path string, raw []byte) error {
	next := path + nextEnd
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(next, path)
}
