package proof_test

import (
	"reflect"
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
)

// Clients say of every reason, which they know by its number alone, what the server means by it.
func TestClientsSayWhyAServerCouldNotSend(t *testing.T) {
	t.Parallel()
	for _, w := range []words.Catalog{words.English(), words.German()} {
		said := reflect.ValueOf(w.Paging.Reasons)
		for _, r := range notify.Reasons() {
			if have, want := present.ReasonWords(uint8(r), w.Paging.Reasons), said.FieldByName(r.Key()).String(); have != want {
				t.Errorf("%s (%d) is said as %q, and means %q", r.Key(), r, have, want)
			}
		}
	}
	if said := present.ReasonWords(255, words.English().Paging.Reasons); said != "" {
		t.Errorf("a reason of a later version is %q", said)
	}
}
