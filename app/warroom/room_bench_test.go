package warroom_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/warroom"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// long is a session with one long incident, which remembers what it told, as the real one does.
type long struct {
	warroom.Files  // none of its entries carries any
	warroom.Merger // and nobody merges it
	noDrafts
	view    present.View
	in      incident.Incident
	by      []id.Person
	records []present.Record
	told    present.Telling
	opened  []string
}

// noDrafts keeps nothing of what was begun.
type noDrafts struct{}

func (noDrafts) RoomDraft(context.Context, id.Incident) (present.Draft, error) {
	return present.Draft{}, nil
}
func (noDrafts) KeepRoomDraft(context.Context, id.Incident, present.Draft) error { return nil }

func newLong() *long { return newLongOf(entries) }

func newLongOf(entries int) *long {
	l := &long{view: present.View{Setup: workspace.Default(), Zone: time.UTC, Words: words.English()}}
	for _, name := range []string{"Ada Sample", "Cleo Sample", "Dora Sample"} {
		p := workspace.Person{ID: id.New[id.Person](), Seq: 1, Name: name}
		l.view.Setup, l.by = l.view.Setup.With(p), append(l.by, p.ID)
	}
	l.in = incident.Incident{ID: id.New[id.Incident](), Title: "Checkout fails", Severity: 1, Number: 1, DeclaredAt: noon().Add(-30 * time.Hour)}
	for range entries {
		l.add()
	}
	return l
}

// add writes one more entry: every fifth is a change of state, and some are long.
func (l *long) add() {
	n := len(l.records)
	text := fmt.Sprintf("entry %d: orders in the north go through again, the south still waits for db-7", n)
	if n%7 == 0 {
		text += ". The runbook is at https://wiki.example.com/runbooks/db-7-disk-full and says to stop writers first, then to free space, then to start them one by one."
	}
	event := incident.Event(incident.Written{Entry: id.New[id.Entry](), Text: text})
	if n%5 == 0 {
		event = incident.SeverityChanged{From: 2, To: workspace.Level(1 + n/5%2), Reason: fmt.Sprint("reason ", n)}
	}
	l.in.Seq++
	at := noon().Add(-30*time.Hour + time.Duration(n)*10*time.Second)
	l.records = append(l.records, present.Record{Event: event, At: id.Envelope{
		Command: id.New[id.Command](), StreamSeq: l.in.Seq, Actor: id.Actor{Person: l.by[n/3%3]}, Occurred: at, Received: at,
	}})
}

func (l *long) Room(context.Context, id.Incident, int) (present.Room, error) {
	return present.RoomFrom(present.RoomParams{Incident: l.in, Seq: l.in.Seq, Records: l.records, Fires: []incident.Incident{l.in}, Now: noon(), Reading: 1, Telling: &l.told}, l.view), nil
}
func (l *long) Attend(id.Incident) func()                                   { return func() {} }
func (l *long) Type(id.Incident, bool)                                      {}
func (l *long) Attendance(id.Incident) present.Attendance                   { return present.Attendance{} }
func (l *long) LoadEarlier(context.Context, id.Incident) error              { return nil }
func (l *long) Hear(context.Context, id.Incident, bool) error               { return nil }
func (l *long) Submit(context.Context, id.Incident, incident.Command) error { return nil }
func (l *long) Tags(context.Context, string) ([]string, error)              { return nil, nil }
func (l *long) MarkRead(context.Context, id.Incident, uint64) error         { return nil }

// room opens a window with a room in it, which shows nothing yet.
func room(b testing.TB, l *long) (*warroom.Page, fyne.Canvas) {
	b.Helper()
	return roomOf(b, l, widget.Direct{})
}

func roomOf(b testing.TB, l *long, work widget.Work) (*warroom.Page, fyne.Canvas) {
	b.Helper()
	a := test.NewTempApp(b)
	a.Settings().SetTheme(theme.New(theme.Dark))
	w := a.NewWindow("")
	w.SetPadded(false)
	p := warroom.New(warroom.Params{
		Session: l, Work: work, Canvas: w.Canvas(), View: l.view, Now: noon,
		Failed: func(err error) { b.Error(err) }, Changed: func() {}, Visit: func(to string) { l.opened = append(l.opened, to) },
	})
	w.SetContent(p.Content())
	w.Resize(fyne.NewSize(1376, 844))
	return p, w.Canvas()
}

