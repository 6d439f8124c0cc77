package rpc_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"go.uber.org/goleak"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server/attachment"
	"github.com/tsugi-app/tsugi/server/attendance"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	databasetest.Again(t)
}

// hand is a clock that is set by hand.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) Moment() clock.Moment { return clock.Moment{Wall: h.Now()} }

func (h *hand) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// effects shut a revoked device out and name attachments, as the server's do.
type effects struct {
	people      *people.Store
	attachments *attachment.Store
}

func (e effects) Store(ctx context.Context, tx *sqlite.Tx, events []stream.Recorded, _ ledger.States) error {
	for _, event := range events {
		switch what := event.Event.(type) {
		case workspace.DeviceRevoked:
			return e.people.RevokeDevice(ctx, tx, what.Device, event.Received)
		case incident.Written:
			if err := e.attachments.Name(ctx, tx, event.Envelope, what); err != nil {
				return err
			}
		case incident.Concealed, incident.Revealed:
			if err := e.attachments.Move(ctx, tx, event.Stream, event.Scope); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e effects) Committed(events []stream.Recorded) {
	for _, event := range events {
		if revoked, ok := event.Event.(workspace.DeviceRevoked); ok {
			e.people.Revoked(revoked.Device)
		}
	}
}

// office is everything behind the handlers, on a folder of its own, with an admin in it.
type office struct {
	ctx     context.Context
	clock   *hand
	path    string // of the database
	db      databasetest.DB
	logged  *logged
	options rpc.Options
	web     *httptest.Server
	admin   *device
}

// tester is *testing.T or *testing.F.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Cleanup(func())
	TempDir() string
}

func setup(t tester) *office {
	t.Helper()
	return setupWith(t, databasetest.Open)
}

// setupWith is setup with another way to open the database.
func setupWith(t tester, open func(databasetest.Tester, string, ...func() (sqlite.Schema, error)) databasetest.DB) *office {
	t.Helper()
	o := furnishWith(t, &hand{at: time.Date(2025, 11, 20, 12, 0, 0, 0, time.UTC)}, open)
	o.web = httptest.NewServer(rpc.Handler(o.options))
	t.Cleanup(o.web.Close)
	o.admin = o.enrol(t, o.invite(t, "Admin", true))
	return o
}

// furnish opens everything but the door.
func furnish(t tester, c clock.Clock) *office {
	t.Helper()
	return furnishWith(t, c, databasetest.Open)
}

// furnishWith is furnish with another way to open the database.
func furnishWith(t tester, c clock.Clock, open func(databasetest.Tester, string, ...func() (sqlite.Schema, error)) databasetest.DB) *office {
	t.Helper()
	o := &office{ctx: context.Background(), path: filepath.Join(t.TempDir(), "x.db"), logged: &logged{}}
	o.clock, _ = c.(*hand)
	logger := slog.New(slog.NewTextHandler(o.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	db := open(t, o.path, timeline.Schema, ledger.Schema, people.Schema, attachment.Schema, task.Schema)
	store, err := people.Open(o.ctx, db, c.Now())
	if err != nil {
		t.Fatal(err)
	}
	o.db = db
	files := attachment.New(db, c, logger)
	log, err := ledger.Open(o.ctx, ledger.Options{
		DB: db, Clock: c, Effects: effects{store, files}, Logger: logger, SealKey: store.Keys().Cursor,
	})
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := task.Open(o.ctx, db, c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(o.ctx)
	present := attendance.New(c, log.Sight)
	var running sync.WaitGroup
	running.Go(func() { log.Run(ctx) })
	running.Go(func() { present.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		if err := log.Close(); err != nil {
			t.Errorf("close the ledger: %v", err)
		}
		if err := tasks.Close(); err != nil {
			t.Errorf("close the tasks: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	o.options = rpc.Options{
		Ledger: log, People: store, Attachments: files, Attendance: present, Clock: c, Logger: logger, Address: "http://here",
		Tasks:       task.NewRunner(task.Options{Store: tasks, Clock: c, Logger: logger}),
		FeedAddress: func(secret people.Secret) string { return "http://here/calendar/" + string(secret) },
	}
	return o
}

// invite makes a code as the server's own command line does.
func (o *office) invite(t tester, name string, admin bool) *tsugiv1.InviteResponse {
	t.Helper()
	control := &rpc.Control{Options: o.options}
	resp, err := control.InviteFromServer(o.ctx, &tsugiv1.InviteFromServerRequest{Invite: &tsugiv1.InviteRequest{Name: name, Admin: admin}})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetInvite()
}

// device is an enrolled client.
type device struct {
	actor  id.Actor
	key    ed25519.PrivateKey
	tokens *tsugiv1.Tokens
	sync   tsugiv1connect.SyncServiceClient
	people tsugiv1connect.PeopleServiceClient
	client id.Client
	mid    uint64
}

func (o *office) enrol(t tester, invitation *tsugiv1.InviteResponse) *device {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := o.access().Enrol(o.ctx, &tsugiv1.EnrolRequest{
		Code: invitation.GetCode(), DeviceName: "desk", Platform: "linux", PublicKey: public,
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &device{
		key: private, tokens: resp.GetTokens(), client: id.New[id.Client](),
		actor: id.Actor{Person: id.Person(resp.GetPersonId()), Device: id.Device(resp.GetDeviceId())},
	}
	d.sync = tsugiv1connect.NewSyncServiceClient(o.web.Client(), o.web.URL, connect.WithInterceptors(bearing{d}))
	d.people = tsugiv1connect.NewPeopleServiceClient(o.web.Client(), o.web.URL, connect.WithInterceptors(bearing{d}))
	return d
}

func (o *office) access() tsugiv1connect.AccessServiceClient {
	return tsugiv1connect.NewAccessServiceClient(o.web.Client(), o.web.URL)
}

// bearing puts a device's token on every request.
type bearing struct{ *device }

func (b bearing) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		req.Header().Set("Authorization", "Bearer "+b.tokens.GetAccess())
		return next(ctx, req)
	}
}

func (b bearing) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		conn := next(ctx, spec)
		conn.RequestHeader().Set("Authorization", "Bearer "+b.tokens.GetAccess())
		return conn
	}
}

func (b bearing) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// push sends commands for one stream and returns the answers.
func (d *device) push(t tester, o *office, target id.Stream, commands ...stream.Command) []stream.Outcome {
	t.Helper()
	resp, err := d.sync.Push(o.ctx, d.request(t, o, target, commands...))
	if err != nil {
		t.Fatal(err)
	}
	var out []stream.Outcome
	for _, m := range resp.GetOutcomes() {
		out = append(out, wire.OutcomeFrom(m))
	}
	return out
}

func (d *device) request(t tester, o *office, target id.Stream, commands ...stream.Command) *tsugiv1.PushRequest {
	t.Helper()
	req := &tsugiv1.PushRequest{ClientId: d.client.Bytes(), Generation: []byte("first"), Now: wire.MomentTo(o.options.Clock.Moment())}
	for _, c := range commands {
		d.mid++
		m, err := wire.SubmissionTo(stream.Submission{
			Mid: d.mid, ID: id.New[id.Command](), Target: target, Written: o.options.Clock.Moment(), Command: c,
		})
		if err != nil {
			t.Fatal(err)
		}
		req.Submissions = append(req.Submissions, m)
	}
	return req
}

func (d *device) declare(t tester, o *office) id.Stream {
	t.Helper()
	target := id.New[id.Stream]()
	if out := d.push(t, o, target, incident.Declare{Title: "Checkout fails"}); out[0].Kind != stream.Accepted {
		t.Fatalf("declare: %+v", out[0])
	}
	return target
}

// logged keeps what was logged.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// noMistake fails when a handler has panicked, or anything was logged as the server's own mistake.
func (o *office) noMistake(t tester) {
	t.Helper()
	o.logged.mu.Lock()
	defer o.logged.mu.Unlock()
	for line := range strings.Lines(o.logged.buf.String()) {
		if strings.Contains(line, "handler failed") || strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") {
			t.Errorf("the server logged: %s", line)
		}
	}
}
