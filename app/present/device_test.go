package present_test

import (
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestWhichDevicesAreStrangeToTheirPerson(t *testing.T) {
	t.Parallel()
	me, admin, at := id.New[id.Person](), id.New[id.Person](), time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		device workspace.Device
		told   bool
	}{
		"added by somebody else":                  {workspace.Device{By: admin, Enrolled: at.Add(time.Hour)}, true},
		"by somebody else, before this one":       {workspace.Device{By: admin, Enrolled: at.Add(-time.Hour)}, true},
		"by whomever, after this one":             {workspace.Device{Enrolled: at.Add(time.Hour)}, true},
		"by whomever, before this one":            {workspace.Device{Enrolled: at.Add(-time.Hour)}, false},
		"shut out by somebody else":               {workspace.Device{By: admin, Enrolled: at, Revoked: at, RevokedBy: admin}, true},
		"shut out by the server":                  {workspace.Device{By: admin, Enrolled: at, Revoked: at}, true},
		"shut out by whose it is":                 {workspace.Device{By: admin, Enrolled: at, Revoked: at, RevokedBy: me}, false},
		"shut out by whose it is, after this one": {workspace.Device{Enrolled: at.Add(time.Hour), Revoked: at.Add(time.Hour), RevokedBy: me}, false},
	} {
		this, other := id.New[id.Device](), id.New[id.Device]()
		c.device.ID, c.device.Name = other, "vm"
		v := present.View{Self: id.Actor{Person: me, Device: this}, Zone: time.UTC, Words: words.English()}
		v.Setup = workspace.Default().With(workspace.Person{ID: me, Name: "Ada", Devices: []workspace.Device{{ID: this, Enrolled: at}, c.device}})
		got := v.Strangers(at)
		if told := len(got) == 1 && got[0].Device == other; told != c.told || len(got) > 1 {
			t.Errorf("%s: told is %+v", name, got)
		}
		if _, told := present.DeviceNews(workspace.DeviceEnrolled{Device: other}, id.Envelope{Stream: id.Stream(me)}, at, v); told == dealt(c.device, me) {
			t.Errorf("%s: news is %v", name, told)
		}
	}
}

func dealt(d workspace.Device, me id.Person) bool { return !d.Revoked.IsZero() && d.RevokedBy == me }
