package server_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/reminder"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// nights are what holds of paging on both engines.
func nights() map[string]func(*night) {
	return map[string]func(*night){
		"three in the morning":     threeInTheMorning,
		"acknowledged in the app":  acknowledgedInTheApp,
		"acknowledged by SMS":      acknowledgedBySMS,
		"acknowledged in a call":   acknowledgedInACall,
		"acknowledged by a link":   acknowledgedByALink,
		"an answer of another":     anAnswerOfAnother,
		"what is sent breaks off":  whatIsSentBreaksOff,
		"empty steps":              emptySteps,
		"down across a deadline":   downAcrossADeadline,
		"an address that is gone":  anAddressThatIsGone,
		"a provider that is down":  aProviderThatIsDown,
		"told later of a message":  toldLaterOfAMessage,
		"what was sent is kept":    whatWasSentIsKept,
		"links outlive a restart":  linksOutliveARestart,
		"a code shows whose it is": aCodeShowsWhoseItIs,
		"declined for good":        declinedForGood,
		"a change in between":      aChangeInBetween,
		"worse after a day":        worseAfterADay,
		"reminders ring nowhere":   remindersRingNowhere,
		"a test page":              aTestPage,
		"a test page answered":     aTestPageAnswered,
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	for name, test := range nights() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newNight(t, ""))
		})
	}
}

func TestPagingOnPostgreSQL(t *testing.T) {
	t.Parallel()
	named := databasetest.Start(t)
	for name, test := range nights() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newNight(t, named("night"+strings.ToLower(strings.ReplaceAll(name, " ", "")))))
		})
	}
}

// staffed hires everybody, and has the worst incidents reach Ann, then Bob.
func (n *night) staffed() {
	n.Helper()
	root := n.hire("root", true)
	n.hire("dee", false)
	ann, bob := n.hire("ann", false), n.hire("bob", false)
	n.route([]escalation.Target{{Rotation: n.rota("first", ann)}}, []escalation.Target{{Rotation: n.rota("second", bob)}}, []escalation.Target{{Person: root}})
}

// Who cannot help is not reached anew because somebody has asked for them by name meanwhile.
func declinedForGood(n *night) {
	n.staffed()
	s := n.declare()
	n.give("dee", s, incident.AskFor{Page: id.New[id.Page](), Person: n.people["ann"], Urgency: escalation.High})
	n.pass(time.Second)
	n.give("ann", s, incident.Decline{})
	n.pass(4 * time.Minute)
	n.want(n.outside.String(), "0s push ann, 1s push bob, 31s SMS bob, 3m1s call bob")
}

// What is changed while somebody is waited for, and changes nothing of whom the incident reaches, has nobody forgotten.
func aChangeInBetween(n *night) {
	n.staffed()
	s := n.declare()
	n.pass(time.Minute)
	n.give("dee", s, incident.ChangeStatus{Base: incident.Base{Seq: n.incident(s).Seq}, To: incident.Mitigated, Reason: "half of it is back"})
	n.pass(5 * time.Minute)
	n.want(n.outside.String(), "0s push ann, 30s SMS ann, 3m0s call ann, 5m0s push bob, 5m30s SMS bob")
}

// What was declared long ago and gets worse today wakes.
func worseAfterADay(n *night) {
	n.staffed()
	s := id.New[id.Stream]()
	n.give("dee", s, incident.Declare{Title: "Some tills are slow", Severity: 3})
	n.pass(24 * time.Hour)
	before := len(n.outside.all())
	n.give("dee", s, incident.ChangeSeverity{Base: incident.Base{Seq: n.incident(s).Seq}, To: 1, Reason: "all tills stand still"})
	n.pass(4 * time.Minute)
	var then []string
	for _, m := range n.outside.all()[before:] {
		then = append(then, names(m.channel)+" "+m.to)
	}
	n.want(strings.Join(then, ", "), "push ann, SMS ann, call ann")
}

