package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ErrNeverHeld is returned when in a whole series no server was killed while a provider had a message, no deadline passed while one was
// down, or nobody answered: the runs show nothing.
var ErrNeverHeld = errors.New("no server was killed with a message on its way, nothing fell due while one was down, or nobody answered: the runs show nothing about pages")

func (p *Prover) pageRecord() string { return filepath.Join(p.Out, "pages.jsonl") }

// pageRuns does the runs that are missing, those on PostgreSQL behind the others. It returns ErrUnclean where anything was found.
func (p *Prover) pageRuns(ctx context.Context, code string) error {
	var missing []PageRun
	for i := range p.Pages + p.SharedPages {
		run := PageRun{Seed: p.First + uint64(i), Bin: p.Bin, Clock: p.Clock, Shared: i >= p.Pages}
		run.Dir = filepath.Join(p.Dir, fmt.Sprintf("pages-%d", run.Seed))
		if !slices.ContainsFunc(p.pages, func(r PageResult) bool { return r.Seed == run.Seed && r.Shared == run.Shared }) {
			missing = append(missing, run)
		}
	}
	err := each(ctx, p.Parallel, missing, func(ctx context.Context, run PageRun) error {
		if err := p.pageRun(ctx, code, run); err != nil {
			return fmt.Errorf("pages, seed %d: %w", run.Seed, err)
		}
		return nil
	})
	if wrote := p.writePages(code); wrote != nil || err != nil {
		return errors.Join(err, wrote)
	}
	if slices.ContainsFunc(p.pages, func(r PageResult) bool { return !r.Clean() }) {
		return ErrUnclean
	}
	if sum := p.pageSum(func(PageResult) bool { return true }); len(p.pages) > 0 && (sum.Held == 0 || sum.Missed == 0 || sum.Acknowledged == 0) {
		return ErrNeverHeld
	}
	return nil
}

// pageRun does a run and appends what it found to the record.
func (p *Prover) pageRun(ctx context.Context, code string, run PageRun) error {
	r, err := run.Run(ctx)
	if err != nil {
		return err
	}
	r.Code = code
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages = append(p.pages, r)
	say(p.Progress, "pages, %d of %d: seed %d, PostgreSQL %v, %d kills, %d of them with a message on its way, %d incidents, %d answered, %d messages, %d again; "+
		"%d missed deadlines, caught up within %d ms, others within %d ms, stopped within %d ms; %d lost, %d doubled, %d late, %d rang, %.1f s\n",
		len(p.pages), p.Pages+p.SharedPages, r.Seed, r.Shared, r.Kills, r.Held, r.Incidents, r.Acknowledged, r.Messages, r.Repeated,
		r.Missed, r.CaughtUpMS, r.LateMS, r.StoppedMS, len(r.Lost), len(r.Doubled), len(r.Late), len(r.Rang), r.Seconds)
	return appendRecord(p.pageRecord(), r)
}

// pageSum adds up what some runs found; of the times it has the worst, and in Seed how many there are.
func (p *Prover) pageSum(which func(PageResult) bool) (sum PageResult) {
	for _, r := range p.pages {
		if !which(r) {
			continue
		}
		sum.Seed++
		sum.Kills += r.Kills
		sum.Held += r.Held
		sum.Incidents += r.Incidents
		sum.Acknowledged += r.Acknowledged
		sum.Messages += r.Messages
		sum.Repeated += r.Repeated
		sum.Missed, sum.Most = sum.Missed+r.Missed, max(sum.Most, r.Most)
		sum.CaughtUpMS, sum.LateMS, sum.StoppedMS = max(sum.CaughtUpMS, r.CaughtUpMS), max(sum.LateMS, r.LateMS), max(sum.StoppedMS, r.StoppedMS)
		sum.Lost, sum.Doubled = append(sum.Lost, r.Lost...), append(sum.Doubled, r.Doubled...)
		sum.Late, sum.Rang = append(sum.Late, r.Late...), append(sum.Rang, r.Rang...)
	}
	return sum
}

