package widget

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
)

// Composer is where one writes to everybody: Enter sends, Shift with Enter starts a new line. It grows with what is
// written, and carries a tray for what is sent along.
type Composer struct {
	frame
	OnSend    func(string)
	OnTyped   func(before string)       // what stands before the cursor, in its line
	OnKey     func(*fyne.KeyEvent) bool // true for a key that was dealt with
	OnPaste   func() bool               // true when it took what is on the clipboard, because that is no words
	OnUndo    func() bool               // true when it took something back: with nothing written, that is meant
	OnResized func()
	note      *Text
	hints     *fyne.Container
	tray      *fyne.Container
	lines     int
}

// composerTall is the height with one line and without a tray, composerLine that of each further line, of which
// composerMost are shown at once.
const (
	composerTall = 84
	composerLine = 21
	composerMost = 8
)

// NewComposer returns an empty composer with hints beneath the words.
func NewComposer(placeholder, enter string, hints ...fyne.CanvasObject) *Composer {
	c := &Composer{note: NewText("", Plain(theme.Caption, theme.Muted)), hints: Row(14, -1, hints...), tray: Wrap(8), lines: 1}
	c.note.Hide()
	in := newInput(true)
	in.PlaceHolder = placeholder
	in.SetMinRowsVisible(1)
	in.onKey = c.key
	in.onPaste = func() bool { return c.OnPaste != nil && c.OnPaste() }
	in.onUndo = func() bool { return in.Text == "" && c.OnUndo != nil && c.OnUndo() }
	in.OnChanged = c.changed
	key := On(NewBox(theme.Clear, theme.Line), Pad(2, 6, 2, 6, NewText(enter, Plain(theme.Caption, theme.Muted))))
	c.init(in, Column(0, c.tray, Row(8, 0, On(c.note, c.hints), key)), theme.Scaled(composerTall))
	c.ExtendBaseWidget(c)
	return c
}

// Input returns what takes the keyboard.
func (c *Composer) Input() *Input { return c.input }

// SetPlaceholder changes what stands there while nothing is written.
func (c *Composer) SetPlaceholder(words string) {
	if c.input.PlaceHolder != words {
		c.input.SetPlaceHolder(words)
	}
}

// SetNote says something in place of the hints; no words bring the hints back.
func (c *Composer) SetNote(note string, tone theme.Name) {
	if c.note.Words() == note && c.note.style.Tone == tone {
		return
	}
	c.note.Set(note, tone)
	c.note.Hidden, c.hints.Hidden = note == "", note != ""
	c.below.Refresh()
}

// SetTray shows what is sent along, above the hints.
func (c *Composer) SetTray(objects ...fyne.CanvasObject) {
	c.tray.Objects = nil
	for _, o := range objects {
		c.tray.Add(Pad(0, 0, 8, 0, o))
	}
	c.fit()
}

// Words returns what was written and not yet sent.
func (c *Composer) Words() string { return c.input.Text }

// SetWords replaces what was written, and puts the cursor behind it.
func (c *Composer) SetWords(words string) {
	c.input.put(words)
}

// Follow replaces what was written by what is written elsewhere. The cursor stays where it was, also behind the words.
func (c *Composer) Follow(words string) {
	row, column := c.input.CursorRow, c.input.CursorColumn
	end := c.input.atEnd()
	c.SetWords(words)
	if rows := strings.Split(words, "\n"); !end && row < len(rows) {
		c.input.CursorRow, c.input.CursorColumn = row, min(column, len([]rune(rows[row])))
		c.input.Refresh()
	}
}

// Insert writes words at the cursor.
func (c *Composer) Insert(words string) {
	for _, r := range words {
		c.input.TypedRune(r)
	}
}

// Complete replaces the last n runes before the cursor by words.
func (c *Composer) Complete(n int, words string) {
	for range n {
		c.input.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	}
	c.Insert(words)
}

// Before returns what stands before the cursor, in its line.
func (c *Composer) Before() string {
	runes := []rune(c.input.Text)
	before := string(runes[:min(c.input.CursorTextOffset(), len(runes))])
	return before[strings.LastIndex(before, "\n")+1:]
}

// HeightFor returns the height that the words, as they wrap in a width, and the tray need.
func (c *Composer) HeightFor(width float32) float32 {
	c.input.Resize(fyne.NewSize(width-2*c.inset, max(c.input.Size().Height, theme.Scaled(composerLine))))
	c.lines = c.input.rows(composerMost)
	tall := theme.Scaled(composerTall + float32(c.lines-1)*composerLine)
	if len(c.tray.Objects) > 0 {
		tall += HeightFor(c.tray, width-24)
	}
	return tall
}

func (c *Composer) changed(string) {
	if c.input.rows(composerMost) != c.lines {
		c.fit()
	}
	if c.OnTyped != nil {
		c.OnTyped(c.Before())
	}
}

func (c *Composer) fit() {
	c.high = c.HeightFor(max(c.Size().Width, 80))
	if c.OnResized != nil {
		c.OnResized()
	}
	c.layout(c.Size())
	c.Refresh()
}

func (c *Composer) key(key *fyne.KeyEvent) bool {
	if c.OnKey != nil && c.OnKey(key) {
		return true
	}
	if key.Name != fyne.KeyReturn && key.Name != fyne.KeyEnter {
		return false
	}
	if c.input.shift {
		// The toolkit starts no new line while Shift is held, it selects.
		c.input.TypedRune('\n')
		return true
	}
	if c.OnSend != nil {
		c.OnSend(c.input.Text)
	}
	return true
}