// entries is how long the benchmarked incident is.
const entries = 10_000

// BenchmarkOpen opens the room: every entry is measured once.
func BenchmarkOpen(b *testing.B) {
	l := newLong()
	for b.Loop() {
		p, _ := room(b, l)
		p.Show(l.in.ID)
	}
}

// BenchmarkScroll moves the timeline by three entries.
func BenchmarkScroll(b *testing.B) {
	l := newLong()
	p, c := room(b, l)
	p.Show(l.in.ID)
	way := float32(100)
	for i := 0; b.Loop(); i++ {
		if i%2000 == 1000 {
			way = -way
		}
		test.Scroll(c, fyne.NewPos(600, 300), 0, way)
	}
}

// clocked is a Work that notes how long the window's goroutine was held up.
type clocked struct{ held []time.Duration }

// Go asks and shows before it returns.
func (c *clocked) Go(ask func(context.Context) func()) {
	if show := ask(context.Background()); show != nil {
		begin := time.Now() //nolint:forbidigo // a benchmark measures
		show()
		c.held = append(c.held, time.Since(begin)) //nolint:forbidigo // as above
	}
}

// BenchmarkOneMore lets one entry arrive while the room is open. It tells how long the window is held up, which is
// what one feels while scrolling; the rest happens beside it.
func BenchmarkOneMore(b *testing.B) {
	l := newLong()
	work := &clocked{}
	p, _ := roomOf(b, l, work)
	p.Show(l.in.ID)
	*work = clocked{}
	for b.Loop() {
		l.add()
		p.Refresh()
	}
	report(b, work.held)
}

// report tells how long the window's goroutine was held up, and how often longer than a frame of 60 a second.
func report(b *testing.B, held []time.Duration) {
	b.Helper()
	slices.Sort(held)
	for name, at := range map[string]float64{"ms-p50": 0.5, "ms-p99": 0.99, "ms-longest": 1} {
		b.ReportMetric(float64(held[int(at*float64(len(held)-1))].Microseconds())/1000, name)
	}
	late, _ := slices.BinarySearch(held, 16700*time.Microsecond)
	dropped, _ := slices.BinarySearch(held, 50*time.Millisecond)
	b.ReportMetric(100*float64(len(held)-late)/float64(len(held)), "%-over-16.7ms")
	b.ReportMetric(100*float64(len(held)-dropped)/float64(len(held)), "%-over-50ms")
}

// BenchmarkBusy is one frame of sixty a second: the timeline scrolls by a step in each, fifty entries arrive in a second
// and are shown twenty times in it. It tells how long the window's goroutine works in a frame, without the painting.
func BenchmarkBusy(b *testing.B) {
	l := newLong()
	work := &clocked{}
	p, c := roomOf(b, l, work)
	p.Show(l.in.ID)
	*work = clocked{}
	var frames []time.Duration
	way := float32(100)
	for i := 0; b.Loop(); i++ {
		if i%120 == 60 {
			way = -way
		}
		work.held = work.held[:0]
		if i%3 == 0 {
			for range 2 + i/3%2 {
				l.add()
			}
			p.Refresh()
		}
		begin := time.Now() //nolint:forbidigo // a benchmark measures
		test.Scroll(c, fyne.NewPos(600, 300), 0, way)
		frame := time.Since(begin) //nolint:forbidigo // as above
		for _, held := range work.held {
			frame += held
		}
		frames = append(frames, frame)
	}
	report(b, frames)
}

// BenchmarkWider gives the window another width: every entry is measured again.
func BenchmarkWider(b *testing.B) {
	l := newLong()
	p, _ := room(b, l)
	p.Show(l.in.ID)
	for i := 0; b.Loop(); i++ {
		p.Content().Resize(fyne.NewSize(1376+float32(i%2)*8, 844))
	}
}
