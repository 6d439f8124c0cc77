package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/delivery"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Sending is what the pipeline that sends asks of the log and of what is kept of people, and what providers tell it: it is
// notify's Pages, Book, Journal, Acknowledger and Listener. It is safe for concurrent use.
type Sending struct {
	Ledger   *ledger.Ledger
	People   *people.Store
	Delivery *delivery.Store
	Tasks    *task.Store
	Clock    clock.Clock
	Language string // what people are told in, as words.For takes it
}

// Standing returns how a page stands, and what is said about its incident.
func (s Sending) Standing(ctx context.Context, at notify.Place) (notify.Standing, error) {
	i, err := s.Ledger.Incident(ctx, at.Incident)
	if err != nil {
		return notify.Standing{}, err
	}
	page, there := i.Paging.Page(at.Page)
	if !there {
		return notify.Standing{}, fault.New(fault.NotFound, "There is no such page.").WithAdvice("Nothing was changed.", "Look at the incident in Tsugi.")
	}
	out := notify.Standing{
		Person: page.Person, Urgency: page.Urgency, Expires: page.Expires, Patience: page.Patience, State: stateOf(page.Ended),
		Brief: s.brief(i),
	}
	for _, a := range page.Attempts {
		if !a.Accepted.IsZero() || !a.Receipt.IsZero() {
			out.Heard |= reach.ChannelsOf(a.Channel)
		}
	}
	return out, nil
}

func stateOf(e escalation.End) notify.State {
	switch e {
	case escalation.EndRunning:
		return notify.Ringing
	case escalation.EndAcknowledged:
		return notify.Answered
	case escalation.EndExpired:
		return notify.Expired
	default:
		return notify.Ended
	}
}

func (s Sending) brief(i incident.Incident) notify.Brief {
	severity, _ := s.Ledger.Setup().Severity(i.Severity)
	return notify.Brief{
		Number: i.Number, Title: i.Title, Kind: i.Kind, Level: i.Severity, Severity: severity.Name, Private: i.Private,
		Test: i.Kind == incident.TestPage,
	}
}

// Reach returns where a person is reached by a channel: at what they have verified, and on the devices that have a token.
func (s Sending) Reach(ctx context.Context, p id.Person, c escalation.Channel) (notify.Reach, error) {
	out := notify.Reach{Language: s.Language}
	if c == escalation.Push {
		tokens, err := s.People.PushTokens(ctx, p)
		for _, t := range tokens {
			out.Addresses = append(out.Addresses, notify.Address{ID: notify.AddressID(t.Device), To: string(t.Token)})
		}
		return out, err
	}
	contacts, err := s.People.Contacts(ctx, p)
	for _, have := range contacts {
		if have.Kind == c && !have.Verified.IsZero() {
			out.Addresses = append(out.Addresses, notify.Address{ID: notify.AddressID(have.ID), To: string(have.Address)})
		}
	}
	return out, err
}

// Strike takes out an address that is gone, and tells everybody what their owner is still reached through; the owner and the admins are
// warned by it.
func (s Sending) Strike(ctx context.Context, p id.Person, c escalation.Channel, a notify.Address) error {
	_, err := s.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		now := s.Clock.Now()
		owner, err := s.strike(ctx, tx, reached{p, c}, a, now)
		if err != nil || owner.IsZero() {
			return id.Actor{}, nil, err
		}
		left, err := s.People.Reach(ctx, tx, owner)
		if err != nil {
			return id.Actor{}, nil, err
		}
		return id.Actor{}, []stream.Submission{{
			ID: id.New[id.Command](), Target: id.Stream(owner), Written: clock.Moment{Wall: now},
			Command: workspace.TellReach{Person: owner, Channels: left.Channels, Devices: left.Devices, Gone: c},
		}}, nil
	})
	return err
}

// reached is whom a message was for, and by which channel.
type reached struct {
	person  id.Person
	channel escalation.Channel
}

