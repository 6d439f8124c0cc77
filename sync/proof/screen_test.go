package proof_test

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/sync/proof"
)

func TestAScreenCanBePhotographed(t *testing.T) {
	t.Parallel()
	if err := proof.CheckScreen(); err != nil {
		t.Skip(err)
	}
	screen, err := proof.OpenScreen(t.Context(), 320, 200)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "screen.png")
	if err := screen.Picture(t.Context(), path); err != nil {
		t.Error(err)
	}
	if err := screen.Close(); err != nil {
		t.Error(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	if got, err := png.DecodeConfig(file); err != nil || got.Width != 320 || got.Height != 200 {
		t.Errorf("the picture is %d × %d, %v", got.Width, got.Height, err)
	}
	if err := screen.Picture(t.Context(), path); err == nil {
		t.Error("a closed screen was photographed")
	}
}