// Whose shifts somebody else has ordered is told so by push and mail, in the language that is set, and by nothing that rings, however long
// nobody answers.
func remindersRingNowhere(n *night) {
	n.hire("root", true)
	ann := n.hire("ann", false)
	r := n.rota("first", ann)
	n.pass(10 * time.Minute)
	n.want(n.outside.String(), "")
	n.give("root", id.Stream(r), oncall.AddOverride{Override: oncall.Override{
		ID: id.New[id.Override](), Deed: oncall.Remove, Out: ann, From: three.Add(30 * time.Hour), Until: three.Add(32 * time.Hour),
	}})
	n.pass(time.Hour)
	sent := strings.Split(n.outside.String(), ", ")
	slices.Sort(sent) // both at once
	n.want(strings.Join(sent, ", "), "12m0s mail ann, 12m0s push ann")
	n.want(n.outside.last(n.T, reach.Push, "ann").body, "Your shifts have changed: first: Not any more: Fri 21 Nov, 09:00 UTC – Fri 21 Nov, 11:00 UTC.")
}

// A push that was accepted and not confirmed is followed by an SMS after thirty seconds, by a call, by the next person, and by an admin.
func threeInTheMorning(n *night) {
	n.staffed()
	s := n.declare()
	n.pass(time.Hour)
	n.want(n.outside.String(), "0s push ann, 30s SMS ann, 3m0s call ann, "+
		"5m0s push bob, 5m30s SMS bob, 8m0s call bob, "+
		"10m0s push root, 10m30s SMS root, 13m0s call root")
	n.want(n.ends(s), "ann expired, bob expired, root expired")
	push := n.outside.last(n.T, reach.Push, "ann")
	n.want(push.body, "SEV1 INC-1: Checkout fails")
}

// ring has Ann and Cem reached by one step, until push, SMS and call have gone out to both.
func (n *night) ring() {
	n.Helper()
	n.hire("root", true)
	n.hire("dee", false)
	n.route([]escalation.Target{{Person: n.hire("ann", false)}, {Person: n.hire("cem", false)}})
}

// stops fails unless after an answer nobody hears of it any more, and it is said who answered.
func (n *night) stops(s id.Stream, ends string) {
	n.Helper()
	n.settle() // without any time that passes
	sent := len(n.outside.all())
	n.want(n.ends(s), ends)
	// Rotations are looked at again some day.
	if waits := n.count("state <= 1 AND queue NOT IN (?, ?, ?)", reminder.LookQueue, reminder.ChangeQueue, reminder.SendQueue); waits != 0 {
		n.Errorf("%d tasks are left", waits)
	}
	n.pass(time.Hour)
	if now := len(n.outside.all()); now != sent {
		n.Errorf("after the answer was sent: %s", n.outside)
	}
}

func acknowledgedInTheApp(n *night) {
	n.ring()
	s := n.declare()
	n.pass(4 * time.Minute)
	n.give("ann", s, incident.Acknowledge{})
	n.stops(s, "ann acknowledged, cem cancelled")
}

func acknowledgedBySMS(n *night) {
	n.ring()
	s := n.declare()
	n.pass(time.Minute)
	code := n.outside.last(n.T, reach.SMS, "cem").id
	status, said := n.tell("/twilio/sms", url.Values{"From": {addressOf("cem", reach.SMS)}, "Body": {"ack " + code}})
	if status != http.StatusOK || !strings.Contains(said, "Everybody sees that you are on it") {
		n.Errorf("%d: %s", status, said)
	}
	n.stops(s, "ann cancelled, cem acknowledged by SMS")
}

func acknowledgedInACall(n *night) {
	n.ring()
	s := n.declare()
	n.pass(4 * time.Minute)
	status, said := n.tell(n.outside.last(n.T, reach.Call, "ann").body, url.Values{"To": {addressOf("ann", reach.Call)}, "Digits": {"1"}})
	if status != http.StatusOK || !strings.Contains(said, "Everybody sees that you are on it") {
		n.Errorf("%d: %s", status, said)
	}
	n.stops(s, "ann acknowledged by call, cem cancelled")
}

