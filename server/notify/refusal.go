package notify

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Refusal is why a provider did not take a message.
type Refusal struct {
	Reason Reason
	// Wait is how long the provider asked to wait, for AskedToWait.
	Wait time.Duration
	// Setting names what in the installation is wrong, for InstallationWrong: "key in push.json".
	Setting string
	// Detail is what the provider said, for admins. It holds no address and no words of the incident.
	Detail string
	cause  error
}

// Error returns all of it, for admins and logs.
func (r *Refusal) Error() string {
	text := r.Reason.String()
	if r.Setting != "" {
		text += ": check " + r.Setting
	}
	if r.Wait > 0 {
		text += fmt.Sprintf(" for %s", r.Wait)
	}
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	return text
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.cause }

// Dead says that the address is gone: it is struck out, and the person and the admins are warned.
func Dead(detail string, cause error) *Refusal {
	return &Refusal{Reason: AddressDead, Detail: detail, cause: cause}
}

// Misconfigured says that no message will be taken before an admin has changed a setting.
func Misconfigured(setting, detail string, cause error) *Refusal {
	return &Refusal{Reason: InstallationWrong, Setting: setting, Detail: detail, cause: cause}
}

// Wait says that the provider is to be left alone for some time.
func Wait(wait time.Duration, detail string, cause error) *Refusal {
	return &Refusal{Reason: AskedToWait, Wait: wait, Detail: detail, cause: cause}
}

// Transient says that trying again may help. The provider may have taken the message nonetheless.
func Transient(detail string, cause error) *Refusal {
	return &Refusal{Reason: NotReached, Detail: detail, cause: cause}
}

// Permanent says that this message will never be taken at this address, while others may be.
func Permanent(detail string, cause error) *Refusal {
	return &Refusal{Reason: Refused, Detail: detail, cause: cause}
}

// refusal returns an error of a provider as what it says, and whatever else it is as Transient.
func refusal(err error) *Refusal {
	if r, ok := errors.AsType[*Refusal](err); ok && r != nil {
		return r
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Transient("no answer in time", err)
	}
	return Transient(err.Error(), err)
}
