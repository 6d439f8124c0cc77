package ledger_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Words that were erased are in no page of the server's file, also where their neighbours went to another scope before: what is
// taken out of a table lets others' rows move.
func TestErasedWordsLieBesideWhatHasMoved(t *testing.T) {
	t.Parallel()
	if databasetest.OnPostgres() {
		t.Skip("its pages are its own")
	}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			random := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // a test is to be repeatable
			erased := b.movesAndErases(t, random, 400)
			b.restart(t)
			raw, err := os.ReadFile(filepath.Join(b.dir, "x.db"))
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range erased {
				if n := bytes.Count(raw, []byte(word)); n > 0 {
					t.Errorf("%s is there %d times", word, n)
				}
			}
			if len(erased) < 50 {
				t.Errorf("%d entries were erased", len(erased))
			}
		})
	}
}

// movesAndErases has Ann write into some incidents, conceal and reveal them, and erase what she wrote. It returns what was erased.
func (b *bundle) movesAndErases(t *testing.T, random *rand.Rand, steps int) (erased []string) {
	t.Helper()
	type written struct {
		in    id.Stream
		entry id.Entry
		word  string
	}
	var (
		all     []written
		private = map[id.Stream]bool{}
		in      []id.Stream
	)
	for range 6 {
		s := id.New[id.Stream]()
		b.gives(t, b.ann, s, incident.Declare{Title: "Checkout fails"})
		in = append(in, s)
	}
	for step := range steps {
		s := in[random.IntN(len(in))]
		switch n := random.IntN(20); {
		case n == 0 && private[s]:
			b.gives(t, b.ann, s, incident.Reveal{})
			private[s] = false
		case n == 0:
			b.gives(t, b.ann, s, incident.Conceal{})
			private[s] = true
		case n < 6 && len(all) > 0:
			i := random.IntN(len(all))
			b.gives(t, b.ann, all[i].in, incident.Erase{Entry: all[i].entry, Reason: "a password"})
			erased = append(erased, all[i].word)
			all = append(all[:i], all[i+1:]...)
		default:
			w := written{s, id.New[id.Entry](), fmt.Sprintf("hunter%dx%d", step, random.IntN(1e9))}
			text := w.word + strings.Repeat(" and so on", random.IntN(60))
			b.gives(t, b.ann, s, incident.Write{Entry: w.entry, Text: text})
			all = append(all, w)
		}
	}
	return erased
}
