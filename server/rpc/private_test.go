package rpc_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/presence"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// script is what somebody was told, in which what is drawn by lot has the name of its turn.
type script struct {
	lines []string
	names map[string]string
}

var drawn = regexp.MustCompile(`"[A-Za-z0-9+/]{16,}={0,2}"`)

// tell notes a message. Bytes are compared by where else they are, and by how many they are.
func (s *script) tell(what string, m proto.Message, err error) {
	line := what
	if m != nil && err == nil {
		raw, _ := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(m) // what came over the wire can be written
		line += " " + drawn.ReplaceAllStringFunc(strings.ReplaceAll(string(raw), " ", ""), func(quoted string) string {
			if s.names[quoted] == "" {
				b, _ := base64.StdEncoding.DecodeString(strings.Trim(quoted, `"`))
				s.names[quoted] = fmt.Sprintf("<%d, %d bytes>", len(s.names), len(b))
			}
			return s.names[quoted]
		})
	}
	if err != nil {
		line += " " + wire.FromError(err).Error()
	}
	s.lines = append(s.lines, line)
}

// asks has somebody ask for everything that can be asked for.
func (s *script) asks(t *testing.T, o *office, d *device, known, unknown id.Stream) {
	t.Helper()
	everyone := id.Everyone()
	boot, err := d.sync.Bootstrap(o.ctx, &tsugiv1.BootstrapRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range collect(t, boot) {
		s.tell("bootstrap", m, nil)
	}
	pull, err := d.sync.Pull(o.ctx, &tsugiv1.PullRequest{})
	s.tell("pull", pull, err)
	for _, scope := range []id.Scope{everyone, id.Scope(unknown)} {
		fill, err := d.sync.Fill(o.ctx, &tsugiv1.FillRequest{ScopeId: scope.Bytes(), Before: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for fill.Receive() {
			s.tell("fill", fill.Msg(), nil)
		}
		s.tell("fill ends", nil, fill.Err())
		_ = fill.Close()
		content := sha256.Sum256(nil)
		_, err = o.attachments(d).BeginUpload(o.ctx, &tsugiv1.BeginUploadRequest{ScopeId: scope.Bytes(), Hash: content[:], Size: 5})
		s.tell("upload", nil, err)
		_, err = o.attachments(d).GetChunk(o.ctx, &tsugiv1.GetChunkRequest{ScopeId: scope.Bytes(), Hash: content[:]})
		s.tell("download", nil, err)
	}
	for _, target := range []id.Stream{known, unknown} {
		back, err := d.sync.Backfill(o.ctx, &tsugiv1.BackfillRequest{StreamId: target.Bytes(), Before: 100, Limit: 100})
		s.tell("backfill", back, err)
		_, err = d.sync.Attend(o.ctx, wire.AttendTo(id.Incident(target), presence.Looking))
		s.tell("attend", nil, err)
	}
	pushed, err := d.sync.Push(o.ctx, d.request(t, o, unknown, write("hello"), incident.Join{}, incident.Reveal{}))
	s.tell("push", pushed, err)
}

// Two runs differ only in what happens in a private incident: an outsider is told the same in both, at the same moments: whatever
// comes by itself, and whatever is asked for.
func TestAnOutsiderIsToldTheSameWhateverHappensInPrivate(t *testing.T) {
	t.Parallel()
	run := func(busy bool) []string {
		s := &script{names: map[string]string{}}
		inBubble(t, func(t *testing.T, o *office) {
			t.Helper()
			s.outside(t, o, busy)
			if text := o.logged.String(); strings.Contains(text, "Takeover") {
				t.Error("the log has a private title")
			}
		})
		return s.lines
	}
	quiet, busy := run(false), run(true)
	if d := cmp.Diff(quiet, busy); d != "" || len(quiet) < 40 {
		t.Errorf("of %d lines: %s", len(quiet), d)
	}
}

// outside writes down what Bob is told while others may have something to hide.
func (s *script) outside(t *testing.T, o *office, busy bool) {
	t.Helper()
	bob, cem := o.enrol(t, o.invite(t, "Bob", false)), o.enrol(t, o.invite(t, "Cem", false))
	public, private, unknown := o.admin.declare(t, o), id.New[id.Stream](), id.New[id.Stream]()
	if busy {
		unknown = private
	}
	ctx, cancel := context.WithCancel(o.ctx)
	defer cancel()
	began, ended := time.Now(), make(chan struct{}) //nolint:forbidigo // the bubble's time
	tail, err := bob.sync.Tail(ctx, &tsugiv1.TailRequest{Cursors: o.ends(t, bob)})
	if err != nil {
		t.Fatal(err)
	}
	heard := &script{names: s.names}
	go func() {
		defer close(ended)
		for tail.Receive() {
			heard.tell(fmt.Sprint("tail ", time.Since(began)), tail.Msg(), nil) //nolint:forbidigo // the bubble's time
		}
		_ = tail.Close()
	}()
	for i := range 40 {
		<-time.After(time.Second)
		if busy {
			o.secretly(t, i, private, cem)
		}
		<-time.After(3 * time.Millisecond)
		if i%3 == 0 {
			o.admin.push(t, o, public, write(fmt.Sprint("word ", i)))
		}
		<-time.After(50 * time.Millisecond) // else both may come in one message, or not
		if i%7 == 0 {
			o.admin.declare(t, o)
		}
	}
	<-time.After(time.Second)
	cancel()
	<-ended
	s.lines = append(s.lines, heard.lines...)
	s.asks(t, o, bob, public, unknown)
}

// secretly does something in a private incident, another thing each time.
func (o *office) secretly(t *testing.T, i int, in id.Stream, cem *device) {
	t.Helper()
	data := []byte("Takeover")
	content := id.Content(sha256.Sum256(data))
	accepted := func(who *device, c stream.Command) {
		t.Helper()
		if out := who.push(t, o, in, c); out[0].Kind != stream.Accepted {
			t.Fatalf("%T: %+v, %v", c, out[0], out[0].Fault)
		}
	}
	switch {
	case i == 0:
		accepted(o.admin, incident.Declare{Title: "Takeover", Private: true})
	case i%8 == 1:
		accepted(o.admin, incident.Admit{Person: cem.actor.Person})
		accepted(cem, write("I see"))
	case i%8 == 2:
		accepted(o.admin, incident.Write{Entry: id.New[id.Entry](), Attachments: []incident.Attachment{{Content: content, Name: "a", Type: "text/plain", Size: 8}}})
		up := o.attachments(o.admin)
		if _, err := up.BeginUpload(o.ctx, &tsugiv1.BeginUploadRequest{ScopeId: in.Bytes(), Hash: content[:], Size: 8}); err != nil {
			t.Fatal(err)
		}
		if _, err := up.PutChunk(o.ctx, &tsugiv1.PutChunkRequest{ScopeId: in.Bytes(), Hash: content[:], Data: data}); err != nil {
			t.Fatal(err)
		}
	case i%8 == 3:
		if _, err := cem.sync.Attend(o.ctx, wire.AttendTo(id.Incident(in), presence.Typing)); err != nil {
			t.Fatal(err)
		}
	case i%8 == 4:
		accepted(o.admin, incident.Exclude{Person: cem.actor.Person})
		accepted(o.admin, incident.AddTag{Tag: fmt.Sprint("t", i)})
	default:
		accepted(o.admin, write("Takeover"))
	}
}

// The heart says which private scopes its person may see, and a file in one comes down for them alone.
func TestTheHeartSaysWhatIsPrivate(t *testing.T) {
	t.Parallel()
	o := setup(t)
	cem := o.enrol(t, o.invite(t, "Cem", false))
	beats := func(d *device) [][]byte {
		t.Helper()
		ctx, cancel := context.WithCancel(o.ctx)
		defer cancel()
		tail, err := d.sync.Tail(ctx, &tsugiv1.TailRequest{Cursors: o.ends(t, d)})
		if err != nil {
			t.Fatal(err)
		}
		defer tail.Close() //nolint:errcheck // it is cut
		for tail.Receive() {
			if beat := tail.Msg().GetHeartbeat(); beat != nil {
				pull, err := d.sync.Pull(o.ctx, &tsugiv1.PullRequest{})
				if err != nil || !slices.EqualFunc(pull.GetHeartbeat().GetPrivateScopeIds(), beat.GetPrivateScopeIds(), bytes.Equal) {
					t.Errorf("a pull says %v, %v", pull.GetHeartbeat(), err)
				}
				return beat.GetPrivateScopeIds()
			}
		}
		t.Fatal(tail.Err())
		return nil
	}
	data := []byte("Takeover")
	content := id.Content(sha256.Sum256(data))
	in := id.New[id.Stream]()
	o.admin.push(t, o, in, incident.Declare{Title: "Takeover"}, incident.Write{
		Entry: id.New[id.Entry](), Attachments: []incident.Attachment{{Content: content, Name: "a", Type: "text/plain", Size: 8}},
	})
	up := o.attachments(o.admin)
	begin := func(scope id.Scope) error {
		_, err := up.BeginUpload(o.ctx, &tsugiv1.BeginUploadRequest{ScopeId: scope.Bytes(), Hash: content[:], Size: 8})
		return err
	}
	if err := begin(id.Everyone()); err != nil {
		t.Fatal(err)
	}
	o.admin.push(t, o, in, incident.Conceal{})
	wantFault(t, "the upload in the former scope", begin(id.Everyone()), fault.NotFound)
	if err := begin(id.Scope(in)); err != nil {
		t.Fatal(err)
	}
	if _, err := up.PutChunk(o.ctx, &tsugiv1.PutChunkRequest{ScopeId: in.Bytes(), Hash: content[:], Data: data}); err != nil {
		t.Fatal(err)
	}
	get := func(d *device) error {
		_, err := o.attachments(d).GetChunk(o.ctx, &tsugiv1.GetChunkRequest{ScopeId: in.Bytes(), Hash: content[:]})
		return err
	}
	if got := beats(o.admin); len(got) != 1 || !slices.Equal(got[0], in[:]) || get(o.admin) != nil {
		t.Errorf("who sees it is told %x, %v", got, get(o.admin))
	}
	if got := beats(cem); len(got) != 0 {
		t.Errorf("an outsider is told %x", got)
	}
	wantFault(t, "an outsider's download", get(cem), fault.NotFound)
	o.admin.push(t, o, in, incident.Admit{Person: cem.actor.Person})
	if got := beats(cem); len(got) != 1 || !slices.Equal(got[0], in[:]) || get(cem) != nil {
		t.Errorf("who was added is told %x, %v", got, get(cem))
	}
	o.admin.push(t, o, in, incident.Exclude{Person: cem.actor.Person})
	if got := beats(cem); len(got) != 0 {
		t.Errorf("who was left out is told %x", got)
	}
	wantFault(t, "who was left out", get(cem), fault.NotFound)
	o.noMistake(t)
}
