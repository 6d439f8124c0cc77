package warroom

import "slices"

// Name returns what people call the incident that is shown.
func (r *Page) Name() string { return r.model.Number }

// FullName returns the number and the title of the incident that is shown, of a private one the number alone, or nothing
// before it is.
func (r *Page) FullName() string {
	if !r.shown {
		return ""
	}
	if r.model.Private { // others may see the names of windows
		return r.model.Number
	}
	return r.model.Number + " " + clip(r.model.Title, 90)
}

// Retire ends the page: its window is gone, or another page takes its place for good.
func (r *Page) Retire() {
	r.Leave()
	r.drafts.pages = slices.DeleteFunc(slices.Clone(r.drafts.pages), func(o *Page) bool { return o == r })
}

// Inherit shows what another page shows that is retired, before anything is read again: the same room as far as it is
// known, where one reads there, and what was opened. Both pages may be of different sizes of text.
func (r *Page) Inherit(former *Page) {
	r.in, r.limit, r.tab = former.in, former.limit, former.tab
	r.model, r.shown, r.seen = former.model, former.shown, former.seen
	r.told, r.toldAt, r.ticked = former.told, former.toldAt, former.ticked
	r.whole, r.images, r.begun, r.lists = former.whole, former.images, former.begun, former.lists
	r.sought, r.surplus, r.allWatch = former.sought, former.surplus, former.allWatch
	r.draftTask(former.taskDraft)
	r.restore(r.drafts.room(r.in).draft)
	r.drafts.fetch(r.in)
	r.list.Follow(former.list)
	if r.shown {
		r.build()
	}
}
