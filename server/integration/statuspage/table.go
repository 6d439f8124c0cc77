package statuspage

import (
	"fmt"
	"strings"

	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// The severities that a history is sorted into.
const (
	worst   workspace.Level = 1
	middle  workspace.Level = 2
	mildest workspace.Level = 3
)

// Impact is one row of the table from a status page's impact to our severity and kind.
type Impact struct {
	Name     string
	Severity workspace.Level
	Kind     incident.Kind
}

// Impacts returns the whole table of impacts. An impact that is not in it is a fault of the file.
func Impacts() []Impact {
	return []Impact{
		{"critical", worst, incident.Real},
		{"major", middle, incident.Real},
		{"minor", mildest, incident.Real},
		{"none", mildest, incident.Real},
		{"maintenance", mildest, incident.Informational},
	}
}

// Turn is one row of the table from an update's status to the status that it leads to.
type Turn struct {
	Name   string
	Leaves bool // the status stays as it is
	To     incident.Status
}

// Turns returns the whole table of statuses. A status that is not in it is a fault of the file.
func Turns() []Turn {
	return []Turn{
		{Name: "investigating", To: incident.Open},
		{Name: "identified", To: incident.Open},
		{Name: "scheduled", To: incident.Open},
		{Name: "in_progress", To: incident.Open},
		{Name: "monitoring", To: incident.Mitigated},
		{Name: "verifying", To: incident.Mitigated},
		{Name: "resolved", To: incident.Closed},
		{Name: "completed", To: incident.Closed},
		{Name: "postmortem", To: incident.Closed},
		{Name: "update", Leaves: true},
	}
}

// Table returns how a status page's words are taken over, for people to read.
func Table() string {
	var text strings.Builder
	row := func(sort, theirs, ours string) { fmt.Fprintf(&text, "%-11s%-15s%s\n", sort, theirs, ours) }
	row("Statuspage", "", "Tsugi")
	for _, i := range Impacts() {
		severity := incident.SeverityValue(i.Severity)
		if i.Kind == incident.Informational {
			severity += ", informational"
		}
		row("impact", i.Name, severity)
	}
	for _, t := range Turns() {
		to := t.To.String()
		if t.Leaves {
			to = "as it was"
		}
		row("status", t.Name, to)
	}
	row("component", "its name", "tag")
	row("update", "its words", "entry, at the time it was shown")
	return text.String()
}

func impactOf(name string) (Impact, bool) {
	for _, i := range Impacts() {
		if i.Name == name {
			return i, true
		}
	}
	return Impact{}, false
}

func turnOf(name string) (Turn, bool) {
	for _, t := range Turns() {
		if t.Name == name {
			return t, true
		}
	}
	return Turn{}, false
}

// impactNames returns all impacts as a fault lists them.
func impactNames() string {
	var names []string
	for _, i := range Impacts() {
		names = append(names, i.Name)
	}
	return strings.Join(names, ", ")
}

// turnNames returns all statuses as a fault lists them.
func turnNames() string {
	var names []string
	for _, t := range Turns() {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}
