package present

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// PolicyDraft is how somebody wishes an escalation policy to be, as they fill it in.
type PolicyDraft struct {
	ID      id.Policy
	Fresh   bool // there is no such policy yet
	Name    string
	Levels  []uint8 // of the severities that are to go by it
	Steps   []StepDraft
	Repeats string

	former  escalation.Policy
	retired bool
	base    id.Base
}

// StepDraft is one step of it.
type StepDraft struct {
	Targets []escalation.Target
	Minutes string
}

// usualWait is how long it is waited for an answer, unless somebody chooses otherwise.
const usualWait = "5"

// NewPolicyDraft returns a draft for a policy that is not there yet.
func NewPolicyDraft() PolicyDraft {
	return PolicyDraft{ID: id.New[id.Policy](), Fresh: true, Repeats: "0", Steps: []StepDraft{NewStepDraft()}}
}

// NewStepDraft returns a further step.
func NewStepDraft() StepDraft { return StepDraft{Minutes: usualWait} }

// PolicyDraftOf returns a draft of a policy as it stands.
func PolicyDraftOf(row PolicyRow) PolicyDraft {
	r := row.Record
	p := r.State.Policy
	d := PolicyDraft{
		ID: r.State.ID, Name: p.Name, Levels: slices.Clone(row.Levels), Repeats: strconv.Itoa(p.Repeats), former: p, retired: r.State.Retired, base: r.Base,
	}
	for _, s := range p.Steps {
		d.Steps = append(d.Steps, StepDraft{Targets: slices.Clone(s.Targets), Minutes: minutesWords(s.Wait)})
	}
	return d
}

// Clone returns a draft that shares nothing with d which is filled in.
func (d PolicyDraft) Clone() PolicyDraft {
	d.Steps, d.Levels = slices.Clone(d.Steps), slices.Clone(d.Levels)
	for i := range d.Steps {
		d.Steps[i].Targets = slices.Clone(d.Steps[i].Targets)
	}
	return d
}

// Same reports whether both drafts are filled in alike.
func (d PolicyDraft) Same(o PolicyDraft) bool {
	return d.Name == o.Name && d.Repeats == o.Repeats && slices.Equal(d.Levels, o.Levels) && slices.EqualFunc(d.Steps, o.Steps, func(a, b StepDraft) bool {
		return a.Minutes == b.Minutes && slices.Equal(a.Targets, b.Targets)
	})
}

// Former returns the name of the policy that the draft changes; empty for a new one.
func (d PolicyDraft) Former() string { return d.former.Name }

// Retired reports whether the policy that the draft changes is not in force.
func (d PolicyDraft) Retired() bool { return d.retired }

func minutesWords(wait time.Duration) string { return strconv.FormatFloat(wait.Minutes(), 'f', -1, 64) }

// StepField returns the name that the rules have for the step numbered i, from 0 on.
func StepField(i int) string { return fmt.Sprintf("step %d", i+1) }

// WaitField returns the name of the field in which it is said how long a step waits.
func WaitField(i int) string { return StepField(i) + " wait" }

// Policy returns what is filled in, and what cannot be read of it.
func (d PolicyDraft) Policy(v View) (escalation.Policy, Problems) {
	w, wrong := v.Words.Policies, Problems{}
	p := escalation.Policy{Name: strings.TrimSpace(d.Name)}
	n, err := strconv.Atoi(strings.TrimSpace(d.Repeats))
	if p.Repeats = n; err != nil || n < 0 || n > escalation.MaxRepeats {
		wrong["repeats"] = w.RepeatsWrong
	}
	for i, s := range d.Steps {
		wait, ok := minutesFrom(s.Minutes)
		if !ok {
			wrong[WaitField(i)] = w.MinutesWrong
		}
		p.Steps = append(p.Steps, escalation.Step{Targets: slices.Clone(s.Targets), Wait: wait})
	}
	return p, wrong
}

// minutesFrom reads a number of minutes that a step may wait.
func minutesFrom(words string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(words), ",", ".", 1), 64)
	if err != nil || math.IsNaN(n) || n < escalation.MinWait.Minutes() || n > escalation.MaxWait.Minutes() {
		return 0, false
	}
	return time.Duration(math.Round(n*60)) * time.Second, true
}

// Command returns what the draft wishes for; nil where nothing is changed. What cannot be read is told instead.
func (d PolicyDraft) Command(v View) (escalation.PolicyCommand, Problems) {
	p, wrong := d.Policy(v)
	if len(wrong) > 0 {
		return nil, wrong
	}
	if !d.Fresh && !d.retired && reflect.DeepEqual(p, d.former) {
		return nil, nil
	}
	return escalation.DescribePolicy{Base: d.base, Policy: p}, nil
}

// Goes reports whether a severity is to go by the policy.
func (d PolicyDraft) Goes(level uint8) bool { return slices.Contains(d.Levels, level) }

// Names reports whether any step names anybody.
func (d PolicyDraft) Names() bool {
	return slices.ContainsFunc(d.Steps, func(s StepDraft) bool { return len(s.Targets) > 0 })
}

// For has a severity go by the policy, or no longer.
func (d *PolicyDraft) For(level uint8, on bool) {
	d.Levels = slices.DeleteFunc(slices.Clone(d.Levels), func(l uint8) bool { return l == level })
	if on {
		d.Levels = append(d.Levels, level)
		slices.Sort(d.Levels)
	}
}

// Routes returns what is to change so that the severities of the draft go by it, and no others.
func (d PolicyDraft) Routes(now []Route) []workspace.TermsCommand {
	var out []workspace.TermsCommand
	for _, r := range now {
		wanted, is := slices.Contains(d.Levels, r.Level), r.Policy == d.ID
		if wanted == is {
			continue
		}
		c := workspace.RouteSeverity{Level: workspace.Level(r.Level), Quiet: r.Quiet}
		if wanted {
			c.Policy = d.ID
		}
		out = append(out, c)
	}
	return out
}

// FieldNames are the names that the rules have for what a draft holds.
func (d PolicyDraft) FieldNames() []string {
	out := []string{"name", "repeats", "steps"}
	for i := range d.Steps {
		out = append(out, StepField(i))
	}
	return out
}
