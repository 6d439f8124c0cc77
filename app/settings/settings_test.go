package settings_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/app/settings"
)

func TestWhatWasChosenIsThereAfterTheNextStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := settings.Open(dir)
	if err != nil || s.Get() != settings.Default() {
		t.Fatalf("an empty folder gave %+v, %v; want the presets", s.Get(), err)
	}
	if err := s.Change(func(s *settings.Settings) { s.CloseToTray, s.ToldOfTray = false, true }); err != nil {
		t.Fatal(err)
	}
	again, err := settings.Open(dir)
	if err != nil || again.Get() != s.Get() || again.Get().CloseToTray || !again.Get().ToldOfTray {
		t.Errorf("read again was %+v, %v; want %+v", again.Get(), err, s.Get())
	}
}

func TestADamagedFileMeansThePresetsAndSaysSo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`{"close_to_tray": fa`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := settings.Open(dir)
	if err == nil || s.Get() != settings.Default() {
		t.Errorf("got %+v, %v; want the presets and an error", s.Get(), err)
	}
	if err := s.Change(func(s *settings.Settings) { s.ToldOfTray = true }); err != nil {
		t.Fatal(err)
	}
	if again, err := settings.Open(dir); err != nil || !again.Get().ToldOfTray {
		t.Errorf("a new choice was not kept: %+v, %v", again.Get(), err)
	}
}

func TestAChoiceHoldsForThisRunWhereItCannotBeWritten(t *testing.T) {
	t.Parallel()
	s, err := settings.Open(filepath.Join(t.TempDir(), "missing"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Change(func(s *settings.Settings) { s.CloseToTray = false }); err == nil || s.Get().CloseToTray {
		t.Errorf("got %+v, %v; want the choice and an error", s.Get(), err)
	}
}
