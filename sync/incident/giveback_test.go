package incident_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestWhatIsGivenBackIsRecordedAsWhatItIsNow(t *testing.T) {
	t.Parallel()
	noon := time.Date(2025, 11, 20, 12, 0, 0, 0, time.UTC)
	mark := incident.Mark{Seq: 4, At: noon}
	stands := incident.Incident{
		Seq: 9, Severity: 1, SeverityMark: mark, Status: incident.Mitigated, StatusMark: mark, Tags: []string{"db"},
		Responders: []incident.Responder{{Person: ada}}, Roles: []incident.Assignment{{Role: workspace.IMOC, Person: ada, Mark: mark}},
	}
	const same, nothing = "same", "nothing"
	for _, test := range []struct {
		event         incident.Event
		before, later string // given back as of before noon, and as of later
	}{
		{incident.Declared{Title: "Again"}, nothing, nothing},
		{incident.Written{Text: "words"}, same, same},
		{incident.Joined{}, nothing, nothing},
		{incident.Tagged{Tag: "db"}, nothing, nothing},
		{incident.Tagged{Tag: "mail"}, same, same},
		{incident.Untagged{Tag: "mail"}, nothing, nothing},
		{incident.SeverityChanged{To: 2, Reason: "r"}, "{{} severity SEV2 SEV1 r}", same},
		{incident.StatusChanged{To: incident.Closed}, "{{} status closed mitigated }", same},
		{incident.Merged{Into: id.Incident{3}}, "{{} status invalid mitigated }", same},
		{incident.RoleAssigned{Role: workspace.IMOC, Person: bob}, fmt.Sprintf("{{} role imoc %s %s }", bob, ada), same},
		{incident.RoleAssigned{Role: "scribe", Person: bob}, same, same},
	} {
		for after, want := range map[time.Duration]string{-time.Minute: test.before, time.Minute: test.later} {
			got, left := incident.Belated(stands, id.Envelope{Actor: id.Actor{Person: ada}, Occurred: noon.Add(after)}, test.event)
			told := fmt.Sprint(got)
			if told == fmt.Sprint(test.event) {
				told = same
			}
			if !left {
				told = nothing
			}
			if told != want {
				t.Errorf("%T %s after: %s, want %s", test.event, after, told, want)
			}
		}
	}
	if _, left := incident.Belated(incident.Incident{}, id.Envelope{}, incident.Declared{}); !left {
		t.Error("what begins an incident is left out")
	}
}
