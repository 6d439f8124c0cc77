package sample

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// patience is how long one thing may take on its way to the server and back.
const patience = 30 * time.Second

// whole is a limit that no sample timeline reaches.
const whole = 1 << 20

// CastParams is what the sample people work with.
type CastParams struct {
	// Dir holds everything: the server's data in server, the admin's client in desk, the others' in
	// colleagues.
	Dir    string
	Clock  clock.Clock
	Logger *slog.Logger
	// Absence is how long somebody without network stays away: a minute or more, for what was
	// written meanwhile to be called late.
	Absence time.Duration
}

// Cast is the sample people, each at a client of its own. Make it with OpenCast, and Close it.
type Cast struct {
	CastParams
	desks map[string]*proof.Desk // of those who are here
	back  map[string]time.Time   // when the others are
	who   map[string]id.Person   // everybody
	ids   incidents
	known map[id.Incident]uint64 // how far an incident has been told
}

// OpenCast opens the clients of all sample people on the server that runs on Dir/server, enrols
// those who are new, and waits until they know each other.
func OpenCast(ctx context.Context, p CastParams) (*Cast, error) {
	c := &Cast{
		CastParams: p, desks: map[string]*proof.Desk{}, back: map[string]time.Time{},
		who: map[string]id.Person{}, known: map[id.Incident]uint64{},
	}
	var err error
	if c.ids, err = openIncidents(p.Dir); err != nil {
		return nil, err
	}
	for _, person := range append([]Person{Admin()}, Colleagues()...) {
		if err := c.sit(ctx, person); err != nil {
			return nil, errors.Join(fmt.Errorf("open the client of %s: %w", person.Name, err), c.Close())
		}
	}
	if err := c.meet(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Desk returns the folder of a person's client below dir.
func Desk(dir, key string) string {
	if key == admin {
		return filepath.Join(dir, "desk")
	}
	return filepath.Join(dir, "colleagues", key)
}

// Server returns the folder of the server below dir.
func Server(dir string) string { return filepath.Join(dir, "server") }

// sit opens a person's client, unless the person is away.
func (c *Cast) sit(ctx context.Context, p Person) error {
	back, err := c.away(ctx, p.Key)
	if err != nil {
		return err
	}
	if back.After(c.Clock.Now()) {
		c.back[p.Key] = back
		return nil
	}
	desk, err := proof.OpenDesk(ctx, Desk(c.Dir, p.Key), c.Clock, c.Logger)
	if err != nil {
		return err
	}
	c.desks[p.Key] = desk
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	enrolled, err := desk.Enrolled(ctx)
	if err == nil && !enrolled {
		err = c.enrol(ctx, p)
	}
	if err == nil && p.Key == admin {
		err = rename(ctx, desk, p)
	}
	return err
}

// rename gives the server's first admin a name that says that this is a sample.
func rename(ctx context.Context, desk *proof.Desk, p Person) error {
	self := desk.View().Self.Person
	if err := desk.Await(ctx, func() (bool, error) { return desk.Replica().Setup().People[self].Seq > 0, nil }); err != nil {
		return fmt.Errorf("wait for the own name: %w", err)
	}
	if desk.Replica().Setup().People[self].Name != firstAdmin {
		return nil
	}
	_, err := desk.Replica().Submit(ctx, id.Stream(self), workspace.DescribePerson{Person: self, Name: p.Name, Department: p.Department})
	return err
}

// away returns when somebody is back who wrote something without network and has not sent it; the
// past when there is nobody.
func (c *Cast) away(ctx context.Context, key string) (time.Time, error) {
	if _, err := os.Stat(Desk(c.Dir, key)); err != nil || !roams(key) {
		return time.Time{}, nil //nolint:nilerr // there is no client yet, so nothing waits in it
	}
	var back time.Time
	err := c.apart(ctx, key, func(s *session.Session) error {
		for _, p := range s.Replica().Pending() {
			if p.Outcome == nil {
				back = p.Written.Wall.Add(c.Absence)
				break
			}
		}
		return nil
	})
	return back, err
}

// roams reports whether a story sends somebody where there is no network.
func roams(key string) bool {
	return slices.ContainsFunc(Stories(), func(s Story) bool {
		return slices.ContainsFunc(s.Lines, func(l Line) bool { return l.Away && l.Who == key })
	})
}

// apart lets somebody work without network.
func (c *Cast) apart(ctx context.Context, key string, work func(*session.Session) error) error {
	s, err := session.Open(ctx, session.Options{
		Dir: Desk(c.Dir, key), Clock: c.Clock, Logger: c.Logger, Zone: time.UTC, Words: words.English(),
	})
	if err != nil {
		return err
	}
	return errors.Join(work(s), s.Close())
}

// firstAdmin is the person whom a server's first start invites.
const firstAdmin = "Admin"

// enrol lets a person's client in: the admin's with a code of the server, the others' with one that
// the admin makes. Who was invited before and did not come gets another.
func (c *Cast) enrol(ctx context.Context, p Person) error {
	invitation, err := c.invite(ctx, p)
	if err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	return c.desks[p.Key].Enrol(ctx, present.Enrolment{
		Address: invitation.Address, Code: invitation.Code, Device: p.Name + "'s desk",
	})
}

func (c *Cast) invite(ctx context.Context, p Person) (present.Invitation, error) {
	host := c.desks[admin]
	if p.Key == admin {
		return proof.InviteFrom(ctx, Server(c.Dir), firstAdmin, true)
	}
	if err := host.Await(ctx, func() (bool, error) {
		status, err := host.Connection(ctx)
		return status.Reached(), err
	}); err != nil {
		return present.Invitation{}, fmt.Errorf("wait for the server: %w", err)
	}
	for _, known := range host.Replica().Setup().People {
		if known.Name == p.Name {
			return proof.InviteFrom(ctx, Server(c.Dir), p.Name, false)
		}
	}
	return host.Invite(ctx, present.Guest{Name: p.Name, Department: p.Department})
}

// meet waits until all who are here know everybody.
func (c *Cast) meet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for key, desk := range c.desks {
		if err := desk.Await(ctx, func() (bool, error) { return c.introduce(desk), nil }); err != nil {
			return fmt.Errorf("wait until %s knows the others: %w", key, err)
		}
	}
	return nil
}

// introduce notes who is who, and reports whether nobody is missing.
func (c *Cast) introduce(desk *proof.Desk) bool {
	people := desk.Replica().Setup().People
	met := 0
	for _, p := range append([]Person{Admin()}, Colleagues()...) {
		for _, known := range people {
			if known.Name == p.Name {
				c.who[p.Key] = known.ID
				met++
				break
			}
		}
	}
	return met == 1+len(Colleagues())
}

func (c *Cast) person(key string) id.Person { return c.who[key] }

// Leave closes the admin's client, so that a window can have its folder.
func (c *Cast) Leave() error { return c.leave(admin) }

func (c *Cast) leave(key string) error {
	desk, here := c.desks[key]
	if !here {
		return nil
	}
	delete(c.desks, key)
	return desk.Close()
}

// Close closes all clients.
func (c *Cast) Close() error {
	var errs []error
	for key := range c.desks {
		errs = append(errs, c.leave(key))
	}
	return errors.Join(errs...)
}
