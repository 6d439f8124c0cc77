package warroom

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// addResponse says whether anybody has been reached, and lets whoever looks answer for it.
func (r *Page) addResponse() {
	now, w := r.model.Response, r.p.View.Words.Reached
	if now.Words == "" {
		return
	}
	icon := "bell"
	if now.Tone == present.Good {
		icon = "tick"
	}
	tone := theme.Name(now.Tone)
	row := widget.Row(10, 1, widget.NewIcon(icon, 18, tone), widget.NewText(now.Words, widget.Strong(theme.Body, tone)))
	if now.Open && !now.Mine { // a page that rings is answered where it rings
		row.Add(widget.NewButton(widget.ButtonParams{Key: "acknowledge", Words: w.Acknowledge, Small: true, Tip: w.AcknowledgeTip}, r.acknowledge))
	}
	r.notSent.Add(widget.Pad(0, 0, 8, 0, row))
}

func (r *Page) acknowledge() {
	r.submit(incident.Acknowledge{})
	r.Focus()
}

func (r *Page) decline() {
	r.submit(incident.Decline{})
	r.Focus()
}

// responseActions returns what can be done about who is reached.
func (r *Page) responseActions() []Action {
	w, now := r.p.View.Words.Reached, r.model.Response
	if !r.model.Status.Burning() {
		return nil
	}
	var list []Action
	if now.Open {
		list = append(list, Action{Key: "ack", Icon: "check", Words: w.Acknowledge, Also: w.AcknowledgeAlso, Do: r.acknowledge})
	}
	if now.Mine {
		list = append(list, Action{Key: "decline", Icon: "close", Words: w.Decline, Also: w.DeclineAlso, Do: r.decline})
	}
	page := asking("page", "bell", w.Page, func(given string) { r.askPage(r.under("more"), given) })
	page.Also = w.PageAlso
	return append(list, page)
}

// askPage asks whom to reach, and has them reached.
func (r *Page) askPage(from fyne.CanvasObject, given string) {
	r.findPerson(from, whose{
		title: r.p.View.Words.Reached.PageTitle, hint: r.p.View.Words.Reached.PageFind, among: r.model.Callable, admits: true, given: given,
		found: func(p id.Person) {
			r.submit(incident.AskFor{Page: id.New[id.Page](), Person: p, Urgency: escalation.High})
			r.Focus()
		},
	})
}
