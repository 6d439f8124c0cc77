package proof

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/clock"
)

// Prover runs the long proofs and records what they found. It can be interrupted: what was done on
// the same code is not done again.
type Prover struct {
	Bin, Self, Dir string
	Out            string // folder of the record
	Code           string // folder of the code
	Clock          clock.Clock
	Progress       io.Writer
	Runs           int
	First          uint64
	Parallel       int

	// Windows is how many runs with real windows are done.
	Windows int

	mu      sync.Mutex
	results []KillResult
	windows []WindowResult
}

// Run does what is left to do, and returns ErrUnclean when any run found something.
func (p *Prover) Run(ctx context.Context) error {
	code, err := CodeHash(p.Code)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.Out, 0o755); err != nil {
		return fmt.Errorf("make the record's folder: %w", err)
	}
	if err := p.resume(code); err != nil {
		return err
	}
	say(p.Progress, "code %s: %d of %d runs are done\n", code, len(p.results), p.Runs)
	if err = p.windowRuns(ctx, code); err == nil {
		err = p.killRuns(ctx, code)
	}
	if wrote := p.write(code); wrote != nil || err != nil {
		return errors.Join(err, wrote)
	}
	if slices.ContainsFunc(p.results, func(r KillResult) bool { return !r.Clean() }) ||
		slices.ContainsFunc(p.windows, func(r WindowResult) bool { return !r.Clean() }) {
		return ErrUnclean
	}
	return nil
}

func (p *Prover) record() string { return filepath.Join(p.Out, "kill.jsonl") }

func (p *Prover) windowRecord() string { return filepath.Join(p.Out, "windows.jsonl") }

// resume reads the runs that were done on the same code; those on other code say nothing about it.
func (p *Prover) resume(code string) error {
	var err error
	if p.results, err = readRecord(p.record(), func(r KillResult) bool { return r.Code == code }); err != nil {
		return err
	}
	p.windows, err = readRecord(p.windowRecord(), func(r WindowResult) bool { return r.Code == code })
	return err
}

// readRecord returns the lines of a record that are still true, and removes a record that has none.
func readRecord[R any](path string, holds func(R) bool) ([]R, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	var out []R
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r R
		if json.Unmarshal(lines.Bytes(), &r) == nil && holds(r) {
			out = append(out, r)
		}
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	if len(out) > 0 {
		return out, nil
	}
	return nil, os.Remove(path)
}

// appendRecord adds a line to a record.
func appendRecord(path string, r any) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// windowRuns does the runs with real windows that are missing, one after the other.
func (p *Prover) windowRuns(ctx context.Context, code string) error {
	for len(p.windows) < p.Windows {
		seed := p.First + uint64(len(p.windows))
		run := WindowRun{
			Seed: seed, Bin: p.Bin, Dir: filepath.Join(p.Dir, fmt.Sprintf("windows-%d", seed)), Clock: p.Clock,
			Picture: filepath.Join(p.Dir, "windows.png"),
		}
		if seed == p.First {
			run.Picture = filepath.Join(p.Out, "windows.png")
		}
		r, err := run.Run(ctx)
		if err != nil {
			return fmt.Errorf("windows, seed %d: %w", seed, err)
		}
		r.Code = code
		say(p.Progress, "windows: %+v\n", r)
		p.windows = append(p.windows, r)
		if err := appendRecord(p.windowRecord(), r); err != nil {
			return err
		}
	}
	return nil
}

// killRuns does the runs that are missing.
func (p *Prover) killRuns(ctx context.Context, code string) error {
	var seeds []uint64
	for i := range p.Runs {
		seed := p.First + uint64(i)
		if !slices.ContainsFunc(p.results, func(r KillResult) bool { return r.Seed == seed }) {
			seeds = append(seeds, seed)
		}
	}
	work := make(chan uint64)
	failed := make(chan error, p.Parallel)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	for range p.Parallel {
		all.Go(func() {
			for seed := range work {
				if err := p.one(ctx, code, seed); err != nil {
					failed <- fmt.Errorf("seed %d: %w", seed, err)
					cancel()
					return
				}
			}
		})
	}
feed:
	for _, s := range seeds {
		select {
		case work <- s:
		case <-ctx.Done():
			break feed
		}
	}
	close(work)
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return ctx.Err()
	}
}

