package proof_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// cutter is a line that breaks while a chunk's answer is on its way, and stays broken until it is mended. It
// counts the chunks that reached the server.
type cutter struct {
	http.RoundTripper
	mu     sync.Mutex
	after  int // how many chunks are answered before it breaks; less than 0 for all
	broken chan struct{}
	puts   map[uint32]int
}

func newCutter(after int) *cutter {
	return &cutter{RoundTripper: link.Transport(), after: after, broken: make(chan struct{}), puts: map[uint32]int{}}
}

// RoundTrip carries a request while the line holds.
func (c *cutter) RoundTrip(req *http.Request) (*http.Response, error) {
	select {
	case <-c.broken:
		return nil, errors.New("the line is broken")
	default:
	}
	if req.URL.Path != tsugiv1connect.AttachmentServicePutChunkProcedure {
		return c.RoundTripper.RoundTrip(req)
	}
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	var put tsugiv1.PutChunkRequest
	if err := proto.Unmarshal(raw, &put); err != nil {
		return nil, err
	}
	req.Body = io.NopCloser(bytes.NewReader(raw))
	resp, err := c.RoundTripper.RoundTrip(req)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && resp.StatusCode == http.StatusOK {
		c.puts[put.GetIndex()]++
	}
	if len(c.puts) > c.after && c.after >= 0 && err == nil {
		close(c.broken)
		return nil, errors.Join(errors.New("the line is broken"), resp.Body.Close())
	}
	return resp, err
}

// total returns how many chunks reached the server.
func (c *cutter) total() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, times := range c.puts {
		n += times
	}
	return n
}

