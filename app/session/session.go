// Package session is the client's one facade: what a person does goes in as commands, and what is
// shown comes out as view models. It knows no widget, so that scripts, tests and a phone use it too.
package session

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Options says what a session works with.
type Options struct {
	// Dir is the data folder; it belongs to this process alone.
	Dir    string
	Clock  clock.Clock
	Logger *slog.Logger
	Zone   *time.Location // in which times are shown
	Words  words.Catalog
	// Downloads is the folder that copies of files are put into; empty for none.
	Downloads string
	// Transport carries requests; nil takes one of its own.
	Transport http.RoundTripper
	// AuthorsFirst is link.Options.AuthorsFirst.
	AuthorsFirst time.Duration
}

// Session is one client. Make it with Open, Run it, and Close it.
type Session struct {
	Options
	replica *replica.Replica
	link    *link.Link
	unread  unread
	news    news
	told    told
	files   sync.RWMutex // is held before draft: nothing is detached while a file is being attached
	draft   sync.Mutex   // files of drafts are written by one at a time
}

// Open opens the data folder. It fails with the faults of replica.Open.
func Open(ctx context.Context, o Options) (*Session, error) {
	r, err := replica.Open(ctx, o.Dir, o.Clock)
	if err != nil {
		return nil, err
	}
	l := link.New(link.Options{Replica: r, Clock: o.Clock, Logger: o.Logger, Transport: o.Transport, AuthorsFirst: o.AuthorsFirst})
	s := &Session{Options: o, replica: r, link: l}
	r.OnPurge(s.dropDraft)
	if err := s.holdDrafts(); err != nil {
		o.Logger.Warn("files of drafts may be evicted", "error", err)
	}
	return s, nil
}

// Run keeps the replica and the server in step until ctx ends, makes an index that is missing, and
// takes what is erased out of drafts.
func (s *Session) Run(ctx context.Context) {
	var beside sync.WaitGroup
	beside.Go(func() {
		if err := s.replica.Index(ctx); err != nil && ctx.Err() == nil {
			s.Logger.Error("index", "error", err)
		}
	})
	beside.Go(func() { s.watchDrafts(ctx) })
	beside.Go(func() { s.scrub(ctx) })
	s.link.Run(ctx)
	beside.Wait()
}

// How long it takes until erased words are looked for again that could not be taken out of a file: at first, and at
// most, where it fails again and again.
const (
	scrubSoon = time.Second
	scrubLate = 5 * time.Minute
)

// scrub takes erased words out of all files, until ctx ends.
func (s *Session) scrub(ctx context.Context) {
	wait, again := scrubSoon, (<-chan time.Time)(nil)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.replica.Erasures():
		case <-again:
		}
		err := s.replica.Scrub(ctx)
		switch {
		case err == nil:
			wait, again = scrubSoon, nil
		case ctx.Err() != nil:
			return
		default:
			if !fault.Is(err, fault.Unavailable) { // which says no more than that somebody reads
				s.Logger.Warn("erased words may still be in a file of this device", "error", err)
			}
			wait, again = min(2*wait, scrubLate), time.After(wait)
		}
	}
}

// Close closes the data folder. Run must have returned.
func (s *Session) Close() error { return s.replica.Close() }

// Replica returns the client's copy, for whoever counts or compares.
func (s *Session) Replica() *replica.Replica { return s.replica }

// Observe returns a channel that is signalled after anything that is shown may have changed, and a
// function that ends it.
func (s *Session) Observe() (<-chan struct{}, func()) {
	data, stopData := s.replica.Watch()
	status, stopStatus := s.link.Watch()
	both, quit := make(chan struct{}, 1), make(chan struct{})
	var pass sync.WaitGroup
	pass.Go(func() {
		for {
			select {
			case <-quit:
				return
			case <-data:
			case <-status:
			}
			select {
			case both <- struct{}{}:
			default:
			}
		}
	})
	var once sync.Once
	return both, func() {
		once.Do(func() {
			close(quit)
			pass.Wait()
			stopData()
			stopStatus()
		})
	}
}

// View returns what turns facts into words for whoever looks.
func (s *Session) View() present.View {
	d, _ := s.replica.Device()
	return present.View{Setup: s.replica.Setup(), Self: d.Actor, Zone: s.Zone, Words: s.Words}
}

// Enrolled reports whether this device belongs to a person already.
func (s *Session) Enrolled(context.Context) (bool, error) {
	_, ok := s.replica.Device()
	return ok, nil
}

// Enrol makes this device one of a person's devices. It needs the server.
func (s *Session) Enrol(ctx context.Context, e present.Enrolment) error {
	e = e.Tidy()
	return s.link.Enrol(ctx, link.Enrolment{Address: e.Address, Code: e.Code, Device: e.Device})
}

// Former returns how this device was enrolled before.
func (s *Session) Former(context.Context) (present.Former, error) {
	d, _ := s.replica.Device()
	return present.Former{Address: d.Server, Name: d.Name}, nil
}

