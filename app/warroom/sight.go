package warroom

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// watchersMost is how many of those who see a private incident are shown before somebody asks for all.
const watchersMost = 8

// sightShown is all that is shown of who sees the incident.
func (r *Page) sightShown() []any {
	return []any{r.in, r.model.Private, r.model.Watchers, r.model.Posts, r.model.NotYet, r.allWatch}
}

// addSight shows who sees a private incident, with the ways to let others see it and to take somebody out.
func (r *Page) addSight(into *fyne.Container) {
	m, w := r.model, r.p.View.Words.Sight
	if m.NotYet.Hidden {
		section(into, w.Head, r.sightSaid(w.HiddenYet, theme.Sev2))
		return
	}
	if !m.Private {
		return
	}
	section(into, w.Head, r.sightWords())
	shown := m.Watchers
	if !r.allWatch {
		shown = shown[:min(len(shown), watchersMost)]
	}
	for _, p := range shown {
		into.Add(r.watcher(p))
	}
	if len(shown) < len(m.Watchers) {
		all := widget.NewButton(widget.ButtonParams{Key: "all who see", Words: fmt.Sprintf(w.All, len(m.Watchers)), After: "down", Small: true, Look: widget.Bare, Tone: theme.Muted},
			func() {
				r.allWatch = true
				widget.KeepFocus(r.p.Canvas, r.root, r.buildSide)
			})
		into.Add(widget.Pad(4, 0, 0, 0, widget.Row(0, -1, all)))
	}
	add := widget.NewPress("admit", widget.On(widget.Row(8, 1, widget.Fixed(26, widget.Pad(0, 0, 0, 5, widget.NewIcon("plus", 16, theme.Gold))),
		widget.NewText(w.Add, widget.Plain(theme.Caption, theme.Gold))), widget.Space(0, theme.RowTall)), nil).Wide()
	add.OnTapped = func() { r.askAdmit(add, "") }
	into.Add(add)
}

// sightWords says who sees a private incident, and never more than is true yet.
func (r *Page) sightWords() fyne.CanvasObject {
	m, w := r.model, r.p.View.Words.Sight
	switch {
	case m.NotYet.Everybody:
		return r.sightSaid(w.SeenYet, theme.Sev2)
	case len(m.NotYet.Still) > 0:
		names := make([]string, 0, len(m.NotYet.Still))
		for _, p := range m.NotYet.Still {
			names = append(names, p.Name)
		}
		return r.sightSaid(fmt.Sprintf(w.StillYet, strings.Join(names, ", ")), theme.Sev2)
	case len(m.Watchers) == 1:
		return r.sightSaid(w.OnlySelf, theme.Text)
	default:
		return r.sightSaid(w.Only, theme.Text)
	}
}

func (r *Page) sightSaid(words string, tone theme.Name) fyne.CanvasObject {
	return widget.Pad(8, 0, 4, 0, widget.RowTop(8, 1, widget.NewIcon("lock", 16, tone),
		widget.NewFlow(20, widget.Span{Words: words, Style: widget.Plain(theme.Caption, tone)})))
}

// watcher is somebody who sees a private incident. Whoever holds a role stays.
func (r *Page) watcher(p present.Person) fyne.CanvasObject {
	row := widget.Row(8, 1, widget.NewAvatar(p.Initials, 26), widget.NewText(p.Name, widget.Plain(theme.Body, theme.Text)))
	if r.model.SeesNotYet(p.ID) {
		row.Add(widget.NewText(r.p.View.Words.Sight.AdmitYet, widget.Plain(theme.Caption, theme.Sev2)))
	}
	if roles := r.model.RolesOf(p.ID); len(roles) > 0 {
		stays := widget.NewPress("stays "+p.ID.String(), widget.NewText(strings.Join(roles, ", "), widget.Plain(theme.Caption, theme.Muted)), nil)
		stays.Tip = fmt.Sprintf(r.p.View.Words.Sight.Stays, p.Name)
		row.Add(stays)
	} else {
		out := widget.NewPress("exclude "+p.ID.String(), widget.Pad(6, 6, 6, 6, widget.NewIcon("close", 14, theme.Muted)), func() { r.askOut(p) })
		out.Tip = fmt.Sprintf(r.p.View.Words.Sight.Remove, p.Name)
		row.Add(out)
	}
	return widget.On(row, widget.Space(0, theme.RowTall))
}

