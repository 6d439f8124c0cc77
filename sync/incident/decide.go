package incident

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Limits of what one command may carry, in code points.
const (
	MaxTitle  = 300
	MaxText   = 20_000
	MaxReason = 1_000
	MaxTag    = 60
	MaxTags   = 50
)

// Untitled is the title of an incident whose declarer had no time for one.
const Untitled = "Something is wrong"

// Decide says what would happen if c were carried out on s, given the set-up and the incidents that Beside names. It
// changes nothing. On a fault.Conflict the returned events are nevertheless to be stored: they keep the refused wish.
func Decide(s Incident, g Given, c Command, by id.Actor) ([]Event, error) {
	w := g.Setup
	switch c := c.(type) {
	case Declare:
		return decideDeclare(s, w, c, by)
	case Import:
		return decideImport(s, w, c)
	}
	if !s.Exists() {
		return nil, unknown()
	}
	if s.Kind == TestPage {
		if err := testable(c); err != nil {
			return nil, err
		}
	}
	switch c := c.(type) {
	case Write:
		return decideWrite(s, c, by)
	case ChangeSeverity:
		return decideSeverity(s, w, c)
	case ChangeStatus:
		return decideStatus(s, c)
	case Retitle:
		return decideRetitle(s, c)
	case AddTag:
		return decideAddTag(s, c)
	case RemoveTag:
		return decideRemoveTag(s, c)
	case AssignRole:
		return decideRole(s, w, c)
	case Join:
		return join(s, by), nil
	case ChangeKind:
		return decideKind(s, c), nil
	case Merge:
		return decideMerge(s, g, c)
	case Absorb:
		return decideAbsorb(s, g, c)
	case Release:
		return decideRelease(s, g, c)
	case PagingCommand:
		return decidePaging(s, g, c, by)
	case SightCommand:
		return decideSight(s, w, c, by)
	case EntryCommand:
		return decideEntry(s, c)
	case FactCommand:
		return decideFact(s, w, c)
	default:
		return nil, unknownCommand(c)
	}
}

// unknown returns the fault of an incident that is not there for whoever asks.
func unknown() error {
	return fault.New(fault.NotFound, "There is no such incident.").
		WithAdvice("Nothing was changed.", "It may never have been declared, or you may not see it.")
}

func decideDeclare(s Incident, w workspace.Setup, c Declare, by id.Actor) ([]Event, error) {
	if s.Exists() {
		return nil, fault.New(fault.Invalid, "This incident has been declared already.")
	}
	if c.Kind == TestPage {
		return decideTestPage(w, by)
	}
	title, err := line(c.Title, MaxTitle, "title")
	if err != nil {
		return nil, err
	}
	if title == "" {
		title = Untitled
	}
	tags, err := normalTags(c.Tags)
	if err != nil {
		return nil, err
	}
	out := Declared{Title: title, Severity: w.Coerce(c.Severity), Kind: c.Kind.coerced(), Tags: tags}
	if c.Private {
		out.Private, out.Admitted = true, audience(w, c.Admit, by)
	}
	if err := audienceFault(out.Admitted); err != nil {
		return nil, err
	}
	return append([]Event{out}, atDeclaration(w, out)...), nil
}

func decideWrite(s Incident, c Write, by id.Actor) ([]Event, error) {
	text, err := prose(c.Text)
	if err != nil {
		return nil, err
	}
	attachments, err := normalAttachments(c.Attachments)
	if err != nil {
		return nil, err
	}
	if text == "" && len(attachments) == 0 {
		return nil, nil
	}
	if slices.Contains(s.Erased, c.Entry) { // a restored log was given back first that it was erased: its words must not come again
		return nil, nil
	}
	if c.Privately && !s.Private {
		return nil, fault.New(fault.Conflict, "Everybody sees this incident.").
			WithAdvice("You wrote it when not everybody did, so it was not sent.", "Send it again if everybody may read it.")
	}
	return append(join(s, by), Written{Entry: c.Entry, Text: text, Update: c.Update, Attachments: attachments}), nil
}

// prose returns words as they are stored, empty where there are none, or a fault when there are too many.
func prose(text string) (string, error) {
	text = strings.TrimRight(strings.ToValidUTF8(text, "\uFFFD"), " \t\r\n")
	if n := utf8.RuneCountInString(text); n > MaxText {
		return "", tooLong("text", n, MaxText)
	}
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return text, nil
}

// join returns what engages whoever writes. The server itself responds to nothing.
func join(s Incident, by id.Actor) []Event {
	if by.Person.IsZero() || s.Engaged(by.Person) {
		return nil
	}
	return []Event{Joined{}}
}

func decideSeverity(s Incident, w workspace.Setup, c ChangeSeverity) ([]Event, error) {
	reason, err := line(c.Reason, MaxReason, "reason")
	if err != nil {
		return nil, err
	}
	to := w.Coerce(c.To)
	if to == s.Severity {
		return nil, nil
	}
	if s.SeverityMark.Moved(c.Base) {
		return contest(s, s.SeverityMark, Contested{
			Field: "severity", Wanted: SeverityValue(to), Standing: SeverityValue(s.Severity), Reason: reason,
		})
	}
	return append(s.atSeverity(w, to), SeverityChanged{From: s.Severity, To: to, Reason: reason}), nil
}

