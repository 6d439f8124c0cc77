package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// MenuItem is one thing to do.
type MenuItem struct {
	Key   string
	Icon  string // or Mark
	Mark  fyne.CanvasObject
	Words string
	Note  string // muted, behind the words
	Hint  string // the shortcut
	Tone  theme.Name
	Do    func()
}

// Menu is a short list of things to do: arrows move, Enter does.
type Menu struct {
	fynewidget.BaseWidget
	items   []MenuItem
	presses []*Press
	col     *fyne.Container
	at      int
}

// NewMenu returns a menu. done is called before what was chosen is done.
func NewMenu(items []MenuItem, done func()) *Menu {
	m := &Menu{items: items, col: Column(0)}
	for i := range m.items {
		do := m.items[i].Do
		m.items[i].Do = func() { done(); do() }
		p := NewPress("menu "+items[i].Key, menuRow(items[i]), m.items[i].Do)
		m.presses = append(m.presses, p)
		m.col.Add(p)
	}
	m.ExtendBaseWidget(m)
	m.mark(0)
	return m
}

func menuRow(it MenuItem) fyne.CanvasObject {
	tone := it.Tone
	if tone == "" {
		tone = theme.Text
	}
	mark := it.Mark
	if mark == nil && it.Icon != "" {
		mark = NewIcon(it.Icon, 18, tone)
	}
	said := fyne.CanvasObject(NewText(it.Words, Plain(theme.Body, tone)))
	if it.Note != "" {
		said = Row(10, 1, said, NewText(it.Note, Plain(theme.Caption, theme.Muted)))
	}
	row := Row(12, 0, said)
	if mark != nil {
		row = Row(12, 1, mark, said)
	}
	if it.Hint != "" {
		row.Add(NewText(it.Hint, Plain(theme.Caption, theme.Muted)))
	}
	return Pad(0, 10, 0, 10, On(row, Space(0, theme.RowTall)))
}

// ShowMenu shows a menu under what was pressed.
func ShowMenu(c fyne.Canvas, under fyne.CanvasObject, items []MenuItem) *Overlay {
	var o *Overlay
	m := NewMenu(items, func() { o.Dismiss() })
	o = ShowUnder(c, under, m, 400)
	c.Focus(m)
	return o
}

// Children returns the rows.
func (m *Menu) Children() []fyne.CanvasObject { return []fyne.CanvasObject{m.col} }

// HeightFor returns the height of all rows.
func (m *Menu) HeightFor(width float32) float32 { return HeightFor(m.col, width) }

// CreateRenderer draws it.
func (m *Menu) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(m.col), layout: m.col.Resize, min: m.col.MinSize, refresh: m.col.Refresh,
	}
}

// FocusGained does nothing: the marked row shows where the keyboard is.
func (m *Menu) FocusGained() {}

// FocusLost does nothing.
func (m *Menu) FocusLost() {}

// TypedRune does nothing.
func (m *Menu) TypedRune(rune) {}

// TypedKey moves the mark, or does what is marked.
func (m *Menu) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyUp:
		m.mark(m.at - 1)
	case fyne.KeyDown:
		m.mark(m.at + 1)
	case fyne.KeyHome:
		m.mark(0)
	case fyne.KeyEnd:
		m.mark(len(m.items) - 1)
	case fyne.KeyReturn, fyne.KeyEnter: // not Space: whoever writes on without looking chooses nothing
		if m.at < len(m.items) {
			m.items[m.at].Do()
		}
	default:
		bubble(m, key)
	}
}

func (m *Menu) mark(i int) {
	if len(m.items) == 0 {
		return
	}
	m.at = min(max(i, 0), len(m.items)-1)
	for j, p := range m.presses {
		p.Choose(j == m.at)
	}
}
