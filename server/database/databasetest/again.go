package databasetest

import (
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Again runs all tests of the package that calls it once more, on a PostgreSQL of their own, in a second process of the same
// program, and shows what it says. Call it from a test named TestOnPostgreSQL.
func Again(t *testing.T) {
	t.Helper()
	if OnPostgres() {
		t.Skip("this is the second run")
	}
	c := start(t)
	args := []string{"-test.paniconexit0", "-test.timeout=10m", "-test.count=1"}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	if testing.Verbose() {
		args = append(args, "-test.v")
	}
	if flag.Lookup("rapid.checks") != nil {
		args = append(args, "-rapid.checks=20") // the rules were tried a hundred times on the other engine
	}
	again := exec.CommandContext(t.Context(), os.Args[0], args...) //nolint:gosec // this program itself
	again.Env = append(os.Environ(), clusterVariable+"="+c.url)
	out, err := again.CombinedOutput()
	if err != nil {
		t.Errorf("on PostgreSQL: %v\n%s", err, out)
	} else if testing.Verbose() {
		t.Log(strings.TrimSpace(string(out)))
	}
}
