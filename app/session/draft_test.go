package session_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func TestWhatWasBegunInARoomIsThereAfterAKill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	file, err := b.Attach(b.ctx, "notes.txt", strings.NewReader("some notes"))
	if err != nil {
		t.Fatal(err)
	}
	in, other := id.New[id.Incident](), id.New[id.Incident]()
	want := present.Draft{
		Words: "half a thought", Entry: id.New[id.Entry](), Update: true, Files: []incident.Attachment{file}, Aside: &present.Draft{Words: "before that"},
	}
	for room, d := range map[id.Incident]present.Draft{in: want, other: {Words: "another room"}} {
		if err := b.KeepRoomDraft(b.ctx, room, d); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(b.Dir)); err != nil { // what a kill leaves: nothing was closed
		t.Fatal(err)
	}
	after := &bundle{ctx: t.Context()}
	after.open(t, dir)
	t.Cleanup(func() { _ = after.Close() })
	if got, err := after.RoomDraft(b.ctx, in); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("there is %+v (%v), want %+v", got, err, want)
	}
	if err := after.Detach(b.ctx, file.Content); err != nil {
		t.Fatal(err)
	}
	if got, err := after.RoomDraft(b.ctx, in); err != nil || len(got.Files) != 1 {
		t.Errorf("a file of a kept draft was removed: %+v (%v)", got, err)
	}
	if err := after.Replica().Detach(file.Content); err != nil {
		t.Fatal(err)
	}
	if got, err := after.RoomDraft(b.ctx, in); err != nil || len(got.Files) != 0 || got.Words != want.Words {
		t.Errorf("without its file there is %+v (%v)", got, err)
	}
	if err := after.KeepRoomDraft(b.ctx, in, present.Draft{Aside: &present.Draft{}}); err != nil {
		t.Fatal(err)
	}
	if got, err := after.RoomDraft(b.ctx, in); err != nil || !got.Empty() {
		t.Errorf("after it was sent there is %+v (%v)", got, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "drafts", in.String()+".json"), []byte(`{"Words":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := after.RoomDraft(b.ctx, in); err != nil || !got.Empty() {
		t.Errorf("a file that was cut off holds %+v (%v)", got, err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "drafts", in.String()+".json.damaged")); err != nil || string(raw) != `{"Words":` {
		t.Errorf("set aside is %q (%v)", raw, err)
	}
	if got, _ := after.RoomDraft(b.ctx, other); got.Words != "another room" {
		t.Errorf("the other room holds %+v", got)
	}
}

func TestWhatWasSentBeforeAKillIsNoDraft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, b.me, incident.Declared{Title: "Checkout fails", Severity: 2})
	sent := id.New[id.Entry]()
	if err := b.KeepRoomDraft(b.ctx, b.state.ID, present.Draft{Words: "sent", New: sent}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.RoomDraft(b.ctx, b.state.ID); err != nil || got.Words != "sent" {
		t.Fatalf("before it was sent there is %+v (%v)", got, err)
	}
	if err := b.Submit(b.ctx, b.state.ID, incident.Write{Entry: sent, Text: "sent"}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.RoomDraft(b.ctx, b.state.ID); err != nil || !got.Empty() {
		t.Errorf("after the kill there is %+v (%v)", got, err)
	}
}

func TestWhatIsErasedElsewhereIsInNoDraft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, b.me, incident.Declared{Title: "Checkout fails", Severity: 2})
	secret, in := said("the password is walrus"), b.state.ID
	b.arrives(t, b.me, secret)
	draft := present.Draft{Entry: secret.Entry, Words: secret.Text + "!", Aside: &present.Draft{Words: "the next thought"}}
	if err := b.KeepRoomDraft(b.ctx, in, draft); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.ctx)
	var running sync.WaitGroup
	running.Go(func() { b.Run(ctx) })
	b.arrives(t, actor(), incident.Erased{Entry: secret.Entry})
	path := filepath.Join(b.Dir, "drafts", in.String()+".json")
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for wait := time.After(10 * time.Second); ; {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(raw), "walrus") {
			break
		}
		select {
		case <-wait:
			t.Fatalf("the file holds %s", raw)
		case <-again.C:
		}
	}
	cancel()
	running.Wait()
	if err := b.KeepRoomDraft(b.ctx, in, draft); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(path); err != nil || strings.Contains(string(raw), "walrus") {
		t.Errorf("kept after it was erased: %s (%v)", raw, err)
	}
	if got, err := b.RoomDraft(b.ctx, in); err != nil || got.Words != "the next thought" || !got.Entry.IsZero() {
		t.Errorf("there is %+v (%v)", got, err)
	}
}

// Of an incident that is purged no draft is left, nor a file in one; what other rooms carry stays.
func TestADraftIsPurgedWithItsIncident(t *testing.T) {
	t.Parallel()
	b := setup(t)
	hidden, other, scope := b.state.ID, id.New[id.Incident](), id.Private(b.state.ID)
	payload, err := wire.EncodeEvent(incident.Declared{Title: "Nobody knows", Severity: 2, Private: true, Admitted: []id.Person{b.me.Person}})
	if err != nil {
		t.Fatal(err)
	}
	err = b.Replica().Apply(b.ctx, []stream.Batch{{
		Events: []stream.Stored{{Payload: payload, Envelope: id.Envelope{
			Stream: id.Stream(hidden), Kind: id.KindIncident, StreamSeq: 1, Scope: scope, ScopePos: 1, Command: id.New[id.Command](),
		}}},
		Cursor: stream.Cursor{Scope: scope, Pos: 1, Hash: []byte{1}, Seal: []byte{2}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var files []incident.Attachment
	for _, text := range []string{"a walrus alone", "a walrus for both"} {
		file, err := b.Attach(b.ctx, "notes.txt", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	secret := present.Draft{Words: "the walrus", Files: files}
	for room, d := range map[id.Incident]present.Draft{hidden: secret, other: {Words: "another room", Files: files[1:]}} {
		if err := b.KeepRoomDraft(b.ctx, room, d); err != nil {
			t.Fatal(err)
		}
	}
	aside := filepath.Join(b.Dir, "drafts", hidden.String()+".json.damaged")
	if err := os.WriteFile(aside, []byte("walrus"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Replica().Sees(b.ctx, []id.Scope{scope}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.RoomDraft(b.ctx, hidden); err != nil || got.Words != secret.Words || len(got.Files) != 2 {
		t.Fatalf("before there is %+v (%v)", got, err)
	}
	if err := b.Replica().Sees(b.ctx, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.KeepRoomDraft(b.ctx, hidden, secret); err != nil { // by a room that is still open
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(b.Dir, "drafts", hidden.String()+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	if _, here := b.Replica().Files().Path(files[0].Content); here {
		t.Error("its file is still here")
	}
	if got, err := b.RoomDraft(b.ctx, other); err != nil || got.Words != "another room" || len(got.Files) != 1 {
		t.Errorf("the other room holds %+v (%v)", got, err)
	}
}
