package incident_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

var server id.Person // nobody

func history(updates ...incident.ImportedUpdate) incident.Import {
	return incident.Import{
		Source: "statuspage", Key: "k1", URL: "https://status.example.com/k1", Title: " Login\nslow ", Severity: 2,
		Tags: []string{"Login"}, Declared: noon, Updates: updates,
	}
}

func update(key string, minutes int, status *incident.Status) incident.ImportedUpdate {
	return incident.ImportedUpdate{Key: key, Label: "label", Body: "body " + key, At: noon.Add(time.Duration(minutes) * time.Minute), Status: status}
}

func TestAnImportBringsItsOwnTimes(t *testing.T) {
	t.Parallel()
	r := newRoom()
	r.accept(t, server, history(update("u1", 5, nil), update("u2", 30, new(incident.Resolved))))
	s := r.state
	want := incident.Incident{
		ID: s.ID, Seq: 3, Title: "Login slow", Severity: 2, Status: incident.Resolved, Tags: []string{"login"},
		DeclaredAt: noon, StatusSince: noon.Add(30 * time.Minute), Updated: noon.Add(30 * time.Minute), Entries: 2,
		Origin:       &incident.Origin{Source: "statuspage", Key: "k1", URL: "https://status.example.com/k1", Updates: []string{"u1", "u2"}},
		SeverityMark: s.SeverityMark, StatusMark: s.StatusMark,
	}
	if diff := differ(want, s); diff != "" {
		t.Error(diff)
	}
}

func TestTheSameHistoryTwiceChangesNothingAndALongerOneOnlyAdds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), 0, 8).Draw(t, "keys")
		cut := rapid.IntRange(0, len(keys)).Draw(t, "cut")
		all := make([]incident.ImportedUpdate, 0, len(keys))
		for i, key := range keys {
			all = append(all, update(key, i, new(incident.Status(i%5))))
		}
		r := newRoom()
		r.accept(t, server, history(all[:cut]...))
		r.requireNothing(t, server, history(all[:cut]...))
		taken := map[string]bool{}
		for _, key := range keys[:cut] {
			taken[key] = true
		}
		fresh := map[string]bool{}
		for _, key := range keys[cut:] {
			fresh[key] = !taken[key]
		}
		past := len(r.past)
		r.accept(t, server, history(all...))
		for _, e := range r.past[past:] {
			u, ok := e.(incident.UpdateImported)
			if !ok || !fresh[u.Key] {
				t.Fatalf("%+v was taken over again", e)
			}
			fresh[u.Key] = false
		}
		for key, missing := range fresh {
			if missing {
				t.Fatalf("update %s was not taken over", key)
			}
		}
		r.requireNothing(t, server, history(all...))
	})
}

func TestEntriesOfTwoHistoriesNeverShareAnID(t *testing.T) {
	t.Parallel()
	seen := map[id.Entry]bool{}
	for _, key := range []string{"k1", "k2"} {
		r := newRoom()
		h := history(update("1", 1, nil), update("2", 2, nil))
		h.Key = key
		r.accept(t, server, h)
		for _, e := range r.past[1:] {
			entry := e.(incident.UpdateImported).Entry
			if seen[entry] || entry.IsZero() {
				t.Errorf("entry %s is there twice", entry)
			}
			seen[entry] = true
		}
	}
}

func TestAnImportedStatusDoesNotUndoWhatPeopleDidLater(t *testing.T) {
	t.Parallel()
	r := newRoom()
	r.accept(t, server, history())
	at := id.Envelope{Stream: id.Stream{7}, StreamSeq: 2, Actor: id.Actor{Person: ada}, Occurred: noon.Add(time.Hour)}
	r.state = incident.Apply(r.state, at, incident.StatusChanged{To: incident.Closed})
	r.accept(t, server, history(update("u1", 10, new(incident.Resolved))))
	if r.state.Status != incident.Closed {
		t.Errorf("the status fell back to %s", r.state.Status)
	}
	r.accept(t, server, history(update("u2", 90, new(incident.Open))))
	if r.state.Status != incident.Open {
		t.Errorf("a later update left the status at %s", r.state.Status)
	}
}

func TestAFaultyHistoryNamesEveryFaultyField(t *testing.T) {
	t.Parallel()
	wish := incident.Import{
		Title: strings.Repeat("x", incident.MaxTitle+1),
		Updates: []incident.ImportedUpdate{
			{Body: strings.Repeat("x", incident.MaxText+1), Status: new(incident.Invalid + 1)}, update("u", 1, nil),
		},
	}
	_, err := newRoom().submit(server, wish)
	f := fault.Find(err)
	if f == nil || f.Kind != fault.Invalid {
		t.Fatalf("have %v", err)
	}
	have := make([]string, 0, len(f.Fields))
	for _, d := range f.Fields {
		have = append(have, d.Name)
	}
	want := []string{
		"id", "name", "created_at", "incident_updates[0].id", "incident_updates[0].created_at",
		"incident_updates[0].status", "incident_updates[0].body",
	}
	if diff := differ(want, have); diff != "" {
		t.Error(diff)
	}
	tagged := history()
	tagged.Tags = []string{strings.Repeat("x", incident.MaxTag+1)}
	if _, err := newRoom().submit(server, tagged); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a long tag: %v", err)
	}
}

func TestAnImportOfAnUnknownKindIsReal(t *testing.T) {
	t.Parallel()
	wish := history()
	wish.Kind, wish.Severity = 200, 200
	r := newRoom()
	r.accept(t, server, wish)
	if r.state.Kind != incident.Real || r.state.Severity != r.setup.Preset {
		t.Errorf("kind %d, SEV%d", r.state.Kind, r.state.Severity)
	}
}

func TestOnlyTheSameHistoryIsTakenOver(t *testing.T) {
	t.Parallel()
	r := newRoom()
	r.accept(t, server, history())
	other := history()
	other.Key = "k2"
	if _, err := r.submit(server, other); !fault.Is(err, fault.Invalid) {
		t.Errorf("another history: %v", err)
	}
}
