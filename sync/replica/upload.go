package replica

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// Upload is a file of an own entry that the server is not known to have.
type Upload struct {
	Content id.Content
	Size    int64
	Scope   id.Scope
	command id.Command
	target  id.Stream
	entry   id.Entry
	sent    int64 // bytes, as far as is known
}

// UploadKey names an upload: a file, the command that brings it, and who may see it. The same bytes may be refused for one
// entry, which was erased, and taken for the next, or for the same once it lies elsewhere.
type UploadKey struct {
	command id.Command
	content id.Content
	scope   id.Scope
}

// Key returns the name of the upload.
func (u Upload) Key() UploadKey {
	return UploadKey{command: u.command, content: u.Content, scope: u.Scope}
}

// carried returns the files that events put on a timeline, and the entry that carries them.
func carried(events []stream.Event) (id.Entry, []incident.Attachment) {
	for _, e := range events {
		if w, ok := e.(incident.Written); ok {
			return w.Entry, w.Attachments
		}
	}
	return id.Entry{}, nil
}

// uploadsOf returns what is to be sent after a command. It fails with a NotFound fault when a file is not
// here: its entry would promise what nobody has.
func (r *Replica) uploadsOf(s stream.Submission, events []stream.Event) ([]Upload, error) {
	entry, files := carried(events)
	var out []Upload
	for _, a := range files {
		if _, here := r.files.Path(a.Content); !here {
			return nil, fault.New(fault.NotFound, fmt.Sprintf("%q is not on this device any more.", a.Name)).
				WithAdvice("Nothing was sent; your words are still here.", "Attach it again.")
		}
		out = append(out, Upload{Content: a.Content, Size: int64(a.Size), command: s.ID, target: s.Target, entry: entry})
	}
	return out, nil
}

// addUploads stores what is to be sent, in the transaction of the command that it follows.
func addUploads(ctx context.Context, tx *sql.Tx, uploads []Upload) error {
	for _, u := range uploads {
		_, err := tx.ExecContext(ctx, `INSERT INTO attachment (command, target, entry, hash, size) VALUES (?, ?, ?, ?, ?)`,
			u.command[:], u.target[:], u.entry[:], u.Content[:], u.Size)
		if err != nil {
			return fmt.Errorf("store attachment %s: %w", u.Content, err)
		}
	}
	return nil
}

