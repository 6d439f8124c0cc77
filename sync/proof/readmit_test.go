package proof_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// person returns whose a desk is.
func person(d *proof.Desk) id.Person {
	device, _ := d.Replica().Device()
	return device.Actor.Person
}

// admin seats Ada, who may invite people.
func (b *bundle) admin(t *testing.T) *proof.Desk {
	t.Helper()
	code, err := proof.InviteFrom(b.ctx, b.office.Dir, "Ada", true)
	if err != nil {
		t.Fatal(err)
	}
	d := b.reopen(t, filepath.Join(b.home, "Ada"))
	b.enrol(t, d, code)
	return d
}

// enrol lets a desk in with a code.
func (b *bundle) enrol(t *testing.T, d *proof.Desk, code present.Invitation) {
	t.Helper()
	if err := b.tryEnrol(d, code); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) tryEnrol(d *proof.Desk, code present.Invitation) error {
	return d.Enrol(b.ctx, present.Enrolment{Address: code.Address, Code: code.Code, Device: "a desk"})
}

// invite makes a code from an admin's desk.
func (b *bundle) invite(t *testing.T, admin *proof.Desk, g present.Guest) present.Invitation {
	t.Helper()
	code, err := admin.Invite(b.ctx, g)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// refused fails unless a desk is not let in with a code, for a reason that a person can read, and keeps what it has.
func (b *bundle) refused(t *testing.T, d *proof.Desk, code present.Invitation) {
	t.Helper()
	before, _ := d.Replica().Device()
	unsent := d.Replica().Unsent()
	err := b.tryEnrol(d, code)
	if f := fault.Find(err); f == nil || f.Kind != fault.Denied || f.Safe == "" || f.Do == "" {
		t.Errorf("%s with a code for %s: %v", before.Name, code.Name, err)
	}
	after, _ := d.Replica().Device()
	if after.Actor != before.Actor || d.Replica().Unsent() != unsent {
		t.Errorf("%s was %v with %d unsent, and is %v with %d", before.Name, before.Actor, unsent, after.Actor, d.Replica().Unsent())
	}
}

// trail returns what the log says of a person.
func (b *bundle) trail(t *testing.T, p id.Person) (events []any) {
	t.Helper()
	db, err := sqlite.View(b.ctx, server.DatabasePath(b.office.Dir))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	stored, err := timeline.Since(b.ctx, db.Read, id.Stream(p), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stored {
		e, err := wire.DecodeEvent(s.Kind, s.Payload)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

// lost loses the server, with Priya and a second device of Bob's enrolled after the backup that is put back.
type lost struct {
	*bundle
	in          id.Incident
	ada, priya  *proof.Desk
	further     *proof.Desk // Bob's
	newer       id.Incident // Priya's
	words       []string    // hers, and those of the further device
	before, now uint64      // events of the incident: before the backup, and after all is given back
}

func (b *bundle) lose(t *testing.T) *lost {
	t.Helper()
	l := &lost{bundle: b, in: b.shared(t), ada: b.admin(t)}
	b.settled(t, l.ada, l.in, 1)
	path := b.save(t)
	l.before, l.now = 1, 1
	l.priya = b.seat(t, "Priya")
	code := b.invite(t, l.ada, present.Guest{Name: "Bob", Person: person(b.bob)})
	l.further = b.reopen(t, filepath.Join(b.home, "further"))
	b.enrol(t, l.further, code)
	b.settled(t, l.priya, l.in, 1, l.further)
	l.say(t, l.priya, "Priya says this, and it is stored")
	l.say(t, l.further, "Bob says this on his second device, and it is stored")
	l.now += 2 // each joins
	newer, err := l.priya.Declare(b.ctx, present.Declaration{Kind: quiet, Title: "Priya declares"})
	if err != nil {
		t.Fatal(err)
	}
	l.newer = newer
	describe := workspace.DescribePerson{Person: person(l.priya), Name: "Priya", Department: "Payroll", Zone: "Asia/Kolkata"}
	if _, err := l.priya.Replica().Submit(b.ctx, id.Stream(person(l.priya)), describe); err != nil {
		t.Fatal(err)
	}
	b.settled(t, b.ann, l.in, l.now, b.bob, l.ada, l.priya, l.further)
	b.change(t, b.ann, l.in, incident.AssignRole{Role: workspace.Owner, Person: person(l.priya)}) // whom it will be told of first
	b.change(t, b.ann, l.in, incident.AddTask{Task: id.New[id.Task](), Text: "Ask the bank", Person: person(l.priya)})
	l.before, l.now = l.before+2, l.now+2
	b.settled(t, b.ann, l.in, l.now, b.bob, l.ada, l.priya, l.further)
	b.settled(t, b.ann, l.newer, 1, l.priya)
	address := b.stop(t)
	l.say(t, l.priya, "Priya says this without a server")
	b.restore(t, path)
	if err := l.further.Close(); err != nil { // or it has a token that is good for some minutes
		t.Fatal(err)
	}
	b.open(t, address)
	l.further = b.reopen(t, filepath.Join(b.home, "further"))
	b.reach(t, l.priya, present.ShutOut)
	b.reach(t, l.further, present.ShutOut)
	b.settled(t, b.ann, l.in, l.before, b.bob, l.ada)
	l.now-- // Priya does not join any more: she is the owner, by Ann's word, when her first words come
	return l
}

// say writes an entry that must not be lost.
func (l *lost) say(t *testing.T, d *proof.Desk, text string) {
	t.Helper()
	l.words = append(l.words, text)
	l.now++
	l.change(t, d, l.in, incident.Write{Entry: id.New[id.Entry](), Text: text})
}

// whole waits until desks show all that anybody wrote, each once, and nothing else. A desk that has not heard of the restored
// log yet shows as much, and then less again for a while: so it is asked for all of it at one moment, in the life of
// the log that Ada is in, who has waited for it.
func (l *lost) whole(t *testing.T, all ...*proof.Desk) {
	t.Helper()
	for _, d := range all {
		var missing []string
		err := d.Await(l.ctx, func() (bool, error) {
			if must(d.Replica().Epoch(l.ctx)) != must(l.ada.Replica().Epoch(l.ctx)) {
				return false, nil
			}
			shown := strings.Join(l.texts(t, d, l.in), "\n")
			missing = slices.DeleteFunc(slices.Clone(l.words), func(text string) bool { return strings.Count(shown, text+" ") == 1 })
			return len(missing) == 0, nil
		})
		if err != nil {
			t.Fatalf("%s does not see once: %q, %v", person(d).Short(), missing, err)
		}
		l.settled(t, d, l.in, l.now)
	}
}

// Somebody who was enrolled after the backup is not known any more once it is put back. With a new code they go on as
// who they were, on the device that they had, and all that they did is there again exactly once.
func TestWhoWasEnrolledAfterTheBackupComesBackAsThemselves(t *testing.T) {
	t.Parallel()
	l := setupFor(t, time.Minute).lose(t)
	her, _ := l.priya.Replica().Device()
	l.say(t, l.priya, "Priya says this while she is shut out")

	code := l.invite(t, l.ada, present.Guest{Name: "priya ", Department: "Finance"})
	invited := l.named(t, l.ada, "priya")
	l.enrol(t, l.priya, code)
	l.enrol(t, l.further, l.invite(t, l.ada, present.Guest{Name: "Bob", Person: person(l.bob)}))
	l.whole(t, l.priya, l.further, l.ann, l.bob, l.ada)
	l.settled(t, l.ann, l.newer, 1, l.priya)
	if person(l.priya) != her.Actor.Person || person(l.further) != person(l.bob) {
		t.Errorf("Priya was %s and is %s; Bob is %s and %s", her.Actor.Person, person(l.priya), person(l.bob), person(l.further))
	}
	if n := len(l.priya.Replica().Pending()); n > 0 {
		t.Errorf("%d of Priya's changes were refused: %+v", n, l.priya.Replica().Pending())
	}
	if n := len(l.ann.Replica().Pending()); n > 0 {
		t.Errorf("%d of Ann's changes were refused: %+v", n, l.ann.Replica().Pending())
	}
	if owner, held := must(l.ann.Replica().Incident(l.ctx, l.in)).Holder(workspace.Owner); !held || owner.Person != her.Actor.Person {
		t.Errorf("the owner is %+v", owner)
	}
	line := must(l.ann.Replica().Timeline(l.ctx, l.in, 100))
	for _, e := range line.Lines {
		if w, ok := e.Event.(incident.Written); ok && strings.HasPrefix(w.Text, "Priya") && e.Actor.Person != her.Actor.Person {
			t.Errorf("%q is by %s", w.Text, e.Actor.Person)
		}
	}
	l.shownOnce(t, her.Actor, invited)
	l.proven(t)
}

// named returns the one person of a name that a desk knows.
func (b *bundle) named(t *testing.T, d *proof.Desk, name string) id.Person {
	t.Helper()
	var found id.Person
	err := d.Await(b.ctx, func() (bool, error) {
		n := 0
		for _, p := range d.Replica().Setup().People {
			if p.Name == name {
				found, n = p.ID, n+1
			}
		}
		return n == 1, nil
	})
	if err != nil {
		t.Fatalf("waiting for %s: %v", name, err)
	}
	return found
}

// shownOnce looks whether Priya is one person for everybody, also for a client that starts, and at what the log says of how
// that came.
func (l *lost) shownOnce(t *testing.T, her id.Actor, invited id.Person) {
	t.Helper()
	l.named(t, l.ann, "Priya")
	if err := l.ann.Close(); err != nil {
		t.Fatal(err)
	}
	l.ann = l.reopen(t, filepath.Join(l.home, "Ann"))
	for _, d := range []*proof.Desk{l.ann, l.priya} {
		if p := l.named(t, d, "Priya"); p != her.Person {
			t.Errorf("Priya is %s for %s", p, person(d).Short())
		}
		if _, there := d.Replica().Setup().People[invited]; there {
			t.Errorf("whom Ada invited is still a person for %s", person(d).Short())
		}
	}
	if p := l.ann.Replica().Setup().People[her.Person]; p.Zone != "Asia/Kolkata" || p.Department != "Payroll" || len(p.Devices) != 1 {
		t.Errorf("Priya is %+v", p)
	}
	now, _ := l.priya.Replica().Device()
	want := []any{
		workspace.PersonAdded{Person: her.Person, Name: "priya", Department: "Finance"},
		workspace.PersonReadmitted{Device: her.Device, Invited: invited, By: person(l.ada)},
		workspace.DeviceEnrolled{Device: now.Actor.Device, Name: "a desk", Platform: "linux", By: person(l.ada)},
		workspace.PersonDescribed{Name: "Priya", Department: "Payroll", Zone: "Asia/Kolkata"},
	}
	if d := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", l.trail(t, her.Person))); d != "" {
		t.Errorf("the log says of Priya:\n%s", d)
	}
	want = []any{
		workspace.PersonAdded{Person: invited, Name: "priya", Department: "Finance"},
		workspace.PersonRecognized{As: her.Person},
	}
	if d := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", l.trail(t, invited))); d != "" {
		t.Errorf("the log says of whom Ada invited:\n%s", d)
	}
}

// A code that was made for somebody else lets nobody in on the device of one whom the server has forgotten: what is on
// it would be given up. The code stays good for whom it was made for.
func TestACodeForSomebodyElseGivesNothingUp(t *testing.T) {
	t.Parallel()
	l := setupFor(t, time.Minute).lose(t)
	carla := l.invite(t, l.ada, present.Guest{Name: "Carla"})
	l.refused(t, l.priya, carla)
	l.refused(t, l.further, carla)
	l.refused(t, l.priya, l.invite(t, l.ada, present.Guest{Name: "Bob", Person: person(l.bob)}))
	l.refused(t, l.further, l.invite(t, l.ada, present.Guest{Name: "Bob"})) // who is known: not once more
	fresh := l.reopen(t, filepath.Join(l.home, "Carla"))
	l.enrol(t, fresh, carla)

	l.enrol(t, l.priya, l.invite(t, l.ada, present.Guest{Name: "Priya"}))
	l.enrol(t, l.further, l.invite(t, l.ada, present.Guest{Name: "Bob", Person: person(l.bob)}))
	l.whole(t, l.priya, l.further, fresh)
}

// Two people of one name, whom the server has forgotten, come back at once with codes that nobody can tell apart: each
// is who they were. Of two devices of one person one is first; the other is told how it gets in.
func TestTwoComeBackAtOnce(t *testing.T) {
	t.Parallel()
	b := setupFor(t, 2*time.Minute)
	in, ada := b.shared(t), b.admin(t)
	b.settled(t, ada, in, 1)
	path := b.save(t)
	l := &lost{bundle: b, in: in, ada: ada, now: 1}
	desks := map[string]*proof.Desk{}
	for _, name := range []string{"Kim", "another Kim", "one of two"} {
		d := b.reopen(t, filepath.Join(b.home, name))
		guest := present.Guest{Name: "Kim"}
		if name == "one of two" {
			guest.Person = person(desks["Kim"])
		}
		b.enrol(t, d, b.invite(t, ada, guest))
		desks[name] = d
		b.settled(t, d, in, l.now)
		l.say(t, d, "this is of "+name)
		if guest.Person.IsZero() {
			l.now++ // joins
		}
		b.settled(t, d, in, l.now)
	}
	was := map[string]id.Person{}
	for name, d := range desks {
		was[name] = person(d)
	}
	address := b.stop(t)
	b.restore(t, path)
	b.open(t, address)
	b.settled(t, ada, in, 1)
	for _, d := range desks {
		b.reach(t, d, present.ShutOut)
	}
	codes := map[string]present.Invitation{}
	for name := range desks {
		codes[name] = b.invite(t, ada, present.Guest{Name: "Kim"})
	}
	ended := map[string]chan error{}
	for name, d := range desks {
		end, code := make(chan error, 1), codes[name]
		ended[name] = end
		go func() { end <- b.tryEnrol(d, code) }()
	}
	late := ""
	for name := range desks {
		err := <-ended[name]
		switch {
		case err == nil:
		case late == "" && name != "another Kim" && fault.Is(err, fault.Denied):
			late = name
		default:
			t.Errorf("%s: %v", name, err)
		}
	}
	if late == "" {
		t.Fatal("both devices of one person came with a code for somebody new, and both were let in")
	}
	b.enrol(t, desks[late], b.invite(t, ada, present.Guest{Name: "Kim", Person: was["Kim"]}))
	for name, d := range desks {
		l.whole(t, d)
		if person(d) != was[name] {
			t.Errorf("%s was %s and is %s", name, was[name], person(d))
		}
	}
	l.whole(t, b.ann, ada)
	b.proven(t)
}

// What a client keeps is given back also when its copy of the log was damaged while the server was lost: which life of
// the log it knew stands beside what it keeps.
func TestAReplicaThatIsDamagedMeanwhileGivesBackNevertheless(t *testing.T) {
	t.Parallel()
	b := setupFor(t, 2*time.Minute)
	in := b.shared(t)
	path := b.save(t)
	b.change(t, b.bob, in, incident.Write{Entry: id.New[id.Entry](), Text: "after the backup"})
	b.settled(t, b.bob, in, 3, b.ann) // he joins
	if err := b.bob.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.ann.Close(); err != nil { // hers would give back nothing, and must not hide it
		t.Fatal(err)
	}
	address := b.stop(t)
	b.restore(t, path)
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(filepath.Join(b.home, "Bob", "replica.db"+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(b.home, "Bob", "replica.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open(t, address)
	b.bob = b.reopen(t, filepath.Join(b.home, "Bob"))
	b.settled(t, b.bob, in, 3)
	if !b.bob.Replica().Rebuilt() {
		t.Error("the copy was not damaged")
	}
}
