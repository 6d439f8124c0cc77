package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// saved returns a folder with two people and a backup of it.
func saved(t *testing.T, args ...string) (dir, file string) {
	t.Helper()
	dir, file = short(t), filepath.Join(t.TempDir(), "backup")
	for _, name := range []string{"Ann", "Bob"} {
		if got := tsugid(t, dir, "invite", name); got.code != 0 {
			t.Fatalf("%+v", got)
		}
	}
	if got := tsugid(t, dir, append([]string{"backup", file}, args...)...); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	return dir, file
}

func TestARestoredServerGoesOn(t *testing.T) {
	t.Parallel()
	_, file := saved(t)
	dir := filepath.Join(short(t), "new")
	got := tsugid(t, dir, "restore", file)
	if got.code != 0 || !strings.Contains(got.out, "2 events") || !strings.Contains(got.out, "go on at 1001") || !strings.Contains(got.out, "need a new code") {
		t.Fatalf("%+v", got)
	}
	if got := tsugid(t, dir, "describe"); got.out != "2 people, 0 incidents visible to everybody, 2 events, private ones among them\n" {
		t.Errorf("the server holds %q", got.out)
	}
	db, err := sqlite.View(t.Context(), server.DatabasePath(dir))
	if err != nil {
		t.Fatal(err)
	}
	var codes int
	if err := db.Read.QueryRowContext(t.Context(), "SELECT count(*) FROM invitation").Scan(&codes); err != nil || codes != 0 {
		t.Errorf("%d codes of before the backup can be used, %v", codes, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if got := tsugid(t, dir, "restore", file); got.code != 1 || !strings.Contains(got.errors, "already") || !strings.Contains(got.errors, "--data") {
		t.Errorf("over a server: %+v", got)
	}
	s := serve(t, dir)
	for range 3 {
		s.line(t) // the invitation
	}
	s.stop(t)
}

func TestARestoreThatFailsCanBeDoneAgain(t *testing.T) {
	t.Parallel()
	dir, file := saved(t)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	home := short(t)
	flipped := bytes.Clone(raw)
	flipped[len(raw)/2] ^= 1
	busy := serve(t, dir)
	to := filepath.Join(home, "new")
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, "restoring.db-wal"), []byte("of one that was killed"), 0o600); err != nil {
		t.Fatal(err)
	}
	taken := short(t)
	if err := os.WriteFile(filepath.Join(taken, "letter"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for says, c := range map[string]struct {
		dir     string
		content []byte
	}{
		"breaks off":        {to, raw[:30]},
		"its hash is not":   {to, flipped},
		"header says":       {to, raw[:len(raw)-5000]},
		"newer version":     {to, bytes.Replace(raw, []byte("tsugi-backup 1"), []byte("tsugi-backup 9"), 1)},
		"not a backup":      {to, []byte("Dear Sir")},
		"is not empty":      {taken, raw},
		"are in the folder": {dir, raw},
	} {
		bad := filepath.Join(home, "bad")
		if err := os.WriteFile(bad, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		got := tsugid(t, c.dir, "restore", bad)
		if says == "header says" && strings.Contains(got.errors, "its hash is not") { // a cut file has another end
			says = "its hash is not"
		}
		if got.code != 1 || !strings.Contains(got.errors, says) || strings.Count(got.errors, "\n") < 3 {
			t.Errorf("%s: %+v", says, got)
		}
	}
	busy.stop(t)
	if left, err := filepath.Glob(filepath.Join(to, "*.db*")); err != nil || len(left) > 1 {
		t.Errorf("there are %v, %v", left, err)
	}
	if got := tsugid(t, to, "restore", file); got.code != 0 {
		t.Errorf("in the end: %+v", got)
	}
	if left, err := filepath.Glob(filepath.Join(to, "restoring*")); err != nil || len(left) > 0 {
		t.Errorf("there are %v, %v", left, err)
	}
}

func TestASealedBackupIsRestoredWithItsKey(t *testing.T) {
	t.Parallel()
	phrase := filepath.Join(t.TempDir(), "phrase")
	if err := os.WriteFile(phrase, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, file := saved(t, "--passphrase-file", phrase)
	dir := filepath.Join(short(t), "new")
	if got := tsugid(t, dir, "restore", file); got.code != 1 || !strings.Contains(got.errors, "--passphrase-file") {
		t.Errorf("without it: %+v", got)
	}
	if got := tsugid(t, dir, "restore", file, "--passphrase-file", phrase); got.code != 0 {
		t.Errorf("with it: %+v", got)
	}
}
