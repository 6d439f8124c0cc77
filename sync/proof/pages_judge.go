package proof

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// judge compares what the providers were handed with what the timelines say, and with what the policy asks for.
func (s *shift) judge(ctx context.Context) error {
	got := map[string][]Message{}
	for _, m := range s.outside.All() {
		if m.Incident == "" {
			continue
		}
		got[keyOf(m)] = append(got[keyOf(m)], m)
		s.result.Messages++
	}
	for _, k := range s.missing(s.outside.All()) {
		s.result.Lost = append(s.result.Lost, k+", which nobody answered")
	}
	s.repeats(got)
	db, err := s.database(ctx)
	if err != nil {
		return err
	}
	for _, d := range s.dramas {
		t, err := told(ctx, db, d.stream)
		if err != nil {
			return errors.Join(err, db.Close())
		}
		s.drama(d, t, got)
	}
	for k := range got {
		s.result.Rang = append(s.result.Rang, k+" is on no timeline")
	}
	return db.Close()
}

func (s *shift) database(ctx context.Context) (stores, error) {
	if s.Shared {
		return postgres.Open(ctx, s.postgres.URL())
	}
	return sqlite.Open(ctx, filepath.Join(s.nodes[0].dir, "tsugi.db"))
}

// account is what a timeline says of one incident's paging.
type account struct {
	steps    []due // when each step fell, and when it was to
	attempts []attempted
	ended    map[id.Page]escalation.PageEnded
	endedAt  map[id.Page]time.Time
}

type due struct{ at, was time.Time }

// attempted is a channel that was tried.
type attempted struct {
	page    id.Page
	person  id.Person
	channel reach.Channel
	due, at time.Time
}

// told reads a timeline.
func told(ctx context.Context, db stores, s id.Stream) (account, error) {
	a := account{ended: map[id.Page]escalation.PageEnded{}, endedAt: map[id.Page]time.Time{}}
	_, events, err := timeline.Load(ctx, db.Reader(), s, id.KindIncident, 0)
	if err != nil {
		return a, err
	}
	var falls time.Time
	pages := map[id.Page]escalation.Page{}
	for _, e := range events {
		event, err := wire.DecodeEvent(e.Kind, e.Payload)
		if err != nil {
			return a, fmt.Errorf("read the timeline of %s: %w", s, err)
		}
		if falls.IsZero() {
			falls = e.Received // the first step falls at once
		}
		paged, ok := event.(incident.Paged)
		if !ok {
			continue
		}
		switch what := paged.Event.(type) {
		case escalation.StepFell:
			a.steps = append(a.steps, due{at: falls, was: e.Received})
			falls = what.Until
		case escalation.OfPage:
			before := pages[what.Page]
			pages[what.Page] = escalation.ApplyPage(before, e.Received, what.Event)
			a.page(before, what, e.Received)
		}
	}
	return a, nil
}

func (a *account) page(before escalation.Page, of escalation.OfPage, at time.Time) {
	switch what := of.Event.(type) {
	case escalation.Attempted:
		falls := before.Begun.Add(before.Rules[len(before.Attempts)].After)
		if what.Why.Cause != escalation.Timely {
			falls = at
		}
		a.attempts = append(a.attempts, attempted{page: of.Page, person: of.Person, channel: what.Channel, due: falls, at: at})
	case escalation.PageEnded:
		a.ended[of.Page], a.endedAt[of.Page] = what, at
	}
}

// drama judges one incident, and takes what is accounted for out of what was got.
func (s *shift) drama(d *drama, t account, got map[string][]Message) {
	s.result.Incidents++
	name := d.stream.String()
	for i, step := range t.steps {
		s.intime(fmt.Sprintf("step %d of %s", i, name), step.at, step.was)
	}
	for _, a := range t.attempts {
		i := slices.IndexFunc(s.crew, func(m member) bool { return m.Person == a.person })
		if i < 0 {
			s.result.Rang = append(s.result.Rang, "somebody who is in no policy, of "+name)
			continue
		}
		k := keyOf(Message{Incident: name, Channel: a.channel, To: addressOf(i, a.channel)})
		sent := got[k]
		delete(got, k)
		if len(sent) > 0 {
			s.intime(k, a.due, sent[0].At)
			continue
		}
		if end := t.ended[a.page].End; end != escalation.EndAcknowledged && end != escalation.EndCancelled {
			s.result.Lost = append(s.result.Lost, fmt.Sprintf("%s, which was tried at %s; its page ended as %d", k, a.at.Format(time.StampMilli), end))
		}
	}
	s.stops(d, t)
	s.owed(d)
}

