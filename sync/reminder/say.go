package reminder

import (
	"fmt"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Reader is for whom a reminder is worded.
type Reader struct {
	Words words.Catalog
	Zone  *time.Location
	// NameZone says that times name their zone: whoever reads it may be elsewhere.
	NameZone bool
}

// Names are what is called how.
type Names struct {
	Rotation string
	Person   string // of the other person that it is about
}

// Said is a reminder in words.
type Said struct{ Title, Text string }

// Say words a reminder. It is false for one of a later version.
func Say(r workspace.Reminded, n Names, to Reader) (Said, bool) {
	w := to.Words.Reminder
	switch r.About {
	case workspace.ShiftComes:
		text := fmt.Sprintf(w.ComesOpen, n.Rotation)
		if !r.Until.IsZero() {
			text = fmt.Sprintf(w.ComesUntil, n.Rotation, to.moment(r.Until))
		}
		return Said{fmt.Sprintf(w.Comes, to.moment(r.From)), text}, true
	case workspace.ShiftsChanged:
		return Said{fmt.Sprintf(w.Changed, n.Rotation), to.changes(r)}, true
	case workspace.NotReady:
		return Said{fmt.Sprintf(w.NotReady, to.moment(r.From)), fmt.Sprintf(w.NotReadyText, n.Rotation, to.missing(r.Doubts)) + " " + w.SetIt}, true
	case workspace.TheirsNotReady:
		return Said{fmt.Sprintf(w.TheirsNotReady, n.Person, to.moment(r.From)), fmt.Sprintf(w.TheirsText, n.Rotation, to.missing(r.Doubts))}, true
	default:
		return Said{}, false
	}
}

// changes says what has changed, a line for each span.
func (to Reader) changes(r workspace.Reminded) string {
	w := to.Words.Reminder
	var lines []string
	for _, c := range r.Changes {
		said := w.On
		if c.Off {
			said = w.Off
		}
		lines = append(lines, fmt.Sprintf(said, to.moment(c.From), to.moment(c.Until)))
	}
	switch {
	case r.More == 1:
		lines = append(lines, w.MoreOne)
	case r.More > 1:
		lines = append(lines, fmt.Sprintf(w.More, r.More))
	}
	return strings.Join(lines, "\n")
}

// missing names the settings that are wrong.
func (to Reader) missing(doubts []workspace.ReachDoubt) string {
	w := to.Words.Reminder
	var out []string
	for _, d := range doubts {
		switch escalation.Doubt(d.Doubt) {
		case escalation.NoChannel:
			out = append(out, w.NoWay)
		case escalation.NothingWakes:
			out = append(out, w.OnlyMail)
		case escalation.OneChannel:
			out = append(out, fmt.Sprintf(w.OneWay, to.channel(d.Channel)))
		case escalation.WakesLate:
			out = append(out, fmt.Sprintf(w.Late, int(d.After.Minutes())))
		case escalation.LastInVain:
			out = append(out, fmt.Sprintf(w.InVain, to.channel(d.Channel)))
		default:
			out = append(out, w.Other)
		}
	}
	return strings.Join(out, "; ")
}

func (to Reader) channel(c reach.Channel) string {
	w := to.Words.Reminder
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
		return w.SomethingNewer
	}
}

// moment says when something is, with its day.
func (to Reader) moment(t time.Time) string {
	t = t.In(to.Zone)
	w := to.Words
	month := nth(w.Time.Months, int(t.Month())-1)
	clock := t.Format("15:04")
	if to.NameZone {
		clock = t.Format("15:04 MST")
	}
	return fmt.Sprintf(w.Reminder.Moment, nth(w.Time.Weekdays, int(t.Weekday())), fmt.Sprintf(w.Time.DayMonth, t.Day(), month), clock)
}

func nth(list string, n int) string {
	names := strings.Fields(list)
	if n < 0 || n >= len(names) {
		return ""
	}
	return names[n]
}
