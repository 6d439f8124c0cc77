package attachment_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hand is a clock that is set by hand.
type hand struct{ at time.Time }

func (h *hand) Now() time.Time { return h.at }

func (h *hand) Moment() clock.Moment { return clock.Moment{Wall: h.at} }

// bundle is a store on a database of its own, and a device that sends.
type bundle struct {
	*attachment.Store
	ctx    context.Context
	db     databasetest.DB
	dir    string
	clock  *hand
	device id.Device
}

func setup(t *testing.T) *bundle {
	t.Helper()
	return setupIn(t, t.TempDir())
}

func setupIn(t *testing.T, dir string) *bundle {
	t.Helper()
	b := &bundle{ctx: context.Background(), dir: dir, clock: &hand{at: time.Unix(1_700_000_000, 0)}, device: id.New[id.Device]()}
	b.db = databasetest.Open(t, filepath.Join(b.dir, "tsugi.db"), attachment.Schema)
	t.Cleanup(func() { _ = b.db.Close() })
	b.Store = attachment.New(b.db, b.clock, slog.New(slog.DiscardHandler))
	return b
}

// bytesOf returns n bytes that nobody can guess, the same for the same seed.
func bytesOf(seed byte, n int) []byte {
	out := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(out) // never fails
	return out
}

func refOf(data []byte) attachment.Ref {
	return attachment.Ref{Scope: id.Everyone(), Content: sha256.Sum256(data)}
}

func (b *bundle) inTx(t *testing.T, work func(*sql.Tx) error) {
	t.Helper()
	if err := b.db.InTx(b.ctx, work); err != nil {
		t.Fatal(err)
	}
}

// named lets a new entry name attachments, and returns what the log knows of it.
func (b *bundle) named(t *testing.T, refs ...attachment.Ref) (id.Envelope, id.Entry) {
	t.Helper()
	at, written := id.Envelope{Stream: id.New[id.Stream](), Scope: id.Everyone()}, incident.Written{Entry: id.New[id.Entry]()}
	for _, r := range refs {
		written.Attachments = append(written.Attachments, incident.Attachment{Content: r.Content})
	}
	b.inTx(t, func(tx *sql.Tx) error { return b.Name(b.ctx, tx, at, written) })
	return at, written.Entry
}

func (b *bundle) erase(t *testing.T, at id.Envelope, entry id.Entry) {
	t.Helper()
	b.inTx(t, func(tx *sql.Tx) error { return b.Erase(b.ctx, tx, at, incident.Erased{Entry: entry}) })
}

// begin announces data and returns what is wanted.
func (b *bundle) begin(t *testing.T, data []byte) []int {
	t.Helper()
	missing, complete, err := b.Begin(b.ctx, attachment.Upload{Ref: refOf(data), Size: int64(len(data)), Device: b.device})
	if err != nil || complete != (len(missing) == 0) {
		t.Fatalf("missing %v, complete %v, %v", missing, complete, err)
	}
	return missing
}

func (b *bundle) put(t *testing.T, data []byte, index int) (complete bool) {
	t.Helper()
	complete, err := b.Put(b.ctx, refOf(data), index, chunk(data, index))
	if err != nil {
		t.Fatal(err)
	}
	return complete
}

// upload sends data whole.
func (b *bundle) upload(t *testing.T, data []byte) {
	t.Helper()
	for _, i := range b.begin(t, data) {
		b.put(t, data, i)
	}
	if left := b.begin(t, data); len(left) > 0 {
		t.Fatalf("chunks %v are still wanted", left)
	}
}

func chunk(data []byte, index int) []byte {
	return data[index*wire.ChunkSize : min(len(data), (index+1)*wire.ChunkSize)]
}

func (b *bundle) chunks(t *testing.T) (n int) {
	t.Helper()
	if err := b.db.Reader().QueryRowContext(b.ctx, "SELECT count(*) FROM attachment_chunk").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// fetch returns what is stored, chunk by chunk.
func (b *bundle) fetch(t *testing.T, r attachment.Ref) []byte {
	t.Helper()
	var out []byte
	for i := 0; ; i++ {
		c, err := b.Get(b.ctx, r, i)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Data) == 0 {
			return out
		}
		out = append(out, c.Data...)
	}
}

func wantKind(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if f := fault.Find(err); f == nil || f.Kind != kind {
		t.Fatalf("got %v, want a fault of kind %d", err, kind)
	}
}

func TestWhatIsPutComesBack(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, wire.ChunkSize - 1, wire.ChunkSize, wire.ChunkSize + 1, 3*wire.ChunkSize + 17} {
		b := setup(t)
		data := bytesOf(1, n)
		b.named(t, refOf(data))
		b.upload(t, data)
		if got := b.fetch(t, refOf(data)); !bytes.Equal(got, data) {
			t.Errorf("of %d bytes %d came back, or others", n, len(got))
		}
	}
}

