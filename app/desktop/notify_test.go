package desktop_test

import (
	"bufio"
	"context"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/tsugi-app/tsugi/app/desktop"
)

// notifier returns a running notifier and where its clicks arrive.
func notifier(t *testing.T, bus desktop.Bus) (*desktop.Notifier, <-chan string) {
	t.Helper()
	clicks, done := make(chan string, 8), make(chan struct{})
	n := desktop.NewNotifier(bus, func(key string) { clicks <- key })
	ctx, cancel := context.WithCancel(t.Context())
	hear, err := n.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(done)
		hear(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return n, clicks
}

func tell(t *testing.T, n *desktop.Notifier, notes ...desktop.Note) {
	t.Helper()
	for _, note := range notes {
		if err := n.Tell(t.Context(), note); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAClickSaysWhatTheNotificationWasAbout(t *testing.T) {
	t.Parallel()
	bus := newBus()
	n, clicks := notifier(t, bus)
	tell(t, n, desktop.Note{Key: "a", Title: "SEV1 · Checkout", Action: "Open the room", Urgent: true}, desktop.Note{Key: "b", Title: "SEV2 · Payroll"})
	got := bus.all()
	if len(got) != 2 || got[0].urgency != 2 || got[1].urgency != 1 || got[0].actions[0] != "default" || len(got[1].actions) != 0 {
		t.Fatalf("shown is %+v", got)
	}
	bus.says("ActionInvoked", uint32(99), "default") // of another program
	bus.says("ActionInvoked", "nonsense")
	bus.says("ActivationToken", got[0].number, "token")
	bus.says("ActionInvoked", got[0].number, "default")
	if key := <-clicks; key != "a" {
		t.Errorf("the click said %q", key)
	}
}

func TestALaterNotificationReplacesTheOneThatIsStillShown(t *testing.T) {
	t.Parallel()
	bus := newBus()
	n, clicks := notifier(t, bus)
	tell(t, n, desktop.Note{Key: "a", Title: "first"}, desktop.Note{Key: "b", Title: "other"}, desktop.Note{Key: "a", Title: "second"})
	got := bus.all()
	if len(got) != 2 || got[1].title != "second" || got[1].replaces != 1 {
		t.Fatalf("shown is %+v; want the second in place of the first", got)
	}
	bus.says("NotificationClosed", uint32(1), uint32(2))
	bus.says("ActionInvoked", uint32(1), "default") // too late
	bus.says("ActionInvoked", uint32(2), "default") // all before was heard when this is
	if key := <-clicks; key != "b" {
		t.Errorf("a closed notification was clicked: %q", key)
	}
	tell(t, n, desktop.Note{Key: "a", Title: "third"})
	if got := bus.all(); got[len(got)-1].replaces != 0 {
		t.Errorf("what was closed was replaced: %+v", got)
	}
}

func TestForeignWordsAreShownAsWordsOnly(t *testing.T) {
	t.Parallel()
	evil := desktop.Note{Key: "a", Title: "a\x00b\u202ec\xff", Text: "<a href='http://example.com'>x</a> & y\x1b" + strings.Repeat("z", 900)}
	for _, d := range []struct {
		abilities []string
		want      string
	}{
		{nil, "<a href='http://example.com'>x</a> & y" + "z"},
		{[]string{"body", "body-markup"}, "&lt;a href=&#39;http://example.com&#39;&gt;x&lt;/a&gt; &amp; yz"},
	} {
		bus := newBus()
		bus.abilities = d.abilities
		n, _ := notifier(t, bus)
		tell(t, n, evil)
		got := bus.all()[0]
		if got.title != "abc�" || !strings.HasPrefix(got.text, d.want) || len([]rune(got.text)) > 560 {
			t.Errorf("with %q shown is %+v", d.abilities, got)
		}
	}
}

func TestNobodyThereIsSaid(t *testing.T) {
	t.Parallel()
	bus := newBus()
	n, _ := notifier(t, bus)
	bus.mu.Lock()
	bus.silent = true
	bus.mu.Unlock()
	if err := n.Tell(t.Context(), desktop.Note{Title: "x"}); err == nil {
		t.Error("it was said to be shown")
	}
}

func TestATrayIsThereOnlyWhereSomethingShowsIt(t *testing.T) {
	t.Parallel()
	for _, d := range []struct{ silent, watcher, tray, want bool }{
		{false, true, true, true}, {false, true, false, false}, {false, false, true, false}, {true, true, true, false},
	} {
		bus := newBus()
		bus.silent, bus.watcher, bus.tray = d.silent, d.watcher, d.tray
		if got := desktop.HasTray(t.Context(), bus); got != d.want {
			t.Errorf("%+v: a tray is there: %v", d, got)
		}
	}
}

// daemon starts a bus of its own.
func daemon(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed; the same was looked at with a bus of our own")
	}
	cmd := exec.CommandContext(t.Context(), tool, "--session", "--nofork", "--print-address", "--nosyslog")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// desk is a desktop on a real bus that clicks everything it shows.
type desk struct{ conn *dbus.Conn }

func (d desk) GetCapabilities() ([]string, *dbus.Error) { return []string{"actions"}, nil }

//nolint:revive // the specification gives it so many arguments
func (d desk) Notify(_ string, _ uint32, _, _, _ string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	err := d.conn.Emit("/org/freedesktop/Notifications", "org.freedesktop.Notifications.ActionInvoked", uint32(7), "default")
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	return 7, nil
}

func TestOverARealBusAClickIsHeard(t *testing.T) {
	t.Parallel()
	address := daemon(t)
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	const name = "org.freedesktop.Notifications"
	if err := conn.Export(desk{conn}, "/org/freedesktop/Notifications", name); err != nil {
		t.Fatal(err)
	}
	if got, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || got != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the name was not given: %v, %v", got, err)
	}
	bus, err := desktop.DialBus(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	if desktop.HasTray(t.Context(), bus) {
		t.Error("a bus without a tray has one")
	}
	clicks := make(chan string, 1)
	n := desktop.NewNotifier(bus, func(key string) { clicks <- key })
	heard, err := n.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	go heard(t.Context())
	tell(t, n, desktop.Note{Key: "room", Title: "SEV1 · Checkout", Action: "Open the room"})
	if key := <-clicks; key != "room" {
		t.Errorf("the click said %q", key)
	}
}
