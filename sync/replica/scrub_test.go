package replica_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// scrub does what is due after words were erased.
func (b *bundle) scrub(t tester) {
	t.Helper()
	select {
	case <-b.Erasures():
	default:
		t.Fatalf("nothing tells that words were erased")
	}
	if err := b.Scrub(b.ctx); err != nil {
		t.Fatalf("scrub: %v", err)
	}
}

// While a file is written anew, which takes long where it is large, words are stored as ever.
func TestWordsAreStoredWhileAFileIsScrubbed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := words("hunter2")
	in := b.told(t, "Checkout fails", bad)
	b.erases(t, in, bad.Entry)
	db, err := sql.Open("sqlite3", filepath.Join(b.dir, "replica.db")+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()                       //nolint:errcheck // nothing was written
	holding, err := db.BeginTx(b.ctx, nil) // for this the scrubbing waits, while the words do not
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- b.Scrub(b.ctx) }()
	for range 20 {
		b.submit(t, in, words("going on"))
	}
	if err := holding.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("words were held up until the scrubbing gave up: %v", err)
	}
}

// A history in which much was erased comes without the words: then nothing here has to be written anew.
func TestWhatComesBlankWritesNothingAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := words("hunter2")
	in := b.told(t, "Checkout fails", bad, words("around it"))
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: bad.Entry})
	b.server.blank(t, id.Stream(in), bad.Entry)
	fresh := setup(t)
	all := b.server.log[id.Everyone()]
	if err := fresh.Bootstrap(fresh.ctx, b.server.snapshot(id.Everyone())); err != nil {
		t.Fatal(err)
	}
	select { // of a fresh copy's index
	case <-fresh.Erasures():
	default:
	}
	if err := fresh.Scrub(fresh.ctx); err != nil {
		t.Fatal(err)
	}
	if err := fresh.Filled(fresh.ctx, stream.Gap{Scope: id.Everyone(), High: uint64(len(all))}, all, 0); err != nil {
		t.Fatal(err)
	}
	if n := fresh.count(t, "replica.db", "PRAGMA user_version"); n != 0 {
		t.Errorf("%d erasings are noted", n)
	}
}

// A program that was killed between an erasing and what is due then comes back to it.
func TestScrubbingIsNotForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := words("hunter2")
	in := b.told(t, "Checkout fails", bad)
	b.erases(t, in, bad.Entry)
	b.restart(t)
	b.scrub(t)
	b.restart(t)
	select {
	case <-b.Erasures():
		t.Error("it is done again at every start")
	default:
	}
}

// Seed 187 of the kills: a client that ends while it erases must know afterwards which files it still has to remove. A folder
// in the place of the file stands for the end: it cannot be removed.
func TestAFileIsErasedAlsoAfterAKill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	secret := b.attach(t, "password.txt", "hunter2")
	bad := with(secret)
	b.submit(t, in, bad)
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: bad.Entry})
	b.server.blank(t, id.Stream(in), bad.Entry)
	path := filepath.Join(b.dir, "attachments", secret.Content.String())
	if err := errors.Join(os.Rename(path, path+".aside"), os.MkdirAll(filepath.Join(path, "in the way"), 0o700)); err != nil {
		t.Fatal(err)
	}
	everyone := id.Everyone()
	if err := b.Apply(b.ctx, []stream.Batch{b.server.batch(everyone, b.position(t, everyone), uint64(len(b.server.log[everyone])))}); err == nil {
		t.Fatal("the file was removed: there is nothing to see here")
	}
	if err := errors.Join(os.RemoveAll(path), os.Rename(path+".aside", path)); err != nil {
		t.Fatal(err)
	}
	b.restart(t)
	b.tail(t)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the erased file is still here: %v", err)
	}
}

// A folder in the place of a damaged copy stands for whatever keeps a file from being written anew, such as a full disk.
func TestItIsToldThatErasedWordsCouldNotBeTakenOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bad := words("hunter2")
	in := b.told(t, "Checkout fails", bad)
	b.erases(t, in, bad.Entry)
	aside := filepath.Join(b.dir, "replica.db.damaged")
	if err := os.MkdirAll(filepath.Join(aside, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	changes, stop := b.Watch()
	defer stop()
	told := func() bool {
		select {
		case <-changes:
			return true
		default:
			return false
		}
	}
	told()
	for first := range 2 {
		if err := b.Scrub(b.ctx); err == nil {
			t.Fatal("the words were taken out: there is nothing to see here")
		}
		if !b.Smeared() || told() != (first == 0) {
			t.Errorf("after a failure told is %v; told again, or not at all", b.Smeared())
		}
	}
	if err := os.RemoveAll(aside); err != nil {
		t.Fatal(err)
	}
	if err := b.Scrub(b.ctx); err != nil {
		t.Fatal(err)
	}
	if b.Smeared() || !told() {
		t.Errorf("once all is taken out, told is still %v, or nothing", b.Smeared())
	}
}
