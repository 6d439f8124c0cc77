package workspace_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestReadingMarksOnlyMoveForward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r workspace.Reader
		want := map[id.Incident]uint64{}
		for seq := range uint64(rapid.IntRange(1, 20).Draw(t, "length")) {
			wish := workspace.MarkRead{
				Incident: id.Incident{rapid.Byte().Draw(t, "incident") % 3}, Upto: rapid.Uint64Range(0, 9).Draw(t, "upto"),
			}
			before := maps.Clone(r.Read)
			events, err := workspace.DecideReader(r, wish)
			if err != nil || len(events) > 1 || (len(events) == 1) != (wish.Upto > want[wish.Incident]) {
				t.Fatalf("%+v on %v: %v, %v", wish, r.Read, events, err)
			}
			next := r
			for _, e := range events {
				next = workspace.ApplyReader(r, id.Envelope{StreamSeq: seq + 1}, e)
				want[wish.Incident] = wish.Upto
			}
			if diff := cmp.Diff(before, r.Read); diff != "" {
				t.Fatalf("the former state changed:\n%s", diff)
			}
			if r = next; len(want) > 0 && !maps.Equal(want, r.Read) {
				t.Fatalf("have %v, want %v", r.Read, want)
			}
		}
	})
}

func TestReadingMarksOfAnyOrderEndWhereTheNewestIs(t *testing.T) {
	t.Parallel()
	late := workspace.IncidentRead{Incident: id.Incident{1}, Upto: 9}
	early := workspace.IncidentRead{Incident: id.Incident{1}, Upto: 4}
	for _, events := range [][]workspace.ReaderEvent{{late, early}, {early, late}, {late, nil}} {
		var r workspace.Reader
		for i, e := range events {
			r = workspace.ApplyReader(r, id.Envelope{StreamSeq: uint64(i + 1)}, e)
		}
		if r.Read[id.Incident{1}] != 9 || r.Seq != 2 {
			t.Errorf("%v at %d", r.Read, r.Seq)
		}
	}
	if _, err := workspace.DecideReader(workspace.Reader{}, nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("no command is %v", err)
	}
}
