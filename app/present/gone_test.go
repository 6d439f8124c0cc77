package present_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestWhoIsToldThatAnAddressIsGone(t *testing.T) {
	t.Parallel()
	ada, root, ben := id.New[id.Person](), id.New[id.Person](), id.New[id.Person]()
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	w := workspace.Default().With(workspace.Person{ID: ada, Name: "Ada"}).With(workspace.Person{ID: root, Name: "Root", Admin: true}).With(workspace.Person{ID: ben, Name: "Ben"})
	gone := workspace.ReachableThrough{Gone: reach.SMS}
	for name, c := range map[string]struct {
		self  id.Person
		event workspace.ReachableThrough
		after time.Duration
		text  string // a part of it; empty for no news
		loud  bool
	}{
		"whose it was":          {ada, gone, time.Minute, "You are not reached there any more: text message", true},
		"an admin":              {root, gone, time.Minute, "Ada", false},
		"somebody else":         {ben, gone, time.Minute, "", false},
		"two hours later":       {ada, gone, 2 * time.Hour, "", false},
		"of what they took out": {ada, workspace.ReachableThrough{}, time.Minute, "", false},
	} {
		v := present.View{Self: id.Actor{Person: c.self}, Zone: time.UTC, Words: words.English(), Setup: w}
		n, told := present.GoneNews(c.event, id.Envelope{Stream: id.Stream(ada), Received: at}, at.Add(c.after), v)
		if told != (c.text != "") || !strings.Contains(n.Text, c.text) || n.Urgent != c.loud || told && n.Person != ada {
			t.Errorf("%s: %v, %+v", name, told, n)
		}
	}
}
