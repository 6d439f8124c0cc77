package app

// Unhinted returns the actions whose key nobody is told.
func (d *Desk) Unhinted() []string {
	var out []string
	for _, a := range d.actions() {
		if a.key != "" && a.Hint == "" {
			out = append(out, a.Key)
		}
	}
	return out
}
