package app

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
)

// The size of a window that was never changed, and the smallest one that is taken for a wish.
const (
	deskWide  = 1440
	deskTall  = 900
	leastWide = 640
	leastTall = 480
)

// Theme returns the look that the settings name.
func Theme(s settings.Settings) *theme.Theme {
	return theme.New(map[string]theme.Choice{"dark": theme.Dark, "light": theme.Light}[s.Theme]).WithText(s.Text)
}

func (d *Desk) recalled() settings.Settings {
	if d.p.Around.Settings == nil {
		return settings.Default()
	}
	return d.p.Around.Settings.Get()
}

// keep remembers a choice. One that cannot be written still holds for this run, and is no trouble to tell.
func (d *Desk) keep(change func(*settings.Settings)) {
	if d.p.Around.Settings != nil {
		_ = d.p.Around.Settings.Change(change)
	}
}

// size returns the window's size of the last run.
func (d *Desk) size() fyne.Size {
	s := d.recalled()
	if s.Wide < leastWide || s.Tall < leastTall {
		return fyne.NewSize(deskWide, deskTall)
	}
	return fyne.NewSize(s.Wide, s.Tall)
}

func (d *Desk) rememberSize() {
	now := d.window.Canvas().Size()
	if now.Width >= leastWide && now.Height >= leastTall {
		d.keep(func(s *settings.Settings) { s.Wide, s.Tall = now.Width, now.Height })
	}
}

// remember notes where the window is. The form for declaring is not a place to come back to.
func (d *Desk) remember() {
	if d.at == onEnrol || d.at == onDeclare {
		return
	}
	at, room := d.at, ""
	if at == onRoom {
		room = d.room.Incident().String()
	}
	d.keep(func(s *settings.Settings) { s.Page, s.Room = at, room })
}

// reopen shows what was shown when the window was closed, or the board.
func (d *Desk) reopen() {
	s := d.recalled()
	if in, err := id.Parse[id.Incident](s.Room); err == nil && s.Page == onRoom {
		d.OpenRoom(in)
		return
	}
	if _, ok := d.pages[s.Page]; ok && s.Page != onRoom && s.Page != onEnrol {
		d.Open(s.Page)
		return
	}
	d.Open(onBoard)
}

// look returns the theme that is shown, and a usual one where it is not ours.
func (d *Desk) look() *theme.Theme {
	if t, ours := d.p.App.Settings().Theme().(*theme.Theme); ours {
		return t
	}
	return theme.New(theme.Follow)
}

func (d *Desk) percent() int { return d.look().Percent() }

// setTheme changes between dark, light and, for an empty name, as the system says, in all windows.
func (d *Desk) setTheme(name string) {
	if d.first != nil {
		d.first.setTheme(name)
		return
	}
	d.keep(func(s *settings.Settings) { s.Theme = name })
	d.p.App.Settings().SetTheme(Theme(settings.Settings{Theme: name, Text: d.percent()}))
	d.rebuildAll() // pages that are not shown are not recoloured by the toolkit
}

// setText changes the size of text in all windows. What is shown is made anew, because sizes are taken when it is made;
// what was being written in rooms stays.
func (d *Desk) setText(percent int) {
	if d.first != nil {
		d.first.setText(percent)
		return
	}
	percent = min(max(percent, theme.Smallest), theme.Largest)
	if percent == d.percent() {
		return
	}
	d.keep(func(s *settings.Settings) { s.Text = percent })
	d.p.App.Settings().SetTheme(d.look().WithText(percent))
	d.rebuildAll()
}

// Rest keeps what is being written in rooms, when the client ends and no question is under way any more.
func (d *Desk) Rest(ctx context.Context) error { return d.p.drafts.Flush(ctx) }
