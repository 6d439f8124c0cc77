package proof_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/search"
)

// Every incident of an imported history is found by three words of one of its updates, with the server gone: most of them
// among the first thirty, which are shown. The words are the rarest of an update; who says nothing but what thirty newer ones say
// too is found behind these.
func TestEveryImportedIncidentIsFoundByThreeWordsOfAnUpdate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if incidents, _ := b.imported(t); incidents != 399 {
		t.Fatalf("%d incidents were imported, want 399", incidents)
	}
	fresh := b.seat(t, "Cem")
	b.filled(t, fresh)
	address := b.stop(t)
	defer b.open(t, address)
	_, all, err := fresh.Replica().Board(b.ctx, 1<<20)
	if err != nil || len(all) != 399 {
		t.Fatalf("%d incidents have ended, %v", len(all), err)
	}
	updates, counts := b.updates(t, fresh, all)
	behind := 0
	for _, i := range all {
		words := threeRarest(updates[i.ID], counts)
		if b.found(t, fresh, words, i.ID) {
			continue
		}
		behind++
		q := search.Parse(words, search.Lexicon{}, false)
		r, err := fresh.Replica().Search(b.ctx, q, replica.SearchOptions{Limit: len(all), Lines: 1, Width: 80})
		if err != nil || !slices.ContainsFunc(r.Found, func(f replica.Found) bool { return f.Incident.ID == i.ID && len(f.Lines) > 0 }) {
			t.Errorf("%q is not found by %q, %v", i.Title, words, err)
		}
	}
	t.Logf("%d of 399 are found among the first thirty, the others behind them", 399-behind)
	r, err := fresh.Search(b.ctx, "is:closed,resolved", false)
	if err != nil || r.Missing != "" || !r.More {
		t.Errorf("with everything here it is said that %q is missing, %v", r.Missing, err)
	}
}

// updates returns the words of every update, and in how many updates each word stands.
func (b *bundle) updates(t *testing.T, d *proof.Desk, all []incident.Incident) (updates map[id.Incident][][]string, counts map[string]int) {
	t.Helper()
	updates, counts = map[id.Incident][][]string{}, map[string]int{}
	for _, i := range all {
		line, err := d.Replica().Timeline(b.ctx, i.ID, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range line.Lines {
			update, ok := l.Event.(incident.UpdateImported)
			if !ok {
				continue
			}
			words := strings.FieldsFunc(strings.ToLower(update.Body), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			slices.Sort(words)
			words = slices.Compact(words)
			for _, w := range words {
				counts[w]++
			}
			updates[i.ID] = append(updates[i.ID], words)
		}
	}
	return updates, counts
}

// threeRarest returns the three rarest words that stand together in one of the updates.
func threeRarest(updates [][]string, counts map[string]int) string {
	best, fewest := "", 0
	for _, words := range updates {
		slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(counts[a], counts[b]) })
		three := words[:min(3, len(words))]
		if len(three) > 0 && (fewest == 0 || counts[three[0]] < fewest) {
			best, fewest = strings.Join(three, " ")+" ", counts[three[0]]
		}
	}
	return best
}

// found reports whether what is typed shows the incident with words of one of its entries marked.
func (b *bundle) found(t *testing.T, d *proof.Desk, typed string, want id.Incident) bool {
	t.Helper()
	r, err := d.Search(b.ctx, typed, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range r.Items {
		for _, l := range item.Lines {
			if item.ID == want && slices.ContainsFunc(l.Pieces, func(p present.Piece) bool { return p.Marked }) {
				return true
			}
		}
	}
	return false
}
