package escalation

import (
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/reach"
)

// Doubt is a reason for which somebody may not be reached.
type Doubt uint8

// The doubts, the gravest first.
const (
	NoChannel    Doubt = iota + 1 // nothing reaches the person
	NothingWakes                  // what reaches them wakes nobody
	OneChannel                    // there is no second way where the first fails: Channel
	WakesLate                     // what wakes them is tried After that time, by their own rules
	Unverified                    // nobody has shown that a number or an address is theirs: Channel
	LastInVain                    // the last try through Channel failed
	NoPush                        // no device can be pushed to
	RulesSkip                     // their own rules never try Channel, which they have
	LongSilent                    // no device has sent a receipt Since
)

// Grave reports whether somebody with that doubt is not to be relied on. With any other they are reached, if all else works.
func (d Doubt) Grave() bool { return d <= WakesLate }

// Finding is one doubt and the setting that is behind it.
type Finding struct {
	Doubt   Doubt
	Channel Channel       // for OneChannel, Unverified, LastInVain and RulesSkip
	After   time.Duration // for WakesLate
	Since   time.Time     // for LongSilent
}

// What is asked of somebody who is on call.
const (
	wakesWithin = 5 * time.Minute     // from the beginning of an urgent page
	silentFor   = 14 * 24 * time.Hour // without a receipt; a test page brings one
)

// MaxForeseen is longer than any rule: whatever is foreseen with that wait shows every rule.
const MaxForeseen = reach.MaxAfter + time.Minute

// Standing is what is known of how a person is reached.
type Standing struct {
	Channels Channels // the ways there are
	// Own says that the person looks: what only they know is known.
	Own      bool
	Rules    Rules
	Contacts []Address
	Receipt  time.Time // the last one of any of their devices; zero where that is not known
	Now      time.Time
}

// Address is what the person knows of one of their numbers and addresses.
type Address struct {
	Channel  Channel
	Verified bool
	Failed   bool // the last try
}

// Readiness returns what speaks against reaching somebody, the gravest first. It is empty where nothing does.
func Readiness(s Standing) []Finding {
	out := s.ways()
	if s.Own {
		out = append(out, s.owns()...)
	}
	if !s.Receipt.IsZero() && s.Channels.Has(Push) && s.Now.Sub(s.Receipt) > silentFor {
		out = append(out, Finding{Doubt: LongSilent, Since: s.Receipt})
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return int(a.Doubt) - int(b.Doubt) })
	return out
}

// ways looks at what everybody knows.
func (s Standing) ways() []Finding {
	var out []Finding
	has := s.Channels.List()
	wakes := slices.ContainsFunc(has, Channel.Wakes)
	switch {
	case len(has) == 0:
		return []Finding{{Doubt: NoChannel}}
	case !wakes:
		out = append(out, Finding{Doubt: NothingWakes})
	case len(has) == 1:
		out = append(out, Finding{Doubt: OneChannel, Channel: has[0]})
	}
	if !s.Channels.Has(Push) {
		out = append(out, Finding{Doubt: NoPush})
	}
	return out
}

// owns looks at what the person alone knows.
func (s Standing) owns() []Finding {
	var out []Finding
	for _, c := range s.Contacts {
		if !c.Verified {
			out = append(out, Finding{Doubt: Unverified, Channel: c.Channel})
		} else if c.Failed {
			out = append(out, Finding{Doubt: LastInVain, Channel: c.Channel})
		}
	}
	has := s.Channels
	rules := s.Rules.For(High, has)
	for _, c := range has.List() {
		if c.Wakes() && !slices.ContainsFunc(rules, func(r Rule) bool { return r.Channel == c }) {
			out = append(out, Finding{Doubt: RulesSkip, Channel: c})
		}
	}
	tried := Foresee(Foresight{Rules: rules, Patience: Patience(1), Wait: MaxForeseen})
	i := slices.IndexFunc(tried, func(f Foreseen) bool { return f.Channel.Wakes() })
	if i >= 0 && tried[i].After > wakesWithin {
		out = append(out, Finding{Doubt: WakesLate, After: tried[i].After})
	}
	return out
}
