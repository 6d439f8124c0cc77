package rpc_test

import (
	"testing"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func (o *office) calendars(d *device) tsugiv1connect.CalendarServiceClient {
	return tsugiv1connect.NewCalendarServiceClient(o.web.Client(), o.web.URL, connect.WithInterceptors(bearing{d}))
}

// rotation makes a rotation in which somebody takes turns with themselves.
func (o *office) rotation(t *testing.T, p id.Person) id.Rotation {
	t.Helper()
	r := id.New[id.Rotation]()
	err := o.options.Ledger.Carry(o.ctx, id.Actor{Person: p}, id.Stream(r), oncall.CreateRotation{Name: "Line", Version: oncall.Version{
		Zone: "UTC", Layers: []oncall.Layer{{ID: id.New[id.Layer](), Unit: oncall.Day, Every: 1, Places: []oncall.Place{{p}}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAFeedIsMadeListedAndRevoked(t *testing.T) {
	t.Parallel()
	o := setup(t)
	bob := o.enrol(t, o.invite(t, "Bob", false))
	line := o.rotation(t, bob.actor.Person)
	api := o.calendars(bob)
	feed := id.New[id.Feed]()
	made, err := api.MakeFeed(o.ctx, &tsugiv1.MakeFeedRequest{FeedId: feed.Bytes(), Kind: 2, RotationId: line.Bytes(), Language: "de"})
	if err != nil {
		t.Fatal(err)
	}
	secret := made.GetAddress()[len("http://here/calendar/"):]
	f, good, err := o.options.People.Feed(o.ctx, people.Secret(secret))
	if err != nil || !good || f.Rotation != line || f.Language != "de" || f.Person != bob.actor.Person {
		t.Errorf("%+v, %t, %v", f, good, err)
	}
	o.clock.pass(time.Minute)
	list, err := api.ListFeeds(o.ctx, &tsugiv1.ListFeedsRequest{})
	if err != nil || len(list.GetFeeds()) != 1 || id.Feed(list.GetFeeds()[0].GetFeedId()) != feed || id.Rotation(list.GetFeeds()[0].GetRotationId()) != line ||
		!wire.Time(list.GetFeeds()[0].GetMadeUs()).Equal(f.Made) {
		t.Errorf("%+v, %v", list, err)
	}
	if other, err := o.calendars(o.admin).ListFeeds(o.ctx, &tsugiv1.ListFeedsRequest{}); err != nil || len(other.GetFeeds()) > 0 {
		t.Errorf("the admin sees %+v, %v", other, err)
	}
	_, err = o.calendars(o.admin).RevokeFeed(o.ctx, &tsugiv1.RevokeFeedRequest{FeedId: feed.Bytes()})
	wantKind(t, "revoke Bob's", err, fault.NotFound)
	if _, err = api.RevokeFeed(o.ctx, &tsugiv1.RevokeFeedRequest{FeedId: feed.Bytes()}); err != nil {
		t.Fatal(err)
	}
	if _, good, err := o.options.People.Feed(o.ctx, people.Secret(secret)); good || err != nil {
		t.Error("it is good still", err)
	}
	o.secret(t, secret)
	o.noMistake(t)
}

func TestWhatCannotBeAFeedIsRefused(t *testing.T) {
	t.Parallel()
	o := setup(t)
	api := o.calendars(o.admin)
	feed := id.New[id.Feed]().Bytes()
	for name, ask := range map[string]struct {
		req  *tsugiv1.MakeFeedRequest
		want fault.Kind
	}{
		"no id":                  {&tsugiv1.MakeFeedRequest{Kind: 1}, fault.Invalid},
		"no kind":                {&tsugiv1.MakeFeedRequest{FeedId: feed}, fault.Invalid},
		"a kind of the future":   {&tsugiv1.MakeFeedRequest{FeedId: feed, Kind: 257}, fault.Invalid},
		"no rotation":            {&tsugiv1.MakeFeedRequest{FeedId: feed, Kind: 2}, fault.Invalid},
		"nobody's rotation":      {&tsugiv1.MakeFeedRequest{FeedId: feed, Kind: 2, RotationId: id.New[id.Rotation]().Bytes()}, fault.NotFound},
		"a person as a rotation": {&tsugiv1.MakeFeedRequest{FeedId: feed, Kind: 2, RotationId: o.admin.actor.Person.Bytes()}, fault.NotFound},
	} {
		_, err := api.MakeFeed(o.ctx, ask.req)
		wantKind(t, name, err, ask.want)
	}
	_, err := api.RevokeFeed(o.ctx, &tsugiv1.RevokeFeedRequest{FeedId: []byte("x")})
	wantKind(t, "revoke what is no id", err, fault.Invalid)
	_, err = tsugiv1connect.NewCalendarServiceClient(o.web.Client(), o.web.URL).ListFeeds(o.ctx, &tsugiv1.ListFeedsRequest{})
	wantKind(t, "without a token", err, fault.Unauthenticated)
	o.noMistake(t)
}
