package widget_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// drawnCalendar is a calendar of a week with everything that there can be in it.
func drawnCalendar(change func(*widget.CalendarParams)) *widget.Calendar {
	p := widget.CalendarParams{Key: "calendar", Now: 3.4, Slots: 24}
	for i, name := range []string{"Mon 19", "Tue 20", "Wed 21", "Thu 22", "Fri 23", "Sat 24", "Sun 25"} {
		d := widget.CalendarDay{Name: name, Today: i == 3, Weekend: i > 4}
		if i == 6 {
			d.Note = "25 h: clocks change"
		}
		p.Days = append(p.Days, d)
	}
	p.Lanes = []widget.CalendarLane{
		{Name: "on call", Rows: 1, Counts: true, Bars: []widget.CalendarBar{
			{From: 0, To: 2.4, Title: "Ann", Brief: "AA", Text: "Mon 00:00 – Wed 09:00", Edge: theme.Sev4},
			{From: 2.4, To: 3, Title: "Bob for Ann", Brief: "BB", Text: "09:00 – 00:00", Short: "09–00", Edge: theme.Gold},
			{From: 3, To: 5, Title: "Ann", Brief: "AA", Text: "Thu 00:00 – Sat 00:00", Edge: theme.Good},
			{From: 5, To: 7, Title: "nobody", Brief: "!", Text: "Sat 00:00 – Mon 00:00", Gap: true},
		}},
		{Name: "exceptions", Rows: 1, Bars: []widget.CalendarBar{
			{From: 2.4, To: 3, Title: "Bob for Ann", Brief: "BB", Edge: theme.Gold},
			{From: 4, To: 4.4, Title: "Ann wants cover", Brief: "AA?", Wanted: true},
		}},
		{Name: "weekdays", Rows: 2, Bars: []widget.CalendarBar{
			{From: 0, To: 5, Title: "Ann", Brief: "AA", Text: "Mon 00:00 – Sat 00:00", Edge: theme.Good, Faint: true},
			{From: 0, To: 0.2, Row: 1, Title: "Bob", Brief: "B", Edge: theme.Sev4, Faint: true},
		}},
		{Name: "nights", Rows: 1},
	}
	if change != nil {
		change(&p)
	}
	return widget.NewCalendar(p)
}

func calendarSheet(fyne.Canvas) sheet {
	c := drawnCalendar(nil)
	c.Select(widget.CalendarPick{Lane: 0, From: 2.4, To: 3, Bar: 1})
	return sheet{what: c, size: fyne.NewSize(860, 350)}
}

func monthSheet(fyne.Canvas) sheet {
	c := drawnCalendar(func(p *widget.CalendarParams) {
		p.Dense, p.Slots, p.Days = true, 1, nil
		for i := range 31 {
			d := widget.CalendarDay{Name: fmt.Sprint(i + 1), Weekend: i%7 > 4}
			if i == 30 {
				d.Note = "25 h: clocks change"
			}
			p.Days = append(p.Days, d)
		}
	})
	return sheet{what: c, size: fyne.NewSize(860, 280)}
}

// held is a calendar in a window, and what it told.
type held struct {
	t      *testing.T
	c      *widget.Calendar
	canvas fyne.Canvas
	opened []widget.CalendarPick
	turned int
}

func hold(t *testing.T) *held {
	t.Helper()
	h := &held{t: t}
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Dark))
	w := a.NewWindow("")
	h.c = drawnCalendar(func(p *widget.CalendarParams) {
		p.Open = func(pick widget.CalendarPick, _ fyne.CanvasObject) { h.opened = append(h.opened, pick) }
		p.Turn = func(by int) { h.turned += by }
	})
	w.SetPadded(false)
	w.SetContent(h.c)
	w.Resize(fyne.NewSize(816, 400)) // a day is a hundred wide
	h.canvas = w.Canvas()
	h.canvas.Focus(h.c)
	return h
}

