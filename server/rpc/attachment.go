package rpc

import (
	"context"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Attachments takes and gives the bytes of attached files. It is the attachment service of the wire.
type Attachments struct{ Options }

// BeginUpload says which chunks are wanted.
func (a *Attachments) BeginUpload(ctx context.Context, req *tsugiv1.BeginUploadRequest) (*tsugiv1.BeginUploadResponse, error) {
	ref, err := a.refFrom(ctx, req)
	if err != nil {
		return nil, wire.Error(err)
	}
	upload := attachment.Upload{Ref: ref, Size: int64(min(req.GetSize(), 1<<62)), Device: actor(ctx).Device}
	missing, complete, err := a.Attachments.Begin(ctx, upload)
	if err != nil {
		return nil, wire.Error(err)
	}
	resp := &tsugiv1.BeginUploadResponse{Complete: complete}
	for _, i := range missing {
		resp.Missing = append(resp.Missing, uint32(i))
	}
	return resp, nil
}

// PutChunk stores one chunk.
func (a *Attachments) PutChunk(ctx context.Context, req *tsugiv1.PutChunkRequest) (*tsugiv1.PutChunkResponse, error) {
	ref, err := a.refFrom(ctx, req)
	if err != nil {
		return nil, wire.Error(err)
	}
	complete, err := a.Attachments.Put(ctx, ref, int(req.GetIndex()), req.GetData())
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.PutChunkResponse{Complete: complete}, nil
}

// GetChunk returns one chunk, or how much has arrived.
func (a *Attachments) GetChunk(ctx context.Context, req *tsugiv1.GetChunkRequest) (*tsugiv1.GetChunkResponse, error) {
	ref, err := a.refFrom(ctx, req)
	if err != nil {
		return nil, wire.Error(err)
	}
	c, err := a.Attachments.Get(ctx, ref, int(req.GetIndex()))
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.GetChunkResponse{Size: uint64(c.Size), Received: uint64(c.Received), Data: c.Data}, nil
}

// naming is a request about one attachment.
type naming interface {
	GetScopeId() []byte
	GetHash() []byte
}

// refFrom reads which attachment a request is about. One in a scope that the person may not see gets the
// same answer as one that does not exist.
func (a *Attachments) refFrom(ctx context.Context, req naming) (attachment.Ref, error) {
	var (
		ref   attachment.Ref
		check fault.Check
		err   error
	)
	if ref.Scope, err = id.From[id.Scope](req.GetScopeId()); err != nil {
		check.Add("scope_id", "is no id of 16 bytes")
	}
	if len(req.GetHash()) != len(ref.Content) {
		check.Add("hash", "is no SHA-256 of 32 bytes")
	}
	if err := check.Err("The attachment is not named."); err != nil {
		return ref, err
	}
	may, err := a.Ledger.May(ctx, actor(ctx).Person, ref.Scope)
	if err != nil {
		return ref, err
	}
	if !may {
		return ref, attachment.NotFound()
	}
	copy(ref.Content[:], req.GetHash())
	return ref, nil
}
