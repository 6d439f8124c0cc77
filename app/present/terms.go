package present

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Terms is what the page of severities and tags shows.
type Terms struct {
	Severities    []Severity
	Preset        uint8
	Free          []uint8 // the levels that can be added, worst first
	Questions     []workspace.Question
	Tags          []workspace.TagName
	Checklists    []WrittenChecklist
	Roles         []workspace.Role // that a checklist can be for
	History       []TermChange     // newest first
	Subscriptions []Subscription
}

// TermRecord is one change of the terms as a session hands it over.
type TermRecord struct {
	Event   workspace.TermsEvent
	At      id.Envelope
	Pending bool
}

// TermChange is one line of the audit.
type TermChange struct {
	Who, What   string
	When, Exact string
	Pending     bool
}

// Subscription is something that whoever looks hears of.
type Subscription struct {
	To    workspace.Subscription
	Words string
	Level uint8 // of a severity or an incident; else 0
}

// TermsFrom builds the page from the view's set-up and the changes, oldest first. The subscriptions are
// left to the caller.
func TermsFrom(changes []TermRecord, now time.Time, v View) Terms {
	t := Terms{
		Severities: v.Severities(), Preset: uint8(v.Setup.Preset), Questions: v.Setup.Questions, Tags: v.Setup.Tags,
		Checklists: writtenFrom(v), Roles: v.Setup.Roles,
	}
	for l := uint8(1); l <= workspace.MaxLevel; l++ {
		if !slices.ContainsFunc(t.Severities, func(s Severity) bool { return s.Level == l }) {
			t.Free = append(t.Free, l)
		}
	}
	for _, c := range slices.Backward(changes) {
		t.History = append(t.History, TermChange{
			Who: v.Person(c.At.Actor.Person).Name, What: termWords(c.Event, v),
			When: v.Ago(c.At.Occurred, now), Exact: v.Exact(c.At.Occurred), Pending: c.Pending,
		})
	}
	return t
}

func termWords(e workspace.TermsEvent, v View) string {
	w := v.Words.Terms
	switch e := e.(type) {
	case workspace.SeverityDescribed:
		return fmt.Sprintf(w.DidDescribe, e.Level, e.Name, v.Words.Phrases.Say(e.Hint))
	case workspace.SeverityRemoved:
		return fmt.Sprintf(w.DidRemove, e.Level)
	case workspace.PresetChosen:
		return fmt.Sprintf(w.DidPreset, v.Severity(e.Level).Name)
	case workspace.QuestionsAsked:
		return fmt.Sprintf(w.DidAsk, len(e.Questions))
	case workspace.SeverityRouted:
		return v.routeWords(e)
	case workspace.RoleDescribed:
		return v.roleWords(e)
	case workspace.TagDescribed:
		return fmt.Sprintf(w.DidTag, e.Name, e.Hint)
	case workspace.TagForgotten:
		return fmt.Sprintf(w.DidForget, e.Name)
	case workspace.ChecklistDescribed:
		return fmt.Sprintf(v.Words.Checklist.DidDescribe, e.Checklist.Name, len(e.Checklist.Items))
	case workspace.ChecklistRemoved:
		return fmt.Sprintf(v.Words.Checklist.DidRemove, e.Name)
	default:
		return w.DidOther
	}
}

// routeWords says whom incidents of a severity reach from then on.
func (v View) routeWords(e workspace.SeverityRouted) string {
	w, name := v.Words.Terms, v.Severity(e.Level).Name
	how := either(e.Quiet, w.DidQuiet, w.DidLoud)
	if e.Policy.IsZero() {
		return fmt.Sprintf(w.DidUnroute, name, how)
	}
	return fmt.Sprintf(w.DidRoute, name, cmp.Or(v.Called.Policies[e.Policy], w.DidUnknown), how)
}

func (v View) roleWords(e workspace.RoleDescribed) string {
	w, name := v.Words.Terms, v.Words.Phrases.Say(e.Name)
	if e.Rotation.IsZero() {
		return fmt.Sprintf(w.DidRole, name)
	}
	return fmt.Sprintf(w.DidRoleRotation, name, cmp.Or(v.Called.Rotations[e.Rotation], v.Words.Policies.UnknownRotation))
}

// SubscriptionFrom says what one is subscribed to; about is the incident, where it is one.
func SubscriptionFrom(s workspace.Subscription, about incident.Incident, v View) Subscription {
	switch {
	case s.Level > 0:
		return Subscription{To: s, Level: uint8(s.Level), Words: fmt.Sprintf(v.Words.Terms.AndWorse, v.Severity(s.Level).Name)}
	case s.Tag != "":
		return Subscription{To: s, Words: "#" + s.Tag}
	case !about.Exists():
		return Subscription{To: s, Words: v.Words.Sight.UnsentHears}
	default:
		return Subscription{To: s, Level: uint8(about.Severity), Words: NumberOf(about, v.Words) + "  " + about.Title}
	}
}

// termWish returns what a change of terms would do.
func termWish(c workspace.TermsCommand, v View) string {
	switch c := c.(type) {
	case workspace.DescribeSeverity:
		return termWords(workspace.SeverityDescribed{Level: c.Level, Name: c.Name, Hint: c.Hint}, v)
	case workspace.RemoveSeverity:
		return termWords(workspace.SeverityRemoved{Level: c.Level}, v)
	case workspace.ChoosePreset:
		return termWords(workspace.PresetChosen{Level: c.Level}, v)
	case workspace.AskQuestions:
		return termWords(workspace.QuestionsAsked{Questions: c.Questions}, v)
	case workspace.RouteSeverity:
		return termWords(workspace.SeverityRouted{Level: c.Level, Policy: c.Policy, Quiet: c.Quiet}, v)
	case workspace.DescribeRole:
		return termWords(workspace.RoleDescribed{Key: c.Key, Name: c.Name, Rotation: c.Rotation}, v)
	case workspace.DescribeTag:
		return termWords(workspace.TagDescribed{Name: c.Name, Hint: c.Hint}, v)
	case workspace.ForgetTag:
		return termWords(workspace.TagForgotten{Name: c.Name}, v)
	case workspace.DescribeChecklist:
		return termWords(workspace.ChecklistDescribed{Checklist: c.Checklist}, v)
	case workspace.RemoveChecklist:
		list, _ := v.Setup.Checklist(c.Checklist)
		return termWords(workspace.ChecklistRemoved{Name: list.Name}, v)
	default:
		return v.Words.Terms.DidOther
	}
}
