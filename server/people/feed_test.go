package people_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

func (h *house) makeFeed(f people.Feed, now time.Time) (made people.Feed, secret people.Secret, err error) {
	err = h.db.InTx(context.Background(), func(tx *sql.Tx) (err error) {
		made, secret, err = h.MakeFeed(context.Background(), tx, f, now)
		return err
	})
	return made, secret, err
}

func (h *house) revokeFeed(p id.Person, f id.Feed) error {
	return h.db.InTx(context.Background(), func(tx *sql.Tx) error { return h.RevokeFeed(context.Background(), tx, p, f, noon) })
}

// opens returns what a secret stands for, and fails on what it should not.
func (h *house) opens(t *testing.T, secret people.Secret) (people.Feed, bool) {
	t.Helper()
	f, good, err := h.Feed(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return f, good
}

func TestAFeedIsFoundByItsSecretUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada, line := id.New[id.Person](), id.New[id.Rotation]()
	one, secret, err := h.makeFeed(people.Feed{ID: id.New[id.Feed](), Person: ada, Kind: oncall.OneRotation, Rotation: line, Language: "de"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	own, other, err := h.makeFeed(people.Feed{ID: id.New[id.Feed](), Person: ada, Kind: oncall.OwnShifts, Rotation: line}, noon.Add(time.Second))
	if err != nil || !own.Rotation.IsZero() || secret == other || len(secret) < 43 || !strings.HasPrefix(string(secret), "tsugi_feed_") {
		t.Fatalf("%+v, %d characters, %v", own, len(secret), err)
	}
	list, err := h.Feeds(t.Context(), ada)
	if diff := cmp.Diff([]people.Feed{one, own}, list); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if got, good := h.opens(t, secret); !good || got != one {
		t.Errorf("%+v, %t", got, good)
	}
	for _, wrong := range []people.Secret{"", secret + "A", secret[:len(secret)-1], people.Secret(strings.ToLower(string(secret))), "\x00ä"} {
		if _, good := h.opens(t, wrong); good {
			t.Errorf("%q opens something", string(wrong))
		}
	}
	if err := h.revokeFeed(ada, one.ID); err != nil {
		t.Fatal(err)
	}
	if _, good := h.opens(t, secret); good {
		t.Error("it is revoked, and opens")
	}
	if _, good := h.opens(t, other); !good {
		t.Error("another one was revoked")
	}
	if err := h.revokeFeed(ada, one.ID); err != nil {
		t.Errorf("once more: %v", err)
	}
	if _, _, err := h.makeFeed(one, noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("a revoked one comes to life: %v", err)
	}
	if list, err := h.Feeds(t.Context(), ada); err != nil || len(list) != 1 || list[0] != own {
		t.Errorf("%+v, %v", list, err)
	}
}

// Only the hash is stored. Whoever asks again, because the answer was lost, gets another secret, and the former is good no longer.
func TestAFeedMadeAgainHasAnotherSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := people.Feed{ID: id.New[id.Feed](), Person: id.New[id.Person](), Kind: oncall.AllShifts}
	_, first, err := h.makeFeed(f, noon)
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := h.makeFeed(f, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, good := h.opens(t, first); good {
		t.Error("the former one is good")
	}
	if _, good := h.opens(t, second); !good {
		t.Error("the present one is not")
	}
	if got := fmt.Sprintf("%v %+v %s", second, second, second); strings.Contains(got, "tsugi") {
		t.Error("printed it is", got)
	}
	var stored []byte
	if err := h.db.Reader().QueryRowContext(t.Context(), "SELECT secret_hash FROM calendar_feed").Scan(&stored); err != nil || strings.Contains(string(second), string(stored)) || len(stored) != 32 {
		t.Errorf("stored is %x, %v", stored, err)
	}
}

func TestNobodyManagesTheFeedsOfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada, eve := id.New[id.Person](), id.New[id.Person]()
	f, secret, err := h.makeFeed(people.Feed{ID: id.New[id.Feed](), Person: ada, Kind: oncall.OwnShifts}, noon)
	if err != nil {
		t.Fatal(err)
	}
	theirs, nobodys := h.revokeFeed(eve, f.ID), h.revokeFeed(eve, id.New[id.Feed]())
	if !fault.Is(theirs, fault.NotFound) || theirs.Error() != nobodys.Error() {
		t.Errorf("of Ada's it is said %v, of nobody's %v", theirs, nobodys)
	}
	f.Person = eve
	if _, _, err := h.makeFeed(f, noon); !fault.Is(err, fault.NotFound) {
		t.Errorf("she makes it hers: %v", err)
	}
	if got, good := h.opens(t, secret); !good || got.Person != ada {
		t.Errorf("%+v, %t", got, good)
	}
	if list, err := h.Feeds(t.Context(), eve); err != nil || len(list) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhatIsNoFeedIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, _, err := h.makeFeed(people.Feed{Kind: oncall.OneRotation, Language: strings.Repeat("x", 36)}, noon)
	if f := fault.Find(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 4 {
		t.Errorf("%+v", err)
	}
	ada := id.New[id.Person]()
	for range people.MaxFeeds {
		if _, _, err := h.makeFeed(people.Feed{ID: id.New[id.Feed](), Person: ada, Kind: oncall.AllShifts}, noon); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.makeFeed(people.Feed{ID: id.New[id.Feed](), Person: ada, Kind: oncall.AllShifts}, noon); !fault.Is(err, fault.TooLarge) {
		t.Errorf("one too many: %v", err)
	}
	all, err := h.Feeds(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.makeFeed(all[0], noon); err != nil {
		t.Errorf("one of them anew: %v", err)
	}
}

// Calendars ask every hour or more often: it is not written each time.
func TestWhenAFeedWasReadIsKnownToTheHour(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, secret, err := h.makeFeed(people.Feed{ID: id.New[id.Feed](), Person: id.New[id.Person](), Kind: oncall.AllShifts}, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ at, want time.Duration }{{time.Minute, time.Minute}, {time.Hour, time.Minute}, {2 * time.Hour, 2 * time.Hour}} {
		f, _ := h.opens(t, secret)
		if err := h.FeedRead(t.Context(), f, noon.Add(step.at)); err != nil {
			t.Fatal(err)
		}
		if f, _ = h.opens(t, secret); !f.Read.Equal(noon.Add(step.want)) {
			t.Errorf("read after %s, it is known of %s", step.at, f.Read.Sub(noon))
		}
	}
}
