package link

import (
	"context"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/wire"
)

const (
	// chunkLimit is how long one chunk may take; over a bad line that is a while.
	chunkLimit = time.Minute
	// refusedTry is how long a file rests that the server did not take.
	refusedTry = time.Minute
)

func (l *Link) attachments() (tsugiv1connect.AttachmentServiceClient, error) {
	if _, _, err := l.clients(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files, nil
}

// uploadLoop sends the files of own entries, in order and beside the commands, so that words never wait for
// pictures. After a failure it waits for its timer or for the server to come back.
func (l *Link) uploadLoop(ctx context.Context) {
	changed, stop := l.Replica.Watch()
	defer stop()
	refused := map[replica.UploadKey]bool{} // for a while: others go on
	again := time.NewTicker(refusedTry)
	defer again.Stop()
	failures := 0
	for {
		err := l.uploadAll(ctx, refused)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			l.Logger.Debug("upload", "error", err, "failures", failures)
			if !pause(ctx, failures, l.upload) {
				return
			}
			failures++
			continue
		}
		failures = 0
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-l.upload:
		case <-again.C:
			clear(refused)
		}
	}
}

// uploadAll sends everything that waits, but for what the server has refused, and notes what it refuses now.
func (l *Link) uploadAll(ctx context.Context, refused map[replica.UploadKey]bool) error {
	files, err := l.Replica.Uploads(ctx)
	if err != nil {
		return err
	}
	for _, u := range files {
		if refused[u.Key()] {
			continue
		}
		err := l.uploadOne(ctx, u)
		if err != nil && !fault.KindOf(err).Permanent() {
			return err
		}
		if err != nil {
			l.Logger.Warn("the server does not take an attachment", "content", u.Content, "error", err)
			refused[u.Key()] = true
		}
	}
	return nil
}

// uploadOne sends what the server lacks of one file. A file that is not here any more, which only damage to
// the folder can bring about, is given up.
func (l *Link) uploadOne(ctx context.Context, u replica.Upload) error {
	if _, here := l.Replica.Files().Path(u.Content); !here {
		l.Logger.Error("an attachment was lost before it was sent", "content", u.Content)
		return l.Replica.Uploaded(ctx, u)
	}
	missing, complete, err := l.beginUpload(ctx, u)
	if err != nil {
		return err
	}
	sent := u.Size
	for _, i := range missing {
		sent -= int64(wire.ChunkLen(u.Size, int(i)))
	}
	for _, i := range missing {
		l.Replica.Uploading(u, sent)
		if complete, err = l.putChunk(ctx, u, i); err != nil {
			return err
		}
		sent += int64(wire.ChunkLen(u.Size, int(i)))
	}
	if !complete {
		return fault.New(fault.Unavailable, "The server lacks a part of an attachment after all was sent.")
	}
	return l.Replica.Uploaded(ctx, u)
}

func (l *Link) beginUpload(ctx context.Context, u replica.Upload) (missing []uint32, complete bool, err error) {
	api, err := l.attachments()
	if err != nil {
		return nil, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, unaryLimit)
	defer cancel()
	resp, err := api.BeginUpload(ctx, &tsugiv1.BeginUploadRequest{ScopeId: u.Scope.Bytes(), Hash: u.Content[:], Size: uint64(u.Size)})
	if err != nil {
		return nil, false, wire.FromError(err)
	}
	return resp.GetMissing(), resp.GetComplete(), nil
}

func (l *Link) putChunk(ctx context.Context, u replica.Upload, index uint32) (complete bool, err error) {
	data, err := l.Replica.Files().Read(u.Content, int64(index)*wire.ChunkSize, wire.ChunkLen(u.Size, int(index)))
	if err != nil {
		return false, err
	}
	api, err := l.attachments()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, chunkLimit)
	defer cancel()
	resp, err := api.PutChunk(ctx, &tsugiv1.PutChunkRequest{ScopeId: u.Scope.Bytes(), Hash: u.Content[:], Index: index, Data: data})
	if err != nil {
		return false, wire.FromError(err)
	}
	return resp.GetComplete(), nil
}

// fetchLoop fetches the files that somebody looks for. While those that are wanted have not arrived at the
// server themselves, it asks again, less and less often.
func (l *Link) fetchLoop(ctx context.Context) {
	failures := 0
	for {
		moved, waiting, err := l.fetchRound(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case moved && err == nil:
			failures = 0
		case waiting || err != nil:
			if err != nil {
				l.Logger.Debug("fetch attachments", "error", err, "failures", failures)
			}
			if !pause(ctx, failures, l.Replica.Wanting()) {
				return
			}
			failures++
		default:
			failures = 0
			select {
			case <-ctx.Done():
				return
			case <-l.Replica.Wanting():
			}
		}
	}
}

// fetchRound fetches one chunk of the first file that has any to give. It reports whether one did, and
// whether any is still on its way to the server.
func (l *Link) fetchRound(ctx context.Context) (moved, waiting bool, err error) {
	for _, w := range l.Replica.Wants() {
		moved, err := l.fetchChunk(ctx, w)
		if fault.Is(err, fault.NotFound) {
			l.Replica.Gone(w)
			continue
		}
		if moved || err != nil {
			return moved, true, err
		}
		waiting = true
	}
	return false, waiting, nil
}

// fetchChunk fetches the next chunk of one file. Where the client was cut off within a chunk, it fetches the
// chunk again.
func (l *Link) fetchChunk(ctx context.Context, w replica.Want) (moved bool, err error) {
	api, err := l.attachments()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, chunkLimit)
	defer cancel()
	index := w.Have / wire.ChunkSize
	resp, err := api.GetChunk(ctx, &tsugiv1.GetChunkRequest{ScopeId: w.Scope.Bytes(), Hash: w.Content[:], Index: uint32(index)})
	if err != nil {
		return false, wire.FromError(err)
	}
	data := resp.GetData()
	data = data[min(int64(len(data)), w.Have-index*wire.ChunkSize):]
	return len(data) > 0, l.Replica.Arrived(w, replica.Arrival{
		Size: int64(min(resp.GetSize(), 1<<62)), Received: int64(min(resp.GetReceived(), 1<<62)), Data: data,
	})
}
