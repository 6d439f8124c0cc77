package statuspage

import (
	"fmt"
	"strings"
	"text/tabwriter"

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
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Statuspage\t\tTsugi")
	for _, i := range Impacts() {
		kind := ""
		if i.Kind == incident.Informational {
			kind = ", informational"
		}
		fmt.Fprintf(w, "impact\t%s\t%s%s\n", i.Name, incident.SeverityValue(i.Severity), kind)
	}
	for _, t := range Turns() {
		to := t.To.String()
		if t.Leaves {
			to = "as it was"
		}
		fmt.Fprintf(w, "status\t%s\t%s\n", t.Name, to)
	}
	fmt.Fprintln(w, "component\tits name\ttag")
	fmt.Fprintln(w, "update\tits words\tentry, at the time it was shown")
	_ = w.Flush() // a strings.Builder takes everything
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
