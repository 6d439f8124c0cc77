package app_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// eyes looks at a desk and uses it as a person would.
type eyes struct {
	t *testing.T
	*app.Desk
	c fyne.Canvas
}

func look(t *testing.T, f *fake) eyes {
	t.Helper()
	d := desk(t, f, theme.Dark)
	return eyes{t, d, d.Window().Canvas()}
}

// said returns every word that is shown.
func (e eyes) said() string {
	var all strings.Builder
	note := func(o fyne.CanvasObject) bool {
		if s, ok := o.(interface{ Words() string }); ok {
			all.WriteString(s.Words() + "\n")
		}
		return true
	}
	widget.Walk(e.c.Content(), note)
	if top := e.c.Overlays().Top(); top != nil {
		widget.Walk(top, note)
	}
	return all.String()
}

func (e eyes) sees(words ...string) {
	e.t.Helper()
	said := e.said()
	for _, w := range words {
		if !strings.Contains(said, w) {
			e.t.Errorf("%q is not shown; shown is:\n%s", w, said)
		}
	}
}

func (e eyes) seesNot(words ...string) {
	e.t.Helper()
	said := e.said()
	for _, w := range words {
		if strings.Contains(said, w) {
			e.t.Errorf("%q is shown:\n%s", w, said)
		}
	}
}

// seesBefore checks the order on the page.
func (e eyes) seesBefore(first, second string) {
	e.t.Helper()
	said := e.said()
	i, j := strings.Index(said, first), strings.Index(said, second)
	if i < 0 || j < 0 || i >= j {
		e.t.Errorf("%q does not stand before %q in:\n%s", first, second, said)
	}
}

// tap clicks what has the key, or says the words; what lies on top comes first.
func (e eyes) tap(name string) {
	e.t.Helper()
	var found fyne.Tappable
	match := func(o fyne.CanvasObject) bool {
		k, isKeyed := o.(widget.Keyed)
		s, speaks := o.(interface{ Words() string })
		tappable, isTappable := o.(fyne.Tappable)
		if isTappable && (isKeyed && strings.HasPrefix(k.FocusKey(), name) || speaks && s.Words() == name) {
			found = tappable
			return false
		}
		return true
	}
	if top := e.c.Overlays().Top(); top != nil {
		widget.Walk(top, match)
	} else {
		widget.Walk(e.c.Content(), match)
	}
	if found == nil {
		e.t.Fatalf("there is nothing called %q to click in:\n%s", name, e.said())
	}
	test.Tap(found)
}

// types writes into what has the keyboard.
func (e eyes) types(words string) {
	e.t.Helper()
	at := e.c.Focused()
	if at == nil {
		e.t.Fatalf("nothing has the keyboard; cannot type %q", words)
	}
	for _, r := range words {
		at.TypedRune(r)
	}
}

// key presses a key where the keyboard is.
func (e eyes) key(name fyne.KeyName) {
	e.t.Helper()
	event := &fyne.KeyEvent{Name: name}
	if at := e.c.Focused(); at != nil {
		at.TypedKey(event)
		return
	}
	e.c.OnTypedKey()(event)
}

// ctrl presses a key together with Ctrl, as the driver does: the focused widget gets it first.
func (e eyes) ctrl(name fyne.KeyName) {
	e.t.Helper()
	shortcut := &desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierControl}
	if at, ok := e.c.Focused().(fyne.Shortcutable); ok {
		at.TypedShortcut(shortcut)
		return
	}
	e.c.(fyne.Shortcutable).TypedShortcut(shortcut)
}

func (e eyes) resize(w, h float32) {
	e.Window().Resize(fyne.NewSize(w, h))
	e.Tick(noon())
	e.Window().Resize(fyne.NewSize(w, h))
}
