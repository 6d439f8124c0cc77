package notify

import (
	"fmt"

	"github.com/tsugi-app/tsugi/sync/escalation"
)

// Reason says why something was not sent, or what became of it. The numbers are stored: they are only ever added to. How each is said
// stands in assets/words, in the field of Reasons that has the name of its Key.
type Reason uint8

// What becomes of a message that was sent.
const (
	ProviderAccepted Reason = 1
	Arrived          Reason = 2 // the carrier says that it is on the phone
	PickedUp         Reason = 3 // somebody, or something, answered the call
	NotDelivered     Reason = 4 // the carrier could not deliver it
	Unanswered       Reason = 5 // nobody picked up
	Busy             Reason = 6
)

// Why a message is not sent.
const (
	AlreadyAcknowledged Reason = 16
	TooLate             Reason = 17 // the next step has fallen
	CalledOff           Reason = 18 // somebody else acknowledged, or it is over
	PersonMuted         Reason = 19
	NoAddress           Reason = 20 // the person has none for the channel
	SentBefore          Reason = 21 // every address has it already
	Throttled           Reason = 22
	NoProvider          Reason = 23 // the channel is not set up here
)

// Why a provider did not take it.
const (
	AddressDead       Reason = 32
	InstallationWrong Reason = 33
	AskedToWait       Reason = 34
	NotReached        Reason = 35 // it is tried again
	Refused           Reason = 36
	GaveUp            Reason = 37 // it was tried often enough
)

// said is what is known of a reason.
type said struct {
	key, english string
	vain         bool // the channel has failed: the next is tried at once
	warns        bool // admins are to look
}

func (r Reason) said() said {
	switch r {
	case ProviderAccepted:
		return said{key: "Accepted", english: "accepted by the provider"}
	case Arrived:
		return said{key: "Arrived", english: "arrived on the phone"}
	case PickedUp:
		return said{key: "PickedUp", english: "the call was answered"}
	case NotDelivered:
		return said{key: "NotDelivered", english: "the carrier could not deliver it", vain: true}
	case Unanswered:
		return said{key: "Unanswered", english: "nobody picked up", vain: true}
	case Busy:
		return said{key: "Busy", english: "the line was busy", vain: true}
	default:
		return r.unsent()
	}
}

func (r Reason) unsent() said {
	switch r {
	case AlreadyAcknowledged:
		return said{key: "Acknowledged", english: "not sent, it was acknowledged before"}
	case TooLate:
		return said{key: "TooLate", english: "not sent, the next step had come"}
	case CalledOff:
		return said{key: "CalledOff", english: "not sent, it was over before"}
	case PersonMuted:
		return said{key: "Muted", english: "not sent, the person is muted", vain: true}
	case NoAddress:
		return said{key: "NoAddress", english: "the person has no such address", vain: true}
	case SentBefore:
		return said{key: "SentBefore", english: "it was sent already"}
	case Throttled:
		return said{key: "Throttled", english: "held back, too many by this channel in the last hour"}
	case NoProvider:
		return said{key: "NoProvider", english: "the channel is not set up here", vain: true, warns: true}
	default:
		return r.refused()
	}
}

func (r Reason) refused() said {
	switch r {
	case AddressDead:
		return said{key: "AddressDead", english: "the address is gone", vain: true, warns: true}
	case InstallationWrong:
		return said{key: "InstallationWrong", english: "the installation is set up wrongly", vain: true, warns: true}
	case AskedToWait:
		return said{key: "AskedToWait", english: "the provider asks to wait"}
	case NotReached:
		return said{key: "NotReached", english: "the provider was not reached"}
	case Refused:
		return said{key: "Refused", english: "the provider refused it", vain: true, warns: true}
	case GaveUp:
		return said{key: "GaveUp", english: "tried often enough", vain: true, warns: true}
	default:
		return said{english: fmt.Sprintf("reason %d", r)}
	}
}

// Reasons returns all of them, in the order of their numbers.
func Reasons() []Reason {
	var all []Reason
	for r := Reason(1); r < 64; r++ {
		if r.Key() != "" {
			all = append(all, r)
		}
	}
	return all
}

// Key names how the reason is said. It is empty for one of a later version.
func (r Reason) Key() string { return r.said().key }

// String returns the reason for admins and logs.
func (r Reason) String() string { return r.said().english }

// Warns reports whether admins are to look at it.
func (r Reason) Warns() bool { return r.said().warns }

// Vain reports whether nothing more is to be hoped for from the address or the channel that it is said of.
func (r Reason) Vain() bool { return r.said().vain }

// News returns what the reason means for the page when it is said of a channel as a whole, zero for nothing. What a carrier says is no
// receipt: only a device of ours sends those.
func (r Reason) News() escalation.News {
	switch {
	case r == ProviderAccepted:
		return escalation.ByProvider
	case r.Vain():
		return escalation.InVain
	default:
		return 0
	}
}
