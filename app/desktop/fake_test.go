package desktop_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"

	"github.com/tsugi-app/tsugi/app/desktop"
)

// shown is a notification as a desktop shows it.
type shown struct {
	number, replaces uint32
	title, text      string
	actions          []string
	urgency          byte
}

// fakeBus is a message bus with a desktop on it: it shows notifications, and may have a tray.
type fakeBus struct {
	mu        sync.Mutex
	abilities []string
	silent    bool // nobody answers
	watcher   bool // the program of trays runs
	tray      bool // and something shows them
	count     uint32
	notes     []shown
	signals   chan desktop.Signal
}

func newBus() *fakeBus { return &fakeBus{signals: make(chan desktop.Signal, 16)} }

func (b *fakeBus) Call(_ context.Context, m desktop.Method, args ...any) ([]any, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.silent {
		return nil, errors.New("nobody answers")
	}
	switch m.Interface + "." + m.Name {
	case "org.freedesktop.Notifications.GetCapabilities":
		return []any{b.abilities}, nil
	case "org.freedesktop.Notifications.Notify":
		return []any{b.show(args)}, nil
	case "org.freedesktop.DBus.NameHasOwner":
		return []any{b.watcher}, nil
	case "org.freedesktop.DBus.Properties.Get":
		return []any{dbus.MakeVariant(b.tray)}, nil
	default:
		return nil, errors.New("no such method")
	}
}

func (b *fakeBus) show(args []any) uint32 {
	replaces, _ := args[1].(uint32)
	title, _ := args[3].(string)
	text, _ := args[4].(string)
	actions, _ := args[5].([]string)
	hints, _ := args[6].(map[string]dbus.Variant)
	urgency, _ := hints["urgency"].Value().(byte)
	n := shown{number: replaces, replaces: replaces, title: title, text: text, actions: actions, urgency: urgency}
	if replaces == 0 {
		b.count++
		n.number = b.count
	}
	b.notes = append(slices.DeleteFunc(b.notes, func(o shown) bool { return o.number == n.number }), n)
	return n.number
}

func (b *fakeBus) Listen(context.Context, desktop.Method) (<-chan desktop.Signal, error) {
	return b.signals, nil
}

func (b *fakeBus) all() []shown {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.notes)
}

// says has the desktop tell what became of a notification.
func (b *fakeBus) says(name string, body ...any) {
	b.signals <- desktop.Signal{Name: "org.freedesktop.Notifications." + name, Body: body}
}
