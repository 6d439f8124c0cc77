package id_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
)

// FuzzParse reads ids from links and command lines. What is taken has one form alone, but for the case of its letters.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "01a221f8-3132-76e7-8dcc-5e8278c5289c", "{01a221f8-3132-76e7-8dcc-5e8278c5289c}", "urn:uuid:01a221f8-3132-76e7-8dcc-5e8278c5289c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := id.Parse[id.Incident](text)
		if err != nil {
			if !got.IsZero() {
				t.Fatalf("%q was refused and read as %s", text, got)
			}
			return
		}
		if again, err := id.Parse[id.Incident](got.String()); err != nil || again != got || len(text) != 36 {
			t.Fatalf("%q is %s, and that %s, %v", text, got, again, err)
		}
	})
}