// strike takes an address out and returns whose it was: a device may be another's by now. It is nobody's where there was nothing to be taken out.
func (s Sending) strike(ctx context.Context, tx *sqlite.Tx, by reached, a notify.Address, now time.Time) (id.Person, error) {
	if by.channel == escalation.Push {
		return s.People.Unregistered(ctx, tx, people.Secret(a.To), now)
	}
	if struck, err := s.People.StrikeContact(ctx, tx, id.Contact(a.ID), people.Secret(a.To), now); err != nil || !struck {
		return id.Person{}, err
	}
	return by.person, nil
}

// Past returns what was sent before.
func (s Sending) Past(ctx context.Context, a notify.Attempt, p id.Person, since time.Time) (notify.Past, error) {
	var out notify.Past
	lines, err := s.Delivery.Of(ctx, a.Page, a.Channel)
	if err != nil {
		return out, err
	}
	for _, l := range lines {
		if taken(notify.Reason(l.Reason)) && l.Address != [16]byte{} {
			out.Accepted = append(out.Accepted, notify.AddressID(l.Address))
		}
	}
	lately, err := s.Delivery.Since(ctx, p, a.Channel, since)
	for _, l := range lately {
		switch whole := l.Address == [16]byte{}; {
		case whole && notify.Reason(l.Reason) == notify.Throttled:
			out.Held++
		case whole && notify.Reason(l.Reason) == notify.ProviderAccepted:
			out.Lately++
			out.Held = 0
		}
	}
	return out, err
}

// taken reports whether a provider has taken a message of which it is told so: what it tells later takes the place of that it was accepted.
func taken(r notify.Reason) bool {
	switch r {
	case notify.ProviderAccepted, notify.Arrived, notify.PickedUp, notify.Unanswered, notify.Busy:
		return true
	default:
		return false
	}
}

// Record stores what became of one try, with the news for the page and, where nothing is left to be done, the end of the task.
func (s Sending) Record(ctx context.Context, r notify.Report) error {
	_, err := s.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		if err := s.Delivery.Record(ctx, tx, linesOf(r)...); err != nil {
			return id.Actor{}, nil, err
		}
		if r.Channel != escalation.Push {
			for _, l := range r.Lines {
				if err := s.People.Tried(ctx, tx, id.Contact(l.Address), r.At, l.Reason != notify.ProviderAccepted); err != nil {
					return id.Actor{}, nil, err
				}
			}
		}
		if r.Final {
			if err := s.Tasks.Finish(ctx, tx, r.Task); err != nil && !errors.Is(err, task.ErrOvertaken) {
				return id.Actor{}, nil, err
			}
		}
		return id.Actor{}, s.news(r), nil
	})
	return err
}

func linesOf(r notify.Report) []delivery.Line {
	line := func(address notify.AddressID, why notify.Reason, ref, detail string) delivery.Line {
		return delivery.Line{
			Page: r.Page, Channel: r.Channel, Address: address, Person: r.Person, At: r.At, Reason: uint8(why), Ref: ref, Detail: detail,
		}
	}
	out := []delivery.Line{line(notify.AddressID{}, r.Reason, "", "")}
	for _, l := range r.Lines {
		out = append(out, line(l.Address, l.Reason, l.Ref, l.Detail))
	}
	return out
}

// news returns what the page is told. A person without a device that can be pushed to may have an open client all the same: it rings
// there, and is told of by its receipt or not at all.
func (s Sending) news(r notify.Report) []stream.Submission {
	open := s.Ledger.Setup().People[r.Person].Ways().Has(reach.Push)
	nowhere := r.Reason == notify.NoProvider || r.Reason == notify.NoAddress
	if r.News == 0 || r.Channel == escalation.Push && nowhere && open {
		return nil
	}
	return []stream.Submission{{
		ID: id.New[id.Command](), Target: id.Stream(r.Incident), Written: clock.Moment{Wall: r.At},
		Command: incident.Tell{Page: r.Page, Channel: r.Channel, News: r.News, Reason: uint8(r.Reason)},
	}}
}

