package attachment_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// hand is a clock that is set by hand.
type hand struct{ at time.Time }

func (h *hand) Now() time.Time { return h.at }

func (h *hand) Moment() clock.Moment { return clock.Moment{Wall: h.at} }

// bundle is a folder of files.
type bundle struct {
	*attachment.Store
	ctx   context.Context
	dir   string
	limit int64
	clock *hand
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{
		ctx: context.Background(), dir: filepath.Join(t.TempDir(), "attachments"), limit: attachment.Limit,
		clock: &hand{at: time.Unix(1_700_000_000, 0)},
	}
	b.open(t)
	return b
}

func (b *bundle) open(t *testing.T) {
	t.Helper()
	var err error
	if b.Store, err = attachment.Open(b.dir, b.limit, b.clock); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) add(t *testing.T, name string, data []byte) incident.Attachment {
	t.Helper()
	a, err := b.Add(b.ctx, name, bytes.NewReader(data))
	if err != nil {
		t.Fatalf("add %s: %v", name, err)
	}
	return a
}

// names returns what lies in the folder.
func (b *bundle) names(t *testing.T) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// wantAdvice fails unless err is a fault of kind that says what happened, what is safe and what to do.
func wantAdvice(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	f := fault.Find(err)
	if f == nil || f.Kind != kind {
		t.Fatalf("%s: got %v, want a fault of kind %d", what, err, kind)
	}
	if f.Message == "" || f.Safe == "" || f.Do == "" {
		t.Errorf("%s: the fault does not say everything: %+v", what, f)
	}
}

// bytesOf returns n bytes that nobody can guess, the same for the same seed.
func bytesOf(seed byte, n int) []byte {
	out := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(out) // never fails
	return out
}

// picture returns a picture of the given size as each kind of file.
func picture(t *testing.T, width, height int) map[string][]byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black, color.White})
	out := map[string][]byte{}
	for media, encode := range map[string]func(io.Writer) error{
		"image/png":  func(w io.Writer) error { return png.Encode(w, img) },
		"image/jpeg": func(w io.Writer) error { return jpeg.Encode(w, img, nil) },
		"image/gif":  func(w io.Writer) error { return gif.Encode(w, img, nil) },
	} {
		var buf bytes.Buffer
		if err := encode(&buf); err != nil {
			t.Fatal(err)
		}
		out[media] = buf.Bytes()
	}
	// The smallest lossless WebP there is, of one pixel.
	out["image/webp"] = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")
	return out
}

func TestWhatIsAddedIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, 300_000)
	a := b.add(t, "dump.bin", data)
	if a.Content != sha256.Sum256(data) || a.Size != 300_000 || a.Name != "dump.bin" || a.Type != "application/octet-stream" || a.Image() {
		t.Errorf("it is taken for %+v", a)
	}
	b.open(t)
	path, here := b.Path(a.Content)
	got, err := os.ReadFile(path)
	if !here || err != nil || !bytes.Equal(got, data) {
		t.Errorf("here %v, %d bytes, %v", here, len(got), err)
	}
	if part, err := b.Read(a.Content, 299_990, 10); err != nil || !bytes.Equal(part, data[299_990:]) {
		t.Errorf("its end is %v, %v", part, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
}

func TestTheSameBytesAreKeptOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := bytesOf(1, 1000)
	one, two := b.add(t, "a.bin", data), b.add(t, "b.bin", data)
	if one.Content != two.Content || two.Name != "b.bin" || len(b.names(t)) != 1 {
		t.Errorf("there are %v", b.names(t))
	}
}

func TestAFilesTypeIsWhatItsBytesSay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	pictures := picture(t, 40, 30)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"graph.png": {pictures["image/png"], "image/png"}, "photo.jpg": {pictures["image/jpeg"], "image/jpeg"},
		"moving.gif": {pictures["image/gif"], "image/gif"}, "small.webp": {pictures["image/webp"], "image/webp"},
		"lies.png": {[]byte("MZ this is a program"), "text/plain"}, "lies.jpg": {pictures["image/png"], "image/png"},
		"page.gif": {[]byte("<html><script>alert(1)</script>"), "text/html"}, "report.txt": {[]byte("%PDF-1.7 and so on"), "application/pdf"},
		"begins like one.png":    {append([]byte("\x89PNG\r\n\x1a\n"), bytesOf(1, 100)...), "application/octet-stream"},
		"begins like one.jpg":    {append([]byte("\xff\xd8\xff"), bytesOf(1, 100)...), "application/octet-stream"},
		"begins like one.gif":    {[]byte("GIF89a"), "application/octet-stream"},
		"begins like one.webp":   {append([]byte("RIFF\xff\xff\xff\xffWEBPVP8 "), bytesOf(1, 100)...), "application/octet-stream"},
		"of no width or height.": {[]byte("GIF89a\x00\x00\x00\x00\x00\x00\x00;"), "application/octet-stream"},
		"noise.png":              {bytesOf(3, 1000), "application/octet-stream"},
	} {
		a := b.add(t, name, c.data)
		_, known := pictures[a.Type]
		if a.Type != c.want || a.Image() != known {
			t.Errorf("%s is taken for %s of %d × %d, want %s", name, a.Type, a.Width, a.Height, c.want)
		}
		if a.Image() && a.Type != "image/webp" && (a.Width != 40 || a.Height != 30) {
			t.Errorf("%s has %d × %d pixels", name, a.Width, a.Height)
		}
	}
}

func TestNamesLeadNowhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, want := range map[string]string{
		"../../etc/passwd": "passwd", `C:\Windows\system.ini`: "system.ini", "/": "file", "": "file", "..": "file",
		"a\nb\x00c.txt": "abc.txt", "nice\u202egpj.exe": "nicegpj.exe", "graph.png": "graph.png", "図.png": "図.png",
	} {
		if a := b.add(t, name, []byte("x")); a.Name != want {
			t.Errorf("%q is called %q, want %q", name, a.Name, want)
		}
	}
	if n := b.names(t); len(n) != 1 || len(n[0]) != 64 {
		t.Errorf("there are %v", n)
	}
}

func TestWhatCannotBeAttachedIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	forty := io.LimitReader(rand.NewChaCha8([32]byte{1}), 40<<20)
	for name, c := range map[string]struct {
		from io.Reader
		kind fault.Kind
	}{
		"40 megabytes":       {forty, fault.TooLarge},
		"one byte too many":  {bytes.NewReader(make([]byte, incident.MaxAttachmentSize+1)), fault.TooLarge},
		"nothing":            {bytes.NewReader(nil), fault.Invalid},
		"what cannot be had": {io.MultiReader(bytes.NewReader(make([]byte, 1000)), iotest.ErrReader(errors.New("gone"))), fault.Invalid},
	} {
		_, err := b.Add(b.ctx, "x.png", c.from)
		wantAdvice(t, name, err, c.kind)
	}
	if _, err := b.Add(ctx, "x.png", bytes.NewReader([]byte("x"))); !errors.Is(err, context.Canceled) {
		t.Errorf("somebody changed their mind: %v", err)
	}
	if n := b.names(t); len(n) > 0 {
		t.Errorf("left behind: %v", n)
	}
	b.add(t, "just as much", make([]byte, incident.MaxAttachmentSize))
}

// bomb returns a small file that says that it holds a picture of very many pixels.
func bomb() []byte {
	// A header for 60,000 × 60,000 pixels of one bit, with a true checksum; its data would unfold to 450 MB.
	return []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x01\x00\x00\x00\x00\xa8\xa9\x48\xef")
}

func TestAPictureThatWouldFillTheMemoryIsAFileLikeAnyOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.add(t, "holiday.png", bomb())
	if a.Type != "image/png" || a.Image() {
		t.Errorf("it is taken for %+v", a)
	}
	_, err := b.Picture(b.ctx, a.Content, 100, 100)
	wantAdvice(t, "60,000 × 60,000 pixels", err, fault.TooLarge)
}

func TestPicturesAreScaledToTheirBox(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for media, data := range picture(t, 400, 100) {
		a := b.add(t, "x", data)
		small, err := b.Picture(b.ctx, a.Content, 80, 80)
		if err != nil {
			t.Errorf("%s: %v", media, err)
			continue
		}
		if got := small.Bounds().Size(); media != "image/webp" && got != image.Pt(80, 20) {
			t.Errorf("%s becomes %v", media, got)
		}
		large, err := b.Picture(b.ctx, a.Content, 4000, 4000)
		if err != nil || media != "image/webp" && large.Bounds().Size() != image.Pt(400, 100) {
			t.Errorf("%s is drawn larger than it is, %v", media, err)
		}
	}
	a := b.add(t, "wide.png", picture(t, 3000, 1)["image/png"])
	if thin, err := b.Picture(b.ctx, a.Content, 30, 30); err != nil || thin.Bounds().Size() != image.Pt(30, 1) {
		t.Errorf("a line becomes %v, %v", thin, err)
	}
}

func TestWhatIsNoPictureIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	whole := picture(t, 400, 100)["image/png"]
	for name, data := range map[string][]byte{"words": []byte("words"), "a part": whole[:60], "a header": whole[:33]} {
		_, err := b.Picture(b.ctx, b.add(t, name, data).Content, 10, 10)
		wantAdvice(t, name, err, fault.Invalid)
	}
	_, err := b.Picture(b.ctx, id.Content{1}, 10, 10)
	wantAdvice(t, "what is not here", err, fault.NotFound)
}

func FuzzPicture(f *testing.F) {
	f.Add(bomb())
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		b := setup(t)
		a := b.add(t, "x", data)
		img, err := b.Picture(b.ctx, a.Content, 16, 16)
		if err == nil && (img.Bounds().Dx() > 16 || img.Bounds().Dy() > 16) {
			t.Errorf("it becomes %v", img.Bounds())
		}
		if err != nil && fault.Find(err) == nil {
			t.Errorf("no reason is given: %v", err)
		}
	})
}
