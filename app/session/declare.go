package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tsugi-app/tsugi/app/present"
)

// draftFile is where a declaration that was begun is kept, in the data folder.
const draftFile = "declaration.json"

// Draft returns the declaration that was begun on this device. A file that cannot be understood is no
// draft: nobody who wants to declare is held up by it.
func (s *Session) Draft(context.Context) (present.Declaration, error) {
	var d present.Declaration
	raw, err := os.ReadFile(filepath.Join(s.Dir, draftFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return d, nil
	case err != nil:
		return d, fmt.Errorf("read draft: %w", err)
	}
	if !json.Valid(raw) || json.Unmarshal(raw, &d) != nil {
		d = present.Declaration{}
	}
	return d, nil
}

// KeepDraft keeps a declaration that was begun, for whoever opens the form next. The last one given
// stands; an empty one removes it.
func (s *Session) KeepDraft(_ context.Context, d present.Declaration) error {
	s.draft.Lock()
	defer s.draft.Unlock()
	return keepFile(filepath.Join(s.Dir, draftFile), d, d.Title == "")
}
