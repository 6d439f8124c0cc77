package proof_test

import (
	"bufio"
	"context"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/replica"
)

// desktop is a message bus of its own, with somebody on it who shows notifications and a tray.
type desktop struct {
	conn *dbus.Conn

	mu    sync.Mutex
	notes []note
	items []string // programs in the tray
}

type note struct {
	number  uint32
	title   string
	text    string
	urgency byte
}

func (d *desktop) GetCapabilities() ([]string, *dbus.Error) { return []string{"actions", "body"}, nil }

func (d *desktop) Notify(_ string, replaces uint32, _, title, text string, _ []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	urgency, _ := hints["urgency"].Value().(byte)
	n := note{number: replaces, title: title, text: text, urgency: urgency}
	if replaces == 0 {
		n.number = uint32(len(d.notes) + 1)
	}
	d.notes = append(d.notes, n)
	return n.number, nil
}

func (d *desktop) RegisterStatusNotifierItem(name string) *dbus.Error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.items = append(d.items, name)
	return nil
}

func (d *desktop) Get(_, _ string) (dbus.Variant, *dbus.Error) { return dbus.MakeVariant(true), nil }

// shows reports whether a notification says something, and returns it.
func (d *desktop) shows(words string) (note, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.notes, func(n note) bool { return strings.Contains(n.title+"\n"+n.text, words) })
	if i < 0 {
		return note{}, false
	}
	return d.notes[i], true
}

func (d *desktop) inTray() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.items)
}

// openDesktop starts the bus and makes it the one of every program that is started from here.
func openDesktop(t *testing.T) *desktop {
	t.Helper()
	tool, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed")
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), tool, "--session", "--nofork", "--print-address", "--nosyslog")
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
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	conn, err := dbus.Connect(strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	d := &desktop{conn: conn}
	for name, path := range map[string]dbus.ObjectPath{
		"org.freedesktop.Notifications": "/org/freedesktop/Notifications", "org.kde.StatusNotifierWatcher": "/StatusNotifierWatcher",
	} {
		if err := conn.Export(d, path, name); err != nil {
			t.Fatal(err)
		}
		if err := conn.Export(d, path, "org.freedesktop.DBus.Properties"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// eventually waits for something that a program of its own does.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for !ok() {
		select {
		case <-limit.C:
			t.Fatalf("within 20 seconds there was no %s", what)
		case <-again.C:
		}
	}
}

// complaints returns what a client said, but for what the toolkit says when it reads a file that it is just
// writing, as it does now and then when it ends.
func complaints(p *proof.Process) string {
	var out strings.Builder
	for line := range strings.Lines(p.Output()) {
		if !strings.Contains(line, "Preferences load error") && !strings.Contains(line, "Cause: EOF") && !strings.Contains(line, "preferences.go") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// titled returns a picture of where the window says what it shows.
func titled(t *testing.T, w *proof.Window) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "window.png")
	if err := w.Picture(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	var seen strings.Builder
	for y := 8; y < 48; y++ {
		for x := 10; x < 340; x++ { // left of what runs
			r, g, b, _ := picture.At(x, y).RGBA()
			seen.Write([]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8)})
		}
	}
	return seen.String()
}

