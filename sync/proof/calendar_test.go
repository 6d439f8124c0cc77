package proof_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// paper is what a server writes down.
type paper struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *paper) Write(raw []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(raw)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// read returns what a calendar reads at an address.
func (b *bundle) read(t *testing.T, address string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.Body.Close() != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

// An address that a desk has made shows what the rotations say, follows them, and shows nothing once it is revoked. The server writes it
// down nowhere.
func TestACalendarReadsWhoIsOnCallUntilItsAddressIsRevoked(t *testing.T) {
	t.Parallel()
	log := &paper{}
	b := &bundle{ctx: t.Context(), home: t.TempDir(), warned: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	b.open(t, "127.0.0.1:0")
	t.Cleanup(func() { _ = b.office.Close() })
	b.ann, b.bob = b.seat(t, "Ann"), b.seat(t, "Bob")
	line := b.rota(t, person(b.bob))
	var address string
	err := b.ann.Await(b.ctx, func() (bool, error) { // until the rotation has been sent
		var err error
		address, err = b.ann.MakeFeed(b.ctx, oncall.OneRotation, line)
		return err == nil, nil
	})
	if err != nil || !strings.HasPrefix(address, b.office.Server.Address()+"/calendar/") {
		t.Fatal(address, err)
	}
	status, body := b.read(t, address)
	if status != http.StatusOK || strings.Count(body, "BEGIN:VEVENT") < 366 || !strings.Contains(body, "SUMMARY:Payments: Bob") {
		t.Errorf("%d with %d bytes", status, len(body))
	}
	if err := b.ann.Rotate(b.ctx, line, []oncall.Command{oncall.RenameRotation{Name: "Checkout"}}); err != nil {
		t.Fatal(err)
	}
	err = b.bob.Await(b.ctx, func() (bool, error) {
		r, _, err := b.bob.Replica().Rotation(b.ctx, line, 0)
		return r.Name == "Checkout", err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, body := b.read(t, address); !strings.Contains(body, "SUMMARY:Checkout: Bob") {
		t.Error("it does not follow")
	}
	feeds, err := b.ann.Feeds(b.ctx)
	if err != nil || len(feeds) != 1 || feeds[0].Read.IsZero() || b.ann.View().FeedShows(feeds[0]) != "Everybody in Checkout" {
		t.Fatalf("%+v, %v", feeds, err)
	}
	if err := b.ann.RevokeFeed(b.ctx, feeds[0].ID); err != nil {
		t.Fatal(err)
	}
	if status, body := b.read(t, address); status != http.StatusNotFound || strings.Contains(body, "VCALENDAR") {
		t.Errorf("revoked: %d %s", status, body)
	}
	if said := log.String(); strings.Contains(said, "tsugi_feed_") {
		t.Errorf("the server wrote down: %s", said)
	}
}

// rota has Ann make a rotation in which some take turns every day.
func (b *bundle) rota(t *testing.T, people ...id.Person) id.Rotation {
	t.Helper()
	line := id.New[id.Rotation]()
	layer := oncall.Layer{ID: id.New[id.Layer](), Unit: oncall.Day, Every: 1, Anchor: oncall.On(2025, time.January, 6, 9, 0)}
	for _, p := range people {
		layer.Places = append(layer.Places, oncall.Place{p})
	}
	create := oncall.CreateRotation{Name: "Payments", Version: oncall.Version{Zone: "UTC", Layers: []oncall.Layer{layer}}}
	if err := b.ann.Rotate(b.ctx, line, []oncall.Command{create}); err != nil {
		t.Fatal(err)
	}
	return line
}

// The command line makes an address while no client runs: nothing but that is asked of the server.
func TestAnAddressIsMadeWhileNoClientRuns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.bob.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := session.Open(b.ctx, session.Options{Dir: filepath.Join(b.home, "Bob"), Clock: &b.hours, Logger: proof.Quiet(), Zone: time.UTC, Words: words.English()})
	if err != nil {
		t.Fatal(err)
	}
	got := s.CarryOut(b.ctx, session.FeedWish{Kind: oncall.OwnShifts})
	if err := s.Close(); err != nil || got.Trouble != nil {
		t.Fatalf("%+v, %v", got.Trouble, err)
	}
	if status, body := b.read(t, got.Address); status != http.StatusOK || !strings.Contains(body, "NAME:Bob on call") {
		t.Errorf("%d %s", status, body)
	}
}

// Whose shifts somebody else has ordered hears of it on a desk that is open.
func TestWhoseShiftsAreOrderedHearsOfItAtAnOpenDesk(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if _, err := b.bob.News(b.ctx); err != nil {
		t.Fatal(err)
	}
	line := b.rota(t, person(b.bob), person(b.ann))
	err := b.bob.Await(b.ctx, func() (bool, error) {
		r, _, err := b.bob.Replica().Rotation(b.ctx, line, 0)
		return len(r.Versions) > 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.hours.pass(3 * time.Minute) // nobody has changed it since
	var heard []present.News
	err = b.bob.Await(b.ctx, func() (bool, error) {
		news, err := b.bob.News(b.ctx)
		heard = append(heard, news...)
		return len(heard) > 0, err
	})
	if err != nil || heard[0].Title != "Your shifts have changed: Payments" || heard[0].Rotation != line || heard[0].Urgent {
		t.Errorf("%+v, %v", heard, err)
	}
	if news, err := b.ann.News(b.ctx); err != nil || len(news) > 0 {
		t.Errorf("she did it herself, and hears %+v, %v", news, err)
	}
}
