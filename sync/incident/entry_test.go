package incident_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

var (
	first  = id.Entry{5}
	second = id.Entry{6}
	file   = incident.Attachment{Content: id.Content{1}, Name: "graph.png", Type: "image/png", Size: 10, Width: 4, Height: 3}
)

func TestWhatStandsBesideTheTimeline(t *testing.T) {
	t.Parallel()
	r := declared(t)
	r.others = map[id.Incident]incident.Incident{{3}: {ID: id.Incident{3}, Seq: 2, MergedInto: r.state.ID}}
	for _, wish := range []incident.Command{
		incident.Star{Entry: second},
		incident.Star{Entry: first},
		incident.Star{Entry: second, Off: true},
		incident.Pin{Entry: first},
		incident.AddTask{Task: id.Task{1}, Text: " tell\nsupport ", Person: bob},
		incident.AddTask{Task: id.Task{2}, Text: "freeze deploys"},
		incident.ChangeTask{Task: id.Task{2}, Text: "freeze deploys", Person: eve, Done: true},
		incident.AddLink{URL: "https://dash.example/db", Label: "dash"},
		incident.AddLink{URL: "https://dash.example/db", Label: "db dashboard"},
		incident.AddLink{URL: "https://gone.example"},
		incident.RemoveLink{URL: "https://gone.example"},
		incident.ChangeKind{To: incident.GameDay},
		incident.Absorb{From: id.Incident{3}, Title: "the same"},
	} {
		r.accept(t, ada, wish)
	}
	s := r.state
	for name, diff := range map[string]string{
		"stars": cmp.Diff([]id.Entry{first}, s.Starred), "pins": cmp.Diff([]id.Entry{first}, s.Pinned),
		"links":    cmp.Diff([]incident.Link{{URL: "https://dash.example/db", Label: "db dashboard"}}, s.Links),
		"absorbed": cmp.Diff([]id.Incident{{3}}, s.Absorbed),
	} {
		if diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	told, _ := s.Task(id.Task{1})
	froze, _ := s.Task(id.Task{2})
	if len(s.Tasks) != 2 || told.Text != "tell support" || told.Person != bob || told.Done || !froze.Done || froze.Person != eve {
		t.Errorf("tasks: %+v", s.Tasks)
	}
	if s.Kind != incident.GameDay {
		t.Errorf("the kind is %d", s.Kind)
	}
	r.accept(t, bob, incident.RemoveTask{Task: id.Task{1}})
	if removed, ok := r.last().(incident.TaskRemoved); !ok || removed.Text != "tell support" || len(r.state.Tasks) != 1 {
		t.Errorf("%+v left %+v", r.last(), r.state.Tasks)
	}
}

func TestWhatCannotStandBesideTheTimeline(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wish  incident.Command
		kind  fault.Kind
		field string
	}{
		"a task without words":    {incident.AddTask{Task: id.Task{1}, Text: " \n"}, fault.Invalid, "task"},
		"a stranger's task":       {incident.AddTask{Task: id.Task{1}, Text: "x", Person: id.Person{99}}, fault.Invalid, "person"},
		"a task that is not":      {incident.ChangeTask{Task: id.Task{9}, Text: "x"}, fault.NotFound, ""},
		"a script":                {incident.AddLink{URL: "javascript:alert(1)"}, fault.Invalid, "link"},
		"a file of one's own":     {incident.AddLink{URL: "file:///etc/passwd"}, fault.Invalid, "link"},
		"no address":              {incident.AddLink{URL: " "}, fault.Invalid, "link"},
		"an update at once":       {incident.PromiseUpdate{Within: 30 * time.Second}, fault.Invalid, "time"},
		"an update in a year":     {incident.PromiseUpdate{Within: 365 * 24 * time.Hour}, fault.Invalid, "time"},
		"an update before":        {incident.PromiseUpdate{Within: -time.Hour}, fault.Invalid, "time"},
		"nothing instead":         {incident.Edit{Entry: first, Text: " \n"}, fault.Invalid, ""},
		"too much instead":        {incident.Edit{Entry: first, Text: strings.Repeat("é", incident.MaxText+1)}, fault.TooLarge, "text"},
		"no time":                 {incident.CorrectTime{Entry: first}, fault.Invalid, "time"},
		"a long milestone":        {incident.MarkMilestone{Name: strings.Repeat("x", 61)}, fault.TooLarge, "milestone"},
		"into itself":             {incident.Merge{Base: seen(9), Into: id.Incident{7}}, fault.Invalid, ""},
		"into nothing":            {incident.Merge{Base: seen(9)}, fault.Invalid, ""},
		"a file without bytes":    {incident.Write{Attachments: []incident.Attachment{{Size: 1}}}, fault.Invalid, "attachment 1"},
		"an empty file":           {incident.Write{Attachments: []incident.Attachment{{Content: id.Content{1}}}}, fault.Invalid, "attachment 1"},
		"40 megabytes":            {incident.Write{Attachments: []incident.Attachment{file, {Content: id.Content{2}, Size: 40 << 20}}}, fault.Invalid, "attachment 2"},
		"files that nobody reads": {incident.Write{Attachments: make([]incident.Attachment, 11)}, fault.TooLarge, "attachments"},
	} {
		r := declared(t)
		have, err := incident.Decide(r.state, incident.Given{Setup: r.setup}, test.wish, id.Actor{Person: bob})
		f := fault.Find(err)
		if f == nil || f.Kind != test.kind || len(have) != 0 {
			t.Errorf("%s: %v, %v; want fault %d", name, have, err, test.kind)
		} else if test.field != "" && (len(f.Fields) != 1 || f.Fields[0].Name != test.field) {
			t.Errorf("%s: %v does not name %s", name, f, test.field)
		}
	}
}

