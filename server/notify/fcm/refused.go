package fcm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/auth"
	"firebase.google.com/go/v4/messaging"

	"github.com/tsugi-app/tsugi/server/notify"
)

const (
	// rateWait is how long Firebase wants to be left alone when it does not say.
	rateWait = time.Minute
	mostWait = 10 * time.Minute
)

// What admins look at.
const (
	keySetting     = "the Firebase key: it must be of a service account of this project that may send messages"
	projectSetting = "project_id in the Firebase key: the app on the phones is built for another project"
	apnsSetting    = "the APNs key in the Firebase console, under Cloud Messaging"
)

// refused says why a message was not taken. Tokens are given up only where Firebase says so in so many words: with a wrong answer from
// somewhere in between nobody's phone is forgotten.
func (t *trail) refused(ctx context.Context, err error, now time.Time) *notify.Refusal {
	if t.err != nil || t.answer == nil {
		return t.unreached(ctx, err)
	}
	detail := t.said()
	status := t.answer.StatusCode
	switch {
	case messaging.IsUnregistered(err), messaging.IsInvalidArgument(err) && t.aboutToken():
		return notify.Dead(detail, err)
	case messaging.IsSenderIDMismatch(err):
		return notify.Misconfigured(projectSetting, detail, err)
	case messaging.IsThirdPartyAuthError(err):
		return notify.Misconfigured(apnsSetting, detail, err)
	case status == http.StatusTooManyRequests:
		return notify.Wait(t.wait(now, rateWait), detail, err)
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		return notify.Misconfigured(keySetting, detail, err)
	case status >= http.StatusInternalServerError:
		if wait := t.wait(now, 0); wait > 0 {
			return notify.Wait(wait, detail, err)
		}
		return notify.Transient(detail, err)
	case status >= http.StatusBadRequest:
		return notify.Permanent(detail, err)
	default: // taken, as it seems, but by somebody who is not Firebase
		return notify.Transient("the answer cannot be read", err)
	}
}

// unreached says why there was no answer.
func (t *trail) unreached(ctx context.Context, err error) *notify.Refusal {
	if refused, ok := errors.AsType[*auth.Error](t.err); ok && refused.Response != nil {
		if status := refused.Response.StatusCode; status == http.StatusBadRequest || status == http.StatusUnauthorized || status == http.StatusForbidden {
			return notify.Misconfigured(keySetting, "Google gives no access token for it", t.err)
		}
	}
	cause := errors.Join(t.err, err)
	if ctx.Err() != nil {
		return notify.Transient("no answer in time", errors.Join(context.Cause(ctx), cause))
	}
	return notify.Transient("Firebase was not reached", cause)
}

// answered is what is read of an error.
type answered struct {
	Error struct {
		Message string `json:"message"`
		Status  string `json:"status"`
		Details []struct {
			FieldViolations []struct {
				Field string `json:"field"`
			} `json:"fieldViolations"`
		} `json:"details"`
	} `json:"error"`
}

func (t *trail) read() answered {
	var a answered
	_ = json.Unmarshal(t.body, &a) // what cannot be read says nothing
	return a
}

// said returns what the answer says, for admins.
func (t *trail) said() string {
	a := t.read()
	return strings.TrimSpace(strconv.Itoa(t.answer.StatusCode) + " " + a.Error.Status + " " + notify.Shorten(a.Error.Message, 200))
}

// aboutToken reports whether it is the token that cannot be.
func (t *trail) aboutToken() bool {
	a := t.read()
	for _, d := range a.Error.Details {
		for _, v := range d.FieldViolations {
			if v.Field == "message.token" {
				return true
			}
		}
	}
	return strings.Contains(a.Error.Message, "not a valid FCM registration token")
}

// wait returns what Retry-After asks for, within bounds, or otherwise.
func (t *trail) wait(now time.Time, otherwise time.Duration) time.Duration {
	return notify.RetryAfter(t.answer.Header.Get("Retry-After"), now, otherwise, mostWait)
}
