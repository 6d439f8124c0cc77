package backup_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/tsugi-app/tsugi/server/backup"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// content is as long as a few chunks of age, and not a multiple of them.
func content() []byte {
	c := rand.NewChaCha8([32]byte{7})
	out := make([]byte, 200_001)
	_, _ = c.Read(out)
	return out
}

func header(size int) backup.Header {
	h := backup.Header{
		Made: time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC), Size: int64(size),
		Mark: ledger.Mark{Epoch: id.New[id.Epoch](), Seq: 42},
	}
	h.Mark.Hash[0] = 9
	return h
}

func write(t *testing.T, s backup.Seal) (string, backup.Header) {
	t.Helper()
	path, h := filepath.Join(t.TempDir(), "backup"), header(len(content()))
	if err := (backup.Target{Path: path, Seal: s}).Write(h, bytes.NewReader(content())); err != nil {
		t.Fatal(err)
	}
	return path, h
}

func read(path string, k backup.Keys) (backup.Header, []byte, error) {
	r, err := backup.OpenFile(path, k)
	if err != nil {
		return backup.Header{}, nil, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	got, err := io.ReadAll(r)
	return r.Header, got, err
}

// sealings returns every way to seal with what opens it.
func sealings(t *testing.T) map[string]struct {
	seal backup.Seal
	keys backup.Keys
} {
	t.Helper()
	one, other := must(age.GenerateX25519Identity()), must(age.GenerateX25519Identity())
	return map[string]struct {
		seal backup.Seal
		keys backup.Keys
	}{
		"open": {},
		"keys": {
			backup.Seal{Recipients: []string{one.Recipient().String(), other.Recipient().String()}},
			backup.Keys{Identities: []byte("# a key\n" + other.String() + "\n")},
		},
		"passphrase": {backup.Seal{Passphrase: "open sesame"}, backup.Keys{Passphrase: "open sesame"}},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) //nolint:forbidigo // a test
	}
	return v
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	for name, s := range sealings(t) {
		path, h := write(t, s.seal)
		got, body, err := read(path, s.keys)
		h.Sealing = got.Sealing
		if err != nil || got != h || !bytes.Equal(body, content()) {
			t.Errorf("%s: %+v with %d bytes, %v", name, got, len(body), err)
		}
		raw := must(os.ReadFile(path))
		if sealed := name != "open"; sealed == bytes.Contains(raw, content()[1000:1100]) {
			t.Errorf("%s: what is in it can be read: %v", name, !sealed)
		}
		if !bytes.HasPrefix(raw, []byte("tsugi-backup 1\nmade 2026-03-01T12:00:00.123456Z\n")) || must(os.Stat(path)).Mode().Perm() != 0o600 {
			t.Errorf("%s: it begins with %q", name, raw[:60])
		}
	}
}

