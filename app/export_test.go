package app

import (
	"maps"
	"slices"
	"time"
)

// Pages returns the names of all pages.
func (d *Desk) Pages() []string { return slices.Sorted(maps.Keys(d.pages)) }

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

// Now returns the time that the desk goes by.
func (d *Desk) Now() time.Time { return d.p.Now() }
