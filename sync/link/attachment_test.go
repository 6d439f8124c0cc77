package link_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// BeginUpload says what has not come.
func (s *server) BeginUpload(ctx context.Context, req *tsugiv1.BeginUploadRequest) (*tsugiv1.BeginUploadResponse, error) {
	if err := s.admit(ctx, "begin"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := id.Content(req.GetHash())
	s.sizes[c] = req.GetSize()
	resp := &tsugiv1.BeginUploadResponse{Complete: s.complete(c)}
	for i := range uint32(wire.Chunks(int64(req.GetSize()))) {
		if _, here := s.chunks[c][i]; !here {
			resp.Missing = append(resp.Missing, i)
		}
	}
	return resp, nil
}

// PutChunk keeps a chunk, and counts how often it came; then it does what the test tells.
func (s *server) PutChunk(ctx context.Context, req *tsugiv1.PutChunkRequest) (*tsugiv1.PutChunkResponse, error) {
	if err := s.admit(ctx, "put"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	c := id.Content(req.GetHash())
	put := s.put
	s.mu.Unlock()
	if put != nil {
		if err := put(req); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chunks[c] == nil {
		s.chunks[c] = map[uint32][]byte{}
	}
	if _, here := s.chunks[c][req.GetIndex()]; here {
		s.calls["twice"]++
	}
	s.chunks[c][req.GetIndex()] = req.GetData()
	return &tsugiv1.PutChunkResponse{Complete: s.complete(c)}, nil
}

// GetChunk gives what is complete.
func (s *server) GetChunk(ctx context.Context, req *tsugiv1.GetChunkRequest) (*tsugiv1.GetChunkResponse, error) {
	if err := s.admit(ctx, "get"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := id.Content(req.GetHash())
	size, begun := s.sizes[c]
	if !begun {
		return nil, wire.Error(fault.New(fault.NotFound, "There is no such attachment."))
	}
	resp := &tsugiv1.GetChunkResponse{Size: size}
	for _, data := range s.chunks[c] {
		resp.Received += uint64(len(data))
	}
	if s.complete(c) {
		resp.Data = s.chunks[c][req.GetIndex()]
	}
	return resp, nil
}

func (s *server) complete(c id.Content) bool {
	return s.sizes[c] > 0 && len(s.chunks[c]) == wire.Chunks(int64(s.sizes[c]))
}

// bytesOf returns n bytes that nobody can guess, the same for the same seed.
func bytesOf(seed byte, n int) []byte {
	out := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(out) // never fails
	return out
}

const nine = 8*wire.ChunkSize + 100 // bytes of nine chunks

// written declares an incident and writes an entry with files. What the server accepts stays in the
// overlay: it tells of no event.
func (b *bundle) written(t *testing.T, files ...[]byte) (id.Incident, []incident.Attachment) {
	t.Helper()
	b.server.set(func(s *server) {
		s.push = func(req *tsugiv1.PushRequest) (*tsugiv1.PushResponse, error) {
			resp, err := accepting(req)
			for _, o := range resp.GetOutcomes() {
				o.StreamSeq = 1000
			}
			return resp, err
		}
	})
	in := id.New[id.Incident]()
	if _, err := b.Submit(b.ctx, id.Stream(in), incident.Declare{Title: "Checkout fails"}); err != nil {
		t.Fatal(err)
	}
	words := incident.Write{Entry: id.New[id.Entry](), Text: "look"}
	for _, data := range files {
		a, err := b.Attach(b.ctx, "dump.bin", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		words.Attachments = append(words.Attachments, a)
	}
	if _, err := b.Submit(b.ctx, id.Stream(in), words); err != nil {
		t.Fatal(err)
	}
	return in, words.Attachments
}

func (b *bundle) wantSent(t *testing.T, when string, a incident.Attachment, want bool) {
	t.Helper()
	if got := b.Attachment(a.Content); got.State != attachment.Here || got.Unsent == want {
		t.Errorf("%s the status is %+v", when, got)
	}
}

func TestAnUploadThatIsCutGoesOnAndSendsNothingTwice(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		b.server.set(func(s *server) {
			s.put = func(req *tsugiv1.PutChunkRequest) error {
				if req.GetIndex() == 3 {
					s.away(true)
				}
				return nil
			}
		})
		_, files := b.written(t, bytesOf(1, nine))
		pass(time.Minute)
		b.wantSent(t, "while the server is away", files[0], false)
		if p := b.Attachment(files[0].Content).Progress; p < 0.2 || p > 0.5 {
			t.Errorf("three of nine chunks have gone: %v", p)
		}
		b.server.set(func(s *server) { s.put = nil })
		b.server.away(false)
		pass(30 * time.Second)
		b.wantSent(t, "after it is back", files[0], true)
		if n, twice := b.server.count("put"), b.server.count("twice"); n != 9 || twice != 0 {
			t.Errorf("%d chunks were sent, %d of them twice", n, twice)
		}
	})
}

// A server may lose what it acknowledged, as by a restore, before it has the whole. It gets it from where it still is.
func TestAnUploadIsKeptUntilTheServerHasItWhole(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		b.server.set(func(s *server) {
			s.put = func(req *tsugiv1.PutChunkRequest) error {
				if req.GetIndex() == 2 {
					s.set(func(s *server) { delete(s.chunks[id.Content(req.GetHash())], 0) })
				}
				return nil
			}
		})
		data := bytesOf(1, 2*wire.ChunkSize+100)
		_, files := b.written(t, data)
		pass(time.Minute)
		b.wantSent(t, "after a while", files[0], true)
		b.server.set(func(s *server) {
			if !s.complete(files[0].Content) {
				t.Errorf("the server has %d chunks", len(s.chunks[files[0].Content]))
			}
		})
	})
}

func TestWordsDoNotWaitForPictures(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		stuck := make(chan struct{})
		defer close(stuck)
		b.server.set(func(s *server) {
			s.put = func(*tsugiv1.PutChunkRequest) error {
				<-stuck
				return nil
			}
		})
		pass(time.Second)
		_, files := b.written(t, bytesOf(1, nine))
		pass(time.Second)
		b.write(t)
		pass(time.Second)
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d changes wait for a file", n)
		}
		b.wantSent(t, "meanwhile", files[0], false)
		b.wantState(t, link.Live, "meanwhile")
	})
}

