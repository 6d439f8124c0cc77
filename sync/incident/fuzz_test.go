package incident_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/incident"
)

// FuzzFileName names attachments as other people's machines might. What comes of it is a name in every folder, shows no other
// than it is, and stays as it is.
func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"", ".", "..", "a/b", `c:\x`, "photo\u202Egpj.exe", " . ", "\x00", "CON", strings.Repeat("é", 300), "\xff", "a\u0085b", "…"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := incident.FileName(name)
		if again := incident.FileName(got); again != got {
			t.Fatalf("%q is called %q, and that %q", name, got, again)
		}
		if got == "" || got == "." || got == ".." || utf8.RuneCountInString(got) > incident.MaxFileName || !utf8.ValidString(got) || strings.ContainsAny(got, `/\:`) {
			t.Fatalf("%q is called %q", name, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q is called %q", name, got)
			}
		}
	})
}
