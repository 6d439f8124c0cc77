package mutant_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/proof/mutant"
)

// root is the module, as seen from here.
const root = "../../.."

func catalogue(t *testing.T) []mutant.Mutant {
	t.Helper()
	all, err := mutant.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The code moves on. This says at once when it has moved on under a mutant, which make mutants would say only much later.
func TestNoMutantHasRotted(t *testing.T) {
	t.Parallel()
	tree := os.DirFS(root)
	all := catalogue(t)
	if len(all) < 15 {
		t.Errorf("there are %d mutants", len(all))
	}
	for _, m := range all {
		source, err := fs.ReadFile(tree, m.File)
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		if _, err := m.Plant(string(source)); err != nil {
			t.Error(err)
		}
		for _, test := range m.Tests {
			if !slices.Contains(testsOf(t, tree, m.Package), test) {
				t.Errorf("%s: %s of %s is gone", m.Name, test, m.Package)
			}
		}
	}
}

func testsOf(t *testing.T, tree fs.FS, pkg string) (names []string) {
	t.Helper()
	files, err := fs.Glob(tree, path.Join(pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	test := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, file := range files {
		source, err := fs.ReadFile(tree, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range test.FindAllStringSubmatch(string(source), -1) {
			names = append(names, found[1])
		}
	}
	return names
}

const good = `The outbox forgets
what was not sent.

file: sync/replica/outbox.go
package: sync/replica
tests: TestA TestB
-- right --
	if sent {
-- wrong --
	if true {
-- right --
	keep()
-- wrong --
`

func TestADescriptionIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	got, err := mutant.Parse("forgetful", good)
	want := mutant.Mutant{
		Name: "forgetful", Says: "The outbox forgets what was not sent.", File: "sync/replica/outbox.go",
		Package: "sync/replica", Tests: []string{"TestA", "TestB"},
		Edits: []mutant.Edit{{Right: "\tif sent {\n", Wrong: "\tif true {\n"}, {Right: "\tkeep()\n"}},
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
}

func TestABadDescriptionIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"no sentence":   {"The outbox forgets\nwhat was not sent.\n", ""},
		"no fields":     {"\n\n", "\n"},
		"unknown field": {"tests:", "suite:"},
		"no file":       {"file: sync/replica/outbox.go\n", ""},
		"no package":    {"package: sync/replica\n", ""},
		"no tests":      {"tests: TestA TestB\n", ""},
		"no wrong line": {"-- wrong --\n\tif true {\n", ""},
		"nothing right": {"\tif sent {\n", ""},
		"no change":     {"true", "sent"},
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if _, err := mutant.Parse(name, text); !errors.Is(err, mutant.ErrDescription) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mutant.Parse("empty", ""); !errors.Is(err, mutant.ErrDescription) {
		t.Errorf("nothing at all: %v", err)
	}
}

func TestLinesThatAreNotThereOnceHaveRotted(t *testing.T) {
	t.Parallel()
	m := mutant.Mutant{Name: "m", File: "f.go", Edits: []mutant.Edit{{Right: "\tif sent {\n", Wrong: "\tif true {\n"}, {Right: "\tkeep()\n"}}}
	got, err := m.Plant("\tif sent {\n\tkeep()\n\t}\n")
	if want := "\tif true {\n\t}\n"; got != want || err != nil {
		t.Errorf("planted: %q, %v", got, err)
	}
	for name, source := range map[string]string{
		"gone":               "\tkeep()\n",
		"twice":              "\tif sent {\n\tkeep()\n\tif sent {\n",
		"part of a line":     "\tfor {\n\t\tif sent {\n\tkeep()\n",
		"the second is gone": "\tif sent {\n\tkept()\n",
	} {
		if got, err := m.Plant(source); !errors.Is(err, mutant.ErrRotten) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
