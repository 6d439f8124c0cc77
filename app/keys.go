package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/tsugi-app/tsugi/app/widget"
)

// addKeys gives the window its shortcuts. They reach it from every page: our inputs hand on what they
// have no use for.
func (d *Desk) addKeys() {
	c := d.window.Canvas()
	for key, name := range map[fyne.KeyName]string{
		fyne.KeyD: onDeclare, fyne.Key1: onBoard, fyne.Key2: onUnsent, fyne.Key3: onPeople,
	} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
			if d.at == "" {
				return // the first page has nothing to go to
			}
			for widget.DismissTop(c) { // all panels go
			}
			d.Open(name)
		})
	}
	c.SetOnTypedKey(func(key *fyne.KeyEvent) {
		if key.Name == fyne.KeyEscape && !widget.DismissTop(c) {
			d.Back()
		}
	})
}
