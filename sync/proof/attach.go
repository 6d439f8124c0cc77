package proof

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// latest is how many entries of a room somebody looks at.
const latest = 100

// writeFiles writes an entry with one file or two, now and then without words.
func (a *Activity) writeFiles(ctx context.Context, in id.Incident) error {
	files := []File{chooseFile(a.Random)}
	if other := chooseFile(a.Random); other != files[0] && a.Random.IntN(3) == 0 {
		files = append(files, other)
	}
	text := ""
	if a.Random.IntN(4) > 0 {
		text = fmt.Sprintf("%s attaches %d: %08x", a.Name, a.count, a.Random.Uint32())
	}
	return a.writeWith(ctx, in, incident.Write{Entry: id.New[id.Entry](), Text: text}, files...)
}

// writeSecret writes an entry that should never have been written, and now and then erases it at once.
func (a *Activity) writeSecret(ctx context.Context, in id.Incident) error {
	e := id.New[id.Entry]()
	files := []File{{Kind: Secret, Seed: mark(e), Size: 2*markedBytes + a.Random.IntN(longest-2*markedBytes)}}
	if a.Random.IntN(3) == 0 {
		files = append(files, chooseAgain(a.Random, Loose))
	}
	if err := a.writeWith(ctx, in, incident.Write{Entry: e, Text: "the password is " + mark(e)}, files...); err != nil {
		return err
	}
	if a.Random.IntN(3) == 0 {
		a.next = func(ctx context.Context) error { return a.erase(ctx, in, e) }
	}
	return nil
}

// writeWith attaches files and writes an entry with them.
func (a *Activity) writeWith(ctx context.Context, in id.Incident, w incident.Write, files ...File) error {
	line := Stored{Text: w.Text, Entry: w.Entry.String()}
	var err error
	if w.Attachments, err = a.Desk.attach(ctx, files...); err != nil {
		return err
	}
	for _, f := range w.Attachments {
		line.Files = append(line.Files, f.Name)
	}
	err = a.give(ctx, id.Stream(in), w, line)
	if !fault.Is(err, fault.NotFound) || !slices.ContainsFunc(files, func(f File) bool { return f.Kind == Loose }) {
		return err
	}
	for _, f := range w.Attachments { // somebody has erased the same file meanwhile, and the client has said so
		if err := a.Desk.Detach(ctx, f.Content); err != nil {
			return err
		}
	}
	return nil
}

// eraseOne erases one of the entries of a room that should never have been written, by whomever.
func (a *Activity) eraseOne(ctx context.Context, in id.Incident) error {
	room, err := a.Desk.Replica().Timeline(ctx, in, latest)
	if err != nil {
		return err
	}
	var bad []id.Entry
	for _, l := range room.Lines {
		if w, ok := l.Event.(incident.Written); ok && strings.Contains(w.Text, mark(w.Entry)) && !slices.Contains(room.Incident.Erased, w.Entry) {
			bad = append(bad, w.Entry)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return a.erase(ctx, in, bad[a.Random.IntN(len(bad))])
}

// erase erases an entry. That it is about to be done is journaled before.
func (a *Activity) erase(ctx context.Context, in id.Incident, e id.Entry) error {
	if err := a.note(Stored{Entry: e.String(), Erasing: true}); err != nil {
		return err
	}
	return a.give(ctx, id.Stream(in), incident.Erase{Entry: e, Reason: "a password"}, Stored{Entry: e.String()})
}

// Seen is one line of what a client saw of others' files: one that is on its way, or one that is here, whole.
type Seen struct {
	Content string `json:"content"`
	Here    bool   `json:"here,omitempty"`
	Wrong   string `json:"wrong,omitempty"`
}

// looking is what somebody looks for on a client.
type looking struct {
	journal *os.File
	seen    map[id.Content]attachment.State
}

func seenPath(dir string) string { return dir + ".seen" }

func openLooking(dir string) (looking, error) {
	file, err := os.OpenFile(seenPath(dir), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return looking{}, fmt.Errorf("open the journal of what is seen: %w", err)
	}
	return looking{journal: file, seen: map[id.Content]attachment.State{}}, nil
}

func (l *looking) note(s Seen) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = l.journal.Write(append(raw, '\n'))
	return err
}

// look looks at a room: every second file that is not here is asked for, and how it shows is journaled.
func (a *Activity) look(ctx context.Context, in id.Incident) error {
	room, err := a.Desk.Replica().Timeline(ctx, in, latest)
	if err != nil {
		return err
	}
	for _, l := range room.Lines {
		w, ok := l.Event.(incident.Written)
		if !ok || l.Pending {
			continue
		}
		for _, f := range w.Attachments {
			if f.Content[0]%2 == 0 {
				continue // it stays to be fetched in the end
			}
			if err := a.lookAt(ctx, in, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// lookAt looks at one file of somebody's.
func (a *Activity) lookAt(ctx context.Context, in id.Incident, f incident.Attachment) error {
	before, known := a.looking.seen[f.Content]
	if known && before == attachment.Here {
		return nil
	}
	if err := a.Desk.Replica().Want(ctx, in, f); err != nil {
		return err
	}
	now := a.Desk.Replica().Attachment(f.Content)
	if known && now.State == before || now.Unsent || now.State != attachment.Here && now.State != attachment.Arriving {
		return nil
	}
	a.looking.seen[f.Content] = now.State
	seen := Seen{Content: f.Content.String(), Here: now.State == attachment.Here}
	if seen.Here {
		raw, err := os.ReadFile(now.Path)
		if os.IsNotExist(err) {
			return nil // its entry was erased just now
		}
		if err != nil {
			return err
		}
		if sha256.Sum256(raw) != f.Content {
			seen.Wrong = fmt.Sprintf("%d bytes that are not %s", len(raw), f.Name)
		}
	}
	return a.looking.note(seen)
}
