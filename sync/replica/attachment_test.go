package replica_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
)

func (b *bundle) attach(t *testing.T, name, words string) incident.Attachment {
	t.Helper()
	a, err := b.Attach(b.ctx, name, strings.NewReader(words))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func with(files ...incident.Attachment) incident.Write {
	return incident.Write{Entry: id.New[id.Entry](), Text: "look", Attachments: files}
}

// toSend returns the names of what is to be sent, in order.
func (b *bundle) toSend(t *testing.T) (out []id.Content) {
	t.Helper()
	uploads, err := b.Uploads(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range uploads {
		if u.Scope != id.Everyone() {
			t.Errorf("it would be sent to scope %s", u.Scope)
		}
		out = append(out, u.Content)
	}
	return out
}

// settled carries what waits to the server and back.
func (b *bundle) settled(t *testing.T) {
	t.Helper()
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
}

func (b *bundle) wantStatus(t *testing.T, when string, a incident.Attachment, want attachment.State, unsent bool) {
	t.Helper()
	got := b.Attachment(a.Content)
	if got.State != want || got.Unsent != unsent || (got.Path != "") != (want == attachment.Here) {
		t.Errorf("%s the status is %+v, want %d, unsent %v", when, got, want, unsent)
	}
}

func TestAFileIsSentAfterItsWordsAndSurvivesACrash(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	one, two := b.attach(t, "one.txt", "one"), b.attach(t, "two.txt", "two")
	b.wantStatus(t, "attached", one, attachment.Here, false)
	b.submit(t, in, with(one, two))
	b.crash(t)
	b.wantStatus(t, "after a crash", one, attachment.Here, true)
	if got := b.toSend(t); len(got) != 0 {
		t.Errorf("%d files go before their words: the server would not know whose they are", len(got))
	}
	b.settled(t)
	b.crash(t)
	got := b.toSend(t)
	if len(got) != 2 || got[0] != one.Content || got[1] != two.Content {
		t.Fatalf("to be sent are %v", got)
	}
	uploads, _ := b.Uploads(b.ctx)
	b.Uploading(uploads[1], 1)
	if s := b.Attachment(two.Content); s.Progress < 0.3 || s.Progress > 0.4 {
		t.Errorf("of three bytes one has gone: %+v", s)
	}
	if err := b.Uploaded(b.ctx, uploads[0]); err != nil {
		t.Fatal(err)
	}
	b.restart(t)
	if got := b.toSend(t); len(got) != 1 || got[0] != two.Content {
		t.Errorf("then %v", got)
	}
	b.wantStatus(t, "sent", one, attachment.Here, false)
}

func TestAFileThatIsNotHereIsNotPromised(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	a := b.attach(t, "a.txt", "a")
	if err := os.Remove(filepath.Join(b.dir, "attachments", a.Content.String())); err != nil {
		t.Fatal(err)
	}
	b.restart(t)
	_, err := b.Submit(b.ctx, id.Stream(in), with(a))
	wantAdvice(t, err, fault.NotFound)
	if b.Unsent() != 0 {
		t.Error("the words went without it")
	}
}

func TestWhatIsRefusedSendsNoFiles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	a := b.attach(t, "a.txt", "a")
	own := b.submit(t, in, with(a))
	who, out, err := b.Outgoing(b.ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	b.server.last[who.Client] = out[0].Mid
	b.settle(t, who, []stream.Outcome{stream.Refusal(out[0].Mid, fault.New(fault.Denied, "No."))})
	if got := b.toSend(t); len(got) != 0 {
		t.Errorf("to be sent are %v", got)
	}
	again := b.submit(t, in, with(a)) // as its author gives it again
	if err := b.Discard(b.ctx, own); err != nil {
		t.Fatal(err)
	}
	b.settled(t)
	if got := b.toSend(t); len(got) != 1 || b.Unsent() != 0 {
		t.Errorf("given again as %s, to be sent are %v", again, got)
	}
	if n := b.count(t, "outbox.db", "SELECT count(*) FROM attachment"); n != 1 {
		t.Errorf("%d are kept", n)
	}
}

// A server that was restored to its past may lack the files too.
func TestFilesAreOfferedAgainWithTheirWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	a := b.attach(t, "a.txt", "a")
	b.submit(t, in, with(a))
	b.settled(t)
	uploads, _ := b.Uploads(b.ctx)
	if err := b.Uploaded(b.ctx, uploads[0]); err != nil {
		t.Fatal(err)
	}
	if err := b.Renew(b.ctx, true); err != nil {
		t.Fatal(err)
	}
	b.settled(t)
	if got := b.toSend(t); len(got) != 1 {
		t.Errorf("to be sent are %v", got)
	}
}

func TestAnotherPersonIsKeptOutWhileFilesWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	a := b.attach(t, "a.txt", "a")
	b.submit(t, in, with(a))
	b.settled(t)
	wantAdvice(t, b.Enrolled(b.ctx, b.device(b.other())), fault.Denied)
	uploads, _ := b.Uploads(b.ctx)
	if err := b.Uploaded(b.ctx, uploads[0]); err != nil {
		t.Fatal(err)
	}
	if err := b.Enrolled(b.ctx, b.device(b.other())); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(t, "for somebody else", a, attachment.Away, false)
}

