package present_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestABlockShowsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	v, at := view(t), time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	anna := workspace.Person{ID: id.New[id.Person](), Name: "Anna"}
	v.Setup = v.Setup.With(anna)
	v.Self.Person = anna.ID
	wrote, gone := id.Entry{1}, id.Entry{2}
	tell := func(n int, e incident.Event) present.Record {
		return present.Record{Event: e, At: id.Envelope{StreamSeq: uint64(n), Actor: id.Actor{Person: anna.ID}, Occurred: at.Add(time.Duration(n) * time.Minute)}}
	}
	state := incident.Incident{
		ID: id.Incident{9}, Seq: 5, Starred: []id.Entry{wrote}, Pinned: []id.Entry{wrote, {7}},
		Milestones: []incident.Milestone{{Name: incident.Detected, Entry: wrote, At: at}},
		Tasks:      []incident.Task{{ID: id.Task{1}, Text: "tell support", Person: anna.ID}, {ID: id.Task{2}, Text: "wait", Done: true}},
		Links:      []incident.Link{{URL: "https://d.example"}},
	}
	r := present.RoomFrom(present.RoomParams{Incident: state, Seq: 5, Now: at, Records: []present.Record{
		tell(1, incident.Written{Entry: wrote, Text: "tpyo", Attachments: []incident.Attachment{{Content: id.Content{1}, Name: "a.png", Size: 1_300_000, Width: 2, Height: 1}}}),
		tell(2, incident.Written{Entry: gone, Text: "secret"}),
		tell(3, incident.Edited{Entry: wrote, Text: "typo"}),
		tell(4, incident.Erased{Entry: gone}),
		tell(5, incident.TimeCorrected{Entry: wrote, At: at.Add(-time.Hour)}),
	}}, v)
	var e, erased present.Entry
	for _, have := range r.Entries {
		switch have.ID {
		case wrote:
			e = have
		case gone:
			erased = have
		}
	}
	if e.Text != "typo" || !e.Edited || !e.Starred || !e.Pinned || !e.Mine || e.Time != "08:00" || e.Corrected != "09:01" {
		t.Errorf("%+v", e)
	}
	if len(e.Milestones) != 1 || e.Milestones[0] != "detected" || len(e.Files) != 1 || e.Files[0].Size != "1.3 MB" || !e.Files[0].Image() {
		t.Errorf("%v, %+v", e.Milestones, e.Files)
	}
	if !erased.Erased || erased.Text != "" {
		t.Errorf("%+v", erased)
	}
	if len(r.Pins) != 2 || r.Pins[0].Text != "typo" || r.Pins[1].Text != "an earlier entry" || r.Starred != 1 || r.Files != 1 {
		t.Errorf("%+v, %d starred, %d files", r.Pins, r.Starred, r.Files)
	}
	if len(r.Tasks) != 2 || !r.Tasks[0].Mine || r.Tasks[0].Person.Name != "Anna" || !r.Tasks[1].Done || r.Links[0].Words != "https://d.example" {
		t.Errorf("%+v, %+v", r.Tasks, r.Links)
	}
	text := present.Transcript(r, v)
	if !strings.Contains(text, "08:00  Anna: typo [a.png]\n") || strings.Contains(text, "edited an entry") || strings.Contains(text, "secret") {
		t.Errorf("the transcript is\n%s", text)
	}
}

func TestTheNextUpdateIsCountedDownAndThenUp(t *testing.T) {
	t.Parallel()
	v, at := view(t), time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		left    time.Duration
		want    string
		overdue bool
	}{
		{12 * time.Minute, "12:00", false},
		{59*time.Minute + 59*time.Second, "59:59", false},
		{90 * time.Minute, "01:30:00", false},
		{0, "00:00", false},
		{-61 * time.Second, "01:01", true},
	} {
		if have, overdue := present.Countdown(at.Add(test.left), at, v); have != test.want || overdue != test.overdue {
			t.Errorf("%v: %q, %v", test.left, have, overdue)
		}
	}
}

