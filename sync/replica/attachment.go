package replica

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// Want is a file that somebody looks for and that is not here.
type Want struct {
	Content id.Content
	Scope   id.Scope
	Have    int64 // bytes that are here
	in      id.Stream
	size    int64 // as its entry says, until the server has said it
	arrived int64 // bytes that the server has
	told    int   // the last step of progress that was told
	gone    bool  // the server has no such attachment
	since   time.Time
}

// goneFor is how long the server's word that it has no such attachment is taken for granted: who shows one asks
// for it again and again.
const goneFor = time.Minute

// steps is how often the progress of one file is told.
const steps = 20

func openFiles(dir string, r *Replica) (*attachment.Store, error) {
	return attachment.Open(filepath.Join(dir, "attachments"), attachment.Limit, r.clock)
}

// Attach keeps a file, durably, for an entry that is still to be written. Its type is what its bytes say.
// It fails with Invalid and TooLarge faults for what cannot be attached, and with Storage faults.
func (r *Replica) Attach(ctx context.Context, name string, from io.Reader) (incident.Attachment, error) {
	return r.files.Add(ctx, name, from)
}

// Detach removes a file from this device that is not to be written about after all: it may have been the wrong one.
// What another entry has yet to send stays; what another entry shows is fetched again.
func (r *Replica) Detach(c id.Content) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.uploadsContent(c) {
		return nil
	}
	if err := r.files.Drop(c); err != nil {
		return fmt.Errorf("detach %s: %w", c, err)
	}
	return nil
}

// Files returns the files that are here.
func (r *Replica) Files() *attachment.Store { return r.files }

// Attachment returns where an attachment is.
func (r *Replica) Attachment(c id.Content) attachment.Status {
	path, here := r.files.Path(c)
	r.mu.Lock()
	defer r.mu.Unlock()
	if here {
		s := attachment.Status{State: attachment.Here, Path: path, Progress: 1}
		for _, u := range r.uploads {
			if u.Content == c {
				s.Unsent, s.Progress = true, float64(u.sent)/float64(u.Size)
			}
		}
		return s
	}
	w, wanted := r.wants[c]
	switch {
	case !wanted:
		return attachment.Status{State: attachment.Away}
	case w.gone:
		return attachment.Status{State: attachment.Missing}
	default:
		return attachment.Status{State: attachment.Arriving, Progress: w.progress()}
	}
}

// progress counts a byte when the server has it, and again when it is here.
func (w *Want) progress() float64 {
	return min(1, float64(w.arrived+w.Have)/float64(2*max(1, w.size)))
}

// Want asks for a file of an incident: it is fetched as soon as the server is reached. What is here, or
// was asked for, is left alone; what was missing is asked for again after a while.
func (r *Replica) Want(ctx context.Context, in id.Incident, a incident.Attachment) error {
	if _, here := r.files.Path(a.Content); here {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if w, ok := r.wants[a.Content]; ok && (!w.gone || r.clock.Now().Sub(w.since) < goneFor) {
		return nil
	}
	scope, err := r.scopeOf(ctx, id.Stream(in))
	if err != nil {
		return err
	}
	r.wants[a.Content] = &Want{Content: a.Content, Scope: scope, in: id.Stream(in), Have: r.files.Have(a.Content), size: int64(min(a.Size, incident.MaxAttachmentSize))}
	r.watch.notify()
	r.WantAgain()
	return nil
}

// WantAgain signals Wanting: what was in the way may have passed.
func (r *Replica) WantAgain() {
	select {
	case r.wanting <- struct{}{}:
	default:
	}
}

// scopeOf returns the scope that an incident is seen in. One that is not known here yet will be seen by those for whom it was
// declared.
func (r *Replica) scopeOf(ctx context.Context, s id.Stream) (scope id.Scope, err error) {
	defer r.notice(&err)
	if r.closed {
		return scope, damaged(nil)
	}
	h, err := timeline.LoadHead(ctx, r.db.Read, s, id.KindIncident)
	if err != nil {
		return scope, fmt.Errorf("read the scope of %s: %w", s, sqlite.Fault(err))
	}
	if !h.Scope.IsZero() {
		return h.Scope, nil
	}
	for _, p := range r.own.Pending {
		if d, ok := p.Command.(incident.Declare); ok && p.Target == s {
			return stream.Scope(s, d, r.device.Actor.Person), nil
		}
	}
	return id.Everyone(), nil
}

// Wanting is signalled when a file is asked for.
func (r *Replica) Wanting() <-chan struct{} { return r.wanting }

// Wants returns the files to fetch, those first of which the least is missing.
func (r *Replica) Wants() []Want {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Want
	for _, w := range r.wants {
		if !w.gone {
			out = append(out, *w)
		}
	}
	slices.SortFunc(out, func(a, b Want) int {
		return cmp.Or(cmp.Compare(a.size-a.Have, b.size-b.Have), slices.Compare(a.Content[:], b.Content[:]))
	})
	return out
}

// Arrival is what the server says of a file, and some of its bytes: those behind what is here.
type Arrival struct {
	Size     int64 // of the whole; 0 while the server has nothing
	Received int64 // of the whole
	Data     []byte
}

// Arrived takes over what came of a file. It fails with a Corrupt fault when all has come and is not what
// was attached; then it is wanted from its beginning.
func (r *Replica) Arrived(w Want, a Arrival) error {
	whole, err := r.arrive(w, a)
	if err != nil || !whole {
		return err
	}
	// Hashing and syncing take a while, in which nobody who writes has to wait.
	err = r.files.Finish(w.Content)
	r.mu.Lock()
	defer r.mu.Unlock()
	if have, ok := r.wants[w.Content]; ok && err != nil {
		have.Have = r.files.Have(w.Content)
	} else if err == nil {
		delete(r.wants, w.Content)
	}
	r.watch.notify()
	return err
}

// arrive adds what came to what is here, and reports whether that is all.
func (r *Replica) arrive(w Want, a Arrival) (whole bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	have, ok := r.wants[w.Content]
	if !ok || have.Have != w.Have {
		return false, nil // nobody wants it any more, or it came by another way
	}
	if a.Size > incident.MaxAttachmentSize {
		return false, fault.New(fault.TooLarge, "The server offers an attachment that is larger than any may be.")
	}
	if a.Size > 0 {
		have.size = a.Size
	}
	have.arrived = a.Received
	if len(a.Data) > 0 {
		if err := r.files.Append(w.Content, w.Have, a.Data); err != nil {
			have.Have = r.files.Have(w.Content)
			return false, err
		}
		have.Have += int64(len(a.Data))
	}
	if now := int(have.progress() * steps); now != have.told {
		have.told = now
		r.watch.notify()
	}
	return have.Have > 0 && have.Have == have.size, nil
}

// Gone notes that the server has no such attachment. It is not asked for by itself again.
func (r *Replica) Gone(w Want) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if have, ok := r.wants[w.Content]; ok {
		have.gone, have.since = true, r.clock.Now()
		r.watch.notify()
	}
}
