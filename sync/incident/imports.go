package incident

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// decideImport takes over what is not here yet: the same history twice changes nothing, a longer
// one adds only its new updates.
func decideImport(s Incident, w workspace.Setup, c Import) ([]Event, error) {
	if s.Exists() && (s.Origin == nil || s.Origin.Key != c.Key) {
		return nil, fault.New(fault.Invalid, "This incident was not imported from that history.")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	var out []Event
	if !s.Exists() {
		title, _ := line(c.Title, MaxTitle, "title")
		tags, err := normalTags(c.Tags)
		if err != nil {
			return nil, err
		}
		out = append(out, Imported{
			Source: c.Source, Key: c.Key, URL: c.URL, Title: title, Severity: w.Coerce(c.Severity),
			Kind: c.Kind.coerced(), Tags: tags, At: c.Declared,
		})
	}
	var taken []string
	if s.Origin != nil {
		taken = slices.Clone(s.Origin.Updates)
	}
	for _, u := range c.Updates {
		if slices.Contains(taken, u.Key) {
			continue
		}
		taken = append(taken, u.Key)
		out = append(out, UpdateImported{
			Entry: id.Derive[id.Entry](id.Workspace(), c.Source+"/"+c.Key+"/"+u.Key),
			Key:   u.Key, Label: u.Label, Body: strings.ToValidUTF8(u.Body, "\uFFFD"), At: u.At, Status: u.Status,
		})
	}
	return out, nil
}

// check reports every faulty field of the history.
func (c Import) check() error {
	var check fault.Check
	if c.Key == "" {
		check.Add("id", "is empty")
	}
	if title, err := line(c.Title, MaxTitle, "name"); err != nil || title == "" {
		check.Add("name", fmt.Sprintf("must have 1 to %d characters", MaxTitle))
	}
	if c.Declared.IsZero() {
		check.Add("created_at", "is missing")
	}
	for i, u := range c.Updates {
		place := fmt.Sprintf("incident_updates[%d]", i)
		if u.Key == "" {
			check.Add(place+".id", "is empty")
		}
		if u.At.IsZero() {
			check.Add(place+".created_at", "is missing")
		}
		if u.Status != nil && *u.Status > Invalid {
			check.Add(place+".status", fmt.Sprintf("%d is none of the five", *u.Status))
		}
		if n := utf8.RuneCountInString(u.Body); n > MaxText {
			check.Add(place+".body", fmt.Sprintf("has %d characters; %d are allowed", n, MaxText))
		}
	}
	return check.Err(fmt.Sprintf("The imported incident %q is faulty.", c.Key))
}
