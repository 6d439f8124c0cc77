package proof

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof/history"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Exchange is one line of what a client asked of the server and heard of it: a command about an incident that goes on its way, or
// an answer that has come. It is written by the client's line and not by the client, of whom it is to tell the truth.
type Exchange struct {
	At      time.Duration `json:"at"` // since boot
	ID      string        `json:"id"`
	Target  string        `json:"target,omitempty"`  // of what is sent
	Command []byte        `json:"command,omitempty"` // in its wire form
	// Kind is how it ended, with the number of the last event then; zero for what is sent.
	Kind stream.OutcomeKind `json:"kind,omitempty"`
	Seq  uint64             `json:"seq,omitempty"`
}

// callsPath returns where the journal of a client's commands lies, beside its data folder.
func callsPath(dir string) string { return dir + ".calls" }

// push journals commands before they are sent, and the answers before the client hears them.
func (l *Line) push(req *http.Request) (*http.Response, error) {
	return overhear(l.Transport, req, l.noteCalls)
}

// overhear carries a push, and notes what is sent before it goes on its way and what was answered before the client hears it.
func overhear(way http.RoundTripper, req *http.Request, note func([]Exchange) error) (*http.Response, error) {
	var asked tsugiv1.PushRequest
	req, _, err := read(req, &asked)
	if err != nil {
		return nil, err
	}
	if err := note(sentCalls(asked.GetSubmissions())); err != nil {
		return nil, err
	}
	resp, err := way.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	var answer tsugiv1.PushResponse
	if err := answered(resp, &answer); err != nil {
		return nil, err
	}
	return resp, note(heardCalls(asked.GetSubmissions(), answer.GetOutcomes()))
}

// sentCalls returns what is told of commands about incidents.
func sentCalls(submissions []*tsugiv1.Submission) []Exchange {
	var out []Exchange
	for _, m := range submissions {
		s, err := wire.SubmissionFrom(m)
		if err != nil {
			continue // the server refuses it too
		}
		if raw, err := wire.EncodeCommand(s.Command); err == nil && s.Command.Stream() == id.KindIncident {
			out = append(out, Exchange{ID: s.ID.String(), Target: s.Target.String(), Command: raw})
		}
	}
	return out
}

// heardCalls returns what is told of final answers.
func heardCalls(submissions []*tsugiv1.Submission, outcomes []*tsugiv1.Outcome) []Exchange {
	var out []Exchange
	for i, m := range outcomes {
		if o := wire.OutcomeFrom(m); i < len(submissions) && o.Kind.Final() {
			out = append(out, Exchange{ID: id.Command(submissions[i].GetCommandId()).String(), Kind: o.Kind, Seq: o.Seq})
		}
	}
	return out
}

// noteCalls writes lines of the journal at once, so that a kill leaves all of them or a beginning.
func (l *Line) noteCalls(calls []Exchange) error {
	var lines bytes.Buffer
	at := l.clock.Moment().Boot
	for _, c := range calls {
		c.At = at
		raw, err := json.Marshal(c)
		if err != nil {
			return err
		}
		lines.Write(append(raw, '\n'))
	}
	_, err := l.calls.Write(lines.Bytes())
	return err
}

// recount takes what a client sent and heard into a history. Ids of commands sort as they were given.
func recount(h *history.History, client int, by id.Person, calls []Exchange) error {
	calls = slices.Clone(calls)
	slices.SortStableFunc(calls, func(a, b Exchange) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	for _, c := range calls {
		command, err := id.Parse[id.Command](c.ID)
		if err != nil {
			return err
		}
		if c.Kind != 0 {
			h.Answer(command, c.At, stream.Outcome{Kind: c.Kind, Seq: c.Seq})
			continue
		}
		target, err := id.Parse[id.Stream](c.Target)
		if err != nil {
			return err
		}
		decoded, err := wire.DecodeCommand(c.Command)
		if err != nil {
			return err
		}
		if wish, ok := decoded.(incident.Command); ok {
			h.Give(history.Command{ID: command, Client: client, By: by, Target: target, Wish: wish})
			h.Send(command, c.At)
		}
	}
	return nil
}
