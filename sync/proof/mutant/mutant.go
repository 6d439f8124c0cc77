// Package mutant plants deliberate mistakes in the code, each alone, and shows which test catches it. A mistake is
// planted with the -overlay of the go command, which compiles a changed copy in place of a file: no source file is
// touched, and the code that people run has no switch for any of it.
package mutant

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Errors of a mistake's description.
var (
	// ErrRotten is returned when the code has moved on under a mistake: what it changes is not there exactly once, the
	// changed file does not compile, or a test that is expected to catch it is gone.
	ErrRotten = errors.New("this mutant has rotted")
	// ErrDescription is returned when a description cannot be read.
	ErrDescription = errors.New("the description of a mutant cannot be read")
)

//go:embed mistakes/*.txt
var mistakes embed.FS

// Mutant is one deliberate mistake.
type Mutant struct {
	Name  string
	Says  string // what is wrong with it, in a sentence
	File  string // the one that is changed; slash-separated, from the module's root
	Edits []Edit
	// Package holds the tests that are expected to catch it; slash-separated, from the module's root.
	Package string
	Tests   []string // their names; where they fail they must leave nothing in their folder, as those of rapid do
}

// Edit replaces whole lines, which are in the file exactly once.
type Edit struct{ Right, Wrong string }

// Catalogue returns all mutants, ordered by name.
func Catalogue() ([]Mutant, error) {
	files, err := fs.Glob(mistakes, "mistakes/*.txt")
	if err != nil {
		return nil, fmt.Errorf("list the mutants: %w", err)
	}
	out := make([]Mutant, 0, len(files))
	for _, file := range files {
		raw, err := mistakes.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the mutant %s: %w", file, err)
		}
		m, err := Parse(strings.TrimSuffix(path.Base(file), ".txt"), string(raw))
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

const (
	rightMark = "-- right --\n"
	wrongMark = "-- wrong --\n"
)

// Parse reads a description: a sentence in one or more lines, an empty line, the fields file, package and tests, and
// then, as often as needed, the right lines and the wrong ones that take their place. It fails with ErrDescription.
//
//	The outbox forgets what was not sent.
//
//	file: sync/replica/outbox.go
//	package: sync/replica
//	tests: TestWhatIsNotSentIsKept
//	-- right --
//		if sent {
//	-- wrong --
//		if true {
func Parse(name, text string) (Mutant, error) {
	m := Mutant{Name: name}
	head, edits, _ := strings.Cut(text, rightMark)
	says, fields, ok := strings.Cut(head, "\n\n")
	if !ok {
		return m, fmt.Errorf("%s: %w: no sentence, or no fields behind it", name, ErrDescription)
	}
	m.Says = strings.Join(strings.Fields(says), " ")
	for line := range strings.Lines(fields) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "file":
			m.File = value
		case "package":
			m.Package = value
		case "tests":
			m.Tests = strings.Fields(value)
		default:
			return m, fmt.Errorf("%s: %w: the line %q", name, ErrDescription, line)
		}
	}
	for edit := range strings.SplitSeq(edits, rightMark) {
		right, wrong, ok := strings.Cut(edit, wrongMark)
		if !ok || strings.TrimSpace(right) == "" || right == wrong {
			return m, fmt.Errorf("%s: %w: an edit without right lines and others in their place", name, ErrDescription)
		}
		m.Edits = append(m.Edits, Edit{Right: right, Wrong: wrong})
	}
	if m.Says == "" || m.File == "" || m.Package == "" || len(m.Tests) == 0 {
		return m, fmt.Errorf("%s: %w: it needs a sentence, a file, a package and tests", name, ErrDescription)
	}
	return m, nil
}

// Plant returns the source of m's file with the mistake in it. It fails with ErrRotten.
func (m Mutant) Plant(source string) (string, error) {
	source = "\n" + source // so that every line has one before it
	for _, e := range m.Edits {
		right, wrong := "\n"+e.Right, "\n"+e.Wrong
		if n := strings.Count(source, right); n != 1 {
			return "", fmt.Errorf("%s: %w: these lines are %d times in %s:\n%s", m.Name, ErrRotten, n, m.File, e.Right)
		}
		source = strings.Replace(source, right, wrong, 1)
	}
	return source[1:], nil
}
