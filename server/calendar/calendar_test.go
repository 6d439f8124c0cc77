package calendar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/server/calendar"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

var noon = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

const secret = "tsugi_feed_kept-to-oneself"

// office is a server's feeds, rotations and people, and a clock that is set by hand.
type office struct {
	feeds     map[people.Secret]people.Feed
	read      []id.Feed
	rotations []ledger.Rotation
	setup     workspace.Setup
	now       time.Time
	fails     error
	logged    bytes.Buffer
	calendars http.Handler
}

func (o *office) Feed(_ context.Context, s people.Secret) (people.Feed, bool, error) {
	f, good := o.feeds[s]
	return f, good, o.fails
}

func (o *office) FeedRead(_ context.Context, f people.Feed, _ time.Time) error {
	o.read = append(o.read, f.ID)
	return nil
}

func (o *office) Rotations(context.Context) ([]ledger.Rotation, error) {
	return slices.Clone(o.rotations), nil
}

func (o *office) Rotation(_ context.Context, r id.Rotation) (ledger.Rotation, error) {
	for _, have := range o.rotations {
		if have.ID == r {
			return have, nil
		}
	}
	return ledger.Rotation{}, fault.New(fault.NotFound, "There is no such stream.")
}

func (o *office) Setup() workspace.Setup { return o.setup }

func (o *office) Now() time.Time { return o.now }

func (o *office) Moment() clock.Moment { return clock.Moment{Wall: o.now} }

// The people of the tests.
var ann, bob = id.Person{'A'}, id.Person{'B'}

