// Package settings keeps what a person chose for this device, in one small file of the data folder.
// Nothing in it is precious: a file that is missing or cannot be read means the presets.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Settings is what can be chosen. Whether the client starts at login is not among it: the system's own
// file says so, and people remove it there. A new field's zero value is written only once somebody chose, so
// its preset belongs into Default.
type Settings struct {
	CloseToTray bool `json:"close_to_tray"` // the window's close button leaves the client in the tray
	ToldOfTray  bool `json:"told_of_tray"`  // the first closing was explained

	Theme string  `json:"theme,omitempty"` // dark, light, or empty for as the system says
	Text  int     `json:"text,omitempty"`  // per cent of the usual size; 0 is the usual one
	Page  string  `json:"page,omitempty"`  // where the window was left
	Room  string  `json:"room,omitempty"`  // the incident whose room was open last
	Wide  float32 `json:"wide,omitempty"`  // the window; 0 is the usual one
	Tall  float32 `json:"tall,omitempty"`

	Answered string `json:"answered,omitempty"` // the ids of devices that were added as whoever looks and are known, with spaces between
}

// Default returns the presets.
func Default() Settings { return Settings{CloseToTray: true} }

// Store is the file. Many may use it at once.
type Store struct {
	path string
	mu   sync.Mutex
	now  Settings
}

// Open reads the settings of the data folder dir. The store works in any case: an error says why the
// presets are used in place of what the file says.
func Open(dir string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, "settings.json"), now: Default()}
	raw, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	read := Default()
	if err == nil {
		err = json.Unmarshal(raw, &read)
	}
	if err != nil {
		return s, fmt.Errorf("read the settings: %w", err)
	}
	s.now = read
	return s, nil
}

// Get returns what is chosen now.
func (s *Store) Get() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Change changes what is chosen and writes it down. It holds for this run even where it cannot be
// written; the error says so.
func (s *Store) Change(change func(*Settings)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	former := s.now
	change(&s.now)
	if s.now == former {
		return nil
	}
	if err := s.write(); err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	return nil
}

// write replaces the file as a whole: whoever reads it meanwhile sees the former or the new one.
func (s *Store) write() error {
	raw, err := json.MarshalIndent(s.now, "", "  ")
	if err != nil {
		return err
	}
	fresh := s.path + ".new"
	if err := os.WriteFile(fresh, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, s.path)
}
