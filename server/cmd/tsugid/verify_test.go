package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/backup"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// tamper changes something in the database of dir.
func tamper(t *testing.T, dir, query string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), server.DatabasePath(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestVerifySaysWhatItFinds(t *testing.T) {
	t.Parallel()
	dir, file := saved(t)
	kept := filepath.Join(t.TempDir(), "checkpoint")
	good := tsugid(t, dir, "verify")
	line := regexp.MustCompile(`(?m)^tsugi-checkpoint-1 2 .*$`).FindString(good.out)
	if good.code != 0 || line == "" || !strings.Contains(good.out, "2 events in 1 scopes") || !strings.Contains(good.out, "public key") ||
		!strings.HasSuffix(good.out, "Everything is as it was written.\n") {
		t.Fatalf("%+v", good)
	}
	if err := os.WriteFile(kept, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, dir)
	for range 3 {
		s.line(t) // the invitation
	}
	if got := tsugid(t, dir, "verify", "--checkpoint", kept); got.code != 0 || !strings.Contains(got.out, "3 events") {
		t.Errorf("while it runs: %+v", got)
	}
	s.stop(t)
	if got := tsugid(t, dir, "verify", file); got.code != 0 || !strings.Contains(got.out, "holds 2 events") {
		t.Errorf("a backup: %+v", got)
	}
	tamper(t, dir, "UPDATE event SET person = randomblob(16) WHERE seq = 2")
	got := tsugid(t, dir, "verify")
	if got.code != 1 || !strings.Contains(got.out, "Event 2 was changed") || !strings.Contains(got.errors, "Stop the server") {
		t.Errorf("changed: %+v", got)
	}
	bad := filepath.Join(t.TempDir(), "bad")
	if got := tsugid(t, dir, "backup", bad); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if got := tsugid(t, dir, "verify", bad); got.code != 1 || !strings.Contains(got.out, "Event 2 was changed") {
		t.Errorf("a backup of it: %+v", got)
	}
	if got := tsugid(t, filepath.Join(short(t), "new"), "restore", bad); got.code != 1 || !strings.Contains(got.errors, "Run verify") {
		t.Errorf("restored: %+v", got)
	}
}

func TestACutThatWasSignedAnewIsFoundWithWhatWasKept(t *testing.T) {
	t.Parallel()
	dir, _ := saved(t)
	kept := filepath.Join(t.TempDir(), "checkpoint")
	if err := os.WriteFile(kept, []byte("the one of Monday\n"+tsugid(t, dir, "verify").out), 0o600); err != nil {
		t.Fatal(err)
	}
	tamper(t, dir, "DELETE FROM event WHERE seq = 2")
	tamper(t, dir, "DELETE FROM checkpoint")
	tamper(t, dir, "UPDATE counter SET seq = 1")
	tamper(t, dir, "UPDATE scope SET pos = 1, hash = (SELECT hash FROM event WHERE seq = 1) WHERE pos = 2")
	if got := tsugid(t, dir, "verify"); got.code != 0 || !strings.Contains(got.out, "Nothing is signed yet") {
		t.Fatalf("without it: %+v", got)
	}
	if got := tsugid(t, dir, "verify", "--checkpoint", kept); got.code != 1 || !strings.Contains(got.out, "cut off") {
		t.Errorf("with it: %+v", got)
	}
}

func TestVerifyOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	home := short(t)
	letter := filepath.Join(home, "letter")
	if err := os.WriteFile(letter, []byte("Dear Sir."), 0o600); err != nil {
		t.Fatal(err)
	}
	for says, args := range map[string][]string{
		"no installation of Tsugi": nil,
		"not a backup":             {letter},
		"cannot be read":           {letter + "x"},
		"no checkpoint":            {"--checkpoint", letter},
	} {
		got := tsugid(t, filepath.Join(home, "none"), append([]string{"verify"}, args...)...)
		if got.code != 1 || !strings.Contains(got.errors, says) || strings.Count(got.errors, "\n") < 3 {
			t.Errorf("%s: %+v", says, got)
		}
	}
	newer, _ := saved(t)
	bump(t, newer)
	fresh := filepath.Join(short(t), "new")
	if got := tsugid(t, fresh, "restore", newerBackup(t)); got.code != 1 || !strings.Contains(got.errors, "newer version") {
		t.Errorf("a backup of a newer version: %+v", got)
	}
	if left, err := filepath.Glob(filepath.Join(fresh, "*.db*")); err != nil || len(left) > 0 {
		t.Errorf("it is restored nevertheless: %v, %v", left, err)
	}
	if got := tsugid(t, newer, "verify"); got.code != 1 || !strings.Contains(got.errors, "newer version") {
		t.Errorf("of a newer version: %+v", got)
	}
	if left, err := os.ReadDir(home); err != nil || len(left) != 1 {
		t.Errorf("there are %v, %v", left, err)
	}
}

// newerBackup returns a backup whose database a later version has written.
func newerBackup(t *testing.T) string {
	t.Helper()
	dir, _ := saved(t)
	bump(t, dir)
	db, err := sqlite.View(t.Context(), server.DatabasePath(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	mark, err := ledger.ReadMark(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(server.DatabasePath(dir))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "newer")
	h := backup.Header{Made: time.Unix(1, 0), Mark: mark, Size: int64(len(raw))}
	if err := (backup.Target{Path: path}).Write(h, bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	return path
}
