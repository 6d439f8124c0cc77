package history_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// flaw is a mistake that a ledger can be made to make.
type flaw string

const (
	none      flaw = "none"
	baseless  flaw = "no base is looked at"
	lastWins  flaw = "the last change wins, and is called no conflict"
	forgetful flaw = "a repeated command is carried out again"
	careless  flaw = "what was answered is gone when the power fails"
	hasty     flaw = "it answers before it has stored"
	jumbled   flaw = "commands of one push are carried out from behind"
	generous  flaw = "a number is left out now and then"
	stale     flaw = "readers are shown what was two commands ago"
	prying    flaw = "somebody is shown a private incident before they are added"
	lingering flaw = "who was taken out is shown what happens"
	lenient   flaw = "a command is carried out though its giver does not see the incident"
)

// office is a ledger of one incident with the product's rules and maybe a flaw, and three clients on a bad network. Time
// passes by one with whatever happens.
type office struct {
	*history.History
	flaw    flaw
	chance  *rand.Rand
	now     time.Duration
	room    id.Stream
	state   incident.Incident
	log     []stream.Recorded
	answers map[id.Command]stream.Outcome
	past    []incident.Incident
	made    byte
	clients [desks]desk
}

// desks is how many clients there are.
const desks = 3

// desk is a client: what it gave and was not answered, and what it has sent of that.
type desk struct {
	pending []history.Command
	flying  int // how many are on their way
	synced  uint64
	seen    bool // its person ever saw the incident
}

// staff is the set-up, in which everybody is known.
func staff() incident.Given {
	setup := workspace.Default()
	for client := range desks {
		setup = setup.With(workspace.Person{ID: person(client), Name: fmt.Sprint("person ", client)})
	}
	return incident.Given{Setup: setup}
}

func newOffice(f flaw, seed uint64) *office {
	o := &office{
		History: history.New(), flaw: f, chance: rand.New(rand.NewPCG(seed, 5)), room: id.Stream{9}, //nolint:gosec // a test is to be repeatable
		answers: map[id.Command]stream.Outcome{},
	}
	o.give(0, incident.Declare{Title: "Checkout fails", Severity: 2, Private: f == prying || seed%2 == 0, Admit: []id.Person{person(1)}})
	o.send(0)
	o.work(0, true)
	return o
}

func (o *office) tick() time.Duration {
	o.now++
	return o.now
}

func (o *office) give(client int, wish incident.Command) {
	o.made++
	c := history.Command{ID: id.Command{14: byte(client + 1), 15: o.made}, Client: client, By: person(client), Target: o.room, Wish: wish}
	o.Give(c)
	o.clients[client].pending = append(o.clients[client].pending, c)
}

// wish gives something on what the client last saw.
func (o *office) wish(client int) {
	base := incident.Base{Seq: o.clients[client].synced}
	switch o.chance.IntN(6) {
	case 5:
		o.give(client, o.sight())
	case 0, 1:
		o.give(client, incident.ChangeSeverity{To: workspace.Level(1 + o.chance.IntN(3)), Base: base})
	case 2:
		o.give(client, incident.ChangeStatus{To: incident.Status(o.chance.IntN(4)), Base: base})
	default:
		o.give(client, words(o.made+1))
	}
}

// sight is a wish about who sees the incident.
func (o *office) sight() incident.Command {
	who := person(o.chance.IntN(len(o.clients)))
	switch o.chance.IntN(6) {
	case 0:
		return incident.Reveal{}
	case 1:
		return incident.Admit{Person: who}
	case 2, 3:
		return incident.Exclude{Person: who}
	default:
		return incident.Conceal{Admit: []id.Person{who}}
	}
}

func (o *office) send(client int) {
	d := &o.clients[client]
	d.flying = len(d.pending)
	for _, c := range d.pending {
		o.Send(c.ID, o.tick())
	}
}

// work lets the ledger do what is on its way from a client, whose answers may be cut off.
func (o *office) work(client int, heard bool) {
	d := &o.clients[client]
	come := d.pending[:d.flying]
	outcomes := make([]stream.Outcome, len(come))
	for i := range come {
		at := i
		if o.flaw == jumbled {
			at = len(come) - 1 - i
		}
		outcomes[at] = o.carryOut(come[at])
	}
	d.flying = 0
	if !heard {
		return
	}
	for i, c := range come {
		o.Answer(c.ID, o.tick(), outcomes[i])
	}
	d.pending = d.pending[len(come):]
}

