package rpc

import (
	"context"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Calendar keeps the addresses under which calendars read who is on call. It is the calendar service of the wire. Everybody asks about
// their own.
type Calendar struct{ Options }

// MakeFeed makes an address.
func (c *Calendar) MakeFeed(ctx context.Context, req *tsugiv1.MakeFeedRequest) (*tsugiv1.MakeFeedResponse, error) {
	wanted := people.Feed{Person: actor(ctx).Person, Kind: feedKind(req.GetKind()), Language: req.GetLanguage()}
	var err error
	if wanted.ID, err = feedID(req.GetFeedId()); err == nil && wanted.Kind == oncall.OneRotation {
		wanted.Rotation, err = c.rotation(ctx, req.GetRotationId())
	}
	if err != nil {
		return nil, wire.Error(err)
	}
	var (
		made   people.Feed
		secret people.Secret
	)
	err = c.keep(ctx, func(ctx context.Context, tx *sqlite.Tx) error {
		var err error
		made, secret, err = c.People.MakeFeed(ctx, tx, wanted, c.Clock.Now())
		return err
	})
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.MakeFeedResponse{Feed: feedTo(made), Address: c.FeedAddress(secret)}, nil
}

// rotation returns the rotation that a request names.
func (c *Calendar) rotation(ctx context.Context, raw []byte) (id.Rotation, error) {
	r, err := id.From[id.Rotation](raw)
	if err != nil {
		return r, fault.Wrap(fault.Invalid, "The rotation_id is no id.", err)
	}
	_, err = c.Ledger.Rotation(ctx, r)
	if fault.Is(err, fault.NotFound) { // one that was made offline may be on its way
		err = fault.New(fault.NotFound, "There is no such rotation.").WithAdvice("Nothing was changed.", "Wait until it has been sent, and try again.")
	}
	return r, err
}

// ListFeeds returns the addresses of whoever asks.
func (c *Calendar) ListFeeds(ctx context.Context, _ *tsugiv1.ListFeedsRequest) (*tsugiv1.ListFeedsResponse, error) {
	all, err := c.People.Feeds(ctx, actor(ctx).Person)
	if err != nil {
		return nil, wire.Error(err)
	}
	resp := &tsugiv1.ListFeedsResponse{}
	for _, f := range all {
		resp.Feeds = append(resp.Feeds, feedTo(f))
	}
	return resp, nil
}

// RevokeFeed ends an address.
func (c *Calendar) RevokeFeed(ctx context.Context, req *tsugiv1.RevokeFeedRequest) (*tsugiv1.RevokeFeedResponse, error) {
	f, err := feedID(req.GetFeedId())
	p := actor(ctx).Person
	if err == nil {
		err = c.keep(ctx, func(ctx context.Context, tx *sqlite.Tx) error {
			return c.People.RevokeFeed(ctx, tx, p, f, c.Clock.Now())
		})
	}
	if err != nil {
		return nil, wire.Error(err)
	}
	return &tsugiv1.RevokeFeedResponse{}, nil
}

// keep changes what is kept here alone: the log hears nothing of it.
func (o Options) keep(ctx context.Context, work func(ctx context.Context, tx *sqlite.Tx) error) error {
	_, err := o.Ledger.Do(ctx, func(ctx context.Context, tx *sqlite.Tx) (id.Actor, []stream.Submission, error) {
		return id.Actor{}, nil, work(ctx, tx)
	})
	return err
}

// feedKind returns the kind that a number of the wire stands for; zero for one that is unknown here.
func feedKind(n uint32) oncall.FeedKind {
	if n > uint32(oncall.AllShifts) {
		return 0
	}
	return oncall.FeedKind(n)
}

func feedID(raw []byte) (id.Feed, error) {
	f, err := id.From[id.Feed](raw)
	if err != nil {
		return f, fault.Wrap(fault.Invalid, "The feed_id is no id.", err)
	}
	return f, nil
}

func feedTo(f people.Feed) *tsugiv1.CalendarFeed {
	out := &tsugiv1.CalendarFeed{
		FeedId: f.ID.Bytes(), Kind: uint32(f.Kind), Language: f.Language, MadeUs: wire.Micros(f.Made), ReadUs: wire.Micros(f.Read),
	}
	if f.Kind == oncall.OneRotation {
		out.RotationId = f.Rotation.Bytes()
	}
	return out
}