// Connection returns what is true about the server now.
func (s *Session) Connection(ctx context.Context) (present.Connection, error) {
	status := s.link.Status()
	c := present.Connection{
		Reach: reachOf(status.State), Since: status.Since, People: status.People,
		Rebuilt: s.replica.Rebuilt(), Smeared: s.replica.Smeared(), Unfolded: s.replica.Unfolded(),
	}
	ringing, err := s.replica.Ringing(ctx)
	if err != nil {
		return c, fmt.Errorf("read what rings: %w", err)
	}
	c.Rings = present.RingsFrom(ringing, s.Clock.Now(), s.View())
	for _, p := range s.shownPending() {
		if p.Refused() {
			c.Refused++
			if f := fault.Find(p.Outcome.Fault); f != nil && f.Kind == fault.Gone {
				c.Lost++
			}
		} else if p.Outcome == nil {
			c.Pending++
		}
	}
	return c, nil
}

func reachOf(s link.State) present.Reach {
	switch s {
	case link.Live:
		return present.Live
	case link.Offline:
		return present.Offline
	case link.ShutOut:
		return present.ShutOut
	case link.Stuck:
		return present.Stuck
	case link.Full:
		return present.Full
	default:
		return present.Connecting
	}
}

// shownPending returns the own commands that a person should hear of: reading marks and receipts travel quietly.
func (s *Session) shownPending() []replica.Pending {
	var out []replica.Pending
	for _, p := range s.replica.Pending() {
		_, receipt := p.Command.(incident.Confirm)
		if p.Command.Stream() != id.KindReader && !receipt {
			out = append(out, p)
		}
	}
	return out
}

// lately is how many ended incidents the board can choose from.
const lately = 50

// Board returns what burns and what was lately.
func (s *Session) Board(ctx context.Context) (present.Board, error) {
	burning, others, err := s.replica.Board(ctx, lately)
	if err != nil {
		return present.Board{}, fmt.Errorf("read the board: %w", err)
	}
	unread, err := s.countUnread(ctx, burning)
	if err != nil {
		return present.Board{}, fmt.Errorf("count what is unread: %w", err)
	}
	gaps, err := s.replica.Gaps(ctx)
	if err != nil {
		return present.Board{}, fmt.Errorf("count what is missing: %w", err)
	}
	b := present.BoardFrom(append(burning, others...), s.View())
	present.SetUnread(b.Fires, unread)
	present.SetUnsent(b.Fires, s.undeclared())
	for _, g := range gaps {
		b.Missing += g.High - g.Low
	}
	b.OnCall, b.Turn, err = s.boardDuties(ctx)
	return b, err
}

// Room returns about the newest limit entries of an incident and its facts.
func (s *Session) Room(ctx context.Context, in id.Incident, limit int) (present.Room, error) {
	line, err := s.replica.Timeline(ctx, in, limit)
	if err != nil {
		return present.Room{}, fmt.Errorf("read the room: %w", err)
	}
	fires, _, err := s.replica.Board(ctx, 0)
	if err != nil {
		return present.Room{}, fmt.Errorf("read the fires: %w", err)
	}
	unread, err := s.countUnread(ctx, fires)
	if err != nil {
		return present.Room{}, fmt.Errorf("count what is unread: %w", err)
	}
	reader, err := s.replica.Reader(ctx)
	if err != nil {
		return present.Room{}, fmt.Errorf("read how far one has read: %w", err)
	}
	other, err := s.repeated(ctx, line.Incident)
	if err != nil {
		return present.Room{}, err
	}
	numbers, err := s.numbers(ctx, line)
	if err != nil {
		return present.Room{}, err
	}
	fetching, err := s.fetching(ctx)
	if err != nil {
		return present.Room{}, err
	}
	rotations, err := s.replica.Rotations(ctx)
	if err != nil {
		return present.Room{}, fmt.Errorf("read the rotations: %w", err)
	}
	room := s.told.room(line, present.RoomParams{
		Rotations: rotations,
		Incident:  line.Incident, Confirmed: line.Confirmed, Seq: line.Canonical, Earlier: line.Earlier, Gap: line.Missing,
		Fires: fires, Other: other, Numbers: numbers, Seen: reader.Read[in], Now: s.Clock.Now(),
		Subscribed: reader.Hears(in, line.Incident.Severity, line.Incident.Tags), Fetching: fetching, Left: s.replica.Left(in),
	}, s.View())
	present.SetUnread(room.Burning, unread)
	present.SetUnsent(room.Burning, s.undeclared())
	room.Calls, err = s.calls(ctx, room, line.Incident)
	return room, err
}

// numbers returns the INC numbers of the incidents that a timeline tells to be the same one or not.
func (s *Session) numbers(ctx context.Context, line replica.Timeline) (map[id.Incident]uint32, error) {
	var out map[id.Incident]uint32
	for _, l := range line.Lines {
		var from id.Incident
		switch e := l.Event.(type) {
		case incident.Absorbed:
			from = e.From
		case incident.Released:
			from = e.From
		}
		if _, known := out[from]; known || from.IsZero() {
			continue
		}
		other, err := s.replica.Incident(ctx, from)
		if err != nil {
			return nil, fmt.Errorf("read what repeats an incident: %w", err)
		}
		if out == nil {
			out = map[id.Incident]uint32{}
		}
		out[from] = other.Number
	}
	return out, nil
}