func (h *held) key(names ...fyne.KeyName) {
	for _, name := range names {
		h.c.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

func (h *held) wants(want widget.CalendarPick) {
	h.t.Helper()
	got, any := h.c.Pick()
	near := func(a, b float64) bool { return a-b < 0.01 && b-a < 0.01 }
	if !any || got.Lane != want.Lane || got.Bar != want.Bar || !near(got.From, want.From) || !near(got.To, want.To) {
		h.t.Errorf("selected is %+v, %v, want %+v", got, any, want)
	}
}

func TestArrowsGoFromBarToBarAndFromLaneToLane(t *testing.T) {
	h := hold(t)
	h.wants(widget.CalendarPick{Lane: 0, From: 3, To: 5, Bar: 2})
	h.key(fyne.KeyRight)
	h.wants(widget.CalendarPick{Lane: 0, From: 5, To: 7, Bar: 3})
	h.key(fyne.KeyRight)
	if h.turned != 1 {
		t.Errorf("behind the last it turned %d times", h.turned)
	}
	h.key(fyne.KeyLeft, fyne.KeyLeft)
	h.wants(widget.CalendarPick{Lane: 0, From: 2.4, To: 3, Bar: 1})
	h.key(fyne.KeyDown)
	h.wants(widget.CalendarPick{Lane: 1, From: 2.4, To: 3, Bar: 0})
	h.key(fyne.KeyDown, fyne.KeyDown)
	h.wants(widget.CalendarPick{Lane: 3, From: 2, To: 3, Bar: -1}) // in which there is none
	h.key(fyne.KeyRight)
	h.wants(widget.CalendarPick{Lane: 3, From: 3, To: 4, Bar: -1})
	h.key(fyne.KeyPageUp, fyne.KeyPageUp)
	if h.turned != -1 {
		t.Errorf("it turned by %d", h.turned)
	}
}

func TestShiftMovesEitherEndByASlot(t *testing.T) {
	h := hold(t)
	h.c.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	h.key(fyne.KeyRight, fyne.KeyRight)
	h.wants(widget.CalendarPick{Lane: 0, From: 3, To: 5 + 2.0/24, Bar: -1})
	h.key(fyne.KeyUp)
	h.wants(widget.CalendarPick{Lane: 0, From: 3 - 1.0/24, To: 5 + 2.0/24, Bar: -1})
	h.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyLeft)
	h.wants(widget.CalendarPick{Lane: 0, From: 3 + 1.0/24, To: 5 + 1.0/24, Bar: -1})
	for range 100 {
		h.key(fyne.KeyLeft)
	}
	h.wants(widget.CalendarPick{Lane: 0, From: 3 + 1.0/24, To: 3 + 2.0/24, Bar: -1})
	h.c.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	h.key(fyne.KeyRight)
	h.wants(widget.CalendarPick{Lane: 0, From: 5, To: 7, Bar: 3})
}

func TestAClickOpensWhatIsUnderIt(t *testing.T) {
	h := hold(t)
	click := func(x, y float32) { h.c.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, y)}) }
	click(116+260, 80)
	click(116+430, 138)
	click(116+130, 138)
	click(50, 80)       // the name of the lane
	click(116+260, 10)  // the days
	click(116+260, 399) // below all
	want := []widget.CalendarPick{{Lane: 0, From: 2.4, To: 3, Bar: 1}, {Lane: 1, From: 4, To: 4.4, Bar: 1}, {Lane: 1, From: 1, To: 2, Bar: -1}}
	if fmt.Sprint(h.opened) != fmt.Sprint(want) {
		t.Errorf("opened are %+v", h.opened)
	}
}

func TestEscapeGivesTheSelectionUpBeforeItIsTheWindows(t *testing.T) {
	h := hold(t)
	escaped := 0
	h.canvas.SetOnTypedKey(func(key *fyne.KeyEvent) {
		if key.Name == fyne.KeyEscape {
			escaped++
		}
	})
	h.key(fyne.KeyEscape)
	if _, any := h.c.Pick(); any || escaped != 0 {
		t.Error("the first gave up nothing")
	}
	h.key(fyne.KeyEscape)
	if escaped != 1 {
		t.Error("the second did not come to the window")
	}
	h.key(fyne.KeyReturn)
	if len(h.opened) != 1 || h.opened[0].Bar != 2 {
		t.Errorf("Enter opened %+v", h.opened)
	}
}
