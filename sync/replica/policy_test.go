package replica_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/replica"
)

func (b *bundle) policies(t *testing.T) []replica.Policy {
	t.Helper()
	all, err := b.Policies(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// listed is what is shown of them in one line: what is retired in brackets, what is on its way with a star.
func listed(all []replica.Policy) string {
	var out []string
	for _, p := range all {
		name := p.State.Policy.Name
		if p.State.Retired {
			name = "(" + name + ")"
		}
		if p.Pending {
			name += "*"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func (b *bundle) wantPolicies(t *testing.T, when, want string) {
	t.Helper()
	if got := listed(b.policies(t)); got != want {
		t.Errorf("%s they are %q, want %q", when, got, want)
	}
}

// paging is a policy that pages whoever looks.
func (b *bundle) paging(name string) escalation.DescribePolicy {
	return escalation.DescribePolicy{Policy: escalation.Policy{
		Name: name, Steps: []escalation.Step{{Targets: []escalation.Target{{Rotation: id.Rotation{1}}}, Wait: 5 * time.Minute}},
	}}
}

func (b *bundle) sends(t *testing.T, p id.Policy, c escalation.PolicyCommand) {
	t.Helper()
	if _, err := b.Submit(b.ctx, id.Stream(p), c); err != nil {
		t.Fatal(err)
	}
}

func TestPoliciesAreShownWithOwnChangesOnTheirWay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shops, nights := id.New[id.Policy](), id.New[id.Policy]()
	b.wantPolicies(t, "before there is one", "")
	b.sends(t, shops, b.paging("Shops"))
	b.sends(t, nights, b.paging("nights"))
	b.wantPolicies(t, "written here", "nights* Shops*")
	b.step(t, "answer")
	b.wantPolicies(t, "answered", "nights* Shops*")
	b.step(t, "tail")
	b.wantPolicies(t, "confirmed", "nights Shops")
	b.sends(t, shops, escalation.RetirePolicy{})
	b.wantPolicies(t, "retired here", "nights (Shops)*")
	b.step(t, "answer")
	b.step(t, "tail")
	b.step(t, "bootstrap")
	b.wantPolicies(t, "from its head", "nights (Shops)")
	b.sends(t, shops, b.paging("Shops"))
	b.wantPolicies(t, "taken up again", "nights Shops*")
}

// A change rests on what was shown: on the own one that is on its way, and never on what came from others meanwhile.
func TestAChangeOfAPolicyRestsOnWhatWasShown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shops := id.New[id.Policy]()
	b.sends(t, shops, b.paging("Shops"))
	fresh := b.policies(t)[0].Base
	if fresh.Seq != 1 || fresh.After.IsZero() {
		t.Errorf("what nobody has confirmed rests on %+v", fresh)
	}
	again := b.paging("All shops")
	again.Base = fresh
	b.sends(t, shops, again)
	b.step(t, "answer")
	b.step(t, "tail")
	b.wantPolicies(t, "changed twice in a row", "All shops")
	seen := b.policies(t)[0].Base
	if seen.Seq != 2 || !seen.After.IsZero() {
		t.Errorf("what is confirmed rests on %+v", seen)
	}
	theirs, late := b.paging("Theirs"), b.paging("Mine")
	theirs.Base = seen
	b.server.do(t, id.Stream(shops), b.other(), theirs)
	late.Base = seen
	b.sends(t, shops, late)
	b.wantPolicies(t, "before theirs is known", "Mine*")
	b.step(t, "answer")
	b.step(t, "tail")
	b.wantPolicies(t, "when theirs came before", "Theirs")
}
