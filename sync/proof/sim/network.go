package sim

import "slices"

// message is something on its way. arrive is what it does when it comes; it may be asked twice.
type message struct {
	name   string
	client *client
	up     bool // to the server
	sent   int  // number of sending
	arrive func()
	twice  bool // it has come once already
}

// send puts a message on its way. One that meets a wall on a partitioned side is lost.
func (w *world) send(m *message) {
	w.sent++
	m.sent = w.sent
	if m.up && m.client.deaf.up || !m.up && m.client.deaf.down {
		w.count(Dropped)
		return
	}
	w.flying = append(w.flying, m)
}

// deliver lets one of the messages under way arrive, whichever; now and then it will arrive once more.
func (w *world) deliver() {
	if len(w.flying) == 0 {
		return
	}
	i := 0
	if !w.calm {
		i = w.random.IntN(min(len(w.flying), 8))
	}
	m := w.flying[i]
	if slices.ContainsFunc(w.flying[:i], func(o *message) bool { return o.client == m.client && o.up == m.up }) {
		w.count(Reordered)
	}
	if w.calm || m.twice || w.random.IntN(12) > 0 {
		w.flying = slices.Delete(w.flying, i, i+1)
	} else {
		m.twice = true
	}
	w.say("%s: %s arrives", m.client.name, m.name)
	m.arrive()
}

// drop loses one of the messages under way.
func (w *world) drop() {
	if len(w.flying) == 0 {
		return
	}
	i := w.random.IntN(len(w.flying))
	w.say("%s: %s is lost", w.flying[i].client.name, w.flying[i].name)
	w.flying = slices.Delete(w.flying, i, i+1)
	w.count(Dropped)
}

// partition lets a client be heard but not hear, the other way round, neither or both.
func (w *world) partition() {
	c := w.anyone()
	c.deaf.up, c.deaf.down = w.random.IntN(3) == 0, w.random.IntN(3) == 0
	if c.deaf.up != c.deaf.down {
		w.count(OneWay)
	}
	w.say("%s: messages up are lost: %t, down: %t", c.name, c.deaf.up, c.deaf.down)
}
