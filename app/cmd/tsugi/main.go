// Command tsugi is the client's command line: it opens no window, and runs on servers and in scripts.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // rules read time zones, and every machine must read the same

	"github.com/alecthomas/kong"

	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/clock"
)

// commandLine is what the command line understands.
type commandLine struct {
	Data     string `help:"Data folder of the client, which may run." default:"${data}" env:"TSUGI_CLIENT_DATA" type:"path"`
	Language string `help:"Language: ${languages}, or as the system says." enum:"system,${languages}" default:"system" env:"TSUGI_LANGUAGE"`

	OnCall onCallCommands `cmd:"" name:"oncall" help:"Say who is on call now, and have calendars read it."`
}

// onCallCommands are about who is on call.
type onCallCommands struct {
	Now  onCallCommand `cmd:"" default:"withargs" help:"Say who is on call now, by rotation."`
	Feed feedCommands  `cmd:"" help:"Secret addresses under which calendars read shifts."`
}

// program is what every command works with.
type program struct {
	ctx   context.Context //nolint:containedctx // the program's own, from its signals
	dir   string
	out   io.Writer
	clock clock.Clock
	zone  *time.Location
	words words.Catalog
}

func main() {
	var line commandLine
	parsed := kong.Parse(&line, kong.Name("tsugi-cli"), kong.Description("Tsugi on the command line."),
		kong.Vars{"data": defaultData(), "languages": strings.Join(words.Languages(), ",")}, kong.UsageOnError())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{
		ctx: ctx, dir: line.Data, out: os.Stdout, clock: clock.NewSystem(), zone: desktop.Zone(os.Getenv, os.DirFS("/")), words: line.words(),
	}
	err := parsed.Run(p)
	stop()
	if err != nil {
		complain(os.Stderr, err, p.words)
		os.Exit(1)
	}
}

// words returns all texts in the language that was asked for, or in that of the system.
func (line commandLine) words() words.Catalog {
	if line.Language != "system" {
		return words.For(line.Language)
	}
	return words.For(words.Wish(os.Getenv))
}

// defaultData returns where a person's client keeps its data.
func defaultData() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "tsugi-client"
	}
	return filepath.Join(dir, "tsugi")
}

// complain says what happened, what is safe and what to do, a line each.
func complain(out io.Writer, err error, w words.Catalog) {
	t := present.TroubleFrom(err, w)
	if already, ok := errors.AsType[told](err); ok {
		t = present.Trouble(already)
	}
	for i, text := range []string{t.What, t.Safe, t.Do} {
		switch {
		case text == "":
		case i == 0:
			_, _ = fmt.Fprintln(out, "tsugi:", text)
		default:
			_, _ = fmt.Fprintln(out, " ", text)
		}
	}
}

// quiet is for what a client says of itself, which nobody asked for here.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