// over starts a person's client, whose folder is below home, again, over a line.
func (b *bundle) over(t *testing.T, name string, line http.RoundTripper) *proof.Desk {
	t.Helper()
	ctx := context.WithoutCancel(b.ctx)
	s, err := session.Open(ctx, session.Options{
		Dir: filepath.Join(b.home, name), Clock: &b.hours, Logger: proof.Quiet(), Zone: time.UTC, Words: words.English(), Transport: line,
	})
	if err != nil {
		t.Fatal(err)
	}
	d := proof.StartDesk(ctx, s)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// noise returns n bytes that nobody can guess.
func noise(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(out) // never fails
	return out
}

func (b *bundle) attach(t *testing.T, d *proof.Desk, name string, data []byte) incident.Attachment {
	t.Helper()
	a, err := d.Attach(b.ctx, name, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// awaitFile waits until what a client knows of a file is as wanted.
func (b *bundle) awaitFile(t *testing.T, d *proof.Desk, c id.Content, wanted func(attachment.Status) bool) attachment.Status {
	t.Helper()
	var last attachment.Status
	err := d.Await(b.ctx, func() (bool, error) {
		last = d.Replica().Attachment(c)
		return wanted(last), nil
	})
	if err != nil {
		t.Fatalf("waiting for a file: %v; it is %+v", err, last)
	}
	return last
}

func here(s attachment.Status) bool { return s.State == attachment.Here && !s.Unsent }

// chunksAt returns how many chunks the stopped server holds.
func (b *bundle) chunksAt(t *testing.T) (n int) {
	t.Helper()
	db, err := sqlite.Open(b.ctx, filepath.Join(b.home, "server", "tsugi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	if err := db.Read.QueryRowContext(b.ctx, "SELECT count(*) FROM attachment_chunk").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The whole way of a file: written without a server, kept through a kill, cut off in the middle, gone on with,
// shown as arriving meanwhile, and the same bytes in the end. Every chunk goes over the line once.
func TestAFileWrittenOfflineArrivesWholeAndOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	address := b.stop(t)
	data := noise(8*wire.ChunkSize + 1000)
	a := b.attach(t, b.ann, "core.dump", data)
	b.change(t, b.ann, in, incident.Write{Entry: id.New[id.Entry](), Text: "see the dump", Attachments: []incident.Attachment{a}})
	if err := b.ann.Close(); err != nil {
		t.Fatal(err)
	}
	line := newCutter(3)
	b.ann = b.over(t, "Ann", line)
	if s := b.awaitFile(t, b.ann, a.Content, func(s attachment.Status) bool { return s.State == attachment.Here }); !s.Unsent {
		t.Errorf("after a kill the file is %+v", s)
	}
	b.open(t, address)
	select {
	case <-line.broken:
	case <-b.ctx.Done():
		t.Fatal("the line was never broken")
	}
	b.settled(t, b.bob, in, 2) // words do not wait
	if err := b.bob.Replica().Want(b.ctx, in, a); err != nil {
		t.Fatal(err)
	}
	b.awaitFile(t, b.bob, a.Content, func(s attachment.Status) bool {
		return s.State == attachment.Arriving && s.Progress > 0.1 && s.Progress < 0.5
	})
	if err := b.ann.Close(); err != nil {
		t.Fatal(err)
	}
	whole := newCutter(-1)
	b.ann = b.over(t, "Ann", whole)
	b.awaitFile(t, b.ann, a.Content, here)
	got, err := os.ReadFile(b.awaitFile(t, b.bob, a.Content, here).Path)
	if err != nil || !bytes.Equal(got, data) || sha256.Sum256(got) != a.Content {
		t.Errorf("%d bytes arrived, or others, %v", len(got), err)
	}
	if cut, rest := line.total(), whole.total(); cut != 4 || rest != 5 {
		t.Errorf("%d chunks came before the line broke and %d after, want 4 and 5", cut, rest)
	}
	for i := range whole.puts {
		if line.puts[i] > 0 || whole.puts[i] > 1 {
			t.Errorf("chunk %d came twice", i)
		}
	}
}

func TestTheSameFileTwiceIsStoredOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	data := noise(2*wire.ChunkSize + 1)
	for i, d := range []*proof.Desk{b.ann, b.bob} {
		a := b.attach(t, d, "core.dump", data)
		b.change(t, d, in, incident.Write{Entry: id.New[id.Entry](), Attachments: []incident.Attachment{a}})
		b.awaitFile(t, d, a.Content, here)
		b.settled(t, d, in, uint64(2+2*i)) // bob joins, too
	}
	address := b.stop(t)
	if n := b.chunksAt(t); n != 3 {
		t.Errorf("%d chunks are stored", n)
	}
	b.open(t, address)
}

// An erased entry's files are on no device and in no file of the server; a file that another entry shows too
// stays.
func TestAnErasedEntrysFilesAreNowhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	bad, other := id.New[id.Entry](), id.New[id.Entry]()
	password := b.attach(t, b.ann, "password.txt", []byte(strings.Repeat("hunter2-attached ", 30_000)))
	shared := b.attach(t, b.ann, "graph.txt", []byte(strings.Repeat("a graph ", 30_000)))
	b.change(t, b.ann, in, incident.Write{Entry: bad, Attachments: []incident.Attachment{password, shared}})
	b.change(t, b.ann, in, incident.Write{Entry: other, Attachments: []incident.Attachment{shared}})
	b.settled(t, b.ann, in, 3, b.bob)
	for _, a := range []incident.Attachment{password, shared} {
		b.awaitFile(t, b.ann, a.Content, here)
		if err := b.bob.Replica().Want(b.ctx, in, a); err != nil {
			t.Fatal(err)
		}
		b.awaitFile(t, b.bob, a.Content, here)
	}
	if n := len(found(t, b.home, "hunter2-attached")); n < 3 { // the server and two folders, at least
		t.Fatalf("the secret was in %d files only", n)
	}
	b.change(t, b.bob, in, incident.Erase{Entry: bad, Reason: "a password"})
	b.settled(t, b.bob, in, 4, b.ann)
	for seq := uint64(5); seq < 50; seq++ { // a journal that is being read is emptied with a later change
		b.change(t, b.bob, in, incident.Star{Entry: other, Off: seq%2 == 0})
		b.settled(t, b.bob, in, seq, b.ann)
		if len(found(t, b.home, "hunter2-attached")) == 0 {
			break
		}
	}
	if files := found(t, b.home, "hunter2-attached"); len(files) > 0 {
		t.Errorf("the secret is still in %v", files)
	}
	if err := b.ann.Replica().Want(b.ctx, in, password); err != nil {
		t.Fatal(err)
	}
	b.awaitFile(t, b.ann, password.Content, func(s attachment.Status) bool { return s.State == attachment.Missing })
	if err := b.ann.Replica().Want(b.ctx, in, shared); err != nil {
		t.Fatal(err)
	}
	b.awaitFile(t, b.ann, shared.Content, here)
}

func TestAPictureIsSeenByTheOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.shared(t)
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 800, 600))); err != nil {
		t.Fatal(err)
	}
	a := b.attach(t, b.ann, `C:\shots\..\graph.txt`, buf.Bytes())
	if a.Name != "graph.txt" || a.Type != "image/png" || a.Width != 800 || a.Height != 600 {
		t.Errorf("it is taken for %+v", a)
	}
	b.change(t, b.ann, in, incident.Write{Entry: id.New[id.Entry](), Attachments: []incident.Attachment{a}})
	b.settled(t, b.bob, in, 2)
	line, err := b.bob.Replica().Timeline(b.ctx, in, 10)
	if err != nil {
		t.Fatal(err)
	}
	written, _ := line.Lines[len(line.Lines)-1].Event.(incident.Written)
	if len(written.Attachments) != 1 || written.Attachments[0] != a {
		t.Fatalf("bob sees %+v", written)
	}
	if err := b.bob.Replica().Want(b.ctx, in, written.Attachments[0]); err != nil {
		t.Fatal(err)
	}
	b.awaitFile(t, b.bob, a.Content, here)
	if img, err := b.bob.Replica().Files().Picture(b.ctx, a.Content, 80, 80); err != nil || img.Bounds().Size() != image.Pt(80, 60) {
		t.Errorf("it is drawn as %v, %v", img, err)
	}
	if c, err := b.ann.Connection(b.ctx); err != nil || c.Reach != present.Live {
		t.Errorf("%+v, %v", c, err)
	}
}
