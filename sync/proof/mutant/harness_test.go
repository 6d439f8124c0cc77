package mutant_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof/mutant"
)

// module is a program of one rule with a test, as small as one can be.
var module = map[string]string{
	"go.mod": "module example.com/small\n\ngo 1.24\n",
	"rule/rule.go": `package rule

func Larger(a, b int) int {
	if a > b {
		return a
	}
	return b
}
`,
	"rule/rule_test.go": `package rule

import (
	"os"
	"testing"
)

func TestLarger(t *testing.T) {
	for name, n := range map[string][3]int{"first": {2, 1, 2}, "second": {1, 2, 2}} {
		t.Run(name, func(t *testing.T) {
			if got := Larger(n[0], n[1]); got != n[2] {
				t.Errorf("got %d", got)
			}
		})
	}
}

func TestPanicking(t *testing.T) {
	if Larger(2, 1) != 2 {
		panic("wrong")
	}
}

func TestBlind(t *testing.T) {}

func TestByLuck(t *testing.T) {
	if _, err := os.Stat("been-here"); err == nil {
		return
	}
	if Larger(2, 1) != 2 {
		os.WriteFile("been-here", nil, 0o600)
		t.Error("wrong")
	}
}

func TestEndless(t *testing.T) {
	if Larger(2, 1) != 2 {
		select {}
	}
}

func TestRed(t *testing.T) { t.Error("red") }

func TestSkipped(t *testing.T) { t.Skip("on purpose: a test that does not run catches nothing") }
`,
}

func harness(t *testing.T) (mutant.Harness, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	for name, source := range module {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	return mutant.Harness{Root: dir, Flags: []string{"-buildvcs=false"}, Limit: 8 * time.Second, Clock: clock.NewSystem(), Progress: &said}, &said
}

// planted is a mistake in the small program.
func planted(right, wrong string, tests ...string) mutant.Mutant {
	return mutant.Mutant{
		Name: "m", Says: "The smaller one.", File: "rule/rule.go", Package: "rule", Tests: tests,
		Edits: []mutant.Edit{{Right: right + "\n", Wrong: wrong + "\n"}},
	}
}

func TestAMutantIsCaughtByTheTestsThatFailEveryTime(t *testing.T) {
	t.Parallel()
	const right, wrong = "	if a > b {", "	if a < b {"
	cases := []struct {
		name          string
		tests, caught []string
	}{
		{"one", []string{"TestLarger"}, []string{"TestLarger"}},
		{"one of two", []string{"TestBlind", "TestLarger"}, []string{"TestLarger"}},
		{"one that panics", []string{"TestPanicking"}, []string{"TestPanicking"}},
		{"none", []string{"TestBlind"}, nil},
		{"one by luck", []string{"TestByLuck"}, nil},
		{"one that hangs", []string{"TestEndless"}, nil},
	}
	var mutants []mutant.Mutant
	for _, c := range cases {
		m := planted(right, wrong, c.tests...)
		m.Name = c.name
		mutants = append(mutants, m)
	}
	h, said := harness(t)
	results, err := h.Run(t.Context(), mutants)
	if len(results) != len(cases) || !errors.Is(err, mutant.ErrSurvived) {
		t.Fatalf("%d results, %v\n%s", len(results), err, said)
	}
	for i, c := range cases {
		if r := results[i]; r.Name != c.name || !slices.Equal(r.Caught, c.caught) || r.Survived() != (len(c.caught) == 0) {
			t.Errorf("%s: caught by %v, survived %v\n%s", r.Name, r.Caught, r.Survived(), said)
		}
	}
	if source, err := os.ReadFile(filepath.Join(h.Root, "rule", "rule.go")); err != nil || string(source) != module["rule/rule.go"] {
		t.Errorf("the source file was changed: %s, %v", source, err)
	}
	if _, err := h.Run(t.Context(), mutants[:1]); err != nil {
		t.Errorf("all are caught, and yet %v", err)
	}
}

func TestWhatShowsNothingIsRefused(t *testing.T) {
	t.Parallel()
	const right, wrong = "	if a > b {", "	if a < b {"
	for name, c := range map[string]struct {
		mutant mutant.Mutant
		want   error
	}{
		"red without it":      {planted(right, wrong, "TestLarger", "TestRed"), mutant.ErrRed},
		"no such test":        {planted(right, wrong, "TestGone"), mutant.ErrRotten},
		"a skipped test":      {planted(right, wrong, "TestSkipped"), mutant.ErrRotten},
		"no such line":        {planted("	if a == b {", wrong, "TestLarger"), mutant.ErrRotten},
		"it does not compile": {planted(right, "	if a < nothing {", "TestLarger"), mutant.ErrRotten},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, said := harness(t)
			if results, err := h.Run(t.Context(), []mutant.Mutant{c.mutant}); !errors.Is(err, c.want) || len(results) > 0 {
				t.Errorf("%+v, %v\n%s", results, err, said)
			}
		})
	}
}

func TestARunThatIsInterruptedEnds(t *testing.T) {
	t.Parallel()
	h, _ := harness(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Run(ctx, []mutant.Mutant{planted("	if a > b {", "	if a < b {", "TestLarger")}); !errors.Is(err, context.Canceled) || errors.Is(err, mutant.ErrRotten) {
		t.Errorf("it ends with %v", err)
	}
}

func TestTheRecordNamesWhatCaughtWhat(t *testing.T) {
	t.Parallel()
	r := mutant.Record{Code: "c0de", Machine: "a machine", Results: []mutant.Result{
		{Mutant: planted("x", "y"), Caught: []string{"TestLarger", "TestOther"}, Compiled: 1500 * time.Millisecond}, {Mutant: planted("x", "z")},
	}}
	for _, want := range []string{
		"| code | c0de |", "| **caught** | **1 of 2** |",
		"| m | The smaller one. | `rule`: TestLarger, TestOther | 1.5, 0.0 |", "| m | The smaller one. | **nothing** |",
	} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, r)
		}
	}
}