const pageWords = `# Killed while people are paged

Each run starts a server as a process of its own, with the files that any server has for Firebase and Twilio. Both are fakes on the same
machine, which take 150 ms for each message; the server finds them through a proxy, and believes their certificates, by its
environment (` + "`HTTPS_PROXY`, `SSL_CERT_FILE`" + `), so that nothing in it knows of a test. Three people have a phone and a number that they have
verified by a code, and a policy reaches them one after the other, the last of them the admin, each by push, after five seconds by SMS, and
after ten by a call. Six incidents are declared; two of them nobody answers, the others are acknowledged at some moment.

Twelve times in each run the server is killed with SIGKILL, half of them just when a provider has been handed a message and has not answered
yet, and started again, after a moment or so late that something has fallen due meanwhile. In the other runs there are two servers on
one PostgreSQL, of which one is killed; the other goes on, and takes over what that one had in its hands when its lease of twelve
seconds is over, at the latest.

Then what the fakes received is compared with the timelines, and with what the policy asks for. Lost is what should have gone out and did not,
and that no acknowledgement had stopped. A repeat must have the id of the first, which a server that was killed had just then in its hands:
each kill repeats each of these once at most, and mostly that is one. Whatever fell due while the server was down must be there within five
seconds from when it is started again, everything else within five seconds from when it is due; on PostgreSQL, what fell due just when one
server was killed, within the lease and five seconds. Five seconds after an acknowledgement nothing may come any more.
` + "`build/proof prove --only pages`" + ` does this part alone; a run is named by its seed.

`

// writePages sums the record up for people.
func (p *Prover) writePages(code string) error {
	var text strings.Builder
	text.WriteString(pageWords)
	file := p.pageSum(func(r PageResult) bool { return !r.Shared })
	shared := p.pageSum(func(r PageResult) bool { return r.Shared })
	say(&text, "Code %s, on %s, written %s, seeds from %d.\n\n", code, Machine(), p.Clock.Now().UTC().Format(time.RFC3339), p.First)
	text.WriteString("| | SQLite | two servers on PostgreSQL |\n|---|---|---|\n")
	row := func(name string, of func(PageResult) string) {
		say(&text, "| %s | %s | %s |\n", name, of(file), of(shared))
	}
	count := func(name string, of func(PageResult) int) {
		row(name, func(r PageResult) string { return fmt.Sprint(of(r)) })
	}
	took := func(name string, of func(PageResult) int64) {
		row(name, func(r PageResult) string { return fmt.Sprintf("%.1f s", float64(of(r))/1000) })
	}
	say(&text, "| runs | %d of %d | %d of %d |\n", file.Seed, p.Pages, shared.Seed, p.SharedPages)
	count("servers killed", func(r PageResult) int { return r.Kills })
	count("of these, with a message on its way", func(r PageResult) int { return r.Held })
	count("incidents", func(r PageResult) int { return r.Incidents })
	count("acknowledged", func(r PageResult) int { return r.Acknowledged })
	count("messages received", func(r PageResult) int { return r.Messages })
	count("received again, under the same id", func(r PageResult) int { return r.Repeated })
	count("of these by one kill, at most", func(r PageResult) int { return r.Most })
	count("fell due while the server was down, or when one of two was killed", func(r PageResult) int { return r.Missed })
	took("the slowest of these, from the start; with two servers, from when it was due", func(r PageResult) int64 { return r.CaughtUpMS })
	took("the slowest of all others, from when it was due", func(r PageResult) int64 { return r.LateMS })
	took("the last message after an acknowledgement", func(r PageResult) int64 { return r.StoppedMS })
	count("**lost**", func(r PageResult) int { return len(r.Lost) })
	count("**doubled** otherwise than by a kill, or under another id", func(r PageResult) int { return len(r.Doubled) })
	count("**late**", func(r PageResult) int { return len(r.Late) })
	count("**rang after an acknowledgement**, or without a reason", func(r PageResult) int { return len(r.Rang) })
	for _, r := range p.pages {
		for _, found := range slices.Concat(r.Lost, r.Doubled, r.Late, r.Rang) {
			say(&text, "\n- seed %d: %s", r.Seed, found)
		}
	}
	return os.WriteFile(filepath.Join(p.Out, "pages.md"), []byte(text.String()), 0o644)
}
