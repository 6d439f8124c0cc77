// Command tsugid is the Tsugi server: one program, one folder.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // rules read time zones, and every machine must read the same

	"github.com/alecthomas/kong"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// commandLine is what tsugid understands.
type commandLine struct {
	Data     string `help:"Data folder." default:"tsugi-data" env:"TSUGI_DATA" type:"path"`
	Database string `help:"Address of a PostgreSQL database, postgres://person:password@host/name; several servers may share one. Without it everything is in the data folder." env:"TSUGI_DATABASE" placeholder:"URL"`
	Sealing  string `name:"seal-key" help:"File of the key that seals the server's keys in PostgreSQL; the command seal-key makes one." env:"TSUGI_SEAL_KEY" placeholder:"FILE" type:"path"`
	Verbose  bool   `help:"Say more." short:"v"`

	Serve     serveCommand     `cmd:"" default:"withargs" help:"Run the server (the default)."`
	Invite    inviteCommand    `cmd:"" help:"Print a code that enrols one device of a person, who is added if need be."`
	Import    importCommand    `cmd:"" help:"Take over a foreign history."`
	Describe  describeCommand  `cmd:"" help:"Tell what the server holds."`
	Backup    backupCommand    `cmd:"" help:"Write everything that the server knows into one file, also while it runs."`
	Restore   restoreCommand   `cmd:"" help:"Put a backup back, into an empty data folder."`
	MigrateTo migrateToCommand `cmd:"" name:"migrate-to" help:"Move everything from the data folder into PostgreSQL, and compare."`
	SealKey   sealKeyCommand   `cmd:"" name:"seal-key" help:"Make a key that seals the server's keys in PostgreSQL."`
	Restored  restoredCommand  `cmd:"" help:"Tell the servers on PostgreSQL, which are stopped, that their database was put back to a former state."`
	Tasks     tasksCommand     `cmd:"" help:"List what the server was to do and gave up, and run it again."`
	Verify    verifyCommand    `cmd:"" help:"Prove that the log and the attached files are as they were written, in the data folder or a backup."`
}

// program is what every command works with.
type program struct {
	ctx      context.Context //nolint:containedctx // the program's own, from its signals
	dir      string
	database string // of PostgreSQL; empty where everything is in dir
	sealing  string // file of the seal key; empty without one
	clock    clock.Clock
	logger   *slog.Logger
}

func main() {
	var line commandLine
	parsed := kong.Parse(&line, kong.Name("tsugid"), kong.Description("The Tsugi server: one program, one folder."), kong.UsageOnError())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	level := slog.LevelInfo
	if line.Verbose {
		level = slog.LevelDebug
	}
	p := &program{
		ctx: ctx, dir: line.Data, database: line.Database, sealing: line.Sealing, clock: clock.NewSystem(),
		logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	}
	err := parsed.Run(p)
	stop()
	if err != nil {
		complain(err)
		os.Exit(1)
	}
}

// complain says what happened, what is safe and what to do, a line each.
func complain(err error) {
	f := fault.Find(err)
	if f == nil {
		fmt.Fprintln(os.Stderr, "tsugid:", err)
		return
	}
	fmt.Fprintln(os.Stderr, "tsugid:", f.Message)
	for _, field := range f.Fields {
		fmt.Fprintf(os.Stderr, "  %s %s\n", field.Name, field.Problem)
	}
	for _, line := range []string{f.Safe, f.Do} {
		if line != "" {
			fmt.Fprintln(os.Stderr, " ", line)
		}
	}
	if f.Cause != nil {
		fmt.Fprintln(os.Stderr, "  Cause:", f.Cause)
	}
}
