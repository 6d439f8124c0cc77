package workspace_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

var (
	ada    = id.Person{1} // an admin
	bob    = id.Person{2}
	phone  = id.Device{3}
	laptop = id.Device{4}
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func by(p id.Person) id.Actor { return id.Actor{Person: p} }

// server is the actor that is nobody.
func server() id.Actor { return id.Actor{} }

// company returns a set-up with Ada, who is an admin, and Bob, who has a phone.
func company() (workspace.Setup, workspace.Person) {
	him := workspace.Person{
		ID: bob, Seq: 2, Name: "Bob", Added: noon,
		Devices: []workspace.Device{{ID: phone, Name: "Phone", Platform: "android", Enrolled: noon}},
	}
	return workspace.Default().With(workspace.Person{ID: ada, Seq: 1, Name: "Ada", Admin: true}).With(him), him
}

var asEvents = cmp.AllowUnexported(
	workspace.PersonAdded{}, workspace.PersonDescribed{}, workspace.DeviceEnrolled{}, workspace.DeviceRevoked{},
)

func TestWhatHappensToAPerson(t *testing.T) {
	t.Parallel()
	type wish = workspace.PersonCommand
	type facts = []workspace.PersonEvent
	eve := id.Person{9}
	w, him := company()
	lost := him
	lost.Devices = []workspace.Device{{ID: phone, Revoked: noon}}
	for name, test := range map[string]struct {
		on   workspace.Person
		wish wish
		by   id.Actor
		want facts
	}{
		"an admin adds a person": {
			workspace.Person{},
			workspace.AddPerson{Person: eve, Name: "  Eve \n Adams ", Department: " Finance ", Admin: true},
			by(ada),
			facts{workspace.PersonAdded{Person: eve, Name: "Eve Adams", Department: "Finance", Admin: true}},
		},
		"the server adds a person":   {workspace.Person{}, workspace.AddPerson{Person: eve, Name: "Eve"}, server(), facts{workspace.PersonAdded{Person: eve, Name: "Eve"}}},
		"the same invitation twice":  {him, workspace.AddPerson{Person: bob, Name: "Bob"}, by(ada), nil},
		"a person describes himself": {him, workspace.DescribePerson{Person: bob, Name: "Rob", Zone: "Europe/Berlin"}, by(bob), facts{workspace.PersonDescribed{Name: "Rob", Zone: "Europe/Berlin"}}},
		"an admin describes him":     {him, workspace.DescribePerson{Person: bob, Name: "Bob", Department: "IT"}, by(ada), facts{workspace.PersonDescribed{Name: "Bob", Department: "IT"}}},
		"nothing new about him":      {him, workspace.DescribePerson{Person: bob, Name: " Bob "}, by(bob), nil},
		"the server enrols a device": {him, workspace.EnrolDevice{Person: bob, Device: laptop, Name: " My\tlaptop", Platform: "linux "}, server(), facts{workspace.DeviceEnrolled{Device: laptop, Name: "My laptop", Platform: "linux"}}},
		"the same device twice":      {him, workspace.EnrolDevice{Person: bob, Device: phone, Name: "Phone"}, server(), nil},
		"the owner revokes a device": {him, workspace.RevokeDevice{Person: bob, Device: phone, Reason: " lost\nit "}, by(bob), facts{workspace.DeviceRevoked{Device: phone, Reason: "lost it"}}},
		"an admin revokes a device":  {him, workspace.RevokeDevice{Person: bob, Device: phone}, by(ada), facts{workspace.DeviceRevoked{Device: phone}}},
		"a device is revoked twice":  {lost, workspace.RevokeDevice{Person: bob, Device: phone}, by(bob), nil},
	} {
		have, err := workspace.DecidePerson(test.on, w, test.wish, test.by)
		if diff := cmp.Diff(test.want, have, asEvents); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestWhatIsRefusedAboutAPerson(t *testing.T) {
	t.Parallel()
	w, him := company()
	long := strings.Repeat("é", workspace.MaxName+1)
	for name, test := range map[string]struct {
		on    workspace.Person
		wish  workspace.PersonCommand
		by    id.Actor
		kind  fault.Kind
		names []string
	}{
		"adding by somebody":     {workspace.Person{}, workspace.AddPerson{Name: "Eve"}, by(bob), fault.Denied, nil},
		"adding by nobody known": {workspace.Person{}, workspace.AddPerson{Name: "Eve"}, by(id.Person{7}), fault.Denied, nil},
		"adding without a name":  {workspace.Person{}, workspace.AddPerson{Name: " \n", Department: long}, by(ada), fault.Invalid, []string{"name", "department"}},
		"adding a long name":     {workspace.Person{}, workspace.AddPerson{Name: long}, by(ada), fault.Invalid, []string{"name"}},
		"describing nobody":      {workspace.Person{}, workspace.DescribePerson{Name: "Bob"}, by(ada), fault.NotFound, nil},
		"describing another":     {him, workspace.DescribePerson{Name: "Bobby"}, by(id.Person{7}), fault.Denied, nil},
		"describing badly":       {him, workspace.DescribePerson{Name: ""}, by(bob), fault.Invalid, []string{"name"}},
		"no such zone":           {him, workspace.DescribePerson{Name: "Bob", Zone: "Mars/Base"}, by(bob), fault.Invalid, []string{"zone"}},
		"a zone of the machine":  {him, workspace.DescribePerson{Name: "Bob", Zone: "Local"}, by(bob), fault.Invalid, []string{"zone"}},
		"a file for a zone":      {him, workspace.DescribePerson{Name: "Bob", Zone: "../../etc/passwd"}, by(bob), fault.Invalid, []string{"zone"}},
		"enrolling for nobody":   {workspace.Person{}, workspace.EnrolDevice{Device: laptop, Name: "x"}, server(), fault.NotFound, nil},
		"enrolling by hand":      {him, workspace.EnrolDevice{Device: laptop, Name: "x"}, by(ada), fault.Denied, nil},
		"enrolling badly":        {him, workspace.EnrolDevice{Device: laptop, Platform: long}, server(), fault.Invalid, []string{"name", "platform"}},
		"revoking another's":     {him, workspace.RevokeDevice{Device: phone}, by(id.Person{7}), fault.Denied, nil},
		"revoking what is not":   {him, workspace.RevokeDevice{Device: laptop}, by(bob), fault.NotFound, nil},
		"revoking at great length": {
			him,
			workspace.RevokeDevice{Device: phone, Reason: strings.Repeat("x", workspace.MaxReason+1)},
			by(bob),
			fault.Invalid,
			[]string{"reason"},
		},
	} {
		have, err := workspace.DecidePerson(test.on, w, test.wish, test.by)
		f := fault.Find(err)
		if f == nil || f.Kind != test.kind || have != nil {
			t.Errorf("%s: %v, %v; want fault %d", name, have, err, test.kind)
			continue
		}
		var names []string
		for _, d := range f.Fields {
			names = append(names, d.Name)
		}
		if diff := cmp.Diff(test.names, names); diff != "" {
			t.Errorf("%s names other fields:\n%s", name, diff)
		}
	}
	if _, err := workspace.DecidePerson(him, w, nil, by(ada)); !fault.Is(err, fault.Invalid) {
		t.Errorf("no command is %v", err)
	}
}

// anyPersonEvent may be of any type and hold anything.
func anyPersonEvent(t *rapid.T) workspace.PersonEvent {
	device := rapid.SampledFrom([]id.Device{{}, phone, laptop, {5}})
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) workspace.PersonEvent {
			return workspace.PersonAdded{Name: rapid.String().Draw(t, "name"), Admin: rapid.Bool().Draw(t, "admin")}
		}),
		rapid.Custom(func(t *rapid.T) workspace.PersonEvent {
			return workspace.PersonDescribed{Name: rapid.String().Draw(t, "name"), Zone: rapid.String().Draw(t, "zone")}
		}),
		rapid.Custom(func(t *rapid.T) workspace.PersonEvent {
			return workspace.DeviceEnrolled{Device: device.Draw(t, "device"), Name: rapid.String().Draw(t, "name")}
		}),
		rapid.Custom(func(t *rapid.T) workspace.PersonEvent {
			return workspace.DeviceRevoked{Device: device.Draw(t, "device")}
		}),
		rapid.Custom(func(t *rapid.T) workspace.PersonEvent {
			return workspace.ReachableThrough{Channels: reach.Channels(rapid.Byte().Draw(t, "channels")), Devices: rapid.SliceOfN(device, 0, 2).Draw(t, "devices")}
		}),
		rapid.Custom(func(t *rapid.T) workspace.PersonEvent {
			return workspace.NumberPublished{Number: rapid.String().Draw(t, "number")}
		}),
		rapid.Just[workspace.PersonEvent](nil),
	).Draw(t, "event")
}

