package desktop_test

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/tsugi-app/tsugi/app/desktop"
)

func TestTheTraysIconTellsTheNumberOfFires(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, fires := range []int{0, 1, 2, 9, 10, 400} {
		raw, err := desktop.TrayIcon(fires, color.NRGBA{R: 0xf2, G: 0x55, B: 0x5a, A: 0xff})
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(raw))
		if err != nil || picture.Bounds().Dx() != 64 {
			t.Fatalf("%d fires: %v, %v", fires, picture.Bounds(), err)
		}
		if dir := os.Getenv("TSUGI_PICTURES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "tray-"+strconv.Itoa(fires)+".png"), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if before, same := seen[string(raw)]; same && fires != 400 {
			t.Errorf("%d fires look like %d", fires, before)
		}
		seen[string(raw)] = fires
	}
	if len(seen) != 5 {
		t.Errorf("there are %d pictures, want one for more than nine", len(seen))
	}
}

func TestAWindowsIconIsTheClientsOwnLarge(t *testing.T) {
	t.Parallel()
	raw, err := desktop.WindowIcon()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("TSUGI_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "window-icon.png"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	size := picture.Bounds().Dx()
	if size != 128 || picture.Bounds().Dy() != 128 {
		t.Errorf("it is %v", picture.Bounds())
	}
	if _, _, _, a := picture.At(0, 0).RGBA(); a != 0 {
		t.Error("its corner is filled")
	}
	if got := color.NRGBAModel.Convert(picture.At(44, 60)); got != (color.NRGBA{R: 0x26, G: 0x22, B: 0x1b, A: 0xff}) {
		t.Errorf("the bowl is %v", got)
	}
}
