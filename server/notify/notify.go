// Package notify sends what is to reach somebody. One attempt, by one channel of one page, is a task; it goes through Route, Mute, Dedup
// and Throttle, which are pure and may each stop it with a reason, then it is sent to all addresses at once and what became of it is
// recorded. Nothing is ever left out in silence: whatever is not sent has a Reason, and so has whatever was.
//
// Towards providers everything happens at least once: a message carries the same ID however often it is sent, so that a device, and where
// there is such a thing the provider, takes a repeat for what it is.
package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Provider sends by one channel. It is safe for concurrent use.
type Provider interface {
	Channel() escalation.Channel
	// Queue names the pool that serves this provider and no other, so that a slow one holds nobody else up.
	Queue() task.Queue
	// Send hands one message to the provider for one address. It returns before ctx ends, and tries once: who counts tries is the table
	// of tasks. When nothing was accepted it fails with a *Refusal; any other error counts as Transient.
	Send(ctx context.Context, m Message, to Address) (Accepted, error)
}

// Message is what one person is told, in their language. It is the same for all their addresses.
type Message struct {
	// ID is the same however often the message is sent.
	ID       string
	Page     id.Page
	Incident id.Incident
	Person   id.Person
	Name     string // "INC-47"; empty for an incident that has no number
	Severity workspace.Level
	Urgency  escalation.Urgency
	Language string // as words.For takes it
	Title    string // "SEV1 INC-47"
	Text     string // "Checkout is down"; never of a private incident
	Spoken   string // both, as they are read out
	Expires  time.Time
	// Collapse is the same for all that replaces each other on a device, and safe in a header.
	Collapse string
	// Code is what somebody answers with who has nothing but the text: digits.
	Code string
	// Repeat says that a former try may have got through although it seemed to fail.
	Repeat bool
	// Link leads to a page with a button that acknowledges; empty where there is none.
	Link string
}

type addressNoun struct{}

// AddressID names an address in records, which hold no numbers and no mailboxes.
type AddressID = id.ID[addressNoun]

// Address is where a message goes.
type Address struct {
	ID AddressID
	To string // a device's token, a number in the form +491701234567, a mailbox
}

// Accepted is what a provider says about a message that it has taken. That it did means little: it has not arrived.
type Accepted struct {
	Ref string // what the provider calls it
}

// Answer is what somebody said who was paged.
type Answer struct {
	At      Place  // zero where only a code is known
	Code    string // as in Message.Code; empty where At is known, or nothing was said but that they come
	From    string // the number that an SMS came from, or that was called
	Through escalation.Channel
	Cannot  bool // they cannot help
	Unclear bool // what was said was not understood: nothing is to be done, but whose answer it is says how to ask again
}

// Verdict says what an answer led to.
type Verdict uint8

// The verdicts.
const (
	Taken     Verdict = iota + 1 // acknowledged now
	Again                        // acknowledged before, by the same person
	Declined                     // it is known that they cannot
	Over                         // the page has ended otherwise
	WrongCode                    // no page of this person has the code
	Several                      // there was no code, and several pages are running
	Nothing                      // no page of this person is running
	Stranger                     // nobody has the number that it came from
)

// Reply is what whoever answered is told.
type Reply struct {
	Verdict  Verdict
	Language string // of the person, as words.For takes it; empty where it is not known
}

// Acknowledger takes answers. The same answer may come again. It fails when the answer could not be stored.
type Acknowledger interface {
	Answer(ctx context.Context, a Answer) (Reply, error)
}

// Progress is what a provider tells later of a message that it has taken.
type Progress struct {
	Attempt
	Address AddressID
	Reason  Reason
	Ref     string // what the provider calls the message
	Detail  string // for admins
}

// Listener keeps what providers tell later. The same may come again, and in any order.
type Listener interface {
	Heard(ctx context.Context, p Progress) error
}

// Say returns what a verdict is told as; code is what the answer named. It is empty for a Stranger, who is told nothing.
func (v Verdict) Say(w words.Answers, code string) string {
	switch v {
	case Taken:
		return w.Taken
	case Again:
		return w.Again
	case Declined:
		return w.Declined
	case Over:
		return w.Over
	case WrongCode:
		return fmt.Sprintf(w.WrongCode, code)
	case Several:
		return w.Several
	case Nothing:
		return w.Nothing
	case Stranger:
		return ""
	default:
		return w.Failed
	}
}
