package proof_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server/backup"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// heard keeps every byte that a server sends to a client, and everything that is written to a log.
type heard struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write keeps it.
func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.Write(p)
}

// count returns how many bytes were kept, and how often a word is among them.
func (h *heard) count(word string) (size, times int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.Len(), bytes.Count(h.all.Bytes(), []byte(word))
}

// RoundTrip keeps what is answered.
func (h *heard) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := link.Transport().RoundTrip(req)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(resp.Body, h), resp.Body}
	}
	return resp, err
}

// A word that is said in a private incident is nowhere for those who do not see it: not in what is sent to them, not on any of their pages,
// not in an error, the server's log, a sealed backup, nor, for whoever did see it once, in any file of theirs.
func TestAWordSaidInPrivateIsNowhere(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	b, written := &bundle{ctx: ctx, home: t.TempDir()}, &heard{}
	var err error
	b.office, err = proof.OpenOffice(context.WithoutCancel(ctx), filepath.Join(b.home, "server"), "127.0.0.1:0", &b.hours,
		slog.New(slog.NewTextHandler(written, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.office.Close() })
	b.ann, b.bob = b.seat(t, "Ann"), b.seat(t, "Bob")
	if err := b.bob.Close(); err != nil {
		t.Fatal(err)
	}
	sent := &heard{}
	b.bob = b.over(t, "Bob", sent)
	cem := b.seat(t, "Cem")
	public := b.shared(t)
	before := b.counts(t, b.bob)

	in, file := b.whispered(t, person(cem))
	for _, c := range []incident.Command{
		incident.AddTag{Tag: whisper},
		incident.AddTask{Task: id.New[id.Task](), Text: "fry the " + whisper},
		incident.AddLink{URL: "https://wiki.example.com/" + whisper, Label: whisper},
		incident.Retitle{Title: "No " + whisper},
		incident.ChangeSeverity{To: 1, Reason: whisper},
	} {
		b.change(t, b.ann, in, c)
	}
	b.settled(t, b.ann, in, 7, cem)
	if err := cem.Replica().Want(b.ctx, in, file); err != nil {
		t.Fatal(err)
	}
	b.awaitFile(t, cem, file.Content, here)
	b.change(t, b.ann, in, incident.Exclude{Person: person(cem)})
	b.sees(t, cem, in, false)
	b.hushed(t, cem, "Cem")

	b.guessed(t, in, public)
	for place, text := range b.pages(t, b.bob, in) {
		if strings.Contains(strings.ToLower(text), whisper[1:]) {
			t.Errorf("%s: %s", place, text)
		}
	}
	if now := b.counts(t, b.bob); now != before {
		t.Errorf("what is counted was %s, and is %s", before, now)
	}
	for name, h := range map[string]*heard{"the answers to an outsider": sent, "the server's log": written} {
		if size, times := h.count(whisper[1:]); size == 0 || times > 0 {
			t.Errorf("the word is %d times in the %d bytes of %s", times, size, name)
		}
	}
	if files := found(t, filepath.Join(b.home, "Bob"), whisper[1:]); len(files) > 0 {
		t.Errorf("an outsider has the word in %v", files)
	}
	if raw := b.sealed(t); len(raw) < 1000 || bytes.Contains(raw, []byte(whisper[1:])) {
		t.Errorf("the word is in the %d bytes of a sealed backup", len(raw))
	}
}

// guessed has Bob, who has got the incident's id from somewhere, write and ask there, and hear that there is nothing.
func (b *bundle) guessed(t *testing.T, in, public id.Incident) {
	t.Helper()
	if err := b.bob.Submit(b.ctx, in, incident.Join{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("who guesses its id may write there: %v", err)
	}
	if err := b.bob.LoadEarlier(b.ctx, in); err != nil && strings.Contains(err.Error(), whisper[1:]) {
		t.Errorf("who guesses its id is answered %v", err)
	}
	b.change(t, b.bob, public, incident.Write{Entry: id.New[id.Entry](), Text: "behind it"})
	b.settled(t, b.bob, public, 3)
}

// counts returns what a desk counts.
func (b *bundle) counts(t *testing.T, d *proof.Desk) string {
	t.Helper()
	board, err := d.Board(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	tags, err := d.Tags(b.ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d burning, %d lately, tags %v", len(board.Fires), len(board.Lately), tags)
}

// pages returns what stands on the pages of a desk, and in what it refuses.
func (b *bundle) pages(t *testing.T, d *proof.Desk, in id.Incident) map[string]string {
	t.Helper()
	out := map[string]string{}
	note := func(place string, what any, err error) { out[place] = fmt.Sprintf("%+v %v", what, err) }
	board, err := d.Board(b.ctx)
	note("the board", board, err)
	for _, query := range []string{"filet", "is:private", "sev:1", ""} {
		results, err := d.Search(b.ctx, query, false)
		note("the search for "+query, results, err)
	}
	similar, err := d.Similar(b.ctx, "filet of fish, fried")
	note("similar titles", similar, err)
	tags, err := d.Tags(b.ctx, "z")
	note("tags", tags, err)
	completions, err := d.Completions(b.ctx, "tag:z", 5)
	note("completions", completions, err)
	news, err := d.News(b.ctx)
	note("notifications", news, err)
	unsent, err := d.Unsent(b.ctx)
	note("unsent", unsent, err)
	room, err := d.Room(b.ctx, in, 100)
	note("its room", room, err)
	form, err := d.Form(b.ctx)
	note("the form", form, err)
	_, there, err := d.Find(b.ctx, present.Reference{Number: 2})
	note("its number", there, err)
	if there {
		t.Error("it has a number")
	}
	return out
}

// sealed returns the bytes of a backup that only a passphrase opens.
func (b *bundle) sealed(t *testing.T) []byte {
	t.Helper()
	api := rpc.DialControl(b.office.Dir)
	defer api.Close()
	in, err := api.Backup(b.ctx, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	path := filepath.Join(b.home, "sealed")
	h := backup.Header{Made: in.Made, Mark: in.Mark, Size: in.Size}
	if err := (backup.Target{Path: path, Seal: backup.Seal{Passphrase: "a horse that is correct"}}).Write(h, in); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
