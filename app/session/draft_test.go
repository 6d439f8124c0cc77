package session_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
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
	if got, _ := after.RoomDraft(b.ctx, other); got.Words != "another room" {
		t.Errorf("the other room holds %+v", got)
	}
}
