package proof_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// authorsFirst is how long desks of these tests wait before they give back for others.
const authorsFirst = 2 * time.Second

// start opens a folder below home with a desk that does not wait for long.
func (b *bundle) start(t *testing.T, name string) *proof.Desk {
	t.Helper()
	ctx := context.WithoutCancel(b.ctx)
	s, err := session.Open(ctx, session.Options{
		Dir: filepath.Join(b.home, name), Clock: &b.hours, Logger: proof.Quiet(), Zone: time.UTC, Words: words.English(),
		AuthorsFirst: authorsFirst,
	})
	if err != nil {
		t.Fatal(err)
	}
	d := proof.StartDesk(ctx, s)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// sit enrols a person with such a desk.
func (b *bundle) sit(t *testing.T, name string) *past {
	t.Helper()
	code, err := proof.InviteFrom(b.ctx, b.office.Dir, name, false)
	if err != nil {
		t.Fatal(err)
	}
	d := b.start(t, name)
	b.enrol(t, d, code)
	return &past{desk: d, name: name}
}

func (b *bundle) leave(t *testing.T, all ...*past) {
	t.Helper()
	for _, p := range all {
		if err := p.desk.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// told returns how often each person is shown to have written each text in a room.
func (b *bundle) told(t *testing.T, d *proof.Desk, in id.Incident) map[string]int {
	t.Helper()
	room, err := d.Room(b.ctx, in, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, e := range room.Entries {
		if e.Kind == present.Block && !e.Pending && !e.Erased {
			out[e.Person.Name+": "+e.Text]++
		}
	}
	return out
}

// holds waits until a desk shows everything that is wanted in a room, and has nothing left to give back.
func (b *bundle) holds(t *testing.T, p *past, in id.Incident, wanted []string) {
	t.Helper()
	var missing []string
	err := p.desk.Await(b.ctx, func() (bool, error) {
		told := b.told(t, p.desk, in)
		missing = slices.DeleteFunc(slices.Clone(wanted), func(w string) bool { return told[w] > 0 })
		kept, err := p.desk.Replica().Kept(b.ctx)
		return len(missing) == 0 && len(kept) == 0 && p.desk.Replica().Unsent() == 0, err
	})
	if err != nil {
		t.Fatalf("%s waits for %q: %v", p.name, missing, err)
	}
}

// says has people write in a room, and returns what is then to be read there.
func (b *bundle) says(t *testing.T, in id.Incident, when string, who ...*past) (read []string) {
	t.Helper()
	for _, p := range who {
		text := p.name + " says this " + when
		b.change(t, p.desk, in, incident.Write{Entry: id.New[id.Entry](), Text: text})
		read = append(read, p.name+": "+text)
	}
	return read
}

// crowd is twelve people in a room; some of them are lost with the server.
type crowd struct {
	stay, lost []*past
	left       *past // was away since before the backup
	half       *past // went away in the middle
	room       id.Incident
	newer      id.Incident // declared after the backup by somebody who is lost
	file       incident.Attachment
	words      []string // what is to be read in room
	newerWords []string
}

func (b *bundle) crowd(t *testing.T) *crowd {
	t.Helper()
	var all []*past
	for i := range 12 {
		all = append(all, b.sit(t, fmt.Sprint("Person ", i)))
	}
	in, err := all[11].desk.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "Payroll late"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		b.settled(t, p.desk, in, 1)
	}
	return &crowd{stay: all[:6], left: all[6], half: all[7], lost: all[8:], room: in}
}

func (c *crowd) here() []*past { return slices.Concat(c.stay, c.lost) }

// sinceBackup is what happens in the hour that the backup lacks.
func (b *bundle) sinceBackup(t *testing.T, c *crowd) {
	t.Helper()
	newcomer := b.sit(t, "Newcomer")
	for _, p := range append(c.here(), c.half, newcomer) {
		b.holds(t, p, c.room, c.words)
	}
	c.lost = append(c.lost, newcomer)
	c.words = append(c.words, b.says(t, c.room, "after", append(c.here(), c.half)...)...)
	for _, p := range append(c.here(), c.half) {
		b.holds(t, p, c.room, c.words)
	}
	b.leave(t, c.half)
	gone := c.lost[0]
	secret := id.New[id.Entry]()
	b.change(t, gone.desk, c.room, incident.Write{Entry: secret, Text: "hunter2-canary"})
	c.file = b.attach(t, gone.desk, "graph.txt", []byte(strings.Repeat("a graph ", 50_000)))
	b.change(t, gone.desk, c.room, incident.Write{Entry: id.New[id.Entry](), Text: "see the graph", Attachments: []incident.Attachment{c.file}})
	c.words = append(c.words, gone.name+": see the graph")
	b.change(t, gone.desk, c.room, incident.Erase{Entry: secret, Reason: "a password"})
	b.change(t, gone.desk, c.room, incident.ChangeSeverity{To: 1, Reason: "all of us"})
	var err error
	if c.newer, err = gone.desk.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "Declared since"}); err != nil {
		t.Fatal(err)
	}
	b.settled(t, gone.desk, c.newer, 1, c.stay[0].desk)
	c.newerWords = b.says(t, c.newer, "in the newer room", gone, c.stay[0])
	c.words = append(c.words, b.says(t, c.room, "at last", c.here()...)...)
	for _, p := range c.here() {
		b.holds(t, p, c.room, c.words)
		b.holds(t, p, c.newer, c.newerWords)
	}
	if err := c.stay[1].desk.Replica().Want(b.ctx, c.room, c.file); err != nil {
		t.Fatal(err)
	}
	b.awaitFile(t, c.stay[1].desk, c.file.Content, here)
}

// The server's disk is lost, and with it the devices of five of thirteen people; a backup an hour old is put back. Whatever any of
// the devices that are left had seen is back, once, as its author's; what was erased is not.
func TestWhatAnyDeviceHasSeenComesBackThoughItsAuthorDoesNot(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	b := &bundle{ctx: ctx, home: t.TempDir(), warned: proof.Quiet()}
	b.open(t, "127.0.0.1:0")
	t.Cleanup(func() { _ = b.office.Close() })
	c := b.crowd(t)
	c.words = b.says(t, c.room, "before", append(c.here(), c.half, c.left)...)
	for _, p := range append(c.here(), c.half, c.left) {
		b.holds(t, p, c.room, c.words)
	}
	b.leave(t, c.left)
	path := b.save(t)
	b.hours.pass(time.Hour)
	b.sinceBackup(t, c)

	b.leave(t, c.lost...)
	address := b.stop(t)
	b.restore(t, path)
	b.open(t, address)
	c.half.desk, c.left.desk = b.start(t, c.half.name), b.start(t, c.left.name)
	all := append(c.stay, c.half, c.left)
	for _, p := range all {
		b.holds(t, p, c.room, c.words)
		b.holds(t, p, c.newer, c.newerWords)
	}
	for _, p := range all {
		b.once(t, p, c)
	}
	b.reseen(t, c)
	for _, p := range c.stay {
		if refused := p.desk.Replica().Pending(); len(refused) > 0 {
			t.Errorf("%s is asked about %+v", p.name, refused)
		}
	}
	b.proven(t)
	b.nowhere(t, "hunter2-canary", c)
}

// nowhere waits until words are in no file of the server and of those who are left.
func (b *bundle) nowhere(t *testing.T, erased string, c *crowd) {
	t.Helper()
	dirs := []string{b.office.Dir}
	for _, p := range append(c.stay, c.half, c.left) {
		dirs = append(dirs, filepath.Join(b.home, p.name))
	}
	for _, dir := range dirs {
		err := c.left.desk.Await(b.ctx, func() (bool, error) { return len(found(t, dir, erased)) == 0, nil })
		if err != nil {
			t.Errorf("what was erased is in %v", found(t, dir, erased))
		}
	}
}

// once fails for everything in the rooms that is there more or less than once, or as somebody else's.
func (b *bundle) once(t *testing.T, p *past, c *crowd) {
	t.Helper()
	for in, wanted := range map[id.Incident][]string{c.room: c.words, c.newer: c.newerWords} {
		told := b.told(t, p.desk, in)
		for _, w := range wanted {
			if told[w] != 1 {
				t.Errorf("%s reads %d times %q", p.name, told[w], w)
			}
		}
		if len(told) != len(wanted) {
			t.Errorf("%s reads %d different things, want %d", p.name, len(told), len(wanted))
		}
	}
	room, err := p.desk.Replica().Incident(b.ctx, c.room)
	if err != nil || room.Severity != 1 {
		t.Errorf("%s sees severity %d, %v", p.name, room.Severity, err)
	}
	newer, err := p.desk.Replica().Incident(b.ctx, c.newer)
	if err != nil || newer.Title != "Declared since" || newer.Number == 0 {
		t.Errorf("%s sees the newer incident as %+v, %v", p.name, newer, err)
	}
}

// reseen looks at the file that somebody had, and at the line that says who gave back what.
func (b *bundle) reseen(t *testing.T, c *crowd) {
	t.Helper()
	fetches := c.stay[2]
	b.awaitFile(t, c.stay[1].desk, c.file.Content, here) // who had fetched it has sent it
	if err := fetches.desk.Replica().Want(b.ctx, c.room, c.file); err != nil {
		t.Fatal(err)
	}
	b.awaitFile(t, fetches.desk, c.file.Content, here)
	shown := strings.Join(b.texts(t, fetches.desk, c.room), "\n")
	if !strings.Contains(shown, "gave back to the restored server what it lacked of") || !strings.Contains(shown, "Newcomer") {
		t.Errorf("nothing says who gave back what:\n%s", shown)
	}
}
