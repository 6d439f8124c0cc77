package sim

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/protocol"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// sees takes over which private scopes the server says that this device's person may see, as replica.Sees does it.
func (c *client) sees(list []id.Scope) error {
	var gone []id.Incident
	for _, in := range slices.SortedFunc(maps.Keys(c.file.private), id.Incident.Compare) {
		var err error
		switch protocol.FateOf(c.copy.place(id.Stream(in)), slices.Contains(list, id.Private(in)), c.file.private[in], c.copy.life) {
		case protocol.Stays:
			err = c.file.suspect(in, c.copy.life)
		case protocol.Public:
			err = c.file.clear(in)
		case protocol.Goes:
			gone = append(gone, in)
		case protocol.Waits:
			c.w.count(Waited)
		}
		if err != nil {
			return err
		}
	}
	for _, in := range gone {
		if err := c.purge(in); err != nil {
			return err
		}
	}
	return nil
}

// expect notes what the tail that begins now has to bring, as replica.Expect does it.
func (c *client) expect() error {
	overdue, err := c.out.Overdue(c.w.ctx, func(in id.Incident) bool { _, known := c.file.private[in]; return known })
	if err != nil {
		return err
	}
	for _, in := range overdue {
		if err := c.file.suspect(in, c.copy.life); err != nil {
			return err
		}
	}
	return nil
}

// purge takes an incident out of everything here, in the order in which the real replica does it.
func (c *client) purge(in id.Incident) error {
	target := id.Stream(in)
	unsent := slices.ContainsFunc(c.out.Pending, func(p protocol.Pending) bool { return p.Target == target && c.out.Unsent(p) })
	if err := c.out.Forsake(c.w.ctx, target); err != nil {
		return err
	}
	err := c.change(func(t *tx) error {
		t.next.drop(target)
		t.order = append(t.order, target)
		return nil
	})
	if err != nil {
		return err
	}
	if err := c.file.clear(in); err != nil {
		return err
	}
	c.w.say("%s: purges %s, unsent: %t", c.name, target.Short(), unsent)
	c.begun++
	c.w.count(Purge)
	if unsent {
		c.w.count(RevokePending)
	}
	c.checkGone(in)
	return nil
}

// marked returns the mark that all words have which are written into an incident, and nothing else.
func marked(in id.Stream) string { return fmt.Sprintf("in %x.", in[:]) }

// checkGone sees to it that nothing of an incident is in any file of a client.
func (c *client) checkGone(in id.Incident) {
	s := id.Stream(in)
	if c.copy.states[s] != nil || len(c.copy.events[s]) > 0 || !c.copy.lies[s].IsZero() || len(c.copy.erased[s]) > 0 ||
		c.copy.withdrawn[s] != (withdrawal{}) || c.copy.has([]byte(marked(s))) {
		c.w.fail(11, "%s: %s may not be seen any more, and is in the copy", c.name, s.Short())
	}
	if _, known := c.copy.cursors[id.Private(in)]; known {
		c.w.fail(11, "%s: %s may not be seen any more, and its cursor is here", c.name, s.Short())
	}
	for _, r := range c.file.rows {
		if r.outcome != nil && r.outcome.Fault != nil && r.outcome.Fault.Kind == fault.NotFound || c.strange(r) {
			continue // it was refused as if there were no incident, or before this one was: it never was a part of it, and is its author's
		}
		if r.sub.Target == s && r.sub.Command != (incident.Join{}) {
			c.w.fail(11, "%s: %s may not be seen any more, and command %s to it is in the outbox: %T", c.name, s.Short(), r.sub.ID.Short(), r.sub.Command)
		}
		if raw, err := wire.EncodeCommand(r.sub.Command); err != nil || bytes.Contains(raw, []byte(marked(s))) {
			c.w.fail(11, "%s: words of %s are in the outbox, %v", c.name, s.Short(), err)
		}
	}
}

// strange reports whether a command was refused where nothing told its author that the incident is not for everybody: in a life of the log
// that is lost, in which they saw it, or because the server could not read the command and never looked at what it was to. The log that is
// copied here never showed them the incident: such a command is no part of what the log has under that id, and it is its author's.
func (c *client) strange(r *command) bool {
	if !r.refused() || c.copy.line == nil {
		return false
	}
	former := !r.outcome.Epoch.IsZero() && r.outcome.Epoch != c.copy.life
	unread := r.outcome.Fault != nil && r.outcome.Fault.Message == unreadable
	return (former || unread) && !c.copy.line.mayKnow(c.actor.Person, r.sub.Target, 1)
}
