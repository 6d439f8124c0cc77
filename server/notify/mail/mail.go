// Package mail sends pages by mail, as plain text through the company's own mail server, and serves the page behind the link in them.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/server/task"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/escalation"
)

// Options says what a provider works with.
type Options struct {
	Clock clock.Clock
	// Dial reaches the mail server. It is nil for the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// TLS says whose certificates are believed. It is nil for those that the system believes.
	TLS *tls.Config
}

// Provider sends mails. Make it with Open.
type Provider struct {
	settings Settings
	from     *mail.Address
	options  Options
}

// Open returns a provider. It asks nobody: whether the settings are good is seen with the first mail.
func Open(s Settings, o Options) (*Provider, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("read who mails are from: %w", err)
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.TLS == nil {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	o.TLS = o.TLS.Clone()
	o.TLS.ServerName = s.Host
	return &Provider{settings: s, from: from, options: o}, nil
}

// Channel returns Mail.
func (*Provider) Channel() escalation.Channel { return escalation.Mail }

// Queue returns the queue of mails.
func (*Provider) Queue() task.Queue { return notify.QueueOf(escalation.Mail) }

// Send hands a mail to the mail server.
func (p *Provider) Send(ctx context.Context, m notify.Message, to notify.Address) (notify.Accepted, error) {
	letter, err := p.letter(m, to)
	if err != nil {
		return notify.Accepted{}, err
	}
	var line wire
	defer line.hangUp()
	client, err := p.client(ctx, &line)
	if err != nil {
		return notify.Accepted{}, notify.Misconfigured(server, "it cannot be reached like this", err)
	}
	connected, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return notify.Accepted{}, unreached(ctx, err)
	}
	if err := client.SendWithSMTPClient(connected, letter); err != nil && !letter.IsDelivered() {
		return notify.Accepted{}, refused(ctx, err)
	}
	_ = connected.Quit() // it has the mail, whatever it says now
	return notify.Accepted{Ref: notify.Shorten(letter.ServerResponse(), 120)}, nil
}

// client returns a client of its own: the library's changes itself while it sends.
func (p *Provider) client(ctx context.Context, line *wire) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(p.settings.Port), gomail.WithTimeout(notify.SendTime), gomail.WithHELO(p.domain()), gomail.WithoutNoop(),
		gomail.WithTLSConfig(p.options.TLS), gomail.WithDialContextFunc(line.dialer(ctx, p)),
	}
	switch p.settings.Security {
	case overTLS:
		options = append(options, gomail.WithSSL())
	case startTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if p.settings.Username != "" {
		options = append(options, gomail.WithUsername(p.settings.Username), gomail.WithPassword(p.settings.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(p.settings.Host, options...)
}

// wire is the connection of one mail. The library leaves it open where it fails.
type wire struct {
	conn net.Conn
	stop func() bool
}

// dialer returns what connects, and breaks the connection off when the context of the whole mail ends.
func (l *wire) dialer(whole context.Context, p *Provider) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := p.options.Dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		l.conn = conn
		l.stop = context.AfterFunc(whole, func() { _ = conn.Close() })
		if p.settings.Security != overTLS {
			return conn, nil
		}
		secure := tls.Client(conn, p.options.TLS)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("agree on TLS: %w", err)
		}
		return secure, nil
	}
}

func (l *wire) hangUp() {
	if l.conn != nil {
		l.stop()
		_ = l.conn.Close() // which the library may have done
	}
}

// letter writes a mail. It has the same Message-ID however often it is sent, and all that is about one incident hangs together.
func (p *Provider) letter(m notify.Message, to notify.Address) (*gomail.Msg, error) {
	w := words.For(m.Language).Paging
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	letter.FromMailAddress(p.from)
	if err := letter.To(to.To); err != nil {
		return nil, notify.Dead("the mailbox cannot be written to", err)
	}
	letter.SetMessageIDWithValue(m.ID + "." + to.ID.Short() + "@" + p.domain())
	if !m.Incident.IsZero() {
		thread := "<incident." + m.Incident.String() + "@" + p.domain() + ">"
		letter.SetGenHeader(gomail.HeaderInReplyTo, thread)
		letter.SetGenHeader(gomail.HeaderReferences, thread)
	}
	letter.SetDateWithValue(p.options.Clock.Now())
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetGenHeader("X-Auto-Response-Suppress", "All")
	if m.Urgency != escalation.Low {
		letter.SetImportance(gomail.ImportanceHigh)
	}
	letter.Subject(fmt.Sprintf(w.MailSubject, m.Title, notify.Shorten(m.Text, 120)))
	letter.SetBodyString(gomail.TypeTextPlain, text(w, m))
	return letter, nil
}

func text(w words.Paging, m notify.Message) string {
	if m.Page.IsZero() {
		return m.Text + "\n\n" + w.MailWhoSees + "\n"
	}
	parts := []string{w.MailOpening, m.Title + "\n" + m.Text}
	if m.Link != "" {
		parts = append(parts, fmt.Sprintf(w.MailLink, m.Link), w.MailOnce)
	} else {
		parts = append(parts, w.MailApp)
	}
	return strings.Join(append(parts, w.MailWhoSees), "\n\n") + "\n"
}

// domain returns what stands behind the @ of the sender.
func (p *Provider) domain() string {
	return p.from.Address[strings.LastIndexByte(p.from.Address, '@')+1:]
}

// interrupted reports whether the time was over, or nobody wants it any more.
func interrupted(ctx context.Context, err error) bool {
	var net net.Error
	return ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &net) && net.Timeout()
}
