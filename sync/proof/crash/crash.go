// Package crash pulls the plug. It lets the production code write an outbox, and a server's file, on a disk that forgets
// what was not synchronized, takes what a power cut at each moment could have left, opens that with the production code
// again, and compares it with what had been reported as stored by then.
package crash

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // so that files can be read behind the production code's back

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
)

// Part is what is proven.
type Part string

// The parts.
const (
	Outbox Part = "outbox"
	Server Part = "server"
)

// Run is one script, and crashes at every moment of it.
type Run struct {
	Part Part
	Seed uint64
	Dir  string // a folder of its own
	// Steps is how many things the script does.
	Steps int
	// Often is how many crashes each synchronization is given, besides one that loses all and one that loses nothing. With 0
	// chance takes one of them all.
	Often int
	// Between is how likely a crash is before each other change.
	Between float64
	// Again is how many crashes there are within each recovery from a crash.
	Again int
	// Faults lets the disk fail now and then while the script is played.
	Faults bool
	// Heavy has long entries written, and few restarts, so that SQLite folds the journal into the file by itself and begins
	// it again over what it holds.
	Heavy bool
}

// Result is what a run found.
type Result struct {
	Code     string     `json:"code"`
	Part     Part       `json:"part"`
	Faulty   bool       `json:"faulty"` // whether the disk failed too
	Seed     uint64     `json:"seed"`
	Syncs    int        `json:"syncs"`    // synchronizations, before each of which there were crashes
	Laps     int        `json:"laps"`     // times that the journal was begun again over what it held
	Points   int        `json:"points"`   // crashes
	Nested   int        `json:"nested"`   // of them within the recovery from another
	Stored   int        `json:"stored"`   // what was reported as stored, and looked for after each crash
	Compared int        `json:"compared"` // how often something stored was looked for
	Faults   int        `json:"faults"`   // times that the disk failed for a while
	Refused  int        `json:"refused"`  // changes that it refused
	Tally    disk.Tally `json:"tally"`
	Lost     []string   `json:"lost,omitempty"`
	Corrupt  []string   `json:"corrupt,omitempty"`
	Wrong    []string   `json:"wrong,omitempty"` // anything else
}

// Clean reports whether nothing was found.
func (r Result) Clean() bool { return len(r.Lost)+len(r.Corrupt)+len(r.Wrong) == 0 }

// Add adds up.
func (r *Result) Add(o Result) {
	r.Syncs += o.Syncs
	r.Laps += o.Laps
	r.Points += o.Points
	r.Nested += o.Nested
	r.Stored += o.Stored
	r.Compared += o.Compared
	r.Faults += o.Faults
	r.Refused += o.Refused
	r.Tally.Add(o.Tally)
	r.Lost = append(r.Lost, o.Lost...)
	r.Corrupt = append(r.Corrupt, o.Corrupt...)
	r.Wrong = append(r.Wrong, o.Wrong...)
}

// findings are what is wrong with a folder after a crash.
type findings struct {
	lost, corrupt, wrong []string
	compared             int
}

func (f *findings) lose(format string, args ...any) {
	f.lost = append(f.lost, fmt.Sprintf(format, args...))
}

func (f *findings) spoil(format string, args ...any) {
	f.corrupt = append(f.corrupt, fmt.Sprintf(format, args...))
}

func (f *findings) blame(format string, args ...any) {
	f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
}

// subject is what a run crashes.
type subject interface {
	// play does what the script says in a folder that is mounted, and notes what was reported as stored.
	play(ctx context.Context, dir string, d *disk.Disk, steps int) error
	// judge opens what a crash before the at-th change left in a folder, and compares. It returns how many changes d had seen
	// when all was open again.
	judge(ctx context.Context, dir string, d *disk.Disk, at int) (int, findings)
	// stored counts what was reported as stored.
	stored() int
}

// noon is when everything happens.
var noon = time.Date(2025, 11, 20, 12, 0, 0, 0, time.UTC)

// still is a clock that stands.
type still struct{}

func (still) Now() time.Time { return noon }

func (still) Moment() clock.Moment {
	return clock.Moment{Wall: noon, Boot: 5 * time.Minute, BootID: "boot"}
}

func (r Run) chance(salt uint64) *rand.Rand {
	return rand.New(rand.NewPCG(r.Seed, salt)) //nolint:gosec // a run is to be repeatable
}

func (r Run) subject(f *faults) subject {
	if r.Part == Server {
		return newServer(r.chance(0), r.Heavy, f)
	}
	return newOutbox(r.chance(0), r.Heavy, f)
}

// Crash plays the script once and crashes it everywhere. Its error says that the proof could not be carried out.
func (r Run) Crash(ctx context.Context) (Result, error) {
	out := Result{Part: r.Part, Faulty: r.Faults, Seed: r.Seed}
	f := &faults{}
	if r.Faults {
		f.Rand = r.chance(2)
	}
	s := r.subject(f)
	trace, err := r.play(ctx, s, filepath.Join(r.Dir, "script"))
	if err != nil {
		return out, fmt.Errorf("%s, seed %d: %w", r.Part, r.Seed, err)
	}
	out.Stored, out.Faults, out.Refused, out.Wrong = s.stored(), f.count, f.struck, f.unclear
	out.Laps = laps(trace)
	m, chance := disk.NewModel(trace), r.chance(1)
	for at, op := range trace.Ops {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		for _, fate := range r.fates(op, chance) {
			if err := r.one(ctx, s, &out, point{model: m, at: at, fate: fate, chance: chance, before: op}); err != nil {
				return out, err
			}
		}
		if op.Kind == disk.Sync {
			out.Syncs++
		}
		m.Apply(op)
	}
	return out, nil
}

