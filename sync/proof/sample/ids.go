package sample

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// incidents are the ids of the stories in one workspace, by their keys. They are kept before anything
// is declared, so that a story that was broken off goes on in the same incident.
type incidents map[string]id.Incident

// openIncidents reads the ids that are kept in dir, and makes those that are missing.
func openIncidents(dir string) (incidents, error) {
	path := filepath.Join(dir, "incidents.json")
	texts, ids := map[string]string{}, incidents{}
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, &texts)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, unreadable(path, err)
	}
	for key, text := range texts {
		if ids[key], err = id.Parse[id.Incident](text); err != nil {
			return nil, unreadable(path, err)
		}
	}
	for _, s := range append(Stories(), script()...) {
		if ids[s.Key].IsZero() {
			ids[s.Key] = id.New[id.Incident]()
			texts[s.Key] = ids[s.Key].String()
		}
	}
	if raw, err = json.MarshalIndent(texts, "", "  "); err != nil {
		return nil, fmt.Errorf("keep the incidents' ids: %w", err)
	}
	return ids, write(path, raw)
}

func unreadable(path string, cause error) error {
	return fault.Wrap(fault.Storage, fmt.Sprintf("What the demo remembers, %s, cannot be read.", path), cause).
		WithAdvice("Nothing was changed.", "`make demo-reset` starts over.")
}

// write puts a file that the demo remembers in place, whole or not at all.
func write(path string, content []byte) error {
	fresh := path + ".new"
	err := os.WriteFile(fresh, append(content, '\n'), 0o600)
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return fault.Wrap(fault.Storage, fmt.Sprintf("The demo cannot write %s.", path), err).
			WithAdvice("Nothing else was changed.", "Check that the folder belongs to you and that the disk has room.")
	}
	return nil
}
