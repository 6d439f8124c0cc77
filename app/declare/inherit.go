package declare

import (
	"context"
	"slices"
)

// Inherit goes on where another page is: what is filled in, what is asked, and what was asked of the session and is not
// answered yet.
func (d *Page) Inherit(former any) {
	before, ok := former.(*Page)
	if !ok {
		return
	}
	before.heir = d
	title, tags := before.title.Words(), before.finder.Words()
	d.draft, d.form = before.draft, before.form
	d.answers, d.asked = slices.Clone(before.answers), before.asked
	d.suggested, d.goes, d.former, d.left = before.suggested, before.goes, before.former, before.left
	d.title.SetWords(title) // nothing is kept anew by that: the draft is not known yet
	d.finder.SetWords(tags)
	d.finder.SetOptions(before.finder.Options())
	d.known, d.keeping, d.owed, d.sending = before.known, before.keeping, before.owed, before.sending
	d.showSimilar(before.alike)
	d.guests.Set(d.form.People, d.draft.Admit)
	d.Connected(before.conn)
	if len(d.form.Severities) > 0 {
		d.build()
	}
}

// ask asks off the window's goroutine. What came of it is shown by the page that stands in this one's place by then.
func (d *Page) ask(what func(context.Context) func(*Page)) {
	d.p.Work.Go(func(ctx context.Context) func() {
		show := what(ctx)
		return func() {
			last := d
			for last.heir != nil {
				last = last.heir
			}
			show(last)
		}
	})
}