// seenBy says how many people see a private incident, and never more than is true yet.
func (r *Page) seenBy() string {
	if r.model.NotYet.Everybody {
		return r.p.View.Words.Sight.SeenYet
	}
	return present.SeenBy(r.model.Seers(), r.p.View.Words)
}

// lock says in the header how many people see a private incident, and leads to what can be done about that.
func (r *Page) lock() fyne.CanvasObject {
	lock := widget.NewButton(widget.ButtonParams{
		Key: "sight", Icon: "lock", Small: true, Look: widget.Bare, Tone: theme.Text, Tip: r.seenBy(),
	}, nil)
	lock.OnTapped = func() {
		var items []widget.MenuItem
		for _, a := range r.sightActions() {
			items = append(items, widget.MenuItem{Key: a.Key, Icon: a.Icon, Words: a.Words, Hint: "/" + a.Key, Do: a.Do})
		}
		widget.ShowMenu(r.p.Canvas, lock, items).OnGone = r.Focus
	}
	return lock
}

// sightActions are what can be done about who sees the incident.
func (r *Page) sightActions() []Action {
	w := r.p.View.Words.Sight
	if !r.model.Private {
		return []Action{{Key: "private", Icon: "lock", Words: w.Conceal, Do: r.askConceal, Also: w.ConcealAlso, Grave: true}}
	}
	return []Action{
		{Key: "admit", Icon: "plus", Words: w.Admit, Do: func() { r.askAdmit(r.under("admit"), "") }, With: r.admitNamed, Also: w.AdmitAlso, Grave: true},
		{Key: "exclude", Icon: "close", Words: w.Exclude, Do: func() { r.askExclude(r.under("admit"), "") }, With: r.excludeNamed, Also: w.ExcludeAlso, Grave: true},
		{Key: "public", Icon: "people", Words: w.Reveal, Do: r.askReveal, Also: w.RevealAlso, Grave: true},
	}
}

// askConceal asks who may still see the incident. Whoever asks and whoever holds a role stay; whoever responds may be
// taken out before.
func (r *Page) askConceal() {
	w, m, self := r.p.View.Words, r.model, r.p.View.Self.Person
	var form *widget.Form
	guests := widget.NewGuests(widget.GuestsParams{
		Canvas: r.p.Canvas, Placeholder: w.Sight.Find, Take: func(name string) string { return fmt.Sprintf(w.Sight.Remove, name) },
		Stays: func(p id.Person) string {
			if roles := r.model.RolesOf(p); len(roles) > 0 {
				return strings.Join(roles, ", ")
			}
			return either(p == self, w.Common.You, "")
		},
		Fit: func() {
			if form != nil {
				form.Fit()
			}
		},
	})
	chosen := []id.Person{self}
	for _, p := range r.model.Helpers() {
		taken := slices.Contains(m.Excluded, p.ID) && len(m.RolesOf(p.ID)) == 0 // on purpose: whoever asks may add them again
		if !taken && !slices.Contains(chosen, p.ID) {
			chosen = append(chosen, p.ID)
		}
	}
	guests.Set(r.model.People, chosen)
	above := widget.Column(0, guests.Content())
	if !r.reached {
		above.Objects = append([]fyne.CanvasObject{widget.Pad(0, 0, 10, 0, widget.NewFlow(22,
			widget.Span{Words: w.Sight.ConcealOffline, Style: widget.Strong(theme.Body, theme.Sev2)}))}, above.Objects...)
	}
	form = r.showSheet(sheet{
		key: "private", title: w.Sight.ConcealTitle, text: w.Sight.ConcealText, above: above, yes: w.Sight.ConcealYes, look: widget.Danger, wide: 600,
		wish: func([]string) (incident.Command, *present.Refusal) {
			return incident.Conceal{Admit: guests.Chosen()}, nil
		},
	})
	r.p.Canvas.Focus(guests.Input())
}

