package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Pick returns what is selected. It is false where nothing is.
func (c *Calendar) Pick() (CalendarPick, bool) { return c.pick, c.picked }

// Select selects a span, without telling of it; one that the calendar does not have is none.
func (c *Calendar) Select(pick CalendarPick) {
	if pick.Lane < 0 || pick.Lane >= len(c.p.Lanes) || pick.Bar >= len(c.p.Lanes[pick.Lane].Bars) {
		return
	}
	c.pick, c.picked = pick, true
	c.layRing()
}

func (c *Calendar) choose(pick CalendarPick) {
	c.Select(pick)
	if c.p.Picked != nil {
		c.p.Picked(c.pick, c.picked)
	}
}

// Unselect selects nothing. It is false where nothing was.
func (c *Calendar) Unselect() bool {
	if !c.picked {
		return false
	}
	c.picked = false
	c.layRing()
	if c.p.Picked != nil {
		c.p.Picked(c.pick, false)
	}
	return true
}

// FocusGained shows where the keyboard is, and selects what is at the present where nothing is selected.
func (c *Calendar) FocusGained() {
	c.focus.Show()
	c.focus.Refresh()
	follow(c.p.Key, c)
	if !c.picked && !c.pulled {
		c.choose(c.first())
	}
}

// FocusLost hides it; what is selected stays.
func (c *Calendar) FocusLost() {
	c.shift = false
	c.focus.Hide()
	c.focus.Refresh()
}

// first is the bar that counts at the present, or else the day of it.
func (c *Calendar) first() CalendarPick {
	at := max(c.p.Now, 0)
	lane := 0
	for i, l := range c.p.Lanes {
		if l.Counts {
			lane = i
		}
	}
	return c.near(lane, at)
}

// near returns what is selected in a lane at a place: the bar there, or the day.
func (c *Calendar) near(lane int, at float64) CalendarPick {
	if lane < len(c.p.Lanes) {
		for i, b := range c.p.Lanes[lane].Bars {
			if b.From <= at && at < b.To {
				return CalendarPick{Lane: lane, From: b.From, To: b.To, Bar: i}
			}
		}
	}
	day := float64(min(max(int(at), 0), max(len(c.p.Days)-1, 0)))
	return CalendarPick{Lane: lane, From: day, To: day + 1, Bar: -1}
}

// KeyDown remembers whether Shift is held.
func (c *Calendar) KeyDown(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		c.shift = true
	}
}

// KeyUp forgets Shift.
func (c *Calendar) KeyUp(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		c.shift = false
	}
}

// TypedRune hands a letter to the window.
func (c *Calendar) TypedRune(letter rune) { bubbleRune(c, letter) }

// TypedKey moves, stretches or opens the selection; Escape gives it up first.
func (c *Calendar) TypedKey(key *fyne.KeyEvent) {
	switch step := arrow(key.Name); {
	case c.shift && step != 0 && c.picked:
		c.stretch(key.Name)
	case key.Name == fyne.KeyLeft || key.Name == fyne.KeyRight:
		c.along(step)
	case key.Name == fyne.KeyUp || key.Name == fyne.KeyDown:
		c.across(step, key)
	case key.Name == fyne.KeyPageUp:
		c.turn(-1)
	case key.Name == fyne.KeyPageDown:
		c.turn(1)
	case key.Name == fyne.KeyReturn || key.Name == fyne.KeyEnter || key.Name == fyne.KeySpace:
		c.open()
	case key.Name == fyne.KeyEscape && c.Unselect():
	default:
		bubble(c, key)
	}
}

func (c *Calendar) turn(by int) {
	if c.p.Turn != nil {
		c.p.Turn(by)
	}
}

func (c *Calendar) open() {
	if !c.picked {
		c.choose(c.first())
	}
	if c.p.Open != nil {
		c.p.Open(c.pick, c.ring)
	}
}

// along goes to the bar before or behind in the same lane; in a lane without bars, to the day. Beyond the first and the last
// the calendar turns.
func (c *Calendar) along(step int) {
	if !c.picked || len(c.p.Lanes) == 0 {
		c.choose(c.first())
		return
	}
	bars, best := c.p.Lanes[c.pick.Lane].Bars, -1
	for i, b := range bars {
		behind := b.From > c.pick.From || b.From == c.pick.From && i > c.pick.Bar && c.pick.Bar >= 0
		before := b.From < c.pick.From || b.From == c.pick.From && i < c.pick.Bar
		switch {
		case step > 0 && behind && (best < 0 || b.From < bars[best].From):
			best = i
		case step < 0 && before && (best < 0 || b.From >= bars[best].From):
			best = i
		}
	}
	switch {
	case best >= 0:
		c.choose(CalendarPick{Lane: c.pick.Lane, From: bars[best].From, To: bars[best].To, Bar: best})
	case len(bars) == 0 && int(c.pick.From)+step >= 0 && int(c.pick.From)+step < len(c.p.Days):
		c.choose(c.near(c.pick.Lane, float64(int(c.pick.From)+step)))
	default:
		c.turn(step)
	}
}

