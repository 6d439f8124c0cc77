package widget_test

import (
	"reflect"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// wrapped is one line that no composer shows in one row.
var wrapped = strings.TrimSpace(strings.Repeat("the database answers slowly ", 12))

func TestWordsThatComeBackAreGoneOnWithAtTheirEnd(t *testing.T) {
	for name, early := range map[string]bool{"before it has a width": true, "after": false} {
		t.Run(name, func(t *testing.T) {
			c := widget.NewComposer("", "Enter")
			if early {
				c.SetWords(wrapped)
			}
			window(t, c, 420, 300)
			if !early {
				c.SetWords(wrapped)
			}
			c.Insert("!")
			if got := c.Words(); got != wrapped+"!" {
				t.Errorf("what is typed lands at %d of %d", strings.Index(got, "!"), len(wrapped))
			}
			if got := c.Before(); got != wrapped+"!" {
				t.Errorf("before the cursor stands %q", got)
			}
			c.Resize(fyne.NewSize(300, 300))
			c.Insert("?")
			if got := c.Words(); got != wrapped+"!?" {
				t.Errorf("in a narrower window: %q", got)
			}
		})
	}
	f := widget.NewField("")
	f.SetWords("https://status.example")
	window(t, f, 120, 60)
	f.Input().TypedRune('!')
	if got := f.Words(); got != "https://status.example!" {
		t.Errorf("a field has %q", got)
	}
}

func TestAComposerGrowsByWhatIsShown(t *testing.T) {
	c := widget.NewComposer("", "Enter")
	at := window(t, container.NewVBox(c), 420, 700)
	c.OnResized = func() { at.Content().Refresh() }
	at.Focus(c.Input())
	one := c.HeightFor(420)
	c.SetWords(wrapped)
	some := c.HeightFor(420)
	if c.Size().Height != some || some <= one+40 {
		t.Errorf("one line is %v high, wrapped ones need %v and have %v", one, some, c.Size().Height)
	}
	if broad := c.HeightFor(2400); broad >= some || c.HeightFor(420) != some {
		t.Errorf("the words need %v in a broad window, %v in a narrow one", broad, some)
	}
	c.SetWords("")
	if got := c.HeightFor(420); got != one {
		t.Errorf("without words it is %v high, was %v", got, one)
	}
	board := fyne.CurrentApp().Clipboard()
	board.SetContent(strings.Repeat(wrapped+"\n", 9))
	c.Input().TypedShortcut(&fyne.ShortcutPaste{Clipboard: board})
	if got := c.Size().Height; got <= some || got > one+7*22 {
		t.Errorf("eight lines and more are %v high, one is %v, some are %v", got, one, some)
	}
	if above, tall := caret(t, c.Input()); above < 0 || above > tall-10 {
		t.Errorf("behind what was pasted the caret is at %v of %v", above, tall)
	}
}

// caret returns where the caret stands below the upper edge of what is in sight, and how high that is.
func caret(t *testing.T, in *widget.Input) (above, tall float32) {
	t.Helper()
	for _, o := range test.WidgetRenderer(in).Objects() {
		if scroll := reflect.Indirect(reflect.ValueOf(o)); scroll.Kind() == reflect.Struct && scroll.FieldByName("Offset").IsValid() {
			return in.CursorPosition().Y - scroll.FieldByName("Offset").Interface().(fyne.Position).Y, o.Size().Height
		}
	}
	t.Fatal("nothing in the input scrolls")
	return 0, 0
}

func TestAClickAnywhereInTheFrameGivesItTheKeyboard(t *testing.T) {
	c := widget.NewComposer("", "Enter", widget.NewText("a hint", widget.Plain(theme.Caption, theme.Muted)))
	at := window(t, c, 420, 120)
	for name, p := range map[string]fyne.Position{"the hints": {X: 20, Y: 105}, "between them": {X: 250, Y: 105}, "the edge": {X: 2, Y: 60}} {
		at.Unfocus()
		test.TapCanvas(at, p)
		if at.Focused() != fyne.Focusable(c.Input()) {
			t.Errorf("a click on %s gives the keyboard to %T", name, at.Focused())
		}
	}
}