func open(rotations ...oncall.Rotation) *office {
	o := &office{
		now: noon, setup: workspace.Default().With(workspace.Person{ID: ann, Name: "Ann"}, workspace.Person{ID: bob, Name: "Bob"}),
		feeds: map[people.Secret]people.Feed{secret: {ID: id.Feed{1}, Person: ann, Kind: oncall.AllShifts, Language: "en"}},
	}
	for _, r := range rotations {
		o.rotations = append(o.rotations, ledger.Rotation{Rotation: r, Changed: noon.Add(-time.Hour)})
	}
	logger := slog.New(slog.NewTextHandler(&o.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.calendars = calendar.New(o, o, o, logger).Handler()
	return o
}

// shows sets what the feed shows.
func (o *office) shows(kind oncall.FeedKind, r id.Rotation) {
	f := o.feeds[secret]
	f.Kind, f.Rotation = kind, r
	o.feeds[secret] = f
}

func (o *office) ask(method, path string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequestWithContext(context.Background(), method, path, nil)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	o.calendars.ServeHTTP(w, req)
	return w
}

const path = "/calendar/" + secret + ".ics"

// tester is *testing.T or *rapid.T.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// event is what another's parser makes of one.
type event struct {
	uid, summary, about, sequence string
	from, until, stamp            time.Time
}

// get returns the calendar as another's parser reads it.
func (o *office) get(t tester) (*ical.Calendar, []event) {
	t.Helper()
	w := o.ask("GET", path)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	decoder := ical.NewDecoder(w.Body)
	c, err := decoder.Decode()
	if err != nil {
		t.Fatalf("another's parser: %v", err)
	}
	if _, err := decoder.Decode(); !errors.Is(err, io.EOF) {
		t.Fatalf("something follows: %v", err)
	}
	if len(c.Events()) > 0 { // which writes and checks it once more
		if err := ical.NewEncoder(io.Discard).Encode(c); err != nil {
			t.Fatalf("another's writer: %v", err)
		}
	}
	var out []event
	for _, e := range c.Events() {
		out = append(out, eventOf(t, e))
	}
	return c, out
}

func eventOf(t tester, e ical.Event) event {
	t.Helper()
	text := func(name string) string {
		said, err := e.Props.Text(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return said
	}
	at := func(name string) time.Time {
		when, err := e.Props.DateTime(name, nil)
		if p := e.Props.Get(name); err != nil || !strings.HasSuffix(p.Value, "Z") {
			t.Fatalf("%s: %v, %v", name, p, err)
		}
		return when
	}
	return event{
		uid: text("UID"), summary: text("SUMMARY"), about: text("DESCRIPTION"), sequence: e.Props.Get("SEQUENCE").Value,
		from: at("DTSTART"), until: at("DTEND"), stamp: at("DTSTAMP"),
	}
}

// daily returns a rotation in which some hand over every day at nine.
func daily(zone string, persons ...id.Person) oncall.Rotation {
	l := oncall.Layer{ID: id.Layer{1}, Anchor: oncall.On(2026, time.January, 5, 9, 0), Unit: oncall.Day, Every: 1}
	for _, p := range persons {
		l.Places = append(l.Places, oncall.Place{p})
	}
	return oncall.Rotation{ID: id.Rotation{7}, Seq: 3, Name: "Payments", Versions: []oncall.Version{{Zone: zone, Layers: []oncall.Layer{l}}}}
}

// On the day on which clocks go forward a shift lasts 23 hours, and the next begins at nine again, an hour earlier by UTC.
func TestShiftsFollowTheClocksThatChange(t *testing.T) {
	t.Parallel()
	o := open(daily("Europe/Berlin", ann, bob))
	_, all := o.get(t)
	var told []string
	for _, e := range all {
		if day := e.from.Format(time.DateOnly); day >= "2026-03-27" && day <= "2026-03-30" || day >= "2026-10-24" && day <= "2026-10-25" {
			told = append(told, e.summary+" "+e.from.Format("01-02 15:04")+" "+e.until.Sub(e.from).String())
		}
	}
	want := []string{
		"Payments: Bob 03-27 08:00 24h0m0s", "Payments: Ann 03-28 08:00 23h0m0s", "Payments: Bob 03-29 07:00 24h0m0s", "Payments: Ann 03-30 07:00 24h0m0s",
		"Payments: Ann 10-24 07:00 25h0m0s", "Payments: Bob 10-25 08:00 24h0m0s",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}

func TestACalendarReachesAYearAhead(t *testing.T) {
	t.Parallel()
	o := open(daily("UTC", ann))
	c, all := o.get(t)
	first, last := all[0], all[len(all)-1]
	if first.from.After(noon.AddDate(0, 0, -7)) || last.until.Before(noon.AddDate(1, 0, 0)) || len(all) < 373 {
		t.Errorf("%d shifts from %s until %s", len(all), first.from, last.until)
	}
	for i := 1; i < len(all); i++ {
		if !all[i].from.Equal(all[i-1].until) || all[i].uid == all[i-1].uid {
			t.Fatalf("%+v is followed by %+v", all[i-1], all[i])
		}
	}
	for name, want := range map[string]string{
		"VERSION": "2.0", "CALSCALE": "GREGORIAN", "REFRESH-INTERVAL": "PT1H", "X-PUBLISHED-TTL": "PT1H", "NAME": "On call: everybody", "X-WR-CALNAME": "On call: everybody",
	} {
		if p := c.Props.Get(name); p == nil || p.Value != want {
			t.Errorf("%s is %v, not %q", name, p, want)
		}
	}
	if p := c.Props.Get("REFRESH-INTERVAL"); p.Params.Get("VALUE") != "DURATION" {
		t.Errorf("%+v", p)
	}
}

// A rotation that is renamed keeps its events; they have another text and a higher number, and the calendar another tag.
func TestARenamedRotationKeepsItsEvents(t *testing.T) {
	t.Parallel()
	o := open(daily("UTC", ann, bob))
	_, before := o.get(t)
	tag := o.ask("HEAD", path).Header().Get("ETag")
	o.rotations[0].Name, o.rotations[0].Seq, o.rotations[0].Changed = "Checkout", 4, noon
	o.setup = o.setup.With(workspace.Person{ID: bob, Name: "Robert"})
	_, after := o.get(t)
	if len(before) != len(after) || o.ask("HEAD", path).Header().Get("ETag") == tag {
		t.Fatal("there are others, or the tag is the same")
	}
	for i, e := range after {
		want := before[i]
		want.summary, want.sequence, want.stamp = "Checkout: Ann", "4", noon
		if e.summary != want.summary {
			want.summary = "Checkout: Robert"
		}
		if e != want {
			t.Fatalf("%+v became %+v", before[i], e)
		}
	}
}

// Whoever takes the end of somebody's shift over leaves the event of its beginning where it is.
func TestAnEventKeepsItsNameWhenItsEndMoves(t *testing.T) {
	t.Parallel()
	o := open(daily("UTC", ann))
	o.shows(oncall.OwnShifts, id.Rotation{})
	_, before := o.get(t)
	from := time.Date(2026, 4, 1, 20, 0, 0, 0, time.UTC)
	o.rotations[0].Overrides = []oncall.Override{{ID: id.Override{1}, Deed: oncall.Replace, From: from, Until: from.Add(13 * time.Hour), Out: ann, In: bob}}
	_, after := o.get(t)
	if len(before) != len(after) {
		t.Fatalf("%d became %d", len(before), len(after))
	}
	moved := 0
	for i := range after {
		if after[i] != before[i] {
			moved++
			if after[i].uid != before[i].uid || !after[i].until.Equal(from) {
				t.Errorf("%+v became %+v", before[i], after[i])
			}
		}
	}
	if moved != 1 {
		t.Errorf("%d moved", moved)
	}
	o.shows(oncall.OneRotation, id.Rotation{7})
	c, all := o.get(t)
	i := slices.IndexFunc(all, func(e event) bool { return e.summary == "Payments: Bob" })
	if i < 0 || all[i].about != "In place of Ann." || !all[i].from.Equal(from) || c.Props.Get("NAME").Value != "On call: Payments" {
		t.Errorf("%d, %+v", i, c.Props.Get("NAME"))
	}
}

func TestOwnShiftsAreOnesOwn(t *testing.T) {
	t.Parallel()
	legal := daily("UTC", bob, ann)
	legal.ID, legal.Name = id.Rotation{8}, "Legal"
	o := open(daily("UTC", ann, bob), legal)
	o.shows(oncall.OwnShifts, id.Rotation{})
	c, all := o.get(t)
	count := map[string]int{}
	for _, e := range all {
		count[e.summary]++
	}
	if got := slices.Sorted(maps.Keys(count)); !slices.Equal(got, []string{"On call: Legal", "On call: Payments"}) || len(all) != 374 || c.Props.Get("NAME").Value != "Ann on call" {
		t.Errorf("%v, %s", count, c.Props.Get("NAME").Value)
	}
}

// What people call things may hold whatever it likes: lines are of 75 octets at most and end with CRLF, and another's parser reads it as it was
// written.
func TestNamesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	name := `Backup; "Öl", \n & Co: ` + strings.Repeat("Überlandleitungsbereitschaft 🔥 継ぎ", 12) + `\`
	r := daily("UTC", ann)
	r.Name = name
	o := open(r)
	_, all := o.get(t)
	if want := name + ": Ann"; all[0].summary != want {
		t.Errorf("%q\n%q", all[0].summary, want)
	}
	for line := range strings.SplitSeq(o.ask("GET", path).Body.String(), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("%d octets: %q", len(line), line)
		}
	}
	o.rotations[0].Name = "one\r\ntwo\x00\x1bthree\xff"
	if _, all = o.get(t); all[0].summary != "one  two  three\uFFFD: Ann" {
		t.Errorf("%q", all[0].summary)
	}
}

func TestACalendarThatIsTheSameIsNotSentAgain(t *testing.T) {
	t.Parallel()
	o := open(daily("UTC", ann))
	whole := o.ask("GET", path)
	tag := whole.Header().Get("ETag")
	if again := o.ask("GET", path, "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") != tag {
		t.Errorf("%d with %d bytes", again.Code, again.Body.Len())
	}
	if head := o.ask("HEAD", path); head.Code != http.StatusOK || head.Body.Len() > 0 || head.Header().Get("Content-Length") != fmt.Sprint(whole.Body.Len()) {
		t.Errorf("%d, %v", head.Code, head.Header())
	}
	o.now = noon.Add(11 * time.Hour)
	if later := o.ask("GET", path, "If-None-Match", tag); later.Code != http.StatusNotModified {
		t.Errorf("the same day it is %d", later.Code)
	}
	o.now = noon.Add(13 * time.Hour)
	if next := o.ask("GET", path, "If-None-Match", tag); next.Code != http.StatusOK {
		t.Errorf("the next day, a day further, it is %d", next.Code)
	}
	if post := o.ask("POST", path); post.Code != http.StatusMethodNotAllowed {
		t.Errorf("it can be written to: %d", post.Code)
	}
	if len(o.read) != 5 || o.read[0] != (id.Feed{1}) {
		t.Errorf("noted as read: %v", o.read)
	}
}

// Whatever is not an address that is good gets one and the same answer, also one that was good.
func TestWhatIsNoAddressIsLikeOneThatWasRevoked(t *testing.T) {
	t.Parallel()
	o := open(daily("UTC", ann))
	delete(o.feeds, secret)
	revoked := o.ask("GET", path)
	o.feeds["other"] = people.Feed{ID: id.Feed{2}, Person: id.Person{'X'}, Kind: oncall.AllShifts} // whose owner is gone
	if revoked.Code != http.StatusNotFound || strings.Contains(revoked.Body.String(), "tsugi_feed") {
		t.Fatalf("%d %s", revoked.Code, revoked.Body)
	}
	for _, p := range []string{"/calendar/other.ics", "/calendar/x", "/calendar/" + strings.Repeat("x", 8000), "/calendar/%00%ff.ics", "/calendar/tsugi_feed_.ics", "/calendar/.ics"} {
		got := o.ask("GET", p, "If-None-Match", "*")
		if got.Code != revoked.Code || got.Body.String() != revoked.Body.String() || !cmp.Equal(got.Header(), revoked.Header()) {
			t.Errorf("%.30s: %d %v", p, got.Code, got.Header())
		}
	}
	if o.logged.Len() > 0 {
		t.Error(o.logged.String())
	}
}

// An address is in no log, whatever happens.
func TestWhatFailsIsToldWithoutTheAddress(t *testing.T) {
	t.Parallel()
	o := open(daily("UTC", ann))
	o.fails = errors.New("the disk is gone")
	w := o.ask("GET", path)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if said := o.logged.String(); !strings.Contains(said, "the disk is gone") || strings.Contains(said, "kept-to-oneself") {
		t.Error(said)
	}
}

// A rotation that a restored server does not know has an empty calendar, and no calendar program gives the address up.
func TestARotationThatIsGoneIsAnEmptyCalendar(t *testing.T) {
	t.Parallel()
	o := open(daily("UTC", ann))
	o.shows(oncall.OneRotation, id.Rotation{99})
	if w := o.ask("GET", path); w.Code != http.StatusOK || !strings.HasSuffix(w.Body.String(), "END:VCALENDAR\r\n") || strings.Contains(w.Body.String(), "VEVENT") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Whatever a rotation looks like, at every instant the calendar says of it what paging would: who is on call.
func TestACalendarSaysWhatPagingWould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := open(drawRotation(t))
		o.shows(oncall.OneRotation, id.Rotation{7})
		_, all := o.get(t)
		seen := map[string]bool{}
		for _, e := range all {
			if seen[e.uid] || !e.from.Before(e.until) {
				t.Fatalf("%+v is there twice, or ends before it begins", e)
			}
			seen[e.uid] = true
		}
		roster := oncall.NewRoster(o.rotations[0].Rotation)
		from, until := calendar.Window(noon)
		for range 50 {
			at := from.Add(time.Duration(rapid.Int64Range(0, int64(until.Sub(from)/time.Second)-1).Draw(t, "at")) * time.Second)
			var want, have []string
			for _, s := range roster.At(at) {
				want = append(want, "Payments: "+o.setup.People[s.Person].Name)
			}
			for _, e := range all {
				if !at.Before(e.from) && at.Before(e.until) {
					have = append(have, e.summary)
				}
			}
			slices.Sort(want)
			slices.Sort(have)
			if !slices.Equal(want, have) {
				t.Fatalf("at %s the calendar says %v, paging %v", at, have, want)
			}
		}
	})
}

func drawRotation(t *rapid.T) oncall.Rotation {
	r := oncall.Rotation{ID: id.Rotation{7}, Seq: 1, Name: "Payments"}
	person := rapid.SampledFrom([]id.Person{ann, bob})
	zone := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana"})
	layer := rapid.Custom(func(t *rapid.T) oncall.Layer {
		l := oncall.Layer{
			ID: id.Layer{rapid.Byte().Draw(t, "layer")}, Priority: rapid.IntRange(0, 2).Draw(t, "priority"), Every: rapid.IntRange(1, 13).Draw(t, "every"),
			Unit:   rapid.SampledFrom([]oncall.Unit{oncall.Hour, oncall.Day, oncall.Week, oncall.Month}).Draw(t, "unit"),
			Anchor: oncall.On(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"), 30),
			Places: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) oncall.Place { return rapid.SliceOfNDistinct(person, 1, 2, rapid.ID).Draw(t, "place") }), 1, 3).Draw(t, "places"),
		}
		if rapid.Bool().Draw(t, "restricted") {
			l.Hours = []oncall.Window{{Days: oncall.Days(rapid.IntRange(1, 127).Draw(t, "days")), From: rapid.IntRange(0, 1439).Draw(t, "opens"), Until: rapid.IntRange(1, 1440).Draw(t, "shuts")}}
		}
		return l
	})
	v := func(from time.Time) oncall.Version {
		return oncall.Version{From: from, Zone: zone.Draw(t, "zone"), Layers: rapid.SliceOfNDistinct(layer, 0, 3, func(l oncall.Layer) id.Layer { return l.ID }).Draw(t, "layers")}
	}
	r.Versions = []oncall.Version{v(noon.AddDate(0, 0, rapid.IntRange(-40, 3).Draw(t, "begins")))}
	if rapid.Bool().Draw(t, "edited") {
		next := v(noon.AddDate(0, 0, rapid.IntRange(4, 200).Draw(t, "edit")))
		r.Versions = append(r.Versions, next.Following(r.Versions[0]))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "overrides") {
		from := noon.Add(time.Duration(rapid.IntRange(-200, 4000).Draw(t, "from")) * time.Hour)
		r.Overrides = append(r.Overrides, oncall.Override{
			ID: id.Override{byte(i + 1)}, Deed: oncall.Deed(rapid.IntRange(1, 3).Draw(t, "deed")), From: from,
			Until: from.Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour), Out: ann, In: bob,
		})
	}
	return r
}
