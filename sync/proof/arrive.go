package proof

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// FileResult is what a run found of the files that were attached in it.
type FileResult struct {
	Entries  int `json:"entries"`  // with files, that were shown as stored
	Files    int `json:"files"`    // of entries that were not erased; compared byte for byte at the server and on every client
	Pictures int `json:"pictures"` // of these
	Again    int `json:"again"`    // of these, whose bytes another entry had brought already
	Arriving int `json:"arriving"` // seen as arriving on a client, and whole there afterwards
	Erased   int `json:"erased"`   // entries with files of which nothing is left
	Passages
	Resent  []string `json:"resent,omitempty"`  // chunks that the server had acknowledged before
	Remains []string `json:"remains,omitempty"` // where something is left of what was erased
}

func (r FileResult) clean() bool { return len(r.Resent)+len(r.Remains) == 0 }

// add adds up what runs found.
func (r *FileResult) add(o FileResult) {
	r.Entries += o.Entries
	r.Files += o.Files
	r.Pictures += o.Pictures
	r.Again += o.Again
	r.Arriving += o.Arriving
	r.Erased += o.Erased
	r.Passages.add(o.Passages)
	r.Resent = append(r.Resent, o.Resent...)
	r.Remains = append(r.Remains, o.Remains...)
}

// carrier is an entry with its files as the log has them.
type carrier struct {
	in    id.Incident
	entry id.Entry
	files []incident.Attachment
}

// carriers returns the entries that show files, and which entries were erased.
func (w world) carriers() (out []carrier, erased map[id.Entry]bool) {
	erased = map[id.Entry]bool{}
	for in, line := range w {
		for _, e := range line.Incident.Erased {
			erased[e] = true
		}
		for _, l := range line.Lines {
			if e, ok := l.Event.(incident.Written); ok && len(e.Attachments) > 0 {
				out = append(out, carrier{in: in, entry: e.Entry, files: e.Attachments})
			}
		}
	}
	return out, erased
}

// offline asks, while there is no server, for the files that a client does not have: each must be shown as arriving.
func (s *scene) offline(ctx context.Context, desks []*Desk) ([]map[id.Content]bool, error) {
	asked := make([]map[id.Content]bool, len(desks))
	for i, d := range desks {
		asked[i] = map[id.Content]bool{}
		w, err := d.world(ctx)
		if err != nil {
			return nil, err
		}
		all, _ := w.carriers()
		for _, c := range all {
			for _, f := range c.files {
				if d.Replica().Attachment(f.Content).State == attachment.Here {
					continue
				}
				if err := d.Replica().Want(ctx, c.in, f); err != nil {
					return nil, err
				}
				if now := d.Replica().Attachment(f.Content); now.State != attachment.Arriving || now.Path != "" {
					s.differ("client %d shows %s, which it does not have, as %+v", i, f.Name, now)
				}
				asked[i][f.Content] = true
			}
		}
	}
	return asked, nil
}

func (s *scene) differ(format string, args ...any) {
	s.result.Differences = append(s.result.Differences, fmt.Sprintf(format, args...))
}

func (s *scene) lose(format string, args ...any) {
	s.result.Lost = append(s.result.Lost, fmt.Sprintf(format, args...))
}

// arrival is how long the files may take to arrive at all clients.
const arrival = 40 * time.Second

// arrive fetches every file to every client and compares its bytes.
func (s *scene) arrive(ctx context.Context, w world, desks []*Desk, asked []map[id.Content]bool) error {
	all, _ := w.carriers()
	seen := map[id.Content]bool{}
	for _, c := range all {
		for _, f := range c.files {
			s.result.Files.Files++
			if f.Image() {
				s.result.Files.Pictures++
			}
			if seen[f.Content] {
				s.result.Files.Again++
			}
			seen[f.Content] = true
		}
	}
	soon, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	for _, d := range desks { // all at once
		for _, c := range all {
			for _, f := range c.files {
				if err := d.Replica().Want(ctx, c.in, f); err != nil {
					return err
				}
			}
		}
	}
	for i, d := range desks {
		if err := s.fetch(soon, i, d, all); err != nil {
			return err
		}
		for content := range asked[i] {
			if seen[content] { // what was erased since never comes
				s.result.Files.Arriving++
			}
		}
		if err := s.looked(i); err != nil {
			return err
		}
	}
	return nil
}

