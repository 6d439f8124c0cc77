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
	heavy     bool // some entries are as long as they may be, so that the journal is folded into the file meanwhile

	submitted, failed int
}

// moment is what the outbox held when something had been reported as done.
type moment struct {
	at   int // changes that the disk had seen
	what string
	contents
}

func newOutbox(r *rand.Rand) *outbox {
	return &outbox{
		Rand: r, heavy: r.IntN(4) == 0,
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
	if err := o.restart(ctx); err != nil {
		return err
	}
	if err := o.done(ctx, "enrolled", o.client.Enrolled(ctx, o.me)); err != nil {
		return err
	}
	for range steps {
		what, step := o.choose()
		if err := o.done(ctx, what, step(ctx)); err != nil {
			return err
		}
	}
	if err := o.client.Close(); err != nil {
		return fmt.Errorf("close the client: %w", err)
	}
	return nil
}

// done notes what the outbox holds after something that went well. A disk that fails is what a run may be about.
func (o *outbox) done(ctx context.Context, what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	c, err := read(ctx, filepath.Join(o.dir, "outbox.db"))
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	o.moments = append(o.moments, moment{at: o.disk.Len(), what: what, contents: c})
	return nil
}

func (o *outbox) choose() (string, func(context.Context) error) {
	switch pick := o.IntN(100); {
	case pick < 65 || len(o.incidents) == 0:
		return "submitted", o.submit
	case pick < 83:
		return "settled", o.settle
	case pick < 88:
		return "discarded", o.discard
	case pick < 91:
		return "renewed", func(ctx context.Context) error { return o.client.Renew(ctx, o.IntN(2) == 0) }
	case pick < 94:
		return "refreshed", o.refresh
	default:
		return "restarted", o.restart
	}
}

// submit gives a command. What the rules refuse is not stored, and nobody was told so.
func (o *outbox) submit(ctx context.Context) error {
	in, command := o.wish()
	_, err := o.client.Submit(ctx, id.Stream(in), command)
	if f := fault.Find(err); f != nil && f.Kind != fault.Storage {
		return nil //nolint:nilerr // refused by the rules
	}
	if err == nil {
		o.submitted++
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
		words := 1 + o.IntN(200)
		if o.heavy {
			words = incident.MaxText / 5
		}
		return in, incident.Write{Entry: id.New[id.Entry](), Text: strings.Repeat("word ", words)}
	}
}

// settle answers some of what waits: most of it well, with its events here already or still to come.
func (o *outbox) settle(ctx context.Context) error {
	who, waiting, err := o.client.Outgoing(ctx, 1+o.IntN(12))
	if err != nil {
		return err
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
	return o.client.Settle(ctx, who, answers)
}

func (o *outbox) discard(ctx context.Context) error {
	for _, p := range o.client.Pending() {
		if p.Refused() {
			return o.client.Discard(ctx, p.ID)
		}
	}
	return nil
}

func (o *outbox) refresh(ctx context.Context) error {
	former := o.me.Refresh
	o.me.Refresh = fmt.Sprint("refresh ", o.Uint64())
	return o.client.Refreshed(ctx, former, o.me.Refresh)
}

func (o *outbox) restart(ctx context.Context) error {
	if o.client != nil {
		if err := o.client.Close(); err != nil {
			return err
		}
	}
	var err error
	o.client, err = replica.Open(ctx, o.dir, still{})
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
	client, err := replica.Open(ctx, dir, still{})
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
	have.between(&f, before, after)
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
