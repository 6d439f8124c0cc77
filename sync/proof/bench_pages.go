package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

const (
	loadRate     = 50 // incidents a second
	loadEach     = 4  // pages of one
	loadPolicies = 30 // which take turns, each with people of its own
	loadTurn     = time.Second
	loadSpan     = 10 * time.Minute
	loadShared   = 2 * time.Minute // on PostgreSQL
	loadTakes    = 100 * time.Millisecond
	hangRate     = 5
	hangSpan     = time.Minute
	tokenTurn    = 4 * time.Minute // from when on whoever declares has a new token
)

// storm is a server under many incidents, whose pages go to fakes.
type storm struct {
	*Bench
	dir     string
	process *Process
	outside *Outside
	admin   member
	named   []id.Policy
	people  int

	mu       sync.Mutex
	accepted map[string]time.Time // when the declaration of each incident was answered
}

// openStorm starts a server with the fakes as its providers.
func (b *Bench) openStorm(ctx context.Context, name string) (*storm, error) {
	s := &storm{Bench: b, accepted: map[string]time.Time{}}
	var err error
	if s.dir, err = b.fresh(name); err != nil {
		return nil, err
	}
	if s.outside, err = OpenOutside(ctx, s.dir, b.Clock, loadTakes); err != nil {
		return nil, err
	}
	listen, err := FreeAddress(ctx)
	if err != nil {
		return nil, errors.Join(err, s.outside.Close())
	}
	more, err := b.where(ctx, name)
	if err == nil {
		s.process, err = serving{bin: b.Bin, dir: s.dir, listen: listen, more: append(more, s.outside.Args()...), env: s.outside.Env()}.start(ctx)
	}
	if err == nil {
		s.admin, err = s.hire(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// close ends the server at once: what it has left to send is of no interest.
func (s *storm) close() error {
	if s.process != nil {
		s.process.Kill()
	}
	return s.outside.Close()
}

func (s *storm) hire(ctx context.Context) (member, error) {
	n := s.people
	s.people++
	return joined(ctx, s.dir, n, n == 0, s.outside)
}

// team makes a policy whose only step pages new people, and returns them.
func (s *storm) team(ctx context.Context) ([]member, error) {
	var all []member
	var who []id.Person
	for range loadEach {
		m, err := s.hire(ctx)
		if err != nil {
			return nil, err
		}
		all, who = append(all, m), append(who, m.Person)
	}
	named, err := s.admin.describe(ctx, fmt.Sprintf("Policy %d", len(s.named)), 24*time.Hour, who)
	s.named = append(s.named, named)
	return all, err
}

// hands is how many declare at once.
const hands = 64

// rain declares so many incidents a second, for a while, also where the server falls behind; and returns how many it came to.
func (s *storm) rain(ctx context.Context, rate int, span time.Duration) (reached float64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	failed, free := make(chan error, hands+1), make(chan *Writer, hands)
	if err := s.renew(ctx, free); err != nil {
		return 0, err
	}
	all.Go(func() {
		if err := s.turns(ctx); err != nil {
			failed <- err
		}
	})
	watch, renewed := s.stopwatch(), time.Duration(0)
	total := int(span.Seconds() * float64(rate))
	for n := range total {
		if err := wait(ctx, time.Duration(n)*time.Second/time.Duration(rate)-watch()); err != nil {
			return 0, err
		}
		if watch()-renewed >= tokenTurn {
			renewed = watch()
			if err := s.renew(ctx, free); err != nil {
				return 0, err
			}
		}
		select {
		case w := <-free:
			all.Go(func() {
				if err := s.declareBy(ctx, w); err != nil {
					failed <- err
					return
				}
				select {
				case free <- w:
				default: // another took its place
				}
			})
		case err := <-failed:
			return 0, err
		}
	}
	reached = float64(total) / watch().Seconds()
	return reached, s.settled(ctx, total)
}

// settled waits until all declarations are answered.
func (s *storm) settled(ctx context.Context, total int) error {
	answered := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.accepted)
	}
	for range 300 {
		if answered() >= total {
			return nil
		}
		if err := wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("%d of %d declarations were not answered", total-answered(), total)
}

// turns lets policies take turns until ctx ends.
func (s *storm) turns(ctx context.Context) error {
	for n := 0; ; n++ {
		s.mu.Lock()
		w := s.admin.NewWriter()
		s.mu.Unlock()
		err := w.Insist(ctx, id.Workspace(), workspace.RouteSeverity{Level: 1, Policy: s.named[n%len(s.named)]})
		if err == nil {
			err = wait(ctx, loadTurn)
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it has rained long enough
		}
		if err != nil {
			return err
		}
		if len(s.named) == 1 {
			return nil
		}
	}
}

// renew replaces all writers before their token is good no more. Those that are at work are good for long enough.
func (s *storm) renew(ctx context.Context, free chan *Writer) error {
	c, err := s.call(ctx, s.dir, fmt.Sprintf("Declarer %d", s.people))
	if err != nil {
		return err
	}
	s.people++
	s.mu.Lock()
	s.admin.Caller = c
	s.mu.Unlock()
	for range hands {
		select {
		case <-free:
		default:
		}
	}
	for range hands {
		select {
		case free <- c.NewWriter():
		default:
		}
	}
	return nil
}

func (s *storm) declareBy(ctx context.Context, w *Writer) error {
	target := id.New[id.Stream]()
	if err := w.Insist(ctx, target, incident.Declare{Title: "Checkout fails", Severity: 1}); err != nil {
		return err
	}
	now := s.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted[target.String()] = now
	return nil
}

// waits is how long it took from when incidents were accepted.
type waits struct {
	first, last []time.Duration // to the first and the last page of each that a fake received
	lost        int             // that were not there a minute later
	again       int
}

// measure waits until the pages of all incidents have come by one channel, so many for each, a minute at most, and returns how long they took.
func (s *storm) measure(ctx context.Context, c reach.Channel, each int) (w waits, err error) {
	s.mu.Lock()
	want := len(s.accepted) * each
	s.mu.Unlock()
	var got map[string]map[string]time.Time
	for watch := s.stopwatch(); ; {
		have := 0
		if got, have, w.again = s.received(c); want <= have || watch() > time.Minute {
			w.lost = want - have
			break
		}
		if err := wait(ctx, time.Second); err != nil {
			return w, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for in, at := range s.accepted {
		var all []time.Duration
		for _, received := range got[in] {
			all = append(all, max(0, received.Sub(at))) // some are there before the answer is
		}
		if len(all) > 0 {
			w.first, w.last = append(w.first, slices.Min(all)), append(w.last, slices.Max(all))
		}
	}
	slices.Sort(w.first)
	slices.Sort(w.last)
	return w, nil
}

// received returns when each page that came by a channel was received first, by incident and address, how many there are, and how many came
// again.
func (s *storm) received(c reach.Channel) (got map[string]map[string]time.Time, have, again int) {
	got = map[string]map[string]time.Time{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.outside.All() {
		if _, ours := s.accepted[m.Incident]; !ours || m.Channel != c {
			continue
		}
		if got[m.Incident] == nil {
			got[m.Incident] = map[string]time.Time{}
		}
		if _, there := got[m.Incident][m.To]; there {
			again++
			continue
		}
		got[m.Incident][m.To] = m.At
		have++
	}
	return got, have, again
}

func spread(all []time.Duration) string {
	return fmt.Sprintf("p50 %s, p99 %s, max %s", ms(Percentile(all, 0.5)), ms(Percentile(all, 0.99)), ms(Percentile(all, 1)))
}

// load measures from the answer to a declaration to the first page that a provider receives, while there are many.
func (b *Bench) load(ctx context.Context) (rows []Row, err error) {
	s, err := b.openStorm(ctx, "load")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for range loadPolicies {
		if _, err := s.team(ctx); err != nil {
			return nil, err
		}
	}
	span := loadSpan
	if b.postgres != nil {
		span = loadShared
	}
	rate, err := s.rain(ctx, loadRate, span/time.Duration(b.Scale))
	if err != nil {
		return nil, err
	}
	w, err := s.measure(ctx, reach.Push, loadEach)
	if err != nil {
		return nil, err
	}
	row := func(what string, all []time.Duration) Row {
		ok := Percentile(all, 0.5) < time.Second && Percentile(all, 0.99) < 5*time.Second && w.lost == 0 && rate > 0.95*loadRate
		return Row{
			Promise:  fmt.Sprintf("accepted → %s, %d incidents/s with %d pages each: p50 < 1 s, p99 < 5 s", what, loadRate, loadEach),
			Measured: spread(all) + fmt.Sprintf("; %d incidents at %.1f/s, %d pages not there a minute later, %d twice", len(s.accepted), rate, w.lost, w.again),
			Limit:    "a provider that takes " + ms(loadTakes), Ratio: "-", Met: met(ok),
		}
	}
	return []Row{row("first attempt at the provider", w.first), row("all attempts", w.last)}, nil
}

// hang measures how long pushes take while Twilio takes messages and does not answer.
func (b *Bench) hang(ctx context.Context) (rows []Row, err error) {
	s, err := b.openStorm(ctx, "hang")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	team, err := s.team(ctx)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(team[0].dialled(ctx, numberOf(1), s.outside), team[0].wishes(ctx, reach.Rule{Channel: reach.SMS})); err != nil {
		return nil, err
	}
	measured := func() (waits, error) {
		if _, err := s.rain(ctx, hangRate, hangSpan/time.Duration(b.Scale)); err != nil {
			return waits{}, err
		}
		return s.measure(ctx, reach.Push, loadEach-1)
	}
	before, err := measured()
	if err != nil {
		return nil, err
	}
	s.accepted = map[string]time.Time{}
	s.outside.Hang(reach.ChannelsOf(reach.SMS))
	during, err := measured()
	if err != nil {
		return nil, err
	}
	s.outside.Hang(0)
	texts, err := s.measure(ctx, reach.SMS, 1)
	if err != nil {
		return nil, err
	}
	a, f := Percentile(during.last, 0.99), Percentile(before.last, 0.99)
	return []Row{{
		Promise:  fmt.Sprintf("Twilio hangs for %s: no push is later for it, p99 ≤ 2 × without, and no SMS is lost", hangSpan/time.Duration(b.Scale)),
		Measured: fmt.Sprintf("%s; %d pushes lost; SMS %s, %d lost", spread(during.last), during.lost, spread(texts.first), texts.lost),
		Limit:    "without: " + spread(before.last), Ratio: times(float64(a), float64(f)),
		Met: met(a <= 2*f && during.lost == 0 && texts.lost == 0),
	}}, nil
}
