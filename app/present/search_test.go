package present_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
)

func TestTitlesThatBurnComeBeforeOtherTitlesAndThoseBeforeMentions(t *testing.T) {
	t.Parallel()
	marked, plain := []present.Piece{{Text: "payment", Marked: true}}, []present.Piece{{Text: "mail"}}
	var got string
	for _, r := range present.TitlesFirst([]present.Result{
		{Number: "a", Title: plain, Status: incident.Open},
		{Number: "b", Title: marked, Status: incident.Closed},
		{Number: "c", Title: marked, Status: incident.Open},
		{Number: "d", Title: plain, Status: incident.Closed},
		{Number: "e", Title: marked, Status: incident.Mitigated},
	}) {
		got += r.Number
	}
	if got != "cebad" {
		t.Errorf("the order is %s, want cebad", got)
	}
}

func TestATextIsCutWhereWordsWereFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		marks []search.Range
		want  []present.Piece
	}{
		{"", nil, nil},
		{"a", nil, []present.Piece{{Text: "a"}}},
		{"東京都a", []search.Range{{Start: 1, End: 3}}, []present.Piece{{Text: "東"}, {Text: "京都", Marked: true}, {Text: "a"}}},
		{"ab", []search.Range{{Start: 0, End: 1}, {Start: 1, End: 9}}, []present.Piece{{Text: "a", Marked: true}, {Text: "b", Marked: true}}},
		{"ab", []search.Range{{Start: 5, End: 9}}, []present.Piece{{Text: "ab"}}},
	} {
		if d := cmp.Diff(c.want, present.Pieces(c.text, c.marks)); d != "" {
			t.Errorf("%q: %s", c.text, d)
		}
	}
}

func TestWhatIsNotHereYetIsSaid(t *testing.T) {
	t.Parallel()
	v, now := view(t), time.Date(2026, 11, 20, 9, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		complete bool
		since    time.Time
		want     string
	}{
		{true, time.Time{}, ""},
		{false, time.Time{}, "Older entries are not on this device yet; they are being fetched."},
		{false, now.Add(-time.Hour), "Complete since 09:02. Older entries are not on this device yet; they are being fetched."},
	} {
		if got := v.MissingWords(c.complete, c.since, now); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
