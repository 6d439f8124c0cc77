package session_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestOwnChangesOfTheTermsAreShownAtOnceAndAudited(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.ChangeTerms(b.ctx, workspace.DescribeSeverity{Level: 4, Name: "SEV4", Hint: "A scratch"}); err != nil {
		t.Fatal(err)
	}
	if err := b.Subscribe(b.ctx, workspace.Subscription{Level: 2}, false); err != nil {
		t.Fatal(err)
	}
	got, err := b.Terms(b.ctx)
	if err != nil || len(got.Severities) != 4 || got.Severities[3].Hint != "A scratch" || len(got.Free) != 1 || got.Preset != 3 {
		t.Errorf("the terms are %+v, %v", got, err)
	}
	if len(got.History) != 1 || !got.History[0].Pending || !strings.Contains(got.History[0].What, "level 4 as SEV4") {
		t.Errorf("the audit is %+v", got.History)
	}
	if len(got.Subscriptions) != 1 || got.Subscriptions[0].Words != "SEV2 and worse" {
		t.Errorf("the subscriptions are %+v", got.Subscriptions)
	}
}

func TestADraftIsKeptInTheFolderUntilItIsEmpty(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := present.Declaration{Title: "Half a sen", Level: 2, Kind: incident.GameDay, Tags: []string{"shop"}}
	if err := b.KeepDraft(b.ctx, want); err != nil {
		t.Fatal(err)
	}
	got, err := b.Draft(b.ctx)
	if err != nil || got.Title != want.Title || got.Level != 2 || got.Kind != want.Kind || len(got.Tags) != 1 {
		t.Errorf("kept is %+v, %v", got, err)
	}
	file := filepath.Join(b.Dir, "declaration.json")
	if err := os.WriteFile(file, []byte("{half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Draft(b.ctx); err != nil || got.Title != "" {
		t.Errorf("of a broken file comes %+v, %v", got, err)
	}
	for range 2 {
		if err := b.KeepDraft(b.ctx, present.Declaration{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file of an empty draft: %v", err)
	}
}

func TestADuplicateEndsAndTheOtherNotesIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, actor(), incident.Declared{Title: "Checkout fails", Severity: 1, Number: 12})
	twice, err := b.Declare(b.ctx, present.Declaration{Title: "Cards are refused", Level: 3})
	if err != nil {
		t.Fatal(err)
	}
	offered, err := b.Mergeable(b.ctx, twice, " inc-12")
	if err != nil || len(offered) != 1 || offered[0].ID != b.state.ID {
		t.Fatalf("offered is %+v, %v", offered, err)
	}
	room, err := b.Room(b.ctx, twice, 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.MergeInto(b.ctx, twice, b.state.ID, room.Bases.Status); err != nil {
		t.Fatal(err)
	}
	room, err = b.Room(b.ctx, twice, 10)
	if err != nil || room.Repeats == nil || room.Repeats.Title != "Checkout fails" || room.Status != incident.Invalid {
		t.Errorf("the duplicate is %+v, %v", room.Repeats, err)
	}
	other, err := b.Replica().Incident(b.ctx, b.state.ID)
	if err != nil || len(other.Absorbed) != 1 || other.Absorbed[0] != twice {
		t.Errorf("the other absorbed %v, %v", other.Absorbed, err)
	}
	if offered, err := b.Mergeable(b.ctx, b.state.ID, ""); err != nil || len(offered) != 0 {
		t.Errorf("what repeats another is offered: %+v, %v", offered, err)
	}
}

func TestWhatADuplicateIsCalledIsNotedWithItsNumber(t *testing.T) {
	t.Parallel()
	b := setup(t)
	by, from := actor(), id.New[id.Incident]()
	b.arrives(t, by, incident.Declared{Title: "Checkout fails", Severity: 1, Number: 12})
	b.arrives(t, by, incident.Absorbed{From: from, Title: "Cards are refused"})
	b.arrives(t, by, incident.Released{From: from, Title: "Cards are refused"})
	main := b.state
	notes := func(want ...string) {
		t.Helper()
		room, err := b.Room(b.ctx, main.ID, 10)
		if err != nil || len(room.Entries) < len(want) {
			t.Fatalf("the room is %+v, %v", room.Entries, err)
		}
		for i, e := range room.Entries[len(room.Entries)-len(want):] {
			if got := present.Join(e.Parts); !strings.Contains(got, want[i]) {
				t.Errorf("it notes %q, want %q", got, want[i])
			}
		}
	}
	notes("that “Cards are refused” is the same", "that “Cards are refused” is another") // it is not here yet
	b.state = incident.Incident{ID: from}
	b.arrives(t, by, incident.Declared{Title: "Cards are refused", Severity: 3, Number: 13})
	notes("that INC-13 “Cards are refused” is the same", "that INC-13 “Cards are refused” is another")
}
