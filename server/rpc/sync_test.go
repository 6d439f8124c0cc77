package rpc_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// ends returns the cursors at the end of the log.
func (o *office) ends(t tester, d *device) []*tsugiv1.Cursor {
	t.Helper()
	var ends []*tsugiv1.Cursor
	for _, part := range o.bootstrap(t, d.sync) {
		ends = append(ends, part.GetCursors()...)
	}
	return ends
}

func (o *office) bootstrap(t tester, api tsugiv1connect.SyncServiceClient) []*tsugiv1.BootstrapResponse {
	t.Helper()
	parts, err := api.Bootstrap(o.ctx, &tsugiv1.BootstrapRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return collect(t, parts)
}

func collect[M any](t tester, parts *connect.ServerStreamForClient[M]) []*M {
	t.Helper()
	defer parts.Close() //nolint:errcheck // the error is in parts.Err
	var out []*M
	for parts.Receive() {
		if m, ok := any(parts.Msg()).(proto.Message); ok {
			kept, _ := any(proto.Clone(m)).(*M)
			out = append(out, kept)
		}
	}
	if err := parts.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// followed waits until a tail or a pull is open.
func (o *office) followed(t tester) {
	t.Helper()
	for o.options.Ledger.Hub().People() == 0 {
		runtime.Gosched()
	}
}

func write(text string) incident.Write { return incident.Write{Entry: id.New[id.Entry](), Text: text} }

// Readers begin at random moments while many write. Each sees every event of the scope once, in order,
// without a hole, from where it began.
func TestNoEventIsMissedOrDoubledBetweenBacklogAndTail(t *testing.T) {
	t.Parallel()
	o := setup(t)
	in := o.admin.declare(t, o)
	start := o.ends(t, o.admin)
	const writers, each, readers = 3, 60, 12
	last := uint64(2 + 1 + writers*each) // Admin and its device, the incident, and what is written
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			d := *o.admin
			d.client, d.mid = id.New[id.Client](), 0
			for i := range each {
				d.push(t, o, in, write(fmt.Sprint(i)))
			}
		})
	}
	for i := range readers {
		all.Go(func() {
			for stored := 0; stored < i*int(last)/readers; stored = o.events(t) { // not all at the same moment
				runtime.Gosched()
			}
			if err := o.read(o.admin, start, last); err != nil {
				t.Errorf("reader %d: %v", i, err)
			}
		})
	}
	all.Wait()
	o.noMistake(t)
}

func (o *office) events(t tester) int {
	t.Helper()
	_, n, err := o.options.Ledger.Census(o.ctx)
	if err != nil {
		t.Errorf("census: %v", err)
		return 1 << 30
	}
	return int(n)
}

// read follows a tail up to a position of everyone's scope.
func (o *office) read(d *device, from []*tsugiv1.Cursor, last uint64) error {
	ctx, cancel := context.WithCancel(o.ctx)
	defer cancel()
	tail, err := d.sync.Tail(ctx, &tsugiv1.TailRequest{Cursors: from})
	if err != nil {
		return err
	}
	defer tail.Close() //nolint:errcheck // it is cut off on purpose
	everyone := id.Everyone()
	pos := uint64(0)
	for _, c := range from {
		if id.Scope(c.GetScopeId()) == everyone {
			pos = c.GetScopePos()
		}
	}
	for pos < last && tail.Receive() {
		for _, b := range tail.Msg().GetBatches() {
			for _, r := range b.GetRecords() {
				if id.Scope(r.GetScopeId()) != everyone {
					continue
				}
				if pos++; r.GetScopePos() != pos {
					return fmt.Errorf("position %d follows %d", r.GetScopePos(), pos-1)
				}
			}
			if id.Scope(b.GetCursor().GetScopeId()) == everyone && b.GetCursor().GetScopePos() != pos {
				return fmt.Errorf("the cursor is at %d after %d", b.GetCursor().GetScopePos(), pos)
			}
		}
	}
	if pos != last {
		return fmt.Errorf("it ended at %d of %d: %w", pos, last, tail.Err())
	}
	return nil
}

// A client that reads JSON gets the same messages as one that reads protobuf.
func TestJSONAndProtobufTellTheSame(t *testing.T) {
	t.Parallel()
	o := setup(t)
	in := o.admin.declare(t, o)
	for range 30 {
		o.admin.push(t, o, in, write("word"))
	}
	o.admin.push(t, o, id.Reader(o.admin.actor.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: 3})
	var told [2]string
	for i, options := range [][]connect.ClientOption{nil, {connect.WithProtoJSON()}} {
		api := tsugiv1connect.NewSyncServiceClient(o.web.Client(), o.web.URL, append(options, connect.WithInterceptors(bearing{o.admin}))...)
		told[i] = o.everything(t, api, in)
	}
	if told[0] != told[1] {
		t.Error("the two differ")
	}
	if n := strings.Count(told[0], "word"); n != 5*30 { // bootstrap, pull, backfill, fill, tail
		t.Errorf("the words were told %d times", n)
	}
	o.noMistake(t)
}

