package rpc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Control serves whoever may read the data folder. It is the control service of the wire.
type Control struct{ Options }

// InviteFromServer makes a code in the server's own name. A person of the same name gets a further
// device.
func (c *Control) InviteFromServer(ctx context.Context, req *tsugiv1.InviteFromServerRequest) (*tsugiv1.InviteFromServerResponse, error) {
	if err := c.Ledger.Look(ctx); err != nil {
		return nil, wire.Error(err)
	}
	invite, _ := proto.Clone(req.GetInvite()).(*tsugiv1.InviteRequest)
	if len(invite.GetPersonId()) == 0 {
		if known := c.named(invite.GetName()); len(known) == 1 {
			invite.PersonId = known[0].Bytes()
		} else if len(known) > 1 {
			return nil, wire.Error(fault.New(fault.Invalid, "Several people have this name.").
				WithAdvice("Nothing was changed.", "Invite them in the client, on the page of people and devices."))
		}
	}
	resp, err := c.invite(ctx, id.Actor{}, invite)
	if err != nil {
		return nil, err
	}
	return &tsugiv1.InviteFromServerResponse{Invite: resp}, nil
}

func (c *Control) named(name string) []id.Person {
	var out []id.Person
	for _, p := range c.Ledger.Setup().People {
		if workspace.SameName(p.Name, name) {
			out = append(out, p.ID)
		}
	}
	return out
}

// ImportIncidents takes over incidents of a foreign history. What is here already is left alone.
func (c *Control) ImportIncidents(ctx context.Context, req *tsugiv1.ImportIncidentsRequest) (*tsugiv1.ImportIncidentsResponse, error) {
	resp := &tsugiv1.ImportIncidentsResponse{}
	for _, m := range req.GetIncidents() {
		history, err := wire.ImportFrom(m)
		if err != nil {
			return nil, wire.Error(err)
		}
		submission := own(c.Clock, id.Derive[id.Stream](id.Workspace(), req.GetSpace()+"/"+history.Key), history)
		submission.ID = id.Derive[id.Command](submission.Target, digest(m))
		events, err := c.Ledger.Do(ctx, func(context.Context, *sqlite.Tx) (id.Actor, []stream.Submission, error) {
			return id.Actor{}, []stream.Submission{submission}, nil
		})
		if err != nil {
			return nil, wire.Error(err)
		}
		for _, e := range events {
			switch e.Event.(type) {
			case incident.Imported:
				resp.Incidents++
			case incident.UpdateImported:
				resp.Updates++
			}
		}
	}
	return resp, nil
}

// digest names what is imported by its content, so that the same content is one command for ever.
func digest(m proto.Message) string {
	raw, _ := proto.MarshalOptions{Deterministic: true}.Marshal(m) // it was just unmarshalled
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Describe tells what the server holds. Its events are all that the log has, as a backup counts them: also those that
// only one person may see.
func (c *Control) Describe(ctx context.Context, _ *tsugiv1.DescribeRequest) (*tsugiv1.DescribeResponse, error) {
	if err := c.Ledger.Look(ctx); err != nil {
		return nil, wire.Error(err)
	}
	incidents, shared, err := c.Ledger.Census(ctx)
	if err != nil {
		return nil, wire.Error(err)
	}
	mark, err := ledger.ReadMark(ctx, c.Ledger.DB)
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.DescribeResponse{
		People: uint32(len(c.Ledger.Setup().People)), Incidents: uint32(incidents), Events: mark.Seq, SharedEvents: shared,
		Address: c.Address,
	}, nil
}
