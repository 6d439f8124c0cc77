package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/link"
)

// Passage is one thing that happened on a client's line to the server while a file was sent.
type Passage struct {
	At      time.Duration `json:"at"` // since boot, so that the clients of a run can be compared
	Process int           `json:"process"`
	What    Step          `json:"what"`
	Content string        `json:"content"` // hash of the file
	Index   uint32        `json:"index,omitempty"`
	// What the server answered to Begun.
	Missing  []uint32 `json:"missing,omitempty"`
	Complete bool     `json:"complete,omitempty"`
	Size     uint64   `json:"size,omitempty"`
}

// Step is how far one request about a file had come.
type Step string

// The steps. What has no answer behind it was cut off.
const (
	Begin Step = "begin" // the client asks which chunks are wanted
	Begun Step = "begun" // the server has answered that
	Put   Step = "put"   // the client begins to send a chunk
	Half  Step = "half"  // a part of the chunk is on its way
	Taken Step = "taken" // the server has answered that it has the chunk
)

// underWay reports whether a chunk is on the line.
func (s Step) underWay() bool { return s == Put || s == Half }

// linePath returns where the journal of a client's line lies, beside its data folder.
func linePath(dir string) string { return dir + ".line" }

// Line is a client's way to the server: a bad one, on which chunks take a while, so that they can be cut off in their
// middle. It journals the files and the commands that go up. Make it with OpenLine, and Close it.
type Line struct {
	*http.Transport
	clock   clock.Clock
	journal *os.File
	calls   *os.File

	mu     sync.Mutex
	random *rand.Rand
}

// OpenLine returns the line of the client in dir.
func OpenLine(dir string, c clock.Clock, seed uint64) (*Line, error) {
	file, err := os.OpenFile(linePath(dir), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal of a line: %w", err)
	}
	calls, err := os.OpenFile(callsPath(dir), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the journal of commands: %w", err), file.Close())
	}
	return &Line{
		Transport: link.Transport(), clock: c, journal: file, calls: calls,
		random: rand.New(rand.NewPCG(seed, 2)), //nolint:gosec // chance, not secrets
	}, nil
}

// Close closes the journals.
func (l *Line) Close() error { return errors.Join(l.journal.Close(), l.calls.Close()) }

// note writes a line of the journal, whole or not at all.
func (l *Line) note(p Passage) error {
	p.At, p.Process = l.clock.Moment().Boot, os.Getpid()
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = l.journal.Write(append(raw, '\n'))
	return err
}

// RoundTrip carries a request.
func (l *Line) RoundTrip(req *http.Request) (*http.Response, error) {
	switch req.URL.Path {
	case tsugiv1connect.AttachmentServiceBeginUploadProcedure:
		return l.begin(req)
	case tsugiv1connect.AttachmentServicePutChunkProcedure:
		return l.put(req)
	case tsugiv1connect.SyncServicePushProcedure:
		return l.push(req)
	default:
		return l.Transport.RoundTrip(req)
	}
}

// read takes a request's message out of its body, and returns the request with the body as it was.
func read(req *http.Request, into proto.Message) (*http.Request, []byte, error) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, nil, err
	}
	if err := req.Body.Close(); err != nil {
		return nil, nil, err
	}
	req = req.Clone(req.Context())
	req.Body = io.NopCloser(bytes.NewReader(raw))
	return req, raw, proto.Unmarshal(raw, into)
}

// answered reads a whole answer and puts it back for whoever asked.
func answered(resp *http.Response, into proto.Message) error {
	raw, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	return proto.Unmarshal(raw, into)
}

// begin journals what the server wants of a file.
func (l *Line) begin(req *http.Request) (*http.Response, error) {
	var asked tsugiv1.BeginUploadRequest
	req, _, err := read(req, &asked)
	if err != nil {
		return nil, err
	}
	p := Passage{What: Begin, Content: id.Content(asked.GetHash()).String(), Size: asked.GetSize()}
	if err := l.note(p); err != nil {
		return nil, err
	}
	resp, err := l.Transport.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	var answer tsugiv1.BeginUploadResponse
	if err := answered(resp, &answer); err != nil {
		return nil, err
	}
	p.What, p.Missing, p.Complete = Begun, answer.GetMissing(), answer.GetComplete()
	return resp, l.note(p)
}

// put sends a chunk in two parts and journals how far it came.
func (l *Line) put(req *http.Request) (*http.Response, error) {
	var sent tsugiv1.PutChunkRequest
	req, raw, err := read(req, &sent)
	if err != nil {
		return nil, err
	}
	p := Passage{What: Put, Content: id.Content(sent.GetHash()).String(), Index: sent.GetIndex()}
	if err := l.note(p); err != nil {
		return nil, err
	}
	l.mu.Lock()
	stop := time.Duration(1+l.random.IntN(20)) * time.Millisecond
	l.mu.Unlock()
	middle := func() error {
		half := p
		half.What = Half
		if err := l.note(half); err != nil {
			return err
		}
		return wait(req.Context(), stop)
	}
	req.Body = io.NopCloser(io.MultiReader(bytes.NewReader(raw[:len(raw)/2]), &pausing{do: middle}, bytes.NewReader(raw[len(raw)/2:])))
	resp, err := l.Transport.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	p.What = Taken
	return resp, l.note(p)
}

// pausing is nothing to read, but takes its time.
type pausing struct{ do func() error }

// Read pauses and ends.
func (p *pausing) Read([]byte) (int, error) {
	if err := p.do(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// wait waits, and fails when ctx ends before.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// readLine returns what happened on a client's line. Without a file nothing did.
func readLine(dir string) ([]Passage, error) { return readJournalLines[Passage](linePath(dir)) }
