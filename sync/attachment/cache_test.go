package attachment_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// fetched appends data in two parts, with a restart in between, and finishes it.
func (b *bundle) fetched(t *testing.T, data []byte) id.Content {
	t.Helper()
	c, half := id.Content(sha256.Sum256(data)), int64(len(data)/2)
	if err := b.Append(c, b.Have(c), data[:half]); err != nil {
		t.Fatal(err)
	}
	b.open(t)
	if b.Have(c) != half {
		t.Errorf("after a restart %d bytes are here, want %d", b.Have(c), half)
	}
	if _, here := b.Path(c); here {
		t.Error("a part is given out")
	}
	if err := b.Append(c, half, data[half:]); err != nil {
		t.Fatal(err)
	}
	if err := b.Finish(c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatIsFetchedGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, 5000)
	c := b.fetched(t, data)
	path, here := b.Path(c)
	if got, err := os.ReadFile(path); !here || err != nil || !bytes.Equal(got, data) || len(b.names(t)) != 1 {
		t.Errorf("here %v, %d bytes, %v; there are %v", here, len(got), err, b.names(t))
	}
	if b.Have(c) != 0 {
		t.Error("the part is still counted")
	}
}

func TestOtherBytesThanWereAttachedAreNotTaken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := id.Content{1}
	if err := b.Append(c, 0, []byte("forged")); err != nil {
		t.Fatal(err)
	}
	wantAdvice(t, "forged", b.Finish(c), fault.Corrupt)
	if _, here := b.Path(c); here || b.Have(c) != 0 || len(b.names(t)) > 0 {
		t.Errorf("it is kept: %v", b.names(t))
	}
	if b.Append(c, 7, []byte("x")) == nil {
		t.Error("bytes behind a hole are taken")
	}
	if b.Append(c, 0, make([]byte, 26<<20)) == nil {
		t.Error("more bytes are taken than any file may have")
	}
}

func TestADamagedFileIsNotGivenOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.add(t, "x", []byte("what was attached"))
	path, _ := b.Path(a.Content)
	if err := os.WriteFile(path, []byte("what was attacked"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open(t)
	if _, here := b.Path(a.Content); here || len(b.names(t)) > 0 {
		t.Error("a damaged file is given out, or kept")
	}
}

func TestWhatWasUsedLongestAgoMakesRoom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.limit = 3500
	b.open(t)
	pass := func() { b.clock.at = b.clock.at.Add(2 * time.Hour) }
	var fetched []id.Content
	for i := range byte(3) {
		fetched = append(fetched, b.fetched(t, bytesOf(i, 1000)))
		pass()
	}
	b.Path(fetched[0]) // somebody looks at the oldest
	pass()
	b.open(t)
	own := b.add(t, "own", bytesOf(9, 1000))
	here := func(c id.Content) bool { _, ok := b.Path(c); return ok }
	if !here(fetched[0]) || here(fetched[1]) || !here(fetched[2]) || !here(own.Content) {
		t.Errorf("here are %v, %v, %v and the own one %v", here(fetched[0]), here(fetched[1]), here(fetched[2]), here(own.Content))
	}
	others := func(seed byte) {
		for i := range byte(9) {
			pass()
			b.Release(b.add(t, "x", bytesOf(seed+i, 1000)).Content)
		}
	}
	others(20)
	if !here(own.Content) {
		t.Error("a file that was not sent yet made room for others")
	}
	b.Release(own.Content)
	others(40)
	if here(own.Content) {
		t.Error("a file that was sent stays for ever")
	}
}

func TestOneFileLargerThanTheLimitIsShownNevertheless(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.limit = 10
	b.open(t)
	if _, here := b.Path(b.fetched(t, bytesOf(1, 1000))); !here {
		t.Error("it is not here")
	}
}

func TestWhatIsDroppedIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.add(t, "x", []byte("a password"))
	part := id.Content{1}
	if err := b.Append(part, 0, []byte("half a pass")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []id.Content{a.Content, part, {2}} {
		if err := b.Drop(c); err != nil {
			t.Error(err)
		}
	}
	if n := b.names(t); len(n) > 0 {
		t.Errorf("left are %v", n)
	}
	b.add(t, "y", []byte("y"))
	if err := b.Clear(); err != nil || len(b.names(t)) > 0 {
		t.Errorf("after clearing: %v, %v", b.names(t), err)
	}
}

func TestWhatWasHalfWrittenIsRemovedAndWhatIsNotOursIsNot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{".adding-123", "notes.txt", strings.Repeat("z", 64)} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.open(t)
	if n := b.names(t); len(n) != 2 {
		t.Errorf("left are %v", n)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := attachment.Open(filepath.Join(file, "below"), 1, b.clock)
	wantAdvice(t, "no folder", err, fault.Storage)
}
