package notify

import (
	"context"
	"time"

	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Place is where a page stands: in the paging of an incident.
type Place struct {
	Incident id.Incident
	Page     id.Page
}

// Attempt is what a task of a provider's queue is about.
type Attempt struct {
	Place
	Channel escalation.Channel
}

// State is whether a page may ring.
type State uint8

// The states.
const (
	Ringing  State = 0
	Answered State = 1 // the person acknowledged
	Expired  State = 2 // the next step has fallen
	Ended    State = 3 // in any other way: somebody else acknowledged, the person cannot, the incident is over
)

// Pages tells how a page stands. It fails with NotFound for one that there is not.
type Pages interface {
	Standing(ctx context.Context, at Place) (Standing, error)
}

// Standing is a page as it is now, and what is said about its incident.
type Standing struct {
	Person   id.Person
	Urgency  escalation.Urgency
	Expires  time.Time
	Patience time.Duration // how long it is waited before the next channel
	State    State
	// Heard are the channels by which a provider has accepted this page.
	Heard escalation.Channels
	Brief Brief
}

// Brief is what a message says about an incident.
type Brief struct {
	Number   uint32 // shown as INC-47; 0 where there is none
	Title    string
	Kind     incident.Kind
	Level    workspace.Level
	Severity string // the name that the company gave the level
	Private  bool   // its title goes to no provider
	Test     bool   // somebody wants to know whether pages reach them
}

// Book tells how people are reached.
type Book interface {
	// Reach returns what is known of a person for one channel. Somebody unknown has no address.
	Reach(ctx context.Context, p id.Person, c escalation.Channel) (Reach, error)
	// Strike takes out an address that is gone, and warns its owner through what is left. It may have been taken out already, or, where a
	// device has a new token, changed meanwhile: only what still reads as in a is taken out.
	Strike(ctx context.Context, p id.Person, c escalation.Channel, a Address) error
}

// Reach is how somebody is reached by one channel.
type Reach struct {
	Language  string // as words.For takes it
	Muted     time.Time
	Addresses []Address
}

// Journal keeps what was sent.
type Journal interface {
	// Past returns what was recorded of an attempt before, and of others by the same channel to the same person since an instant.
	Past(ctx context.Context, a Attempt, p id.Person, since time.Time) (Past, error)
	// Record stores what became of one try: all of it, and the news for the page with it, in one transaction, before which nobody hears
	// of it. Where the report is Final it may finish the task in the same transaction.
	Record(ctx context.Context, r Report) error
}

// Past is what was recorded before.
type Past struct {
	Accepted []AddressID // have this attempt's message
	Lately   int         // how many messages went by the channel to the person
	Held     int         // how many were throttled since the last that went
}

// Report is what became of one try.
type Report struct {
	Attempt
	Person id.Person
	Task   task.Taken
	At     time.Time
	Final  bool // the task is done
	// Lines are what became of it at each address, in the order of the addresses.
	Lines []Line
	// Reason is what became of the attempt as a whole, and News what the page is told of it, zero for nothing.
	Reason Reason
	News   escalation.News
	// Wait is how long the provider asked to wait.
	Wait time.Duration
}

// Line is what became of a message at one address.
type Line struct {
	Address AddressID
	Reason  Reason
	Ref     string // what the provider calls the message
	Setting string // for InstallationWrong: what an admin is to change
	Detail  string // what the provider said, for admins
}
