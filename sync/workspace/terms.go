package workspace

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Limits of the company's own terms.
const (
	MaxLevel     = 5 // the mildest severity that there can be
	MaxHint      = 300
	MaxShortName = 20 // of a severity
	MaxQuestions = 6
	MaxTagName   = 60
	MaxTagNames  = 1_000
	MaxRoles     = 50
	MaxRoleName  = 60
)

// Question is one of the few that find a severity: whoever answers yes has at least that level.
type Question struct {
	Text  string
	Level Level
}

// TagName is a tag that the company has described, so that people choose it and not one of their own.
type TagName struct {
	Name string // as incidents store it: lower case, without its hash sign
	Hint string
}

// Terms is what the company calls things: its severities with their hints, the questions that lead to
// them, and its tags. The zero Terms are those of Default.
type Terms struct {
	Seq        uint64 // stream_seq of the last event folded in
	Severities []Severity
	Preset     Level
	Questions  []Question
	Tags       []TagName // by name
	Roles      []Role    // those that the company has described, in that order
	Checklists []Checklist
}

// TermsEvent is something that happened to the company's terms.
type TermsEvent interface {
	Stream() id.Kind
	termsEvent()
}

// TermsCommand is a wish about the company's terms. Anybody may have one: the audit takes the place of a lock.
type TermsCommand interface {
	Stream() id.Kind
	termsCommand()
}

type (
	termsFact struct{}
	termsWish struct{}
)

// Stream says that the event belongs to the set-up's stream.
func (termsFact) Stream() id.Kind { return id.KindWorkspace }
func (termsFact) termsEvent()     {}

// Stream says that the command is about the set-up's stream.
func (termsWish) Stream() id.Kind { return id.KindWorkspace }
func (termsWish) termsCommand()   {}

// DescribeSeverity wishes to add a severity, or to word it anew.
type DescribeSeverity struct {
	termsWish
	Level Level
	Name  string
	Hint  string
}

// RemoveSeverity wishes for one severity less. Incidents that have it keep it.
type RemoveSeverity struct {
	termsWish
	Level Level
}

// ChoosePreset wishes that another severity be the one that a declaration starts with.
type ChoosePreset struct {
	termsWish
	Level Level
}

// AskQuestions wishes for other questions that find a severity.
type AskQuestions struct {
	termsWish
	Questions []Question
}

// RouteSeverity wishes that incidents of a severity reach other people.
type RouteSeverity struct {
	termsWish
	Level  Level
	Policy id.Policy // zero for whoever is on call as IMOC, and else the admins
	Quiet  bool      // nobody is woken
}

// DescribeRole wishes for a new role, or to word one anew, and to say who is on call for it.
type DescribeRole struct {
	termsWish
	Key      RoleKey
	Name     string
	Rotation id.Rotation
}

// DescribeTag wishes to say what a tag is for.
type DescribeTag struct {
	termsWish
	Name string
	Hint string
}

// ForgetTag wishes that a tag be offered no longer. Incidents that have it keep it.
type ForgetTag struct {
	termsWish
	Name string
}

// inner marks a command that only follows from others: it has no wire form, so that nobody can send it.
type inner struct{ termsWish }

// WithdrawIncident wishes to tell everybody that an incident is theirs to see no longer. It follows from concealing it.
type WithdrawIncident struct {
	inner
	Incident id.Incident
}

// IncidentWithdrawn says that an incident which everybody saw is private now. Whoever may not see it purges it.
type IncidentWithdrawn struct {
	termsFact
	Incident id.Incident
}

// SeverityDescribed says that a severity was added or worded anew.
type SeverityDescribed struct {
	termsFact
	Level Level
	Name  string
	Hint  string
}

// SeverityRemoved says that a severity is no longer chosen.
type SeverityRemoved struct {
	termsFact
	Level Level
}

// PresetChosen says with which severity a declaration starts.
type PresetChosen struct {
	termsFact
	Level Level
}

// QuestionsAsked says which questions find a severity.
type QuestionsAsked struct {
	termsFact
	Questions []Question
}

