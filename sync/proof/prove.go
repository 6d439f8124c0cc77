package proof

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof/crash"
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
	// Nodes is how many runs with several servers are done.
	Nodes int
	// Pages and SharedPages are how many runs are done in which people are paged, by a server of its own and by two on PostgreSQL.
	Pages, SharedPages int
	// Seeds and Steps say how many runs are simulated, and how long each is.
	Seeds, Steps int
	// Years is how many years of each zone are walked through from handoff to handoff.
	Years int
	// Only names the one part that is to be done; empty for all.
	Only Part
	// Anew forgets what was recorded of other code.
	Anew bool

	mu      sync.Mutex
	results []KillResult
	windows []WindowResult
	crashes []crash.Result
	nodes   []NodeResult
	pages   []PageResult
	sims    []SimChunk

	handoffs []HandoffYear
}

// Part is a part of the long proofs.
type Part string

// The parts.
const (
	Kills   Part = "kill"
	Windows Part = "windows"
	Crashes Part = "crash"
	Nodes   Part = "nodes"
	Paging  Part = "pages"
	Sims    Part = "sim"
	OnCall  Part = "oncall"
)

// does reports whether a part is to be done.
func (p *Prover) does(part Part) bool { return p.Only == "" || p.Only == part }

// Run does what is left to do. It returns ErrMixed, and does nothing, where the record is of other code, ErrUnclean when
// any run found something, and ErrNeverCut or ErrNotMet when the runs do not show what they are there for.
func (p *Prover) Run(ctx context.Context) error {
	code, err := CodeHash(p.Code)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.Out, 0o755); err != nil {
		return fmt.Errorf("make the record's folder: %w", err)
	}
	if err := p.resumeParts(code); err != nil {
		return err
	}
	switch p.Only {
	case OnCall:
		return p.handoffRuns(ctx, code)
	case Crashes:
		return p.crashRuns(ctx, code)
	case Sims:
		return p.simRuns(ctx, code)
	case Nodes:
		return p.nodeRuns(ctx, code)
	case Paging:
		return p.pageRuns(ctx, code)
	default:
	}
	if err := p.resume(code); err != nil {
		return err
	}
	say(p.Progress, "code %s: %d of %d runs are done\n", code, len(p.results), p.Runs)
	if p.does(Windows) {
		err = p.windowRuns(ctx, code)
	}
	if p.does(Kills) && err == nil {
		err = p.killRuns(ctx, code)
	}
	if p.does(Nodes) && err == nil {
		err = p.nodeRuns(ctx, code)
	}
	if p.does(Paging) && err == nil {
		err = p.pageRuns(ctx, code)
	}
	if p.does(Crashes) && err == nil {
		err = p.crashRuns(ctx, code)
	}
	if p.does(Sims) && err == nil {
		err = p.simRuns(ctx, code)
	}
	if p.does(OnCall) && err == nil {
		err = p.handoffRuns(ctx, code)
	}
	if wrote := p.write(code); wrote != nil || err != nil {
		return errors.Join(err, wrote)
	}
	return p.verdict()
}

// resumeParts reads what was done, on the same code, of the parts that have a record of their own.
func (p *Prover) resumeParts(code string) (err error) {
	if p.does(Crashes) {
		p.crashes, err = resumed(p, p.crashRecord(), code, func(r crash.Result) string { return r.Code })
	}
	if p.does(Sims) && err == nil {
		p.sims, err = resumed(p, p.simRecord(), code, func(r SimChunk) string { return r.Code })
	}
	if p.does(Nodes) && err == nil {
		p.nodes, err = resumed(p, p.nodeRecord(), code, func(r NodeResult) string { return r.Code })
	}
	if p.does(Paging) && err == nil {
		p.pages, err = resumed(p, p.pageRecord(), code, func(r PageResult) string { return r.Code })
	}
	if p.does(OnCall) && err == nil {
		p.handoffs, err = resumed(p, p.handoffRecord(), code, func(r HandoffYear) string { return r.Code })
	}
	return err
}

// resumed returns the runs of a record that were done on this code. Those of other code are left alone, with ErrMixed, or forgotten.
func resumed[T any](p *Prover, record, code string, of func(T) string) ([]T, error) {
	all, err := readRecord[T](record)
	if err != nil {
		return nil, err
	}
	own := slices.DeleteFunc(slices.Clone(all), func(r T) bool { return of(r) != code })
	switch {
	case len(own) == len(all):
		return own, nil
	case !p.Anew:
		return nil, fmt.Errorf("%s: %d runs of other code than %s: %w", record, len(all)-len(own), code, ErrMixed)
	}
	return own, writeRecord(record, own)
}

// verdict says what the runs show.
func (p *Prover) verdict() error {
	if slices.ContainsFunc(p.results, func(r KillResult) bool { return !r.Clean() }) ||
		slices.ContainsFunc(p.windows, func(r WindowResult) bool { return !r.Clean() }) {
		return ErrUnclean
	}
	if sum := p.sum(); p.does(Kills) && len(p.results) > 0 && (sum.Files.Cut == 0 || sum.Files.Resumed == 0 || sum.Files.Erased == 0) {
		return ErrNeverCut
	}
	return nil
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
	return each(ctx, p.Parallel, seeds, func(ctx context.Context, seed uint64) error {
		if err := p.one(ctx, code, seed); err != nil {
			return fmt.Errorf("seed %d: %w", seed, err)
		}
		return nil
	})
}

// each does something with every item, some at once, until one of them fails.
func each[T any](ctx context.Context, parallel int, items []T, do func(context.Context, T) error) error {
	work := make(chan T)
	failed := make(chan error, parallel)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() {
			for item := range work {
				if err := do(ctx, item); err != nil {
					failed <- err
					cancel()
					return
				}
			}
		})
	}
feed:
	for _, item := range items {
		select {
		case work <- item:
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
	f := r.Files
	say(p.Progress, "%d of %d: seed %d, %d commands, %d events, %d+%d kills, %d files, %d of %d uploads cut and %d resumed, %d erased; "+
		"%d lost, %d doubled, %d sent again, %d traces, %d differences, %.1f s\n",
		len(p.results), p.Runs, seed, r.Commands, r.Events, r.ServerKills, r.ClientKills, f.Files, f.Cut, f.Uploads, f.Resumed, f.Erased,
		len(r.Lost), len(r.Doubled), len(f.Resent), len(f.Remains), len(r.Differences), r.Seconds)
	return appendRecord(p.record(), r)
}

// CodeHash names the code in dir by its content: Go, C, SQL and proto files and the module's versions.
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
		if !slices.Contains([]string{".go", ".c", ".h", ".sql", ".proto", ".mod", ".sum"}, filepath.Ext(path)) {
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
