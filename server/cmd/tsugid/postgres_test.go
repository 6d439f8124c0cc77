package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
)

// invited fails unless an invitation was printed.
func invited(t *testing.T, s said) {
	t.Helper()
	if s.code != 0 || !strings.Contains(s.out, "code  ") {
		t.Fatalf("no code: %+v", s)
	}
}

// Everything is moved, compared, and goes on; nothing is done by halves.
func TestAServerMovesToPostgreSQL(t *testing.T) {
	t.Parallel()
	named := databasetest.Start(t)
	dir, _ := saved(t)
	url := named("moved")
	running := serve(t, dir) // it adds the first admin
	if got := tsugid(t, dir, "migrate-to", url); got.code != 1 || !strings.Contains(got.errors, "Another Tsugi is running") {
		t.Errorf("while it runs: %+v", got)
	}
	running.stop(t)
	dead(t, dir, 7, "sms", "9223372036854775807")
	tamper(t, dir, "INSERT INTO ringing (page, incident, person, begun_us) VALUES (randomblob(16), randomblob(16), randomblob(16), 1)")
	tamper(t, dir, `INSERT INTO delivery (page, channel, address, person, at_us, reason, ref, detail)
	  VALUES (randomblob(16), 2, zeroblob(16), randomblob(16), 1, 1, 'SM1', '')`)
	before := tsugid(t, dir, "describe").out
	if got := tsugid(t, short(t), "migrate-to", url); got.code != 1 || !strings.Contains(got.errors, "There are no data of a server") {
		t.Errorf("from an empty folder: %+v", got)
	}
	got := tsugid(t, dir, "migrate-to", url)
	if !regexp.MustCompile(`(?m)^ +ringing +1 `).MatchString(got.out) || !regexp.MustCompile(`(?m)^ +delivery +1 `).MatchString(got.out) {
		t.Errorf("what became of messages is left behind: %s", got.out)
	}
	if got.code != 0 || !regexp.MustCompile(`(?m)^ +event +3 +[0-9a-f]{16}$`).MatchString(got.out) || !strings.Contains(got.out, "--database") {
		t.Fatalf("%+v", got)
	}
	if got := tsugid(t, dir, "serve", "--listen", "127.0.0.1:0"); got.code != 1 || !strings.Contains(got.errors, "were moved to PostgreSQL") {
		t.Errorf("started where nothing is any more: %+v", got)
	}
	after := tsugid(t, dir, "--database", url, "describe")
	if after.code != 0 || after.out != before {
		t.Errorf("before %q, after %+v", before, after)
	}
	invited(t, tsugid(t, dir, "--database", url, "invite", "Somebody Else")) // keys go on where they were
	if got := tsugid(t, dir, "--database", url, "verify"); got.code != 0 || !strings.Contains(got.out, "4 events") || !strings.Contains(got.out, "as it was written") {
		t.Errorf("verified: %+v", got)
	}
	if got := tsugid(t, dir, "--database", url, "tasks", "again", "7"); got.code != 0 {
		t.Errorf("a task that was dead before: %+v", got)
	}
	again, _ := saved(t)
	if got := tsugid(t, again, "migrate-to", url); got.code != 1 || !strings.Contains(got.errors, "already") {
		t.Errorf("over another server's data: %+v", got)
	}
	if _, err := os.Stat(server.DatabasePath(again)); err != nil {
		t.Errorf("what was refused was moved all the same: %v", err)
	}
	tamper(t, again, "UPDATE event SET person = randomblob(16) WHERE seq = 2")
	if got := tsugid(t, again, "migrate-to", named("flawed")); got.code != 1 || !strings.Contains(got.errors, "not as it was written") {
		t.Errorf("with a flaw: %+v", got)
	}
	tamper(t, again, "CREATE TABLE later (n INTEGER)")
	tamper(t, again, "DELETE FROM event") // nothing that could be wrong
	if got := tsugid(t, again, "migrate-to", named("unknown")); got.code != 1 {
		t.Errorf("with a table that has no place there: %+v", got)
	}
}

