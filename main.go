// Command tsugi is the client: a window over an offline replica.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	_ "time/tzdata" // rules read time zones, and every machine must read the same

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"github.com/alecthomas/kong"

	desk "github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/app/settings"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// commandLine is what the client understands.
type commandLine struct {
	Data    string `help:"Data folder; one running client each." default:"${data}" env:"TSUGI_CLIENT_DATA" type:"path"`
	Theme   string `help:"dark, light, or as the system says." enum:"system,dark,light" default:"system"`
	Verbose bool   `help:"Say more." short:"v"`

	FirstFrame string `help:"Say when the first frame was drawn, and end: of an empty window, or of the board." enum:",empty,board" default:"" hidden:""`
}

// appID is what FyneApp.toml says too.
const appID = "app.tsugi.client"

func main() {
	var line commandLine
	kong.Parse(&line, kong.Name("tsugi"), kong.Description("Tsugi: declare, respond, mitigate, review, learn."),
		kong.Vars{"data": defaultData()}, kong.UsageOnError())
	os.Exit(run(line))
}

// defaultData returns where a person's client keeps its data.
func defaultData() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "tsugi-client"
	}
	return filepath.Join(dir, "tsugi")
}

// failure returns what happened, what is safe and what to do.
func failure(err error) desk.Failure {
	out := desk.Failure{Trouble: present.TroubleFrom(err, words.English())}
	if f := fault.Find(err); f != nil && f.Cause != nil {
		out.Cause = f.Cause.Error()
	}
	return out
}

// complain says on the terminal why there is no window.
func complain(f desk.Failure) {
	cause := ""
	if f.Cause != "" {
		cause = fmt.Sprintf(words.English().Start.Cause, f.Cause)
	}
	for _, text := range []string{f.What, f.Safe, f.Do, cause} {
		if text != "" {
			fmt.Fprintln(os.Stderr, text)
		}
	}
}

// explain says the same in a small window, where there is a display: whoever clicked an icon sees no
// terminal.
func explain(line commandLine, f desk.Failure) {
	if line.FirstFrame == "" {
		desk.NewFailure(themed(line), f, words.English()).ShowAndRun()
	}
}

// findDisplay fails where the toolkit would not find a screen: it ends the program then in ways that
// help nobody. Only X11 can be missing; its displays are called "host:number.screen", where no host
// means this machine.
func findDisplay(ctx context.Context) error {
	switch runtime.GOOS {
	case "windows", "darwin", "android", "ios":
		return nil
	}
	host, number, found := strings.Cut(os.Getenv("DISPLAY"), ":")
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if !found || err != nil {
		return errors.New("DISPLAY names no display")
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if host != "" && host != "unix" {
		return try(dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(6000+n))))
	}
	socket := "/tmp/.X11-unix/X" + number
	if try(dialer.DialContext(ctx, "unix", "@"+socket)) == nil {
		return nil
	}
	return try(dialer.DialContext(ctx, "unix", socket))
}

// try closes a connection that was only to show that there can be one.
func try(c net.Conn, err error) error {
	if err != nil {
		return err
	}
	return c.Close()
}

// noDisplay tells that there can be no window at all.
func noDisplay(err error) desk.Failure {
	w := words.English().Start
	return desk.Failure{Trouble: present.Trouble{What: w.NoDisplayWhat, Safe: w.NoDisplaySafe, Do: w.NoDisplayDo}, Cause: err.Error()}
}

// themed returns the toolkit's application in the look that was asked for.
func themed(line commandLine) fyne.App {
	a := fyneapp.NewWithID(appID)
	a.Settings().SetTheme(theme.New(map[string]theme.Choice{"dark": theme.Dark, "light": theme.Light}[line.Theme]))
	return a
}

// run opens the data folder, keeps it in step with the server, and shows the window until it is
// closed. It returns the program's exit code.
func run(line commandLine) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	display := findDisplay(ctx)
	if display == nil && line.FirstFrame == "empty" {
		emptyWindow(fyneapp.NewWithID(appID))
		return 0
	}
	level := slog.LevelWarn
	if line.Verbose {
		level = slog.LevelDebug
	}
	clocks := clock.NewSystem()
	s, err := session.Open(ctx, session.Options{
		Dir: line.Data, Clock: clocks, Zone: time.Local, Words: words.English(),
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	})
	if err != nil {
		stop() // from here on the system's own way to end a program works again
		complain(failure(err))
		if display == nil {
			explain(line, failure(err))
		}
		return 1
	}
	if display != nil {
		complain(noDisplay(errors.Join(display, s.Close())))
		return 1
	}
	var syncing sync.WaitGroup
	syncing.Go(func() { s.Run(ctx) })
	show(ctx, line, s, clocks)
	stop()
	syncing.Wait()
	if err := s.Close(); err != nil {
		complain(failure(err))
		return 1
	}
	return 0
}

// show runs the window and returns when it is closed or ctx ends.
func show(ctx context.Context, line commandLine, s *session.Session, clocks clock.Clock) {
	a := themed(line)
	kept, err := settings.Open(line.Data)
	if err != nil {
		slog.Warn("the presets are used", "cause", err) // nothing in them is precious
	}
	if line.Theme == "system" {
		a.Settings().SetTheme(desk.Theme(kept.Get()))
	}
	work := widget.NewBackground(ctx)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var shown desk.Session = s
	if line.FirstFrame == "board" {
		shown = &measured{Session: s, app: a}
	}
	d := desk.New(desk.Params{
		App: a, Session: shown, Work: work, View: s.View(), Preset: present.Enrolment{Device: hostname()}, Now: clocks.Now, Tick: tick.C,
		Kept: kept,
	})
	a.Lifecycle().SetOnStarted(d.Start)
	end := d.Watch(ctx)
	quit := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer quit()
	d.Window().ShowAndRun()
	work.Close()
	end()
}

// hostname returns what this device is called until its owner says otherwise.
func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "desk"
	}
	return name
}
