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

//nolint:revive // the specification gives it so many arguments
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

// stage is a person's client in a real window on a real desktop, and a colleague who is elsewhere.
type stage struct {
	*bundle
	t      *testing.T
	bin    string
	around *desktop
	screen *proof.Screen
	window *proof.Window
}

// openStage opens Bob's client where TSUGI_BIN names the built programs.
func openStage(t *testing.T) *stage {
	t.Helper()
	bin := os.Getenv("TSUGI_BIN")
	if bin == "" {
		t.Skip("set TSUGI_BIN to the folder of the built programs to use a real window")
	}
	if err := proof.CheckScreen(); err != nil {
		t.Skip(err)
	}
	t.Setenv("LANG", "en_US.UTF-8") // the toolkit wants a language
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	s := &stage{t: t, bin: bin, around: openDesktop(t), bundle: setup(t)}
	if err := s.bob.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.screen, err = proof.OpenScreen(t.Context(), 1280, 822); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.screen.Close() })
	if s.window, err = s.screen.OpenWindow(t.Context(), bin, s.dir(), "dark", proof.Place{Width: 1280, Height: 800}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.window.Stop() })
	eventually(t, "tray", func() bool { return s.around.inTray() > 0 })
	return s
}

func (s *stage) dir() string { return filepath.Join(s.home, "Bob") }

// picture keeps what is to be seen, where TSUGI_PICTURES names a folder.
func (s *stage) picture(name string) {
	s.t.Helper()
	if dir := os.Getenv("TSUGI_PICTURES"); dir != "" {
		if err := s.screen.Picture(s.t.Context(), filepath.Join(dir, "outside-"+name+".png")); err != nil {
			s.t.Error(err)
		}
	}
}

// says types where Bob's keyboard is; it arrives at Ann's in that room.
func (s *stage) says(words string, in id.Incident) {
	s.t.Helper()
	if err := s.window.Type(s.t.Context(), words); err != nil {
		s.t.Fatal(err)
	}
	s.presses("Return")
	eventually(s.t, words, func() bool {
		line, err := s.ann.Replica().Timeline(s.t.Context(), in, 100)
		return err == nil && slices.ContainsFunc(line.Lines, func(l replica.Line) bool {
			e, ok := l.Event.(incident.Written)
			return ok && e.Text == words
		})
	})
}

func (s *stage) presses(key string) {
	s.t.Helper()
	if err := s.window.Press(s.t.Context(), key); err != nil {
		s.t.Fatal(err)
	}
}

// starts starts the client on Bob's folder.
func (s *stage) starts(args ...string) *proof.Process {
	s.t.Helper()
	p, err := proof.Start(context.WithoutCancel(s.t.Context()), s.screen.Env(), filepath.Join(s.bin, "tsugi"),
		append([]string{"--data", s.dir()}, args...)...)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// again starts the client a second time, which ends at once.
func (s *stage) again(args ...string) {
	s.t.Helper()
	p := s.starts(args...)
	<-p.Ended()
	if err := p.Stop(); err != nil {
		s.t.Fatalf("the second start: %v", err)
	}
}

// opens does something that shows another page, and waits for it.
func (s *stage) opens(what string, do func()) {
	s.t.Helper()
	before := titled(s.t, s.window)
	do()
	eventually(s.t, "other page after "+what, func() bool { return titled(s.t, s.window) != before })
}

func (s *stage) follows(link string) {
	s.t.Helper()
	s.opens(link, func() { s.again(link) })
}

// declares has Ann declare something, and waits until Bob is told.
func (s *stage) declares(title string, level uint8) (id.Incident, note) {
	s.t.Helper()
	in, err := s.ann.Declare(s.t.Context(), present.Declaration{Title: title, Level: level})
	if err != nil {
		s.t.Fatal(err)
	}
	var told note
	eventually(s.t, "notification of "+title, func() bool {
		var ok bool
		told, ok = s.around.shows(title)
		return ok
	})
	return in, told
}

// seen reports whether a client shows a window.
func (s *stage) seen(p *proof.Process) bool {
	cmd := exec.CommandContext(s.t.Context(), "xdotool", "search", "--all", "--onlyvisible", "--pid", strconv.Itoa(p.PID()), "--name", "^Tsugi$")
	cmd.Env = append(os.Environ(), s.screen.Env()...)
	return cmd.Run() == nil
}

// ends ends a client, which has nothing to complain of.
func (s *stage) ends(p *proof.Process) {
	s.t.Helper()
	if err := p.Stop(); err != nil || complaints(p) != "" {
		s.t.Errorf("the client ended with %v and said: %s", err, p.Output())
	}
}

func TestOnARealDesktopClicksAndLinksOpenRooms(t *testing.T) {
	s := openStage(t)
	first, bad := s.declares("Checkout fails for everyone", 1)
	other, mild := s.declares("Payroll file late", 2)
	if bad.urgency != 2 || mild.urgency != 1 || !strings.Contains(bad.text, "Ann") {
		t.Errorf("told was %+v and %+v", bad, mild)
	}
	s.picture("board")
	s.opens("the click", func() {
		const shown = "org.freedesktop.Notifications"
		if err := s.around.conn.Emit("/org/freedesktop/Notifications", shown+".ActionInvoked", bad.number, "default"); err != nil {
			t.Fatal(err)
		}
	})
	s.says("I saw it and clicked", first)
	s.picture("clicked")
	known, err := s.ann.Replica().Incident(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	s.follows("tsugi://inc/" + strconv.Itoa(int(known.Number)))
	s.says("the link led me here", other)
	s.follows("tsugi://incident/" + first.String())
	s.says("and back again", first)
	s.picture("linked")
	s.follows("tsugi://declare?title=Badges%20open%20no%20door")
	s.picture("declare")
	s.presses("Return")
	eventually(t, "declaration", func() bool {
		fires, _, err := s.ann.Replica().Board(t.Context(), 0)
		return err == nil && slices.ContainsFunc(fires, func(i incident.Incident) bool { return i.Title == "Badges open no door" })
	})
	s.ends(s.window.Process)
}

func TestOnARealDesktopTheClientGoesOnInTheTray(t *testing.T) {
	s := openStage(t)
	s.presses("alt+F4")
	eventually(t, "closed window", func() bool { return !s.seen(s.window.Process) })
	eventually(t, "word about the tray", func() bool { _, ok := s.around.shows("goes on in the tray"); return ok })
	in, _ := s.declares("Search is down", 1)
	s.again()
	eventually(t, "window", func() bool { return s.seen(s.window.Process) })
	s.follows("tsugi://incident/" + in.String())
	s.says("here I am again", in)
	s.picture("back")
	s.ends(s.window.Process)

	trays := s.around.inTray()
	hidden := s.starts("--tray")
	t.Cleanup(func() { _ = hidden.Stop() })
	eventually(t, "second tray", func() bool { return s.around.inTray() > trays })
	s.declares("Doors do not open", 1)
	if s.seen(hidden) {
		t.Error("a start in the tray showed a window")
	}
	s.again()
	eventually(t, "first window", func() bool { return s.seen(hidden) })
	s.ends(hidden)
}