func (o *office) carryOut(c history.Command) stream.Outcome {
	if out, again := o.answers[c.ID]; again && o.flaw != forgetful {
		return out
	}
	wish := c.Wish
	if o.flaw == baseless || o.flaw == lastWins {
		wish = o.rebased(wish)
	}
	o.past = append(o.past, o.state)
	events, err := incident.Decide(o.state, staff(), wish, id.Actor{Person: c.By})
	if !o.state.Sees(c.By) && o.flaw != lenient {
		events, err = nil, fault.New(fault.NotFound, "There is no such incident.")
	}
	if o.flaw == generous && o.chance.IntN(20) == 0 {
		o.state.Seq++
	}
	for _, e := range events {
		at := id.Envelope{Stream: o.room, StreamSeq: o.state.Seq + 1, Command: c.ID, Actor: id.Actor{Person: c.By}, Occurred: time.Unix(int64(o.now), 0)}
		o.state = incident.Apply(o.state, at, e)
		o.log = append(o.log, stream.Recorded{Envelope: at, Event: e})
	}
	out := stream.Outcome{Kind: stream.Accepted, Seq: o.state.Seq}
	switch {
	case fault.Is(err, fault.Conflict):
		out.Kind = stream.Conflict
	case err != nil:
		out = stream.Outcome{Kind: stream.Rejected}
	}
	if o.flaw == hasty && o.chance.IntN(10) == 0 {
		o.crash()
	}
	o.answers[c.ID] = out
	return out
}

// rebased lets a change rest on whatever there is. With lastWins it does so only where that turns a conflict into none.
func (o *office) rebased(wish incident.Command) incident.Command {
	now := incident.Base{Seq: o.state.Seq}
	switch w := wish.(type) {
	case incident.ChangeSeverity:
		w.Base = now
		return w
	case incident.ChangeStatus:
		if o.flaw == lastWins {
			return w
		}
		w.Base = now
		return w
	default:
		return wish
	}
}

// crash loses the effects of the last command.
func (o *office) crash() {
	o.state = o.past[len(o.past)-1]
	for len(o.log) > 0 && o.log[len(o.log)-1].StreamSeq > o.state.Seq {
		o.log = o.log[:len(o.log)-1]
	}
}

// look lets a client see what there is, or the ledger be asked.
func (o *office) look(client int) {
	reader, who := fmt.Sprint("desk ", client), person(client)
	if !o.shows(client) {
		return
	}
	from := o.tick()
	state := o.state
	if o.flaw == stale && len(o.past) > 2 {
		state = o.past[len(o.past)-2]
	}
	if o.chance.IntN(2) == 0 {
		reader, who = "server", id.Person{}
	} else {
		from = -1
		for _, e := range o.log {
			o.See(history.Sight{Reader: reader, Person: who, Event: e, At: o.now})
		}
	}
	if state.Exists() {
		o.Read(history.Head{Reader: reader, Person: who, From: from, Until: o.tick(), State: state})
	}
	o.clients[client].synced = state.Seq
}

// shows reports whether a client is shown what happens now.
func (o *office) shows(client int) bool {
	d := &o.clients[client]
	sees := o.state.Sees(person(client))
	d.seen = d.seen || sees
	return sees || o.flaw == prying && !d.seen || o.flaw == lingering && d.seen
}

func (o *office) run(steps int) history.Report {
	for range steps {
		client := o.chance.IntN(len(o.clients))
		d := &o.clients[client]
		switch n := o.chance.IntN(10); {
		case n < 4:
			o.wish(client)
		case n < 6 && len(d.pending) > 0:
			o.send(client)
		case n < 8 && d.flying > 0:
			o.work(client, o.chance.IntN(4) > 0)
		case n < 9:
			o.look(client)
		case o.flaw == careless && len(o.past) > 1 && o.chance.IntN(3) == 0:
			o.crash()
		}
	}
	return o.Check(time.Second)
}

// The rules that people run make no history that is refused; with a mistake planted in the ledger they do.
func TestAPlantedMistakeIsFound(t *testing.T) {
	t.Parallel()
	const seeds, steps = 30, 120
	for _, f := range []flaw{none, baseless, lastWins, forgetful, careless, hasty, jumbled, generous, stale, prying, lingering, lenient} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			refused, commands, reads := 0, 0, 0
			var first history.Report
			for seed := range uint64(seeds) {
				r := newOffice(f, seed).run(steps)
				commands, reads = commands+r.Commands, reads+r.Reads
				if !r.Good() {
					if refused == 0 {
						first = r
					}
					refused++
				}
			}
			t.Logf("%d of %d histories with %d commands and %d reads are refused", refused, seeds, commands, reads)
			switch {
			case f == none && refused > 0:
				t.Errorf("without a mistake: %s", first.Refused[0])
			case f != none && refused < seeds/2:
				t.Errorf("only %d of %d histories are refused", refused, seeds)
			}
		})
	}
}
