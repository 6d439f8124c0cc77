package reach

import (
	"cmp"
	"fmt"
	"slices"
	"time"
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

// Problem is what is wrong with rules, in the words of a fault's field.
type Problem struct{ Field, Says string }

// Normal returns r as it is stored, in the order of the times, and all that is wrong with it.
func (r Rules) Normal() (Rules, []Problem) {
	high, wrong := normal(r.High)
	low, also := normal(r.Low)
	return Rules{High: high, Low: low}, append(wrong, also...)
}

func normal(rules []Rule) (sorted []Rule, wrong []Problem) {
	sorted = slices.Clone(rules)
	slices.SortStableFunc(sorted, func(a, b Rule) int { return cmp.Compare(a.After, b.After) })
	if n := len(sorted); n > MaxRules {
		wrong = append(wrong, Problem{"rules", fmt.Sprintf("has %d; %d are allowed", n, MaxRules)})
	}
	for i, rule := range sorted {
		if rule.Channel < Push || rule.Channel > Mail {
			wrong = append(wrong, Problem{"channel", "is unknown here"})
		}
		if rule.After < 0 || rule.After > MaxAfter {
			wrong = append(wrong, Problem{"time", "must lie between nothing and an hour"})
		}
		if slices.ContainsFunc(sorted[:i], func(o Rule) bool { return o.Channel == rule.Channel }) {
			wrong = append(wrong, Problem{"channel", "is tried twice"})
		}
	}
	return sorted, wrong
}