// Wherever a byte is changed or lost, or one comes in, the backup does not read as whole.
func TestEveryDamageIsFound(t *testing.T) {
	t.Parallel()
	for name, s := range sealings(t) {
		path, _ := write(t, s.seal)
		raw := must(os.ReadFile(path))
		places := []int{0, 13, 14, 40, 100, 150, 200, 250, 300, 350, len(raw) / 2, len(raw) - 40, len(raw) - 33, len(raw) - 32, len(raw) - 1}
		if name == "passphrase" { // each would cost the work of guessing once, and they differ from keys in nothing else
			continue
		}
		for _, at := range places {
			flipped := bytes.Clone(raw)
			flipped[at] ^= 1
			for how, bad := range map[string][]byte{
				"flipped": flipped, "cut": raw[:at], "longer": append(bytes.Clone(raw[:at]), append([]byte{'x'}, raw[at:]...)...),
			} {
				file := filepath.Join(t.TempDir(), "bad")
				if err := os.WriteFile(file, bad, 0o600); err != nil {
					t.Fatal(err)
				}
				_, _, err := read(file, s.keys)
				f := fault.Find(err)
				if f == nil || f.Safe == "" || f.Do == "" {
					t.Errorf("%s, %s at %d of %d: %v", name, how, at, len(raw), err)
				}
			}
		}
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	t.Parallel()
	sealed, _ := write(t, backup.Seal{Recipients: []string{must(age.GenerateX25519Identity()).Recipient().String()}})
	phrased, _ := write(t, backup.Seal{Passphrase: "open sesame"})
	open, _ := write(t, backup.Seal{})
	newer := filepath.Join(t.TempDir(), "newer")
	text := strings.Replace(string(must(os.ReadFile(open))), "tsugi-backup 1\n", "tsugi-backup 2\nsomething new\n", 1)
	other := filepath.Join(t.TempDir(), "letter")
	for path, content := range map[string]string{newer: text, other: "Dear Sir."} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stranger := []byte(must(age.GenerateX25519Identity()).String())
	for name, c := range map[string]struct {
		path string
		keys backup.Keys
		kind fault.Kind
		says string
	}{
		"no key":           {sealed, backup.Keys{}, fault.Unauthenticated, "sealed with age"},
		"another key":      {sealed, backup.Keys{Identities: stranger}, fault.Unauthenticated, "None of these keys"},
		"no identity":      {sealed, backup.Keys{Identities: []byte("nonsense")}, fault.Invalid, "identity file"},
		"no passphrase":    {phrased, backup.Keys{}, fault.Unauthenticated, "sealed with a passphrase"},
		"wrong passphrase": {phrased, backup.Keys{Passphrase: "open"}, fault.Unauthenticated, "The passphrase does not open"},
		"newer":            {newer, backup.Keys{}, fault.Newer, "newer version"},
		"a letter":         {other, backup.Keys{}, fault.Invalid, "not a backup"},
		"missing":          {other + "x", backup.Keys{}, fault.NotFound, "cannot be read"},
	} {
		_, _, err := read(c.path, c.keys)
		f := fault.Find(err)
		if f == nil || f.Kind != c.kind || !strings.Contains(f.Message, c.says) || f.Safe == "" || f.Do == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// failing gives some bytes, and then an error.
type failing struct{ left int }

func (f *failing) Read(into []byte) (int, error) {
	if f.left == 0 {
		return 0, errors.New("the server has gone")
	}
	n := min(f.left, len(into))
	f.left -= n
	return n, nil
}

func TestNothingHalfWrittenGetsTheName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "backup")
	for name, from := range map[string]io.Reader{"cut off": &failing{left: 100_000}, "too short": strings.NewReader("short")} {
		if err := (backup.Target{Path: path}).Write(header(200_001), from); !fault.Is(err, fault.Storage) {
			t.Errorf("%s: %v", name, err)
		}
		if left := must(os.ReadDir(dir)); len(left) != 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
	if err := os.WriteFile(path, []byte("the last backup"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := func() io.Reader { return bytes.NewReader(content()) }
	if err := (backup.Target{Path: path}).Write(header(200_001), full()); !fault.Is(err, fault.Invalid) {
		t.Errorf("over a file: %v", err)
	}
	if err := (backup.Target{Path: path, Overwrite: true}).Write(header(200_001), &failing{}); err == nil {
		t.Error("nothing was written, and it says no word")
	}
	if got := must(os.ReadFile(path)); string(got) != "the last backup" {
		t.Errorf("the last backup is %q", got)
	}
	if err := (backup.Target{Path: path, Overwrite: true}).Write(header(200_001), full()); err != nil {
		t.Error(err)
	}
	if _, got, err := read(path, backup.Keys{}); err != nil || !bytes.Equal(got, content()) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if left := must(os.ReadDir(dir)); len(left) != 1 {
		t.Errorf("%v is left", left)
	}
}

func TestBadTargetsAreRefusedBefore(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	good := must(age.GenerateX25519Identity()).Recipient().String()
	for name, c := range map[string]backup.Target{
		"a folder":       {Path: t.TempDir(), Overwrite: true},
		"no recipient":   {Path: file, Seal: backup.Seal{Recipients: []string{good, "age1nonsense"}}},
		"a private key":  {Path: file, Seal: backup.Seal{Recipients: []string{must(age.GenerateX25519Identity()).String()}}},
		"both":           {Path: file, Seal: backup.Seal{Recipients: []string{good}, Passphrase: "x"}},
		"several in one": {Path: file, Seal: backup.Seal{Recipients: []string{good + "\n" + good}}},
	} {
		if err := c.Check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (backup.Target{Path: filepath.Join(file, "below")}).Write(header(0), strings.NewReader("")); !fault.Is(err, fault.Storage) {
		t.Errorf("in no folder: %v", err)
	}
	for name, text := range map[string]string{"empty": "\nsecond", "with an end": "a phrase \r\nmore"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := backup.ReadPassphrase(file)
		if (name == "empty") != fault.Is(err, fault.Invalid) || name != "empty" && got != "a phrase " {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func FuzzReading(f *testing.F) {
	f.Add([]byte("tsugi-backup 1\n\n"))
	f.Add([]byte("tsugi-backup 1\nmade 2026-03-01T12:00:00Z\nepoch x\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := read(file, backup.Keys{}); fault.Find(err) == nil {
			t.Errorf("%q: %v", raw, err)
		}
	})
}