// A file that the server does not take is tried again now and then, and holds up no other.
func TestARefusedFileHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		bad := bytesOf(1, 100)
		b.server.set(func(s *server) {
			s.put = func(req *tsugiv1.PutChunkRequest) error {
				if bytes.Equal(req.GetData(), bad) {
					return wire.Error(fault.New(fault.NotFound, "There is no such attachment."))
				}
				return nil
			}
		})
		pass(time.Second)
		_, files := b.written(t, bad, bytesOf(2, 100))
		pass(10 * time.Minute)
		b.wantSent(t, "refused", files[0], false)
		b.wantSent(t, "behind it", files[1], true)
		if n := b.server.count("put"); n < 5 || n > 20 {
			t.Errorf("within ten minutes it was sent %d times", n)
		}
		b.server.set(func(s *server) { s.put = nil })
		pass(2 * time.Minute)
		b.wantSent(t, "taken at last", files[0], true)
	})
}

// What is refused for one entry, which somebody has erased, is taken for the next one at once.
func TestARefusedFileOfAnotherEntryDoesNotWait(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) {
			s.put = func(*tsugiv1.PutChunkRequest) error {
				return wire.Error(fault.New(fault.NotFound, "There is no such attachment."))
			}
		})
		pass(time.Second)
		data := bytesOf(1, 100)
		b.written(t, data)
		pass(time.Second)
		b.server.set(func(s *server) { s.put = nil })
		before := b.server.count("put")
		b.written(t, data)
		pass(time.Second)
		if n := b.server.count("put") - before; n != 1 {
			t.Errorf("for the next entry it was sent %d times", n)
		}
	})
}

