package present_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// saga is a room to which things happen by chance.
type saga struct {
	view    present.View
	people  []id.Person
	entries []id.Entry
	state   incident.Incident
	sure    []present.Record
	reading uint64
	now     time.Time
}

func newSaga(t *testing.T) *saga {
	s := &saga{view: view(t), state: incident.Incident{ID: id.New[id.Incident]()}, reading: 1, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	for _, name := range []string{"Ada Sample", "Cleo Sample"} {
		p := workspace.Person{ID: id.New[id.Person](), Seq: 1, Name: name}
		s.view.Setup, s.people = s.view.Setup.With(p), append(s.people, p.ID)
	}
	return s
}

// event draws one thing that may happen, also to entries that nobody wrote.
func (s *saga) event(t *rapid.T) incident.Event {
	if len(s.entries) == 0 || rapid.Bool().Draw(t, "writes") {
		s.entries = append(s.entries, id.New[id.Entry]())
		return incident.Written{Entry: s.entries[len(s.entries)-1], Text: rapid.StringN(0, 8, 20).Draw(t, "text")}
	}
	e := rapid.SampledFrom(s.entries).Draw(t, "entry")
	switch rapid.IntRange(0, 8).Draw(t, "what") {
	case 0:
		return incident.Edited{Entry: e, Text: "edited"}
	case 1:
		return incident.Erased{Entry: e}
	case 2:
		return incident.Starred{Entry: e, Off: rapid.Bool().Draw(t, "off")}
	case 3:
		return incident.Pinned{Entry: e, Off: rapid.Bool().Draw(t, "off")}
	case 4:
		return incident.TimeCorrected{Entry: e, At: s.now.Add(-time.Hour)}
	case 5:
		return incident.MilestoneMarked{Entry: e, Name: incident.Detected, At: s.now}
	case 6:
		return incident.MilestoneUnmarked{Name: incident.Detected}
	case 7:
		return incident.Written{Entry: e, Text: "the same id again"}
	default:
		return incident.SeverityChanged{From: 3, To: 2, Reason: "reason"}
	}
}

func (s *saga) record(t *rapid.T, seq uint64, pending bool) present.Record {
	s.now = s.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
	r := present.Record{Event: s.event(t), Pending: pending, At: id.Envelope{
		Command: id.New[id.Command](), StreamSeq: seq, Actor: id.Actor{Person: rapid.SampledFrom(s.people).Draw(t, "by")}, Occurred: s.now,
	}}
	if !pending {
		r.At.Received = s.now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "late")) * time.Minute)
	}
	return r
}

// step lets something happen and returns how the room is to be told.
func (s *saga) step(t *rapid.T) present.RoomParams {
	for range rapid.IntRange(0, 3).Draw(t, "arrive") {
		r := s.record(t, s.state.Seq+1, false)
		s.sure = append(slices.Clip(s.sure), r)
		s.state, _ = stream.Apply(s.state, r.At, r.Event).(incident.Incident)
	}
	shown, all := s.state, slices.Clip(s.sure)
	for range rapid.IntRange(0, 2).Draw(t, "pending") {
		r := s.record(t, shown.Seq+1, true)
		all = append(all, r)
		shown, _ = stream.Apply(shown, r.At, r.Event).(incident.Incident)
	}
	switch rapid.IntRange(0, 12).Draw(t, "besides") {
	case 0: // words vanish from what is stored
		s.reading++
		s.sure = append([]present.Record(nil), s.sure...)
		for i, r := range s.sure {
			if w, ok := r.Event.(incident.Written); ok {
				s.sure[i].Event = incident.Written{Entry: w.Entry, Was: id.Content{1}}
				break
			}
		}
		all = s.sure
	case 1: // somebody is called otherwise
		s.view.Setup = s.view.Setup.With(workspace.Person{ID: s.people[0], Seq: 2, Name: fmt.Sprint("Ada ", s.now.Unix())})
	case 2: // the oldest are not shown any more
		all = all[min(len(all), 2):]
	case 3:
		s.now = s.now.Add(24 * time.Hour)
	}
	return present.RoomParams{Incident: shown, Seq: s.state.Seq, Records: all, Now: s.now, Reading: s.reading}
}

func TestWhatIsToldBitByBitIsWhatIsToldAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s, told := newSaga(t), &present.Telling{}
		var former []present.Entry
		var copied []present.Entry
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			p := s.step(rt)
			atOnce := present.RoomFrom(p, s.view)
			p.Telling = told
			bitByBit := present.RoomFrom(p, s.view)
			if !reflect.DeepEqual(atOnce, bitByBit) {
				rt.Fatalf("told at once\n%+v\nbit by bit\n%+v", atOnce.Entries, bitByBit.Entries)
			}
			if !reflect.DeepEqual(former, copied) {
				rt.Fatal("what was handed out was changed")
			}
			former, copied = bitByBit.Entries, append([]present.Entry(nil), bitByBit.Entries...)
		}
	})
}
