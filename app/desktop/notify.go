package desktop

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/godbus/dbus/v5"
)

// Note is one notification.
type Note struct {
	Key    string // what it is about: a later one replaces one that is still shown
	Title  string
	Text   string
	Action string // what a click does, in words
	Urgent bool   // it may interrupt
}

// The limits of what is shown, in characters.
const (
	noteTitle = 200
	noteText  = 500
)

// noteLimit is how long the desktop may take to show one.
const noteLimit = 5 * time.Second

// urgency of a notification, as the specification of desktop notifications numbers it.
const (
	normal   byte = 1
	critical byte = 2
)

// onClick is the action that a click on the notification itself stands for.
const onClick = "default"

// Notifier shows notifications as https://specifications.freedesktop.org/notification-spec has it.
type Notifier struct {
	bus     Bus
	clicked func(key string)

	mu     sync.Mutex
	shown  map[uint32]string // what each notification that is still shown is about
	markup *bool             // whether texts are read as markup; nil before it was asked
}

// NewNotifier returns a notifier whose notifications call clicked, on a goroutine of its own, when
// somebody clicks them. Listen, and it does.
func NewNotifier(bus Bus, clicked func(key string)) *Notifier {
	return &Notifier{bus: bus, clicked: clicked, shown: map[uint32]string{}}
}

func notifications(name string) Method {
	const program = "org.freedesktop.Notifications"
	return Method{Program: program, Path: "/org/freedesktop/Notifications", Interface: program, Name: name}
}

// Listen begins to hear what becomes of the notifications, and returns what goes on hearing until ctx
// ends or the bus is gone.
func (n *Notifier) Listen(ctx context.Context) (hear func(context.Context), err error) {
	signals, err := n.bus.Listen(ctx, notifications(""))
	if err != nil {
		return nil, fmt.Errorf("hear clicks: %w", err)
	}
	return func(ctx context.Context) {
		for {
			select {
			case <-ctx.Done():
				return
			case s, ok := <-signals:
				if !ok {
					return
				}
				n.hear(s)
			}
		}
	}, nil
}

// hear takes one signal. Those about other programs' notifications are heard too, and mean nothing.
func (n *Notifier) hear(s Signal) {
	if len(s.Body) < 2 {
		return
	}
	shown, ok := s.Body[0].(uint32)
	if !ok {
		return
	}
	n.mu.Lock()
	key, ours := n.shown[shown]
	if strings.HasSuffix(s.Name, ".NotificationClosed") {
		delete(n.shown, shown)
		ours = false
	}
	n.mu.Unlock()
	if ours && strings.HasSuffix(s.Name, ".ActionInvoked") {
		n.clicked(key)
	}
}

// Tell shows a notification. One about the same that is still shown becomes this one, so that nothing
// is shown twice.
func (n *Notifier) Tell(ctx context.Context, note Note) error {
	ctx, cancel := context.WithTimeout(ctx, noteLimit)
	defer cancel()
	n.mu.Lock()
	defer n.mu.Unlock() // the answer must be known before its click is heard
	text := cut(note.Text, noteText)
	if n.readsMarkup(ctx) {
		text = html.EscapeString(text)
	}
	urgency := normal
	if note.Urgent {
		urgency = critical
	}
	var actions []string
	if note.Action != "" {
		actions = []string{onClick, note.Action, "open", note.Action} // some desktops show the first as a click, some as no button
	}
	hints := map[string]dbus.Variant{
		"urgency": dbus.MakeVariant(urgency), "category": dbus.MakeVariant("im.received"), "desktop-entry": dbus.MakeVariant(EntryName),
	}
	answer, err := n.bus.Call(ctx, notifications("Notify"),
		"Tsugi", n.former(note.Key), EntryName, cut(note.Title, noteTitle), text, actions, hints, int32(-1))
	if err != nil {
		return fmt.Errorf("show a notification: %w", err)
	}
	if len(answer) > 0 {
		if shown, ok := answer[0].(uint32); ok {
			n.shown[shown] = note.Key
		}
	}
	return nil
}

// former returns the number of what is shown about key, or 0.
func (n *Notifier) former(key string) uint32 {
	var found []uint32
	for shown, about := range n.shown {
		if about == key {
			found = append(found, shown)
		}
	}
	if len(found) == 0 {
		return 0
	}
	return slices.Max(found)
}

// readsMarkup asks once whether texts are read as markup. A desktop that does not say is taken to read
// none.
func (n *Notifier) readsMarkup(ctx context.Context) bool {
	if n.markup == nil {
		answer, err := n.bus.Call(ctx, notifications("GetCapabilities"))
		if err != nil {
			return false
		}
		reads := false
		if len(answer) > 0 {
			abilities, _ := answer[0].([]string)
			reads = slices.Contains(abilities, "body-markup")
		}
		n.markup = &reads
	}
	return *n.markup
}

// cut returns words of somebody else as they may be shown outside our window.
func cut(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
