package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/replica"
)

// onTheLine returns a program on a folder of its own, whose path is short enough for a socket, and what it prints.
func onTheLine(t *testing.T) (*program, *bytes.Buffer) {
	t.Helper()
	dir, err := os.MkdirTemp("", "tsugi-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	out := &bytes.Buffer{}
	return &program{ctx: t.Context(), dir: dir, out: out, clock: clock.NewSystem(), zone: time.UTC, words: words.English()}, out
}

func (p *program) open(t *testing.T) *session.Session {
	t.Helper()
	s, err := session.Open(p.ctx, session.Options{Dir: p.dir, Clock: p.clock, Logger: quiet(), Zone: p.zone, Words: p.words})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// enrolled makes the folder that of a person's client.
func (p *program) enrolled(t *testing.T) {
	t.Helper()
	s := p.open(t)
	me := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
	if err := s.Replica().Enrolled(p.ctx, replica.Device{Server: "http://there", Actor: me, Name: "Ann", Seed: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheCopyIsReadWhereNoClientRuns(t *testing.T) {
	t.Parallel()
	p, out := onTheLine(t)
	p.enrolled(t)
	if err := (onCallCommand{}).Run(p); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("From the copy on this device; the server was not asked.\nNobody takes turns yet.\n", out.String()); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	if err := (onCallCommand{JSON: true}).Run(p); err != nil {
		t.Fatal(err)
	}
	var roll present.Roll
	if err := json.Unmarshal(out.Bytes(), &roll); err != nil || roll.Reached || roll.AsOf != nil || roll.Rotations == nil {
		t.Errorf("%s, %v", out, err)
	}
}

func TestTheClientThatRunsIsAsked(t *testing.T) {
	t.Parallel()
	p, out := onTheLine(t)
	p.enrolled(t)
	s := p.open(t) // which holds the folder
	t.Cleanup(func() { _ = s.Close() })
	door, err := desktop.OpenDoorway(p.ctx, p.dir)
	if err != nil {
		t.Fatal(err)
	}
	since := time.Date(2026, 10, 22, 7, 0, 0, 0, time.UTC)
	door.Answer = func(context.Context, string) ([]byte, error) {
		return json.Marshal(present.RollFrom([]present.Duty{
			{Name: "Legal", When: "since 07:00"},
			{Name: "Engineering", On: []present.Person{{Name: "Ännchen"}, {Name: "Bob"}}, When: "since 09:00, until 18:00", Next: "then Cay", Since: since},
			{Name: "Old", Ended: true, When: "ended"},
		}, present.Connection{Reach: present.Offline, Since: since}))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		door.Serve(p.ctx, func(desktop.Link) {})
	}()
	t.Cleanup(func() { _ = door.Close(); <-done })
	if err := (onCallCommand{}).Run(p); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Legal        nobody!       since 07:00",
		"Engineering  Ännchen, Bob  since 09:00, until 18:00, then Cay",
		"Old                        ended",
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if !strings.HasPrefix(lines[0], "The server is not reached since 07:00.") {
		t.Errorf("%q", lines[0])
	}
	if diff := cmp.Diff(want, lines[1:]); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	if err := (onCallCommand{JSON: true}).Run(p); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{`"server_reached": false`, `"as_of": "2026-10-22T07:00:00Z"`, `"nobody": true`, `"name": "Ännchen"`, `"ended": true`} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("%s is not said in %s", says, out)
		}
	}
}

func TestAFolderWithoutAClientIsNotMadeOne(t *testing.T) {
	t.Parallel()
	p, _ := onTheLine(t)
	p.dir += "/none"
	err := (onCallCommand{}).Run(p)
	if !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(p.dir); !os.IsNotExist(err) {
		t.Error("it was made")
	}
	var said bytes.Buffer
	complain(&said, err, words.For("de"))
	if diff := cmp.Diff("tsugi: Dieses Gerät ist noch nicht angemeldet.\n  Nichts wurde geändert.\n  Den Client einmal starten und anmelden oder seinen Ordner mit --data nennen.\n", said.String()); diff != "" {
		t.Error(diff)
	}
}
