package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// Proof is a code that is sent to a number or a mailbox, and comes back from whoever it belongs to.
type Proof struct {
	ID       string // the same however often it is sent
	Channel  escalation.Channel
	To       Address
	Code     string // digits
	Language string // as words.For takes it
	Expires  time.Time
}

// Sends returns the channels that are set up.
func (p *Pipeline) Sends() escalation.Channels {
	var all escalation.Channels
	for c := range p.providers {
		all |= escalation.ChannelsOf(c)
	}
	return all
}

const kept = "The number or address is kept."

// SendProof sends a code, at once and once. It fails with a fault for whoever asked for it: Unavailable where the channel is not set up or
// does not work now, Invalid where nobody can be reached there.
func (p *Pipeline) SendProof(ctx context.Context, code Proof) error {
	provider, there := p.providers[code.Channel]
	if !there {
		return fault.New(fault.Unavailable, "This server cannot send there yet.").WithAdvice(kept, "Ask whoever looks after the server to set it up.")
	}
	ctx, cancel := context.WithTimeout(ctx, SendTime)
	defer cancel()
	switch got := attempt(ctx, provider, code.message(), code.To); {
	case got.refused == nil:
		return nil
	case got.refused.Reason == AddressDead:
		return fault.Wrap(fault.Invalid, "Nobody can be reached there.", got.refused).WithAdvice(kept, "Look whether it is written rightly, and add it anew.")
	case got.refused.Reason == InstallationWrong:
		return fault.Wrap(fault.Unavailable, "This server is not set up rightly to send there.", got.refused).WithAdvice(kept, "Tell whoever looks after the server.")
	default:
		return fault.Wrap(fault.Unavailable, "The code could not be sent just now.", got.refused).WithAdvice(kept, "Try again in a minute.")
	}
}

// message words a code. It is about no page, which is how providers know that nothing is to be acknowledged.
func (code Proof) message() Message {
	w := words.For(code.Language)
	return Message{
		ID: code.ID, Urgency: escalation.Low, Language: code.Language, Expires: code.Expires, Title: w.Common.Server,
		Text:   fmt.Sprintf(w.Paging.ProofText, code.Code),
		Spoken: fmt.Sprintf(w.Paging.ProofSpoken, strings.Join(strings.Split(code.Code, ""), ", ")),
	}
}
