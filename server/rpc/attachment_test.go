package rpc_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func (o *office) attachments(d *device) tsugiv1connect.AttachmentServiceClient {
	return tsugiv1connect.NewAttachmentServiceClient(o.web.Client(), o.web.URL, connect.WithInterceptors(bearing{d}))
}

// attached writes an entry with a file and returns the file's name.
func (o *office) attached(t *testing.T, data []byte) id.Content {
	t.Helper()
	content := id.Content(sha256.Sum256(data))
	out := o.admin.push(t, o, o.admin.declare(t, o), incident.Write{
		Entry: id.New[id.Entry](), Attachments: []incident.Attachment{{Content: content, Name: "log.txt", Type: "text/plain", Size: uint64(len(data))}},
	})
	if out[0].Kind != stream.Accepted {
		t.Fatalf("write: %+v", out[0])
	}
	return content
}

func wantFault(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if f := fault.Find(wire.FromError(err)); f == nil || f.Kind != kind {
		t.Errorf("%s: got %v, want a fault of kind %d", what, err, kind)
	}
}

func TestAFileGoesUpAndComesDown(t *testing.T) {
	t.Parallel()
	o := setup(t)
	data := bytes.Repeat([]byte("db-7 is out of disk. "), 20_000)
	content := o.attached(t, data)
	everyone := id.Everyone()
	up, down := o.attachments(o.admin), o.attachments(o.enrol(t, o.invite(t, "Bob", false)))
	begun, err := up.BeginUpload(o.ctx, &tsugiv1.BeginUploadRequest{ScopeId: everyone[:], Hash: content[:], Size: uint64(len(data))})
	if err != nil || len(begun.GetMissing()) != 2 {
		t.Fatalf("%v, %v", begun, err)
	}
	for _, i := range begun.GetMissing() {
		resp, err := up.PutChunk(o.ctx, &tsugiv1.PutChunkRequest{
			ScopeId: everyone[:], Hash: content[:], Index: i, Data: data[i*wire.ChunkSize : min(len(data), int(i+1)*wire.ChunkSize)],
		})
		if err != nil || resp.GetComplete() != (i == 1) {
			t.Errorf("chunk %d: %v, %v", i, resp, err)
		}
		got, err := down.GetChunk(o.ctx, &tsugiv1.GetChunkRequest{ScopeId: everyone[:], Hash: content[:], Index: 1})
		if err != nil || got.GetSize() != uint64(len(data)) || (len(got.GetData()) > 0) != (i == 1) {
			t.Errorf("after chunk %d there are %d of %d bytes, %d given out, %v", i, got.GetReceived(), got.GetSize(), len(got.GetData()), err)
		}
		if i == 1 && !bytes.Equal(got.GetData(), data[wire.ChunkSize:]) {
			t.Error("other bytes came down")
		}
	}
}

func TestWhatMayNotBeSeenIsNotFound(t *testing.T) {
	t.Parallel()
	o := setup(t)
	content := o.attached(t, []byte("words"))
	bob := o.enrol(t, o.invite(t, "Bob", false))
	everyone, unnamed := id.Everyone(), sha256.Sum256(nil)
	for name, ref := range map[string]struct {
		scope id.Scope
		hash  []byte
	}{
		"somebody else's own scope": {id.Own(o.admin.actor.Person), content[:]},
		"a scope that is not":       {id.New[id.Scope](), content[:]},
		"what no entry names":       {everyone, unnamed[:]},
	} {
		api := o.attachments(bob)
		_, err := api.BeginUpload(o.ctx, &tsugiv1.BeginUploadRequest{ScopeId: ref.scope[:], Hash: ref.hash, Size: 5})
		wantFault(t, "begin "+name, err, fault.NotFound)
		_, err = api.PutChunk(o.ctx, &tsugiv1.PutChunkRequest{ScopeId: ref.scope[:], Hash: ref.hash, Data: []byte("words")})
		wantFault(t, "put "+name, err, fault.NotFound)
		_, err = api.GetChunk(o.ctx, &tsugiv1.GetChunkRequest{ScopeId: ref.scope[:], Hash: ref.hash})
		wantFault(t, "get "+name, err, fault.NotFound)
	}
	stranger := tsugiv1connect.NewAttachmentServiceClient(o.web.Client(), o.web.URL)
	_, err := stranger.GetChunk(o.ctx, &tsugiv1.GetChunkRequest{ScopeId: everyone[:], Hash: content[:]})
	wantFault(t, "a stranger", err, fault.Unauthenticated)
	_, err = o.attachments(bob).BeginUpload(o.ctx, &tsugiv1.BeginUploadRequest{ScopeId: everyone[:], Hash: content[:], Size: 1<<64 - 1})
	wantFault(t, "a size beyond all", err, fault.TooLarge)
}