// mailed has a mail go out to Ann, who has nothing else.
func (n *night) mailed() (s id.Stream, link string) {
	n.Helper()
	n.outside.do(func(_ context.Context, m message) int {
		if m.channel == reach.SMS || m.channel == reach.Call {
			return http.StatusBadRequest
		}
		return 0
	})
	n.ring()
	s = n.declare()
	n.pass(time.Minute)
	if link = n.outside.last(n.T, reach.Mail, "ann").body; link == "" {
		n.Fatal("the mail carries no link")
	}
	return s, link
}

func acknowledgedByALink(n *night) {
	s, link := n.mailed()
	if status, said := n.ask(http.MethodGet, link, nil, nil); status != http.StatusOK || !strings.Contains(said, "Checkout fails") {
		n.Errorf("%d: %s", status, said)
	}
	n.settle()
	n.want(n.ends(s), "ann rings, cem rings") // looking does nothing
	if status, said := n.ask(http.MethodPost, link, nil, nil); status != http.StatusOK || !strings.Contains(said, "Everybody sees that you are on it") {
		n.Errorf("%d: %s", status, said)
	}
	n.stops(s, "ann acknowledged by mail, cem cancelled")
	if status, said := n.ask(http.MethodPost, link, nil, nil); status != http.StatusGone {
		n.Errorf("an hour later: %d: %s", status, said)
	}
}

// What comes from another's number acknowledges nothing, and neither does a key in a call that was made to somebody else.
func anAnswerOfAnother(n *night) {
	n.staffed()
	s := n.declare()
	n.pass(4 * time.Minute)
	sms, call := n.outside.last(n.T, reach.SMS, "ann"), n.outside.last(n.T, reach.Call, "ann")
	for _, from := range []string{addressOf("bob", reach.SMS), "+4930999999"} {
		if _, said := n.tell("/twilio/sms", url.Values{"From": {from}, "Body": {"ack " + sms.id}}); strings.Contains(said, "on it") {
			n.Errorf("from %s: %s", from, said)
		}
		if _, said := n.tell(call.body, url.Values{"To": {from}, "Digits": {"1"}}); !strings.Contains(said, "No page is waiting for you") {
			n.Errorf("called at %s: %s", from, said)
		}
	}
	if status, _ := n.ask(http.MethodPost, "/twilio/sms", url.Values{"From": {addressOf("ann", reach.SMS)}, "Body": {"ack"}}, nil); status != http.StatusForbidden {
		n.Errorf("without Twilio's signature: %d", status)
	}
	n.settle()
	n.want(n.ends(s), "ann rings")
	if _, said := n.tell("/twilio/sms", url.Values{"From": {addressOf("ann", reach.SMS)}, "Body": {"no"}}); !strings.Contains(said, "you cannot") {
		n.Errorf("declined: %s", said)
	}
	n.settle() // and the next is reached at once
	n.want(n.ends(s), "ann declined, bob rings")
}

// A message that is on its way when somebody answers is broken off.
func whatIsSentBreaksOff(n *night) {
	n.ring()
	asked, gone := make(chan struct{}, 10), make(chan struct{}, 10)
	n.outside.do(func(ctx context.Context, m message) int {
		if m.channel != reach.Push {
			return 0
		}
		asked <- struct{}{}
		<-ctx.Done() // it would hang for as long as it may
		gone <- struct{}{}
		return http.StatusInternalServerError
	})
	s := n.declare()
	<-asked
	<-asked
	n.give("ann", s, incident.Acknowledge{})
	<-gone
	<-gone
	n.stops(s, "ann acknowledged, cem cancelled")
	if len(n.outside.all()) != 2 {
		n.Errorf("sent: %s", n.outside)
	}
}

// A step in which nobody is to be found is not waited for; where there are no others, the admins are reached.
func emptySteps(n *night) {
	n.hire("root", true)
	n.hire("dee", false)
	bob, ghost := n.hire("bob", false), id.New[id.Person]()
	n.give("", id.Stream(ghost), workspace.AddPerson{Person: ghost, Name: "ghost"}) // nothing reaches them
	empty := []escalation.Target{{Rotation: n.rota("nobody", ghost)}, {Person: ghost}}
	n.route(empty, empty, []escalation.Target{{Person: bob}})
	n.declare()
	n.settle()
	n.want(n.outside.String(), "0s push bob")
	n.route(empty, empty)
	s := n.declare() // where no step reaches anybody, the admins are
	n.settle()
	n.want(n.outside.String(), "0s push bob, 0s push root")
	n.want(n.ends(s), "root rings")
}