// fetch waits until all files are on one client, and compares them. What has not come when ctx ends is lost.
func (s *scene) fetch(ctx context.Context, i int, d *Desk, all []carrier) error {
	for _, c := range all {
		for _, f := range c.files {
			var now attachment.Status
			err := d.Await(ctx, func() (bool, error) {
				now = d.Replica().Attachment(f.Content)
				return now.State == attachment.Here && !now.Unsent || now.State == attachment.Missing, nil
			})
			if errors.Is(err, context.DeadlineExceeded) || now.State == attachment.Missing {
				s.lose("%s of entry %s is %+v on client %d", f.Name, c.entry, now, i)
				continue
			}
			if err != nil {
				return err
			}
			raw, err := os.ReadFile(now.Path)
			if err != nil {
				return err
			}
			if err := check(f, raw); err != nil {
				s.lose("%s of entry %s on client %d: %v", f.Name, c.entry, i, err)
			}
		}
	}
	return nil
}

// looked reads what a client saw of others' files while it was killed again and again.
func (s *scene) looked(i int) error {
	seen, err := readJournalLines[Seen](seenPath(s.desk(i)))
	if err != nil {
		return err
	}
	arriving := map[string]bool{}
	for _, l := range seen {
		switch {
		case l.Wrong != "":
			s.differ("client %d showed %s as whole: %s", i, l.Content, l.Wrong)
		case !l.Here:
			arriving[l.Content] = true
		case arriving[l.Content]:
			s.result.Files.Arriving++
			delete(arriving, l.Content)
		}
	}
	return nil
}

// accountFiles checks that every entry that a client showed as stored with files has them, or was erased.
func (s *scene) accountFiles(w world) error {
	all, erased := w.carriers()
	shown := map[string]carrier{}
	for _, c := range all {
		shown[c.entry.String()] = c
	}
	for i := range killed {
		journal, err := readJournal(s.desk(i))
		if err != nil {
			return err
		}
		for _, l := range journal {
			e, err := id.Parse[id.Entry](l.Entry)
			switch {
			case l.Entry == "" || l.Erasing:
			case err != nil:
				return err
			case l.Kind == "incident.Erase":
				if !erased[e] {
					s.lose("the entry %s was to be erased", e)
				}
			default:
				s.result.Files.Entries++
				s.accountEntry(l, shown[l.Entry], erased[e])
			}
		}
	}
	return nil
}

func (s *scene) accountEntry(l Stored, c carrier, erased bool) {
	var names []string
	for _, f := range c.files {
		names = append(names, f.Name)
	}
	switch {
	case erased && len(names) > 0:
		s.result.Files.Remains = append(s.result.Files.Remains, fmt.Sprintf("the entry %s still names %v", l.Entry, names))
	case erased:
		s.result.Files.Erased++
	case !slices.Equal(names, l.Files):
		s.lose("the entry %s has the files %v, and was written with %v", l.Entry, names, l.Files)
	}
}

// folders returns the folders of all clients, and the server's where it keeps its data in one: PostgreSQL's are its own, and it writes over
// what was erased when it vacuums.
func (s *scene) folders() []string {
	var out []string
	if s.cluster == nil {
		out = append(out, s.server)
	}
	for i := range killed {
		out = append(out, s.desk(i))
	}
	return out
}

// walk reads every file of a folder. One that is gone before it is read is left out.
func walk(dir string, each func(path string, raw []byte)) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !d.Type().IsRegular() {
			return nil
		}
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			each(path, raw)
		}
		return err
	})
}
