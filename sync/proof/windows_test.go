package proof_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// TestTwoWindows runs the proof with real windows once, where TSUGI_BIN names the built programs.
func TestTwoWindows(t *testing.T) {
	bin := os.Getenv("TSUGI_BIN")
	if bin == "" {
		t.Skip("real windows are proven by make prove; set TSUGI_BIN to the folder of the built programs to do it here")
	}
	dir := t.TempDir()
	r, err := proof.WindowRun{
		Seed: 1, Bin: bin, Dir: filepath.Join(dir, "run"), Picture: filepath.Join(os.TempDir(), "windows.png"), Clock: clock.NewSystem(),
	}.Run(t.Context())
	t.Logf("%+v", r)
	if err != nil || !r.Clean() {
		t.Fatal(err)
	}
}
