package workspace_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

var eve = id.Person{9} // whom the server has forgotten

// invited returns a company that has invited Eve anew, and as whom.
func invited() (workspace.Setup, workspace.Person) {
	w, _ := company()
	her := workspace.Person{ID: id.Person{8}, Seq: 1, Name: "Eve", Department: "Sales", Admin: true}
	return w.With(her), her
}

func TestSomebodyForgottenIsKnownAgainAsWhoTheyWere(t *testing.T) {
	t.Parallel()
	w, her := invited()
	same := cmp.AllowUnexported(workspace.PersonAdded{}, workspace.PersonReadmitted{}, workspace.PersonRecognized{})
	readmit := workspace.ReadmitPerson{Person: eve, Device: laptop, Invited: her.ID, By: ada}
	have, err := workspace.DecidePerson(workspace.Person{}, w, readmit, server())
	want := []workspace.PersonEvent{
		workspace.PersonAdded{Person: eve, Name: "Eve", Department: "Sales", Admin: true},
		workspace.PersonReadmitted{Device: laptop, Invited: her.ID, By: ada},
	}
	if d := cmp.Diff(want, have, same); d != "" || err != nil {
		t.Fatalf("%v\n%s", err, d)
	}
	back := workspace.Person{}
	for i, e := range have {
		back = workspace.ApplyPerson(back, id.Envelope{Stream: id.Stream(eve), StreamSeq: uint64(i + 1), Occurred: noon}, e)
	}
	w = w.With(back)
	recognize := workspace.RecognizePerson{Person: her.ID, As: eve}
	have, err = workspace.DecidePerson(her, w, recognize, server())
	if d := cmp.Diff([]workspace.PersonEvent{workspace.PersonRecognized{As: eve}}, have, same); d != "" || err != nil {
		t.Fatalf("%v\n%s", err, d)
	}
	her = workspace.ApplyPerson(her, id.Envelope{Stream: id.Stream(her.ID), StreamSeq: 2, Occurred: noon}, have[0])
	w = w.With(her)
	if _, there := w.People[her.ID]; there || w.People[eve].Name != "Eve" || !w.People[eve].Admin || len(w.People) != 3 {
		t.Errorf("the people are %+v", w.People)
	}
	if have, err := workspace.DecidePerson(her, w, recognize, server()); len(have) > 0 || err != nil {
		t.Errorf("recognized twice: %v, %v", have, err)
	}
	for name, wish := range map[string]workspace.PersonCommand{
		"a device":       workspace.EnrolDevice{Person: her.ID, Device: phone, Name: "Phone"},
		"a description":  workspace.DescribePerson{Person: her.ID, Name: "Eve"},
		"somebody else":  workspace.RecognizePerson{Person: her.ID, As: bob},
		"somebody's id ": workspace.ReadmitPerson{Person: her.ID, Device: laptop, Invited: her.ID},
	} {
		if have, err := workspace.DecidePerson(her, w, wish, server()); err == nil {
			t.Errorf("%s for who turned out to be somebody else: %+v", name, have)
		}
	}
}

func TestNobodyIsTakenForAnother(t *testing.T) {
	t.Parallel()
	w, her := invited()
	_, him := company()
	for name, test := range map[string]struct {
		on   workspace.Person
		wish workspace.PersonCommand
		by   id.Actor
		kind fault.Kind
	}{
		"by hand":                       {workspace.Person{}, workspace.ReadmitPerson{Person: eve, Invited: her.ID}, by(ada), fault.Denied},
		"an id that is known":           {him, workspace.ReadmitPerson{Person: bob, Invited: her.ID}, server(), fault.Denied},
		"invited as nobody":             {workspace.Person{}, workspace.ReadmitPerson{Person: eve, Invited: id.Person{7}}, server(), fault.NotFound},
		"invited as one with a device":  {workspace.Person{}, workspace.ReadmitPerson{Person: eve, Invited: bob}, server(), fault.Denied},
		"recognized by hand":            {her, workspace.RecognizePerson{Person: her.ID, As: bob}, by(ada), fault.Denied},
		"recognized, with a device":     {him, workspace.RecognizePerson{Person: bob, As: ada}, server(), fault.Denied},
		"recognized as nobody":          {her, workspace.RecognizePerson{Person: her.ID, As: id.Person{7}}, server(), fault.NotFound},
		"recognized as oneself":         {her, workspace.RecognizePerson{Person: her.ID, As: her.ID}, server(), fault.NotFound},
		"recognized without being here": {workspace.Person{}, workspace.RecognizePerson{Person: eve, As: bob}, server(), fault.NotFound},
	} {
		if have, err := workspace.DecidePerson(test.on, w, test.wish, test.by); !fault.Is(err, test.kind) || len(have) > 0 {
			t.Errorf("%s: %+v, %v", name, have, err)
		}
	}
}

func TestNamesAreComparedAsTheyAreRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"Priya Rao", " priya  rao ", true}, {"Jose\u0301", "JOS\u00c9", true}, {"Jose", "Jos\u00e9", false}, {"Ann", "Anna", false}, {"", " ", true},
	} {
		if workspace.SameName(test.a, test.b) != test.same {
			t.Errorf("%q and %q: want %v", test.a, test.b, test.same)
		}
	}
}