// Two servers on one database: one is killed, and the other knows everything that it answered.
func TestAServerIsKilledAndTheOtherGoesOn(t *testing.T) {
	t.Parallel()
	url := databasetest.Start(t)("killed")
	first, second := short(t), short(t)
	one, other := serve(t, first, "--database", url), serve(t, second, "--database", url)
	for range 20 {
		invited(t, tsugid(t, first, "--database", url, "invite", "Ada Sample"))
	}
	if err := one.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	invited(t, tsugid(t, second, "--database", url, "invite", "Bob Sample"))
	if got := tsugid(t, second, "--database", url, "describe"); got.code != 0 || !strings.HasPrefix(got.out, "3 people") {
		t.Errorf("%+v", got)
	}
	if got := tsugid(t, second, "restored"); got.code != 1 || !strings.Contains(got.errors, "--database") {
		t.Errorf("%+v", got)
	}
	if got := tsugid(t, second, "--database", url, "restored"); got.code != 0 || !strings.Contains(got.out, "go on at 1001") {
		t.Errorf("%+v", got)
	}
	invited(t, tsugid(t, second, "--database", url, "invite", "Cem Sample")) // by a server that goes on in the new life
	other.stop(t)
	if got := tsugid(t, second, "--database", url, "verify"); got.code != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsOfTheFolderIsRefusedOnPostgreSQL(t *testing.T) {
	t.Parallel()
	dir, file := short(t), filepath.Join(t.TempDir(), "backup")
	for _, args := range [][]string{{"backup", file}, {"restore", file}} {
		got := tsugid(t, dir, append([]string{"--database", "postgres://nobody@127.0.0.1:1/none"}, args...)...)
		if got.code != 1 || !strings.Contains(got.errors, "pg_dump") || strings.Contains(got.errors, "nobody") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	got := tsugid(t, dir, "--database", "postgres://nobody:hunter2@127.0.0.1:1/none", "serve", "--listen", "127.0.0.1:0")
	if got.code != 1 || !strings.Contains(got.errors, "The database is not reached.") || strings.Contains(got.errors, "hunter2") {
		t.Errorf("without a PostgreSQL: %+v", got)
	}
}

// The servers' keys are sealed with a key that is not in the database: without it nobody is a server there, and the log can be verified all
// the same.
func TestTheKeysInPostgreSQLAreSealed(t *testing.T) {
	t.Parallel()
	url := databasetest.Start(t)("sealed")
	dir, key := short(t), filepath.Join(t.TempDir(), "seal.json")
	invited(t, tsugid(t, dir, "--database", url, "invite", "Ada Sample")) // with keys that lie plain
	if got := tsugid(t, dir, "seal-key", key); got.code != 0 || !strings.Contains(got.out, "Keep a copy") {
		t.Fatalf("%+v", got)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if got := tsugid(t, dir, "seal-key", key); got.code != 1 {
		t.Errorf("over a key that is there: %+v", got)
	}
	invited(t, tsugid(t, dir, "--database", url, "--seal-key", key, "invite", "Bob Sample"))
	invited(t, tsugid(t, short(t), "--database", url, "--seal-key", key, "invite", "Cem Sample"))
	if got := tsugid(t, dir, "--database", url, "invite", "Dan Sample"); got.code != 1 || !strings.Contains(got.errors, "are sealed") {
		t.Errorf("without the key: %+v", got)
	}
	if got := tsugid(t, dir, "--database", url, "verify"); got.code != 0 || !strings.Contains(got.out, "as it was written") {
		t.Errorf("%+v", got)
	}
	if got := tsugid(t, short(t), "--seal-key", key, "invite", "Eve Sample"); got.code != 1 || !strings.Contains(got.errors, "Only the keys of a server on PostgreSQL") {
		t.Errorf("for a folder: %+v", got)
	}
}
