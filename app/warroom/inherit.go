package warroom

import "slices"

// Name returns what people call the incident that is shown.
func (r *Page) Name() string { return r.model.Number }

// FullName returns the number and the title of the incident that is shown, or nothing before it is.
func (r *Page) FullName() string {
	if !r.shown {
		return ""
	}
	return r.model.Number + " " + clip(r.model.Title, 90)
}

// Retire ends the page: its window is gone, or another page takes its place for good.
func (r *Page) Retire() {
	r.Leave()
	r.drafts.pages = slices.DeleteFunc(slices.Clone(r.drafts.pages), func(o *Page) bool { return o == r })
}
