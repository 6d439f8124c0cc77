package reminder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/reminder"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// quiet are the channels by which reminders go: what dials rings.
func quiet() reach.Channels { return reach.ChannelsOf(reach.Push, reach.Mail) }

// posts returns what is to be sent of a reminder: by what its person has, the server can send through, and their rules for what can wait name.
func (r *Reminders) posts(ctx context.Context, w workspace.Setup, one telling) ([]task.Task, error) {
	has := w.People[one.to].Channels & r.sends() & quiet()
	if has == 0 {
		return nil, nil
	}
	reader, err := r.Ledger.Reader(ctx, one.to)
	if err != nil {
		return nil, err
	}
	said, err := wire.EncodeEvent(one.say)
	if err != nil {
		return nil, fmt.Errorf("write a reminder: %w", err)
	}
	var out []task.Task
	for _, rule := range reader.Rules.For(reach.Low, has) {
		out = append(out, task.Task{
			ID: id.Derive[task.ID](one.id, fmt.Sprintf("send by %d", rule.Channel)), Queue: SendQueue, Rank: task.Normal,
			About: id.Stream(one.id), Due: r.Clock.Now(), End: one.end, Body: letter{one.to, rule.Channel, said}.bytes(),
		})
	}
	return out, nil
}

// letter is what is to be sent: ids and times, and no words.
type letter struct {
	to      id.Person
	channel reach.Channel
	said    []byte // a workspace.Reminded, as events are stored
}

func (l letter) bytes() []byte {
	return append(append(l.to.Bytes(), byte(l.channel)), l.said...)
}

func letterFrom(raw []byte) (l letter, say workspace.Reminded, err error) {
	if len(raw) < 17 {
		return l, say, errors.New("read a reminder: it is too short")
	}
	l = letter{to: id.Person(raw[:16]), channel: reach.Channel(raw[16]), said: raw[17:]}
	event, err := wire.DecodeEvent(id.KindReader, l.said)
	if err != nil {
		return l, say, fmt.Errorf("read a reminder: %w", err)
	}
	say, ok := event.(workspace.Reminded)
	if !ok {
		return l, say, fmt.Errorf("read a reminder: it is a %T", event)
	}
	return l, say, nil
}

// send sends a reminder by one channel.
func (r *Reminders) send(ctx context.Context, t task.Taken) error {
	l, say, err := letterFrom(t.Body)
	if err != nil {
		return task.Permanent(err)
	}
	to, err := r.addresses(ctx, l)
	if err != nil || len(to) == 0 || r.Post == nil {
		return err // without an address any more there is nothing to do
	}
	m, err := r.message(ctx, l.to, say)
	if err != nil {
		return err
	}
	m.ID, m.Collapse, m.Expires = t.ID.String(), t.ID.String(), t.End
	return r.Post.SendNotice(ctx, l.channel, m, to)
}

// message words a reminder.
func (r *Reminders) message(ctx context.Context, to id.Person, say workspace.Reminded) (notify.Message, error) {
	rotation, err := r.Ledger.Rotation(ctx, say.Rotation)
	if fault.Is(err, fault.NotFound) {
		err = task.Permanent(err)
	}
	if err != nil {
		return notify.Message{}, err
	}
	people := r.Ledger.Setup().People
	reader := reminder.Reader{Words: words.For(r.Language), Zone: zoneOf(people[to], rotation.Rotation, r.Clock.Now()), NameZone: true}
	said, known := reminder.Say(say, reminder.Names{Rotation: rotation.Name, Person: people[say.Person].Name}, reader)
	if !known {
		return notify.Message{}, task.Permanent(errors.New("word a reminder: there are no words for it"))
	}
	return notify.Message{Person: to, Language: r.Language, Urgency: reach.Low, Title: said.Title, Text: said.Text}, nil
}

// zoneOf returns by which clocks somebody is told of a rotation: their own, or else those of the rotation.
func zoneOf(p workspace.Person, r oncall.Rotation, now time.Time) *time.Location {
	name := p.Zone
	if v, ok := r.Version(now); ok && name == "" {
		name = v.Zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// addresses returns where somebody is reached by a channel.
func (r *Reminders) addresses(ctx context.Context, l letter) (out []notify.Address, err error) {
	if l.channel == reach.Push {
		tokens, err := r.People.PushTokens(ctx, l.to)
		for _, t := range tokens {
			out = append(out, notify.Address{ID: notify.AddressID(t.Device), To: string(t.Token)})
		}
		return out, err
	}
	contacts, err := r.People.Contacts(ctx, l.to)
	for _, c := range contacts {
		if c.Kind == l.channel && !c.Verified.IsZero() {
			out = append(out, notify.Address{ID: notify.AddressID(c.ID), To: string(c.Address)})
		}
	}
	return out, err
}
