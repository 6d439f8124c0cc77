package app

import (
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"github.com/tsugi-app/tsugi/app/warroom"
)

// The first lines with which file managers mark what was copied in them, where they put it on the clipboard as words.
const (
	nautilusMark = "x-special/nautilus-clipboard"
	copyMark     = "copy"
	cutMark      = "cut"
)

// namedMost is how many files words may name. Who copies more wants something else than to attach them.
const namedMost = 200

// pathsIn returns the paths that words name, one a line, as addresses that begin with file:// or as absolute paths. It is
// false where any line is something else. Whether there are such files, the words do not say.
func pathsIn(words string) ([]string, bool) {
	lines := strings.FieldsFunc(words, func(r rune) bool { return r == '\n' || r == '\r' || r == 0 })
	if len(lines) > 0 && lines[0] == nautilusMark {
		lines = lines[1:]
	}
	if len(lines) > 1 && (lines[0] == copyMark || lines[0] == cutMark) {
		lines = lines[1:]
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "#") }) // remarks, says RFC 2483
	if len(lines) == 0 || len(lines) > namedMost {
		return nil, false
	}
	paths := make([]string, 0, len(lines))
	for _, l := range lines {
		path, ok := pathIn(l)
		if !ok {
			return nil, false
		}
		paths = append(paths, path)
	}
	return paths, true
}

func pathIn(line string) (string, bool) {
	if filepath.IsAbs(line) {
		return line, true
	}
	u, err := url.Parse(line)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || !filepath.IsAbs(u.Path) {
		return "", false
	}
	return u.Path, true
}

// filesAt returns the files that lie at paths. It fails where any of them is none: then the words were no list of files.
func filesAt(paths []string) ([]warroom.Source, error) {
	out := make([]warroom.Source, 0, len(paths))
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil && !info.Mode().IsRegular() {
			err = errors.New("it is no file")
		}
		if err != nil {
			return nil, err
		}
		out = append(out, sourceOf(storage.NewFileURI(path)))
	}
	return out, nil
}

// sourceOf returns a file of this device.
func sourceOf(f fyne.URI) warroom.Source {
	return warroom.Source{Name: f.Name(), Open: func() (io.ReadCloser, error) { return storage.Reader(f) }}
}

// named returns what reads the files that words name, or nil where the words name none.
func named(words string) func() ([]warroom.Source, error) {
	paths, ok := pathsIn(words)
	if !ok {
		return nil
	}
	return func() ([]warroom.Source, error) { return filesAt(paths) }
}
