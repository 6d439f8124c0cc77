package warroom_test

import (
	"bytes"
	"fmt"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// happens lets one thing happen in the room by chance: words, a star, a pin, a task, a tag, a status.
func (l *long) happens(chance *rand.Rand) {
	var written []id.Entry
	for _, r := range l.records {
		if w, ok := r.Event.(incident.Written); ok {
			written = append(written, w.Entry)
		}
	}
	some := written[chance.IntN(len(written))]
	event := []incident.Event{
		incident.Written{Entry: id.New[id.Entry](), Text: fmt.Sprint("words ", chance.IntN(1000))},
		incident.Starred{Entry: some},
		incident.Starred{Entry: some, Off: true},
		incident.Pinned{Entry: some},
		incident.Erased{Entry: some},
		incident.Edited{Entry: some, Text: "edited"},
		incident.Tagged{Tag: fmt.Sprint("tag-", chance.IntN(9))},
		incident.SeverityChanged{From: 1, To: workspace.Level(1 + chance.IntN(4))},
		incident.StatusChanged{To: incident.Mitigated},
		incident.Retitled{To: fmt.Sprint("Title ", chance.IntN(9))},
		incident.Joined{},
		incident.MilestoneMarked{Entry: some, Name: incident.Detected, At: noon()},
	}[chance.IntN(12)]
	r := present.Record{Event: event, At: id.Envelope{
		Stream: id.Stream(l.in.ID), Command: id.New[id.Command](), StreamSeq: l.in.Seq + 1, Actor: id.Actor{Person: l.by[chance.IntN(3)]}, Occurred: noon(), Received: noon(),
	}}
	l.records = append(l.records, r)
	l.in, _ = stream.Apply(l.in, r.At, event).(incident.Incident)
}

// shownIn returns the picture of a window.
func shownIn(t *testing.T, c fyne.Canvas) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, c.Capture()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A page that follows a room change by change looks like one that was opened just now.
func TestAPageThatFollowsARoomLooksLikeOneThatWasJustOpened(t *testing.T) { //nolint:paralleltest // the toolkit has one application
	l := newLongOf(40)
	chance := rand.New(rand.NewPCG(5, 5)) //nolint:gosec // the same in every run
	following, seen := room(t, l)
	following.Show(l.in.ID)
	for step := range 60 {
		for range 1 + chance.IntN(3) {
			l.happens(chance)
		}
		following.Refresh()
		tab := 0
		if chance.IntN(4) == 0 {
			tab = chance.IntN(5)
		}
		following.Turn(tab)
		former := l.told
		l.told = present.Telling{} // the other one is told at once
		opened, sees := room(t, l)
		opened.Show(l.in.ID)
		opened.Turn(tab)
		l.told = former
		if got, want := following.Listed(), opened.Listed(); !slices.Equal(got, want) {
			t.Fatalf("step %d, tab %d: listed are\n%q\nwant\n%q", step, tab, got, want)
		}
		if step%10 == 9 && !bytes.Equal(shownIn(t, seen), shownIn(t, sees)) {
			t.Fatalf("step %d, tab %d: the two windows look different", step, tab)
		}
	}
}
