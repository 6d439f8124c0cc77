package incident

import "slices"

// Undo returns the command that takes back what e did to s, for somebody whose action was a slip. It is false for what
// cannot be taken back, for what was taken back already, and where somebody has decided otherwise since.
func Undo(s Incident, e Event) (Command, bool) {
	switch e := e.(type) {
	case SeverityChanged:
		return ChangeSeverity{To: e.From, Base: s.SeverityMark.Base(s.Seq)}, s.Severity == e.To
	case StatusChanged:
		return ChangeStatus{To: e.From, Base: s.StatusMark.Base(s.Seq)}, s.Status == e.To && s.MergedInto.IsZero()
	case RoleAssigned:
		have, _ := s.assignment(e.Role)
		return AssignRole{Role: e.Role, Person: e.Former, Base: have.Mark.Base(s.Seq)},
			have.Person == e.Person && (e.Former.IsZero() || s.Sees(e.Former)) // it lets nobody in who was taken out since
	case Retitled:
		return Retitle{Title: e.From}, s.Title == e.To
	case Tagged:
		return RemoveTag{Tag: e.Tag}, slices.Contains(s.Tags, e.Tag)
	case Untagged:
		return AddTag{Tag: e.Tag}, !slices.Contains(s.Tags, e.Tag)
	case KindChanged:
		return ChangeKind{To: e.From}, s.Kind == e.To
	default:
		return undoBeside(s, e)
	}
}

// undoBeside takes back what stands beside the timeline, where the event tells all that was there before.
func undoBeside(s Incident, e Event) (Command, bool) {
	switch e := e.(type) {
	case Starred:
		return Star{Entry: e.Entry, Off: !e.Off}, slices.Contains(s.Starred, e.Entry) != e.Off
	case Pinned:
		return Pin{Entry: e.Entry, Off: !e.Off}, slices.Contains(s.Pinned, e.Entry) != e.Off
	case Admitted:
		_, refused := decideExclude(s, Exclude{Person: e.Person})
		return Exclude{Person: e.Person}, s.Private && s.Sees(e.Person) && refused == nil
	case Excluded:
		return Admit{Person: e.Person}, s.Private && !s.Sees(e.Person)
	case TaskAdded:
		have, there := s.Task(e.Task)
		return RemoveTask{Task: e.Task}, there && have.Text == e.Text && have.Person == e.Person && !have.Done
	case ChecklistBegun:
		have, there := s.Checklist(e.Checklist.ID)
		return DropChecklist{Checklist: e.Checklist.ID}, there && !have.Dropped && len(have.Ticks) == 0
	default:
		return nil, false
	}
}

// Undoes reports whether later is what the command of Undo makes of e: the same led back, without a reason of its own.
func Undoes(later, e Event) bool {
	switch e := e.(type) {
	case SeverityChanged:
		return later == Event(SeverityChanged{From: e.To, To: e.From})
	case StatusChanged:
		return later == Event(StatusChanged{From: e.To, To: e.From})
	case RoleAssigned:
		return later == Event(RoleAssigned{Role: e.Role, Person: e.Former, Former: e.Person})
	case Retitled:
		return later == Event(Retitled{From: e.To, To: e.From})
	case Tagged:
		return later == Event(Untagged{Tag: e.Tag})
	case Untagged:
		return later == Event(Tagged{Tag: e.Tag})
	case KindChanged:
		return later == Event(KindChanged{From: e.To, To: e.From})
	case Starred:
		return later == Event(Starred{Entry: e.Entry, Off: !e.Off})
	case Pinned:
		return later == Event(Pinned{Entry: e.Entry, Off: !e.Off})
	case TaskAdded:
		return later == Event(TaskRemoved{Task: e.Task, Text: e.Text})
	case ChecklistBegun:
		return later == Event(ChecklistDropped{Checklist: e.Checklist.ID, Name: e.Checklist.Name})
	default:
		return false
	}
}
