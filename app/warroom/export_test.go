package warroom

// Listed returns the keys of the rows that are listed.
func (r *Page) Listed() []string {
	out := make([]string, 0, len(r.listing.items))
	for _, it := range r.listing.items {
		out = append(out, it.Key)
	}
	return out
}

// Turn shows another tab.
func (r *Page) Turn(tab int) { r.turn(tab) }
