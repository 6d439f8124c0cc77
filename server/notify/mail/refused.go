package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/tsugi-app/tsugi/server/notify"
)

// busyWait is how long a mail server is left alone that does not want a mail just now. Many do that with senders that they do not know, to see
// whether they come again.
const busyWait = 30 * time.Second

// What admins look at.
const (
	server   = "host and port in mail.json"
	security = "security, host and port in mail.json, and the certificate of the mail server"
	account  = "username and password in mail.json"
	sender   = "from in mail.json, and whether its mail server lets this account send as it"
)

// unreached says why the mail server could not be spoken with.
func unreached(ctx context.Context, err error) *notify.Refusal {
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		detail := fmt.Sprintf("the mail server says %d", said.Code)
		switch said.Code {
		case 530, 534, 535, 538:
			return notify.Misconfigured(account, detail, err)
		}
		if said.Code/100 == 4 {
			return notify.Wait(busyWait, detail, err)
		}
		return notify.Misconfigured(server, detail, err)
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	switch text := err.Error(); {
	case untrusted:
		return notify.Misconfigured(security, "its certificate is not believed", err)
	case noTLS, strings.Contains(text, "support STARTTLS"):
		return notify.Misconfigured(security, "it offers no TLS", err)
	case strings.Contains(text, "AUTH"), strings.Contains(text, "auth"):
		return notify.Misconfigured(account, "it takes no such login", err)
	case interrupted(ctx, err):
		return notify.Transient("no answer in time", err)
	}
	return notify.Transient("the mail server was not reached", err)
}

// refused says why the mail server did not take a mail. What it says in words is left out, since that repeats the mailbox. A mailbox is given
// up only by a code that says in so many words that it is gone: a bare 550 may as well mean us.
func refused(ctx context.Context, err error) *notify.Refusal {
	said, ok := errors.AsType[*gomail.SendError](err)
	if !ok || said.ErrorCode() == 0 {
		if interrupted(ctx, err) {
			return notify.Transient("no answer in time", err)
		}
		return notify.Transient("the mail server hung up", err)
	}
	detail := strings.TrimSpace(fmt.Sprintf("the mail server says %d %s", said.ErrorCode(), said.EnhancedStatusCode()))
	class, _, _ := strings.Cut(strings.TrimPrefix(said.EnhancedStatusCode(), "5."), ".")
	switch {
	case said.ErrorCode()/100 == 4:
		return notify.Wait(busyWait, detail, err)
	case said.Reason == gomail.ErrSMTPRcptTo && gone(said.EnhancedStatusCode()):
		return notify.Dead(detail, err)
	case said.ErrorCode() == 530, said.ErrorCode() == 535:
		return notify.Misconfigured(account, detail, err)
	case said.Reason == gomail.ErrSMTPMailFrom, class == "7":
		return notify.Misconfigured(sender, detail, err)
	}
	return notify.Permanent(detail, err)
}

// gone reports whether an enhanced code (RFC 3463, RFC 7505) says that there is no such mailbox, or none any more.
func gone(enhanced string) bool {
	switch enhanced {
	case "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1":
		return true
	}
	return false
}
