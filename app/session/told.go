package session

import (
	"slices"
	"sync"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
)

// toldMost is how many rooms are remembered.
const toldMost = 8

// told remembers what rooms were told of, so that one more event does not cost all of them once more.
type told struct {
	mu    sync.Mutex
	rooms map[id.Incident]*toldRoom
	order []id.Incident // the one that was asked for longest ago first
}

// toldRoom is what a room was made of.
type toldRoom struct {
	telling present.Telling
	reading uint64
	lines   int // how many confirmed lines are in records
	first   id.Command
	last    uint64 // stream_seq of the newest of them
	records []present.Record
}

// room builds a room of a timeline.
func (t *told) room(line replica.Timeline, p present.RoomParams, v present.View) present.Room {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.of(p.Incident.ID)
	p.Records, p.Reading, p.Telling = known.recordsOf(line), line.Reading, &known.telling
	return present.RoomFrom(p, v)
}

// of returns what is remembered of a room, and forgets the room that nobody has asked for longest.
func (t *told) of(in id.Incident) *toldRoom {
	if t.rooms == nil {
		t.rooms = map[id.Incident]*toldRoom{}
	}
	if t.rooms[in] == nil {
		t.rooms[in] = &toldRoom{}
	}
	t.order = append(slices.DeleteFunc(t.order, func(o id.Incident) bool { return o == in }), in)
	if len(t.order) > toldMost {
		delete(t.rooms, t.order[0])
		t.order = t.order[1:]
	}
	return t.rooms[in]
}

// recordsOf returns the records of a timeline, of which only those are made that are new.
func (r *toldRoom) recordsOf(line replica.Timeline) []present.Record {
	confirmed := len(line.Lines)
	for confirmed > 0 && line.Lines[confirmed-1].Pending {
		confirmed--
	}
	if !r.continues(line, confirmed) {
		r.lines, r.records = 0, nil
	}
	r.records = appendRecords(r.records, line.Lines[r.lines:confirmed])
	if r.reading, r.lines = line.Reading, confirmed; confirmed > 0 {
		r.first, r.last = line.Lines[0].Command, line.Lines[confirmed-1].StreamSeq
	}
	return appendRecords(slices.Clip(r.records), line.Lines[confirmed:])
}

// continues reports whether what is known is the beginning of a timeline.
func (r *toldRoom) continues(line replica.Timeline, confirmed int) bool {
	return r.reading == line.Reading && r.lines > 0 && r.lines <= confirmed &&
		line.Lines[0].Command == r.first && line.Lines[r.lines-1].StreamSeq == r.last
}

func appendRecords(out []present.Record, lines []replica.Line) []present.Record {
	for _, l := range lines {
		if event, ok := l.Event.(incident.Event); ok {
			out = append(out, present.Record{Event: event, At: l.Envelope, Pending: l.Pending})
		}
	}
	return out
}
