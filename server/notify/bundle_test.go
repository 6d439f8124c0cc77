package notify_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// noon is when tests begin.
var noon = time.Date(2025, 11, 20, 12, 0, 0, 0, time.UTC)

// stood is a clock that stands.
type stood time.Time

func (s stood) Now() time.Time       { return time.Time(s) }
func (s stood) Moment() clock.Moment { return clock.Moment{Wall: s.Now()} }

var (
	page         = id.Page{1}
	place        = notify.Place{Incident: id.Incident{2}, Page: page}
	ann          = id.Person{'A'}
	phone, watch = notify.Address{ID: notify.AddressID{1}, To: "phone"}, notify.Address{ID: notify.AddressID{2}, To: "watch"}
)

// house is all that a pipeline works with, in memory.
type house struct {
	mu       sync.Mutex
	standing notify.Standing
	reach    notify.Reach
	past     notify.Past
	accepted map[notify.Attempt][]notify.AddressID
	reports  []notify.Report
	struck   []notify.Address
	full     error // why nothing can be recorded
	clock    clock.Clock
	limits   notify.Limits
	link     func(notify.Place, time.Time) string
}

func newHouse() *house {
	return &house{
		standing: notify.Standing{
			Person: ann, Urgency: escalation.High, Expires: noon.Add(5 * time.Minute), Patience: 30 * time.Second,
			Brief: notify.Brief{Number: 47, Title: "Checkout is down", Level: 1, Severity: "SEV1"},
		},
		reach:    notify.Reach{Language: "en", Addresses: []notify.Address{phone}},
		accepted: map[notify.Attempt][]notify.AddressID{}, clock: stood(noon), limits: notify.DefaultLimits(),
	}
}

func (h *house) Standing(_ context.Context, at notify.Place) (notify.Standing, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at != place {
		return notify.Standing{}, fault.New(fault.NotFound, "There is no such page.")
	}
	return h.standing, nil
}

func (h *house) Reach(context.Context, id.Person, escalation.Channel) (notify.Reach, error) {
	return h.reach, nil
}

func (h *house) Strike(_ context.Context, p id.Person, _ escalation.Channel, a notify.Address) error {
	if p == ann {
		h.struck = append(h.struck, a)
	}
	return nil
}

func (h *house) Past(_ context.Context, a notify.Attempt, _ id.Person, _ time.Time) (notify.Past, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	past := h.past
	past.Accepted = slices.Concat(past.Accepted, h.accepted[a])
	return past, nil
}

func (h *house) Record(ctx context.Context, r notify.Report) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full != nil {
		return h.full
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	h.reports = append(h.reports, r)
	for _, line := range r.Lines {
		if line.Reason == notify.ProviderAccepted {
			h.accepted[r.Attempt] = append(h.accepted[r.Attempt], line.Address)
		}
	}
	return nil
}

// last returns the newest report, and fails when there is none.
func (h *house) last(t *testing.T) notify.Report {
	t.Helper()
	if len(h.reports) == 0 {
		t.Fatal("nothing was recorded")
	}
	return h.reports[len(h.reports)-1]
}

// fake is a provider that does as told.
type fake struct {
	channel escalation.Channel
	do      func(ctx context.Context, m notify.Message, to notify.Address) error

	mu   sync.Mutex
	sent []notify.Message
	to   []string
}

func (f *fake) Channel() escalation.Channel { return f.channel }
func (f *fake) Queue() task.Queue           { return notify.QueueOf(f.channel) }

func (f *fake) Send(ctx context.Context, m notify.Message, to notify.Address) (notify.Accepted, error) {
	f.mu.Lock()
	f.sent, f.to = append(f.sent, m), append(f.to, to.To)
	do := f.do
	f.mu.Unlock()
	if do != nil {
		if err := do(ctx, m, to); err != nil {
			return notify.Accepted{}, err
		}
	}
	return notify.Accepted{Ref: "ref of " + to.To}, nil
}

// reached returns who got a message, in order of their names.
func (f *fake) reached() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := slices.Clone(f.to)
	slices.Sort(all)
	return all
}

func (h *house) pipeline(t *testing.T, providers ...notify.Provider) *notify.Pipeline {
	t.Helper()
	p, err := notify.New(notify.Options{Pages: h, Book: h, Journal: h, Clock: h.clock, Limits: h.limits, Link: h.link}, providers...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// taken is a task that tries the page by a channel for the n-th time.
func taken(c escalation.Channel, n int) task.Taken {
	return task.Taken{Task: notify.Attempt{Place: place, Channel: c}.Task(), Try: n, Given: int64(n)}
}
