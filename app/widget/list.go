package widget

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Item is one row of a list. Key names what the row shows and changes when that changes: what a key
// was built for once stays right for ever.
type Item struct {
	Key   string
	Build func() fyne.CanvasObject
}

// List shows many rows of varied height; only those in sight are alive. It stays at its end while one
// reads there, and stays where it is while one reads above.
type List struct {
	fynewidget.BaseWidget
	OnChoose func(key string) // Enter on the row the keyboard is at, or nil
	OnSpace  func(key string) // Space on it, or nil
	items    []Item
	tops     []float32 // tops[i] is where row i begins at width; one more for the end
	width    float32
	alive    map[string]fyne.CanvasObject
	content  *listContent
	scroll   *container.Scroll
	ring     *Box
	at       int
	focused  bool
	revealed string // the key of a row that is marked without the keyboard
	wanted   *place // where to be as soon as it is laid out, or nil
}

// place is where one reads: at a row, of which a share is already above what is in sight.
type place struct {
	key   string
	share float32
}

type listContent struct {
	fynewidget.BaseWidget
	list *List
}

// NewList returns an empty list.
func NewList() *List {
	l := &List{
		tops: []float32{0}, alive: map[string]fyne.CanvasObject{},
		ring: NewBox("clear", "gold"),
	}
	l.content = &listContent{list: l}
	l.content.ExtendBaseWidget(l.content)
	l.scroll = container.NewVScroll(l.content)
	l.scroll.OnScrolled = func(fyne.Position) { l.content.Refresh() }
	l.ExtendBaseWidget(l)
	return l
}

// Set replaces the rows. Items that are at the beginning of what was set before, in the same memory, are not looked at
// again: nobody may have changed them. Where that is all there is, nothing is drawn.
func (l *List) Set(items []Item) {
	if n := len(items); n > 0 && n == len(l.items) && &items[0] == &l.items[0] {
		return
	}
	bottom, key, offset := l.AtEnd(), "", l.scroll.Offset.Y
	if i := l.anchor(); i >= 0 {
		key = l.items[i].Key
		offset -= l.tops[i]
	}
	l.replace(items)
	switch i := l.index(key); {
	case bottom:
		l.ScrollToEnd()
	case i >= 0:
		l.scrollTo(l.tops[i] + offset)
	default:
		l.content.Refresh()
	}
}

// Change replaces the rows of which one became another: it stays where it is while it grows, and one that shrinks stays
// in sight with its beginning.
func (l *List) Change(items []Item, from, to string) {
	i, y := l.index(from), l.scroll.Offset.Y
	if i < 0 {
		l.Set(items)
		return
	}
	above, tall := y-l.tops[i], l.tops[i+1]-l.tops[i]
	l.replace(items)
	j := l.index(to)
	if j < 0 {
		l.content.Refresh()
		return
	}
	if l.tops[j+1]-l.tops[j] < tall {
		above = min(above, 0)
	}
	l.scrollTo(l.tops[j] + above)
}

// ScrollToEnd shows the newest row.
func (l *List) ScrollToEnd() {
	l.scrollTo(l.tops[len(l.items)])
}

func (l *List) scrollTo(y float32) {
	size := l.scroll.Size()
	l.scroll.Offset.Y = min(max(y, 0), max(l.tops[len(l.items)]-size.Height, 0))
	l.content.Resize(fyne.NewSize(size.Width, max(l.tops[len(l.items)], size.Height))) // no further is scrolled than it is high
	l.scroll.Refresh()
}

// Follow takes over where one reads in another list of the same rows, and which row is marked there. It is called before
// this list is laid out; its rows may be of other heights.
func (l *List) Follow(other *List) {
	l.at, l.revealed = other.at, other.revealed
	if !other.AtEnd() {
		l.wanted = other.place()
	}
}

// place returns where one reads, or nil in an empty list.
func (l *List) place() *place {
	if l.wanted != nil || len(l.items) == 0 {
		return l.wanted
	}
	i := min(l.first(), len(l.items)-1)
	tall := max(l.tops[i+1]-l.tops[i], 1)
	return &place{key: l.items[i].Key, share: (l.scroll.Offset.Y - l.tops[i]) / tall}
}

// goTo brings a place back after the rows were measured anew. Where its row is gone, the newest is shown.
func (l *List) goTo(to *place) {
	l.wanted = nil
	if i := l.index(to.key); i >= 0 {
		l.scrollTo(l.tops[i] + to.share*(l.tops[i+1]-l.tops[i]))
		return
	}
	l.ScrollToEnd()
}

// FocusKey lets the keyboard find the list that takes the place of another one.
func (l *List) FocusKey() string { return "list" }

// Row returns the row of a key while it is in sight, and some at the end until they are drawn, else nil.
func (l *List) Row(key string) fyne.CanvasObject { return l.alive[key] }

// Reveal marks the row of a key and brings it into sight. Without the keyboard the mark stays until that comes.
func (l *List) Reveal(key string) {
	if i := l.index(key); i >= 0 {
		l.revealed = key
		l.mark(i)
	}
}

// Marked returns the key of the row that the keyboard is at, or nothing.
func (l *List) Marked() string {
	if !l.focused || l.at >= len(l.items) {
		return ""
	}
	return l.items[l.at].Key
}

// AtEnd reports whether the newest row is in sight.
func (l *List) AtEnd() bool {
	return l.wanted == nil && l.scroll.Offset.Y+l.scroll.Size().Height >= l.tops[len(l.items)]-8
}

