package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Glance is one line of what somebody saw on a client: an incident with nothing of their own on its way, and what the last
// command had done to it.
type Glance struct {
	At       time.Duration `json:"at"` // since boot
	Incident string        `json:"incident"`
	Seq      uint64        `json:"seq"`
	State    []byte        `json:"state"` // in its stored form
	Command  string        `json:"command"`
	Events   [][]byte      `json:"events"` // of the command, in their stored form
}

// glancesPath returns where the journal of what was seen lies, beside the data folder.
func glancesPath(dir string) string { return dir + ".glances" }

// glance journals what is shown of a room, where all of it is confirmed.
func (a *Activity) glance(ctx context.Context, in id.Incident) error {
	room, err := a.Desk.Replica().Timeline(ctx, in, 20)
	if err != nil {
		return err
	}
	g, ok, err := glanceOf(room)
	if err != nil || !ok {
		return err
	}
	g.At = a.Clock.Moment().Boot
	raw, err := json.Marshal(g)
	if err != nil {
		return err
	}
	_, err = a.glances.Write(append(raw, '\n'))
	return err
}

// glanceOf returns what is told of a room. It is false for one with something on its way, and for one of which not enough is
// here.
func glanceOf(room replica.Timeline) (Glance, bool, error) {
	if len(room.Lines) == 0 || slices.ContainsFunc(room.Lines, func(l replica.Line) bool { return l.Pending }) {
		return Glance{}, false, nil
	}
	last := room.Lines[len(room.Lines)-1]
	state, err := wire.EncodeState(room.Incident)
	if err != nil {
		return Glance{}, false, err
	}
	g := Glance{Incident: room.Incident.ID.String(), Seq: last.StreamSeq, State: state, Command: last.Command.String()}
	for _, l := range room.Lines {
		if l.Command != last.Command {
			continue
		}
		raw, err := wire.EncodeEvent(l.Event)
		if err != nil {
			return Glance{}, false, err
		}
		g.Events = append(g.Events, raw)
	}
	return g, true, nil
}

// saw takes what somebody saw on a client into a history.
func saw(h *history.History, reader string, glances []Glance) error {
	for _, g := range glances {
		target, err := id.Parse[id.Stream](g.Incident)
		if err != nil {
			return err
		}
		command, err := id.Parse[id.Command](g.Command)
		if err != nil {
			return err
		}
		for i, raw := range g.Events {
			event, err := wire.DecodeEvent(id.KindIncident, raw)
			if err != nil {
				return err
			}
			at := id.Envelope{Stream: target, Kind: id.KindIncident, StreamSeq: g.Seq + 1 + uint64(i) - uint64(len(g.Events)), Command: command}
			h.See(history.Sight{Reader: reader, At: g.At, Event: stream.Recorded{Envelope: at, Event: event}})
		}
		decoded, err := wire.DecodeState(stream.Head{Stream: target, Kind: id.KindIncident, Seq: g.Seq, State: g.State})
		if err != nil {
			return err
		}
		if state, ok := decoded.(incident.Incident); ok {
			h.Read(history.Head{Reader: reader, State: state, From: -1, Until: g.At})
		}
	}
	return nil
}

// openGlances opens the journal of what was seen on the client in dir.
func openGlances(dir string) (*os.File, error) {
	file, err := os.OpenFile(glancesPath(dir), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal of what was seen: %w", err)
	}
	return file, nil
}
