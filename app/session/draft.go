package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// draftFolder is where what was begun in rooms is kept, in the data folder: one file for each incident.
const draftFolder = "drafts"

const draftEnd = ".json"

// RoomDraft returns what was begun in a room on this device and was not sent. Files that are no longer here are left out,
// and what cannot be understood is no draft: nobody who wants to write is held up by it.
func (s *Session) RoomDraft(_ context.Context, in id.Incident) (present.Draft, error) {
	s.draft.Lock()
	defer s.draft.Unlock()
	d, err := s.readDraft(s.draftPath(in))
	if err != nil {
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
func (s *Session) KeepRoomDraft(_ context.Context, in id.Incident, d present.Draft) error {
	s.draft.Lock()
	defer s.draft.Unlock()
	path := s.draftPath(in)
	if d.Empty() {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove draft: %w", err)
		}
		return nil
	}
	raw, err := json.Marshal(d)
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
	if !json.Valid(raw) || json.Unmarshal(raw, &d) != nil {
		d = present.Draft{}
	}
	return d, nil
}

// holdDrafts keeps the files of all drafts from being evicted.
func (s *Session) holdDrafts() error {
	list, err := os.ReadDir(filepath.Join(s.Dir, draftFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list drafts: %w", err)
	}
	for _, f := range list {
		if !strings.HasSuffix(f.Name(), draftEnd) {
			continue
		}
		d, err := s.readDraft(filepath.Join(s.Dir, draftFolder, f.Name()))
		if err != nil {
			return err
		}
		for part := &d; part != nil; part = part.Aside {
			for _, a := range part.Files {
				s.replica.Files().Hold(a.Content)
			}
		}
	}
	return nil
}

// replaceFile writes a file as a whole: after a kill it holds what it held before, or all of raw.
func replaceFile(path string, raw []byte) error {
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