func TestAnUploadGoesOnWhereItWasCut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, 4*wire.ChunkSize+9)
	b.named(t, refOf(data))
	if got := b.begin(t, data); !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
		t.Errorf("at first %v are wanted", got)
	}
	for _, i := range []int{0, 2, 4} {
		if b.put(t, data, i) {
			t.Errorf("complete with chunk %d", i)
		}
	}
	if got := b.begin(t, data); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("then %v are wanted", got)
	}
	c, err := b.Get(b.ctx, refOf(data), 0)
	if err != nil || c.Data != nil || c.Size != int64(len(data)) || c.Received != 2*wire.ChunkSize+9 {
		t.Errorf("on its way: %d of %d bytes, %d given out, %v", c.Received, c.Size, len(c.Data), err)
	}
	if b.put(t, data, 1) || !b.put(t, data, 3) {
		t.Error("it is not complete with the last chunk, or was before")
	}
	if !b.put(t, data, 3) || b.chunks(t) != 5 {
		t.Errorf("a chunk that came twice is stored twice: there are %d", b.chunks(t))
	}
}

func TestTheSameBytesAreStoredOnceInAScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, 2*wire.ChunkSize)
	b.named(t, refOf(data))
	b.named(t, refOf(data))
	b.upload(t, data)
	if left := b.begin(t, data); len(left) > 0 || b.chunks(t) != 2 {
		t.Errorf("%v are wanted again, %d chunks are stored", left, b.chunks(t))
	}
	own := attachment.Ref{Scope: id.Own(id.New[id.Person]()), Content: refOf(data).Content}
	_, err := b.Get(b.ctx, own, 0)
	wantKind(t, err, fault.NotFound) // what one scope has says nothing about another
}

func TestBytesThatAreNotWhatWasAnnouncedAreDropped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data, other := bytesOf(1, 2*wire.ChunkSize), bytesOf(2, 2*wire.ChunkSize)
	b.named(t, refOf(data))
	b.begin(t, data)
	b.put(t, data, 0)
	_, err := b.Put(b.ctx, refOf(data), 1, chunk(other, 1))
	wantKind(t, err, fault.Corrupt)
	if b.chunks(t) != 0 {
		t.Errorf("%d chunks are left", b.chunks(t))
	}
	b.upload(t, data)
	if !bytes.Equal(b.fetch(t, refOf(data)), data) {
		t.Error("the true bytes were not taken afterwards")
	}
}

func TestASizeThatWasALieStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, 2*wire.ChunkSize)
	b.named(t, refOf(data))
	if _, _, err := b.Begin(b.ctx, attachment.Upload{Ref: refOf(data), Size: 5, Device: id.New[id.Device]()}); err != nil {
		t.Fatal(err)
	}
	b.upload(t, data)
	if !bytes.Equal(b.fetch(t, refOf(data)), data) {
		t.Error("other bytes came back")
	}
}

func TestBadUploadsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, wire.ChunkSize+5)
	ref := refOf(data)
	_, _, err := b.Begin(b.ctx, attachment.Upload{Ref: ref, Size: int64(len(data)), Device: b.device})
	wantKind(t, err, fault.NotFound) // no entry names it
	_, err = b.Put(b.ctx, ref, 0, chunk(data, 0))
	wantKind(t, err, fault.NotFound)
	b.named(t, ref)
	_, err = b.Put(b.ctx, ref, 0, chunk(data, 0))
	wantKind(t, err, fault.Invalid) // not begun
	for size, kind := range map[int64]fault.Kind{
		0: fault.Invalid, -1: fault.Invalid, incident.MaxAttachmentSize + 1: fault.TooLarge, 1 << 62: fault.TooLarge,
	} {
		_, _, err := b.Begin(b.ctx, attachment.Upload{Ref: ref, Size: size, Device: b.device})
		wantKind(t, err, kind)
	}
	b.begin(t, data)
	for index, bad := range map[int][]byte{
		0: chunk(data, 1), 1: chunk(data, 0), 2: {}, 3: chunk(data, 0), -1: chunk(data, 0), 1 << 40: chunk(data, 0),
	} {
		_, err := b.Put(b.ctx, ref, index, bad)
		wantKind(t, err, fault.Invalid)
	}
	if c, err := b.Get(b.ctx, ref, 1<<40); err != nil || c.Data != nil {
		t.Errorf("a chunk that there cannot be: %v, %v", c, err)
	}
}

func TestADeviceBeginsOnlySoMuch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	begin := func(i byte, device id.Device) error {
		ref := refOf([]byte{i})
		b.named(t, ref)
		_, _, err := b.Begin(b.ctx, attachment.Upload{Ref: ref, Size: incident.MaxAttachmentSize, Device: device})
		return err
	}
	for i := range byte(10) {
		if err := begin(i, b.device); err != nil {
			t.Fatal(err)
		}
	}
	wantKind(t, begin(10, b.device), fault.TooMany)
	if err := begin(0, b.device); err != nil {
		t.Errorf("what was begun does not go on: %v", err)
	}
	if err := begin(10, id.New[id.Device]()); err != nil {
		t.Errorf("another device is held up: %v", err)
	}
	b.clock.at = b.clock.at.Add(attachment.Kept + time.Second)
	if err := b.Expire(b.ctx); err != nil {
		t.Fatal(err)
	}
	if err := begin(11, b.device); err != nil {
		t.Errorf("after a week: %v", err)
	}
}

