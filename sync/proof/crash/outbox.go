package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// outbox plays a client: it gives commands, is answered, forgets, takes new numbers and is started again.
type outbox struct {
	*rand.Rand
	dir       string
	disk      *disk.Disk
	client    *replica.Replica
	me        replica.Device
	incidents []id.Incident
	moments   []moment
	heavy     bool
	faults    *faults

	submitted int
	refused   map[string]bool // commands that the disk refused: nobody was told that they are stored, and they may be
}

// moment is what the outbox held when something had been reported as done.
type moment struct {
	at   int // changes that the disk had seen
	what string
	// blurred says that the disk refused a new name at first: the one that was tried may be there.
	blurred bool
	contents
}

func newOutbox(r *rand.Rand, heavy bool, f *faults) *outbox {
	return &outbox{
		Rand: r, heavy: heavy, faults: f, refused: map[string]bool{},
		me: replica.Device{
			Server: "http://there", Name: "Ann", Seed: make([]byte, 32), Refresh: "first",
			Actor: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()},
		},
	}
}

func (o *outbox) stored() int { return o.submitted }

func (o *outbox) play(ctx context.Context, dir string, d *disk.Disk, steps int) error {
	o.dir, o.disk = dir, d
	o.moments = []moment{{what: "nothing"}}
	if err := o.do(ctx, "started", o.restart); err != nil {
		return err
	}
	if err := o.do(ctx, "enrolled", func(ctx context.Context) error { return o.client.Enrolled(ctx, o.me) }); err != nil {
		return err
	}
	for range steps {
		what, step, err := o.choose(ctx)
		if err != nil {
			return err
		}
		o.faults.maybe(d)
		if err := o.do(ctx, what, step); err != nil {
			return err
		}
	}
	o.faults.end(d)
	if err := o.client.Close(); err != nil {
		return fmt.Errorf("close the client: %w", err)
	}
	return nil
}

// do does a thing until the disk lets it, and notes what the outbox holds then.
func (o *outbox) do(ctx context.Context, what string, step func(context.Context) error) error {
	tries, err := o.faults.insist(ctx, o.disk, step)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	c, err := read(ctx, filepath.Join(o.dir, "outbox.db"))
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	o.moments = append(o.moments, moment{at: o.disk.Len(), what: what, blurred: what == "renewed" && tries > 1, contents: c})
	return nil
}

func (o *outbox) choose(ctx context.Context) (string, func(context.Context) error, error) {
	switch pick := o.IntN(100); {
	case pick < 65 || len(o.incidents) == 0:
		return "submitted", o.submit, nil
	case pick < 83:
		step, err := o.settle(ctx)
		return "settled", step, err
	case pick < 88:
		return "discarded", o.discard, nil
	case pick < 91:
		all := o.IntN(2) == 0
		return "renewed", func(ctx context.Context) error { return o.client.Renew(ctx, all) }, nil
	case pick < 94:
		return "refreshed", o.refresh(), nil
	case o.heavy && pick < 99:
		return "submitted", o.submit, nil
	default:
		return "restarted", o.restart, nil
	}
}

// submit gives a command. What the rules refuse is not stored, and nobody was told so.
func (o *outbox) submit(ctx context.Context) error {
	in, command := o.wish()
	own, err := o.client.Submit(ctx, id.Stream(in), command)
	if f := fault.Find(err); f != nil && f.Kind != fault.Storage {
		return nil
	}
	if err == nil {
		o.submitted++
	} else {
		o.refused[fmt.Sprintf("%x", own[:])] = true
	}
	return err
}

func (o *outbox) wish() (id.Incident, stream.Command) {
	if len(o.incidents) == 0 || o.IntN(5) == 0 {
		o.incidents = append(o.incidents, id.New[id.Incident]())
		return o.incidents[len(o.incidents)-1], incident.Declare{Title: "Checkout fails"}
	}
	in := o.incidents[o.IntN(len(o.incidents))]
	switch o.IntN(4) {
	case 0:
		return in, incident.ChangeSeverity{To: workspace.Level(o.IntN(4))}
	case 1:
		return in, incident.AddTag{Tag: fmt.Sprint("tag", o.IntN(50))}
	default:
		text := strings.Repeat("word ", 1+o.IntN(200))
		if o.heavy {
			text = ballast
		}
		return in, incident.Write{Entry: id.New[id.Entry](), Text: text}
	}
}