// askReveal asks before everybody sees what a few were meant to.
func (r *Page) askReveal() {
	w := r.p.View.Words
	text := w.Sight.RevealText
	if r.model.Unnumbered {
		text += " " + w.Sight.RevealNumber
	}
	widget.Confirm(r.p.Canvas, widget.Question{
		Title: w.Sight.RevealTitle, Text: text, Yes: w.Sight.RevealYes, No: w.Common.Cancel,
	}, func() { r.submit(incident.Reveal{}) }).OnGone = r.Focus
}

func (r *Page) askAdmit(under fyne.CanvasObject, given string) {
	r.findPerson(under, whose{
		title: r.p.View.Words.Sight.AdmitTitle, among: r.model.Outsiders(), already: r.p.View.Words.Sight.SeesAlready, given: given,
		found: func(p id.Person) { r.submit(incident.Admit{Person: p}) },
	})
}

func (r *Page) askExclude(under fyne.CanvasObject, given string) {
	r.findPerson(under, whose{
		title: r.p.View.Words.Sight.ExcludeTitle, among: r.model.Watchers, already: r.p.View.Words.Sight.SeesNot, given: given,
		found: func(p id.Person) { r.askOut(r.p.View.Person(p)) },
	})
}

// askOut asks before an incident vanishes from somebody's devices. What the rules refuse is not asked for first.
func (r *Page) askOut(p present.Person) {
	w := r.p.View.Words
	if len(r.model.RolesOf(p.ID)) > 0 || len(r.model.Watchers) == 1 {
		r.submit(incident.Exclude{Person: p.ID})
		return
	}
	q := widget.Question{
		Title: fmt.Sprintf(w.Sight.OutTitle, p.Name), Text: fmt.Sprintf(w.Sight.OutText, p.Name), Yes: w.Sight.OutYes, No: w.Common.Cancel,
	}
	if p.ID == r.p.View.Self.Person {
		q.Title, q.Text, q.Yes = w.Sight.LeaveTitle, w.Sight.LeaveText, w.Sight.LeaveYes
	}
	widget.Confirm(r.p.Canvas, q, func() { r.submit(incident.Exclude{Person: p.ID}) }).OnGone = r.Focus
}

// admitNamed lets the one see the incident whom a line of the composer names by whole words; where that may be several or
// nobody, it asks.
func (r *Page) admitNamed(name string) {
	if found := present.Named(r.model.Outsiders(), name); len(found) == 1 && found[0].Named(name) {
		r.carry("/admit "+name, incident.Admit{Person: found[0].ID})
		return
	}
	r.askAdmit(r.under("admit"), name)
}

// excludeNamed is admitNamed for somebody who is to see it no longer, which is always asked.
func (r *Page) excludeNamed(name string) {
	if found := present.Named(r.model.Watchers, name); len(found) == 1 {
		r.askOut(found[0])
		return
	}
	r.askExclude(r.under("admit"), name)
}

// vanish leaves a room that is not here any more. Where whoever looks may not see it, nothing of it stays here, and nothing that was
// begun there is kept. Else it may come back: a server that was put back to its past may lack it until it is given back.
func (r *Page) vanish(left bool) {
	in := r.in
	r.unattend()
	tell := r.p.Missed
	if left {
		r.drafts.lose(in)
		tell = r.p.Vanished
	}
	r.in, r.shown, r.model, r.told, r.sought = id.Incident{}, false, present.Room{}, 0, nil
	r.draftTask("")
	r.surplus, r.said, r.doubted = nil, "", ""
	clear(r.begun)
	clear(r.images)
	r.list.Set(nil)
	r.listing, r.parts, r.side = listing{}, parts{}, nil
	r.buildHeader()
	for _, part := range []*fyne.Container{r.fires, r.tabs, r.notSent} {
		part.RemoveAll()
	}
	for _, p := range r.places() {
		p.col.RemoveAll()
	}
	r.mirror(draft{})
	if tell != nil {
		tell(in)
	}
}
