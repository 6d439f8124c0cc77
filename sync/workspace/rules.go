package workspace

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Urgency says how a page is meant. The numbers are stored: they are only ever added to.
type Urgency uint8

// The urgencies.
const (
	High Urgency = 1 // wakes
	Low  Urgency = 2 // can wait until its reader looks
)

// Rule says when a channel is tried, counted from the beginning of a page.
type Rule struct {
	Channel Channel
	After   time.Duration
}

// Rules are how one person wants to be reached.
type Rules struct{ High, Low []Rule }

// Limits of a person's rules.
const (
	MaxRules = 10 // of one urgency
	MaxAfter = time.Hour
)

// DefaultRules returns the rules of whoever has made no others.
func DefaultRules() Rules {
	return Rules{
		High: []Rule{{Push, 0}, {SMS, time.Minute}, {Call, 3 * time.Minute}, {Mail, 5 * time.Minute}},
		Low:  []Rule{{Push, 0}, {Mail, 5 * time.Minute}},
	}
}

// Equal reports whether r says the same as o.
func (r Rules) Equal(o Rules) bool { return slices.Equal(r.High, o.High) && slices.Equal(r.Low, o.Low) }

// For returns the rules of one urgency for somebody who has only some channels, in the order of their times, each channel once.
// Where none is left, since rules are missing or name only channels that the person has no more, those of DefaultRules hold, and
// else every channel that there is: nobody is forgotten for want of a rule. It is empty only for no channels.
func (r Rules) For(u Urgency, has Channels) []Rule {
	every := []Rule{{Push, 0}, {SMS, 0}, {Call, 0}, {Mail, 0}}
	for _, rules := range [][]Rule{r.of(u), DefaultRules().of(u), every} {
		if left := usable(rules, has); len(left) > 0 {
			return left
		}
	}
	return nil
}

func (r Rules) of(u Urgency) []Rule {
	if u == Low {
		return r.Low
	}
	return r.High
}

func usable(rules []Rule, has Channels) []Rule {
	var out []Rule
	sorted := slices.Clone(rules)
	slices.SortStableFunc(sorted, func(a, b Rule) int { return cmp.Compare(a.After, b.After) })
	for _, rule := range sorted {
		once := !slices.ContainsFunc(out, func(o Rule) bool { return o.Channel == rule.Channel })
		if once && has.Has(rule.Channel) {
			out = append(out, rule)
		}
	}
	return out
}

// Normalize returns r as it is stored, in the order of the times. It returns one Invalid fault for all that is wrong with it.
func (r Rules) Normalize() (Rules, error) {
	var check fault.Check
	r.High, r.Low = normal(&check, r.High), normal(&check, r.Low)
	return r, check.Err("The rules were not changed.")
}

func normal(check *fault.Check, rules []Rule) []Rule {
	rules = slices.Clone(rules)
	slices.SortStableFunc(rules, func(a, b Rule) int { return cmp.Compare(a.After, b.After) })
	if n := len(rules); n > MaxRules {
		check.Add("rules", fmt.Sprintf("has %d; %d are allowed", n, MaxRules))
	}
	for i, rule := range rules {
		if rule.Channel < Push || rule.Channel > Mail {
			check.Add("channel", "is unknown here")
		}
		if rule.After < 0 || rule.After > MaxAfter {
			check.Add("time", "must lie between nothing and an hour")
		}
		if slices.ContainsFunc(rules[:i], func(o Rule) bool { return o.Channel == rule.Channel }) {
			check.Add("channel", "is tried twice")
		}
	}
	return rules
}
