package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Press makes what it holds something to press: by click, by Enter or Space, with the pointer's hand,
// a ground while the pointer is over it, and a ring of gold while it has the keyboard.
type Press struct {
	fynewidget.BaseWidget
	OnTapped func()
	OnHover  func(over bool)
	OnArrow  func(step int) // left and up are -1, right and down 1; nil leaves these keys to the window
	Tip      string         // what it is or does, for a pointer that rests on it and for the keyboard
	key      string
	child    fyne.CanvasObject
	hover    *Box
	ring     *Box
	chosen   bool
	off      bool
	spill    float32 // how far the ground reaches beyond what it holds
}

var (
	_ fyne.Focusable     = (*Press)(nil)
	_ fyne.Tappable      = (*Press)(nil)
	_ desktop.Hoverable  = (*Press)(nil)
	_ desktop.Cursorable = (*Press)(nil)
	_ Keyed              = (*Press)(nil)
)

// NewPress returns child as something to press. The key, which may be empty, finds it again after its
// page was built anew.
func NewPress(key string, child fyne.CanvasObject, tapped func()) *Press {
	p := &Press{}
	p.init(key, child, tapped)
	p.ExtendBaseWidget(p)
	return p
}

func (p *Press) init(key string, child fyne.CanvasObject, tapped func()) {
	p.key, p.child, p.OnTapped = key, child, tapped
	p.hover, p.ring = NewBox(theme.Clear, theme.Clear), NewBox(theme.Clear, theme.Gold)
	p.ring.Radius, p.ring.Width = theme.Radius+4, 2
	p.ring.Hide()
}

// FocusKey finds the same thing again after its page was built anew.
func (p *Press) FocusKey() string { return p.key }

// Children returns what there is to press.
func (p *Press) Children() []fyne.CanvasObject { return []fyne.CanvasObject{p.child} }

// HeightFor returns the height of what it holds.
func (p *Press) HeightFor(width float32) float32 { return HeightFor(p.child, width) }

// Natural returns the width of what it holds.
func (p *Press) Natural() float32 { return NaturalWidth(p.child) }

// Square takes the round corners off the ground, for rows that reach from edge to edge.
func (p *Press) Square() *Press {
	p.hover.Radius = 0
	return p
}

// Wide lets the ground reach a little beyond the words, for rows whose words line up with a heading.
func (p *Press) Wide() *Press {
	p.spill = theme.Radius
	return p
}

// Choose shows it as the chosen one of several.
func (p *Press) Choose(chosen bool) {
	if p.chosen != chosen {
		p.chosen = chosen
		p.ground(false)
	}
}

// CreateRenderer draws it.
func (p *Press) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(p.hover, p.child, p.ring),
		layout: func(size fyne.Size) {
			Place(p.hover, -p.spill, 0, size.Width+2*p.spill, size.Height)
			p.child.Resize(size)
			Place(p.ring, -4, -4, size.Width+8, size.Height+8)
		},
		min: func() fyne.Size { return p.child.MinSize() },
		refresh: func() {
			p.hover.Refresh()
			p.child.Refresh()
			p.ring.Refresh()
		},
	}
}

// Tapped presses it.
func (p *Press) Tapped(*fyne.PointEvent) {
	unexplain(p.child)
	if !p.off && p.OnTapped != nil {
		p.OnTapped()
	}
}

// FocusGained shows the ring.
func (p *Press) FocusGained() {
	p.ring.Show()
	p.ring.Refresh()
	explain(p.child, p.Tip, 0)
	follow(p.key, p.child)
}

// FocusLost hides the ring.
func (p *Press) FocusLost() {
	p.ring.Hide()
	unexplain(p.child)
}

// TypedRune hands a letter to the window; Space comes as a key.
func (p *Press) TypedRune(letter rune) { bubbleRune(p.child, letter) }

// TypedKey presses it on Enter and Space; other keys are the window's.
func (p *Press) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.Tapped(nil)
	default:
		if step := arrow(key.Name); step != 0 && p.OnArrow != nil {
			p.OnArrow(step)
			return
		}
		bubble(p.child, key)
	}
}

// arrow returns which way an arrow key leads in a group, or 0 for other keys.
func arrow(key fyne.KeyName) int {
	switch key {
	case fyne.KeyLeft, fyne.KeyUp:
		return -1
	case fyne.KeyRight, fyne.KeyDown:
		return 1
	default:
		return 0
	}
}

// MouseIn shows the ground.
func (p *Press) MouseIn(*desktop.MouseEvent) {
	p.ground(true)
	explain(p.child, p.Tip, tipAfter)
}

