package rpc_test

import (
	"context"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

const (
	looking = tsugiv1.Attention_ATTENTION_LOOKING
	typing  = tsugiv1.Attention_ATTENTION_TYPING
)

func (d *device) attend(o *office, in id.Stream, how tsugiv1.Attention) error {
	_, err := d.sync.Attend(o.ctx, &tsugiv1.AttendRequest{IncidentId: in.Bytes(), Attention: how})
	return err
}

// reading keeps what a tail says.
type reading struct {
	mu    sync.Mutex
	all   []*tsugiv1.TailResponse
	at    []time.Duration // of the heartbeats, since the beginning
	stop  func()
	ended chan struct{}
}

// listen follows a tail until the test is over.
func (o *office) listen(t *testing.T, d *device, api tsugiv1connect.SyncServiceClient) *reading {
	t.Helper()
	ctx, cancel := context.WithCancel(o.ctx)
	tail, err := api.Tail(ctx, &tsugiv1.TailRequest{Cursors: o.ends(t, d)})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now() //nolint:forbidigo // the bubble's time
	r := &reading{ended: make(chan struct{})}
	r.stop = func() { cancel(); <-r.ended }
	go func() {
		defer close(r.ended)
		for tail.Receive() {
			m, _ := proto.Clone(tail.Msg()).(*tsugiv1.TailResponse)
			r.mu.Lock()
			r.all = append(r.all, m)
			if m.GetHeartbeat() != nil {
				r.at = append(r.at, time.Since(began)) //nolint:forbidigo // the bubble's time
			}
			r.mu.Unlock()
		}
		_ = tail.Close()
	}()
	return r
}

func (r *reading) presences() []*tsugiv1.Presence {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*tsugiv1.Presence
	for _, m := range r.all {
		out = append(out, m.GetPresences()...)
	}
	return out
}

func second() { <-time.After(time.Second) }

// All of it on a real wire: those who attend an incident hear of each other in their tails, in JSON as well, and who
// does not attend it hears nothing.
func TestThoseInARoomHearOfEachOther(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, o *office) {
		t.Helper()
		bob, eve := o.enrol(t, o.invite(t, "Bob", false)), o.enrol(t, o.invite(t, "Eve", false))
		in := o.admin.declare(t, o)
		json := tsugiv1connect.NewSyncServiceClient(o.web.Client(), o.web.URL, connect.WithProtoJSON(), connect.WithInterceptors(bearing{bob}))
		mine, bobs, eves := o.listen(t, o.admin, o.admin.sync), o.listen(t, bob, json), o.listen(t, eve, eve.sync)
		second()
		for _, d := range []*device{o.admin, bob} {
			if err := d.attend(o, in, looking); err != nil {
				t.Fatal(err)
			}
			second()
		}
		if err := o.admin.attend(o, in, typing); err != nil {
			t.Fatal(err)
		}
		second()
		mine.stop() // the device is switched off
		second()
		bobs.stop()
		eves.stop()
		want := []string{"admin", "admin typing", ""}
		var got []string
		for _, p := range bobs.presences() {
			line := ""
			for _, a := range p.GetAttendees() {
				if id.Person(a.GetPersonId()) == o.admin.actor.Person {
					line = "admin"
				}
				if a.GetTyping() {
					line += " typing"
				}
			}
			got = append(got, line)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Bob was told %q, want %q", got, want)
		}
		if got := mine.presences(); len(got) != 2 || len(got[0].GetAttendees()) != 0 || len(got[1].GetAttendees()) != 1 {
			t.Errorf("who came first was told %v", got)
		}
		if got := eves.presences(); len(got) != 0 {
			t.Errorf("who does not attend it was told %v", got)
		}
		o.noMistake(t)
	})
}

// A heartbeat that depended on who types would tell about it.
func TestTheHeartBeatsByTheClockWhileOthersType(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, o *office) {
		t.Helper()
		bob := o.enrol(t, o.invite(t, "Bob", false))
		in := o.admin.declare(t, o)
		mine := o.listen(t, o.admin, o.admin.sync)
		for i := range 310 {
			if err := o.admin.attend(o, in, looking); err != nil {
				t.Fatal(err)
			}
			if err := bob.attend(o, in, tsugiv1.Attention(1+i%2)); err != nil {
				t.Fatal(err)
			}
			<-time.After(200 * time.Millisecond)
		}
		mine.stop()
		if n := len(mine.presences()); n < 60 || n > 130 {
			t.Errorf("in a minute it was told %d times who types", n)
		}
		if len(mine.at) != 5 {
			t.Fatalf("in a minute there were %d beats", len(mine.at))
		}
		for i, at := range mine.at {
			if late := at - time.Duration(i)*15*time.Second; late < 0 || late > 50*time.Millisecond {
				t.Errorf("beat %d came after %s", i, at)
			}
		}
	})
}

