package warroom

import "slices"

// Name returns what people call the incident that is shown.
func (r *Page) Name() string { return r.model.Number }

// Retire ends the page: its window is gone, or another page takes its place for good.
func (r *Page) Retire() {
	r.Leave()
	r.drafts.pages = slices.DeleteFunc(slices.Clone(r.drafts.pages), func(o *Page) bool { return o == r })
}