// one does a run and appends what it found to the record.
func (p *Prover) one(ctx context.Context, code string, seed uint64) error {
	run := KillRun{Seed: seed, Bin: p.Bin, Self: p.Self, Dir: filepath.Join(p.Dir, fmt.Sprintf("kill-%d", seed)), Clock: p.Clock}
	r, err := run.Run(ctx)
	if err != nil {
		return err
	}
	r.Code = code
	p.mu.Lock()
	defer p.mu.Unlock()
	p.results = append(p.results, r)
	say(p.Progress, "%d of %d: seed %d, %d commands, %d events, %d+%d kills, %d lost, %d doubled, %d differences, %.1f s\n",
		len(p.results), p.Runs, seed, r.Commands, r.Events, r.ServerKills, r.ClientKills, len(r.Lost), len(r.Doubled), len(r.Differences), r.Seconds)
	return appendRecord(p.record(), r)
}

// write sums the record up for people.
func (p *Prover) write(code string) error {
	var sum KillResult
	clean := 0
	var seeds []string
	for _, r := range p.results {
		sum.ServerKills += r.ServerKills
		sum.ClientKills += r.ClientKills
		sum.Commands += r.Commands
		sum.Events += r.Events
		sum.Conflicts += r.Conflicts
		sum.Late += r.Late
		sum.Lost = append(sum.Lost, r.Lost...)
		sum.Doubled = append(sum.Doubled, r.Doubled...)
		sum.Differences = append(sum.Differences, r.Differences...)
		if r.Clean() {
			clean++
		} else {
			seeds = append(seeds, fmt.Sprint(r.Seed))
		}
	}
	text := fmt.Sprintf(`# Killed in mid-conversation

Each run starts one server and three clients as processes of their own. The clients declare, write and change severity,
status and tags without a pause, on shared incidents, while the server and the clients are killed with SIGKILL at random
moments and started again, often while the other is down. Then everything is started once more and compared: every command
that a client had shown as stored must be there exactly once, all clients must hold the same events in the same order, and
every state must be the fold of its events. %s repeats it; a run is named by its seed.

| | |
|---|---|
| code | %s |
| machine | %s |
| written | %s |
| runs | %d of %d, seeds from %d |
| server killed | %d times |
| clients killed | %d times |
| commands shown as stored | %d |
| events | %d |
| entries that arrived late and say so | %d |
| conflicts, each put to its author | %d |
| **lost** | **%d** |
| **doubled** | **%d** |
| **differences between clients** | **%d** |
| clean runs | %d |
| seeds that found something | %s |

## With real windows

Two clients with windows, one dark and one light, sit in the same room. What is typed in one is looked for in the picture of
the other. Then the server is killed, both go on writing, one declares an incident with the keyboard, one window is killed
and opened again, and the server comes back after more than a minute, so that late entries say when they arrived.

| seed | seen in the other window after | typed | late entries | lost | doubled | differences |
|---|---|---|---|---|---|---|
%s
![Two windows](windows.png)
![The server is gone](windows-offline.png)
![The server is back](windows-after.png)
`, "`make prove`", code, Machine(), p.Clock.Now().UTC().Format(time.RFC3339), len(p.results), p.Runs, p.First, sum.ServerKills,
		sum.ClientKills, sum.Commands, sum.Events, sum.Late, sum.Conflicts, len(sum.Lost), len(sum.Doubled), len(sum.Differences),
		clean, strings.Join(append(seeds, "none")[:max(1, len(seeds))], ", "), p.windowRows())
	return os.WriteFile(filepath.Join(p.Out, "kill.md"), []byte(text), 0o644)
}

// windowRows returns a table row for each run with windows.
func (p *Prover) windowRows() string {
	var rows strings.Builder
	for _, r := range p.windows {
		say(&rows, "| %d | %d ms | %d | %d | %d | %d | %d |\n", r.Seed, r.SeenAfterMS, r.Typed, r.Late, len(r.Lost), len(r.Doubled), len(r.Differences))
	}
	return rows.String()
}

// CodeHash names the code in dir by its content: Go, SQL and proto files and the module's versions.
func CodeHash(dir string) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != "." && (strings.HasPrefix(name, ".") || name == "build" || name == "docs") {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".sql", ".proto", ".mod", ".sum"}, filepath.Ext(path)) {
			return nil
		}
		raw, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		own := sha256.Sum256(raw)
		say(sum, "%s %x\n", path, own)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("hash the code: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}