// Hear subscribes whoever looks to one incident, or with off ends that.
func (s *Session) Hear(ctx context.Context, in id.Incident, off bool) error {
	d, _ := s.replica.Device()
	return s.submit(ctx, id.Reader(d.Actor.Person), workspace.Subscribe{To: workspace.Subscription{Incident: in}, Off: off})
}

// LoadEarlier fetches entries of an incident that are not on this device yet. It needs the server.
func (s *Session) LoadEarlier(ctx context.Context, in id.Incident) error {
	line, err := s.replica.Timeline(ctx, in, 1<<20)
	if err != nil {
		return fmt.Errorf("read the room: %w", err)
	}
	if !line.Missing {
		return nil
	}
	return s.link.Backfill(ctx, id.Stream(in), line.Oldest)
}

// Form returns the severities to choose from.
func (s *Session) Form(context.Context) (present.Form, error) { return present.FormFrom(s.View()), nil }

// Declare stores a declaration; it is sent when the server is reached.
func (s *Session) Declare(ctx context.Context, d present.Declaration) (id.Incident, error) {
	in := id.New[id.Incident]()
	return in, s.Submit(ctx, in, incident.Declare{Title: d.Title, Severity: workspace.Level(d.Level), Kind: d.Kind, Tags: d.Tags, Private: d.Private, Admit: d.Admit})
}

// Submit stores a wish about an incident; it is sent when the server is reached.
func (s *Session) Submit(ctx context.Context, in id.Incident, c incident.Command) error {
	return s.submit(ctx, id.Stream(in), c)
}

func (s *Session) submit(ctx context.Context, target id.Stream, c stream.Command) error {
	_, err := s.replica.Submit(ctx, target, c)
	return err
}

// tagsAtOnce is how many known tags are offered.
const tagsAtOnce = 20

// Tags returns known tags that begin with what was typed.
func (s *Session) Tags(ctx context.Context, typed string) ([]string, error) {
	return s.replica.Tags(ctx, typed, tagsAtOnce)
}

// Retry sends a refused change again, decided on the value that its author was told of, and gives up
// the former one. Where that value has moved again, the author is asked again.
func (s *Session) Retry(ctx context.Context, c id.Command) error {
	for _, p := range s.replica.Pending() {
		if p.ID != c || !p.Refused() {
			continue
		}
		if err := s.submit(ctx, p.Target, insist(p)); err != nil {
			return err
		}
		return s.replica.Discard(ctx, c)
	}
	return nil
}

// insist returns a refused command as its author gives it again.
func insist(p replica.Pending) stream.Command {
	base := incident.Base{}
	if f := p.Outcome.Fault; f != nil && f.Standing != nil {
		base.Seq = f.Standing.Base
	}
	switch c := p.Command.(type) {
	case oncall.EditRotation:
		c.Base = oncall.Base{Seq: base.Seq}
		return c
	case oncall.EndRotation:
		c.Base = oncall.Base{Seq: base.Seq}
		return c
	case incident.ChangeSeverity:
		c.Base = base
		return c
	case incident.ChangeStatus:
		c.Base = base
		return c
	case incident.AssignRole:
		c.Base = base
		return c
	default:
		return c
	}
}

// Discard gives up a refused change.
func (s *Session) Discard(ctx context.Context, c id.Command) error { return s.replica.Discard(ctx, c) }

// People returns everybody and their devices.
func (s *Session) People(context.Context) (present.People, error) {
	out, leaving := present.PeopleFrom(s.View()), map[id.Device]bool{}
	for _, p := range s.replica.Pending() {
		if c, ok := p.Command.(workspace.RevokeDevice); ok {
			leaving[c.Device] = true
		}
	}
	for _, p := range out.People {
		for i, d := range p.Devices {
			p.Devices[i].Pending = leaving[d.ID] && !d.Revoked.IsZero()
		}
	}
	return out, nil
}

// Invite makes a code for a new person, or for a further device of one who is here. It needs the server.
func (s *Session) Invite(ctx context.Context, g present.Guest) (present.Invitation, error) {
	got, err := s.link.Invite(ctx, g.Name, g.Department, g.Person, g.Admin)
	if err != nil {
		return present.Invitation{}, err
	}
	return present.Invitation{Name: g.Name, Address: got.Address, Code: got.Code, Expires: got.Expires}, nil
}

// DescribeSelf changes what whoever looks is called and where they work; it is sent when the server is reached.
func (s *Session) DescribeSelf(ctx context.Context, name, department string) error {
	d, _ := s.replica.Device()
	self := d.Actor.Person
	return s.submit(ctx, id.Stream(self), workspace.DescribePerson{
		Person: self, Name: name, Department: department, Zone: s.replica.Setup().People[self].Zone,
	})
}

// RevokeDevice shuts a device out; it is sent when the server is reached.
func (s *Session) RevokeDevice(ctx context.Context, r present.Revocation) error {
	return s.submit(ctx, id.Stream(r.Person), workspace.RevokeDevice{Person: r.Person, Device: r.Device, Reason: r.Reason})
}
