package proof

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Stored is one line of a client's journal: a command that was shown as stored.
type Stored struct {
	Command string    `json:"command"`
	Stream  string    `json:"stream"`
	Kind    string    `json:"kind"`
	Text    string    `json:"text,omitempty"`
	Wall    time.Time `json:"wall"`
	Entry   string    `json:"entry,omitempty"`   // that was written with files, or is to be erased
	Files   []string  `json:"files,omitempty"`   // names of what was attached
	Erasing bool      `json:"erasing,omitempty"` // noted before it is asked for
}

// Activity is what a restless person does on one client until told to stop.
type Activity struct {
	Desk    *Desk
	Clock   clock.Clock
	Name    string
	Random  *rand.Rand
	Pause   time.Duration // the longest time between two commands
	journal *os.File
	glances *os.File
	count   int
	next    func(context.Context) error // what is done at once, whatever chance says
	looking looking
}

// journalPath returns where a client's journal lies. It is not in the data folder, so that the proof
// does not lean on what it proves.
func journalPath(dir string) string { return dir + ".journal" }

// Act gives commands until stop is closed or ctx ends.
func (a *Activity) Act(ctx context.Context, dir string, stop <-chan struct{}) error {
	var err error
	if a.journal, err = os.OpenFile(journalPath(dir), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return fmt.Errorf("open journal: %w", err)
	}
	defer a.journal.Close() //nolint:errcheck // every line was written by itself
	if a.looking, err = openLooking(dir); err != nil {
		return err
	}
	defer a.looking.journal.Close() //nolint:errcheck // every line was written by itself
	if a.glances, err = openGlances(dir); err != nil {
		return err
	}
	defer a.glances.Close() //nolint:errcheck // every line was written by itself
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-stop:
			return nil
		case <-timer.C:
		}
		if err := a.step(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		timer.Reset(time.Duration(a.Random.Int64N(int64(a.Pause))))
	}
}

// step does one thing. A command is journaled once it is shown as stored.
func (a *Activity) step(ctx context.Context) error {
	if next := a.next; next != nil {
		a.next = nil
		return next(ctx)
	}
	burning, others, err := a.Desk.Replica().Board(ctx, 20)
	if err != nil {
		return err
	}
	all := append(burning, others...)
	a.count++
	if len(all) > 0 {
		if err := a.glance(ctx, all[a.count%len(all)].ID); err != nil {
			return err
		}
	}
	if pick := a.Random.IntN(100); len(all) > 0 && pick < 28 {
		in := all[a.Random.IntN(len(all))].ID
		switch {
		case pick < 9:
			return a.writeFiles(ctx, in)
		case pick < 14:
			return a.writeSecret(ctx, in)
		case pick < 20:
			return a.eraseOne(ctx, in)
		default:
			return a.look(ctx, in)
		}
	}
	target, command := a.choose(all)
	line := Stored{}
	if w, ok := command.(incident.Write); ok {
		line.Text = w.Text
	}
	return a.give(ctx, target, command, line)
}

// give gives a command, and journals it once it is shown as stored.
func (a *Activity) give(ctx context.Context, target id.Stream, c stream.Command, line Stored) error {
	line.Stream, line.Kind, line.Wall = target.String(), fmt.Sprintf("%T", c), a.Clock.Now()
	own, err := a.Desk.Replica().Submit(ctx, target, c)
	if err != nil {
		return fmt.Errorf("submit %T: %w", c, err)
	}
	line.Command = own.String()
	return a.note(line)
}

func (a *Activity) note(line Stored) error {
	raw, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = a.journal.Write(append(raw, '\n'))
	return err
}

// choose picks what to do next: mostly words, as in life.
func (a *Activity) choose(all []incident.Incident) (id.Stream, stream.Command) {
	pick := a.Random.IntN(100)
	if len(all) == 0 || pick < 8 {
		return id.New[id.Stream](), incident.Declare{Title: fmt.Sprintf("%s declares %d", a.Name, a.count), Severity: workspace.Level(1 + a.Random.IntN(3))}
	}
	target := id.Stream(all[a.Random.IntN(len(all))].ID)
	switch {
	case pick < 20:
		return target, incident.ChangeSeverity{To: workspace.Level(1 + a.Random.IntN(3)), Reason: "it looks different now"}
	case pick < 30:
		return target, incident.ChangeStatus{To: incident.Status(a.Random.IntN(4)), Reason: "it moved"}
	case pick < 34:
		return target, incident.AddTag{Tag: fmt.Sprintf("tag-%d", a.Random.IntN(20))}
	case pick < 40:
		return target, incident.AssignRole{Role: []workspace.RoleKey{workspace.IMOC, workspace.Owner}[a.Random.IntN(2)], Person: a.somebody()}
	default:
		text := fmt.Sprintf("%s writes %d: %08x", a.Name, a.count, a.Random.Uint32())
		return target, incident.Write{Entry: id.New[id.Entry](), Text: text}
	}
}

// somebody returns one of the people, or now and then nobody.
func (a *Activity) somebody() id.Person {
	people := slices.SortedFunc(maps.Keys(a.Desk.Replica().Setup().People), id.Person.Compare)
	if i := a.Random.IntN(len(people) + 1); i < len(people) {
		return people[i]
	}
	return id.Person{}
}

// readJournal returns what a client showed as stored.
func readJournal(dir string) ([]Stored, error) {
	return readJournalLines[Stored](journalPath(dir))
}

// readJournalLines returns the lines of a journal; without a file there are none. A last line that was cut off by a
// kill was never whole, so it is left out.
func readJournalLines[L any](path string) ([]L, error) {
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	var out []L
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var l L
		if json.Unmarshal(lines.Bytes(), &l) == nil {
			out = append(out, l)
		}
	}
	return out, nil
}

// BeClient is the whole life of a headless client of a proof: it opens its folder, is restless until
// stop is closed, and then waits until neither a command nor a file is unsent.
func BeClient(ctx context.Context, dir string, seed uint64, c clock.Clock, stop <-chan struct{}) error {
	line, err := OpenLine(dir, c, seed)
	if err != nil {
		return err
	}
	defer line.Close() //nolint:errcheck // every line was written by itself
	s, err := session.Open(ctx, session.Options{
		Dir: dir, Clock: c, Logger: Quiet(), Zone: time.UTC, Words: words.English(), Transport: line,
	})
	if err != nil {
		return err
	}
	d := StartDesk(ctx, s)
	a := Activity{
		Desk: d, Clock: c, Name: filepath.Base(dir), Pause: 30 * time.Millisecond,
		Random: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // chance, not secrets
	}
	if err := a.Act(ctx, dir, stop); err != nil {
		return err
	}
	if err := d.Await(ctx, func() (bool, error) { return d.sent(ctx) }); err != nil {
		return err
	}
	return d.Close()
}

// sent reports whether the server has every command and every file.
func (d *Desk) sent(ctx context.Context) (bool, error) {
	if d.Replica().Unsent() > 0 {
		return false, nil
	}
	files, err := d.Replica().Uploads(ctx)
	return len(files) == 0, err
}