func TestApplyingToAPersonIsTotalAndChangesNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p workspace.Person
		var given, kept []workspace.Person
		for seq := range uint64(rapid.IntRange(1, 12).Draw(t, "length")) {
			at := id.Envelope{Stream: id.Stream(bob), StreamSeq: seq + 1, Occurred: noon.Add(time.Duration(seq) * time.Hour)}
			rival := workspace.ApplyPerson(p, at, anyPersonEvent(t)) // another future of the same state
			next := workspace.ApplyPerson(p, at, anyPersonEvent(t))
			for _, s := range []workspace.Person{p, rival, next} {
				given, kept = append(given, s), append(kept, clonePerson(s))
			}
			if p = next; p.ID != bob || p.Seq != seq+1 {
				t.Fatalf("%v stands at %d after event %d", p.ID, p.Seq, seq+1)
			}
		}
		if diff := cmp.Diff(kept, given); diff != "" {
			t.Fatalf("a state changed after it was returned:\n%s", diff)
		}
	})
}

func clonePerson(p workspace.Person) workspace.Person {
	p.Devices = append([]workspace.Device(nil), p.Devices...)
	return p
}

func TestAPersonIsWhatTheEventsSay(t *testing.T) {
	t.Parallel()
	events := []workspace.PersonEvent{
		workspace.PersonAdded{Person: bob, Name: "Bob", Department: "IT", Admin: true},
		workspace.DeviceEnrolled{Device: phone, Name: "Phone", Platform: "android"},
		workspace.DeviceEnrolled{Device: laptop, Name: "Laptop", Platform: "linux"},
		workspace.PersonDescribed{Name: "Rob", Department: "Ops", Zone: "Asia/Tokyo"},
		workspace.DeviceRevoked{Device: phone, Reason: "lost"},
	}
	var have workspace.Person
	for i, e := range events {
		have = workspace.ApplyPerson(have, id.Envelope{
			Stream: id.Stream(bob), StreamSeq: uint64(i + 1), Occurred: noon.Add(time.Duration(i) * time.Hour), Actor: by(ada),
		}, e)
	}
	want := workspace.Person{
		ID: bob, Seq: 5, Name: "Rob", Department: "Ops", Zone: "Asia/Tokyo", Admin: true, Added: noon,
		Devices: []workspace.Device{
			{ID: phone, Name: "Phone", Platform: "android", Enrolled: noon.Add(time.Hour), Revoked: noon.Add(4 * time.Hour), RevokedBy: ada},
			{ID: laptop, Name: "Laptop", Platform: "linux", Enrolled: noon.Add(2 * time.Hour)},
		},
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	if d, ok := have.Device(laptop); !ok || d.Name != "Laptop" {
		t.Errorf("the laptop is %+v, %v", d, ok)
	}
}
