package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Input is the toolkit's entry with our keys: what it has no use for goes to the window, which has
// the shortcuts, and Tab always moves on.
type Input struct {
	fynewidget.Entry
	onFocus func(bool)
	onKey   func(*fyne.KeyEvent) bool // true when it dealt with the key
	onPaste func() bool               // true when it took what is on the clipboard
	onUndo  func() bool               // true when it took something else back than words
	shift   bool
	key     string
}

func newInput(multi bool) *Input {
	i := &Input{}
	i.MultiLine = multi
	i.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	if multi {
		i.Wrapping = fyne.TextWrapWord
	}
	i.ExtendBaseWidget(i)
	return i
}

// FocusKey names the input among others, so that another one in its place gets the keyboard.
func (i *Input) FocusKey() string { return i.key }

// put replaces the words and sets the cursor behind them.
func (i *Input) put(words string) {
	i.SetText(words)
	i.toEnd()
}

// toEnd sets the cursor behind the last word as the words are laid out: the toolkit counts rows that are wrapped too. While
// Shift is held the same key would select.
func (i *Input) toEnd() {
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	if i.shift {
		i.Entry.KeyUp(shift)
		defer i.Entry.KeyDown(shift)
	}
	i.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
}

// atEnd reports whether the cursor stands behind all words.
func (i *Input) atEnd() bool { return i.CursorTextOffset() >= len([]rune(i.Text)) }

// Resize wraps the words anew. A cursor behind them stays behind them, and in sight.
func (i *Input) Resize(size fyne.Size) {
	if size == i.Size() {
		return
	}
	behind := i.Text != "" && i.atEnd() && i.SelectedText() == "" // what is selected stays so
	i.Entry.Resize(size)
	if behind {
		i.toEnd()
	}
}

// rows returns how many rows the words take as they are laid out, at most most. The toolkit tells only where a row
// begins, which is at 0 for the first and for those that are not there.
func (i *Input) rows(most int) int {
	row, column := i.CursorRow, i.CursorColumn
	defer func() { i.CursorRow, i.CursorColumn = row, column }()
	i.CursorColumn = 0
	for n := 1; n < most; n++ {
		if i.CursorRow = n; i.CursorTextOffset() == 0 {
			return n
		}
	}
	return most
}

// FocusGained lights the frame around the words.
func (i *Input) FocusGained() {
	i.Entry.FocusGained()
	follow(i.key, i)
	if i.onFocus != nil {
		i.onFocus(true)
	}
}

// FocusLost puts the frame out.
func (i *Input) FocusLost() {
	i.Entry.FocusLost()
	i.shift = false
	if i.onFocus != nil {
		i.onFocus(false)
	}
}

// AcceptsTab says that Tab is never written: it moves the keyboard on.
func (i *Input) AcceptsTab() bool { return false }

// KeyDown remembers whether Shift is held.
func (i *Input) KeyDown(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		i.shift = true
	}
	i.Entry.KeyDown(key)
}

// KeyUp forgets Shift.
func (i *Input) KeyUp(key *fyne.KeyEvent) {
	if key.Name == desktop.KeyShiftLeft || key.Name == desktop.KeyShiftRight {
		i.shift = false
	}
	i.Entry.KeyUp(key)
}

// TypedKey writes, or hands the key on.
func (i *Input) TypedKey(key *fyne.KeyEvent) {
	switch {
	case i.onKey != nil && i.onKey(key):
	case key.Name == fyne.KeyEscape:
		bubble(i, key)
	default:
		i.Entry.TypedKey(key)
	}
}

// TypedShortcut keeps what an entry knows (copy, paste, undo) and hands the rest to the window: the
// toolkit would swallow it.
func (i *Input) TypedShortcut(shortcut fyne.Shortcut) {
	if _, paste := shortcut.(*fyne.ShortcutPaste); paste && i.onPaste != nil && i.onPaste() {
		return
	}
	if _, undo := shortcut.(*fyne.ShortcutUndo); undo && i.onUndo != nil && i.onUndo() {
		return
	}
	custom, ok := shortcut.(*desktop.CustomShortcut)
	if !ok || custom.KeyName == fyne.KeyLeft || custom.KeyName == fyne.KeyRight ||
		custom.KeyName == fyne.KeyBackspace || custom.KeyName == fyne.KeyDelete {
		i.Entry.TypedShortcut(shortcut)
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(i)
	if window, ok := c.(fyne.Shortcutable); ok {
		window.TypedShortcut(shortcut)
	}
}

// frame is a box around an input whose frame turns gold while one writes. The input's own border is
// as wide as its cursor and cannot be left away, so strips of the box's colour cover it.
type frame struct {
	fynewidget.BaseWidget
	box    *Box
	input  *Input
	strips [4]*canvas.Rectangle
	below  fyne.CanvasObject
	inset  float32
	high   float32
}

func (f *frame) init(input *Input, below fyne.CanvasObject, high float32) {
	f.box, f.input, f.below, f.inset, f.high = NewBox(theme.Surface, theme.Line), input, below, 4, high
	for i := range f.strips {
		f.strips[i] = canvas.NewRectangle(theme.Of(theme.Surface))
	}
	input.onFocus = func(on bool) {
		stroke := theme.Line
		if on {
			stroke = theme.Gold
		}
		f.box.Set(theme.Surface, stroke)
	}
}

// Tapped gives the keyboard to the input: who clicks beside the words means them.
func (f *frame) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f.input); c != nil {
		c.Focus(f.input)
	}
}

