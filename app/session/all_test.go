package session_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
)

func TestNothingTypedFindsAllIncidentsAndWordsFindTheirs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, title := range []string{"Mail is down", "Checkout fails", "Payroll is late"} {
		if _, err := b.Declare(b.ctx, present.Declaration{Title: title, Level: 3}); err != nil {
			t.Fatal(err)
		}
	}
	for typed, want := range map[string]int{"": 3, "  ": 3, "chec": 1, "walrus": 0, "sev:": 0} {
		found, err := b.Search(b.ctx, typed, false)
		if err != nil || len(found.Items) != want || found.Searched != (typed == "chec" || typed == "walrus") {
			t.Errorf("%q found %d (searched: %v), %v; want %d", typed, len(found.Items), found.Searched, err, want)
		}
	}
}
