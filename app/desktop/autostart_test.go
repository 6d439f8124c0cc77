package desktop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/app/desktop"
)

func TestTheStartAtLoginIsAFileThatComesAndGoes(t *testing.T) {
	t.Parallel()
	a := desktop.Autostart{
		Dir: filepath.Join(t.TempDir(), "config", "autostart"), Name: "Tsugi", Comment: "Incidents",
		Command: []string{`/opt/my tools/tsugi`, "--data", `/home/a"b$c%d\e`, "--tray"},
	}
	want := func(on bool, when string) {
		t.Helper()
		if got, err := a.On(); err != nil || got != on {
			t.Errorf("%s: on is %v, %v", when, got, err)
		}
	}
	want(false, "at first")
	for range 2 {
		if err := a.Set(true); err != nil {
			t.Fatal(err)
		}
	}
	want(true, "switched on")
	path := filepath.Join(a.Dir, "tsugi.desktop")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if exact := `Exec="/opt/my tools/tsugi" "--data" "/home/a\\"b\\$c%%d\\\\e" "--tray"` + "\n"; !strings.Contains(string(raw), exact) {
		t.Errorf("the file is\n%s, want in it %s", raw, exact)
	}
	validate(t, path)
	if err := os.WriteFile(path, append(raw, "Hidden=true\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	want(false, "switched off in the system's settings")
	for range 2 {
		if err := a.Set(false); err != nil {
			t.Fatal(err)
		}
	}
	want(false, "switched off")
}

func TestTheDesktopFileIsValid(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "assets", "linux", "tsugi.desktop")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"Exec=tsugi %u\n", "MimeType=x-scheme-handler/tsugi;\n", "Icon=" + desktop.EntryName + "\n"} {
		if !strings.Contains(string(raw), line) {
			t.Errorf("the desktop file has no line %q", line)
		}
	}
	validate(t, path)
}

// validate has the specification's own tool look at a file, where it is installed.
func validate(t *testing.T, path string) {
	t.Helper()
	tool, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		t.Log("desktop-file-validate is not installed; the file was not looked at")
		return
	}
	if said, err := exec.CommandContext(t.Context(), tool, path).CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("%s: %v: %s", path, err, said)
	}
}