// wanted writes an entry of somebody else with a file of nine bytes, and asks for it.
func (b *bundle) wanted(t *testing.T) (id.Incident, id.Entry, incident.Attachment) {
	t.Helper()
	in := b.declared(t)
	words := with(incident.Attachment{Content: id.Content{1}, Name: "a.txt", Size: 9})
	b.server.do(t, id.Stream(in), b.other(), words)
	b.tail(t)
	a := words.Attachments[0]
	b.wantStatus(t, "at first", a, attachment.Away, false)
	for range 2 {
		if err := b.Want(b.ctx, in, a); err != nil {
			t.Fatal(err)
		}
	}
	b.wantStatus(t, "asked for", a, attachment.Arriving, false)
	return in, words.Entry, a
}

func TestWhatIsAskedForArrives(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.attach(t, "a.txt", "nine byte")
	path := b.Attachment(a.Content).Path
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Files().Drop(a.Content); err != nil {
		t.Fatal(err)
	}
	in := b.declared(t)
	if err := b.Want(b.ctx, in, a); err != nil {
		t.Fatal(err)
	}
	changed, stop := b.Watch()
	defer stop()
	for _, c := range []struct {
		arrival  replica.Arrival
		progress float64
	}{
		{replica.Arrival{}, 0},
		{replica.Arrival{Size: 9, Received: 3}, 3.0 / 18},
		{replica.Arrival{Size: 9, Received: 9, Data: raw[:6]}, 15.0 / 18},
	} {
		wants := b.Wants()
		if len(wants) != 1 || wants[0].Scope != id.Everyone() {
			t.Fatalf("wanted are %+v", wants)
		}
		if err := b.Arrived(wants[0], c.arrival); err != nil {
			t.Fatal(err)
		}
		if s := b.Attachment(a.Content); s.State != attachment.Arriving || s.Progress != c.progress {
			t.Errorf("after %+v: %+v, want %v", c.arrival, s, c.progress)
		}
	}
	b.restart(t)
	if err := b.Want(b.ctx, in, a); err != nil {
		t.Fatal(err)
	}
	last := b.Wants()[0]
	if last.Have != 6 {
		t.Errorf("after a restart %d bytes are here", last.Have)
	}
	if err := b.Arrived(last, replica.Arrival{Size: 9, Received: 9, Data: raw[6:]}); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(t, "at last", a, attachment.Here, false)
	if len(b.Wants()) > 0 {
		t.Error("it is still wanted")
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told")
	}
}

