package twilio

import (
	"fmt"
	"net/http"
	"time"

	"github.com/tsugi-app/tsugi/server/notify"
)

// answered is what is read of an answer.
type answered struct {
	SID     string `json:"sid"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

const (
	// rateWait is how long Twilio is left alone when it does not say.
	rateWait = 30 * time.Second
	mostWait = 10 * time.Minute
)

// What admins look at.
const (
	credentials = "account and auth_token in twilio.json"
	sender      = "from and messaging_service in twilio.json: it must be the account's own, and able to do this"
	countries   = "the countries that the account may send to and call, in the Twilio console under Geo permissions"
	trial       = "the account at Twilio: a trial reaches only numbers that were verified"
)

// refused says what a number in Twilio's list of errors means for us (https://www.twilio.com/docs/api/errors). Twilio's own words are
// left out: they repeat the number that was called.
func (a answered) refused(got answer, now time.Time) *notify.Refusal {
	status := got.status
	detail := fmt.Sprintf("Twilio says %d, error %d", status, a.Code)
	switch a.Code {
	case 21211, 21214, 21217, 21610, 21614, 13223, 13224: // no such number, opted out, not a mobile
		return notify.Dead(detail, nil)
	case 20003, 20005, 10001:
		return notify.Misconfigured(credentials, detail, nil)
	case 21210, 21212, 21603, 21606, 21611, 21659, 21660, 21661, 21701, 21703, 21705:
		return notify.Misconfigured(sender, detail, nil)
	case 21215, 21216, 21408, 13227:
		return notify.Misconfigured(countries, detail, nil)
	case 21608, 21219:
		return notify.Misconfigured(trial, detail, nil)
	}
	switch {
	case a.Code == 20429, status == http.StatusTooManyRequests:
		return notify.Wait(notify.RetryAfter(got.retry, now, rateWait, mostWait), detail, nil)
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		return notify.Misconfigured(credentials, detail, nil)
	case status >= http.StatusInternalServerError:
		if wait := notify.RetryAfter(got.retry, now, 0, mostWait); wait > 0 {
			return notify.Wait(wait, detail, nil)
		}
		return notify.Transient(detail, nil)
	case status < http.StatusBadRequest: // somebody in between points elsewhere
		return notify.Transient(detail, nil)
	}
	return notify.Permanent(detail, nil)
}