// replace takes other rows. Those at the beginning that stay the same cost a comparison; of the others, those that were
// there before are not measured again.
func (l *List) replace(items []Item) {
	same := 0
	if len(items) > 0 && len(l.items) > 0 && &items[0] == &l.items[0] {
		same = min(len(items), len(l.items))
	}
	for same < min(len(items), len(l.items)) && items[same].Key == l.items[same].Key {
		same++
	}
	known := make(map[string]float32, len(l.items)-same)
	for i := same; i < len(l.items); i++ {
		known[l.items[i].Key] = l.tops[i+1] - l.tops[i]
	}
	l.items, l.tops = items, l.tops[:same+1]
	l.measure(known)
}

// measure lays out the rows that have no place yet.
func (l *List) measure(known map[string]float32) {
	y := l.tops[len(l.tops)-1]
	for i := len(l.tops) - 1; i < len(l.items); i++ {
		h, ok := known[l.items[i].Key]
		if !ok && l.width > 0 {
			h = HeightFor(l.row(i), l.width)
		}
		y += h
		l.tops = append(l.tops, y)
	}
}

// soon is how many rows at the end, where one mostly reads, are kept after they were measured until it is known which of
// them are in sight: they need not be built twice.
const soon = 30

// row returns a row, built where it is not alive.
func (l *List) row(i int) fyne.CanvasObject {
	key := l.items[i].Key
	o := l.alive[key]
	if o == nil {
		o = l.items[i].Build()
		if i >= len(l.items)-soon {
			l.alive[key] = o
		}
	}
	return o
}

// first is the number of the first row in sight.
func (l *List) first() int {
	return max(sort.Search(len(l.tops), func(i int) bool { return l.tops[i] > l.scroll.Offset.Y })-1, 0)
}

// anchor is the number of the row that stays where it is when others come above it: the second in
// sight, because the first may be the button that fetched them. It is -1 for an empty list.
func (l *List) anchor() int { return min(l.first()+1, len(l.items)-1) }

func (l *List) index(key string) int {
	for i, it := range l.items {
		if it.Key == key {
			return i
		}
	}
	return -1
}

// visible returns the rows in sight, built where they were not.
func (l *List) visible() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	end := l.scroll.Offset.Y + l.scroll.Size().Height
	still := map[string]fyne.CanvasObject{}
	for i := l.first(); i < len(l.items) && l.tops[i] < end; i++ {
		key := l.items[i].Key
		o := l.row(i)
		still[key] = o
		Place(o, 0, l.tops[i], l.width, l.tops[i+1]-l.tops[i])
		out = append(out, o)
		if l.focused && i == l.at || !l.focused && key == l.revealed {
			Place(l.ring, 1, l.tops[i], l.width-2, l.tops[i+1]-l.tops[i])
			out = append(out, l.ring)
		}
	}
	l.alive = still
	return out
}

// Children returns the rows in sight.
func (l *List) Children() []fyne.CanvasObject { return l.visible() }

// CreateRenderer draws the list.
func (l *List) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(l.scroll),
		layout: func(size fyne.Size) {
			bottom, here, anew := l.AtEnd(), l.place(), size.Width != l.width
			if anew {
				l.width, l.tops = size.Width, append(l.tops[:0], 0)
				l.measure(nil)
			}
			l.scroll.Resize(size)
			switch {
			case bottom:
				l.ScrollToEnd()
			case anew && here != nil:
				l.goTo(here)
			}
		},
		min:     func() fyne.Size { return fyne.NewSize(40, 40) },
		refresh: func() { l.content.Refresh(); l.scroll.Refresh() },
	}
}

// CreateRenderer draws the rows in sight.
func (c *listContent) CreateRenderer() fyne.WidgetRenderer {
	rows := c.list.visible()
	r := &renderer{
		objects: func() []fyne.CanvasObject { return rows },
		min:     func() fyne.Size { return fyne.NewSize(0, c.list.tops[len(c.list.items)]) },
	}
	r.layout = func(fyne.Size) { rows = c.list.visible() }
	r.refresh = func() { rows = c.list.visible() }
	return r
}

// FocusGained marks the newest row, or the one that was marked before.
func (l *List) FocusGained() {
	l.focused, l.revealed = true, ""
	if l.at >= len(l.items) || l.at == 0 {
		l.at = max(len(l.items)-1, 0)
	}
	l.content.Refresh()
}

// FocusLost takes the mark away.
func (l *List) FocusLost() {
	l.focused, l.revealed = false, ""
	l.content.Refresh()
}

// TypedRune hands a letter to the window.
func (l *List) TypedRune(letter rune) { bubbleRune(l, letter) }

// TypedKey moves the mark up and down, and chooses with Enter.
func (l *List) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyUp:
		l.mark(l.at - 1)
	case fyne.KeyDown:
		l.mark(l.at + 1)
	case fyne.KeyPageUp:
		l.scrollTo(l.scroll.Offset.Y - l.scroll.Size().Height)
	case fyne.KeyPageDown:
		l.scrollTo(l.scroll.Offset.Y + l.scroll.Size().Height)
	case fyne.KeyHome:
		l.mark(0)
	case fyne.KeyEnd:
		l.mark(len(l.items) - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if l.OnChoose != nil && l.at < len(l.items) {
			l.OnChoose(l.items[l.at].Key)
		}
	case fyne.KeySpace:
		if key := l.Marked(); key != "" && l.OnSpace != nil {
			l.OnSpace(key)
		}
	default:
		bubble(l, key)
	}
}

func (l *List) mark(i int) {
	if len(l.items) == 0 {
		return
	}
	l.at = min(max(i, 0), len(l.items)-1)
	top, end := l.tops[l.at], l.tops[l.at+1]
	switch {
	case top < l.scroll.Offset.Y:
		l.scrollTo(top)
	case end > l.scroll.Offset.Y+l.scroll.Size().Height:
		l.scrollTo(min(top, end-l.scroll.Size().Height)) // of what is taller than the list, the beginning
	default:
		l.content.Refresh()
	}
}