// uploads returns what the server is not known to have, in the order in which it was attached.
func (o *outbox) uploads(ctx context.Context) ([]Upload, error) {
	rows, err := o.db.Read.QueryContext(ctx, `SELECT command, target, entry, hash, size FROM attachment WHERE sent = 0 ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("read attachments: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []Upload
	for rows.Next() {
		var (
			u                            Upload
			command, target, entry, hash []byte
		)
		if err := rows.Scan(&command, &target, &entry, &hash, &u.Size); err != nil {
			return nil, fmt.Errorf("read attachments: %w", err)
		}
		copy(u.command[:], command)
		copy(u.target[:], target)
		copy(u.entry[:], entry)
		copy(u.Content[:], hash)
		out = append(out, u)
	}
	return out, sqlite.Fault(rows.Err())
}

// readUploads takes into memory what is to be sent, and holds its files.
func (r *Replica) readUploads(ctx context.Context) error {
	uploads, err := r.outbox.uploads(ctx)
	if err != nil {
		return err
	}
	r.uploads = nil
	r.takeUploads(uploads)
	return nil
}

func (r *Replica) takeUploads(uploads []Upload) {
	r.uploads = append(r.uploads, uploads...)
	for _, u := range uploads {
		r.files.Hold(u.Content)
	}
}

// Uploads returns the files to send, in order. Those of entries that the server does not have yet are not
// among them: it takes only what an entry names, and words go first.
func (r *Replica) Uploads(ctx context.Context) ([]Upload, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting := map[id.Command]bool{}
	for _, p := range r.own.Pending {
		waiting[p.ID] = p.Refused() || r.own.Unsent(p)
	}
	if err := r.outbox.keptCommands(ctx, waiting); err != nil {
		return nil, err
	}
	var out []Upload
	for _, u := range r.uploads {
		if waiting[u.command] {
			continue
		}
		var err error
		if u.Scope, err = r.scopeOf(ctx, u.target); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

// Uploading notes how many bytes of a file the server has.
func (r *Replica) Uploading(u Upload, sent int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.uploads {
		if r.uploads[i].command == u.command && r.uploads[i].Content == u.Content {
			r.uploads[i].sent = sent
		}
	}
	r.watch.notify()
}

// Uploaded notes that the server has a file whole. From now on it may be evicted here.
func (r *Replica) Uploaded(ctx context.Context, u Upload) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := r.outbox.db.Write.ExecContext(ctx, `UPDATE attachment SET sent = 1 WHERE command = ? AND hash = ?`, u.command[:], u.Content[:])
	if err != nil {
		return fmt.Errorf("note attachment %s: %w", u.Content, sqlite.Fault(err))
	}
	r.forget(func(have Upload) bool { return have.command == u.command && have.Content == u.Content })
	r.watch.notify()
	return nil
}

// forget takes uploads out of memory, and lets their files go where no other needs them.
func (r *Replica) forget(which func(Upload) bool) {
	var gone []id.Content
	r.uploads = slices.DeleteFunc(slices.Clone(r.uploads), func(u Upload) bool {
		if which(u) {
			gone = append(gone, u.Content)
			return true
		}
		return false
	})
	for _, c := range gone {
		if !r.uploadsContent(c) {
			r.files.Release(c)
		}
	}
}

// uploadsContent reports whether an own entry still has to send these bytes.
func (r *Replica) uploadsContent(c id.Content) bool {
	return slices.ContainsFunc(r.uploads, func(u Upload) bool { return u.Content == c })
}

// giveUp drops what a command that was given up would have sent.
func (r *Replica) giveUp(ctx context.Context, c id.Command) error {
	if _, err := r.outbox.db.Write.ExecContext(ctx, `DELETE FROM attachment WHERE command = ?`, c[:]); err != nil {
		return fmt.Errorf("give up attachments: %w", sqlite.Fault(err))
	}
	r.forget(func(u Upload) bool { return u.command == c })
	return nil
}

// dropFiles removes the files of an erased entry from this device, and what of them was still to be sent.
// What another entry has yet to send stays; what another entry shows is fetched again.
func (r *Replica) dropFiles(ctx context.Context, in id.Stream, entry id.Entry, files []incident.Attachment) error {
	erased := func(u Upload) bool { return u.target == in && u.entry == entry }
	gone := make([]id.Content, 0, len(files))
	for _, a := range files {
		gone = append(gone, a.Content)
	}
	sent, err := r.outbox.filesOf(ctx, in, entry)
	if err != nil {
		return err
	}
	gone = append(gone, sent...)
	if len(gone) == 0 {
		return nil
	}
	r.forget(erased)
	for _, c := range gone {
		if r.uploadsContent(c) {
			continue
		}
		delete(r.wants, c)
		if err := r.files.Drop(c); err != nil {
			return fmt.Errorf("drop attachment %s: %w", c, err)
		}
	}
	// Only now: should the client end before, nothing else may tell which files they were.
	if _, err := r.outbox.db.Write.ExecContext(ctx, `DELETE FROM attachment WHERE target = ? AND entry = ?`, in[:], entry[:]); err != nil {
		return fmt.Errorf("drop attachments of %s: %w", entry, sqlite.Fault(err))
	}
	return nil
}

// dropFetched removes the files of others from this device, when all that named them here was replaced: one of them may
// have been erased meanwhile, and nothing would tell. What is looked for again is fetched again. Own files stay, also
// those that were sent: a server that was restored to its past may lack them.
func (r *Replica) dropFetched(ctx context.Context) error {
	own, err := r.outbox.contents(ctx, `SELECT hash FROM attachment`)
	if err != nil {
		return err
	}
	keep := map[id.Content]bool{}
	for _, c := range own {
		keep[c] = true
	}
	if err := r.files.Prune(keep); err != nil {
		return fmt.Errorf("drop the attachments of others: %w", err)
	}
	for _, w := range r.wants {
		w.Have = r.files.Have(w.Content)
	}
	return nil
}

// filesOf returns the files that were attached here to an entry, sent or not.
func (o *outbox) filesOf(ctx context.Context, in id.Stream, entry id.Entry) ([]id.Content, error) {
	return o.contents(ctx, `SELECT hash FROM attachment WHERE target = ? AND entry = ?`, in[:], entry[:])
}

func (o *outbox) contents(ctx context.Context, query string, args ...any) ([]id.Content, error) {
	rows, err := o.db.Read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the files of entries: %w", sqlite.Fault(err))
	}
	defer rows.Close() //nolint:errcheck // the error is in rows.Err
	var out []id.Content
	for rows.Next() {
		var (
			raw []byte
			c   id.Content
		)
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read the files of entries: %w", err)
		}
		copy(c[:], raw)
		out = append(out, c)
	}
	return out, sqlite.Fault(rows.Err())
}
