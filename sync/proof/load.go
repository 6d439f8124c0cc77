package proof

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"github.com/tsugi-app/tsugi/app/present"
	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Caller speaks to a server as a device would, without a replica: it is what load is made with.
type Caller struct {
	tsugiv1connect.SyncServiceClient
	Clock  clock.Clock
	web    *http.Client
	server string
	token  string
	// Person is in whose name it calls.
	Person id.Person
}

// Call enrols a device of a person and returns a caller in its name.
func Call(ctx context.Context, i present.Invitation, c clock.Clock) (*Caller, error) {
	return callOver(ctx, &http.Transport{MaxIdleConnsPerHost: 64}, i, c)
}

// callOver is Call over a way of one's own.
func callOver(ctx context.Context, transport *http.Transport, i present.Invitation, c clock.Clock) (*Caller, error) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	web := &http.Client{Transport: transport}
	resp, err := tsugiv1connect.NewAccessServiceClient(web, i.Address).Enrol(ctx, &tsugiv1.EnrolRequest{
		Code: i.Code, DeviceName: "load", Platform: "proof", PublicKey: public,
	})
	if err != nil {
		return nil, wire.FromError(err)
	}
	token := "Bearer " + resp.GetTokens().GetAccess()
	api := tsugiv1connect.NewSyncServiceClient(web, i.Address, connect.WithInterceptors(bearing{token: token}))
	return &Caller{
		SyncServiceClient: api, Clock: c, web: web, server: i.Address, token: token, Person: id.Person(resp.GetPersonId()),
	}, nil
}

// bearing puts one token on every request.
type bearing struct{ token string }

// WrapUnary adds the token.
func (b bearing) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		req.Header().Set("Authorization", b.token)
		return next(ctx, req)
	}
}

// WrapStreamingClient adds the token.
func (b bearing) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		conn := next(ctx, spec)
		conn.RequestHeader().Set("Authorization", b.token)
		return conn
	}
}

// WrapStreamingHandler changes nothing.
func (bearing) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// batchTag begins a TailResponse that carries batches: field 1, length-delimited.
const batchTag = 1<<3 | 2

// Writer is one outbox of a caller: it numbers its commands.
type Writer struct {
	caller     *Caller
	client     id.Client
	generation []byte
	mid        uint64
}

// NewWriter returns a writer with an outbox of its own.
func (c *Caller) NewWriter() *Writer {
	return &Writer{caller: c, client: id.New[id.Client](), generation: []byte("proof")}
}

// Push sends commands for one stream and waits until all of them are stored.
func (w *Writer) Push(ctx context.Context, target id.Stream, commands ...stream.Command) error {
	req, err := w.request(target, commands)
	if err != nil {
		return err
	}
	return w.send(ctx, req)
}

// Insist is Push as a client does it whose server may be down: the same is sent again and again until it is answered.
func (w *Writer) Insist(ctx context.Context, target id.Stream, commands ...stream.Command) error {
	req, err := w.request(target, commands)
	if err != nil {
		return err
	}
	for {
		within, cancel := context.WithTimeout(ctx, answerTime)
		err := w.send(within, req)
		cancel()
		if f := fault.Find(err); err == nil || ctx.Err() != nil || f != nil && f.Kind != fault.Unavailable && f.Kind != fault.Internal {
			return err
		}
		if err := wait(ctx, askAgain); err != nil {
			return err
		}
	}
}

const (
	answerTime = 5 * time.Second
	askAgain   = 50 * time.Millisecond
)

// request numbers commands for one stream.
func (w *Writer) request(target id.Stream, commands []stream.Command) (*tsugiv1.PushRequest, error) {
	now := w.caller.Clock.Moment()
	req := &tsugiv1.PushRequest{ClientId: w.client.Bytes(), Generation: w.generation, Now: wire.MomentTo(now)}
	for _, c := range commands {
		w.mid++
		m, err := wire.SubmissionTo(stream.Submission{Mid: w.mid, ID: id.New[id.Command](), Target: target, Written: now, Command: c})
		if err != nil {
			return nil, err
		}
		req.Submissions = append(req.Submissions, m)
	}
	return req, nil
}