// settle answers some of what waits: most of it well, with its events here already or still to come.
func (o *outbox) settle(ctx context.Context) (func(context.Context) error, error) {
	who, waiting, err := o.client.Outgoing(ctx, 1+o.IntN(12))
	if err != nil {
		return nil, err
	}
	var answers []stream.Outcome
	for _, s := range waiting {
		switch o.IntN(4) {
		case 0:
			answers = append(answers, stream.Refusal(s.Mid, fault.New(fault.Invalid, "No.")))
		case 1:
			answers = append(answers, stream.Outcome{Mid: s.Mid, Kind: stream.Accepted, Seq: 1 << 40})
		default:
			answers = append(answers, stream.Outcome{Mid: s.Mid, Kind: stream.Accepted})
		}
	}
	return func(ctx context.Context) error { return o.client.Settle(ctx, who, answers) }, nil
}

func (o *outbox) discard(ctx context.Context) error {
	for _, p := range o.client.Pending() {
		if p.Refused() {
			return o.client.Discard(ctx, p.ID)
		}
	}
	return nil
}

func (o *outbox) refresh() func(context.Context) error {
	next := fmt.Sprint("refresh ", o.Uint64())
	return func(ctx context.Context) error {
		err := o.client.Refreshed(ctx, o.me.Refresh, next, "")
		if err == nil {
			o.me.Refresh = next
		}
		return err
	}
}

func (o *outbox) restart(ctx context.Context) error {
	if o.client != nil {
		_ = o.client.Close() // what it could not tidy up is what the next start is for
		o.client = nil
	}
	var err error
	o.client, err = replica.OpenWith(ctx, sqlite.Opener{File: o.disk.File}, o.dir, still{})
	return err
}

// around returns what the outbox held when the last thing was reported as done, and what it held after the one that was
// under way.
func (o *outbox) around(at int) (before, after moment) {
	for i, m := range o.moments {
		if m.at > at {
			return o.moments[i-1], m
		}
	}
	last := o.moments[len(o.moments)-1]
	return last, last
}

func (o *outbox) judge(ctx context.Context, dir string, d *disk.Disk, at int) (opened int, f findings) {
	client, err := replica.OpenWith(ctx, sqlite.Opener{File: d.File}, dir, still{})
	if err != nil {
		f.spoil("it cannot be opened: %v", err)
		return 0, f
	}
	opened = d.Len()
	defer func() {
		if err := client.Close(); err != nil {
			f.blame("close: %v", err)
		}
		for _, name := range []string{"outbox.db", "replica.db"} {
			if err := intact(ctx, filepath.Join(dir, name)); err != nil {
				f.spoil("%v", err)
			}
		}
	}()
	if client.Rebuilt() {
		f.spoil("the copy was damaged")
	}
	have, err := read(ctx, filepath.Join(dir, "outbox.db"))
	if err != nil {
		f.spoil("%v", err)
		return opened, f
	}
	before, after := o.around(at)
	have.between(&f, before, after, o.refused)
	o.goOn(ctx, client, have, &f)
	return opened, f
}

// goOn uses what was opened: it sends what waits, in order, and takes another command.
func (o *outbox) goOn(ctx context.Context, client *replica.Replica, have contents, f *findings) {
	who, waiting, err := client.Outgoing(ctx, 1<<20)
	if err != nil {
		f.blame("what waits cannot be read: %v", err)
		return
	}
	if string(who.Client[:]) != have.Client {
		f.blame("it has another name than its file says")
	}
	var want []string
	for _, r := range have.Rows {
		if r.Outcome == "" && r.Closed == 0 {
			want = append(want, fmt.Sprint(r.Mid, " ", r.ID))
		}
	}
	var got []string
	for _, s := range waiting {
		got = append(got, fmt.Sprintf("%d %x", s.Mid, s.ID[:]))
	}
	if strings.Join(got, ",") != strings.Join(want, ",") {
		f.lose("%d commands go out, and %d wait", len(got), len(want))
	}
	if _, enrolled := client.Device(); !enrolled {
		return
	}
	own, err := client.Submit(ctx, id.New[id.Stream](), incident.Declare{Title: "Another"})
	if err != nil {
		f.blame("nothing can be submitted: %v", err)
		return
	}
	_, waiting, err = client.Outgoing(ctx, 1<<20)
	if n := len(waiting); err != nil || n == 0 || waiting[n-1].ID != own || waiting[n-1].Mid != have.last()+1 {
		f.blame("the next command is not number %d, %v", have.last()+1, err)
	}
}