// Children returns the input and what lies below it.
func (f *frame) Children() []fyne.CanvasObject {
	if f.below == nil {
		return []fyne.CanvasObject{f.input}
	}
	return []fyne.CanvasObject{f.input, f.below}
}

// CreateRenderer draws it.
func (f *frame) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{f.box, f.input}
	for _, s := range f.strips {
		objects = append(objects, s)
	}
	if f.below != nil {
		objects = append(objects, f.below)
	}
	return &renderer{
		objects: these(objects...), layout: f.layout,
		min: func() fyne.Size { return fyne.NewSize(80, f.high) },
		refresh: func() {
			for _, s := range f.strips {
				s.FillColor = theme.Of(theme.Surface)
				s.Refresh()
			}
			f.box.Refresh()
			f.input.Refresh()
		},
	}
}

func (f *frame) layout(size fyne.Size) {
	f.box.Resize(size)
	below := float32(0)
	if f.below != nil {
		below = ceil(HeightFor(f.below, size.Width-24)) + 8
		Place(f.below, 12, size.Height-below, size.Width-24, below-8)
	}
	x, w, h := f.inset, size.Width-2*f.inset, size.Height-below-2*f.inset
	y := f.inset
	if !f.input.MultiLine { // one line sits in the middle of its box
		h = ceil(f.input.MinSize().Height)
		y = floor((size.Height - h) / 2)
	}
	Place(f.input, x, y, w, h)
	Place(f.strips[0], x, y, w, 3)
	Place(f.strips[1], x, y+h-3, w, 3)
	Place(f.strips[2], x, y, 3, h)
	Place(f.strips[3], x+w-3, y, 3, h)
}

// Field is a box for one line of words.
type Field struct {
	frame
	OnChanged   func(string)
	OnSubmitted func(string)
	lines       int // 0 for one line
}

// NewField returns an empty field that says what belongs into it.
func NewField(placeholder string) *Field {
	f := &Field{}
	in := newInput(false)
	in.PlaceHolder = placeholder
	in.OnChanged = func(s string) {
		if f.OnChanged != nil {
			f.OnChanged(s)
		}
	}
	in.OnSubmitted = func(s string) {
		if f.OnSubmitted != nil {
			f.OnSubmitted(s)
		}
	}
	f.init(in, nil, theme.Scaled(44))
	f.ExtendBaseWidget(f)
	return f
}

// NewLines returns an empty field for several lines, of which so many are seen at once. Enter begins the next line, and Shift
// with Enter submits.
func NewLines(placeholder string, lines int) *Field {
	f := NewField(placeholder)
	f.lines, f.high = lines, theme.Scaled(composerLine*float32(lines)+20)
	f.input.MultiLine, f.input.Wrapping = true, fyne.TextWrapWord
	f.input.SetMinRowsVisible(1)
	return f
}

// Input returns what takes the keyboard.
func (f *Field) Input() *Input { return f.input }

// Name gives the field a name, by which the keyboard finds another one in its place. It returns the field.
func (f *Field) Name(key string) *Field {
	f.input.key = key
	return f
}

// Words returns what was written.
func (f *Field) Words() string { return f.input.Text }

// SetWords replaces what was written, and puts the cursor behind it.
func (f *Field) SetWords(words string) { f.input.put(words) }

// SelectAll selects what was written: what is typed next replaces it.
func (f *Field) SelectAll() { f.input.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// anew returns a field in the size of text that holds now, with the same words.
func (f *Field) anew() *Field {
	n := NewField(f.input.PlaceHolder)
	if f.lines > 0 {
		n = NewLines(f.input.PlaceHolder, f.lines)
	}
	n.Name(f.input.key)
	n.SetWords(f.Words())
	n.OnChanged, n.input.onKey = f.OnChanged, f.input.onKey
	return n
}

// OnKey lets the page see keys first; it returns true for those it dealt with.
func (f *Field) OnKey(handle func(*fyne.KeyEvent) bool) { f.input.onKey = handle }