// SeverityRouted says whom incidents of a severity reach.
type SeverityRouted struct {
	termsFact
	Level  Level
	Policy id.Policy
	Quiet  bool
}

// RoleDescribed says that a role was added or worded anew.
type RoleDescribed struct {
	termsFact
	Key      RoleKey
	Name     string
	Rotation id.Rotation
}

// TagDescribed says what a tag is for.
type TagDescribed struct {
	termsFact
	Name string
	Hint string
}

// TagForgotten says that a tag is offered no longer.
type TagForgotten struct {
	termsFact
	Name string
}

// filled returns t with the terms that it has as long as nobody chose others.
func (t Terms) filled() Terms {
	if len(t.Severities) > 0 {
		return t
	}
	d := Default()
	t.Severities, t.Preset, t.Questions = d.Severities, d.Preset, d.Questions
	return t
}

func (t Terms) has(l Level) bool {
	return slices.ContainsFunc(t.Severities, func(s Severity) bool { return s.Level == l })
}

// DecideTerms says what would happen if c were carried out on t. It changes nothing.
func DecideTerms(t Terms, c TermsCommand) ([]TermsEvent, error) {
	t = t.filled()
	switch c := c.(type) {
	case DescribeSeverity:
		return decideSeverity(t, c)
	case RemoveSeverity:
		return decideRemoveSeverity(t, c)
	case ChoosePreset:
		return decidePreset(t, c)
	case AskQuestions:
		return decideQuestions(t, c)
	case RouteSeverity:
		return decideRoute(t, c)
	case DescribeRole:
		return decideDescribeRole(t, c)
	case DescribeTag:
		return decideTag(t, c)
	case ForgetTag:
		name := NormalTag(c.Name)
		if !slices.ContainsFunc(t.Tags, func(have TagName) bool { return have.Name == name }) {
			return nil, nil
		}
		return []TermsEvent{TagForgotten{Name: name}}, nil
	case DescribeChecklist:
		return decideChecklist(t, c)
	case RemoveChecklist:
		return decideRemoveChecklist(t, c)
	case WithdrawIncident:
		return []TermsEvent{IncidentWithdrawn{Incident: c.Incident}}, nil
	default:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Nobody knows the command %T.", c))
	}
}

func decideSeverity(t Terms, c DescribeSeverity) ([]TermsEvent, error) {
	var check fault.Check
	if c.Level < 1 || c.Level > MaxLevel {
		check.Add("level", fmt.Sprintf("must lie between 1, the worst, and %d", MaxLevel))
	}
	name, hint := oneLine(c.Name), oneLine(c.Hint)
	size(&check, "name", name, 1, MaxShortName)
	size(&check, "hint", hint, 0, MaxHint)
	for _, s := range t.Severities {
		if s.Level != c.Level && strings.EqualFold(s.Name, name) {
			check.Add("name", fmt.Sprintf("is that of level %d already", s.Level))
		}
		if s.Level == c.Level && s.Name == name && s.Hint == hint {
			return nil, nil
		}
	}
	if err := check.Err("The severity was not changed."); err != nil {
		return nil, err
	}
	return []TermsEvent{SeverityDescribed{Level: c.Level, Name: name, Hint: hint}}, nil
}

func decideRemoveSeverity(t Terms, c RemoveSeverity) ([]TermsEvent, error) {
	if !t.has(c.Level) {
		return nil, nil
	}
	if len(t.Severities) == 1 {
		return nil, fault.New(fault.Invalid, "The last severity cannot be removed.").
			WithAdvice("Nothing was changed.", "Add another one first, or word this one anew.")
	}
	return []TermsEvent{SeverityRemoved{Level: c.Level}}, nil
}

func decidePreset(t Terms, c ChoosePreset) ([]TermsEvent, error) {
	if !t.has(c.Level) {
		return nil, fault.New(fault.NotFound, "There is no such severity.").
			WithAdvice("Nothing was changed.", "Choose one of the severities of the list.")
	}
	if t.Preset == c.Level {
		return nil, nil
	}
	return []TermsEvent{PresetChosen{Level: c.Level}}, nil
}

