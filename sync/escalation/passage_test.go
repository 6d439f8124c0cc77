package escalation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

// passes tells what a passage foresees of the steps, and every try with it where tries says so.
func passes(p escalation.Policy, in func(after time.Duration) escalation.World, tries bool) string {
	var out strings.Builder
	for _, h := range escalation.ForeseePassage(escalation.Passage{
		Need: escalation.Need{Escalate: true, Policy: p, Urgency: escalation.High, Level: 1, Patience: 30 * time.Second}, At: start,
		World: func(at time.Time) escalation.World { return ruled(in(at.Sub(start))) },
	}) {
		page, of := h.Event.(escalation.OfPage)
		if !of {
			out.WriteString(account(h.At.Sub(start), []escalation.Event{h.Event}))
		} else if tried, ok := page.Event.(escalation.Attempted); ok && tries {
			fmt.Fprintf(&out, "%s %s by %s; ", h.At.Sub(start), names([]id.Person{page.Person}), channel(tried.Channel))
		}
	}
	return strings.TrimSuffix(out.String(), "; ")
}

// ruled is a world in which everybody who is reached has every channel.
func ruled(w escalation.World) escalation.World {
	w.Rules = func(p id.Person, u escalation.Urgency) []escalation.Rule {
		if !w.Reached(p) {
			return nil
		}
		return escalation.DefaultRules().For(u, all)
	}
	return w
}

func TestAPassageTellsWhatWouldHappenIfNobodyAnswered(t *testing.T) {
	t.Parallel()
	policy := escalation.Policy{Steps: []escalation.Step{step(2, whoever(line)), step(1, person(mute)), step(10, person(bob))}}
	handsOver := func(after time.Duration) escalation.World {
		if after < time.Minute {
			return world(ann)
		}
		return world(cay)
	}
	again := policy
	again.Repeats = 1
	for _, test := range []struct {
		name   string
		policy escalation.Policy
		in     func(time.Duration) escalation.World
		tries  bool
		want   string
	}{
		{
			"a step, one that reaches nobody, a step", policy, handsOver, false,
			"0s escalated; 0s 0/0 A; 2m0s 0/1 skipped; 2m0s 0/2 B; 12m0s exhausted",
		},
		{
			"whoever is on call when it starts over", again, handsOver, false,
			"0s escalated; 0s 0/0 A; 2m0s 0/1 skipped; 2m0s 0/2 B; 12m0s 1/0 C; 14m0s 1/1 skipped; 14m0s 1/2 B; 24m0s exhausted",
		},
		{
			"with every try",
			escalation.Policy{Steps: policy.Steps[:1]},
			handsOver, true,
			"0s escalated; 0s 0/0 A; 0s A by push; 30s A by sms; 2m0s exhausted",
		},
		{"no steps at all", escalation.Policy{}, handsOver, false, "0s escalated; 0s admins R; 5m0s exhausted"},
		{"nobody anywhere", policy, func(time.Duration) escalation.World {
			return escalation.World{OnCall: func(id.Rotation) []id.Person { return nil }, Reached: func(id.Person) bool { return false }}
		}, false, "0s escalated; 0s 0/0 skipped; 0s 0/1 skipped; 0s 0/2 skipped; 0s exhausted"},
	} {
		if have := passes(test.policy, test.in, test.tries); have != test.want {
			t.Errorf("%s:\nhave %s\nwant %s", test.name, have, test.want)
		}
	}
}

// What is foreseen of the steps is what an escalation does that is left alone: whoever pages and whoever foresees agree.
func TestAPassageAgreesWithTheEscalation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(t)
		turn := time.Duration(rapid.IntRange(0, 40).Draw(t, "handoff")) * time.Minute
		before, after := rapid.SampledFrom([]id.Person{ann, mute}).Draw(t, "before"), rapid.SampledFrom([]id.Person{cay, mute}).Draw(t, "after")
		in := func(at time.Duration) escalation.World {
			if at < turn {
				return world(before)
			}
			return world(after)
		}
		if have, want := passes(p, in, false), climb(p, in, 0, nil); have != want {
			t.Fatalf("of %+v\nforeseen %s\nhappens  %s", p, have, want)
		}
	})
}

func TestAPassageWithoutAnEndBreaksOff(t *testing.T) {
	t.Parallel()
	long := escalation.Policy{Repeats: escalation.MaxRepeats}
	for range escalation.MaxSteps {
		s := escalation.Step{Wait: escalation.MaxWait}
		for i := range escalation.MaxTargets {
			s.Targets = append(s.Targets, person(id.Person{1, byte(i + 1)}))
		}
		long.Steps = append(long.Steps, s)
	}
	n := len(escalation.ForeseePassage(escalation.Passage{
		Need: escalation.Need{Escalate: true, Policy: long, Urgency: escalation.High, Level: 1, Patience: time.Minute}, At: start,
		World: func(time.Time) escalation.World { return ruled(world(ann)) },
	}))
	if n < escalation.MaxPassage || n > escalation.MaxPassage+200 {
		t.Errorf("%d events are foreseen", n)
	}
}