func TestAFullListTakesNoMore(t *testing.T) {
	t.Parallel()
	r := declared(t)
	for n := range incident.MaxPins {
		r.accept(t, ada, incident.Pin{Entry: id.Entry{1, byte(n)}})
	}
	if _, err := r.submit(ada, incident.Pin{Entry: first}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("one pin more: %v", err)
	}
	r.accept(t, ada, incident.Pin{Entry: id.Entry{1}, Off: true})
	r.accept(t, ada, incident.Pin{Entry: first})
}

func TestThePromisedUpdateFollowsTheLastOne(t *testing.T) {
	t.Parallel()
	r := declared(t)
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	r.accept(t, ada, incident.PromiseUpdate{Within: time.Hour}) // minute 1
	r.accept(t, ada, incident.Write{Text: "chat"})              // 2
	if !r.state.UpdateDue.Equal(minute(61)) {
		t.Errorf("due at %v", r.state.UpdateDue)
	}
	r.accept(t, ada, incident.Write{Text: "all shops are back", Update: true}) // 3
	if !r.state.UpdateDue.Equal(minute(63)) {
		t.Errorf("after an update due at %v", r.state.UpdateDue)
	}
	r.accept(t, ada, incident.ChangeStatus{Base: seen(r.state.Seq), To: incident.Resolved})
	if !r.state.UpdateDue.IsZero() || r.state.UpdateEvery != 0 {
		t.Error("nobody waits for news of what is over")
	}
}

func TestAMilestoneIsSomewhereOnceAndMovesWithItsEntry(t *testing.T) {
	t.Parallel()
	r := declared(t)
	at := noon.Add(-time.Hour)
	r.accept(t, ada, incident.Write{Entry: first, Text: "disk is full"})
	r.accept(t, bob, incident.MarkMilestone{Name: incident.CauseNow, Entry: second, At: noon})
	r.accept(t, ada, incident.MarkMilestone{Name: incident.CauseNow, Entry: first, At: noon.Add(time.Minute)})
	r.accept(t, ada, incident.MarkMilestone{Name: incident.Detected})
	r.accept(t, ada, incident.CorrectTime{Entry: first, At: at, Reason: "the log says so"})
	want := []incident.Milestone{
		{Name: incident.CauseNow, Entry: first, At: at, By: ada}, {Name: incident.Detected, At: noon.Add(4 * time.Minute), By: ada},
	}
	if diff := cmp.Diff(want, r.state.Milestones); diff != "" {
		t.Error(diff)
	}
	r.accept(t, ada, incident.UnmarkMilestone{Name: incident.Detected})
	if _, marked := r.state.Milestone(incident.Detected); marked {
		t.Error("it is still marked")
	}
}

func TestADuplicateEndsAndComesBackWhenItIsNone(t *testing.T) {
	t.Parallel()
	r := declared(t)
	r.others = map[id.Incident]incident.Incident{{8}: {ID: id.Incident{8}, Seq: 1}}
	r.accept(t, ada, incident.Merge{Base: seen(r.state.Seq), Into: id.Incident{8}})
	if r.state.MergedInto != (id.Incident{8}) || r.state.Status != incident.Invalid {
		t.Errorf("merged: %+v", r.state)
	}
	if _, err := r.submit(bob, incident.ChangeStatus{Base: seen(1), To: incident.Resolved}); !fault.Is(err, fault.Conflict) {
		t.Errorf("who did not see the merger: %v", err)
	}
	r.accept(t, ada, incident.ChangeStatus{Base: seen(r.state.Seq), To: incident.Open})
	if !r.state.MergedInto.IsZero() || r.state.Status != incident.Open {
		t.Errorf("open again: %+v", r.state)
	}
	r.accept(t, bob, incident.ChangeStatus{Base: seen(r.state.Seq), To: incident.Mitigated})
	if _, err := r.submit(ada, incident.Merge{Base: seen(r.state.Seq - 1), Into: id.Incident{8}}); !fault.Is(err, fault.Conflict) {
		t.Errorf("merging what somebody just mitigated: %v", err)
	}
}

