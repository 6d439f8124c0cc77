package desktop

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// trayLimit is how long the desktop may take to say whether it has a tray.
const trayLimit = time.Second

// HasTray reports whether a desktop that speaks over bus shows a tray now. A window that hides where
// there is none could not be found again.
func HasTray(ctx context.Context, bus Bus) bool {
	const watcher = "org.kde.StatusNotifierWatcher"
	ctx, cancel := context.WithTimeout(ctx, trayLimit)
	defer cancel()
	const daemon = "org.freedesktop.DBus"
	owned, err := bus.Call(ctx, Method{Program: daemon, Path: "/org/freedesktop/DBus", Interface: daemon, Name: "NameHasOwner"}, watcher)
	if err != nil || len(owned) == 0 || owned[0] != true {
		return false
	}
	answer, err := bus.Call(ctx, Method{
		Program: watcher, Path: "/StatusNotifierWatcher", Interface: "org.freedesktop.DBus.Properties", Name: "Get",
	}, watcher, "IsStatusNotifierHostRegistered")
	if err != nil || len(answer) == 0 {
		return false
	}
	shown, _ := answer[0].(dbus.Variant)
	return shown.Value() == true
}
