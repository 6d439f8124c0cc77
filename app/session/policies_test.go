package session_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestWhomIncidentsReachIsKnownAndChangedWithoutTheServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shops := b.rotates(t, "Tills")
	if got, err := b.Policies(b.ctx); err != nil || len(got.Policies) != 0 || len(got.Routes) != 3 || len(got.Targets) != 2 {
		t.Fatalf("before there is one: %+v, %v", got, err)
	}
	which := id.New[id.Policy]()
	p := escalation.Policy{Name: "Nights", Steps: []escalation.Step{{Targets: []escalation.Target{{Rotation: shops}}, Wait: 5 * time.Minute}}}
	at := b.Clock.Now().Add(time.Hour)
	night, err := b.ForeseePolicy(b.ctx, p, at)
	if err != nil || len(night.Lines) < 2 || len(night.Says) != 3 || !night.Begins.Equal(at) {
		t.Errorf("foreseen is %+v, %v", night, err)
	}
	if n := len(b.Replica().Pending()); n != 1 {
		t.Errorf("%d changes wait: what is foreseen was stored", n)
	}
	if err := b.ChangePolicy(b.ctx, which, escalation.DescribePolicy{Policy: p}); err != nil {
		t.Fatal(err)
	}
	if err := b.ChangeTerms(b.ctx, workspace.RouteSeverity{Level: 2, Policy: which}); err != nil {
		t.Fatal(err)
	}
	got, err := b.Policies(b.ctx)
	if err != nil || len(got.Policies) != 1 || !got.Policies[0].Pending || got.Policies[0].For != "For SEV2" || got.Routes[1].Words != "Nights" || !got.Routes[1].Pending || got.Routes[0].Pending {
		t.Errorf("then it is %+v, %v", got, err)
	}
	terms, err := b.Terms(b.ctx)
	if err != nil || len(terms.History) != 1 || terms.History[0].What != "had SEV2 go by the policy Nights; it rings also at night" {
		t.Errorf("the audit is %+v, %v", terms.History, err)
	}
	unsent, err := b.Unsent(b.ctx)
	if err != nil || len(unsent.Items) != 3 || unsent.Items[2].What != "had SEV2 go by the policy Nights; it rings also at night" {
		t.Errorf("unsent is %+v, %v", unsent.Items, err)
	}
	if err := b.ChangePolicy(b.ctx, which, escalation.DescribePolicy{Policy: escalation.Policy{Name: "x"}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("what the rules refuse: %v", err)
	}
}
