package session

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// Feeds asks the server for the addresses under which calendars of whoever looks read who is on call.
func (s *Session) Feeds(ctx context.Context) ([]present.Feed, error) {
	all, err := s.link.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	rotations, err := s.replica.Rotations(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the rotations: %w", err)
	}
	names := map[id.Rotation]string{}
	for _, r := range rotations {
		names[r.ID] = r.Name
	}
	out := make([]present.Feed, 0, len(all))
	for _, f := range all {
		out = append(out, present.Feed{ID: f.ID, Kind: f.Kind, Rotation: f.Rotation, Name: names[f.Rotation], Made: f.Made, Read: f.Read})
	}
	return out, nil
}

// MakeFeed has the server make an address that shows something, in the language of this client, and returns it. Nobody can read it again.
func (s *Session) MakeFeed(ctx context.Context, kind oncall.FeedKind, r id.Rotation) (address string, err error) {
	return s.link.MakeFeed(ctx, link.Feed{ID: id.New[id.Feed](), Kind: kind, Rotation: r, Language: s.Words.Tag})
}

// RevokeFeed has the server end an address.
func (s *Session) RevokeFeed(ctx context.Context, f id.Feed) error { return s.link.RevokeFeed(ctx, f) }

// FeedWish is what the command line wishes of the client that runs: to list, to make where Kind is set, or to revoke.
type FeedWish struct {
	Kind     oncall.FeedKind `json:"kind,omitempty"`
	Rotation id.Rotation     `json:"rotation,omitzero"`
	Revoke   id.Feed         `json:"revoke,omitzero"`
}

// FeedAnswer is what came of a FeedWish.
type FeedAnswer struct {
	Feeds   []present.Feed   `json:"feeds,omitempty"`
	Address string           `json:"address,omitempty"`
	Trouble *present.Trouble `json:"trouble,omitempty"` // why nothing came of it
}

// CarryOut carries a wish of the command line out, and words what goes wrong.
func (s *Session) CarryOut(ctx context.Context, w FeedWish) FeedAnswer {
	var (
		out FeedAnswer
		err error
	)
	switch {
	case !w.Revoke.IsZero():
		err = s.RevokeFeed(ctx, w.Revoke)
	case w.Kind != 0:
		out.Address, err = s.MakeFeed(ctx, w.Kind, w.Rotation)
	default:
		out.Feeds, err = s.Feeds(ctx)
	}
	if err != nil {
		trouble := present.TroubleFrom(err, s.Words)
		out.Trouble = &trouble
	}
	return out
}

// FeedQuestion is what a question about calendars begins with; a FeedWish in JSON follows.
const FeedQuestion = "feed "

func (s *Session) answerFeed(ctx context.Context, wish string) ([]byte, error) {
	var w FeedWish
	if err := json.Unmarshal([]byte(wish), &w); err != nil {
		return nil, fmt.Errorf("read what is wished of calendars: %w", err)
	}
	return json.Marshal(s.CarryOut(ctx, w))
}
