package sim

import (
	"context"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// suspect notes that something of an incident may be here though not everybody may see it.
func (o *outbox) suspect(in id.Incident, life id.Epoch) error {
	if have, known := o.private[in]; known && (have == life || life.IsZero()) {
		return nil
	}
	o.c.w.say("%s: %s may be private, in %s", o.c.name, id.Stream(in).Short(), id.Stream(life).Short())
	return o.c.disk.write(func() { o.private[in] = life })
}

// clear notes that nothing of it is.
func (o *outbox) clear(in id.Incident) error {
	return o.c.disk.write(func() { delete(o.private, in) })
}

// erase takes the words of an entry out of the answered commands.
func (o *outbox) erase(entry id.Entry) error {
	return o.c.disk.write(func() {
		for _, r := range o.rows {
			if !r.closed && r.outcome == nil {
				continue
			}
			if blank, holds := incident.Wordless(r.sub.Command, entry); holds {
				r.sub.Command = blank
			}
		}
	})
}

// Forsake takes what was to happen to a stream out of all commands to it, see protocol.OutboxStore.
func (o *outbox) Forsake(_ context.Context, target id.Stream, why *fault.Fault) error {
	o.c.w.checkForsaken(o.c, target)
	return o.c.disk.write(func() {
		unanswered := false
		for _, r := range o.rows {
			if r.sub.Target != target {
				continue
			}
			unanswered = unanswered || r.outcome == nil
			r.closed = r.closed || r.outcome != nil && r.outcome.Kind == stream.Accepted
			r.outcome = &stream.Outcome{Kind: stream.Rejected, Mid: r.mid, Fault: why}
			r.sub.Command = incident.Join{}
			o.c.w.count(Gone)
			o.c.w.spectator.gaveUp(r.sub.ID)
		}
		if unanswered {
			o.renew(false)
		}
	})
}
