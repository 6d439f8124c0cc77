package proof

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// vanishing is how long it may take until nothing is left of what was erased. A journal that is being read is emptied
// with a later change.
const vanishing = 5 * time.Second

// vanish waits, with everything open, until nothing is left of what was erased.
func (s *scene) vanish(ctx context.Context, w world, desks []*Desk) error {
	soon, cancel := context.WithTimeout(ctx, vanishing)
	defer cancel()
	for {
		left, err := s.remains(w)
		if err != nil || len(left) == 0 {
			return err
		}
		if err := s.stir(soon, w, desks[0]); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		if soon.Err() != nil {
			s.result.Files.Remains = append(s.result.Files.Remains, left...)
			return ctx.Err()
		}
	}
}

// stir makes a change that reaches everybody.
func (s *scene) stir(ctx context.Context, w world, d *Desk) error {
	for in := range w {
		c := incident.Write{Entry: id.New[id.Entry](), Text: "go on"}
		if _, err := d.Replica().Submit(ctx, id.Stream(in), c); err != nil {
			return err
		}
		break
	}
	return wait(ctx, 100*time.Millisecond)
}

// marked finds marks.
var marked = regexp.MustCompile(`hunter2-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// remains returns where something is left of what was erased. That whatever was not erased is found, shows that the
// search sees.
func (s *scene) remains(w world) ([]string, error) {
	all, erased := w.carriers()
	gone, kept := map[string]bool{}, map[string]bool{}
	for e := range erased {
		gone[mark(e)] = true
	}
	for _, c := range all {
		for _, f := range c.files {
			if named, err := FileNamed(f.Name); err == nil && named.Kind == Secret {
				kept[mark(c.entry)] = true
			}
		}
	}
	var left []string
	for _, dir := range s.folders() {
		found := map[string]bool{}
		err := walk(dir, func(path string, raw []byte) {
			for _, m := range marked.FindAll(raw, -1) {
				if gone[string(m)] && !found[path+string(m)] {
					left = append(left, fmt.Sprintf("%s is in %s", m, s.within(path)))
				}
				found[string(m)], found[path+string(m)] = true, true
			}
		})
		if err != nil {
			return nil, err
		}
		for m := range kept {
			if !found[m] {
				s.differ("%s was not erased and is not found in %s: the search sees nothing", m, dir)
			}
		}
	}
	return left, nil
}

// within returns a path as it is in every run's folder: a record says nothing of the machine that it was made on.
func (s *scene) within(path string) string {
	inside, err := filepath.Rel(filepath.Dir(s.server), path)
	if err != nil {
		return filepath.Base(path)
	}
	return filepath.ToSlash(inside)
}

// stored checks that the server has every file once and whole, and nothing else.
func (s *scene) stored(ctx context.Context, db database.DB, w world) error {
	wanted := map[id.Content]incident.Attachment{}
	all, _ := w.carriers()
	for _, c := range all {
		for _, f := range c.files {
			wanted[f.Content] = f
		}
	}
	rows, err := db.Reader().QueryContext(ctx, `SELECT a.hash, a.size, a.complete, c.idx, c.data FROM attachment a
	  LEFT JOIN attachment_chunk c ON c.attachment = a.key ORDER BY a.key, c.idx`)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	have := map[id.Content]*bytes.Buffer{}
	chunks := 0
	for rows.Next() {
		var (
			hash, data []byte
			size       int64
			complete   bool
			index      *int
		)
		if err := rows.Scan(&hash, &size, &complete, &index, &data); err != nil {
			return err
		}
		c := id.Content(hash)
		if have[c] == nil {
			have[c] = &bytes.Buffer{}
			if _, ok := wanted[c]; !ok || !complete || size != int64(wanted[c].Size) {
				s.differ("the server holds %s of %d bytes, complete %v, and the log names %+v", c, size, complete, wanted[c])
			}
		}
		have[c].Write(data)
		chunks++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	due := 0
	for c, f := range wanted {
		due += wire.Chunks(int64(f.Size))
		if have[c] == nil || sha256.Sum256(have[c].Bytes()) != c {
			s.lose("the server has not the bytes of %s, %s", f.Name, c)
		}
	}
	if chunks > due { // fewer are lost
		s.result.Doubled = append(s.result.Doubled, fmt.Sprintf("%d chunks are stored of files that have %d", chunks, due))
	}
	return nil
}
