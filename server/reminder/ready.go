package reminder

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// check returns whom to tell that somebody is not reached as they should be in a shift: themselves, and whoever made the rotation, or the admins
// where that is nobody who is here. It returns nothing where all is well.
func (r *Reminders) check(ctx context.Context, history []ledger.RotationMoment, s oncall.Shift, now time.Time) ([]telling, error) {
	setup := r.Ledger.Setup()
	person, known := setup.People[s.Person]
	if !known || r.sends() == 0 { // on a server that sends nothing, there is nothing that they could set
		return nil, nil
	}
	doubts, err := r.doubts(ctx, person, now)
	if err != nil || len(doubts) == 0 {
		return nil, err
	}
	rotation := history[0].ID
	say := workspace.Reminded{About: workspace.NotReady, Rotation: rotation, From: s.From, Until: s.Until, Doubts: doubts}
	end := s.From.Add(justBegun)
	all := []telling{{id: toldOf(rotation, s, s.Person), to: s.Person, say: say, end: end}}
	say.About, say.Person = workspace.TheirsNotReady, s.Person
	for _, owner := range owners(setup, history[0].By) {
		if owner != s.Person {
			all = append(all, telling{id: toldOf(rotation, s, owner), to: owner, say: say, end: end})
		}
	}
	return all, nil
}

func toldOf(r id.Rotation, s oncall.Shift, who id.Person) id.Command {
	return id.Derive[id.Command](r, fmt.Sprintf("%s is told that %s is not ready at %d", who, s.Person, s.From.UnixMicro()))
}

// owners returns who answers for a rotation that somebody made.
func owners(w workspace.Setup, maker id.Person) []id.Person {
	if _, here := w.People[maker]; here {
		return []id.Person{maker}
	}
	return w.AdminIDs()
}

// doubts returns what is red of how a person is reached: what the page of how one is reached shows so, and, where the last try of every way that
// rings failed, those.
func (r *Reminders) doubts(ctx context.Context, p workspace.Person, now time.Time) ([]workspace.ReachDoubt, error) {
	contacts, err := r.People.Contacts(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	reader, err := r.Ledger.Reader(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	standing := escalation.Standing{Channels: p.Channels, Own: true, Rules: reader.Rules, Now: now}
	works := p.Channels & reach.ChannelsOf(reach.Push)
	for _, c := range contacts {
		standing.Contacts = append(standing.Contacts, escalation.Address{Channel: c.Kind, Verified: !c.Verified.IsZero(), Failed: c.Failed})
		if !c.Verified.IsZero() && !c.Failed && c.Kind.Wakes() {
			works |= reach.ChannelsOf(c.Kind)
		}
	}
	var out []workspace.ReachDoubt
	for _, f := range escalation.Readiness(standing) {
		d := workspace.ReachDoubt{Doubt: uint8(f.Doubt), Channel: f.Channel, After: f.After.Truncate(time.Second)}
		if r.red(f, works) && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out, nil
}

// red reports whether a finding is to be told. That there is one single way is no fault of somebody's where the server has no other that rings.
func (r *Reminders) red(f escalation.Finding, works reach.Channels) bool {
	switch f.Doubt {
	case escalation.OneChannel:
		return slices.ContainsFunc(r.sends().Without(f.Channel).List(), reach.Channel.Wakes)
	case escalation.LastInVain:
		return works == 0
	default:
		return f.Doubt.Grave()
	}
}