// TestTheClientOnARealDesktop clicks notifications, opens links and closes the window, as a person would,
// where TSUGI_BIN names the built programs. Pictures go to TSUGI_PICTURES.
func TestTheClientOnARealDesktop(t *testing.T) {
	bin := os.Getenv("TSUGI_BIN")
	if bin == "" {
		t.Skip("set TSUGI_BIN to the folder of the built programs to use a real window")
	}
	if err := proof.CheckScreen(); err != nil {
		t.Skip(err)
	}
	t.Setenv("LANG", "en_US.UTF-8") // the toolkit wants a language
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	around := openDesktop(t)
	b := setup(t)
	dir := filepath.Join(b.home, "Bob")
	if err := b.bob.Close(); err != nil {
		t.Fatal(err)
	}
	screen, err := proof.OpenScreen(t.Context(), 1280, 822)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	w, err := screen.OpenWindow(t.Context(), bin, dir, "dark", proof.Place{Width: 1280, Height: 800})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Stop() })
	picture := func(name string) {
		t.Helper()
		if dir := os.Getenv("TSUGI_PICTURES"); dir != "" {
			if err := screen.Picture(t.Context(), filepath.Join(dir, name+".png")); err != nil {
				t.Error(err)
			}
		}
	}
	// says types where the keyboard is; it arrives where the window was.
	says := func(words string, in id.Incident) {
		t.Helper()
		if err := w.Type(t.Context(), words); err != nil {
			t.Fatal(err)
		}
		if err := w.Press(t.Context(), "Return"); err != nil {
			t.Fatal(err)
		}
		eventually(t, words, func() bool {
			line, err := b.ann.Replica().Timeline(t.Context(), in, 100)
			return err == nil && slices.ContainsFunc(line.Lines, func(l replica.Line) bool {
				e, ok := l.Event.(incident.Written)
				return ok && e.Text == words
			})
		})
	}
	second := func(link ...string) {
		t.Helper()
		if len(link) > 0 {
			before := titled(t, w)
			defer func() { eventually(t, "other page after "+link[0], func() bool { return titled(t, w) != before }) }()
		}
		p, err := proof.Start(t.Context(), screen.Env(), filepath.Join(bin, "tsugi"), append([]string{"--data", dir}, link...)...)
		if err != nil {
			t.Fatal(err)
		}
		<-p.Ended()
		if err := p.Stop(); err != nil {
			t.Fatalf("the second start: %v", err)
		}
	}
	declared := func(title string, level uint8) id.Incident {
		t.Helper()
		in, err := b.ann.Declare(t.Context(), present.Declaration{Title: title, Level: level})
		if err != nil {
			t.Fatal(err)
		}
		return in
	}

	eventually(t, "tray", func() bool { return around.inTray() > 0 })
	first, other := declared("Checkout fails for everyone", 1), declared("Payroll file late", 2)
	eventually(t, "second notification", func() bool { _, ok := around.shows("Payroll"); return ok })
	bad, _ := around.shows("Checkout")
	mild, _ := around.shows("Payroll")
	if bad.urgency != 2 || mild.urgency != 1 || !strings.Contains(bad.text, "Ann") {
		t.Errorf("told was %+v and %+v", bad, mild)
	}
	picture("outside-board")
	before := titled(t, w)
	err = around.conn.Emit("/org/freedesktop/Notifications", "org.freedesktop.Notifications.ActionInvoked", bad.number, "default")
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "room after the click", func() bool { return titled(t, w) != before })
	says("I saw it and clicked", first)
	picture("outside-clicked")

	known, err := b.ann.Replica().Incident(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	second("tsugi://inc/" + strconv.Itoa(int(known.Number)))
	says("the link led me here", other)
	second("tsugi://incident/" + first.String())
	says("and back again", first)
	picture("outside-linked")

	second("tsugi://declare?title=Badges%20open%20no%20door")
	picture("outside-declare")
	if err := w.Press(t.Context(), "Return"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "declaration", func() bool {
		fires, _, err := b.ann.Replica().Board(t.Context(), 0)
		return err == nil && slices.ContainsFunc(fires, func(i incident.Incident) bool { return i.Title == "Badges open no door" })
	})

	seen := func(p *proof.Process) bool {
		cmd := exec.CommandContext(t.Context(), "xdotool", "search", "--all", "--onlyvisible", "--pid", strconv.Itoa(p.PID()), "--name", "^Tsugi$")
		cmd.Env = append(os.Environ(), screen.Env()...)
		return cmd.Run() == nil
	}
	visible := func() bool { return seen(w.Process) }
	if err := w.Press(t.Context(), "alt+F4"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "closed window", func() bool { return !visible() })
	eventually(t, "word about the tray", func() bool { _, ok := around.shows("goes on in the tray"); return ok })
	third := declared("Search is down", 1)
	eventually(t, "notification without a window", func() bool { _, ok := around.shows("Search is down"); return ok })
	second()
	eventually(t, "window", visible)
	second("tsugi://incident/" + third.String())
	says("here I am again", third)
	picture("outside-back")
	if err := w.Stop(); err != nil || complaints(w.Process) != "" {
		t.Errorf("the client ended with %v and said: %s", err, w.Output())
	}

	items := around.inTray()
	hidden, err := proof.Start(context.WithoutCancel(t.Context()), screen.Env(), filepath.Join(bin, "tsugi"), "--data", dir, "--tray")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hidden.Stop() })
	eventually(t, "second tray", func() bool { return around.inTray() > items })
	declared("Doors do not open", 1)
	eventually(t, "notification before there was a window", func() bool { _, ok := around.shows("Doors do not open"); return ok })
	if seen(hidden) {
		t.Error("a start in the tray showed a window")
	}
	second()
	eventually(t, "first window", func() bool { return seen(hidden) })
	if err := hidden.Stop(); err != nil || complaints(hidden) != "" {
		t.Errorf("the client ended with %v and said: %s", err, hidden.Output())
	}
}
