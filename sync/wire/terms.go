package wire

import (
	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// termsCommandTo returns nil for what is no command about the set-up.
func termsCommandTo(c workspace.TermsCommand) *v1.Command {
	switch c := c.(type) {
	case workspace.DescribeSeverity:
		return &v1.Command{Body: &v1.Command_DescribeSeverity{DescribeSeverity: &v1.DescribeSeverity{
			Level: uint32(c.Level), Name: text(c.Name), Hint: text(c.Hint),
		}}}
	case workspace.RemoveSeverity:
		return &v1.Command{Body: &v1.Command_RemoveSeverity{RemoveSeverity: &v1.RemoveSeverity{
			Level: uint32(c.Level),
		}}}
	case workspace.ChoosePreset:
		return &v1.Command{Body: &v1.Command_ChoosePreset{ChoosePreset: &v1.ChoosePreset{Level: uint32(c.Level)}}}
	case workspace.AskQuestions:
		return &v1.Command{Body: &v1.Command_AskQuestions{AskQuestions: &v1.AskQuestions{
			Questions: questionsTo(c.Questions),
		}}}
	case workspace.RouteSeverity:
		return &v1.Command{Body: &v1.Command_RouteSeverity{RouteSeverity: &v1.RouteSeverity{
			Level: uint32(c.Level), PolicyId: bytesOf(c.Policy), Quiet: c.Quiet,
		}}}
	case workspace.DescribeRole:
		return &v1.Command{Body: &v1.Command_DescribeRole{DescribeRole: &v1.DescribeRole{
			Key: text(string(c.Key)), Name: text(c.Name), RotationId: bytesOf(c.Rotation),
		}}}
	case workspace.DescribeTag:
		return &v1.Command{Body: &v1.Command_DescribeTag{DescribeTag: &v1.DescribeTag{
			Name: text(c.Name), Hint: text(c.Hint),
		}}}
	case workspace.ForgetTag:
		return &v1.Command{Body: &v1.Command_ForgetTag{ForgetTag: &v1.ForgetTag{Name: text(c.Name)}}}
	case workspace.DescribeChecklist:
		return &v1.Command{Body: &v1.Command_DescribeChecklist{DescribeChecklist: &v1.DescribeChecklist{Checklist: checklistTo(c.Checklist)}}}
	case workspace.RemoveChecklist:
		return &v1.Command{Body: &v1.Command_RemoveChecklist{RemoveChecklist: &v1.RemoveChecklist{ChecklistId: bytesOf(c.Checklist)}}}
	default:
		return nil
	}
}

// termsCommandFrom returns nil for what is no command about the set-up.
func termsCommandFrom(check *fault.Check, m *v1.Command) stream.Command {
	switch b := m.GetBody().(type) {
	case *v1.Command_DescribeSeverity:
		d := b.DescribeSeverity
		return workspace.DescribeSeverity{Level: level(d.GetLevel()), Name: d.GetName(), Hint: d.GetHint()}
	case *v1.Command_RemoveSeverity:
		d := b.RemoveSeverity
		return workspace.RemoveSeverity{Level: level(d.GetLevel())}
	case *v1.Command_ChoosePreset:
		d := b.ChoosePreset
		return workspace.ChoosePreset{Level: level(d.GetLevel())}
	case *v1.Command_AskQuestions:
		d := b.AskQuestions
		return workspace.AskQuestions{Questions: questionsFrom(d.GetQuestions())}
	case *v1.Command_RouteSeverity:
		d := b.RouteSeverity
		return workspace.RouteSeverity{Level: level(d.GetLevel()), Policy: ident[id.Policy](check, "policy_id", d.GetPolicyId()), Quiet: d.GetQuiet()}
	case *v1.Command_DescribeRole:
		d := b.DescribeRole
		return workspace.DescribeRole{
			Key: workspace.RoleKey(d.GetKey()), Name: d.GetName(), Rotation: ident[id.Rotation](check, "rotation_id", d.GetRotationId()),
		}
	case *v1.Command_DescribeTag:
		d := b.DescribeTag
		return workspace.DescribeTag{Name: d.GetName(), Hint: d.GetHint()}
	case *v1.Command_ForgetTag:
		d := b.ForgetTag
		return workspace.ForgetTag{Name: d.GetName()}
	case *v1.Command_DescribeChecklist:
		return workspace.DescribeChecklist{Checklist: checklistFrom(check, b.DescribeChecklist.GetChecklist())}
	case *v1.Command_RemoveChecklist:
		return workspace.RemoveChecklist{Checklist: ident[id.Checklist](check, "checklist_id", b.RemoveChecklist.GetChecklistId())}
	default:
		return nil
	}
}

// termsEventTo returns nil for what is no event about the set-up.
func termsEventTo(e workspace.TermsEvent) *v1.Event {
	switch e := e.(type) {
	case workspace.SeverityDescribed:
		return &v1.Event{Body: &v1.Event_SeverityDescribed{SeverityDescribed: &v1.SeverityDescribed{
			Level: uint32(e.Level), Name: text(e.Name), Hint: text(e.Hint),
		}}}
	case workspace.SeverityRemoved:
		return &v1.Event{Body: &v1.Event_SeverityRemoved{SeverityRemoved: &v1.SeverityRemoved{Level: uint32(e.Level)}}}
	case workspace.PresetChosen:
		return &v1.Event{Body: &v1.Event_PresetChosen{PresetChosen: &v1.PresetChosen{Level: uint32(e.Level)}}}
	case workspace.QuestionsAsked:
		return &v1.Event{Body: &v1.Event_QuestionsAsked{QuestionsAsked: &v1.QuestionsAsked{
			Questions: questionsTo(e.Questions),
		}}}
	case workspace.SeverityRouted:
		return &v1.Event{Body: &v1.Event_SeverityRouted{SeverityRouted: &v1.SeverityRouted{
			Level: uint32(e.Level), PolicyId: bytesOf(e.Policy), Quiet: e.Quiet,
		}}}
	case workspace.RoleDescribed:
		return &v1.Event{Body: &v1.Event_RoleDescribed{RoleDescribed: &v1.RoleDescribed{
			Key: text(string(e.Key)), Name: text(e.Name), RotationId: bytesOf(e.Rotation),
		}}}
	case workspace.TagDescribed:
		return &v1.Event{Body: &v1.Event_TagDescribed{TagDescribed: &v1.TagDescribed{
			Name: text(e.Name), Hint: text(e.Hint),
		}}}
	case workspace.TagForgotten:
		return &v1.Event{Body: &v1.Event_TagForgotten{TagForgotten: &v1.TagForgotten{Name: text(e.Name)}}}
	case workspace.ChecklistDescribed:
		return &v1.Event{Body: &v1.Event_ChecklistDescribed{ChecklistDescribed: &v1.ChecklistDescribed{Checklist: checklistTo(e.Checklist)}}}
	case workspace.ChecklistRemoved:
		return &v1.Event{Body: &v1.Event_ChecklistRemoved{ChecklistRemoved: &v1.ChecklistRemoved{
			ChecklistId: bytesOf(e.Checklist), Name: text(e.Name),
		}}}
	case workspace.IncidentWithdrawn:
		return &v1.Event{Body: &v1.Event_IncidentWithdrawn{IncidentWithdrawn: &v1.IncidentWithdrawn{IncidentId: bytesOf(e.Incident)}}}
	default:
		return nil
	}
}

// termsEventFrom returns nil for what is no event about the set-up.
func termsEventFrom(check *fault.Check, m *v1.Event) stream.Event {
	switch b := m.GetBody().(type) {
	case *v1.Event_SeverityDescribed:
		d := b.SeverityDescribed
		return workspace.SeverityDescribed{Level: level(d.GetLevel()), Name: d.GetName(), Hint: d.GetHint()}
	case *v1.Event_SeverityRemoved:
		d := b.SeverityRemoved
		return workspace.SeverityRemoved{Level: level(d.GetLevel())}
	case *v1.Event_PresetChosen:
		d := b.PresetChosen
		return workspace.PresetChosen{Level: level(d.GetLevel())}
	case *v1.Event_QuestionsAsked:
		d := b.QuestionsAsked
		return workspace.QuestionsAsked{Questions: questionsFrom(d.GetQuestions())}
	case *v1.Event_SeverityRouted:
		d := b.SeverityRouted
		return workspace.SeverityRouted{Level: level(d.GetLevel()), Policy: ident[id.Policy](check, "policy_id", d.GetPolicyId()), Quiet: d.GetQuiet()}
	case *v1.Event_RoleDescribed:
		d := b.RoleDescribed
		return workspace.RoleDescribed{
			Key: workspace.RoleKey(d.GetKey()), Name: d.GetName(), Rotation: ident[id.Rotation](check, "rotation_id", d.GetRotationId()),
		}
	case *v1.Event_TagDescribed:
		d := b.TagDescribed
		return workspace.TagDescribed{Name: d.GetName(), Hint: d.GetHint()}
	case *v1.Event_TagForgotten:
		d := b.TagForgotten
		return workspace.TagForgotten{Name: d.GetName()}
	case *v1.Event_ChecklistDescribed:
		return workspace.ChecklistDescribed{Checklist: checklistFrom(check, b.ChecklistDescribed.GetChecklist())}
	case *v1.Event_ChecklistRemoved:
		d := b.ChecklistRemoved
		return workspace.ChecklistRemoved{Checklist: ident[id.Checklist](check, "checklist_id", d.GetChecklistId()), Name: d.GetName()}
	case *v1.Event_IncidentWithdrawn:
		return workspace.IncidentWithdrawn{Incident: ident[id.Incident](check, "incident_id", b.IncidentWithdrawn.GetIncidentId())}
	default:
		return nil
	}
}

func questionsTo(all []workspace.Question) []*v1.Question {
	out := make([]*v1.Question, 0, len(all))
	for _, q := range all {
		out = append(out, &v1.Question{Text: text(q.Text), Level: uint32(q.Level)})
	}
	return out
}

func questionsFrom(all []*v1.Question) []workspace.Question {
	var out []workspace.Question
	for _, q := range all {
		out = append(out, workspace.Question{Text: q.GetText(), Level: level(q.GetLevel())})
	}
	return out
}

func subscriptionTo(s workspace.Subscription) *v1.Subscription {
	return &v1.Subscription{IncidentId: bytesOf(s.Incident), Level: uint32(s.Level), Tag: text(s.Tag)}
}

func subscriptionFrom(check *fault.Check, m *v1.Subscription) workspace.Subscription {
	return workspace.Subscription{
		Incident: ident[id.Incident](check, "incident_id", m.GetIncidentId()), Level: level(m.GetLevel()), Tag: m.GetTag(),
	}
}

func termsTo(t workspace.Terms) *v1.TermsState {
	m := &v1.TermsState{Preset: uint32(t.Preset), Questions: questionsTo(t.Questions)}
	for _, s := range t.Severities {
		m.Severities = append(m.Severities, &v1.Severity{
			Level: uint32(s.Level), Name: text(s.Name), Hint: text(s.Hint), PolicyId: bytesOf(s.Policy), Quiet: s.Quiet,
		})
	}
	for _, r := range t.Roles {
		m.Roles = append(m.Roles, &v1.RoleState{Key: text(string(r.Key)), Name: text(r.Name), RotationId: bytesOf(r.Rotation)})
	}
	for _, c := range t.Checklists {
		m.Checklists = append(m.Checklists, checklistTo(c))
	}
	for _, n := range t.Tags {
		m.Tags = append(m.Tags, &v1.TagName{Name: text(n.Name), Hint: text(n.Hint)})
	}
	return m
}

func termsFrom(check *fault.Check, m *v1.TermsState) workspace.Terms {
	t := workspace.Terms{Preset: level(m.GetPreset()), Questions: questionsFrom(m.GetQuestions())}
	for _, s := range m.GetSeverities() {
		t.Severities = append(t.Severities, workspace.Severity{
			Level: level(s.GetLevel()), Name: s.GetName(), Hint: s.GetHint(), Policy: ident[id.Policy](check, "policy_id", s.GetPolicyId()), Quiet: s.GetQuiet(),
		})
	}
	for _, r := range m.GetRoles() {
		t.Roles = append(t.Roles, workspace.Role{
			Key: workspace.RoleKey(r.GetKey()), Name: r.GetName(), Rotation: ident[id.Rotation](check, "rotation_id", r.GetRotationId()),
		})
	}
	for _, c := range m.GetChecklists() {
		t.Checklists = append(t.Checklists, checklistFrom(check, c))
	}
	for _, n := range m.GetTags() {
		t.Tags = append(t.Tags, workspace.TagName{Name: n.GetName(), Hint: n.GetHint()})
	}
	return t
}
