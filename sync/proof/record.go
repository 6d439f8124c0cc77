package proof

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Errors of the long proofs.
var (
	// ErrMixed is returned when the record holds runs of other code: they say nothing about this one.
	ErrMixed = errors.New("the record is of other code; --anew forgets that")
	// ErrNeverCut is returned when in a whole series no upload was cut and gone on with, or nothing was erased.
	ErrNeverCut = errors.New("no upload was cut off and gone on with, or nothing was erased: the runs show nothing about files")
)

func (p *Prover) record() string { return filepath.Join(p.Out, "kill.jsonl") }

func (p *Prover) windowRecord() string { return filepath.Join(p.Out, "windows.jsonl") }

// resume reads the runs that were done on the same code. A record of other code is left alone, or forgotten.
func (p *Prover) resume(code string) error {
	kills, err := readRecord[KillResult](p.record())
	if err != nil {
		return err
	}
	windows, err := readRecord[WindowResult](p.windowRecord())
	if err != nil {
		return err
	}
	others := map[string]int{}
	for _, r := range kills {
		if r.Code == code {
			p.results = append(p.results, r)
		} else {
			others[r.Code]++
		}
	}
	for _, r := range windows {
		if r.Code == code {
			p.windows = append(p.windows, r)
		} else {
			others[r.Code]++
		}
	}
	if len(others) == 0 {
		return nil
	}
	if !p.Anew {
		return fmt.Errorf("%s: runs of %v, and this is %s: %w", p.Out, others, code, ErrMixed)
	}
	return errors.Join(writeRecord(p.record(), p.results), writeRecord(p.windowRecord(), p.windows))
}

// readRecord returns the lines of a record.
func readRecord[R any](path string) ([]R, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	var out []R
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24) // what was found may be long
	for lines.Scan() {
		var r R
		if json.Unmarshal(lines.Bytes(), &r) == nil {
			out = append(out, r)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the record: %w", err)
	}
	return out, nil
}

// writeRecord replaces a record.
func writeRecord[R any](path string, runs []R) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write the record: %w", err)
	}
	for _, r := range runs {
		if err := appendRecord(path, r); err != nil {
			return err
		}
	}
	return nil
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

// sum adds up what the runs found.
func (p *Prover) sum() (sum KillResult) {
	for _, r := range p.results {
		sum.add(r)
	}
	return sum
}

// add adds up what runs found.
func (r *KillResult) add(o KillResult) {
	r.ServerKills += o.ServerKills
	r.ClientKills += o.ClientKills
	r.Commands += o.Commands
	r.Events += o.Events
	r.Conflicts += o.Conflicts
	r.Late += o.Late
	r.Lost = append(r.Lost, o.Lost...)
	r.Doubled = append(r.Doubled, o.Doubled...)
	r.Differences = append(r.Differences, o.Differences...)
	r.Files.add(o.Files)
	r.History.add(o.History)
}

const killWords = `# Killed in mid-conversation

Each run starts one server and three clients as processes of their own. The clients declare, write, attach files, erase and
change severity, status, roles and tags without a pause, on shared incidents, while the server and the clients are killed with
SIGKILL and started again, often while the other is down: at random moments, in the middle of a chunk of a file, and when an
entry is being erased. Then everything is started once more and compared: every command that a client had shown as stored must
be there exactly once, all clients must hold the same events in the same order, and every state must be the fold of its events.

Files have from one byte to 1.25 MB; their bytes follow from the seed, so that they can be compared. Some are pictures, some
are attached again by others, and some belong to entries that are erased. Each must be at the server once and whole, and on
every client byte for byte, its own and the others'; until then it is shown as arriving. No chunk that the server has
acknowledged to anybody may be sent again. Of an erased entry neither the words nor the bytes may be in any file of the
server's and the clients' folders, journals included; they carry a mark, and the marks of what was not erased must be found.

What every client sent, heard and saw is journaled beside it, with the times: each command from when it first went on its way
until its answer came, or for ever where none did, and what was seen on each screen. A witness reads everything from the server
meanwhile, as a fresh client does. For each incident [porcupine](https://github.com/anishathalye/porcupine) must find one order of
all that in which every answer and every read is right by a [model of the ledger](../../sync/proof/history/model.go) that does one
thing after the other: a change of severity, status or role is a conflict exactly when its base has moved, a command has its effects
once and together, those of one client keep their order, and events are numbered without a hole.
` + "`make prove` repeats it, `build/proof prove --only kill` this part alone; a run is named by its seed.\n\n"

