package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// asksForTest has somebody ask for a test page.
func (n *night) asksForTest(name string) id.Stream {
	n.Helper()
	s := id.New[id.Stream]()
	n.give(name, s, incident.Declare{Kind: incident.TestPage})
	return s
}

// A test page goes the way of a real one through the same providers, says everywhere that it is a test, and reaches nobody else: not
// whoever is on call, and, when it is not answered, not the next in turn.
func aTestPage(n *night) {
	n.staffed()
	s := n.asksForTest("dee")
	n.pass(time.Hour)
	n.want(n.outside.String(), "0s push dee, 30s SMS dee, 3m0s call dee, 5m0s mail dee")
	n.want(n.ends(s), "dee expired")
	for _, c := range []reach.Channel{reach.Push, reach.SMS} {
		if said := n.outside.last(n.T, c, "dee"); !strings.Contains(said.body, "Test page") || !strings.Contains(said.body, "only a test") {
			n.Errorf("%s says %q", names(c), said.body)
		}
	}
	if i := n.incident(s); i.Status != incident.Closed || i.Number != 0 || !i.Private {
		n.Errorf("it is %s, number %d, private: %t", i.Status, i.Number, i.Private)
	}
}

// It is answered like a real one, and then nothing more is tried.
func aTestPageAnswered(n *night) {
	n.staffed()
	s := n.asksForTest("ann")
	n.pass(time.Minute)
	code := n.outside.last(n.T, reach.SMS, "ann").id
	if status, said := n.tell("/twilio/sms", url.Values{"From": {addressOf("ann", reach.SMS)}, "Body": {"ack " + code}}); status != http.StatusOK {
		n.Errorf("%d: %s", status, said)
	}
	n.stops(s, "ann acknowledged by SMS")
	page, _ := n.incident(s).Paging.Reaching(n.people["ann"])
	if first := page.Attempts[0]; first.Accepted.IsZero() || first.Channel != escalation.Push {
		n.Errorf("of the push is known %+v", first)
	}
}
