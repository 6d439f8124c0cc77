// Command tsugi is the client: a window over an offline replica.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	_ "time/tzdata" // rules read time zones, and every machine must read the same

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"github.com/alecthomas/kong"

	desk "github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/heap"
)

// commandLine is what the client understands.
type commandLine struct {
	Data      string `help:"Data folder; one running client each." default:"${data}" env:"TSUGI_CLIENT_DATA" type:"path"`
	Theme     string `help:"dark, light, or as the system says." enum:"system,dark,light" default:"system"`
	Language  string `help:"Language: ${languages}, or as the system says." enum:"system,${languages}" default:"system" env:"TSUGI_LANGUAGE"`
	Verbose   bool   `help:"Say more." short:"v"`
	Downloads string `help:"Folder that copies of files are put into." default:"${downloads}" env:"TSUGI_DOWNLOADS" type:"path"`
	Tray      bool   `help:"Start without a window, where there is a tray."`
	Link      string `arg:"" optional:"" help:"What to open: tsugi://inc/214, tsugi://incident/…, tsugi://declare?title=…. A client that is running opens it."`

	FirstFrame string `help:"Say when the first frame was drawn, and end: of an empty window, or of the board." enum:",empty,board" default:"" hidden:""`
	Measure    string `help:"Write memory, and how long the window was held up, into this file every ten seconds." type:"path" hidden:""`
}

// appID and appName are what FyneApp.toml says too.
const (
	appID   = "app.tsugi.client"
	appName = "Tsugi"
)

func main() {
	var line commandLine
	kong.Parse(&line, kong.Name("tsugi"), kong.Description("Tsugi: declare, respond, mitigate, review, learn."),
		kong.Vars{"data": defaultData(), "downloads": defaultDownloads(), "languages": strings.Join(words.Languages(), ",")}, kong.UsageOnError())
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

// defaultDownloads returns where a person looks for what was taken from elsewhere.
func defaultDownloads() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "downloads"
	}
	return filepath.Join(home, "Downloads")
}

// failure returns what happened, what is safe and what to do.
func failure(err error, w words.Catalog) desk.Failure {
	out := desk.Failure{Trouble: present.TroubleFrom(err, w)}
	if f := fault.Find(err); f != nil && f.Cause != nil {
		out.Cause = f.Cause.Error()
	}
	return out
}

// complain says on the terminal why there is no window.
func complain(f desk.Failure, w words.Catalog) {
	cause := ""
	if f.Cause != "" {
		cause = fmt.Sprintf(w.Start.Cause, f.Cause)
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
		desk.NewFailure(themed(line), f, line.words()).ShowAndRun()
	}
}

// badLink tells that a link cannot be opened.
func badLink(link string, err error, w words.Around) desk.Failure {
	return desk.Failure{
		Trouble: present.Trouble{What: fmt.Sprintf(w.BadLinkWhat, link), Safe: w.BadLinkSafe, Do: w.BadLinkDo}, Cause: err.Error(),
	}
}

// logger writes what the client says of itself.
func logger(line commandLine) *slog.Logger {
	level := slog.LevelWarn
	if line.Verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// themed returns the toolkit's application in the look that was asked for.
func themed(line commandLine) fyne.App {
	// Only the window's goroutine changes what is shown. Were that not said, the toolkit would look at the stack at each change.
	fyneapp.SetMetadata(fyne.AppMetadata{ID: appID, Name: appName, Migrations: map[string]bool{"fyneDo": true}})
	a := fyneapp.NewWithID(appID)
	fyne.SetCurrentApp(still{a})
	a.Settings().SetTheme(theme.New(map[string]theme.Choice{"dark": theme.Dark, "light": theme.Light}[line.Theme]))
	return a
}

// run opens the data folder, keeps it in step with the server, and shows the window until it is
// closed. It returns the program's exit code.
func run(line commandLine) int {
	heap.Floor(heap.Desk)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	w, display := line.words(), findDisplay(ctx)
	if display == nil && line.FirstFrame == "empty" {
		return empty(ctx, fyneapp.NewWithID(appID), line)
	}
	link, err := desktop.ParseLink(line.Link)
	if err != nil { // the window says so too
		complain(badLink(line.Link, err, w.Around), w)
		link = desktop.ReadLink(line.Link)
	}
	clocks, log := clock.NewSystem(), logger(line)
	s, err := session.Open(ctx, session.Options{Dir: line.Data, Downloads: line.Downloads, Clock: clocks, Zone: desktop.Zone(os.Getenv, os.DirFS("/")), Words: w, Logger: log})
	if fault.Is(err, fault.Locked) && line.FirstFrame == "" && desktop.HandOver(ctx, line.Data, link) == nil {
		return 0 // the client that runs already shows it
	}
	if err != nil {
		stop() // from here on the system's own way to end a program works again
		complain(failure(err, w), w)
		if display == nil {
			explain(line, failure(err, w))
		}
		return 1
	}
	if display != nil {
		complain(noDisplay(errors.Join(display, s.Close()), w.Start), w)
		return 1
	}
	var syncing sync.WaitGroup
	syncing.Go(func() { s.Run(ctx) })
	show(ctx, line, s, shown{link: link, clock: clocks, log: log})
	stop()
	syncing.Wait()
	if err := s.Close(); err != nil {
		complain(failure(err, w), w)
		return 1
	}
	return 0
}

// shown is what a window is shown with, besides its session.
type shown struct {
	link  desktop.Link
	clock clock.Clock
	log   *slog.Logger
}

// show runs the window and returns when the client is to end: when its window is closed and not kept in
// a tray, when somebody quits, or when ctx ends.
func show(ctx context.Context, line commandLine, s *session.Session, with shown) {
	a := themed(line)
	a.SetIcon(icon())
	work := widget.NewBackground(ctx)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var data desk.Session = s
	if line.FirstFrame == "board" {
		data = &measured{Session: s, app: a}
	}
	out := meet(ctx, line, with.log, s.Answer)
	around := out.around(a)
	if line.Theme == "system" && around.Settings != nil {
		a.Settings().SetTheme(desk.Theme(around.Settings.Get()))
	}
	d := desk.New(desk.Params{
		App: a, Session: data, Work: work, View: s.View(), Preset: present.Enrolment{Device: hostname()}, Now: with.clock.Now, Tick: tick.C, Pasted: picturesOnClipboard(),
		Around: around,
	})
	a.Lifecycle().SetOnStarted(d.Start)
	end := d.Watch(ctx)
	quit := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer quit()
	hidden := line.Tray && with.link == (desktop.Link{}) && awaitTray(ctx, around)
	if with.link != (desktop.Link{}) {
		d.Follow(with.link)
	} else if !hidden {
		d.Window().Show()
	}
	out.attend(ctx, d)
	var measuring sync.WaitGroup
	measured, enough := context.WithCancel(ctx)
	if line.Measure != "" {
		measuring.Go(func() {
			if err := comfort(measured, with.clock.Now, line.Measure); err != nil {
				with.log.Error("measure", "error", err)
			}
		})
	}
	a.Run()
	enough()
	measuring.Wait()
	work.Close()
	if err := d.Rest(context.WithoutCancel(ctx)); err != nil {
		with.log.Error("keep what was being written", "error", err)
	}
	end()
	out.leave()
}

// hostname returns what this device is called until its owner says otherwise.
func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "desk"
	}
	return name
}
