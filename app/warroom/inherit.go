package warroom

// Name returns what people call the incident that is shown.
func (r *Page) Name() string { return r.model.Number }

// Inherit takes over what was being written in another page's rooms.
func (r *Page) Inherit(from *Page) {
	from.drafts[from.in] = from.draft()
	r.drafts = from.drafts
}
