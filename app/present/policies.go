package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// PolicyRecord is an escalation policy as a session hands it over.
type PolicyRecord struct {
	State   escalation.PolicyState
	Base    id.Base // what a change of it rests on
	Pending bool    // the last change of it has not been confirmed
}

// Staff is all that decides whom a policy reaches, as this device knows it.
type Staff struct {
	Policies  []PolicyRecord
	Rotations []oncall.Rotation
	Reader    workspace.Reader       // of whoever looks
	Waiting   []workspace.TermsEvent // changes of the terms that have not been confirmed
	Now       time.Time
}

// Policies is the page of whom incidents reach, and in which order.
type Policies struct {
	Policies  []PolicyRow
	Retired   []PolicyRow
	Routes    []Route
	Roles     []RoleRoute
	Rotations []Served // that have not ended
	Targets   []Aim    // all that a step may name: rotations, then people
	Named     map[escalation.Target]Aim
	Warnings  []PolicyWarning // about no single policy
}

// PolicyRow is one policy.
type PolicyRow struct {
	ID       id.Policy
	Name     string
	Says     []string // as sentences
	For      string   // which severities go by it
	Levels   []uint8  // of those
	Warnings []PolicyWarning
	Pending  bool
	Record   PolicyRecord
}

// Route is whom incidents of one severity reach.
type Route struct {
	Severity
	Policy  id.Policy
	Quiet   bool
	Words   string
	Default string // whom they would reach without a policy
	Warning string
	Pending bool
}

// RoleRoute is who gets a role when an incident begins.
type RoleRoute struct {
	Key      workspace.RoleKey
	Name     string
	Kept     string // the name as it is stored
	Rotation id.Rotation
	Words    string
	Pending  bool
}

// Served is a rotation that may give a role.
type Served struct {
	Rotation id.Rotation
	Name     string
}

// Aim is a rotation or a person that a step may name.
type Aim struct {
	Target escalation.Target
	Name   string
	Note   string // what it is
	Mark   string // initials of a person; empty for a rotation
}

// PoliciesFrom builds the page.
func PoliciesFrom(s Staff, v View) Policies {
	out := Policies{
		Targets: s.aims(v), Routes: s.routes(v), Roles: s.roles(v), Rotations: s.served(), Named: s.named(v), Warnings: v.adminsWarning(),
	}
	for _, r := range s.Policies {
		row := PolicyRow{ID: r.State.ID, Name: r.State.Policy.Name, Says: v.PolicySays(r.State.Policy, s), Pending: r.Pending, Record: r}
		if r.State.Retired {
			out.Retired = append(out.Retired, row)
			continue
		}
		row.For, row.Levels = v.routedTo(r.State.ID)
		row.Warnings = append(v.PolicyWarnings(r.State.Policy, s), v.RouteWarnings(row.Levels, out.Routes)...)
		out.Policies = append(out.Policies, row)
	}
	slices.SortStableFunc(out.Policies, func(a, b PolicyRow) int { return cmp.Compare(a.worst(), b.worst()) })
	return out
}

// worst is the gravest severity that goes by a policy; that of none is behind all others.
func (r PolicyRow) worst() uint8 {
	if len(r.Levels) == 0 {
		return workspace.MaxLevel + 1
	}
	return r.Levels[0]
}

// Policy returns one of those that are in force.
func (p Policies) Policy(which id.Policy) (PolicyRow, bool) {
	for _, row := range p.Policies {
		if row.ID == which {
			return row, true
		}
	}
	return PolicyRow{}, false
}

// served returns the rotations that have not ended.
func (s Staff) served() []Served {
	var out []Served
	for _, r := range s.Rotations {
		if !r.Ended(s.Now) {
			out = append(out, Served{Rotation: r.ID, Name: r.Name})
		}
	}
	return out
}

// named returns all that may be named, and all that is.
func (s Staff) named(v View) map[escalation.Target]Aim {
	out := map[escalation.Target]Aim{}
	for _, a := range s.aims(v) {
		out[a.Target] = a
	}
	for _, r := range s.Policies {
		for _, step := range r.State.Policy.Steps {
			for _, t := range step.Targets {
				if _, have := out[t]; !have {
					out[t] = v.AimOf(t, s)
				}
			}
		}
	}
	return out
}

// routedTo says which severities go by a policy.
func (v View) routedTo(p id.Policy) (words string, levels []uint8) {
	var names []string
	for _, s := range v.Setup.Severities {
		if s.Policy == p {
			names, levels = append(names, v.Severity(s.Level).Name), append(levels, uint8(s.Level))
		}
	}
	if len(names) == 0 {
		return v.Words.Policies.ReachesNone, nil
	}
	return fmt.Sprintf(v.Words.Policies.Reaches, v.Listed(names)), levels
}

// Called returns what all policies and rotations are called, also those that are no longer in force.
func (s Staff) Called() Called {
	out := Called{Policies: map[id.Policy]string{}, Rotations: map[id.Rotation]string{}}
	for _, p := range s.Policies {
		out.Policies[p.State.ID] = p.State.Policy.Name
	}
	for _, r := range s.Rotations {
		out.Rotations[r.ID] = r.Name
	}
	return out
}

func (s Staff) policy(p id.Policy) (escalation.PolicyState, bool) {
	for _, r := range s.Policies {
		if r.State.ID == p {
			return r.State, true
		}
	}
	return escalation.PolicyState{}, false
}

func (s Staff) rotation(r id.Rotation) (oncall.Rotation, bool) {
	for _, have := range s.Rotations {
		if have.ID == r {
			return have, true
		}
	}
	return oncall.Rotation{}, false
}

