package present

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reminder"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// ReminderParams is what a reminder is worded with.
type ReminderParams struct {
	Rotation string // what it is called; empty for one that this device does not know
	Now      time.Time
}

// remindedFor is how long it is news that one's shifts have changed: whoever was away for a night should hear of it all the same.
const remindedFor = 24 * time.Hour

// ReminderNews returns what whoever looks is told of their shifts. It is false for what has begun meanwhile, and for what a later version tells.
// It is not urgent: nobody is disturbed by it who does not want to be.
func ReminderNews(e workspace.Reminded, at id.Envelope, p ReminderParams, v View) (News, bool) {
	over := at.Received.Add(remindedFor)
	if !e.From.IsZero() && e.From.Before(over) {
		over = e.From
	}
	if e.About == workspace.NotReady || e.About == workspace.TheirsNotReady {
		over = at.Received.Add(remindedFor) // a shift that has begun is the more reason
	}
	if p.Rotation == "" || !p.Now.Before(over) {
		return News{}, false
	}
	said, known := reminder.Say(e, reminder.Names{Rotation: p.Rotation, Person: v.Person(e.Person).Name}, reminder.Reader{Words: v.Words, Zone: v.Zone})
	return News{Title: said.Title, Text: said.Text, Personal: true, Rotation: e.Rotation, Reminder: at.Command}, known
}
