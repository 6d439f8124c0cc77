package present

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// Feed is one address under which calendars of whoever looks read who is on call, without what is secret of it.
type Feed struct {
	ID       id.Feed
	Kind     oncall.FeedKind
	Rotation id.Rotation // of oncall.OneRotation
	Name     string      // of that rotation; empty for one that this device does not know
	Made     time.Time
	Read     time.Time // when a calendar read it last; zero for never
}

// FeedShows says what is to be seen under an address.
func (v View) FeedShows(f Feed) string {
	w := v.Words.Calendar
	switch {
	case f.Kind == oncall.OwnShifts:
		return w.Mine
	case f.Kind == oncall.AllShifts:
		return w.Everything
	case f.Name == "":
		return w.Gone
	default:
		return fmt.Sprintf(w.Of, f.Name)
	}
}

// FeedMade says when an address was made.
func (v View) FeedMade(f Feed, now time.Time) string {
	return fmt.Sprintf(v.Words.Calendar.Made, v.Ago(f.Made, now))
}

// FeedRead says whether an address is in use.
func (v View) FeedRead(f Feed, now time.Time) string {
	if f.Read.IsZero() {
		return v.Words.Calendar.Unread
	}
	return fmt.Sprintf(v.Words.Calendar.Read, v.Ago(f.Read, now))
}
