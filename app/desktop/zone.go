package desktop

import (
	"io/fs"
	"strings"
	"time"
)

// Zone returns the time zone that the system goes by, with its name, which rotations are ordered by: the one that TZ names, else
// the one that /etc/localtime leads to, or /etc/timezone names. Where none of them tells, it is time.Local, which has none.
// environment is os.Getenv, and root the files from "/" on.
func Zone(environment func(string) string, root fs.FS) *time.Location {
	for _, name := range []string{strings.TrimPrefix(environment("TZ"), ":"), linked(root), written(root)} {
		_, behind, _ := strings.Cut(name, "zoneinfo/")
		if behind != "" {
			name = behind
		}
		if name == "" || name == "Local" {
			continue
		}
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return time.Local
}

func linked(root fs.FS) string {
	target, err := fs.ReadLink(root, "etc/localtime")
	if err != nil || !strings.Contains(target, "zoneinfo/") {
		return ""
	}
	return target
}

func written(root fs.FS) string {
	text, err := fs.ReadFile(root, "etc/timezone")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
