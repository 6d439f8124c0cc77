package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// desk is a client that runs, which answers as a server would have it.
type desk struct {
	wishes  []session.FeedWish
	feeds   []present.Feed
	trouble *present.Trouble
}

var payments = id.New[id.Rotation]()

func (d *desk) answer(_ context.Context, question string) ([]byte, error) {
	wish, ok := strings.CutPrefix(question, session.FeedQuestion)
	if !ok {
		return json.Marshal(present.RollFrom([]present.Duty{{Name: "Payments", Rotation: payments}}, present.Connection{Reach: present.Live}))
	}
	var w session.FeedWish
	if err := json.Unmarshal([]byte(wish), &w); err != nil {
		return nil, err
	}
	d.wishes = append(d.wishes, w)
	got := session.FeedAnswer{Trouble: d.trouble}
	switch {
	case w.Kind != 0:
		got.Address = "https://tsugi.example.org/calendar/tsugi_feed_x.ics"
	case w.Revoke.IsZero():
		got.Feeds = d.feeds
	}
	return json.Marshal(got)
}

// beside returns a program beside a client that runs.
func beside(t *testing.T) (*program, *bytes.Buffer, *desk) {
	t.Helper()
	p, out := onTheLine(t)
	p.enrolled(t)
	door, err := desktop.OpenDoorway(p.ctx, p.dir)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{feeds: []present.Feed{
		{ID: id.New[id.Feed](), Kind: oncall.OwnShifts, Made: p.clock.Now().Add(-time.Hour), Read: p.clock.Now()},
		{ID: id.New[id.Feed](), Kind: oncall.OneRotation, Rotation: payments, Name: "Payments", Made: p.clock.Now()},
	}}
	door.Answer = d.answer
	done := make(chan struct{})
	go func() {
		defer close(done)
		door.Serve(p.ctx, func(desktop.Link) {})
	}()
	t.Cleanup(func() { _ = door.Close(); <-done })
	return p, out, d
}

// run carries a command line out.
func (p *program) run(t *testing.T, args ...string) error {
	t.Helper()
	var line commandLine
	parser, err := kong.New(&line, kong.Vars{"data": p.dir, "languages": "en,de"})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Run(p)
}

func TestAFeedIsMadeByTheClientThatRuns(t *testing.T) {
	t.Parallel()
	p, out, d := beside(t)
	for _, args := range []string{"", "--all", "--rotation=PAYMENTS"} {
		if err := p.run(t, append([]string{"oncall", "feed", "make"}, strings.Fields(args)...)...); err != nil {
			t.Fatal(err)
		}
	}
	want := []session.FeedWish{{Kind: oncall.OwnShifts}, {Kind: oncall.AllShifts}, {Kind: oncall.OneRotation, Rotation: payments}}
	if diff := cmp.Diff(want, d.wishes); diff != "" {
		t.Error(diff)
	}
	if got := out.String(); got != strings.Repeat("https://tsugi.example.org/calendar/tsugi_feed_x.ics\n", 3) {
		t.Error(got)
	}
	err := p.run(t, "oncall", "feed", "make", "--rotation=Legal")
	var said bytes.Buffer
	complain(&said, err, p.words)
	if diff := cmp.Diff("tsugi: There is no rotation called \"Legal\".\n  There are: Payments\n", said.String()); diff != "" {
		t.Error(diff)
	}
}

func TestFeedsAreListedAndRevoked(t *testing.T) {
	t.Parallel()
	p, out, d := beside(t)
	if err := p.run(t, "oncall", "feed"); err != nil {
		t.Fatal(err)
	}
	want := "1  My own shifts, made 1 h ago, read by a calendar just now\n2  Everybody in Payments, made just now, not read by a calendar yet\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	if err := p.run(t, "oncall", "feed", "revoke", "2"); err != nil || out.String() != "Revoked: Everybody in Payments\n" {
		t.Error(out, err)
	}
	if last := d.wishes[len(d.wishes)-1]; last != (session.FeedWish{Revoke: d.feeds[1].ID}) {
		t.Errorf("%+v", last)
	}
	if err := p.run(t, "oncall", "feed", "revoke", "3"); err == nil || err.Error() != "There is no calendar address with the number 3." {
		t.Error(err)
	}
	d.feeds = nil
	out.Reset()
	if err := p.run(t, "oncall", "feed", "list"); err != nil || out.String() != p.words.Calendar.None+"\n" {
		t.Error(out, err)
	}
	d.trouble = &present.Trouble{What: "The server is not reached.", Do: "Try again."}
	if err := p.run(t, "oncall", "feed"); err == nil || err.Error() != "The server is not reached." {
		t.Error(err)
	}
}

// Where no client runs the server is asked from here; with none to be reached it is said so, and nobody is made a client.
func TestWithoutAClientTheServerIsAskedFromHere(t *testing.T) {
	t.Parallel()
	p, _ := onTheLine(t)
	p.enrolled(t) // at a server that is nowhere
	if err := p.run(t, "oncall", "feed"); err == nil || strings.Contains(err.Error(), "not enrolled") {
		t.Error(err)
	}
	p.dir += "/none"
	if err := p.run(t, "oncall", "feed"); !fault.Is(err, fault.Unauthenticated) {
		t.Error(err)
	}
	if err := p.run(t, "oncall", "--json"); !fault.Is(err, fault.Unauthenticated) { // as it was before there was more to it
		t.Error(err)
	}
}
