package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/backup"
)

// founded makes an installation in which nothing has happened yet.
func founded(t *testing.T, dir string) {
	t.Helper()
	db, err := server.OpenDatabase(t.Context(), server.DatabasePath(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestABackupOfEveryServer(t *testing.T) {
	t.Parallel()
	dir, file := short(t), filepath.Join(t.TempDir(), "empty.backup")
	got := tsugid(t, filepath.Join(dir, "none"), "backup", file)
	if got.code != 1 || !strings.Contains(got.errors, "no installation of Tsugi") {
		t.Errorf("of no server: %+v", got)
	}
	founded(t, dir)
	got = tsugid(t, dir, "backup", file)
	if got.code != 0 || !strings.Contains(got.out, "holds 0 events") || !strings.Contains(got.out, "the server's keys are in it") {
		t.Errorf("of an empty server: %+v", got)
	}
	s := serve(t, dir)
	for range 3 {
		s.line(t) // the invitation
	}
	if got := tsugid(t, dir, "backup", file); got.code != 1 || !strings.Contains(got.errors, "already") || !strings.Contains(got.errors, "--overwrite") {
		t.Errorf("over the former: %+v", got)
	}
	if got := tsugid(t, dir, "backup", "--overwrite", file); got.code != 0 || !strings.Contains(got.out, "holds 1 events") {
		t.Errorf("of one that runs: %+v", got)
	}
	s.stop(t)
	if left, err := filepath.Glob(filepath.Join(dir, "copy-*")); err != nil || len(left) > 0 {
		t.Errorf("the copy is left: %v, %v", left, err)
	}
}

func TestASealedBackupSaysNothingToOthers(t *testing.T) {
	t.Parallel()
	dir, home := short(t), t.TempDir()
	if got := tsugid(t, dir, "invite", "Canary Jones"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	phrase := filepath.Join(home, "secret")
	if err := os.WriteFile(phrase, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"open": nil, "keys": {"--encrypt-to", key.Recipient().String()}, "phrase": {"--passphrase-file", phrase},
	} {
		file := filepath.Join(home, name)
		if got := tsugid(t, dir, append([]string{"backup", file}, args...)...); got.code != 0 || (name == "open") != strings.Contains(got.out, "not sealed") {
			t.Errorf("%s: %+v", name, got)
		}
		raw, err := os.ReadFile(file)
		if err != nil || (name == "open") != bytes.Contains(raw, []byte("Canary")) {
			t.Errorf("%s: the name can be read, or cannot: %v", name, err)
		}
		r, err := backup.OpenFile(file, backup.Keys{Identities: []byte(key.String()), Passphrase: "open sesame"})
		if err != nil || r.Header.Mark.Seq != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(r); err != nil || !bytes.Contains(body.Bytes(), []byte("Canary Jones")) {
			t.Errorf("%s: %v", name, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestABackupThatCannotBeWrittenIsTold(t *testing.T) {
	t.Parallel()
	dir, home := short(t), t.TempDir()
	founded(t, dir)
	for says, args := range map[string][]string{
		"is a folder":       {home},
		"cannot be written": {filepath.Join(home, "none", "file")},
		"is no recipient":   {filepath.Join(home, "file"), "--encrypt-to", "bob"},
		"cannot be read":    {filepath.Join(home, "file"), "--passphrase-file", filepath.Join(home, "none")},
	} {
		got := tsugid(t, dir, append([]string{"backup"}, args...)...)
		if got.code != 1 || !strings.Contains(got.errors, says) || strings.Count(got.errors, "\n") < 3 {
			t.Errorf("%s: %+v", says, got)
		}
	}
	if left, err := os.ReadDir(home); err != nil || len(left) != 0 {
		t.Errorf("there are %v, %v", left, err)
	}
}
