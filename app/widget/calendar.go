package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// CalendarDay is one column of a calendar.
type CalendarDay struct {
	Name, Note string
	Today      bool
	Weekend    bool
}

// CalendarLane is one row of a calendar, with bars that may lie over each other in several rows of their own.
type CalendarLane struct {
	Name   string
	Rows   int
	Counts bool // what all others lead to
	Bars   []CalendarBar
}

// CalendarBar is a span in a lane. Places are counted in days from the left.
type CalendarBar struct {
	From, To           float64
	Row                int
	Title, Brief       string
	Text, Short        string
	Edge               theme.Name
	Gap, Wanted, Faint bool
}

// CalendarPick is what is selected: a span in a lane, and the bar whose span it is, or -1.
type CalendarPick struct {
	Lane     int
	From, To float64
	Bar      int
}

// CalendarParams is what a calendar shows, and what it tells.
type CalendarParams struct {
	Key   string
	Days  []CalendarDay
	Lanes []CalendarLane
	Now   float64 // where the line of the present stands; below nought for nowhere
	Slots int     // into how many parts a day can be selected
	Dense bool    // days are narrow
	// Picked is told of every selection, and of none by false; Open of one that something is to be done with, and where it is.
	Picked func(pick CalendarPick, any bool)
	Open   func(pick CalendarPick, under fyne.CanvasObject)
	Turn   func(by int) // to what lies before (-1) or behind (1)
}

// Calendar shows spans of days in lanes. A span is selected by dragging over it or with the arrows, which go from bar to bar;
// with Shift they make the selection longer and shorter. It belongs to the window's goroutine.
type Calendar struct {
	fynewidget.BaseWidget
	p        CalendarParams
	frame    *Box
	border   *Box
	ring     *Box
	focus    *Box
	now      *Rule
	heads    []*Text
	notes    []*Text
	labels   []*Text
	grounds  []*Rule
	columns  []*Rule
	rows     []*Rule
	bars     [][]*Bar
	pick     CalendarPick
	picked   bool
	shift    bool
	pulled   bool
	pullFrom float64
	hovered  *Bar
}

var (
	_ fyne.Focusable    = (*Calendar)(nil)
	_ fyne.Tappable     = (*Calendar)(nil)
	_ fyne.Draggable    = (*Calendar)(nil)
	_ desktop.Keyable   = (*Calendar)(nil)
	_ desktop.Hoverable = (*Calendar)(nil)
	_ Keyed             = (*Calendar)(nil)
)

// NewCalendar returns a calendar. Nothing is selected in it.
func NewCalendar(p CalendarParams) *Calendar {
	c := &Calendar{p: p, frame: NewBox(theme.Surface, theme.Clear), border: NewBox(theme.Clear, theme.Line), ring: NewBox(theme.Clear, theme.Gold), focus: NewBox(theme.Clear, theme.Gold), now: NewRule(theme.Gold)}
	c.ring.Radius, c.ring.Width = barRadius+2, 2
	c.focus.Radius, c.focus.Width = theme.Radius+4, 2
	c.now.Thick = 2
	c.ring.Hide()
	c.focus.Hide()
	for i, d := range p.Days {
		c.addDay(i, d)
	}
	for _, l := range p.Lanes {
		tone := Plain(theme.Caption, theme.Muted)
		if l.Counts {
			tone = Strong(theme.Caption, theme.Text)
		}
		c.labels = append(c.labels, NewText(l.Name, tone))
		c.rows = append(c.rows, NewRule(theme.Line))
		var bars []*Bar
		for _, b := range l.Bars {
			bars = append(bars, newBar(b))
		}
		c.bars = append(c.bars, bars)
	}
	c.ExtendBaseWidget(c)
	return c
}

func (c *Calendar) addDay(i int, d CalendarDay) {
	style := Plain(theme.Caption, theme.Muted)
	if d.Today {
		style = Strong(theme.Caption, theme.Gold)
	}
	c.heads = append(c.heads, NewText(d.Name, style))
	c.notes = append(c.notes, NewText(d.Note, Plain(theme.Caption, theme.Sev2)))
	ground := NewGround(theme.Clear)
	if d.Weekend {
		ground = NewGround(theme.Background)
	}
	c.grounds = append(c.grounds, ground)
	if i > 0 || len(c.p.Lanes) > 0 {
		c.columns = append(c.columns, NewRule(theme.Line))
	}
}

// FocusKey finds the calendar again after its page was built anew.
func (c *Calendar) FocusKey() string { return c.p.Key }

// Children returns what is said.
func (c *Calendar) Children() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, list := range [][]*Text{c.heads, c.notes, c.labels} {
		for _, t := range list {
			out = append(out, t)
		}
	}
	for _, lane := range c.bars {
		for _, b := range lane {
			out = append(out, b)
		}
	}
	return out
}

