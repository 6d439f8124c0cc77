package app

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/declare"
	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// outsider is what the desk asks of the session for those who do not look at the window.
type outsider interface {
	// News returns what has happened since it was last called that whoever looks should hear of.
	News(ctx context.Context) ([]present.News, error)
	// Find returns the incident that a link names. It is false where this device knows none.
	Find(ctx context.Context, r present.Reference) (id.Incident, bool, error)
}

// Around is what the desktop around the window offers. Whatever is nil is not there.
type Around struct {
	Tell     func(context.Context, desktop.Note) // shows a notification, or says elsewhere that it cannot
	Tray     Tray
	HasTray  func(context.Context) bool // reports whether a tray is shown now
	Login    Login
	Settings *settings.Store // nil keeps the presets
}

// Tray is where the client goes on while its window is closed.
type Tray interface {
	SetSystemTrayMenu(menu *fyne.Menu)
	SetSystemTrayIcon(icon fyne.Resource)
}

// Login is whether the client starts when its person logs in.
type Login interface {
	On() (bool, error)
	Set(on bool) error
}

// tellPause is how often it is looked what to tell, at most.
const tellPause = 2 * time.Second

// outside keeps what is seen of the client without its window: notifications and the tray.
type outside struct {
	d      *Desk
	fetch  *widget.Fetcher
	ration present.Ration
	due    bool // something has changed since it was last looked
	next   time.Time
	front  bool // a window of ours has the keyboard
	login  bool
	shown  string // what the tray shows
}

func newOutside(d *Desk) *outside {
	o := &outside{d: d}
	o.fetch = widget.NewFetcher(d.p.Work, o.get)
	d.p.App.Lifecycle().SetOnEnteredForeground(func() { o.front = true })
	d.p.App.Lifecycle().SetOnExitedForeground(func() { o.front = false })
	d.window.SetCloseIntercept(d.Close)
	if o.around().Tray != nil {
		o.show(nil) // the toolkit begins a tray with its loop, or never
	}
	return o
}

func (o *outside) around() Around { return o.d.p.Around }

func (o *outside) changed() { o.due = true }

// tick looks, once in a while, at what has changed.
func (o *outside) tick(now time.Time) {
	if !o.due || now.Before(o.next) || o.d.at == "" {
		return
	}
	o.due, o.next = false, now.Add(tellPause)
	o.fetch.Ask()
}

func (o *outside) get(ctx context.Context) func() {
	news, err := o.d.p.Session.News(ctx)
	strangers := o.d.p.Session.View().Strangers(o.d.p.Now())
	board, boardErr := o.d.p.Session.Board(ctx)
	login := false
	if l := o.around().Login; l != nil {
		login, _ = l.On() // the menu shows it as off, and switching it on says why it cannot be
	}
	return func() {
		o.d.meet(strangers)
		if err == nil {
			o.tell(news)
		}
		if boardErr == nil && o.around().Tray != nil {
			o.login = login
			o.show(board.Fires)
		}
	}
}

func (o *outside) hasTray(ctx context.Context) bool {
	a := o.around()
	return a.Tray != nil && a.HasTray != nil && a.HasTray(ctx)
}

// tell shows notifications: none about the room that is open under somebody's eyes, and not more in a
// minute than anybody reads.
func (o *outside) tell(news []present.News) {
	var unseen []present.News
	for _, n := range news {
		if looking := n.Device.IsZero() && n.Person.IsZero() && o.front && o.d.shows(n.Incident); !looking {
			unseen = append(unseen, n)
		}
	}
	w := o.d.p.View.Words.News
	tell, more := o.ration.Take(unseen, o.d.p.Now())
	for _, n := range tell {
		action := w.OpenRoom
		if !n.Device.IsZero() {
			action = w.DeviceShow
		}
		if !n.Person.IsZero() {
			action = w.GoneShow
		}
		o.note(desktop.Note{
			Key: desktop.Link{Incident: n.Incident, Device: n.Device, Person: n.Person}.String(), Title: n.Title, Text: n.Text, Action: action, Urgent: n.Urgent,
		})
	}
	if more > 0 {
		title := w.MoreOne
		if more > 1 {
			title = fmt.Sprintf(w.More, more)
		}
		o.note(desktop.Note{Key: desktop.Link{Board: true}.String(), Title: title, Text: w.MoreText, Action: w.OpenBoard})
	}
}