func TestAFailingServerIsNotHammeredWithAFile(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		b.server.set(func(s *server) {
			s.put = func(*tsugiv1.PutChunkRequest) error {
				return wire.Error(fault.New(fault.Storage, "The disk is full."))
			}
		})
		pass(time.Second)
		_, files := b.written(t, bytesOf(1, 100))
		for range 60 {
			pass(10 * time.Second)
			b.write(t)
		}
		if n := b.server.count("put"); n > 140 {
			t.Errorf("within ten minutes it was sent %d times", n)
		}
		b.server.set(func(s *server) { s.put = nil })
		pass(15 * time.Second)
		b.wantSent(t, "with space again", files[0], true)
	})
}

// offered lets the server have the first chunks of a file, and returns what an entry says of it.
func (b *bundle) offered(data []byte, chunks uint32) incident.Attachment {
	a := incident.Attachment{Content: sha256.Sum256(data), Name: "dump.bin", Size: uint64(len(data))}
	b.server.set(func(s *server) {
		s.sizes[a.Content], s.chunks[a.Content] = a.Size, map[uint32][]byte{}
		for i := range chunks {
			s.chunks[a.Content][i] = data[i*wire.ChunkSize : min(len(data), int(i+1)*wire.ChunkSize)]
		}
	})
	return a
}

func (b *bundle) wantHere(t *testing.T, a incident.Attachment, data []byte) {
	t.Helper()
	s := b.Attachment(a.Content)
	got, err := os.ReadFile(s.Path)
	if s.State != attachment.Here || err != nil || !bytes.Equal(got, data) {
		t.Errorf("the status is %+v, with %d bytes, %v", s, len(got), err)
	}
}

func TestWhatHasNotArrivedYetIsAskedForLessAndLess(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		in, _ := b.written(t)
		data := bytesOf(1, nine)
		a := b.offered(data, 3)
		if err := b.Want(b.ctx, in, a); err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Minute)
		if s := b.Attachment(a.Content); s.State != attachment.Arriving || s.Progress < 0.1 || s.Progress > 0.2 {
			t.Errorf("the status is %+v", s)
		}
		if n := b.server.count("get"); n < 50 || n > 150 {
			t.Errorf("within ten minutes it was asked for %d times", n)
		}
		small := bytesOf(2, 10) // somebody looks for another one, and does not wait for the next time
		other := b.offered(small, 1)
		if err := b.Want(b.ctx, in, other); err != nil {
			t.Fatal(err)
		}
		pass(100 * time.Millisecond)
		b.wantHere(t, other, small)
		b.offered(data, 9)
		pass(11 * time.Second)
		b.wantHere(t, a, data)
	})
}

func TestADownloadThatIsCutGoesOn(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		in, _ := b.written(t)
		data := bytesOf(1, nine)
		a := b.offered(data, 9)
		b.server.away(true)
		if err := b.Files().Append(a.Content, 0, data[:2*wire.ChunkSize+100]); err != nil { // what had come before
			t.Fatal(err)
		}
		if err := b.Want(b.ctx, in, a); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		if s := b.Attachment(a.Content); s.State != attachment.Arriving {
			t.Errorf("without a server the status is %+v", s)
		}
		b.server.away(false)
		pass(11 * time.Second)
		b.wantHere(t, a, data)
		if n := b.server.count("get"); n != 7 {
			t.Errorf("seven chunks were missing in part, and %d were fetched", n)
		}
	})
}

func TestWhatTheServerHasNotIsMissing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bundle) {
		t.Helper()
		pass(time.Second)
		in, _ := b.written(t)
		a := incident.Attachment{Content: id.Content{1}, Size: 10}
		if err := b.Want(b.ctx, in, a); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		if s := b.Attachment(a.Content); s.State != attachment.Missing {
			t.Errorf("the status is %+v", s)
		}
		if n := b.server.count("get"); n != 1 {
			t.Errorf("it was asked for %d times", n)
		}
	})
}
