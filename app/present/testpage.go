package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// TestPage is how far the last test page of whoever looks has come.
type TestPage struct {
	Incident id.Incident // zero where there never was one
	Running  bool
	Rings    bool   // it can be answered now
	Says     string // what has come of it, in a sentence
	Do       string // and what to do about it, or nothing
	Tone     Tone
	Tries    []TestTry
	Began    time.Time
}

// TestTry is one channel that is tried, or will be.
type TestTry struct {
	Channel reach.Channel
	At      string // when it was tried, or will be
	Why     string
	Later   bool // it has not been tried yet
	Stages  []TestStage
}

// TestStage is one step of a try: sent, accepted, shown.
type TestStage struct {
	Words string
	Tone  Tone // Good for what has happened, Alarm for what failed, Muted for what is waited for
}

// TestPageFrom builds how far a test page has come. unsent says that the server has not heard of it.
func TestPageFrom(s incident.Incident, unsent bool, v View) TestPage {
	if !s.Exists() {
		return TestPage{}
	}
	out := TestPage{Incident: s.ID, Began: s.DeclaredAt, Running: s.Status.Burning()}
	page, begun := s.Paging.Reaching(s.DeclaredBy)
	for _, a := range page.Attempts {
		out.Tries = append(out.Tries, v.tried(a, page))
	}
	out.Rings = out.Running && begun && page.Ended == escalation.EndRunning
	if out.Rings {
		out.Tries = append(out.Tries, v.later(page)...)
	}
	out.Says, out.Do, out.Tone = v.testSays(s, page, begun, unsent)
	return out
}

// testSays says what has come of a test page, and what to do.
func (v View) testSays(s incident.Incident, page escalation.Page, begun, unsent bool) (says, do string, tone Tone) {
	w := v.Words.TestPage
	switch {
	case unsent:
		return w.Unsent, "", Gold
	case s.Status.Burning() && !begun:
		return w.Begins, "", Gold
	case s.Status.Burning():
		return w.Rings, w.RingsDo, Gold
	case !begun && s.StatusSince.Sub(s.DeclaredAt) > incident.TestPageFresh:
		return w.Late, w.LateDo, Warn
	case !begun:
		return w.NoWay, w.NoWayDo, Alarm
	case page.Ended == escalation.EndAcknowledged:
		by := w.ByApp
		if page.Through != 0 {
			by = v.Channel(page.Through)
		}
		return fmt.Sprintf(w.Answered, v.seconds(page.EndedAt.Sub(page.Begun)), by), "", Good
	case page.Ended == escalation.EndDeclined:
		return fmt.Sprintf(w.Declined, v.seconds(page.EndedAt.Sub(page.Begun))), "", Good
	case slices.ContainsFunc(page.Attempts, func(a escalation.Attempt) bool { return !a.Receipt.IsZero() }):
		return w.Shown, w.ShownDo, Warn
	default:
		return w.Silent, w.SilentDo, Alarm
	}
}

// seconds says a short span exactly: "12 s", "2 min 5 s".
func (v View) seconds(d time.Duration) string {
	w := v.Words.TestPage
	if d < time.Minute {
		return fmt.Sprintf(w.Seconds, int(d.Seconds()))
	}
	return fmt.Sprintf(w.Minutes, int(d.Minutes()), int(d.Seconds())%60)
}

func (v View) clock(at time.Time) string { return at.In(v.Zone).Format(time.TimeOnly) }

// tried says what became of one try. Each stage tells when.
func (v View) tried(a escalation.Attempt, page escalation.Page) TestTry {
	w := v.Words.TestPage
	t := TestTry{Channel: a.Channel, At: v.clock(a.Asked), Why: v.cause(a.Why)}
	stage := func(format string, at time.Time) {
		t.Stages = append(t.Stages, TestStage{fmt.Sprintf(format, v.clock(at)), Good})
	}
	stage(w.Sent, a.Asked)
	if !a.Accepted.IsZero() {
		stage(w.Accepted, a.Accepted)
	}
	switch {
	case !a.Failed.IsZero():
		why := ReasonWords(a.Reason, v.Words.Paging.Reasons)
		t.Stages = append(t.Stages, TestStage{strings.TrimSuffix(fmt.Sprintf(w.Failed, why), ": "), Alarm})
	case !a.Receipt.IsZero():
		stage(w.OnDevice, a.Receipt)
	case a.Accepted.IsZero() && page.Ended == escalation.EndRunning:
		t.Stages = append(t.Stages, TestStage{w.NotAccepted, Muted})
	case a.Channel.Tells() && page.Ended == escalation.EndRunning:
		t.Stages = append(t.Stages, TestStage{w.NoReceipt, Muted})
	}
	if page.Ended == escalation.EndAcknowledged && page.Through == a.Channel {
		stage(w.Acknowledged, page.EndedAt)
	}
	return t
}

func (v View) cause(why escalation.Why) string {
	w := v.Words.TestPage
	switch why.Cause {
	case escalation.NoReceipt:
		return fmt.Sprintf(w.WhyNoReceipt, v.Channel(why.After))
	case escalation.Failure:
		return fmt.Sprintf(w.WhyFailed, v.Channel(why.After))
	default:
		return ""
	}
}

// later are the channels that are still to be tried as their rules say, unless it is answered or goes wrong before.
func (v View) later(page escalation.Page) []TestTry {
	var out []TestTry
	for _, r := range page.Rules[min(len(page.Attempts), len(page.Rules)):] {
		if at := page.Begun.Add(r.After); at.Before(page.Expires) {
			out = append(out, TestTry{Channel: r.Channel, At: v.clock(at), Later: true, Why: v.Words.TestPage.Later})
		}
	}
	return out
}

// Sound is what speaks for whoever looks being reached: each is the other side of a Doubt.
func (v View) Sound(r Ways, contacts *Contacts, now time.Time) []string {
	w := v.Words.TestPage
	holds := map[escalation.Doubt]bool{}
	for _, f := range escalation.Readiness(v.standing(r, contacts, now)) {
		holds[f.Doubt] = true
	}
	not := func(doubts ...escalation.Doubt) bool {
		return !slices.ContainsFunc(doubts, func(d escalation.Doubt) bool { return holds[d] })
	}
	var out []string
	say := func(so bool, words string) {
		if so {
			out = append(out, words)
		}
	}
	say(not(escalation.NoChannel, escalation.NothingWakes), fmt.Sprintf(w.Wakes, v.Channels(r.Channels.Without(reach.Mail))))
	say(not(escalation.NoChannel, escalation.NothingWakes, escalation.OneChannel), w.Second)
	say(not(escalation.NoChannel, escalation.NoPush), w.Push)
	say(contacts != nil && len(contacts.Items) > 0 && not(escalation.Unverified), w.Verified)
	say(contacts != nil && len(contacts.Items) > 0 && not(escalation.Unverified, escalation.LastInVain), w.NotInVain)
	say(not(escalation.NoChannel, escalation.NothingWakes, escalation.WakesLate, escalation.RulesSkip), w.Rules)
	say(r.Test.Tone == Good && !r.Test.Running, fmt.Sprintf(w.Proved, v.Ago(r.Test.Began, now)))
	return out
}