func TestWhatTheServerHasNotIsMissingUntilItIsAskedForAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, _, a := b.wanted(t)
	b.Gone(b.Wants()[0])
	b.wantStatus(t, "not found", a, attachment.Missing, false)
	if len(b.Wants()) > 0 {
		t.Error("it is asked for for ever")
	}
	if err := b.Want(b.ctx, in, a); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(t, "asked for at once", a, attachment.Missing, false)
	b.clock.at = b.clock.at.Add(2 * time.Minute)
	if err := b.Want(b.ctx, in, a); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(t, "asked for again", a, attachment.Arriving, false)
}

func TestForgedBytesAreWantedFromTheBeginning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, _, a := b.wanted(t)
	wantKind(t, b.Arrived(b.Wants()[0], replica.Arrival{Size: 9, Received: 9, Data: []byte("forgeries")}), fault.Corrupt)
	b.wantStatus(t, "forged", a, attachment.Arriving, false)
	if w := b.Wants()[0]; w.Have != 0 {
		t.Errorf("%d bytes of it are kept", w.Have)
	}
	wantKind(t, b.Arrived(b.Wants()[0], replica.Arrival{Size: 1 << 40}), fault.TooLarge)
}

func TestAnErasedEntrysFilesVanish(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	secret, shared := b.attach(t, "password.txt", "hunter2"), b.attach(t, "graph.txt", "graph")
	bad := with(secret, shared)
	b.submit(t, in, bad)
	b.settled(t)
	b.submit(t, in, with(shared)) // waits to be sent
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: bad.Entry})
	b.tail(t)
	b.wantStatus(t, "erased", secret, attachment.Away, false)
	b.wantStatus(t, "of another entry too", shared, attachment.Here, true)
	b.settled(t)
	if got := b.toSend(t); len(got) != 1 || got[0] != shared.Content {
		t.Errorf("to be sent are %v", got)
	}
	if entries, err := os.ReadDir(filepath.Join(b.dir, "attachments")); err != nil || len(entries) != 1 {
		t.Errorf("there are %v, %v", entries, err)
	}
}

// Its words were erased before they came back: nothing tells which files it had but what waits here.
func TestWhatWasErasedMeanwhileIsNotSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	secret := b.attach(t, "password.txt", "hunter2")
	bad := with(secret)
	b.submit(t, in, bad)
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: bad.Entry})
	b.server.blank(t, id.Stream(in), bad.Entry)
	b.tail(t)
	b.restart(t)
	if got := b.toSend(t); len(got) != 0 {
		t.Errorf("to be sent are %v", got)
	}
	b.wantStatus(t, "erased", secret, attachment.Away, false)
}

// What was erased while everything was fetched anew comes without its words: nothing tells any more which files it had,
// and the damaged copy has its words still.
func TestWhatWasErasedWhileTheCopyWasMadeAnewIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	bad := with(incident.Attachment{Content: sha256.Sum256([]byte("nine byte")), Name: "a.txt", Size: 9})
	b.server.do(t, id.Stream(in), b.other(), bad)
	b.tail(t)
	a := bad.Attachments[0]
	if err := b.Want(b.ctx, in, a); err != nil {
		t.Fatal(err)
	}
	if err := b.Arrived(b.Wants()[0], replica.Arrival{Size: 9, Received: 9, Data: []byte("nine byte")}); err != nil {
		t.Fatal(err)
	}
	own := b.attach(t, "own.txt", "own")
	b.submit(t, in, with(own))
	b.settled(t)
	uploads, err := b.Uploads(b.ctx)
	if err != nil || len(uploads) != 1 || b.Uploaded(b.ctx, uploads[0]) != nil {
		t.Fatalf("to be sent are %v, %v", uploads, err)
	}
	b.wantStatus(t, "fetched", a, attachment.Here, false)
	if err := b.Rebuild(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: bad.Entry})
	b.server.blank(t, id.Stream(in), bad.Entry)
	all := b.server.log[id.Everyone()]
	if err := b.Bootstrap(b.ctx, b.server.snapshot(id.Everyone(), id.Own(b.me.Person))); err != nil {
		t.Fatal(err)
	}
	if err := b.Filled(b.ctx, stream.Gap{Scope: id.Everyone(), High: uint64(len(all))}, all, 0); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(t, "erased meanwhile", a, attachment.Away, false)
	b.wantStatus(t, "sent, which a restored server may lack,", own, attachment.Here, false)
	b.scrub(t)
	if _, err := os.Stat(filepath.Join(b.dir, "replica.db.damaged")); !os.IsNotExist(err) {
		t.Errorf("the damaged copy is still there: %v", err)
	}
}

