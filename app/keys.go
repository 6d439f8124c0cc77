package app

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/tsugi-app/tsugi/app/widget"
)

// addKeys gives the window the shortcuts of all actions. They reach it from every page: our inputs
// hand on what they have no use for.
func (d *Desk) addKeys() {
	c := d.window.Canvas()
	plain := map[fyne.KeyName]func(){}
	for _, a := range d.actions() {
		for _, key := range []fyne.KeyName{a.key, a.also} {
			switch {
			case key == "":
			case a.plain:
				plain[key] = d.guarded(a)
			default:
				run := d.guarded(a)
				c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { run() })
				if a.shifted {
					c.AddShortcut(&desktop.CustomShortcut{
						KeyName: key, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift,
					}, func(fyne.Shortcut) { run() })
				}
			}
		}
	}
	c.SetOnTypedKey(func(key *fyne.KeyEvent) {
		switch run, ok := plain[key.Name]; {
		case ok:
			run()
		case key.Name == fyne.KeyEscape && !widget.DismissTop(c) && !d.frame.dismissNotice():
			d.Back()
		case key.Name == fyne.KeyDown, key.Name == fyne.KeyRight: // what has arrows of its own does not hand them on
			c.FocusNext()
		case key.Name == fyne.KeyUp, key.Name == fyne.KeyLeft:
			c.FocusPrevious()
		}
	})
	c.SetOnTypedRune(func(r rune) {
		if r == '?' {
			plain[fyne.KeyF1]()
			return
		}
		d.writeInRoom(r)
	})
}

// writeInRoom gives a letter that nothing takes to where one writes in a room. Space is the key of what has the keyboard,
// and who has a panel before the page does not mean what lies under it.
func (d *Desk) writeInRoom(letter rune) {
	c := d.window.Canvas()
	if d.at != onRoom || c.Overlays().Top() != nil || unicode.IsSpace(letter) {
		return
	}
	d.room.Focus()
	if at, ok := c.Focused().(*widget.Input); ok {
		at.TypedRune(letter)
	}
}

// guarded runs an action where it is possible.
func (d *Desk) guarded(a action) func() {
	return func() {
		if d.at == "" && (!d.fresh || !a.first) || a.possible != nil && !a.possible() {
			return
		}
		if !a.over {
			d.dismissAll()
		}
		a.Do()
	}
}