// Answer takes what somebody said who was paged, by the button of a mail, a key in a call, or a word in an SMS. What comes from a telephone
// counts only where its number is that of the person who was paged.
func (s Sending) Answer(ctx context.Context, a notify.Answer) (notify.Reply, error) {
	verdict, err := s.answer(ctx, a)
	return notify.Reply{Verdict: verdict, Language: s.Language}, err
}

func (s Sending) answer(ctx context.Context, a notify.Answer) (notify.Verdict, error) {
	owners, err := s.owners(ctx, a)
	if err != nil {
		return 0, err
	}
	at, verdict, err := s.meant(ctx, a, owners)
	if err != nil || verdict != 0 {
		return verdict, err
	}
	i, err := s.Ledger.Incident(ctx, at.Incident)
	if err != nil {
		return 0, err
	}
	page, there := i.Paging.Page(at.Page)
	if !there || a.Through.Dials() && !slices.Contains(owners, page.Person) {
		return notify.Nothing, nil
	}
	if _, answered := i.Paging.Answered(page.Person); answered && page.Ended == escalation.EndAcknowledged {
		return notify.Again, nil
	}
	if page.Ended != escalation.EndRunning {
		return notify.Over, nil
	}
	wish, verdict := incident.PagingCommand(incident.Acknowledge{Through: a.Through}), notify.Taken
	if a.Cannot {
		wish, verdict = incident.Decline{}, notify.Declined
	}
	return verdict, s.Ledger.Carry(ctx, id.Actor{Person: page.Person}, id.Stream(at.Incident), wish)
}

// owners returns whose the number is that an answer came from.
func (s Sending) owners(ctx context.Context, a notify.Answer) ([]id.Person, error) {
	if !a.Through.Dials() {
		return nil, nil
	}
	return s.People.Owners(ctx, a.From)
}

// meant returns which page an answer is about. A verdict other than zero says why that is not known.
func (s Sending) meant(ctx context.Context, a notify.Answer, owners []id.Person) (notify.Place, notify.Verdict, error) {
	if !a.At.Page.IsZero() {
		return a.At, 0, nil
	}
	if len(owners) == 0 {
		return notify.Place{}, notify.Stranger, nil
	}
	var ringing []delivery.Page
	for _, p := range owners {
		pages, err := s.Delivery.Ringing(ctx, p)
		if err != nil {
			return notify.Place{}, 0, err
		}
		ringing = append(ringing, pages...)
	}
	if a.Unclear || len(ringing) == 0 {
		return notify.Place{}, notify.Nothing, nil
	}
	if a.Code != "" {
		ringing = slices.DeleteFunc(ringing, func(p delivery.Page) bool { return notify.Code(p.Page) != a.Code })
	}
	switch {
	case len(ringing) == 0:
		return notify.Place{}, notify.WrongCode, nil
	case len(ringing) > 1:
		return notify.Place{}, notify.Several, nil
	default:
		return notify.Place{Incident: ringing[0].Incident, Page: ringing[0].Page}, 0, nil
	}
}

// Heard keeps what a provider tells later of a message that it has taken.
func (s Sending) Heard(ctx context.Context, p notify.Progress) error {
	i, err := s.Ledger.Incident(ctx, p.Incident)
	if err != nil {
		return err
	}
	page, there := i.Paging.Page(p.Page)
	if !there {
		return nil
	}
	report := notify.Report{
		Attempt: p.Attempt, Person: page.Person, At: s.Clock.Now(), Reason: p.Reason, News: p.Reason.News(),
		Lines: []notify.Line{{Address: p.Address, Reason: p.Reason, Ref: p.Ref, Detail: p.Detail}},
	}
	_, err = s.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		if err := s.Delivery.Record(ctx, tx, linesOf(report)[1:]...); err != nil {
			return id.Actor{}, nil, fmt.Errorf("keep what a provider told: %w", err)
		}
		return id.Actor{}, s.news(report), nil
	})
	return err
}
