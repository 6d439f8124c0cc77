package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Option is one thing to pick.
type Option struct {
	Key   string
	Mark  fyne.CanvasObject // an avatar or an icon, or nil
	Words string
	Note  string
}

// Finder is a field with the things that match what is typed in it: arrows move, Enter picks.
type Finder struct {
	fynewidget.BaseWidget
	OnTyped func(string)
	OnPick  func(Option)
	OnEmpty func() // Enter with nothing typed; may be nil
	field   *Field
	list    *fyne.Container
	options []Option
	presses []*Press
	at      int
	stale   bool // the options are those of former words
	owed    bool // Enter was pressed on such options: the first of the next ones is meant
	changed func()
}

// NewFinder returns a finder without options. It calls changed when its height has changed.
func NewFinder(placeholder string, changed func()) *Finder {
	f := &Finder{field: NewField(placeholder), list: Column(0), changed: changed}
	f.field.OnChanged = func(s string) {
		f.at, f.owed = 0, false
		f.stale = f.OnTyped != nil
		if f.OnTyped != nil {
			f.OnTyped(s)
		}
	}
	f.field.OnSubmitted = f.enter
	f.field.OnKey(f.key)
	f.ExtendBaseWidget(f)
	return f
}

// enter picks what is chosen, once the options are those of the words that are there.
func (f *Finder) enter(words string) {
	switch {
	case words == "" && f.OnEmpty != nil:
		f.OnEmpty()
	case f.stale:
		f.owed = true
	default:
		f.pick(f.at)
	}
}

// Input returns what takes the keyboard.
func (f *Finder) Input() *Input { return f.field.Input() }

// SetWords replaces what was typed, puts the cursor behind it, and asks for what matches.
func (f *Finder) SetWords(words string) { f.field.SetWords(words) }

// Clear empties the field.
func (f *Finder) Clear() { f.SetWords("") }

// SetOptions replaces the things to pick.
func (f *Finder) SetOptions(options []Option) {
	f.options, f.presses, f.stale = options, nil, false
	f.list.RemoveAll()
	for i, o := range options {
		row := Row(10, -1)
		if o.Mark != nil {
			row.Add(o.Mark)
		}
		row.Add(NewText(o.Words, Plain(theme.Body, theme.Text)))
		if o.Note != "" {
			row.Add(NewText(o.Note, Plain(theme.Caption, theme.Muted)))
		}
		press := NewPress("option "+o.Key, Pad(4, 8, 4, 8, On(row, Space(0, 28))), func() { f.pick(i) })
		press.Choose(i == f.at)
		f.presses = append(f.presses, press)
		f.list.Add(press)
	}
	f.changed()
	if f.owed {
		f.owed = false
		f.pick(f.at)
	}
}

// Children returns the field and the options.
func (f *Finder) Children() []fyne.CanvasObject { return []fyne.CanvasObject{f.field, f.list} }

// HeightFor returns the height of the field and the options.
func (f *Finder) HeightFor(width float32) float32 {
	h := f.field.MinSize().Height
	if len(f.options) > 0 {
		h += 4 + HeightFor(f.list, width)
	}
	return h
}

// CreateRenderer draws it.
func (f *Finder) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(f.field, f.list),
		layout: func(size fyne.Size) {
			h := f.field.MinSize().Height
			Place(f.field, 0, 0, size.Width, h)
			Place(f.list, 0, h+4, size.Width, max(size.Height-h-4, 0))
		},
		min:     func() fyne.Size { return fyne.NewSize(120, f.HeightFor(f.Size().Width)) },
		refresh: func() { f.field.Refresh(); f.list.Refresh() },
	}
}

func (f *Finder) pick(i int) {
	if i < len(f.options) && f.OnPick != nil {
		f.OnPick(f.options[i])
	}
}

func (f *Finder) key(key *fyne.KeyEvent) bool {
	step := 0
	switch key.Name {
	case fyne.KeyDown:
		step = 1
	case fyne.KeyUp:
		step = -1
	default:
		return false
	}
	f.at = min(max(f.at+step, 0), max(len(f.options)-1, 0))
	for i, p := range f.presses {
		p.Choose(i == f.at)
	}
	return true
}

// Name gives the field a name, by which the keyboard finds another one in its place.
func (f *Finder) Name(key string) { f.field.Name(key) }

// Words returns what was typed and not picked yet.
func (f *Finder) Words() string { return f.field.Words() }

// Options returns the things to pick.
func (f *Finder) Options() []Option { return f.options }
