package server

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/engine"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/notify/fcm"
	"github.com/tsugi-app/tsugi/server/notify/mail"
	"github.com/tsugi-app/tsugi/server/notify/twilio"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/sqlite"
)

// Paging says through whom people are reached who have no client open. A way that is nil is not set up; without any, open clients ring all
// the same.
type Paging struct {
	Push   *fcm.Key
	Twilio *twilio.Settings
	Mail   *mail.Settings
	// Language is what people are told in, as words.For takes it.
	Language string
	// Web carries the requests to Firebase and Twilio, and Dial reaches the mail server, whose certificate TLS believes. They are nil for the
	// network and for what the system believes.
	Web  http.RoundTripper
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	TLS  *tls.Config
}

// pager sends what is to reach somebody, and takes what comes back.
type pager struct {
	Paging
	sending  engine.Sending
	pipeline *notify.Pipeline
	public   *http.ServeMux // what providers and people's browsers ask for
	db       database.DB
	logger   *slog.Logger
}

// openPager opens the ways that are set up, and lets the tasks of paging be carried out.
func openPager(ctx context.Context, o Options, db database.DB, sending engine.Sending, tasks *task.Runner) (*pager, error) {
	p := &pager{Paging: o.Paging, sending: sending, public: http.NewServeMux(), db: db, logger: o.Logger}
	p.sending.Language = o.Paging.Language
	options := notify.Options{Pages: p.sending, Book: p.sending, Journal: p.sending, Clock: sending.Clock, Limits: notify.DefaultLimits()}
	providers, err := p.providers(ctx)
	if err != nil {
		return nil, err
	}
	if options.Link, err = p.openPublic(); err != nil {
		return nil, err
	}
	if p.pipeline, err = notify.New(options, providers...); err != nil {
		return nil, fmt.Errorf("open paging: %w", err)
	}
	if err := p.pipeline.Register(tasks); err != nil {
		return nil, err
	}
	return p, tasks.Register(engine.Queue, engine.Handler(sending.Ledger, sending.Clock))
}

// providers returns one for each channel that is set up.
func (p *pager) providers(ctx context.Context) (out []notify.Provider, err error) {
	hours := p.sending.Clock
	if p.Push != nil {
		push, err := fcm.Open(ctx, *p.Push, fcm.Options{Clock: hours, Transport: p.Web})
		if err != nil {
			return nil, err
		}
		out = append(out, push)
	}
	if p.Twilio != nil {
		account := twilio.Open(*p.Twilio, twilio.Options{Clock: hours, Transport: p.Web})
		out = append(out, twilio.SMS{Account: account}, twilio.Call{Account: account})
	}
	if p.Mail != nil {
		letters, err := mail.Open(*p.Mail, mail.Options{Clock: hours, Dial: p.Dial, TLS: p.TLS})
		if err != nil {
			return nil, err
		}
		out = append(out, letters)
	}
	return out, nil
}

// openPublic makes what is asked for from outside, as far as the server is reached from there, and returns how links are made; nil where
// mails carry none.
func (p *pager) openPublic() (link func(notify.Place, time.Time) string, err error) {
	if p.Twilio != nil && p.Twilio.Public != "" {
		hooks := twilio.Hooks{Settings: *p.Twilio, Acknowledger: p.sending, Listener: p.sending, Logger: p.logger}
		p.public.Handle("/twilio/", hooks.Handler())
	}
	if p.Mail == nil || p.Mail.Public == "" {
		return nil, nil
	}
	key, err := hkdf.Key(sha256.New, p.sending.People.Keys().Cursor, nil, "tsugi links in mails", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of links: %w", err)
	}
	links, err := mail.NewLinks(p.Mail.Public, key)
	if err != nil {
		return nil, err
	}
	page, err := mail.Page{Links: links, Acknowledger: p.sending, Pages: p.sending, Clock: p.sending.Clock, Logger: p.logger}.Handler()
	if err != nil {
		return nil, fmt.Errorf("open the page behind links: %w", err)
	}
	p.public.Handle("/acknowledge/", page)
	return links.For, nil
}

// bodyTime is how long whoever is not known yet may take to send a request.
const bodyTime = 10 * time.Second

// before returns what serves what is asked for from outside, and hands everything else on.
func (p *pager) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := p.public.Handler(r)
		if pattern == "" {
			next.ServeHTTP(w, r)
			return
		}
		// The network goes by the machine's clock, whatever the server's shows. Where there is no deadline to be set there is no network.
		_ = http.NewResponseController(w).SetReadDeadline(clock.System{}.Now().Add(bodyTime))
		h.ServeHTTP(w, r)
	})
}

// Sends returns the channels that are set up.
func (p *pager) Sends() reach.Channels { return p.pipeline.Sends() }

// SendCode sends the code that shows whose a number or an address is.
func (p *pager) SendCode(ctx context.Context, c people.Challenge) error {
	return p.pipeline.SendProof(ctx, notify.Proof{
		ID:      id.Derive[task.ID](c.Contact, fmt.Sprintf("code until %d", c.Expires.UnixMicro())).String(), // the same for the same code
		Channel: c.Kind, To: notify.Address{ID: notify.AddressID(c.Contact), To: string(c.Address)},
		Code: string(c.Code), Language: p.Language, Expires: c.Expires,
	})
}

// forgetEvery is how often is forgotten what became of messages long ago.
const forgetEvery = time.Hour

// forget forgets it until ctx ends.
func (p *pager) forget(ctx context.Context) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		err := p.db.InTx(ctx, func(tx *sqlite.Tx) error { return p.sending.Delivery.Forget(ctx, tx, p.sending.Clock.Now()) })
		if err != nil && ctx.Err() == nil {
			p.logger.WarnContext(ctx, "forget what became of old messages", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
