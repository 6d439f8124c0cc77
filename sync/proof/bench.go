package proof

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
)

// Row is one line of the bench's table.
type Row struct {
	Promise  string
	Measured string
	Limit    string // what the same machine does without Tsugi, in the same run
	Ratio    string
	Met      string // "yes", "no", or why it cannot be said
}

// Bench measures the promises.
type Bench struct {
	Bin   string // folder of the built programs
	Dir   string // for data; what takes long to make is kept there
	Self  string // this program, which is also the raw server
	Clock clock.Clock
	Out   io.Writer // progress
	// Scale divides the amounts of work; 1 measures the promises, more only tries the bench.
	Scale int
	Only  string // run only the measurements whose name contains it

	postgres *Postgres // where the servers store; nil for their folders
	files    *Bench    // what this one is a copy of, whose servers store in their folders
}

// measurement is one part of the bench.
type measurement struct {
	name string
	run  func(context.Context) ([]Row, error)
}

// Run measures everything and returns the table.
func (b *Bench) Run(ctx context.Context) ([]Row, error) {
	var rows []Row
	for _, m := range []measurement{
		{"declare to stored", b.declare},
		{"seen by 200 clients", b.fanOut},
		{"durable commands per second", b.commands},
		{"server memory", b.memory},
		{"bootstrap and fill", b.bootstrap},
		{"first frame", b.firstFrame},
		{"search while typing", b.search},
		{"pages under load", b.load},
		{"pages while a provider hangs", b.hang},
		{"seen by 200 clients, PostgreSQL", b.onPostgres((*Bench).fanOut)},
		{"durable commands per second, PostgreSQL", b.onPostgres((*Bench).commands)},
		{"bootstrap and fill, PostgreSQL", b.onPostgres((*Bench).bootstrap)},
		{"pages under load, PostgreSQL", b.onPostgres((*Bench).load)},
	} {
		if !strings.Contains(m.name, b.Only) {
			continue
		}
		say(b.Out, "measuring: %s\n", m.name)
		got, err := m.run(ctx)
		if err != nil {
			return rows, fmt.Errorf("measure %s: %w", m.name, err)
		}
		rows = append(rows, got...)
	}
	return rows, nil
}

// PrintRows writes a table as Markdown, which is also readable as it is.
func PrintRows(out io.Writer, rows []Row) error {
	w := tabwriter.NewWriter(out, 0, 4, 1, ' ', 0)
	say(w, "| promise\t| measured\t| raw limit, same run\t| ratio\t| met\t|\n")
	say(w, "|---\t|---\t|---\t|---\t|---\t|\n")
	for _, r := range rows {
		say(w, "| %s\t| %s\t| %s\t| %s\t| %s\t|\n", r.Promise, r.Measured, r.Limit, r.Ratio, r.Met)
	}
	return w.Flush()
}

// say tells whoever watches; that nobody does is no reason to stop.
func say(out io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }

// met says whether a promise holds.
func met(ok bool) string {
	if ok {
		return "yes"
	}
	return "no"
}

// ms writes a duration in milliseconds.
func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// times writes how many times a is b.
func times(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f×", a/b)
}

// stopwatch measures one thing; the mains' clock is read, so that no other is.
func (b *Bench) stopwatch() func() time.Duration {
	start := b.Clock.Now()
	return func() time.Duration { return b.Clock.Now().Sub(start) }
}