func TestAnUploadThatStopsExpiresAndACompleteOneDoesNot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	done, cut := bytesOf(1, 10), bytesOf(2, 2*wire.ChunkSize)
	b.named(t, refOf(done), refOf(cut))
	b.upload(t, done)
	b.begin(t, cut)
	b.clock.at = b.clock.at.Add(attachment.Kept - time.Hour)
	b.put(t, cut, 0)
	b.clock.at = b.clock.at.Add(attachment.Kept - time.Hour)
	if err := b.Expire(b.ctx); err != nil || b.chunks(t) != 2 {
		t.Errorf("what moved within a week has expired: %d chunks, %v", b.chunks(t), err)
	}
	b.clock.at = b.clock.at.Add(2 * time.Hour)
	if err := b.Expire(b.ctx); err != nil || b.chunks(t) != 1 {
		t.Errorf("after a week there are %d chunks, %v", b.chunks(t), err)
	}
	b.upload(t, cut)
}

func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	databasetest.Again(t)
}

func TestWhatTheLastEntryNamesIsErased(t *testing.T) {
	t.Parallel()
	b := setup(t)
	secret, shared := bytesOf(1, wire.ChunkSize+100), bytesOf(2, 100)
	at, first := b.named(t, refOf(secret), refOf(shared))
	elsewhere, second := b.named(t, refOf(shared))
	b.upload(t, secret)
	b.upload(t, shared)
	b.erase(t, elsewhere, first) // an incident erases its own entries only
	if !bytes.Equal(b.fetch(t, refOf(secret)), secret) {
		t.Error("another incident erased it")
	}
	b.erase(t, at, first)
	if !bytes.Equal(b.fetch(t, refOf(shared)), shared) {
		t.Error("what a living entry names was erased")
	}
	_, err := b.Get(b.ctx, refOf(secret), 0)
	wantKind(t, err, fault.NotFound)
	_, _, err = b.Begin(b.ctx, attachment.Upload{Ref: refOf(secret), Size: int64(len(secret)), Device: b.device})
	wantKind(t, err, fault.NotFound) // nor does it come back from a client that is late
	b.erase(t, elsewhere, second)
	b.erase(t, elsewhere, second)
	if b.chunks(t) != 0 {
		t.Errorf("%d chunks are left", b.chunks(t))
	}
}

func TestErasedBytesAreInNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	databasetest.File(t, b.db)
	secret := bytesOf(1, 2*wire.ChunkSize)
	at, entry := b.named(t, refOf(secret))
	b.upload(t, secret)
	if !b.inFiles(t, secret[:64]) {
		t.Fatal("they are not there before: this test finds nothing")
	}
	b.erase(t, at, entry)
	if err := b.db.Purge(b.ctx); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(secret); i += 2048 { // a page holds at most 4,096 bytes of it
		if b.inFiles(t, secret[i:i+64]) {
			t.Fatal("erased bytes are still in the files")
		}
	}
}

// one is a file of random length that is one mark again and again, under an entry of its own.
type one struct {
	at    id.Envelope
	entry id.Entry
	data  []byte
}

const markLen = 16

func (b *bundle) one(t *testing.T, chance *rand.Rand) one {
	t.Helper()
	mark := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, chance.Uint64()), chance.Uint64())
	o := one{data: bytes.Repeat(mark, 1+chance.IntN(100))}
	o.at, o.entry = b.named(t, refOf(o.data))
	b.upload(t, o.data)
	return o
}

// Small files share pages with their neighbours, and what balancing moves would leave something behind where it was.
func TestWhatMovedBetweenPagesLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{22, 32} { // of sixty the ones that found something while files shared pages
		b, chance := setup(t), rand.New(rand.NewPCG(seed, 82)) //nolint:gosec // a repeatable run
		databasetest.File(t, b.db)
		var here, gone []one
		for i := range 300 {
			if len(here) == 0 || chance.IntN(300) > i { // at first there are more and more, then fewer and fewer
				here = append(here, b.one(t, chance))
				continue
			}
			k := chance.IntN(len(here))
			b.erase(t, here[k].at, here[k].entry)
			gone, here = append(gone, here[k]), slices.Delete(here, k, k+1)
		}
		if err := b.db.Purge(b.ctx); err != nil {
			t.Fatal(err)
		}
		for _, o := range gone {
			if b.inFiles(t, o.data[:markLen]) {
				t.Fatalf("seed %d: a piece of %d erased bytes is still in the files", seed, len(o.data))
			}
		}
		for _, o := range here {
			if !bytes.Equal(b.fetch(t, refOf(o.data)), o.data) {
				t.Fatalf("seed %d: other bytes came back", seed)
			}
		}
	}
}

// inFiles reports whether a piece lies in any file of the database.
func (b *bundle) inFiles(t *testing.T, piece []byte) bool {
	t.Helper()
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(b.dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, piece) {
			return true
		}
	}
	return false
}