// What fell due while the server was down is done when it starts, without any time that passes.
func downAcrossADeadline(n *night) {
	n.staffed()
	s := n.declare()
	n.pass(time.Minute)
	n.must(n.stop())
	n.set(three.Add(6 * time.Minute))
	n.open()
	n.settle()
	n.want(n.outside.String(), "0s push ann, 30s SMS ann, 6m0s push bob")
	n.want(n.ends(s), "ann expired, bob rings")
}

// An address that its provider does not know any more is taken out and told of, and the next way is tried at once.
func anAddressThatIsGone(n *night) {
	n.staffed()
	n.outside.do(func(_ context.Context, m message) int {
		if m.channel == reach.Push && m.to == "ann" {
			return http.StatusNotFound
		}
		return 0
	})
	n.declare()
	n.settle()
	n.want(n.outside.String(), "0s push ann, 0s SMS ann")
	tokens, err := n.People().PushTokens(n.ctx, n.people["ann"])
	if err != nil || len(tokens) > 0 {
		n.Errorf("%v, %v", tokens, err)
	}
	told := n.told("ann")
	if told.Gone != reach.Push || told.Channels.Has(reach.Push) || !told.Channels.Has(reach.SMS) {
		n.Errorf("everybody is told %+v", told)
	}
	n.outside.do(func(_ context.Context, m message) int {
		if m.channel == reach.SMS && m.to == "bob" {
			return http.StatusGone // that Bob has sent STOP
		}
		return 0
	})
	n.pass(6 * time.Minute)
	if told = n.told("bob"); told.Gone != reach.SMS || told.Channels != reach.ChannelsOf(reach.Push, reach.Call, reach.Mail) {
		n.Errorf("everybody is told %+v", told)
	}
	contacts, err := n.People().Contacts(n.ctx, n.people["bob"])
	n.must(err)
	for _, c := range contacts {
		if sms := c.Kind == reach.SMS; c.Failed != sms || c.Verified.IsZero() != sms {
			n.Errorf("%+v", c)
		}
	}
}

// told returns what everybody was told last of how somebody is reached.
func (n *night) told(name string) (last workspace.ReachableThrough) {
	n.Helper()
	p := id.Stream(n.people[name])
	_, stored, err := timeline.Load(n.ctx, n.Database().Reader(), p, id.KindPerson, 0)
	n.must(err)
	for _, e := range stored {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		n.must(err)
		if told, ok := event.(workspace.ReachableThrough); ok {
			last = told
		}
	}
	return last
}

// While a provider is down it is asked again, and the next way does not wait for it.
func aProviderThatIsDown(n *night) {
	n.staffed()
	n.outside.do(func(_ context.Context, m message) int {
		if m.channel == reach.Push && n.hand.Now().Sub(three) < 10*time.Second {
			return http.StatusInternalServerError
		}
		return 0
	})
	n.declare()
	n.pass(time.Minute)
	got := n.outside.String()
	if !strings.HasPrefix(got, "0s push ann, ") || !strings.HasSuffix(got, "push ann, 30s SMS ann") {
		n.Errorf("sent: %s", got)
	}
}

// What a carrier tells later of a message is in the timeline: when it is in vain, the next way is tried at once.
func toldLaterOfAMessage(n *night) {
	n.staffed()
	s := n.declare()
	n.pass(time.Minute)
	page := n.incident(s).Paging.Pages[0]
	contacts, err := n.People().Contacts(n.ctx, n.people["ann"])
	n.must(err)
	query := url.Values{"incident": {s.String()}, "page": {page.Page.String()}, "channel": {"2"}, "address": {contacts[0].ID.String()}}
	if status, said := n.tell("/twilio/status?"+query.Encode(), url.Values{"MessageStatus": {"undelivered"}, "MessageSid": {"SM1"}}); status != http.StatusNoContent {
		n.Fatalf("%d: %s", status, said)
	}
	n.settle()
	n.want(n.outside.String(), "0s push ann, 30s SMS ann, 1m0s call ann")
}