// across goes to the lane above or below, and beyond the first and the last to what stands before or behind the calendar.
func (c *Calendar) across(step int, key *fyne.KeyEvent) {
	next := c.pick.Lane + step
	if !c.picked || next < 0 || next >= len(c.p.Lanes) {
		bubble(c, key)
		return
	}
	c.choose(c.nearest(next, (c.pick.From+c.pick.To)/2))
}

// nearest returns what is selected in a lane at a place: the bar that is nearest, or the day where there is none.
func (c *Calendar) nearest(lane int, at float64) CalendarPick {
	best, away := -1, 0.0
	for i, b := range c.p.Lanes[lane].Bars {
		if far := max(b.From-at, at-b.To, 0); best < 0 || far < away {
			best, away = i, far
		}
	}
	if best < 0 {
		return c.near(lane, at)
	}
	b := c.p.Lanes[lane].Bars[best]
	return CalendarPick{Lane: lane, From: b.From, To: b.To, Bar: best}
}

// stretch moves the end with left and right, and the beginning with up (earlier) and down (later), a slot at a time.
func (c *Calendar) stretch(key fyne.KeyName) {
	slot := 1 / float64(max(c.p.Slots, 1))
	from, to := c.pick.From, c.pick.To
	switch key {
	case fyne.KeyRight:
		to = min(to+slot, float64(len(c.p.Days)))
	case fyne.KeyLeft:
		to -= slot
	case fyne.KeyUp:
		from = max(from-slot, 0)
	case fyne.KeyDown:
		from += slot
	}
	if to-from > slot/2 {
		c.choose(CalendarPick{Lane: c.pick.Lane, From: from, To: to, Bar: -1})
	}
}

// laneAt returns the lane at a height. It is false above the first and below the last.
func (c *Calendar) laneAt(y float32) (int, bool) {
	top := c.head()
	for i := range c.p.Lanes {
		if y >= top && y < top+c.laneTall(i) {
			return i, true
		}
		top += c.laneTall(i)
	}
	return 0, false
}

func (c *Calendar) placeAt(x float32) float64 {
	return min(max(float64((x-c.left())/c.day()), 0), float64(len(c.p.Days)))
}

// barAt returns the bar under a position, or nil.
func (c *Calendar) barAt(at fyne.Position) (lane, bar int, found bool) {
	lane, in := c.laneAt(at.Y)
	if !in {
		return 0, 0, false
	}
	for i, b := range c.bars[lane] {
		p, s := b.Position(), b.Size()
		if at.X >= p.X && at.X < p.X+s.Width && at.Y >= p.Y && at.Y < p.Y+s.Height {
			return lane, i, true
		}
	}
	return lane, 0, false
}

// Tapped selects the bar that was clicked, or the day, and opens it.
func (c *Calendar) Tapped(e *fyne.PointEvent) {
	if e == nil {
		c.open()
		return
	}
	lane, in := c.laneAt(e.Position.Y)
	if !in || e.Position.X < c.left() {
		return
	}
	c.take()
	if _, i, hit := c.barAt(e.Position); hit {
		b := c.p.Lanes[lane].Bars[i]
		c.choose(CalendarPick{Lane: lane, From: b.From, To: b.To, Bar: i})
	} else {
		c.choose(c.near(lane, c.placeAt(e.Position.X)))
	}
	c.open()
}

// take gives the calendar the keyboard: who clicks into it goes on there.
func (c *Calendar) take() {
	if on := fyne.CurrentApp().Driver().CanvasForObject(c); on != nil {
		c.pulled = true // what is selected is chosen by the pointer
		on.Focus(c)
		c.pulled = false
	}
}

// Dragged selects from where the pull began to where it is, in whole slots.
func (c *Calendar) Dragged(e *fyne.DragEvent) {
	if !c.pulled {
		began := e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)
		lane, in := c.laneAt(began.Y)
		if !in || began.X < c.left() {
			return
		}
		c.take()
		c.pulled, c.pullFrom, c.pick.Lane = true, c.placeAt(began.X), lane
	}
	slots := float64(max(c.p.Slots, 1))
	from, to := c.pullFrom, c.placeAt(e.Position.X)
	if to < from {
		from, to = to, from
	}
	from, to = float64(int(from*slots))/slots, float64(int(to*slots)+1)/slots
	c.choose(CalendarPick{Lane: c.pick.Lane, From: from, To: min(to, float64(len(c.p.Days))), Bar: -1})
}

// DragEnd opens what was selected.
func (c *Calendar) DragEnd() {
	if c.pulled {
		c.pulled = false
		c.open()
	}
}

// MouseIn does nothing before the pointer moves.
func (c *Calendar) MouseIn(*desktop.MouseEvent) {}

// MouseMoved explains the bar under the pointer.
func (c *Calendar) MouseMoved(e *desktop.MouseEvent) {
	lane, i, hit := c.barAt(e.Position)
	var over *Bar
	if hit {
		over = c.bars[lane][i]
	}
	if over == c.hovered {
		return
	}
	c.MouseOut()
	if c.hovered = over; over != nil {
		b := c.p.Lanes[lane].Bars[i]
		explain(over, b.Title+"  ·  "+b.Text, tipAfter)
	}
}

// MouseOut explains nothing any more.
func (c *Calendar) MouseOut() {
	if c.hovered != nil {
		unexplain(c.hovered)
		c.hovered = nil
	}
}
