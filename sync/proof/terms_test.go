package proof_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// A severity that somebody adds without the server can be declared with at once, and in the end everybody has it, also a
// client that comes fresh: the set-up travels like everything else.
func TestASeverityThatWasAddedOfflineReachesEverybody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	address := b.stop(t)
	if err := b.ann.ChangeTerms(b.ctx, workspace.DescribeSeverity{Level: 4, Name: "Scratch", Hint: "Nobody is held up."}); err != nil {
		t.Fatal(err)
	}
	if form := must(b.ann.Form(b.ctx)); len(form.Severities) != 4 || form.Severities[3].Name != "Scratch" {
		t.Errorf("offline the form offers %+v", form.Severities)
	}
	in := must(b.ann.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "A scratch", Level: 4}))
	if fires := must(b.ann.Board(b.ctx)).Fires; len(fires) != 1 || fires[0].Level != 4 {
		t.Errorf("offline the board shows %+v", fires)
	}
	b.open(t, address)
	b.settled(t, b.ann, in, 1, b.bob)
	fresh := b.seat(t, "Cem")
	b.settled(t, fresh, in, 1)
	for name, d := range map[string]interface{ Setup() workspace.Setup }{
		"Ann": b.ann.Replica(), "Bob": b.bob.Replica(), "Cem": fresh.Replica(),
	} {
		if s, ok := d.Setup().Severity(4); !ok || s.Name != "Scratch" {
			t.Errorf("%s has the severities %+v", name, d.Setup().Severities)
		}
	}
	if fires := must(fresh.Board(b.ctx)).Fires; len(fires) != 1 || fires[0].Severity != "Scratch" {
		t.Errorf("a fresh board shows %+v", fires)
	}
	if history := must(b.bob.Terms(b.ctx)); len(history.History) != 1 {
		t.Errorf("Bob's audit of the terms holds %+v", history.History)
	}
}