func decideStatus(s Incident, c ChangeStatus) ([]Event, error) {
	reason, err := line(c.Reason, MaxReason, "reason")
	if err != nil {
		return nil, err
	}
	if c.To > Invalid {
		return nil, &fault.Fault{
			Kind: fault.Invalid, Message: "The status was not changed.",
			Fields: []fault.Field{{Name: "status", Problem: fmt.Sprintf("%d is none of the five", c.To)}},
		}
	}
	if c.To == s.Status {
		return nil, nil
	}
	if s.StatusMark.Moved(c.Base) {
		return contest(s, s.StatusMark, Contested{
			Field: "status", Wanted: c.To.String(), Standing: s.Status.String(), Reason: reason,
		})
	}
	return []Event{StatusChanged{From: s.Status, To: c.To, Reason: reason}}, nil
}

func decideRetitle(s Incident, c Retitle) ([]Event, error) {
	title, err := line(c.Title, MaxTitle, "title")
	if err != nil {
		return nil, err
	}
	if title == "" || title == s.Title {
		return nil, nil
	}
	return []Event{Retitled{From: s.Title, To: title}}, nil
}

func decideRemoveTag(s Incident, c RemoveTag) ([]Event, error) {
	tag := NormalTag(c.Tag)
	if !slices.Contains(s.Tags, tag) {
		return nil, nil
	}
	return []Event{Untagged{Tag: tag}}, nil
}

func decideAddTag(s Incident, c AddTag) ([]Event, error) {
	tags, err := normalTags([]string{c.Tag})
	if err != nil || len(tags) == 0 || slices.Contains(s.Tags, tags[0]) {
		return nil, err
	}
	if len(s.Tags) >= MaxTags {
		return nil, tooMany("tags", len(s.Tags)+1, MaxTags)
	}
	return []Event{Tagged{Tag: tags[0]}}, nil
}

func decideRole(s Incident, w workspace.Setup, c AssignRole) ([]Event, error) {
	var check fault.Check
	if _, ok := w.Role(c.Role); !ok {
		check.Add("role", fmt.Sprintf("%q is unknown here", c.Role))
	}
	if !c.Person.IsZero() && !w.Nameable(c.Person) {
		check.Add("person", "is unknown here")
	}
	if err := check.Err("The role was not assigned."); err != nil {
		return nil, err
	}
	have, _ := s.assignment(c.Role)
	if have.Person == c.Person {
		return nil, nil
	}
	if have.Mark.Moved(c.Base) {
		return contest(s, have.Mark, Contested{
			Field: "role " + string(c.Role), Wanted: personValue(c.Person), Standing: personValue(have.Person),
		})
	}
	assigned, err := s.admitting(c.Person, RoleAssigned{Role: c.Role, Person: c.Person, Former: have.Person})
	if err != nil {
		return nil, err
	}
	return append(s.atRole(w, c.Role, c.Person), assigned...), nil
}

// contest returns the event that keeps a refused wish, and the fault that asks the person.
func contest(s Incident, m Mark, e Contested) ([]Event, error) {
	return []Event{e}, &fault.Fault{
		Kind:    fault.Conflict,
		Message: fmt.Sprintf("Somebody else changed the %s meanwhile.", e.Field),
		Safe:    "Their value stands; yours is kept in the audit.",
		Do:      "Keep theirs, or set yours again.",
		Standing: &fault.Standing{
			Field: e.Field, Value: e.Standing, Base: s.Seq, At: m.At,
		},
	}
}

// coerced returns k where a disturbance can be of that kind, else Real: one of an unknown kind counts.
func (k Kind) coerced() Kind {
	if k > Informational {
		return Real
	}
	return k
}

// String returns the status as the wire, the audit and the words catalogue know it.
func (s Status) String() string {
	names := [...]string{"open", "mitigated", "resolved", "closed", "invalid"}
	if int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// SeverityValue returns a level as a conflict tells it: "SEV2".
func SeverityValue(l workspace.Level) string { return "SEV" + strconv.Itoa(int(l)) }

// personValue returns a person as a conflict tells it: the id, or nothing for nobody.
func personValue(p id.Person) string {
	if p.IsZero() {
		return ""
	}
	return p.String()
}

// line returns text as one line, with white space folded, or a fault that names the field.
func line(text string, limit int, field string) (string, error) {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	if n := utf8.RuneCountInString(text); n > limit {
		return "", tooLong(field, n, limit)
	}
	return text, nil
}

func tooLong(field string, n, limit int) error {
	return &fault.Fault{
		Kind:    fault.TooLarge,
		Message: "This is too long.",
		Safe:    "Your words are still on this device.",
		Do:      "Shorten it and send it again.",
		Fields:  []fault.Field{{Name: field, Problem: fmt.Sprintf("has %d characters; %d are allowed", n, limit)}},
	}
}

// tooMany is the fault of a list, whose name stands in the plural.
func tooMany(list string, n, limit int) error {
	return &fault.Fault{
		Kind:    fault.TooLarge,
		Message: "This is too much.",
		Safe:    "Nothing was changed.",
		Do:      "Take something away and try again.",
		Fields:  []fault.Field{{Name: list, Problem: fmt.Sprintf("are %d; %d are allowed", n, limit)}},
	}
}

// NormalTag returns a tag as it is stored.
func NormalTag(tag string) string { return workspace.NormalTag(tag) }

// normalTags returns tags as they are stored: normal, sorted, each once.
func normalTags(tags []string) ([]string, error) {
	out := make([]string, 0, len(tags))
	for _, t := range tags {
		tag := NormalTag(t)
		if n := utf8.RuneCountInString(tag); n > MaxTag {
			return nil, tooLong("tag", n, MaxTag)
		}
		if tag != "" {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > MaxTags {
		return nil, tooMany("tags", len(out), MaxTags)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}
