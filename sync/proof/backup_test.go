package proof_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/backup"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// save writes a backup of the office's server, which runs, and returns its path.
func (b *bundle) save(t *testing.T) string {
	t.Helper()
	api := rpc.DialControl(b.office.Dir)
	defer api.Close()
	in, err := api.Backup(b.ctx, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	path := filepath.Join(b.home, "saved")
	h := backup.Header{Made: in.Made, Mark: in.Mark, Size: in.Size}
	if err := (backup.Target{Path: path}).Write(h, in); err != nil {
		t.Fatal(err)
	}
	return path
}

// restore puts a backup in the place of the server's folder, which is lost.
func (b *bundle) restore(t *testing.T, path string) ledger.Mark {
	t.Helper()
	if err := os.RemoveAll(b.office.Dir); err != nil {
		t.Fatal(err)
	}
	r, err := backup.OpenFile(path, backup.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	mark, err := backup.Restore{Path: server.DatabasePath(b.office.Dir), Open: server.OpenDatabase}.Run(b.ctx, r, r)
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

// client returns the number that a desk's outbox has at the server.
func client(t *testing.T, d *proof.Desk) id.Client {
	t.Helper()
	who, _, err := d.Replica().Outgoing(context.WithoutCancel(t.Context()), 1)
	if err != nil {
		t.Fatal(err)
	}
	return who.Client
}

// past is what a desk goes through around a backup.
type past struct {
	desk   *proof.Desk
	name   string
	before id.Client
	absent bool // it is closed while the server is restored
}

// twelve returns as many desks; every third is to be absent.
func (b *bundle) twelve(t *testing.T, in id.Incident) []*past {
	t.Helper()
	all := []*past{{desk: b.ann, name: "Ann"}, {desk: b.bob, name: "Bob"}}
	for i := len(all); i < 12; i++ {
		name := fmt.Sprint("Person ", i)
		all = append(all, &past{desk: b.seat(t, name), name: name, absent: i%3 == 2})
	}
	for _, p := range all {
		b.settled(t, p.desk, in, 1)
		p.before = client(t, p.desk)
	}
	return all
}

// say writes an entry from every desk, each with words of its own, and returns the words.
func (b *bundle) say(t *testing.T, all []*past, in id.Incident, when string) (words []string) {
	t.Helper()
	for _, p := range all {
		text := fmt.Sprintf("%s says this %s", p.name, when)
		words = append(words, text)
		b.change(t, p.desk, in, incident.Write{Entry: id.New[id.Entry](), Text: text})
	}
	return words
}

// agreed waits until nothing is on its way and all desks show a room alike with so many events, and returns it.
func (b *bundle) agreed(t *testing.T, all []*past, in id.Incident, seq uint64) []string {
	t.Helper()
	var first []string
	for _, p := range all {
		b.settled(t, p.desk, in, seq)
		shown := b.texts(t, p.desk, in)
		if first == nil {
			first = shown
		}
		if d := cmp.Diff(first, shown); d != "" {
			t.Fatalf("%s sees another room:\n%s", p.name, d)
		}
	}
	return first
}

// The server's disk is lost and its last backup put back, an hour old, with twelve clients of different pasts: some write on
// while there is no server, some are closed meanwhile. What any of them did since the backup, and saw as stored, is
// back exactly once, under its former id; what was erased since is erased again, and no INC number is given twice.
func TestTwelveClientsGiveBackWhatARestoredServerLacks(t *testing.T) {
	t.Parallel()
	b := setupFor(t, 4*time.Minute)
	in := b.shared(t)
	all := b.twelve(t, in)
	words := b.say(t, all, in, "before")
	secret := id.New[id.Entry]()
	b.change(t, b.ann, in, incident.Write{Entry: secret, Text: "hunter2-canary"})
	seq := uint64(1 + 12 + 11 + 1) // declared, written, joined
	b.agreed(t, all, in, seq)
	path := b.save(t)

	b.hours.pass(time.Hour)
	words = append(words, b.say(t, all, in, "after")...)
	b.change(t, b.ann, in, incident.ChangeSeverity{To: 1})
	b.change(t, b.ann, in, incident.Erase{Entry: secret, Reason: "a password"})
	file := b.attach(t, b.bob, "graph.txt", []byte(strings.Repeat("a graph ", 50_000)))
	b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "see the graph", Attachments: []incident.Attachment{file}})
	newer, err := b.ann.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "Declared since"})
	if err != nil {
		t.Fatal(err)
	}
	seq += 12 + 3
	b.agreed(t, all, in, seq)
	b.settled(t, b.ann, newer, 1, b.bob)
	lost, err := b.ann.Replica().Incident(b.ctx, newer)
	if err != nil {
		t.Fatal(err)
	}
	census := b.census(t)

	for _, p := range all {
		if p.absent {
			if err := p.desk.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	address := b.stop(t)
	for _, p := range all {
		if !p.absent {
			words = append(words, b.say(t, []*past{p}, in, "without a server")...)
			seq, census.Events, census.Shared = seq+1, census.Events+1, census.Shared+1
		}
	}
	mark := b.restore(t, path)
	b.warned = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	b.open(t, address)
	if now := b.census(t); now.Events >= census.Events {
		t.Fatalf("the restored server lacks nothing: %+v", now)
	}
	for _, p := range all {
		if p.absent {
			p.desk = b.reopen(t, filepath.Join(b.home, p.name))
		}
	}
	shown := b.agreed(t, all, in, seq)
	for _, text := range words {
		if n := strings.Count(strings.Join(shown, "\n"), text+" "); n != 1 {
			t.Errorf("%q is there %d times", text, n)
		}
	}
	if now := b.census(t); now != census {
		t.Errorf("the server holds %+v, want %+v", now, census)
	}
	b.fetched(t, b.ann, in, file) // Bob sent it again
	b.proveRestored(t, all, newer, lost.Number, mark)
}

// awaitGone waits until a word is in no file of the server, which empties its journal by itself and tells nobody.
func (b *bundle) awaitGone(t *testing.T, word string) {
	t.Helper()
	for {
		in := found(t, b.office.Dir, word)
		if len(in) == 0 {
			return
		}
		select {
		case <-b.ctx.Done():
			t.Errorf("what was erased after the backup is in %v", in)
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// proveRestored looks at what a restore must change, and must not.
func (b *bundle) proveRestored(t *testing.T, all []*past, newer id.Incident, former uint32, mark ledger.Mark) {
	t.Helper()
	b.settled(t, b.ann, newer, 1, b.bob)
	again, err := b.bob.Replica().Incident(b.ctx, newer)
	if err != nil || again.Number == former || again.Number != mark.Number+1 || mark.Number < ledger.Skipped {
		t.Errorf("it was INC-%d, and is INC-%d after a restore that ended with %d, %v", former, again.Number, mark.Number, err)
	}
	for _, p := range all {
		if client(t, p.desk) == p.before {
			t.Errorf("%s goes on under the number that the former epoch knows", p.name)
		}
	}
	b.awaitGone(t, "hunter2-canary")
}
