package present

import (
	"fmt"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// GoneNews tells whose address it was, and the admins, that one is gone and was taken out: they are not reached there any more. It is
// false for everybody else, for an hour-old event, and for one that says nothing of that kind.
func GoneNews(e workspace.ReachableThrough, at id.Envelope, now time.Time, v View) (News, bool) {
	self, of := v.Self.Person, id.Person(at.Stream)
	mine := of == self
	if e.Gone == 0 || self.IsZero() || now.Sub(at.Received) > freshFor || !mine && !v.Setup.People[self].Admin {
		return News{}, false
	}
	w, channel := v.Words.News, v.Channel(e.Gone)
	n := News{Person: of, Personal: mine, Urgent: mine, Title: w.GoneTitle, Text: fmt.Sprintf(w.Gone, channel)}
	if !mine {
		n.Text = fmt.Sprintf(w.GoneOf, v.Person(of).Name, channel)
	}
	return n, true
}
