package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// EntryName is what desktops call the client: its desktop file and its icon have this name.
const EntryName = "tsugi"

// Autostart is the file that makes a desktop start the client at login, as
// https://specifications.freedesktop.org/autostart-spec has it.
type Autostart struct {
	Dir     string   // "~/.config/autostart"
	Command []string // the program and its arguments
	Name    string   // what the system's settings call it
	Comment string
}

func (a Autostart) path() string { return filepath.Join(a.Dir, EntryName+".desktop") }

// On reports whether the client is started at login. Whoever removed or disabled the file in the
// system's own settings is right.
func (a Autostart) On() (bool, error) {
	raw, err := os.ReadFile(a.path())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the start at login: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		switch strings.ReplaceAll(strings.TrimSpace(line), " ", "") {
		case "Hidden=true", "X-GNOME-Autostart-enabled=false":
			return false, nil
		}
	}
	return true, nil
}

// Set writes the file, or removes it.
func (a Autostart) Set(on bool) error {
	if !on {
		if err := os.Remove(a.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("end the start at login: %w", err)
		}
		return nil
	}
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return fmt.Errorf("write the start at login: %w", err)
	}
	if err := os.WriteFile(a.path(), []byte(a.entry()), 0o600); err != nil {
		return fmt.Errorf("write the start at login: %w", err)
	}
	return nil
}

func (a Autostart) entry() string {
	words := make([]string, len(a.Command))
	for i, w := range a.Command {
		words[i] = quoteExec(w)
	}
	return fmt.Sprintf("[Desktop Entry]\nType=Application\nName=%s\nComment=%s\nExec=%s\nIcon=%s\nTerminal=false\n",
		a.Name, a.Comment, strings.Join(words, " "), EntryName)
}

// quoteExec quotes one word of a command as desktop files want it: first as a word in quotes, in which
// four characters need a backslash, then as a value, in which every backslash is written twice. A percent
// sign would begin a field.
func quoteExec(word string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`, `%`, `%%`).Replace(word)
	return `"` + strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(quoted) + `"`
}