// What became of messages is kept for some time, and then forgotten.
func whatWasSentIsKept(n *night) {
	n.staffed()
	n.declare()
	n.pass(time.Minute)
	kept := func() (out int) {
		n.must(n.Database().Reader().QueryRowContext(n.ctx, "SELECT count(*) FROM delivery").Scan(&out))
		return out
	}
	if kept() != 4 { // of push and SMS: the whole, and the one address
		n.Errorf("%d lines are kept", kept())
	}
	n.must(n.stop())
	n.set(three.Add(91 * 24 * time.Hour))
	n.open()
	n.await("they are forgotten", func() bool { return kept() == 0 })
}

// A link that was mailed by a server that was started anew since is still good.
func linksOutliveARestart(n *night) {
	s, link := n.mailed()
	n.must(n.stop())
	n.open()
	if status, said := n.ask(http.MethodPost, link, nil, nil); status != http.StatusOK {
		n.Errorf("%d: %s", status, said)
	}
	n.stops(s, "ann acknowledged by mail, cem cancelled")
}

// A code goes where it is to show whose that is, and a repeat of it is known again.
func aCodeShowsWhoseItIs(n *night) {
	n.hire("root", true)
	for _, kind := range []reach.Channel{reach.SMS, reach.Mail} {
		code := people.Challenge{
			Contact: id.New[id.Contact](), Person: n.people["root"], Kind: kind, Address: people.Secret(addressOf("root", kind)), Code: "471108",
			Expires: three.Add(people.ConfirmLife),
		}
		n.must(n.SendCode(n.ctx, code))
		first := n.outside.last(n.T, kind, "root")
		n.must(n.SendCode(n.ctx, code))
		if again := n.outside.last(n.T, kind, "root"); again.id != first.id || first.id == "" {
			n.Errorf("%s: %q, and again %q", names(kind), first.id, again.id)
		}
	}
	sms := n.outside.last(n.T, reach.SMS, "root").body
	if !strings.Contains(sms, "471108") || strings.Contains(n.outside.last(n.T, reach.Mail, "root").id, "471108") {
		n.Errorf("it says %q", sms)
	}
}

// Of two servers on one database each message is sent by one, and when one of them is stopped in the middle of a night, the other goes on.
func TestTwoServersPageOnce(t *testing.T) {
	t.Parallel()
	named := databasetest.Start(t)
	one := newNight(t, named("twoservers"))
	two := *one
	two.dir = short(t)
	two.open()
	t.Cleanup(func() { two.must(two.stop()) })
	one.staffed()
	s := one.declare()
	one.pass(4 * time.Minute)
	one.want(one.outside.String(), "0s push ann, 30s SMS ann, 3m0s call ann")
	one.must(one.stop())
	two.pass(4 * time.Minute)
	two.want(two.outside.String(), "0s push ann, 30s SMS ann, 3m0s call ann, 5m0s push bob, 5m30s SMS bob, 8m0s call bob")
	if _, said := two.tell("/twilio/sms", url.Values{"From": {addressOf("bob", reach.SMS)}, "Body": {"ok"}}); !strings.Contains(said, "on it") {
		t.Errorf("it says %s", said)
	}
	two.stops(s, "ann expired, bob acknowledged by SMS")
}

// Without a public address nobody can ask for what providers and browsers ask for.
func TestWithoutAPublicAddressNothingIsAskedForFromOutside(t *testing.T) {
	t.Parallel()
	n := &night{T: t, ctx: context.Background(), dir: short(t), hand: &hand{at: three}, private: true}
	n.outside = newOutside(t, n.hand)
	n.open()
	defer n.stop() //nolint:errcheck // looked at in other tests
	for _, target := range []string{"/twilio/sms", "/twilio/keys", "/twilio/status", "/acknowledge/x"} {
		if status, said := n.ask(http.MethodPost, target, nil, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d %s", target, status, said)
		}
	}
}