func (o *outside) note(n desktop.Note) {
	if tell := o.around().Tell; tell != nil {
		o.d.p.Work.Go(func(ctx context.Context) func() {
			tell(ctx, n)
			return nil
		})
	}
}

// firesInMenu is how many rooms the tray's menu offers.
const firesInMenu = 8

// show brings the tray up to date, where anything in it is another than before.
func (o *outside) show(fires []present.Fire) {
	chosen := o.settings()
	said := fmt.Sprint(chosen.CloseToTray, o.login)
	for _, f := range fires {
		said = fmt.Sprintln(said, f.ID, o.label(f))
	}
	if said == o.shown {
		return
	}
	o.shown = said
	tone := theme.Muted
	if len(fires) > 0 {
		tone = widget.SeverityTone(fires[0].Level)
	}
	o.around().Tray.SetSystemTrayMenu(o.menu(fires))
	if icon, err := desktop.TrayIcon(len(fires), theme.Of(tone)); err == nil {
		o.around().Tray.SetSystemTrayIcon(fyne.NewStaticResource(fmt.Sprintf("tsugi-%d.png", len(fires)), icon))
	}
}

func (o *outside) menu(fires []present.Fire) *fyne.Menu {
	w, d := o.d.p.View.Words.Around, o.d
	menu := fyne.NewMenu(o.d.p.View.Words.Shell.Name)
	add := func(label string, do func()) *fyne.MenuItem {
		item := fyne.NewMenuItem(label, do)
		menu.Items = append(menu.Items, item)
		return item
	}
	part := func() { menu.Items = append(menu.Items, fyne.NewMenuItemSeparator()) }
	for _, f := range fires[:min(len(fires), firesInMenu)] {
		add(o.label(f), func() { d.Follow(desktop.Link{Incident: f.ID}) })
	}
	if rest := len(fires) - firesInMenu; rest > 0 {
		add(present.Count(rest, w.MoreFiresOne, w.MoreFires), func() { d.Follow(desktop.Link{Board: true}) })
	}
	if len(fires) == 0 {
		add(w.Calm, nil).Disabled = true
	}
	part()
	add(w.Declare, func() { d.Follow(desktop.Link{Declare: true}) })
	add(w.Open, d.Raise)
	part()
	add(w.CloseToTray, o.toggleClose).Checked = o.settings().CloseToTray
	if o.around().Login != nil {
		add(w.StartAtLogin, o.toggleLogin).Checked = o.login
	}
	part()
	add(w.Quit, d.p.App.Quit).IsQuit = true
	return menu
}

// label is how the menu names a fire. Of a private one others may see no more than its number.
func (o *outside) label(f present.Fire) string {
	if f.Private {
		return f.Number
	}
	return fmt.Sprintf(o.d.p.View.Words.Around.Fire, f.Severity, short(f.Title))
}

// shortMost is how many characters of a title a menu shows.
const shortMost = 60

func short(title string) string {
	if runes := []rune(title); len(runes) > shortMost {
		return string(runes[:shortMost-1]) + "…"
	}
	return title
}

func (o *outside) settings() settings.Settings {
	if s := o.around().Settings; s != nil {
		return s.Get()
	}
	return settings.Default()
}

func (o *outside) change(change func(*settings.Settings)) {
	if s := o.around().Settings; s != nil {
		if err := s.Change(change); err != nil {
			o.d.failed(err)
		}
	}
}

