package escalation

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Foresight is a page that nobody has sent yet.
type Foresight struct {
	Rules    []Rule // see Rules.For
	Patience time.Duration
	Wait     time.Duration // until the next step would fall
	// Shown says that whatever sends a receipt does so after ReceiptTakes; else nothing does.
	Shown bool
}

// ReceiptTakes is how long a receipt is under way where everything works.
const ReceiptTakes = 2 * time.Second

// Foreseen is one channel that would be tried.
type Foreseen struct {
	After   time.Duration // from the beginning of the page
	Channel Channel
	Why     Why
}

// Foresee returns what would happen if nobody answered. It is no second telling of the rules: the page itself is gone through.
func Foresee(f Foresight) []Foreseen {
	begun := time.Unix(0, 0).UTC()
	var (
		page  Page
		out   []Foreseen
		shown []time.Time // when receipts come
	)
	give := func(c PageCommand, at time.Time) {
		for _, e := range DecidePage(page, c, at) {
			page = ApplyPage(page, at, e)
			if tried, ok := e.(Attempted); ok {
				out = append(out, Foreseen{After: at.Sub(begun), Channel: tried.Channel, Why: tried.Why})
				if f.Shown && tried.Channel.Tells() {
					shown = append(shown, at.Add(ReceiptTakes))
				}
			}
		}
	}
	give(StartPage{Effort: Effort{Page: id.Page{1}, Expires: begun.Add(f.Wait), Patience: f.Patience, Rules: f.Rules}}, begun)
	for {
		due, goesOn := page.Due()
		switch {
		case !goesOn:
			return out
		case len(shown) > 0 && shown[0].Before(due):
			at := shown[0]
			shown = shown[1:]
			give(Report{Channel: Push, News: ByDevice}, at)
		default:
			give(ProceedPage{}, due)
		}
	}
}