func decideQuestions(t Terms, c AskQuestions) ([]TermsEvent, error) {
	var check fault.Check
	if len(c.Questions) > MaxQuestions {
		check.Add("questions", fmt.Sprintf("are %d; %d are allowed", len(c.Questions), MaxQuestions))
	}
	asked := make([]Question, 0, len(c.Questions))
	for i, q := range c.Questions {
		place := fmt.Sprintf("question %d", i+1)
		q.Text = oneLine(q.Text)
		size(&check, place, q.Text, 1, MaxHint)
		if !t.has(q.Level) {
			check.Add(place, "leads to a severity that there is not")
		}
		asked = append(asked, q)
	}
	if err := check.Err("The questions were not changed."); err != nil {
		return nil, err
	}
	if slices.Equal(asked, t.Questions) {
		return nil, nil
	}
	return []TermsEvent{QuestionsAsked{Questions: asked}}, nil
}

func decideRoute(t Terms, c RouteSeverity) ([]TermsEvent, error) {
	if !t.has(c.Level) {
		return nil, fault.New(fault.NotFound, "There is no such severity.").
			WithAdvice("Nothing was changed.", "Choose one of the severities of the list.")
	}
	if s := t.severity(c.Level); s.Policy == c.Policy && s.Quiet == c.Quiet {
		return nil, nil
	}
	return []TermsEvent{SeverityRouted{Level: c.Level, Policy: c.Policy, Quiet: c.Quiet}}, nil
}

func decideDescribeRole(t Terms, c DescribeRole) ([]TermsEvent, error) {
	var check fault.Check
	roles := Default().WithTerms(t).Roles
	role := Role{Key: RoleKey(NormalTag(string(c.Key))), Name: oneLine(c.Name), Rotation: c.Rotation}
	size(&check, "role", string(role.Key), 1, MaxRoleName)
	size(&check, "name", role.Name, 1, MaxRoleName)
	for _, have := range roles {
		if have.Key != role.Key && strings.EqualFold(have.Name, role.Name) {
			check.Add("name", "is that of another role already")
		}
	}
	if len(withRole(roles, role)) > MaxRoles {
		check.Add("roles", fmt.Sprintf("are %d already, and no more are allowed", MaxRoles))
	}
	if err := check.Err("The role was not changed."); err != nil {
		return nil, err
	}
	if slices.Contains(roles, role) {
		return nil, nil
	}
	return []TermsEvent{RoleDescribed{Key: role.Key, Name: role.Name, Rotation: role.Rotation}}, nil
}

func decideTag(t Terms, c DescribeTag) ([]TermsEvent, error) {
	var check fault.Check
	tag := TagName{Name: NormalTag(c.Name), Hint: oneLine(c.Hint)}
	size(&check, "tag", tag.Name, 1, MaxTagName)
	size(&check, "hint", tag.Hint, 0, MaxHint)
	described := slices.ContainsFunc(t.Tags, func(have TagName) bool { return have.Name == tag.Name })
	if len(t.Tags) >= MaxTagNames && !described {
		check.Add("tags", fmt.Sprintf("are %d already, and no more are allowed", MaxTagNames))
	}
	if err := check.Err("The tag was not described."); err != nil {
		return nil, err
	}
	if slices.Contains(t.Tags, tag) {
		return nil, nil
	}
	return []TermsEvent{TagDescribed{Name: tag.Name, Hint: tag.Hint}}, nil
}

// oneLine returns text as one line, with white space folded.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
}

func size(check *fault.Check, field, text string, least, most int) {
	switch n := utf8.RuneCountInString(text); {
	case n < least:
		check.Add(field, "is empty")
	case n > most:
		check.Add(field, fmt.Sprintf("has %d characters; %d are allowed", n, most))
	}
}

