// Package fcm sends pushes through a Firebase project of the company's own. What it is handed are ids and a short text in data-only
// messages; what it answers means that the message was taken, and not that a device has shown it.
package fcm

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	firebase "firebase.google.com/go/v4"
	"firebase.google.com/go/v4/messaging"
	"google.golang.org/api/option"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Provider sends pushes. Make it with Open.
type Provider struct {
	client *messaging.Client
	clock  clock.Clock
}

// Options says what a provider works with.
type Options struct {
	Clock clock.Clock
	// Transport carries the requests. It is nil for the ordinary one.
	Transport http.RoundTripper
	// Endpoint is where Firebase is. It is empty for the real one; a fake is asked without credentials unless there is a Key.
	Endpoint string
}

// Open returns a provider that sends in the name of a project. It asks nobody: whether the key is good is seen with the first push.
func Open(ctx context.Context, k Key, o Options) (*Provider, error) {
	base := o.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	opts := []option.ClientOption{option.WithoutAuthentication()}
	if o.Endpoint != "" {
		opts = append(opts, option.WithEndpoint(o.Endpoint))
	}
	if k.PrivateKey != "" {
		signed, err := sign(k, base)
		if err != nil {
			return nil, fmt.Errorf("read the key of project %s: %w", k.ProjectID, err)
		}
		base = signed
	}
	opts = append(opts, option.WithHTTPClient(&http.Client{Transport: single{base}}))
	app, err := firebase.NewApp(ctx, &firebase.Config{ProjectID: k.ProjectID}, opts...)
	if err != nil {
		return nil, fmt.Errorf("open Firebase project %s: %w", k.ProjectID, err)
	}
	client, err := app.Messaging(ctx)
	if err != nil {
		return nil, fmt.Errorf("open messaging of Firebase project %s: %w", k.ProjectID, err)
	}
	return &Provider{client: client, clock: o.Clock}, nil
}

// Channel returns Push.
func (*Provider) Channel() escalation.Channel { return escalation.Push }

// Queue returns the queue of pushes.
func (*Provider) Queue() task.Queue { return notify.QueueOf(escalation.Push) }

// Send sends a page to one device, whose token is in to. What is about no page rings nowhere.
func (p *Provider) Send(ctx context.Context, m notify.Message, to notify.Address) (notify.Accepted, error) {
	left := m.Expires.Sub(p.clock.Now())
	if left <= 0 {
		return notify.Accepted{}, notify.Permanent("the page has expired", nil)
	}
	if m.Page.IsZero() {
		return p.hand(ctx, note(m, to.To, left))
	}
	return p.hand(ctx, page(m, to.To, left))
}

// Silence tells one device that a page has ended, so that it stops ringing; where the page itself has not arrived yet, this takes its place.
func (p *Provider) Silence(ctx context.Context, ended id.Page, to notify.Address) (notify.Accepted, error) {
	return p.hand(ctx, silence(ended, to.To))
}

// Sync has one device fetch what is new, without a sound.
func (p *Provider) Sync(ctx context.Context, to notify.Address) (notify.Accepted, error) {
	return p.hand(ctx, sync(to.To))
}

// hand makes exactly one request: the library would repeat it by itself for seven seconds, which nobody would know of.
func (p *Provider) hand(ctx context.Context, m *messaging.Message) (notify.Accepted, error) {
	if m.Token == "" {
		return notify.Accepted{}, notify.Dead("there is no token", nil)
	}
	within, t := follow(ctx)
	defer t.stop()
	name, err := p.client.Send(within, m)
	switch {
	case err != nil:
		return notify.Accepted{}, t.refused(ctx, err, p.clock.Now())
	case name == "":
		return notify.Accepted{}, notify.Transient("the answer names no message", errors.New("an answer without a name"))
	}
	return notify.Accepted{Ref: name}, nil
}