func (s Staff) aims(v View) []Aim {
	var out []Aim
	for _, r := range s.Rotations {
		if !r.Ended(s.Now) {
			out = append(out, Aim{Target: escalation.Target{Rotation: r.ID}, Name: r.Name, Note: v.Words.Policies.Rotation})
		}
	}
	for _, p := range v.Everybody() {
		out = append(out, Aim{Target: escalation.Target{Person: p.ID}, Name: p.Name, Note: cmp.Or(p.Department, v.Words.Policies.Person), Mark: p.Initials})
	}
	return out
}

// MatchAims returns those of some whose names match what is typed, at most that many.
func MatchAims(all []Aim, typed string, most int) []Aim {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var out []Aim
	for _, a := range all {
		if len(out) < most && typed != "" && strings.Contains(strings.ToLower(a.Name+" "+a.Note), typed) {
			out = append(out, a)
		}
	}
	return out
}

// AimOf returns what a step names, also where it is not known here.
func (v View) AimOf(t escalation.Target, s Staff) Aim {
	if !t.Person.IsZero() {
		p := v.Person(t.Person)
		return Aim{Target: t, Name: p.Name, Mark: p.Initials}
	}
	r, known := s.rotation(t.Rotation)
	if !known {
		return Aim{Target: t, Name: v.Words.Policies.UnknownRotation}
	}
	return Aim{Target: t, Name: r.Name}
}

// waits reports whether a change of the terms has not been confirmed.
func (s Staff) waits(which func(workspace.TermsEvent) bool) bool {
	return slices.ContainsFunc(s.Waiting, which)
}

func (s Staff) routes(v View) []Route {
	w := v.Words.Policies
	lead, _ := v.Setup.Role(workspace.IMOC)
	var out []Route
	for _, have := range v.Setup.Severities {
		r := Route{Severity: v.Severity(have.Level), Policy: have.Policy, Quiet: have.Quiet, Default: either(lead.Rotation.IsZero(), w.RouteAdmins, w.RouteDefault)}
		state, there := s.policy(have.Policy)
		switch {
		case there && !state.Retired:
			r.Words = state.Policy.Name
		case !have.Policy.IsZero():
			r.Words, r.Warning = w.RouteGone, fmt.Sprintf(w.WarnSeverityGone, r.Name)
		case lead.Rotation.IsZero():
			r.Words, r.Warning = r.Default, fmt.Sprintf(w.WarnSeverityNone, r.Name)
		default:
			r.Words, r.Warning = r.Default, fmt.Sprintf(w.WarnSeverity, r.Name)
		}
		if have.Quiet && have.Policy.IsZero() {
			r.Warning = ""
		}
		r.Pending = s.waits(func(e workspace.TermsEvent) bool {
			routed, ok := e.(workspace.SeverityRouted)
			return ok && routed.Level == have.Level
		})
		out = append(out, r)
	}
	return out
}

func (s Staff) roles(v View) []RoleRoute {
	var out []RoleRoute
	for _, have := range v.Setup.Roles {
		r := RoleRoute{Key: have.Key, Name: v.role(string(have.Key)), Kept: have.Name, Rotation: have.Rotation, Words: v.Words.Policies.RoleNone}
		if !have.Rotation.IsZero() {
			r.Words = v.AimOf(escalation.Target{Rotation: have.Rotation}, s).Name
		}
		r.Pending = s.waits(func(e workspace.TermsEvent) bool {
			described, ok := e.(workspace.RoleDescribed)
			return ok && described.Key == have.Key
		})
		out = append(out, r)
	}
	return out
}

// Shared is how many sentences at the end say what holds for every policy.
const Shared = 2

// PolicySays says whom a policy reaches, in sentences.
func (v View) PolicySays(p escalation.Policy, s Staff) []string {
	w := v.Words.Policies
	var out []string
	for i, step := range p.Steps {
		whom := v.stepSays(step, s)
		if i == 0 {
			out = append(out, fmt.Sprintf(w.First, whom))
			continue
		}
		out = append(out, fmt.Sprintf(w.Then, v.Waiting(p.Steps[i-1].Wait), whom))
	}
	if len(p.Steps) == 0 {
		return []string{w.NobodyAtAll}
	}
	last := v.Waiting(p.Steps[len(p.Steps)-1].Wait)
	switch {
	case p.Repeats == 1:
		out = append(out, fmt.Sprintf(w.OverOnce, last))
	case p.Repeats > 1:
		out = append(out, fmt.Sprintf(w.OverTimes, last, p.Repeats))
	}
	return append(out, fmt.Sprintf(w.AtLast, last), w.NobodyAtAll)
}

func (v View) stepSays(step escalation.Step, s Staff) string {
	names := make([]string, 0, len(step.Targets))
	for _, t := range step.Targets {
		name := v.AimOf(t, s).Name
		if !t.Rotation.IsZero() {
			name = fmt.Sprintf(v.Words.Policies.Whoever, name)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return v.Words.Policies.Nobody
	}
	return v.Listed(names)
}

// Waiting says how long a step waits.
func (v View) Waiting(wait time.Duration) string {
	w := v.Words.Policies
	switch {
	case wait == time.Minute:
		return w.Minute
	case wait >= time.Hour && wait%time.Hour == 0:
		return Count(int(wait/time.Hour), w.Hour, w.Hours)
	default:
		return fmt.Sprintf(w.Minutes, strings.Replace(minutesWords(wait), ".", v.Words.Common.Decimal, 1))
	}
}