// intime judges when something happened that was due at an instant. Where servers share the database another goes on; only what the killed
// one had in its hands waits until its lease is over.
func (s *shift) intime(what string, falls, was time.Time) {
	from, missed := falls, false
	for _, o := range s.outages {
		switch {
		case s.Shared:
			missed = missed || !o.from.Before(falls) && o.from.Before(was)
		case was.After(o.from) && o.to.After(from): // it was down between
			missed = missed || !falls.Before(o.from)
			from = o.to
		}
	}
	took, allowed := was.Sub(from), bound
	switch {
	case missed:
		s.result.Missed++
		s.result.CaughtUpMS = max(s.result.CaughtUpMS, took.Milliseconds())
		if s.Shared {
			allowed += leaseTime
		}
	case from.Equal(falls):
		s.result.LateMS = max(s.result.LateMS, took.Milliseconds())
	}
	if took > allowed {
		s.result.Late = append(s.result.Late, fmt.Sprintf("%s came %s after it was due or the server was there again", what, took))
	}
}

// stops judges what came of an incident after somebody answered.
func (s *shift) stops(d *drama, t account) {
	if d.acknowledged.IsZero() {
		return
	}
	s.result.Acknowledged++
	for _, a := range t.attempts {
		if _, ended := t.ended[a.page]; !ended {
			s.result.Rang = append(s.result.Rang, fmt.Sprintf("page %s of %s goes on after the answer", a.page, d.stream))
		}
	}
	for _, m := range s.outside.All() {
		if m.Incident != d.stream.String() || !m.At.After(d.acknowledged) {
			continue
		}
		took := m.At.Sub(d.acknowledged)
		s.result.StoppedMS = max(s.result.StoppedMS, took.Milliseconds())
		if took > bound {
			s.result.Rang = append(s.result.Rang, fmt.Sprintf("%s, %s after the answer", keyOf(m), took))
		}
	}
}

// owed judges by the policy alone what must have gone out before somebody answered, however long servers were down until then.
func (s *shift) owed(d *drama) {
	if d.acknowledged.IsZero() {
		return // of the others all is owed
	}
	have := map[string]bool{}
	for _, m := range s.outside.All() {
		have[keyOf(m)] = true
	}
	slack := bound
	for _, o := range s.outages {
		if o.from.Before(d.acknowledged) && o.to.After(d.declared) {
			slack += o.to.Sub(o.from) + bound
		}
	}
	for i := range pagedPeople {
		for _, r := range channelRules() {
			k := keyOf(Message{Incident: d.stream.String(), Channel: r.Channel, To: addressOf(i, r.Channel)})
			at := d.declared.Add(time.Duration(i)*stepWait + r.After + slack)
			if at.Before(d.acknowledged) && !have[k] {
				s.result.Lost = append(s.result.Lost, k+", long before the answer")
			}
		}
	}
}

// inHand is how long a server may have something in its hands that a provider has received: until it is answered, and that is stored.
const inHand = fakeTime + 2*time.Second

// repeats judges what was received more than once: each time under the same id, and because of a kill that struck while the one before was in
// the server's hands.
func (s *shift) repeats(got map[string][]Message) {
	of := map[int]int{}
	for k, all := range got {
		for i, m := range all[1:] {
			s.result.Repeated++
			if m.ID != all[i].ID {
				s.result.Doubled = append(s.result.Doubled, fmt.Sprintf("%s has the ids %q and %q", k, all[i].ID, m.ID))
			}
			by := slices.IndexFunc(s.outages, func(o outage) bool {
				held := o.from.Sub(all[i].At)
				return held >= 0 && held < inHand && o.from.Before(m.At)
			})
			if by < 0 {
				s.result.Doubled = append(s.result.Doubled, k+" without a kill that explains it")
				continue
			}
			of[by]++
			s.result.Most = max(s.result.Most, of[by])
		}
	}
}