func (w *Writer) send(ctx context.Context, req *tsugiv1.PushRequest) error {
	resp, err := w.caller.Push(ctx, req)
	if err != nil {
		return wire.FromError(err)
	}
	for _, o := range resp.GetOutcomes() {
		if got := wire.OutcomeFrom(o); got.Kind != stream.Accepted {
			return fmt.Errorf("command %d: outcome %d: %w", got.Mid, got.Kind, got.Fault)
		}
	}
	return nil
}

// Declare makes an incident and returns its stream.
func (w *Writer) Declare(ctx context.Context, title string) (id.Stream, error) {
	target := id.New[id.Stream]()
	return target, w.Push(ctx, target, incident.Declare{Title: title, Severity: 2})
}

// Words returns a command that writes text.
func Words(text string) stream.Command { return incident.Write{Entry: id.New[id.Entry](), Text: text} }

// Ends returns the cursors at the end of the log, from a bootstrap.
func (c *Caller) Ends(ctx context.Context) ([]*tsugiv1.Cursor, error) {
	parts, err := c.Bootstrap(ctx, &tsugiv1.BootstrapRequest{})
	if err != nil {
		return nil, wire.FromError(err)
	}
	defer parts.Close() //nolint:errcheck // the error is in parts.Err
	var ends []*tsugiv1.Cursor
	for parts.Receive() {
		ends = append(ends, parts.Msg().GetCursors()...)
	}
	return ends, parts.Err()
}

// Readers are open tails.
type Readers struct {
	cancel context.CancelFunc
	all    sync.WaitGroup
}

// Follow opens n tails and calls seen whenever one of them receives batches. It returns when all of
// them are live. The batches are not decoded: real clients do that on machines of their own.
func (c *Caller) Follow(ctx context.Context, n int, seen func()) (*Readers, error) {
	ends, err := c.Ends(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	readers := &Readers{cancel: cancel}
	live := make(chan error, n)
	for range n {
		readers.all.Go(func() { live <- c.read(ctx, ends, live, seen) })
	}
	for range n {
		select {
		case err = <-live:
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			readers.Close()
			return nil, fmt.Errorf("open readers: %w", err)
		}
	}
	return readers, nil
}

// read follows one tail, and says through live when it is heard for the first time. It reads the
// frames of the Connect protocol by itself, so that the reader costs as little as one of plain chunks:
// what is measured is the server.
func (c *Caller) read(ctx context.Context, from []*tsugiv1.Cursor, live chan<- error, seen func()) error {
	body, err := proto.Marshal(&tsugiv1.TailRequest{Cursors: from})
	if err != nil {
		return err
	}
	frame := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(body))), body...)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+tsugiv1connect.SyncServiceTailProcedure, bytes.NewReader(frame))
	if err != nil {
		return err
	}
	req.Header = http.Header{
		"Authorization": {c.token}, "Content-Type": {"application/connect+proto"}, "Connect-Protocol-Version": {"1"},
	}
	resp, err := c.web.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	err = frames(bufio.NewReader(resp.Body), func() { live <- nil }, seen)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// endOfStream marks the last frame of a Connect stream, which tells how it ended.
const endOfStream = 2

// frames reads frames until the stream ends. The first one, a heartbeat, means that the tail is live.
func frames(in *bufio.Reader, live, seen func()) error {
	for heard := false; ; heard = true {
		head := make([]byte, 5)
		if _, err := io.ReadFull(in, head); err != nil {
			return fmt.Errorf("read a frame: %w", err)
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(in, body); err != nil {
			return fmt.Errorf("read a frame: %w", err)
		}
		switch {
		case head[0]&endOfStream != 0:
			return fmt.Errorf("the stream ended: %s", body)
		case !heard:
			live()
		case len(body) > 0 && body[0] == batchTag:
			seen()
		}
	}
}

// Close ends the tails and waits for them.
func (r *Readers) Close() {
	r.cancel()
	r.all.Wait()
}

// Percentile returns the value below which the given part of sorted durations lies.
func Percentile(sorted []time.Duration, part float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}
