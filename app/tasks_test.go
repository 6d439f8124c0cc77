package app_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// tasks returns what is to be done in a room, in order.
func (f *fake) tasks(in id.Incident) []string {
	var out []string
	for _, t := range f.find(in).Tasks {
		out = append(out, t.Text)
	}
	return out
}

// fieldHolds fails where the keyboard is in no field, or in one that holds something else, or that is no longer shown.
func (e eyes) fieldHolds(want string) {
	e.t.Helper()
	in, is := e.c.Focused().(*widget.Input)
	if !is || in.Text != want {
		e.t.Fatalf("the keyboard is at %T, which holds %q and not %q", e.c.Focused(), in.Text, want)
	}
	shown := e.c.Content()
	if top := e.c.Overlays().Top(); top != nil {
		shown = top
	}
	if widget.Walk(shown, func(o fyne.CanvasObject) bool { return o != fyne.CanvasObject(in) }) {
		e.t.Fatalf("%q stands in a field that is no longer shown", want)
	}
}

func TestTasksAreWrittenInARow(t *testing.T) {
	for _, wide := range []float32{1440, 1000} {
		f, in := full()
		e := look(t, f)
		e.resize(wide, 1600)
		e.OpenRoom(in)
		e.types("/task")
		e.key(fyne.KeyReturn)
		for _, words := range []string{"one", "two", "three"} {
			e.types(words)
			e.fieldHolds(words)
			e.key(fyne.KeyReturn)
			e.fieldHolds("")
			if all := f.tasks(in); all[len(all)-1] != words {
				t.Fatalf("the tasks are %q, and the last should be %q", all, words)
			}
		}
	}
}

func TestATaskThatIsTickedElsewhereLeavesTheWordsOfTheNextOne(t *testing.T) {
	e, f, in := room(t)
	e.types("/task")
	e.key(fyne.KeyReturn)
	e.types("call the ")
	first := f.find(in).Tasks[0]
	_ = f.submit(in, f.self, noon(), noon(), incident.ChangeTask{Task: first.ID, Fields: incident.TaskDone, Done: true})
	e.Changed()
	e.types("bank")
	e.fieldHolds("call the bank")
	e.OpenRoom(f.incidents[0].ID)
	e.seesNot("call the bank")
}

// In a narrow window the facts lie over the page; the keyboard stays where it is there too.
func TestTheFoldedFactsAreUsedWithKeysAlone(t *testing.T) {
	f, in := full()
	e := look(t, f)
	e.resize(1000, 900)
	e.OpenRoom(in)
	e.tabTo("facts")
	e.key(fyne.KeyReturn)
	task := f.find(in).Tasks[0].ID
	e.tabTo("task " + task.String())
	for i, want := range []bool{true, false, true} {
		e.key(fyne.KeyReturn)
		if got, _ := f.find(in).Task(task); got.Done != want {
			t.Fatalf("after press %d it is done: %t", i+1, got.Done)
		}
	}
	e.tabTo("give " + task.String())
	e.key(fyne.KeyReturn)
	e.types("eli")
	e.key(fyne.KeyReturn)
	if got, _ := f.find(in).Task(task); f.setup.People[got.Person].Name != "Eli Sample" {
		t.Fatalf("the task is %+v", got)
	}
	at, keyed := e.c.Focused().(widget.Keyed)
	if !keyed || at.FocusKey() != "give "+task.String() {
		t.Fatalf("the keyboard is at %T", e.c.Focused())
	}
	if top := e.c.Overlays().Top(); widget.Walk(top, func(o fyne.CanvasObject) bool { return o != at.(fyne.CanvasObject) }) {
		t.Error("the keyboard is at something that is no longer shown")
	}
	_ = f.submit(in, f.self, noon(), noon(), incident.AddTag{Tag: "elsewhere"})
	e.Changed()
	if e.c.Focused() != fyne.Focusable(at) {
		t.Error("what has not changed was made anew")
	}
	e.sees("#elsewhere")
}
