package link

import (
	"context"
	"fmt"
	"time"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Feed is one address under which the calendars of whoever has this device read who is on call. What is secret of it is told once, by
// MakeFeed, and is in no file of this device.
type Feed struct {
	ID       id.Feed
	Kind     oncall.FeedKind
	Rotation id.Rotation // of OneRotation
	Language string      // as words.For takes it
	Made     time.Time
	Read     time.Time // when a calendar read it last, to the hour; zero for never
}

// Feeds asks for one's own addresses.
func (l *Link) Feeds(ctx context.Context) ([]Feed, error) {
	resp, err := asking(ctx, l, func(ctx context.Context, api tsugiv1connect.CalendarServiceClient) (*tsugiv1.ListFeedsResponse, error) {
		return api.ListFeeds(ctx, &tsugiv1.ListFeedsRequest{})
	})
	if err != nil {
		return nil, err
	}
	var all []Feed
	for _, m := range resp.GetFeeds() {
		f, err := feedFrom(m)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// MakeFeed has the server make an address, and returns it.
func (l *Link) MakeFeed(ctx context.Context, f Feed) (address string, err error) {
	req := &tsugiv1.MakeFeedRequest{FeedId: f.ID.Bytes(), Kind: uint32(f.Kind), Language: f.Language}
	if f.Kind == oncall.OneRotation {
		req.RotationId = f.Rotation.Bytes()
	}
	resp, err := asking(ctx, l, func(ctx context.Context, api tsugiv1connect.CalendarServiceClient) (*tsugiv1.MakeFeedResponse, error) {
		return api.MakeFeed(ctx, req)
	})
	return resp.GetAddress(), err
}

// RevokeFeed has the server end an address.
func (l *Link) RevokeFeed(ctx context.Context, f id.Feed) error {
	_, err := asking(ctx, l, func(ctx context.Context, api tsugiv1connect.CalendarServiceClient) (*tsugiv1.RevokeFeedResponse, error) {
		return api.RevokeFeed(ctx, &tsugiv1.RevokeFeedRequest{FeedId: f.Bytes()})
	})
	return err
}

// asking asks the server about calendars. It fails with an Unauthenticated fault on a device that is not enrolled.
func asking[T any](ctx context.Context, l *Link, call func(context.Context, tsugiv1connect.CalendarServiceClient) (T, error)) (T, error) {
	return unary(ctx, l, func() tsugiv1connect.CalendarServiceClient { return l.feeds }, call)
}

func feedFrom(m *tsugiv1.CalendarFeed) (Feed, error) {
	f := Feed{Language: m.GetLanguage(), Made: wire.Time(m.GetMadeUs()), Read: wire.Time(m.GetReadUs())}
	if kind := m.GetKind(); kind <= uint32(oncall.AllShifts) {
		f.Kind = oncall.FeedKind(kind)
	}
	var err error
	if f.ID, err = id.From[id.Feed](m.GetFeedId()); err != nil {
		return f, fmt.Errorf("read a calendar address: %w", err)
	}
	if f.Kind == oncall.OneRotation {
		if f.Rotation, err = id.From[id.Rotation](m.GetRotationId()); err != nil {
			return f, fmt.Errorf("read a calendar address: %w", err)
		}
	}
	return f, nil
}