// To say that one looks at what one may not see is answered as if it were not there, to the last word.
func TestAttendingTellsNothingOfWhatMayNotBeSeen(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	in := o.admin.declare(t, o)
	o.admin.push(t, o, id.Reader(o.admin.actor.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: 1})
	_, want := bob.sync.Backfill(o.ctx, &tsugiv1.BackfillRequest{StreamId: id.New[id.Stream]().Bytes(), Before: 9, Limit: 9})
	for name, target := range map[string]id.Stream{
		"nothing": id.New[id.Stream](), "another's own": id.Reader(o.admin.actor.Person), "a person": id.Stream(o.admin.actor.Person),
	} {
		for _, how := range []tsugiv1.Attention{looking, typing, tsugiv1.Attention_ATTENTION_LEFT} {
			err := bob.attend(o, target, how)
			wantKind(t, name, err, fault.NotFound)
			if err == nil || err.Error() != want.Error() {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
	}
	for name, req := range map[string]*tsugiv1.AttendRequest{
		"no incident": {Attention: looking}, "no attention": {IncidentId: in.Bytes()}, "an unknown one": {IncidentId: in.Bytes(), Attention: 9},
		"half an id": {IncidentId: in.Bytes()[:8], Attention: looking},
	} {
		_, err := bob.sync.Attend(o.ctx, req)
		wantKind(t, name, err, fault.Invalid)
	}
	if err := bob.attend(o, in, looking); err != nil {
		t.Errorf("what everybody may see: %v", err)
	}
}

// Nothing of who looks and who types is kept: no event, no row, no byte, no line of a log.
func TestAttendingWritesNothing(t *testing.T) {
	t.Parallel()
	o := setup(t)
	in := o.admin.declare(t, o)
	if err := o.options.Ledger.Flush(o.ctx); err != nil {
		t.Fatal(err)
	}
	before := o.kept(t)
	for i := range 300 {
		if err := o.admin.attend(o, in, tsugiv1.Attention(1+i%3)); err != nil {
			t.Fatal(err)
		}
	}
	if after := o.kept(t); after != before {
		t.Errorf("before it was %+v, then %+v", before, after)
	}
	o.admin.push(t, o, in, write("this is kept"))
	if after := o.kept(t); after.changes == before.changes || after.events == before.events || after.sum == before.sum {
		t.Errorf("a test that sees no difference: %+v", after)
	}
}

// kept is all that a server keeps, counted.
type kept struct {
	changes, events, logged, bytes int
	sum                            uint32 // of the database's files
}

func (o *office) kept(t *testing.T) kept {
	t.Helper()
	k, file := kept{events: o.events(t)}, databasetest.File(t, o.db)
	if err := file.Write.QueryRowContext(o.ctx, "SELECT total_changes()").Scan(&k.changes); err != nil {
		t.Fatal(err)
	}
	o.logged.mu.Lock()
	k.logged = o.logged.buf.Len()
	o.logged.mu.Unlock()
	files, err := filepath.Glob(file.Path + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("the database's files are %v, %v", files, err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, "-shm") { // where readers note who they are
			continue
		}
		k.bytes += len(raw)
		k.sum = crc32.Update(k.sum, crc32.IEEETable, raw)
	}
	return k
}

// hide moves all events of an incident into a scope that only one person sees.
func (o *office) hide(t *testing.T, in id.Stream, from *device) {
	t.Helper()
	o.admin.push(t, o, id.Reader(from.actor.Person), workspace.MarkRead{Incident: id.Incident(in), Upto: 1}) // so that the scope is there
	own := id.Own(from.actor.Person)
	_, err := o.db.Writer().ExecContext(o.ctx, `UPDATE event SET scope = (SELECT key FROM scope WHERE id = ?), scope_pos = scope_pos + 1000
	  WHERE stream = (SELECT key FROM stream WHERE id = ?)`, own[:], in[:])
	if err != nil {
		t.Fatal(err)
	}
}

// Whoever was in a room that was made private hears nothing of it any more, and is no longer named there.
func TestWhatIsPrivateIsToldToNobodyElse(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, o *office) {
		t.Helper()
		bob := o.enrol(t, o.invite(t, "Bob", false))
		in := o.admin.declare(t, o)
		mine, bobs := o.listen(t, o.admin, o.admin.sync), o.listen(t, bob, bob.sync)
		second()
		for _, d := range []*device{o.admin, bob} {
			if err := d.attend(o, in, looking); err != nil {
				t.Fatal(err)
			}
		}
		second()
		o.hide(t, in, o.admin)
		_, want := bob.sync.Backfill(o.ctx, &tsugiv1.BackfillRequest{StreamId: id.New[id.Stream]().Bytes(), Before: 9, Limit: 9})
		if err := bob.attend(o, in, looking); err == nil || err.Error() != want.Error() {
			t.Errorf("to who may see it no longer it is said %v, want %v", err, want)
		}
		for _, how := range []tsugiv1.Attention{typing, looking, typing} {
			if err := o.admin.attend(o, in, how); err != nil {
				t.Error(err)
			}
			second()
		}
		mine.stop()
		bobs.stop()
		if got := bobs.presences(); len(got) != 1 || len(got[0].GetAttendees()) != 1 || got[0].GetAttendees()[0].GetTyping() {
			t.Errorf("Bob was told %v", got)
		}
		if got := mine.presences(); len(got) == 0 || len(got[len(got)-1].GetAttendees()) != 0 {
			t.Errorf("who may see it was told %v", got)
		}
	})
}
