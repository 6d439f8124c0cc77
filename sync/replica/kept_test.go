package replica_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// seal puts seals to everything that the server holds.
func (a *authority) seal() {
	for _, log := range a.log {
		for i := range log {
			log[i].Seal = fmt.Appendf(nil, "seal %d", i)
		}
	}
}

// sealed returns a room that the client has seen, with seals, in which somebody else wrote.
func (b *bundle) sealed(t *testing.T, commands ...stream.Command) id.Incident {
	t.Helper()
	in := id.New[id.Incident]()
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "Checkout fails"})
	for _, c := range commands {
		b.server.do(t, id.Stream(in), b.other(), c)
	}
	b.server.seal()
	b.tail(t)
	return in
}

// reborn has the client follow a server that knows nothing of what was before.
func (b *bundle) reborn(t *testing.T) {
	t.Helper()
	b.restored(t, id.New[id.Incident]())
	all := b.server.snapshot(id.Everyone(), id.Own(b.me.Person))
	if err := b.OfferAgain(b.ctx, b.server.epoch, false); err != nil {
		t.Fatal(err)
	}
	if err := b.Bootstrap(b.ctx, all); err != nil {
		t.Fatal(err)
	}
}

// gifts returns what is kept of a room, by pieces.
func (b *bundle) gifts(t *testing.T, in id.Incident) (gifts []replica.Gift, events []stream.Stored) {
	t.Helper()
	gifts, err := b.Gifts(b.ctx, id.Stream(in))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range gifts {
		part, err := wire.DecodeGift(g.Records())
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, part...)
	}
	return gifts, events
}

func TestWhatARestoredServerMayLackOutlivesTheCopy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.sealed(t, words("the disk is full"), words("deleted logs"))
	former := b.server.log[id.Everyone()]
	former = former[len(former)-4:] // declared, joined or not, and what was said
	b.reborn(t)
	for _, happens := range []func(*testing.T){func(*testing.T) {}, b.crash, func(t *testing.T) { t.Helper(); b.reborn(t) }} {
		happens(t)
		_, events := b.gifts(t, in)
		var texts []string
		for _, e := range events {
			if len(e.Seal) == 0 || e.Actor != b.other() {
				t.Errorf("kept is %+v", e)
			}
			event, err := wire.DecodeEvent(e.Kind, e.Payload)
			if err != nil {
				t.Fatal(err)
			}
			if w, ok := event.(incident.Written); ok {
				texts = append(texts, w.Text)
			}
		}
		if fmt.Sprint(texts) != "[the disk is full deleted logs]" {
			t.Errorf("kept are %q", texts)
		}
	}
	// Somebody else has given a part back meanwhile.
	b.server.log[id.Everyone()] = append(b.server.log[id.Everyone()], stream.Stored{Envelope: former[3].Envelope, Payload: former[3].Payload})
	last := &b.server.log[id.Everyone()][len(b.server.log[id.Everyone()])-1]
	last.StreamSeq, last.ScopePos = 1, uint64(len(b.server.log[id.Everyone()]))
	b.tail(t)
	gifts, events := b.gifts(t, in)
	if len(events) == 0 || events[len(events)-1].Command == former[3].Command {
		t.Errorf("still kept are %d events, the last of %+v", len(events), events)
	}
	for _, g := range gifts {
		if err := b.Given(b.ctx, g); err != nil {
			t.Fatal(err)
		}
	}
	if _, events := b.gifts(t, in); len(events) > 0 {
		t.Errorf("after it was given, %d events are kept", len(events))
	}
}

func TestOnlyYoungAndSealedEventsAreKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.told(t, "Sent by an early version", words("without a seal"))
	b.reborn(t)
	if kept, err := b.Kept(b.ctx); err != nil || len(kept) > 0 {
		t.Errorf("%d streams are kept, %v", len(kept), err)
	}
	b.sealed(t, words("a while ago"))
	b.clock.at = noon.Add(time.Hour + stream.GiveBack)
	b.reborn(t)
	if kept, err := b.Kept(b.ctx); err != nil || len(kept) > 0 {
		t.Errorf("after 14 days %d streams are kept, %v", len(kept), err)
	}
	b.clock.at = noon.Add(stream.GiveBack)
	b.sealed(t, words("young"))
	b.reborn(t)
	if kept, err := b.Kept(b.ctx); err != nil || len(kept) != 1 {
		t.Errorf("of what is young %d streams are kept, %v", len(kept), err)
	}
	b.clock.at = b.clock.at.Add(stream.GiveBack + time.Second)
	b.restart(t)
	if kept, err := b.Kept(b.ctx); err != nil || len(kept) > 0 {
		t.Errorf("14 days after they were kept, %d streams are, %v", len(kept), err)
	}
}

func TestWordsThatAreErasedAreNotKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	secret := words("hunter2-canary")
	in := b.sealed(t, secret, words("around it"))
	b.reborn(t)
	b.server.do(t, id.Stream(in), b.other(), incident.Declare{Title: "Checkout fails"})
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: secret.Entry})
	b.tail(t)
	_, events := b.gifts(t, in)
	blank := 0
	for _, e := range events {
		if strings.Contains(string(e.Payload), "hunter2") {
			t.Errorf("event %d still has the words", e.StreamSeq)
		}
		if _, _, is := wire.Blank(e.Kind, e.Payload); is {
			blank++
		}
	}
	if blank != 1 {
		t.Errorf("%d of %d events are blank", blank, len(events))
	}
	b.scrub(t)
	b.close(t)
	for _, name := range []string{"outbox.db", "outbox.db-wal", "replica.db"} {
		raw, err := os.ReadFile(filepath.Join(b.dir, name))
		if err == nil && strings.Contains(string(raw), "hunter2") {
			t.Errorf("the words are in %s", name)
		}
	}
	b.open(t)
}

// What others attached and is here follows their words, and not before them.
func TestFilesOfOthersFollowWhatIsGivenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	file := b.attach(t, "graph.txt", "a graph")
	in := b.sealed(t, with(file))
	if up, err := b.Uploads(b.ctx); err != nil || len(up) > 0 {
		t.Fatalf("%d files are to be sent, %v", len(up), err)
	}
	b.reborn(t)
	if up, err := b.Uploads(b.ctx); err != nil || len(up) > 0 {
		t.Errorf("before their words %d files are sent, %v", len(up), err)
	}
	gifts, _ := b.gifts(t, in)
	for _, g := range gifts {
		if err := b.Given(b.ctx, g); err != nil {
			t.Fatal(err)
		}
	}
	if up, err := b.Uploads(b.ctx); err != nil || len(up) != 1 || up[0].Content != file.Content {
		t.Errorf("to be sent are %+v, %v", up, err)
	}
	if _, here := b.Files().Path(file.Content); !here {
		t.Error("the file is gone")
	}
}

func TestALongRoomIsGivenBackInPieces(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var said []stream.Command
	for range 60 {
		said = append(said, words(strings.Repeat("much to say ", 1600)))
	}
	in := b.sealed(t, said...)
	b.reborn(t)
	gifts, events := b.gifts(t, in)
	if len(gifts) < 5 || len(events) < 60 {
		t.Fatalf("%d events in %d pieces", len(events), len(gifts))
	}
	for i, g := range gifts {
		if n := len(g.Records()); n > 200<<10 {
			t.Errorf("piece %d has %d bytes", i, n)
		}
	}
	first, second, ok := gifts[0].Halves()
	if !ok || len(first.Records())+len(second.Records()) != len(gifts[0].Records()) {
		t.Errorf("its halves have %d and %d bytes", len(first.Records()), len(second.Records()))
	}
}