// MouseMoved does nothing.
func (p *Press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut hides the ground.
func (p *Press) MouseOut() {
	p.ground(false)
	unexplain(p.child)
}

func (p *Press) ground(over bool) {
	if p.OnHover != nil {
		p.OnHover(over)
	}
	if p.chosen || over && !p.off {
		p.hover.Set(theme.Raised, theme.Clear)
		return
	}
	p.hover.Set(theme.Clear, theme.Clear)
}

// Cursor shows a hand over what can be pressed.
func (p *Press) Cursor() desktop.Cursor {
	if p.off {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Tap makes what it holds something to click that the keyboard does not stop at, because the list
// around it has keys of its own.
type Tap struct {
	fynewidget.BaseWidget
	Tip    string // what it does, for a pointer that rests on it
	child  fyne.CanvasObject
	hover  *Box
	tapped func()
}

// NewTap returns child as something to click.
func NewTap(child fyne.CanvasObject, tapped func()) *Tap {
	t := &Tap{child: child, hover: NewBox(theme.Clear, theme.Clear), tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

// Children returns what there is to click.
func (t *Tap) Children() []fyne.CanvasObject { return []fyne.CanvasObject{t.child} }

// HeightFor returns the height of what it holds.
func (t *Tap) HeightFor(width float32) float32 { return HeightFor(t.child, width) }

// Natural returns the width of what it holds.
func (t *Tap) Natural() float32 { return NaturalWidth(t.child) }

// CreateRenderer draws it.
func (t *Tap) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(t.hover, t.child), min: t.child.MinSize,
		layout:  func(size fyne.Size) { t.hover.Resize(size); t.child.Resize(size) },
		refresh: func() { t.hover.Refresh(); t.child.Refresh() },
	}
}

// Tapped is a click.
func (t *Tap) Tapped(*fyne.PointEvent) {
	unexplain(t.child)
	t.tapped()
}

// MouseIn shows a ground.
func (t *Tap) MouseIn(*desktop.MouseEvent) {
	t.hover.Set(theme.Surface, theme.Clear)
	explain(t.child, t.Tip, tipAfter)
}

// MouseMoved does nothing.
func (t *Tap) MouseMoved(*desktop.MouseEvent) {}

// MouseOut hides the ground.
func (t *Tap) MouseOut() {
	t.hover.Set(theme.Clear, theme.Clear)
	unexplain(t.child)
}

// Look says how loud a button is.
type Look uint8

// The looks of buttons. There is one gold one at most on a page.
const (
	Quiet Look = iota
	Gold
	Bare
	Danger
)

// Button is words to press, with an icon before or a shortcut behind them.
type Button struct {
	Press
	look  Look
	face  *Box
	label *Text
	icon  *Icon
	hint  *Text
}

// ButtonParams says what a button shows. Only Words or Icon is needed.
type ButtonParams struct {
	Key   string
	Words string
	Icon  string // before the words
	After string // an icon behind the words
	Hint  string // the shortcut
	Look  Look
	Tone  theme.Name // of the words of a quiet one
	Small bool
	Tip   string // what it does, where the words do not say so
}

// NewButton returns a button.
func NewButton(q ButtonParams, tapped func()) *Button {
	b := &Button{look: q.Look}
	size, high, side := theme.Body, theme.RowTall, float32(14)
	if q.Small {
		size, high, side = theme.Caption, 28, 10
	}
	fill, stroke, tone := lookOf(q.Look)
	if q.Tone != "" {
		tone = q.Tone
	}
	b.face = NewBox(fill, stroke)
	b.label = NewText(q.Words, Style{Size: theme.Scaled(size), Bold: q.Look == Gold, Tone: tone})
	parts := []fyne.CanvasObject{}
	if q.Icon != "" {
		b.icon = NewIcon(q.Icon, size+4, tone)
		parts = append(parts, b.icon)
	}
	if q.Words != "" {
		parts = append(parts, b.label)
	}
	if q.After != "" {
		parts = append(parts, NewIcon(q.After, size, tone))
	}
	if q.Hint != "" {
		b.hint = NewText(q.Hint, Plain(size, theme.OnGoldSoft))
		parts = append(parts, b.hint)
	}
	if q.Words == "" {
		side = 8
	}
	b.Tip = q.Tip
	b.init(q.Key, On(b.face, Pad(0, side, 0, side, Row(6, -1, parts...)), Space(0, high)), tapped)
	b.ExtendBaseWidget(b)
	return b
}

func lookOf(l Look) (fill, stroke, tone theme.Name) {
	switch l {
	case Gold:
		return theme.Gold, theme.Gold, theme.OnGold
	case Danger:
		return theme.Clear, theme.Sev1, theme.Sev1
	case Bare:
		return theme.Clear, theme.Clear, theme.Gold
	default:
		return theme.Clear, theme.Line, theme.Text
	}
}

// Say changes what the button says. Whoever holds it lays it out again.
func (b *Button) Say(words string) { b.label.Set(words, b.label.style.Tone) }

// Hinted says whether the shortcut presses the button as things are: it is shown only then.
func (b *Button) Hinted(on bool) {
	if b.hint == nil || b.hint.Visible() == on {
		return
	}
	b.hint.Hidden = !on
	b.Refresh()
}

// Words returns what the button says.
func (b *Button) Words() string { return b.label.Words() }

// SetWords changes what the button says.
func (b *Button) SetWords(words string) { b.label.Set(words, b.label.style.Tone) }

// Brief leaves the shortcut away, where there is little room.
func (b *Button) Brief(on bool) {
	if b.hint != nil {
		b.hint.Hidden = on || b.off
		b.Refresh()
	}
}

// Allow says whether the button can be pressed now.
func (b *Button) Allow(on bool) {
	if b.off != on {
		return
	}
	b.off = !on
	fill, stroke, tone := lookOf(b.look)
	if b.off {
		fill, stroke, tone = theme.Raised, theme.Line, theme.Muted
	}
	b.face.Set(fill, stroke)
	b.label.Set(b.label.words, tone)
	if b.hint != nil {
		b.hint.Hidden = b.off
	}
	b.Refresh()
}

// Enable lets the button be pressed.
func (b *Button) Enable() { b.Allow(true) }

// Disable keeps the button from being pressed; the keyboard then passes it by.
func (b *Button) Disable() { b.Allow(false) }

// Disabled reports whether the button cannot be pressed now.
func (b *Button) Disabled() bool { return b.off }