// laps counts how often a write-ahead log was begun again over what it held.
func laps(t disk.Trace) int {
	n, held := 0, map[int]int64{}
	wal := map[int]bool{}
	for _, op := range t.Ops {
		switch op.Kind { //nolint:exhaustive // the others do not change what a file holds
		case disk.Create:
			wal[op.File] = strings.HasSuffix(op.Name, "-wal")
		case disk.Truncate:
			held[op.File] = op.Off
		case disk.Write:
			if op.Off == 0 && wal[op.File] && held[op.File] > 1<<20 {
				n++
			}
			held[op.File] = max(held[op.File], op.Off+int64(len(op.Data)))
		}
	}
	return n
}

// ballast is a text that is nearly as long as one may be.
var ballast = strings.Repeat("🔥", incident.MaxText*3/4)

// fates returns the crashes that there are before a change.
func (r Run) fates(op disk.Op, chance *rand.Rand) []disk.Fate {
	if op.Kind != disk.Sync && op.Kind != disk.SyncDir && op.Kind != disk.SyncLost {
		if chance.Float64() < r.Between {
			return []disk.Fate{disk.Some}
		}
		return nil
	}
	if r.Often == 0 {
		return []disk.Fate{[]disk.Fate{disk.Nothing, disk.Everything, disk.Some, disk.Some, disk.Some}[chance.IntN(5)]}
	}
	out := []disk.Fate{disk.Nothing, disk.Everything}
	for range r.Often {
		out = append(out, disk.Some)
	}
	return out
}

func (r Run) play(ctx context.Context, s subject, dir string) (disk.Trace, error) {
	d, err := mount(dir, nil)
	if err != nil {
		return disk.Trace{}, err
	}
	defer d.Unmount()
	if err := s.play(ctx, dir, d, r.Steps); err != nil {
		return disk.Trace{}, err
	}
	return d.Trace(), os.RemoveAll(dir)
}

// mount makes a folder that holds files, all of them durable.
func mount(dir string, files map[string][]byte) (*disk.Disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a disk: %w", err)
	}
	for name, raw := range files {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			return nil, fmt.Errorf("make a disk: %w", err)
		}
	}
	return disk.Mount(dir)
}

// point is one crash.
type point struct {
	model  *disk.Model
	at     int
	fate   disk.Fate
	chance *rand.Rand
	before disk.Op
	inner  bool // within the recovery from another
}

// one crashes, opens what is left, and crashes the opening too.
func (r Run) one(ctx context.Context, s subject, out *Result, p point) error {
	left, tally := p.model.Crash(p.fate, p.chance)
	out.Points++
	out.Tally.Add(tally)
	dir := filepath.Join(r.Dir, fmt.Sprintf("left-%d", out.Points))
	d, err := mount(dir, left)
	if err != nil {
		return err
	}
	defer d.Unmount()
	opened, found := s.judge(ctx, dir, d, p.at)
	out.take(found, p)
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove a disk: %w", err)
	}
	if p.inner || !found.clean() || opened == 0 {
		return nil
	}
	for range r.Again {
		out.Nested++
		if err := r.one(ctx, s, out, p.within(d.Trace(), p.chance.IntN(opened))); err != nil {
			return err
		}
	}
	return nil
}

// within returns a crash within the recovery from p, before its n-th change.
func (p point) within(trace disk.Trace, n int) point {
	m := disk.NewModel(trace)
	for _, op := range trace.Ops[:n] {
		m.Apply(op)
	}
	p.model, p.fate, p.inner, p.before = m, disk.Some, true, trace.Ops[n]
	return p
}

func (f findings) clean() bool { return len(f.lost)+len(f.corrupt)+len(f.wrong) == 0 }

// take notes what is wrong after a crash, and where that was.
func (r *Result) take(f findings, p point) {
	where := fmt.Sprintf("%s, seed %d, before change %d (%s), crash %d: ", r.Part, r.Seed, p.at, p.before.Kind, r.Points)
	name := func(all []string) (named []string) {
		for _, one := range all {
			named = append(named, where+one)
		}
		return named
	}
	r.Compared += f.compared
	r.Lost = append(r.Lost, name(f.lost)...)
	r.Corrupt = append(r.Corrupt, name(f.corrupt)...)
	r.Wrong = append(r.Wrong, name(f.wrong)...)
}

// behind opens a file for reading, past the production code.
func behind(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro&_query_only=on&_busy_timeout=5000")
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// intact has SQLite check a file.
func intact(ctx context.Context, path string) error {
	db, err := behind(path)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it was only read
	rows, err := db.QueryContext(ctx, "PRAGMA integrity_check")
	if err != nil {
		return fmt.Errorf("check %s: %w", filepath.Base(path), err)
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var all []string
	for rows.Next() {
		var said string
		if err := rows.Scan(&said); err != nil {
			return fmt.Errorf("check %s: %w", filepath.Base(path), err)
		}
		all = append(all, said)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("check %s: %w", filepath.Base(path), err)
	}
	if said := strings.Join(all, "; "); said != "ok" {
		return fmt.Errorf("check %s: %s", filepath.Base(path), said)
	}
	return nil
}