const windowWords = `
## With real windows

Two clients with windows, one dark and one light, sit in the same room. What is typed in one is looked for in the picture of
the other. Then the server is killed, both go on writing, one declares an incident with the keyboard, one window is killed
and opened again, and the server comes back after more than a minute, so that late entries say when they arrived.
` + "`build/proof prove --only windows` does this part alone.\n" + `
| seed | seen in the other window after | typed | late entries | lost | doubled | differences |
|---|---|---|---|---|---|---|
%s
![Two windows](windows.png)
![The server is gone](windows-offline.png)
![The server is back](windows-after.png)
`

// write sums the record up for people.
func (p *Prover) write(code string) error {
	var text strings.Builder
	text.WriteString(killWords)
	text.WriteString("| | |\n|---|---|\n")
	row := func(name, format string, args ...any) {
		say(&text, "| %s | %s |\n", name, fmt.Sprintf(format, args...))
	}
	row("code", "%s", code)
	row("machine", "%s", Machine())
	row("written", "%s", p.Clock.Now().UTC().Format(time.RFC3339))
	row("runs", "%d of %d, seeds from %d", len(p.results), p.Runs, p.First)
	p.rows(row)
	say(&text, windowWords, p.windowRows())
	return os.WriteFile(filepath.Join(p.Out, "kill.md"), []byte(text.String()), 0o644)
}

// rows tells what the kill runs found.
func (p *Prover) rows(row func(name, format string, args ...any)) {
	clean, unclean := 0, []string{}
	for _, r := range p.results {
		if r.Clean() {
			clean++
		} else {
			unclean = append(unclean, fmt.Sprint(r.Seed))
		}
	}
	sum := p.sum()
	row("server killed", "%d times", sum.ServerKills)
	row("clients killed", "%d times", sum.ClientKills)
	row("commands shown as stored", "%d", sum.Commands)
	row("events", "%d", sum.Events)
	row("entries that arrived late and say so", "%d", sum.Late)
	row("conflicts, each put to its author", "%d", sum.Conflicts)
	f := sum.Files
	row("entries with files shown as stored", "%d, of which %d were erased", f.Entries, f.Erased)
	row("files at the server and on all clients, byte for byte", "%d; %d pictures, %d with bytes that were there already", f.Files, f.Pictures, f.Again)
	row("uploads", "%d, cut off by a kill %d times, gone on with behind acknowledged chunks %d times", f.Uploads, f.Cut, f.Resumed)
	row("chunks", "%d acknowledged, %d cut off on their way", f.Chunks, f.ChunksCut)
	row("seen as arriving, then whole", "%d", f.Arriving)
	h := sum.History
	row("histories, one of each incident", "%d of %d commands, %d of them without an answer that was heard, and %d reads; looking for an order took %.1f s",
		h.Incidents, h.Commands, h.Unheard, h.Reads, h.Seconds)
	row("**histories of which no order is right**", "**%d**", len(h.Refused))
	row("**lost**, files included", "**%d**", len(sum.Lost))
	row("**doubled**, stored chunks included", "**%d**", len(sum.Doubled))
	row("**acknowledged chunks sent again**", "**%d**", len(f.Resent))
	row("**traces of what was erased**", "**%d**", len(f.Remains))
	row("**differences between clients**", "**%d**", len(sum.Differences))
	row("clean runs", "%d", clean)
	row("seeds that found something", "%s", strings.Join(append(unclean, "none")[:max(1, len(unclean))], ", "))
}

// windowRows returns a table row for each run with windows.
func (p *Prover) windowRows() string {
	var rows strings.Builder
	for _, r := range p.windows {
		say(&rows, "| %d | %d ms | %d | %d | %d | %d | %d |\n", r.Seed, r.SeenAfterMS, r.Typed, r.Late, len(r.Lost), len(r.Doubled), len(r.Differences))
	}
	return rows.String()
}
