package replica_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
)

// What is read bit by bit, while words arrive, are edited and are erased, is what a client reads that was just started.
func TestATimelineThatIsRememberedIsTheOneThatIsStored(t *testing.T) {
	t.Parallel()
	b, chance := setup(t), rand.New(rand.NewPCG(3, 3)) //nolint:gosec // the same in every run
	in := b.told(t, "Checkout fails")
	var entries []id.Entry
	for step := range 60 {
		for range 1 + chance.IntN(4) {
			entry := id.New[id.Entry]()
			b.server.do(t, id.Stream(in), b.other(), incident.Write{Entry: entry, Text: fmt.Sprint("words ", step)})
			entries = append(entries, entry)
		}
		some := entries[chance.IntN(len(entries))]
		switch chance.IntN(3) {
		case 0:
			b.server.do(t, id.Stream(in), b.other(), incident.Star{Entry: some})
		case 1:
			b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: some})
		}
		b.tail(t)
		limit := 100 + 100*chance.IntN(2)
		got, err := b.Timeline(b.ctx, in, limit)
		if err != nil {
			t.Fatal(err)
		}
		if step%10 == 9 {
			b.restart(t)
		}
		all, err := b.Timeline(b.ctx, in, 99) // so short a one is not remembered
		if err != nil {
			t.Fatal(err)
		}
		wantEnd(t, got, all)
		if whole := int(got.Canonical); len(got.Lines) < min(limit, whole) || len(got.Lines) > limit+limit/2 {
			t.Fatalf("%d lines of %d for a limit of %d", len(got.Lines), whole, limit)
		}
		for i, l := range got.Lines {
			if want := got.Oldest + uint64(i); l.StreamSeq != want {
				t.Fatalf("line %d is event %d, want %d", i, l.StreamSeq, want)
			}
		}
	}
}

// wantEnd checks that a timeline ends as a shorter one does.
func wantEnd(t *testing.T, got, short replica.Timeline) {
	t.Helper()
	n := min(len(short.Lines), len(got.Lines))
	if n == 0 || !reflect.DeepEqual(got.Lines[len(got.Lines)-n:], short.Lines[len(short.Lines)-n:]) {
		t.Fatalf("the last %d lines are\n%v\nwant\n%v", n, got.Lines[len(got.Lines)-n:], short.Lines[len(short.Lines)-n:])
	}
}