func (o *outside) toggleClose() {
	o.change(func(s *settings.Settings) { s.CloseToTray = !s.CloseToTray })
	o.changed()
}

func (o *outside) toggleLogin() {
	if err := o.around().Login.Set(!o.login); err != nil {
		o.d.Raise()
		o.d.failed(err)
	}
	o.changed()
}

// Close is what the window's close button does: it hides where there is a tray to come back from, or while rooms are open
// in windows of their own, and else ends the client.
func (d *Desk) Close() { d.out.ending(d.out.hide) }

// ending ends the client when its last window goes, unless there is a tray to come back from. The windows that stay are
// left alone.
func (o *outside) ending(gone func(toTray bool)) {
	if !o.settings().CloseToTray {
		o.end(false, gone)
		return
	}
	o.d.p.Work.Go(func(ctx context.Context) func() {
		up := o.hasTray(ctx)
		return func() { o.end(up, gone) }
	})
}

func (o *outside) end(tray bool, gone func(toTray bool)) {
	if !tray && len(o.d.aside) == 0 {
		o.d.p.App.Quit()
		return
	}
	gone(tray)
}

func (o *outside) hide(toTray bool) {
	if o.d.at == onRoom {
		o.d.Open(onBoard) // nobody reads what arrives there now
	}
	o.d.hidden = true
	o.d.window.Hide()
	if w := o.d.p.View.Words.News; toTray && !o.settings().ToldOfTray {
		o.change(func(s *settings.Settings) { s.ToldOfTray = true })
		o.note(desktop.Note{Key: desktop.Link{}.String(), Title: w.InTray, Text: w.InTrayText, Action: o.d.p.View.Words.Around.Open})
	}
}

// Raise brings the window to whoever asked for it.
func (d *Desk) Raise() {
	d.hidden = false
	d.window.Show()
	d.window.RequestFocus()
}

// Follow raises the window and shows what a link names; a room that has a window of its own is shown there. On a device
// that belongs to nobody yet it waits until that has changed.
func (d *Desk) Follow(l desktop.Link) {
	if d.wish = nil; d.at == "" {
		d.Raise()
		d.wish = &l
		return
	}
	if !l.Incident.IsZero() || l.Number > 0 || l.Private > 0 {
		d.find(l)
		return
	}
	d.Raise()
	if l != (desktop.Link{}) {
		d.dismissAll()
	}
	switch w := d.p.View.Words.Around; {
	case l.Unknown != "":
		d.frame.notice(present.Trouble{What: fmt.Sprintf(w.BadLinkWhat, l.Unknown), Safe: w.BadLinkSafe, Do: w.BadLinkDo})
	case !l.Device.IsZero():
		d.showDevice(l.Device)
	case l.Person == d.p.View.Self.Person && !l.Person.IsZero():
		d.Open(onReach)
	case !l.Person.IsZero():
		d.Open(onPeople)
	case l.Declare:
		d.Open(onDeclare)
		if form, ok := d.pages[onDeclare].(*declare.Page); ok {
			form.Suggest(l.Title)
		}
	case l.Board:
		d.Open(onBoard)
	}
}

func (d *Desk) find(l desktop.Link) {
	d.p.Work.Go(func(ctx context.Context) func() {
		in, known, err := d.p.Session.Find(ctx, present.Reference{Incident: l.Incident, Number: l.Number, Private: l.Private})
		return func() {
			if own := d.windowOf(in); own != nil && known {
				own.Raise()
				return
			}
			d.Raise()
			d.dismissAll()
			switch w := d.p.View.Words.Around; {
			case err != nil:
				d.failed(err)
			case !known:
				d.frame.notice(present.Trouble{What: fmt.Sprintf(w.NoIncidentWhat, l), Safe: w.NoIncidentSafe, Do: w.NoIncident})
			default:
				d.OpenRoom(in)
			}
		}
	})
}
