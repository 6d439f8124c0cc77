// Command tsugi is the client: a window over an offline replica.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
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
	if err := run(line); err != nil {
		complain(err)
		os.Exit(1)
	}
}

// defaultData returns where a person's client keeps its data.
func defaultData() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "tsugi-client"
	}
	return filepath.Join(dir, "tsugi")
}

// complain says what happened, what is safe and what to do.
func complain(err error) {
	t := present.TroubleFrom(err, words.English())
	for _, text := range []string{t.What, t.Safe, t.Do} {
		if text != "" {
			fmt.Fprintln(os.Stderr, text)
		}
	}
	if f := fault.Find(err); f != nil && f.Cause != nil {
		fmt.Fprintln(os.Stderr, "Cause:", f.Cause)
	}
}

// run opens the data folder, keeps it in step with the server, and shows the window until it is closed.
func run(line commandLine) error {
	if line.FirstFrame == "empty" {
		emptyWindow(fyneapp.NewWithID(appID))
		return nil
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
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
		return err
	}
	var syncing sync.WaitGroup
	syncing.Go(func() { s.Run(ctx) })
	show(ctx, line, s, clocks)
	stop()
	syncing.Wait()
	return s.Close()
}

// show runs the window and returns when it is closed or ctx ends.
func show(ctx context.Context, line commandLine, s *session.Session, clocks clock.Clock) {
	a := fyneapp.NewWithID(appID)
	a.Settings().SetTheme(theme.New(map[string]theme.Choice{"dark": theme.Dark, "light": theme.Light}[line.Theme]))
	work := widget.NewBackground(ctx)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var shown desk.Session = s
	if line.FirstFrame == "board" {
		shown = &measured{Session: s, app: a}
	}
	d := desk.New(desk.Params{
		App: a, Session: shown, Work: work, View: s.View(), Preset: present.Enrolment{Device: hostname()}, Now: clocks.Now, Tick: tick.C,
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
