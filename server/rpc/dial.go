package rpc

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// ControlSocket returns where a server on dir takes commands from its own machine.
func ControlSocket(dir string) string { return filepath.Join(dir, "control.sock") }

// Controller speaks to the server that is running on a data folder, through its control socket.
type Controller struct {
	api       tsugiv1connect.ControlServiceClient
	transport *http.Transport
}

// DialControl returns a controller of the server on dir. It connects with the first call. Close it.
func DialControl(dir string) *Controller {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", ControlSocket(dir))
		},
	}
	return &Controller{
		api: tsugiv1connect.NewControlServiceClient(&http.Client{Transport: transport}, "http://control"), transport: transport,
	}
}

// Close lets the connection go.
func (c *Controller) Close() { c.transport.CloseIdleConnections() }

// Guest is who is to be invited.
type Guest struct {
	Name       string
	Department string
	Admin      bool
}

// Invitation is a code that lets one device in.
type Invitation struct {
	Address string // empty where the server listens to nobody
	Code    string
	Expires time.Time
}

// Invite makes a code for a person, who is added if need be.
func (c *Controller) Invite(ctx context.Context, g Guest) (Invitation, error) {
	resp, err := c.api.InviteFromServer(ctx, &tsugiv1.InviteFromServerRequest{
		Invite: &tsugiv1.InviteRequest{Name: g.Name, Department: g.Department, Admin: g.Admin},
	})
	if err != nil {
		return Invitation{}, wire.FromError(err)
	}
	got := resp.GetInvite()
	return Invitation{Address: got.GetAddress(), Code: got.GetCode(), Expires: wire.Time(got.GetExpiresUs())}, nil
}

// Import takes over incidents of the history called space, and counts what was new.
func (c *Controller) Import(ctx context.Context, space string, history []incident.Import) (incidents, updates int, err error) {
	req := &tsugiv1.ImportIncidentsRequest{Space: space}
	for _, i := range history {
		req.Incidents = append(req.Incidents, wire.ImportTo(i))
	}
	resp, err := c.api.ImportIncidents(ctx, req)
	if err != nil {
		return 0, 0, wire.FromError(err)
	}
	return int(resp.GetIncidents()), int(resp.GetUpdates()), nil
}

// Census is what a server holds.
type Census struct {
	People    int
	Incidents int
	Events    uint64 // all that the log has
	Shared    uint64 // those of them that everybody may see
}

// Describe counts what the server holds.
func (c *Controller) Describe(ctx context.Context) (Census, error) {
	resp, err := c.api.Describe(ctx, &tsugiv1.DescribeRequest{})
	if err != nil {
		return Census{}, wire.FromError(err)
	}
	return Census{People: int(resp.GetPeople()), Incidents: int(resp.GetIncidents()), Events: resp.GetEvents(), Shared: resp.GetSharedEvents()}, nil
}