// The server's answer to a command may come after all that it caused, or never, when the client is killed meanwhile.
// Answered commands are kept for a server that was restored to its past, but not for what was erased since.
func TestErasedWordsLeaveTheOutboxThatSentThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	bad := words("hunter2 in words")
	b.submit(t, in, bad)
	b.submit(t, in, words("what was said around it"))
	who, answers := b.push(t)
	b.settle(t, who, answers)
	b.tail(t)
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: bad.Entry})
	b.server.blank(t, id.Stream(in), bad.Entry)
	b.tail(t)
	b.scrub(t)
	for word, want := range map[string]bool{"hunter2": false, "around it": true} {
		found := false
		for _, name := range []string{"outbox.db", "outbox.db-wal"} {
			raw, err := os.ReadFile(filepath.Join(b.dir, name))
			if err != nil {
				t.Fatal(err)
			}
			found = found || bytes.Contains(raw, []byte(word))
		}
		if found != want {
			t.Errorf("%q is in the outbox: %v, want %v", word, found, want)
		}
	}
}

func TestErasedWordsLeaveTheOutboxWhenTheAnswerComesLate(t *testing.T) {
	t.Parallel()
	for _, killed := range []bool{false, true} {
		b := setup(t)
		in := b.declared(t)
		bad := words("hunter2 in words")
		b.submit(t, in, bad)
		b.submit(t, in, words("what was said around it"))
		who, answers := b.push(t)
		b.tail(t)
		b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: bad.Entry})
		b.server.blank(t, id.Stream(in), bad.Entry)
		b.tail(t)
		if killed {
			b.crash(t)
			who, answers = b.push(t)
		}
		b.settle(t, who, answers)
		if n := b.Unsent(); n != 0 {
			t.Errorf("%d commands are not sent", n)
		}
		b.close(t)
		for word, want := range map[string]int{"hunter2": 0, "around it": 1} {
			if n := b.count(t, "outbox.db", "SELECT count(*) FROM command WHERE instr(body, '"+word+"') > 0"); n != want {
				t.Errorf("killed %v: %q is in %d commands, want %d", killed, word, n, want)
			}
		}
	}
}

func TestWhatIsFetchedAndErasedIsGoneAndNotFetchedOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, entry, a := b.wanted(t)
	if err := b.Arrived(b.Wants()[0], replica.Arrival{Size: 9, Received: 9, Data: []byte("five!")}); err != nil {
		t.Fatal(err)
	}
	b.server.do(t, id.Stream(in), b.other(), incident.Erase{Entry: entry})
	b.tail(t)
	if len(b.Wants()) > 0 {
		t.Error("it is still wanted")
	}
	if entries, err := os.ReadDir(filepath.Join(b.dir, "attachments")); err != nil || len(entries) != 0 {
		t.Errorf("of %s there are %v, %v", a.Name, entries, err)
	}
}

func TestAFileThatWasTakenBackIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	a := b.attach(t, "a.txt", "a")
	if err := b.Detach(a.Content); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Join(b.dir, "attachments")); err != nil || len(entries) != 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
	a = b.attach(t, "a.txt", "a") // and is attached after all
	b.submit(t, in, with(a))
	if err := b.Detach(a.Content); err != nil { // which takes nothing back
		t.Fatal(err)
	}
	b.settled(t)
	if got := b.toSend(t); len(got) != 1 {
		t.Errorf("to be sent are %v", got)
	}
}