// ApplyTerms returns t after e. It is total, and never writes to the slices that it was given.
func ApplyTerms(t Terms, at id.Envelope, e TermsEvent) Terms {
	t = t.filled()
	t.Seq = at.StreamSeq
	switch e := e.(type) {
	case SeverityDescribed:
		s := t.severity(e.Level)
		s.Name, s.Hint = e.Name, e.Hint
		t = t.with(s)
	case SeverityRouted:
		if t.has(e.Level) {
			s := t.severity(e.Level)
			s.Policy, s.Quiet = e.Policy, e.Quiet
			t = t.with(s)
		}
	case RoleDescribed:
		t.Roles = withRole(t.Roles, Role{Key: e.Key, Name: e.Name, Rotation: e.Rotation})
	case SeverityRemoved:
		t = t.removed(e.Level)
	case PresetChosen:
		t.Preset = e.Level
	case QuestionsAsked:
		t.Questions = slices.Clone(e.Questions)
	case TagDescribed:
		t.Tags = append(withoutTag(t.Tags, e.Name), TagName{Name: e.Name, Hint: e.Hint})
		slices.SortFunc(t.Tags, func(a, b TagName) int { return strings.Compare(a.Name, b.Name) })
	case TagForgotten:
		t.Tags = withoutTag(t.Tags, e.Name)
	case ChecklistDescribed:
		t.Checklists = withChecklist(t.Checklists, e.Checklist)
	case ChecklistRemoved:
		t.Checklists = withoutChecklist(t.Checklists, e.Checklist)
	}
	return t
}

// severity returns the severity of a level or, where there is none, what a new one begins with.
func (t Terms) severity(l Level) Severity {
	for _, s := range t.Severities {
		if s.Level == l {
			return s
		}
	}
	return Severity{Level: l, Quiet: l > 2}
}

// with returns t with a severity in its place.
func (t Terms) with(s Severity) Terms {
	t.Severities = append(withoutLevel(t.Severities, s.Level), s)
	slices.SortFunc(t.Severities, func(a, b Severity) int { return int(a.Level) - int(b.Level) })
	return t
}

// withRole returns roles with one of them as it is now, or behind them where it is new.
func withRole(roles []Role, r Role) []Role {
	roles = slices.Clone(roles)
	for i, have := range roles {
		if have.Key == r.Key {
			roles[i] = r
			return roles
		}
	}
	return append(roles, r)
}

// removed returns t without a level; what led to it leads to the next milder one that is left.
func (t Terms) removed(l Level) Terms {
	t.Severities = withoutLevel(t.Severities, l)
	if len(t.Severities) == 0 {
		return Terms{Seq: t.Seq, Tags: t.Tags, Roles: t.Roles, Checklists: t.Checklists}.filled()
	}
	instead := t.Severities[len(t.Severities)-1].Level
	for _, s := range slices.Backward(t.Severities) {
		if s.Level > l {
			instead = s.Level
		}
	}
	if t.Preset == l {
		t.Preset = instead
	}
	t.Questions = slices.Clone(t.Questions)
	for i := range t.Questions {
		if t.Questions[i].Level == l {
			t.Questions[i].Level = instead
		}
	}
	return t
}

func withoutLevel(list []Severity, l Level) []Severity {
	return slices.DeleteFunc(slices.Clone(list), func(s Severity) bool { return s.Level == l })
}

func withoutTag(list []TagName, name string) []TagName {
	return slices.DeleteFunc(slices.Clone(list), func(t TagName) bool { return t.Name == name })
}

// WithTerms returns s with the company's own terms. The receiver is not changed.
func (s Setup) WithTerms(t Terms) Setup {
	t = t.filled()
	s.Severities, s.Preset, s.Questions, s.Tags, s.Checklists = t.Severities, t.Preset, t.Questions, t.Tags, t.Checklists
	for _, r := range t.Roles {
		s.Roles = withRole(s.Roles, r)
	}
	return s
}

// Advise returns the level that the answers to the questions lead to: the worst of those answered with
// yes, else the mildest that there is. Answers beyond the questions are ignored.
func (s Setup) Advise(yes []bool) Level {
	level := s.Mildest()
	for i, q := range s.Questions {
		if i < len(yes) && yes[i] {
			level = min(level, q.Level)
		}
	}
	return level
}
