package mutant

import (
	"fmt"
	"strings"
	"time"
)

// Record is what a run of all mutants found.
type Record struct {
	Code    string // its hash
	Machine string
	Written time.Time
	Results []Result
}

const words = `# Planted bugs

Each mutant is one deliberate mistake, planted alone: the go command's -overlay compiles a changed copy in place of one file,
so that neither the code nor the programs have a switch for any of it. First the tests named here run on the code as it is, and
must be green. Then they run on each mutant, twice, for once may be luck; a mutant counts as caught by those that fail both times.
` + "`make mutants` repeats it, `build/proof mutants --only outbox` plants those with that in their names. Each mutant is described by a file in\n" +
	"`sync/proof/mutant/mistakes`: the lines that are right, and the wrong ones in their place. Every run of the tests sees to it that\n" +
	"those lines are still there, once, and that the tests still exist.\n\n"

const likenesses = `
A bigserial for a cursor is writers-take-no-turns where several servers share a PostgreSQL; on one SQLite file it is
counter-not-read-under-the-lock. A heartbeat on a hidden event is tick-on-a-hidden-event, which looks at a person's own scope.
`

// String returns the record as a page for people.
func (r Record) String() string {
	caught := 0
	for _, one := range r.Results {
		if !one.Survived() {
			caught++
		}
	}
	var text strings.Builder
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(&text, format, args...) }
	say("%s| | |\n|---|---|\n", words)
	say("| code | %s |\n| machine | %s |\n| written | %s |\n", r.Code, r.Machine, r.Written.UTC().Format(time.RFC3339))
	say("| **caught** | **%d of %d** |\n", caught, len(r.Results))
	say("\n| mutant | what is wrong | caught by | seconds: compiled, ran |\n|---|---|---|---|\n")
	for _, one := range r.Results {
		by := "**nothing**"
		if !one.Survived() {
			by = fmt.Sprintf("`%s`: %s", one.Package, strings.Join(one.Caught, ", "))
		}
		say("| %s | %s | %s | %.1f, %.1f |\n", one.Name, one.Says, by, one.Compiled.Seconds(), one.Ran.Seconds())
	}
	return text.String() + likenesses
}
