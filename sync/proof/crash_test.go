package proof_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// The crash runs have a record of their own: doing them alone asks nothing of the others, and takes nothing from them.
func TestCrashRunsAreRecordedByThemselves(t *testing.T) {
	t.Parallel()
	out, code := t.TempDir(), t.TempDir()
	hash, err := proof.CodeHash(code)
	if err != nil {
		t.Fatal(err)
	}
	kills, crashes := filepath.Join(out, "kill.jsonl"), filepath.Join(out, "crash.jsonl")
	put := func(path, line string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(anew bool) error {
		p := proof.Prover{Out: out, Code: code, Clock: clock.NewSystem(), Progress: io.Discard, Only: proof.Crashes, Anew: anew}
		return p.Run(t.Context())
	}
	const others = `{"code":"0123456789abcdef","seed":1}`
	put(kills, others)
	put(crashes, strings.Replace(`{"code":"CODE","part":"outbox","seed":1,"syncs":7,"points":11}`, "CODE", hash, 1))
	if err := run(false); err != nil {
		t.Errorf("beside kills of other code: %v", err)
	}
	if raw, err := os.ReadFile(filepath.Join(out, "crash.md")); err != nil || !strings.Contains(string(raw), "| crash points | 11 |") {
		t.Errorf("it tells %s, %v", raw, err)
	}
	put(crashes, strings.Replace(`{"code":"CODE","part":"server","seed":1,"points":11,"lost":["a command"]}`, "CODE", hash, 1))
	if err := run(false); !errors.Is(err, proof.ErrUnclean) {
		t.Errorf("with something lost: %v", err)
	}
	put(crashes, others)
	if err := run(false); !errors.Is(err, proof.ErrMixed) {
		t.Errorf("crashes of other code: %v", err)
	}
	if err := run(true); err != nil {
		t.Errorf("anew: %v", err)
	}
	if raw, err := os.ReadFile(kills); err != nil || string(raw) != others+"\n" {
		t.Errorf("the kills are %q now, %v", raw, err)
	}
}