func (o *office) everything(t *testing.T, api tsugiv1connect.SyncServiceClient, in id.Stream) string {
	t.Helper()
	var all []proto.Message
	for _, part := range o.bootstrap(t, api) {
		all = append(all, part)
	}
	pull, err := api.Pull(o.ctx, &tsugiv1.PullRequest{})
	if err != nil {
		t.Fatal(err)
	}
	backfill, err := api.Backfill(o.ctx, &tsugiv1.BackfillRequest{StreamId: in.Bytes(), Before: 99, Limit: 99})
	if err != nil {
		t.Fatal(err)
	}
	everyone := id.Everyone()
	fill, err := api.Fill(o.ctx, &tsugiv1.FillRequest{ScopeId: everyone[:], Before: 99})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range collect(t, fill) {
		all = append(all, part)
	}
	ctx, cancel := context.WithCancel(o.ctx)
	defer cancel()
	tail, err := api.Tail(ctx, &tsugiv1.TailRequest{})
	if err != nil {
		t.Fatal(err)
	}
	defer tail.Close() //nolint:errcheck // it is cut off on purpose
	var batches []*tsugiv1.Batch
	for tail.Receive() && tail.Msg().GetHeartbeat() == nil {
		batches = append(batches, tail.Msg().GetBatches()...)
	}
	byScope := func(a, b *tsugiv1.Batch) int {
		return slices.Compare(a.GetCursor().GetScopeId(), b.GetCursor().GetScopeId())
	}
	slices.SortFunc(batches, byScope) // scopes come in no order
	slices.SortFunc(pull.GetBatches(), byScope)
	all = append(all, pull, backfill, &tsugiv1.TailResponse{Batches: batches})
	var out strings.Builder
	for _, m := range all {
		if b, ok := m.(*tsugiv1.BootstrapResponse); ok {
			slices.SortFunc(b.GetCursors(), func(x, y *tsugiv1.Cursor) int { return slices.Compare(x.GetScopeId(), y.GetScopeId()) })
		}
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(raw)
	}
	return out.String()
}

func TestAPullWaitsForSomethingAndNotForEver(t *testing.T) {
	t.Parallel()
	o := setup(t)
	ends := o.ends(t, o.admin)
	got, err := o.admin.sync.Pull(o.ctx, &tsugiv1.PullRequest{Cursors: ends, WaitMs: 1})
	if err != nil || len(got.GetBatches()) != 0 || got.GetHeartbeat() == nil {
		t.Errorf("nothing to tell: %+v, %v", got, err)
	}
	answer := make(chan *tsugiv1.PullResponse)
	go func() {
		got, err := o.admin.sync.Pull(o.ctx, &tsugiv1.PullRequest{Cursors: ends, WaitMs: 50_000})
		if err != nil {
			t.Error(err)
		}
		answer <- got
	}()
	o.followed(t)
	o.admin.declare(t, o)
	if got := <-answer; len(got.GetBatches()) != 1 || len(got.GetBatches()[0].GetRecords()) != 1 {
		t.Errorf("after a commit: %+v", got)
	}
}

// What is in one person's scope changes nothing of what another's tail is told.
func TestATailTellsNothingOfAnothersScope(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	in := o.admin.declare(t, o)
	ctx, cancel := context.WithCancel(o.ctx)
	defer cancel()
	tail, err := bob.sync.Tail(ctx, &tsugiv1.TailRequest{Cursors: o.ends(t, bob)})
	if err != nil || !tail.Receive() {
		t.Fatalf("the tail: %v", err)
	}
	defer tail.Close() //nolint:errcheck // it is cut off on purpose
	for upto := range uint64(10) {
		o.admin.push(t, o, id.Reader(o.admin.actor.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: upto + 1})
	}
	o.admin.push(t, o, in, write("for all"))
	if !tail.Receive() || len(tail.Msg().GetBatches()) != 1 {
		t.Fatalf("the next message is %+v, %v", tail.Msg(), tail.Err())
	}
	for _, r := range tail.Msg().GetBatches()[0].GetRecords() {
		if r.GetEvent().GetWritten().GetText() != "for all" {
			t.Errorf("Bob is told of %+v", r)
		}
	}
}

func TestASealedCursorIsTheOnlyWayIn(t *testing.T) {
	t.Parallel()
	o := setup(t)
	o.admin.declare(t, o)
	ends := o.ends(t, o.admin)
	for _, c := range ends {
		c.Seal[0]++
	}
	tail, err := o.admin.sync.Tail(o.ctx, &tsugiv1.TailRequest{Cursors: ends})
	if err != nil {
		t.Fatal(err)
	}
	if tail.Receive() {
		t.Errorf("told was %+v", tail.Msg())
	}
	wantKind(t, "a forged cursor", tail.Err(), fault.Reset)
	if err := tail.Close(); err != nil {
		t.Error(err)
	}
}