func TestAThreadTellsWhatBecameOfEachEntry(t *testing.T) {
	t.Parallel()
	at := func(n int, by id.Person) id.Envelope {
		return id.Envelope{StreamSeq: uint64(n), Actor: id.Actor{Person: by}, Occurred: noon.Add(time.Duration(n) * time.Minute)}
	}
	have := incident.Thread([]incident.Told{
		{At: at(1, ada), Event: incident.Written{Entry: first, Text: "tpyo", Attachments: []incident.Attachment{file}}},
		{At: at(2, bob), Event: incident.Written{Entry: second, Text: "password: hunter2"}},
		{At: at(3, bob), Event: incident.Edited{Entry: first, Text: "not mine"}},
		{At: at(4, ada), Event: incident.Edited{Entry: first, Text: "typo"}},
		{At: at(5, eve), Event: incident.Erased{Entry: second}},
		{At: at(6, bob), Event: incident.Edited{Entry: second, Text: "password: hunter3"}},
		{At: at(7, eve), Event: incident.TimeCorrected{Entry: first, At: noon}},
		{At: at(8, eve), Event: incident.Written{Entry: first, Text: "another's id"}},
		{At: at(9, eve), Event: incident.Edited{Entry: id.Entry{99}, Text: "nothing"}},
	})
	want := map[id.Entry]incident.Entry{
		first: {
			Author: ada, Text: "typo", Attachments: []incident.Attachment{file}, Occurred: noon, Corrected: true,
			Edits: 1, Edited: noon.Add(4 * time.Minute),
		},
		second: {Author: bob, Occurred: noon.Add(2 * time.Minute), Erased: true, ErasedBy: eve},
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}

func TestErasingChangesNoState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var whole, blank incident.Incident
		gone := anyEntry(t)
		for seq := range uint64(rapid.IntRange(1, 12).Draw(t, "length")) {
			at := id.Envelope{StreamSeq: seq + 1, Actor: id.Actor{Person: anyPerson(t)}, Occurred: anyTime(t)}
			e := anyEvent(t)
			if rapid.Bool().Draw(t, "words") {
				e = incident.Written{Entry: anyEntry(t), Text: anyText(t), Update: rapid.Bool().Draw(t, "update")}
			}
			kept := e
			if b, holds := incident.Blanked(e, gone, id.Content{1}); holds {
				kept = b
				if _, again := incident.Blanked(b, gone, id.Content{1}); again {
					t.Fatalf("%T was blanked twice", e)
				}
			}
			whole, blank = incident.Apply(whole, at, e), incident.Apply(blank, at, kept)
		}
		if diff := differ(whole, blank); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestFileNamesLeadNowhere(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"graph.png": "graph.png", "../../etc/passwd": "_.._etc_passwd", `C:\x.exe`: "C__x.exe", "": "file", "..": "file",
		"a\x00b\n.txt": "ab.txt", "photo\u202egpj.exe": "photogpj.exe", " . ": "file", "火.png": "火.png",
	} {
		if have := incident.FileName(name); have != want {
			t.Errorf("%q became %q; want %q", name, have, want)
		}
	}
	long := incident.FileName(strings.Repeat("é", 300) + ".png")
	if utf8.RuneCountInString(long) != incident.MaxFileName || !strings.HasSuffix(long, "é.png") {
		t.Errorf("a long name became %q", long)
	}
}

func TestWhatWasErasedIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	r := declared(t)
	r.accept(t, ada, incident.Write{Entry: first, Text: "password"})
	r.accept(t, bob, incident.Erase{Entry: first})
	if _, err := r.submit(ada, incident.Edit{Entry: first, Text: "the password again"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an edit behind its erasing: %v", err)
	}
	r.requireNothing(t, eve, incident.Erase{Entry: first})
	r.requireNothing(t, ada, incident.Write{Entry: first, Text: "password"}) // a restored log was given back first that it was erased
	r.requireNothing(t, ada, incident.Edit{Entry: second})                   // what is left of an edit in an outbox
	for n := range incident.MaxErased + 1 {
		r.accept(t, ada, incident.Erase{Entry: id.Entry{9, byte(n), byte(n >> 8)}})
	}
	if len(r.state.Erased) != incident.MaxErased {
		t.Errorf("%d erased entries are remembered", len(r.state.Erased))
	}
}
