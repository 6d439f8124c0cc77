package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	fynedesktop "fyne.io/fyne/v2/driver/desktop"

	desk "github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/assets"
)

// neighbours are the programs around the window: the desktop's bus, and second starts of this one. None
// of them is needed; those that are missing are logged once.
type neighbours struct {
	line   commandLine
	log    *slog.Logger
	bus    *desktop.SessionBus // nil where there is none
	notes  *desktop.Notifier
	door   *desktop.Doorway // nil where nobody can hand anything over
	chosen *settings.Store
	follow func(desktop.Link)
	failed sync.Once
	ears   sync.WaitGroup
}

func meet(ctx context.Context, line commandLine, log *slog.Logger, answer func(context.Context, string) ([]byte, error)) *neighbours {
	n := &neighbours{line: line, log: log, follow: func(desktop.Link) {}}
	var err error
	if n.chosen, err = settings.Open(line.Data); err != nil {
		log.Warn("the settings are the presets", "error", err)
	}
	if n.door, err = desktop.OpenDoorway(ctx, line.Data); err != nil {
		n.door = nil
		log.Warn("links do not reach this client", "error", err)
	} else {
		n.door.Answer = answer
	}
	if !onXDG() {
		return n
	}
	if n.bus, err = desktop.OpenBus(); err != nil {
		n.bus = nil
		log.Info("no notifications and no tray", "error", err)
		return n
	}
	n.notes = desktop.NewNotifier(n.bus, func(key string) {
		if link, err := desktop.ParseLink(key); err == nil {
			n.follow(link)
		}
	})
	return n
}

// onXDG reports whether the desktop is one of those that meet on a message bus.
func onXDG() bool {
	switch runtime.GOOS {
	case "windows", "darwin", "android", "ios":
		return false
	}
	return true
}

// around returns what they offer.
func (n *neighbours) around(a fyne.App) desk.Around {
	out := desk.Around{Settings: n.chosen}
	tray, _ := a.(fynedesktop.App)
	switch {
	case !onXDG():
		out.Tell = func(_ context.Context, note desktop.Note) {
			a.SendNotification(fyne.NewNotification(note.Title, note.Text))
		}
		out.Tray, out.HasTray = tray, func(context.Context) bool { return true }
	case n.bus != nil:
		out.Tell, out.Tray, out.HasTray = n.tell, tray, n.hasTray
	}
	if login, err := n.autostart(); onXDG() && err == nil {
		out.Login = login
	}
	return out
}

func (n *neighbours) tell(ctx context.Context, note desktop.Note) {
	if err := n.notes.Tell(ctx, note); err != nil && !errors.Is(err, context.Canceled) {
		n.failed.Do(func() { n.log.Warn("notifications are not shown", "error", err) })
	}
}

func (n *neighbours) hasTray(ctx context.Context) bool { return desktop.HasTray(ctx, n.bus) }

// autostart returns the file that starts this client, on this data folder, at login.
func (n *neighbours) autostart() (desktop.Autostart, error) {
	program, err := os.Executable()
	if err != nil {
		return desktop.Autostart{}, err
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return desktop.Autostart{}, err
	}
	command := []string{program, "--tray"}
	if n.line.Data != defaultData() {
		command = append(command, "--data", n.line.Data)
	}
	if n.line.Language != system {
		command = append(command, "--language", n.line.Language)
	}
	w := n.line.words().Around
	return desktop.Autostart{Dir: filepath.Join(dir, "autostart"), Command: command, Name: w.EntryName, Comment: w.EntryComment}, nil
}

// attend brings what they ask for to the desk, until leave.
func (n *neighbours) attend(ctx context.Context, d *desk.Desk) {
	n.follow = func(l desktop.Link) { fyne.Do(func() { d.Follow(l) }) }
	if n.door != nil {
		n.ears.Go(func() { n.door.Serve(ctx, n.follow) })
	}
	if n.notes == nil {
		return
	}
	hear, err := n.notes.Listen(ctx)
	if err != nil {
		n.log.Warn("clicks on notifications are not heard", "error", err)
		return
	}
	n.ears.Go(func() { hear(ctx) })
}

// leave ends all that.
func (n *neighbours) leave() {
	var errs []error
	if n.door != nil {
		errs = append(errs, n.door.Close())
	}
	if n.bus != nil {
		errs = append(errs, n.bus.Close())
	}
	n.ears.Wait()
	if err := errors.Join(errs...); err != nil {
		n.log.Info("leave the desktop", "error", err)
	}
}

// At login the tray may come after its programs.
const (
	trayComes = 10 * time.Second
	trayAgain = 250 * time.Millisecond
)

// awaitTray reports whether there is a tray, and gives it some time to come.
func awaitTray(ctx context.Context, around desk.Around) bool {
	if around.Tray == nil || around.HasTray == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, trayComes)
	defer cancel()
	again := time.NewTicker(trayAgain)
	defer again.Stop()
	for !around.HasTray(ctx) {
		select {
		case <-ctx.Done():
			return false
		case <-again.C:
		}
	}
	return true
}

// icon is what the system's lists of windows show.
func icon() fyne.Resource {
	png, err := desktop.WindowIcon()
	if err != nil {
		return fyne.NewStaticResource("tsugi.svg", []byte(assets.AppIcon()))
	}
	return fyne.NewStaticResource("tsugi.png", png)
}