func TestEveryWaitingChangeSaysWhatItIs(t *testing.T) {
	t.Parallel()
	v := view(t)
	for _, c := range []incident.Command{
		incident.Edit{Text: "typo"},
		incident.Erase{},
		incident.Star{},
		incident.Pin{},
		incident.CorrectTime{},
		incident.MarkMilestone{Name: "x"},
		incident.UnmarkMilestone{},
		incident.AddTask{Text: "x"},
		incident.ChangeTask{Text: "x"},
		incident.RemoveTask{},
		incident.BeginChecklist{},
		incident.DropChecklist{},
		incident.TickItem{},
		incident.TickItem{Off: true},
		incident.AddLink{},
		incident.RemoveLink{},
		incident.PromiseUpdate{},
		incident.ChangeKind{},
		incident.Merge{},
		incident.Absorb{},
	} {
		got := present.ChangeFrom(present.Change{}, c, nil, v)
		if got.What == "" || strings.Contains(got.What, "this version does not know") {
			t.Errorf("%T is %q", c, got.What)
		}
	}
	if got := present.ChangeFrom(present.Change{}, incident.Edit{Text: "typo"}, nil, v); got.Text != "typo" || got.What != "change an entry to “typo”" {
		t.Errorf("an edit is %+v", got)
	}
}

func TestOnlyASlipThatNothingCoversIsOfferedToBeTakenBack(t *testing.T) {
	t.Parallel()
	v, at := view(t), time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	anna, ben := id.New[id.Person](), id.New[id.Person]()
	v.Self.Person = anna
	lowered, raised := incident.SeverityChanged{From: 1, To: 2}, incident.SeverityChanged{From: 2, To: 1}
	words, tag := incident.Written{Entry: id.Entry{1}, Text: "x"}, incident.Tagged{Tag: "db"}
	for name, test := range map[string]struct {
		events []incident.Event
		by     id.Person // of the last
		ago    time.Duration
		offers bool
	}{
		"a slip":                          {[]incident.Event{lowered}, anna, time.Minute, true},
		"joined":                          {[]incident.Event{lowered, incident.Joined{}}, anna, time.Minute, true},
		"words since":                     {[]incident.Event{lowered, words}, anna, time.Minute, false},
		"other words since":               {[]incident.Event{lowered, incident.Edited{Entry: id.Entry{1}, Text: "y"}}, anna, time.Minute, false},
		"somebody else's words since":     {[]incident.Event{lowered, words}, ben, time.Minute, true},
		"words before":                    {[]incident.Event{words, lowered}, anna, time.Minute, true},
		"taken back":                      {[]incident.Event{lowered, raised}, anna, time.Minute, false},
		"taken back, the slip long ago":   {[]incident.Event{lowered, raised}, anna, 9*time.Minute + 30*time.Second, false},
		"raised again after words":        {[]incident.Event{lowered, words, raised}, anna, time.Minute, true},
		"raised again for a reason":       {[]incident.Event{lowered, incident.SeverityChanged{From: 2, To: 1, Reason: "all shops"}}, anna, time.Minute, true},
		"something else since":            {[]incident.Event{lowered, tag}, anna, time.Minute, true},
		"something else, and long ago":    {[]incident.Event{lowered}, anna, time.Hour, false},
		"somebody else's decision":        {[]incident.Event{lowered}, ben, time.Minute, false},
		"what cannot be taken back since": {[]incident.Event{lowered, incident.Erased{Entry: id.Entry{1}}}, anna, time.Minute, false},
	} {
		state := incident.Incident{ID: id.Incident{9}, Severity: 1, Tags: []string{"db"}}
		var records []present.Record
		for i, e := range test.events {
			if s, is := e.(incident.SeverityChanged); is {
				state.Severity = s.To
			}
			by := anna
			if i == len(test.events)-1 {
				by = test.by
			}
			records = append(records, present.Record{Event: e, At: id.Envelope{StreamSeq: uint64(i + 1), Actor: id.Actor{Person: by}, Occurred: at.Add(time.Duration(i) * time.Minute)}})
		}
		r := present.RoomFrom(present.RoomParams{Incident: state, Seq: 9, Now: at.Add(time.Duration(len(records)-1)*time.Minute + test.ago), Records: records}, v)
		if offers := r.Undo != nil; offers != test.offers {
			t.Errorf("%s: it is offered: %t", name, offers)
		}
	}
}