// CreateRenderer draws it.
func (c *Calendar) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{c.frame}
	for _, list := range [][]*Rule{c.grounds, c.columns, c.rows} {
		for _, r := range list {
			objects = append(objects, r)
		}
	}
	objects = append(objects, c.Children()...)
	objects = append(objects, c.now, c.border, c.ring, c.focus)
	return &renderer{
		objects: these(objects...), layout: c.layout,
		min: func() fyne.Size { return fyne.NewSize(0, c.tall()) },
		refresh: func() {
			for _, o := range objects {
				o.Refresh()
			}
		},
	}
}

// HeightFor returns the height of all lanes.
func (c *Calendar) HeightFor(float32) float32 { return c.tall() }

// The sizes of a calendar.
const (
	laneWide   = 116
	lanePad    = 8
	barTall    = 42
	barLow     = 28 // in a dense one
	headTall   = 36
	noteTall   = 16
	barBetween = 4
)

func (c *Calendar) head() float32 {
	for _, d := range c.p.Days {
		if d.Note != "" {
			return theme.Scaled(headTall + noteTall)
		}
	}
	return theme.Scaled(headTall)
}

func (c *Calendar) barTall() float32 {
	if c.p.Dense {
		return theme.Scaled(barLow)
	}
	return theme.Scaled(barTall)
}

func (c *Calendar) laneTall(i int) float32 {
	n := float32(max(c.p.Lanes[i].Rows, 1))
	return n*c.barTall() + (n-1)*barBetween + 2*lanePad
}

func (c *Calendar) tall() float32 {
	h := c.head()
	for i := range c.p.Lanes {
		h += c.laneTall(i)
	}
	return h
}

// left is where the first day begins, and day how wide each is.
func (c *Calendar) left() float32 { return theme.Scaled(laneWide) }

func (c *Calendar) day() float32 {
	return max((c.Size().Width-c.left()-1)/float32(max(len(c.p.Days), 1)), 1)
}

func (c *Calendar) x(place float64) float32 { return floor(c.left() + float32(place)*c.day() + 0.5) }

func (c *Calendar) layout(size fyne.Size) {
	c.frame.Resize(size)
	c.border.Resize(size)
	Place(c.focus, -4, -4, size.Width+8, size.Height+8)
	head := c.head()
	for i := range c.p.Days {
		c.layDay(i, size, head)
	}
	y := head
	for i := range c.p.Lanes {
		tall := c.laneTall(i)
		Place(c.rows[i], 1, y, size.Width-2, 1)
		line := c.labels[i].MinSize().Height
		Place(c.labels[i], 14, floor(y+(tall-line)/2), c.left()-22, line)
		for j, b := range c.p.Lanes[i].Bars {
			x, end := c.x(b.From), c.x(b.To)
			Place(c.bars[i][j], x+1, y+lanePad+float32(b.Row)*(c.barTall()+barBetween), max(end-x-3, 3), c.barTall())
		}
		y += tall
	}
	if c.now.Hidden = c.p.Now < 0; !c.now.Hidden {
		Place(c.now, c.x(c.p.Now)-1, head, 2, size.Height-head-1)
	}
	c.layRing()
}

func (c *Calendar) layDay(i int, size fyne.Size, head float32) {
	x, wide := c.x(float64(i)), c.x(float64(i+1))-c.x(float64(i))
	line := c.heads[i].MinSize().Height
	base := floor((theme.Scaled(headTall) - line) / 2)
	inset := float32(9)
	if c.p.Dense {
		inset = max(floor((wide-ceil(c.heads[i].style.measure(c.p.Days[i].Name)))/2), 1)
	}
	Place(c.heads[i], x+inset, base, max(wide-inset-1, 1), line)
	Place(c.notes[i], x+inset, base+line, max(wide-inset-2, 1), line)
	c.notes[i].Hidden = c.p.Days[i].Note == ""
	if c.p.Dense && !c.notes[i].Hidden { // a narrow day lends it the room of those around it
		full := min(ceil(c.notes[i].style.measure(c.p.Days[i].Note)), size.Width-c.left()-8)
		Place(c.notes[i], min(x+inset, size.Width-full-6), base+line, full, line)
	}
	Place(c.grounds[i], x+1, head+1, wide-1, max(size.Height-head-2, 0))
	if i < len(c.columns) {
		Place(c.columns[i], x, 0, 1, size.Height-1)
	}
}

// layRing shows what is selected.
func (c *Calendar) layRing() {
	c.ring.Hidden = !c.picked || c.pick.Lane >= len(c.p.Lanes)
	if c.ring.Hidden {
		c.ring.Refresh()
		return
	}
	y := c.head()
	for i := range c.pick.Lane {
		y += c.laneTall(i)
	}
	row, tall := float32(0), c.laneTall(c.pick.Lane)-2*lanePad
	if lane := c.p.Lanes[c.pick.Lane]; c.pick.Bar >= 0 && c.pick.Bar < len(lane.Bars) {
		row, tall = float32(lane.Bars[c.pick.Bar].Row), c.barTall()
	}
	x, end := c.x(c.pick.From), c.x(c.pick.To)
	Place(c.ring, x-2, y+lanePad+row*(c.barTall()+barBetween)-3, max(end-x+3, 8), tall+6)
	c.ring.Show()
	c.ring.Refresh()
}
