package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Ways is the page of how whoever looks is reached, as far as this device knows it.
type Ways struct {
	Devices  []OwnDevice // good ones
	Channels reach.Channels
	Number   string      // that everybody may call while they are on call
	Rules    reach.Rules // empty lists stand for the usual ones
	Waits    bool        // the rules have not been sent yet
	Test     TestPage    // the last one
}

// WaysFrom builds the page.
func WaysFrom(r workspace.Reader, v View) Ways {
	self := v.Setup.People[v.Self.Person]
	out := Ways{Channels: self.Channels, Number: self.Number, Rules: r.Rules}
	for _, d := range self.Devices {
		if d.Revoked.IsZero() {
			out.Devices = append(out.Devices, v.ownDevice(d, true))
		}
	}
	return out
}

// List returns the rules of an urgency as they are edited, and whether they are the usual ones.
func (r Ways) List(u reach.Urgency) (rules []reach.Rule, usual bool) {
	chosen, of := r.Rules.High, reach.DefaultRules().High
	if u == reach.Low {
		chosen, of = r.Rules.Low, reach.DefaultRules().Low
	}
	if len(chosen) == 0 {
		return of, true
	}
	return chosen, slices.Equal(chosen, of)
}

// With returns the rules where those of one urgency are others.
func (r Ways) With(u reach.Urgency, rules []reach.Rule) reach.Rules {
	out := r.Rules
	if u == reach.Low {
		out.Low = rules
	} else {
		out.High = rules
	}
	return out
}

// Contacts are the numbers and addresses of whoever looks, which the server alone knows.
type Contacts struct {
	Items []Contact
	Sends reach.Channels // what the server can send through
}

// Contact is one of them.
type Contact struct {
	ID       id.Contact
	Kind     reach.Channel
	Address  string
	Verified time.Time // zero for one that is not
	Tried    time.Time // zero for one that never was
	Failed   bool
}

// Step is one line of what would happen.
type Step struct {
	Channel reach.Channel
	At      string // "03:00:30"
	What    string // "a text message"
	Why     string
}

// At3 is what would happen at three in the morning if whoever looks were paged for a SEV1 and did not answer. silent says
// that their device shows nothing.
func (v View) At3(r Ways, u reach.Urgency, silent bool) []Step {
	w, patience := v.Words.Reach, escalation.Patience(1)
	begun := time.Date(2001, 1, 1, 3, 0, 0, 0, time.UTC)
	var out []Step
	for i, f := range escalation.Foresee(escalation.Foresight{
		Rules: r.Rules.For(u, r.Channels), Patience: patience, Wait: escalation.MaxForeseen, Shown: !silent,
	}) {
		s := Step{Channel: f.Channel, At: begun.Add(f.After).Format("15:04:05"), What: v.Channel(f.Channel), Why: w.WhyRule}
		switch {
		case i == 0:
			s.Why = w.WhyFirst
		case f.Why.Cause == escalation.NoReceipt:
			s.Why = fmt.Sprintf(w.WhyNoReceipt, int(patience.Seconds()))
		}
		out = append(out, s)
	}
	return out
}

// Channel returns what a channel is called.
func (v View) Channel(c reach.Channel) string {
	w := v.Words.Reach
	switch c {
	case reach.Push:
		return w.Push
	case reach.SMS:
		return w.SMS
	case reach.Call:
		return w.Call
	case reach.Mail:
		return w.Mail
	default:
		return w.Other
	}
}

// ChannelIcon returns the name of a channel's icon.
func ChannelIcon(c reach.Channel) string {
	switch c {
	case reach.Push:
		return "bell"
	case reach.SMS:
		return "message"
	case reach.Call:
		return "phone"
	default:
		return "mail"
	}
}

// Channels names a set of channels.
func (v View) Channels(s reach.Channels) string {
	var out []string
	for _, c := range s.List() {
		out = append(out, v.Channel(c))
	}
	return strings.Join(out, ", ")
}

// After returns when a rule tries its channel: "at once", "after 3 min".
func (v View) After(d time.Duration) string {
	w := v.Words.Reach
	switch {
	case d == 0:
		return w.AtOnce
	case d == time.Hour:
		return w.AfterHour
	case d%time.Minute == 0:
		return fmt.Sprintf(w.AfterMinutes, int(d.Minutes()))
	default:
		return fmt.Sprintf(w.AfterSeconds, int(d.Seconds()))
	}
}

// Doubt is a reason for which somebody may not be reached, and what to do about it.
type Doubt struct {
	What, Do string
	Grave    bool
}

// Doubts says what speaks against reaching whoever looks. contacts are nil while they are not known.
func (v View) Doubts(r Ways, contacts *Contacts, now time.Time) []Doubt {
	return v.doubts(v.standing(r, contacts, now))
}

// standing is what is known of how whoever looks is reached.
func (v View) standing(r Ways, contacts *Contacts, now time.Time) escalation.Standing {
	s := escalation.Standing{Channels: r.Channels, Own: true, Rules: r.Rules, Now: now}
	if contacts != nil {
		for _, c := range contacts.Items {
			s.Contacts = append(s.Contacts, escalation.Address{Channel: c.Kind, Verified: !c.Verified.IsZero(), Failed: c.Failed})
		}
	}
	return s
}

func (v View) doubts(s escalation.Standing) []Doubt {
	var out []Doubt
	for _, f := range escalation.Readiness(s) {
		if d := v.doubt(f, s.Now); !slices.Contains(out, d) { // two numbers that are not verified are one thing to do
			out = append(out, d)
		}
	}
	return out
}

func (v View) doubt(f escalation.Finding, now time.Time) Doubt {
	w, channel := v.Words.Reach, v.Channel(f.Channel)
	d := Doubt{Grave: f.Doubt.Grave()}
	switch f.Doubt {
	case escalation.NoChannel:
		d.What, d.Do = w.NoChannel, w.NoChannelDo
	case escalation.NothingWakes:
		d.What, d.Do = w.NothingWakes, w.NothingWakesDo
	case escalation.OneChannel:
		d.What, d.Do = fmt.Sprintf(w.OneChannel, channel), w.OneChannelDo
	case escalation.WakesLate:
		d.What, d.Do = fmt.Sprintf(w.WakesLate, v.After(f.After)), w.WakesLateDo
	case escalation.Unverified:
		d.What, d.Do = fmt.Sprintf(w.Doubtful, channel), w.DoubtfulDo
	case escalation.LastInVain:
		d.What, d.Do = fmt.Sprintf(w.InVain, channel), w.InVainDo
	case escalation.NoPush:
		d.What, d.Do = w.NoPush, w.NoPushDo
	case escalation.RulesSkip:
		d.What, d.Do = fmt.Sprintf(w.RulesSkip, channel), w.RulesSkipDo
	case escalation.LongSilent:
		d.What, d.Do = fmt.Sprintf(w.LongSilent, v.Ago(f.Since, now)), w.LongSilentDo
	}
	return d
}

// Reached says in a few words how a colleague is reached, and whether that is too little to rely on.
func (v View) Reached(p workspace.Person) (words string, grave bool) {
	w := v.Words.Reach
	for _, f := range escalation.Readiness(escalation.Standing{Channels: p.Channels}) {
		grave = grave || f.Doubt.Grave()
	}
	if p.Channels == 0 {
		return w.RowNothing, true
	}
	said := fmt.Sprintf(w.Row, v.Channels(p.Channels))
	if grave {
		said = fmt.Sprintf(w.RowOnly, v.Channels(p.Channels))
	}
	return said, grave
}
