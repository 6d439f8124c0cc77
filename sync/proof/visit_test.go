package proof_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// TestFirstVisit does the first visit in a real window, where TSUGI_BIN names the built programs.
func TestFirstVisit(t *testing.T) {
	bin := os.Getenv("TSUGI_BIN")
	if bin == "" {
		t.Skip("real windows are proven by make prove; set TSUGI_BIN to the folder of the built programs to do it here")
	}
	steps, err := proof.Visit{Bin: bin, Dir: filepath.Join(t.TempDir(), "visit"), Into: os.Getenv("TSUGI_PICTURES"), Clock: clock.NewSystem()}.Run(t.Context())
	for _, s := range steps {
		t.Logf("%+v", s)
	}
	if err != nil {
		t.Fatal(err)
	}
}
