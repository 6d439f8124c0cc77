package warroom_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/warroom"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func TestWhatPeopleWroteIsDrawnAndItsLinksOpen(t *testing.T) {
	l := newLong()
	l.records = []present.Record{{
		Event: incident.Written{Text: "https://wiki.example.com/db-7\n- **@Ada Sample** looks\n- #disk"},
		At: id.Envelope{
			Command: id.New[id.Command](), StreamSeq: 1, Actor: id.Actor{Person: l.by[1]}, Occurred: noon(), Received: noon(),
		},
	}}
	p, c := room(t, l)
	p.Show(l.in.ID)
	var said []string
	var link fyne.CanvasObject
	widget.Walk(p.Content(), func(o fyne.CanvasObject) bool {
		if f, is := o.(*widget.Flow); is {
			said = append(said, f.Words())
			if strings.HasPrefix(f.Words(), "https://") {
				link = f
			}
		}
		return true
	})
	for _, want := range []string{"https://wiki.example.com/db-7", "@Ada Sample looks", "#disk"} {
		if !slices.Contains(said, want) {
			t.Errorf("%q is not shown; there are %q", want, said)
		}
	}
	if link == nil {
		t.FailNow()
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(link)
	test.TapCanvas(c, at.AddXY(20, 12))
	if !slices.Equal(l.opened, []string{"https://wiki.example.com/db-7"}) {
		t.Errorf("opened were %q", l.opened)
	}
}

// settling is a canvas that counts how often it was laid out before it is drawn.
type settling struct {
	fyne.Canvas
	times int
}

func (s *settling) EnsureMinSize() bool {
	s.times++
	return false
}

func TestWhatArrivesIsLaidOutBeforeItIsDrawn(t *testing.T) {
	l := newLongOf(30)
	_, c := room(t, l)
	s := &settling{Canvas: c}
	p := warroom.New(warroom.Params{
		Session: l, Work: widget.Direct{}, Canvas: s, View: l.view, Now: noon, Failed: func(err error) { t.Error(err) }, Changed: func() {},
	})
	p.Show(l.in.ID)
	before := s.times
	l.add()
	p.Refresh()
	if s.times != before+1 {
		t.Errorf("laid out %d times after one more entry, want 1", s.times-before)
	}
	p.Refresh()
	if s.times != before+1 {
		t.Error("laid out again though nothing has arrived")
	}
}

// keyed returns the widget of a key that is shown.
func keyed(p *warroom.Page, key string) (found fyne.CanvasObject) {
	widget.Walk(p.Content(), func(o fyne.CanvasObject) bool {
		if k, is := o.(widget.Keyed); is && k.FocusKey() == key {
			found = o
		}
		return found == nil
	})
	return found
}

func TestOfTheFactsOnlyThatIsMadeAnewWhichShowsSomethingElse(t *testing.T) {
	l := newLongOf(3)
	p, _ := room(t, l)
	p.Show(l.in.ID)
	join, tag := keyed(p, "join"), keyed(p, "add tag")
	if join == nil || tag == nil {
		t.Fatal("the facts are not shown")
	}
	l.in.Tags = append(l.in.Tags, "db")
	l.add()
	p.Refresh()
	if keyed(p, "add tag") == tag {
		t.Error("the tags were not made anew")
	}
	if keyed(p, "join") != join {
		t.Error("the people were made anew, of whom nothing has changed")
	}
}
