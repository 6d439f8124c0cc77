package statuspage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tsugi-app/tsugi/server/integration/statuspage"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// public compares what is exported; commands also carry a mark of their sort.
var public = cmpopts.IgnoreUnexported(incident.Import{})

func sample(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "page.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func at(text string) time.Time {
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return when
}

func TestAHistoryIsReadOldestFirst(t *testing.T) {
	t.Parallel()
	got, err := statuspage.Read(strings.NewReader(sample(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := statuspage.History{Space: "p4g3", Incidents: []incident.Import{
		{
			Source: "statuspage", Key: "inc-0", Title: "Milk ran out", Severity: 2, Declared: at("2025-02-28T23:59:59Z"),
			Updates: []incident.ImportedUpdate{
				{Key: "u-00", Label: "investigating", At: at("2025-02-28T23:59:59Z"), Status: new(incident.Open)},
			},
		},
		{Source: "statuspage", Key: "inc-1", Title: "Fewer biscuits", Severity: 3, Declared: at("2025-03-01T00:00:00Z")},
		{
			Source: "statuspage", Key: "inc-2", URL: "https://kettle.example/2", Title: "No tea at all", Severity: 1,
			Declared: at("2025-03-02T11:50:00Z"), // its first update was dated back
			Updates: []incident.ImportedUpdate{
				{Key: "u-20", Label: "investigating", Body: "No tea.", At: at("2025-03-02T11:50:00Z"), Status: new(incident.Open)},
				{Key: "u-21", Label: "verifying", Body: "Is that tea?", At: at("2025-03-02T12:20:00Z"), Status: new(incident.Mitigated)},
				{Key: "u-22", Label: "resolved", Body: "Tea.", At: at("2025-03-02T12:30:00Z"), Status: new(incident.Closed)},
				{Key: "u-23", Label: "postmortem", Body: "The plug.", At: at("2025-03-02T15:30:00Z"), Status: new(incident.Closed)},
			},
		},
		{
			Source: "statuspage", Key: "inc-3", URL: "https://kettle.example/3", Title: "Kettles boil slowly", Severity: 3,
			Tags: []string{"hot-water", "steam"}, Declared: at("2025-03-03T09:00:00Z"),
			Updates: []incident.ImportedUpdate{
				{Key: "u-30", Label: "investigating", Body: "Same minute, first.", At: at("2025-03-03T09:05:00Z"), Status: new(incident.Open)},
				{Key: "u-31", Label: "update", Body: "Same minute, second.", At: at("2025-03-03T09:05:00Z")},
				{Key: "u-32", Label: "identified", At: at("2025-03-03T09:10:00Z"), Status: new(incident.Open)},
				// The incident says that it is monitored, though no update is called so.
				{Key: "u-33", Label: "update", Body: "Two of three are back. ☕", At: at("2025-03-03T09:20:00.5Z"), Status: new(incident.Mitigated)},
			},
		},
		{
			Source: "statuspage", Key: "inc-4", Title: "Planned: new boilers", Severity: 3, Kind: incident.Informational,
			Declared: at("2025-03-04T08:00:00Z"),
			Updates: []incident.ImportedUpdate{
				{Key: "u-40", Label: "scheduled", Body: "On Wednesday.", At: at("2025-03-04T08:00:00Z"), Status: new(incident.Open)},
				{Key: "u-41", Label: "in_progress", Body: "We begin.", At: at("2025-03-05T03:00:00Z"), Status: new(incident.Open)},
				{Key: "u-42", Label: "completed", Body: "Done.", At: at("2025-03-05T04:00:00Z"), Status: new(incident.Closed)},
			},
		},
	}}
	if diff := cmp.Diff(want, got, public); diff != "" {
		t.Error(diff)
	}
	if got.Updates() != 12 {
		t.Errorf("there are %d updates, want 12", got.Updates())
	}
	accepted(t, got)
}

// accepted fails where the rules would refuse an incident: then half a file would be imported.
func accepted(t testing.TB, h statuspage.History) {
	t.Helper()
	for _, i := range h.Incidents {
		events, err := incident.Decide(incident.Incident{}, incident.Given{Setup: workspace.Default()}, i, id.Actor{})
		if err != nil {
			t.Errorf("the rules refuse %q: %v", i.Key, err)
		}
		if len(events) != 1+len(i.Updates) {
			t.Errorf("%q makes %d events of %d updates", i.Key, len(events), len(i.Updates))
		}
	}
}

func TestOldestFirstIsReadTheSame(t *testing.T) {
	t.Parallel()
	var file struct {
		Page      json.RawMessage  `json:"page"`
		Incidents []map[string]any `json:"incidents"`
	}
	if err := json.Unmarshal([]byte(sample(t)), &file); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(file.Incidents)
	for _, i := range file.Incidents {
		if i["id"] != "inc-3" { // two updates in the same minute: only the file's order tells them apart
			slices.Reverse(i["incident_updates"].([]any))
		}
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := statuspage.Read(strings.NewReader(sample(t)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := statuspage.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, public); diff != "" {
		t.Error(diff)
	}
}

func TestAFaultyFieldIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"a time in words": {`"2025-03-05T03:00:00Z"`, `"yesterday"`, `incidents[0].incident_updates[1].created_at "yesterday" is no time`},
		"a shown time in words": {
			`"display_at": "2025-03-02T15:30:00Z"`, `"display_at": "at 3"`, `incidents[2].incident_updates[0].display_at "at 3" is no time`,
		},
		"a time without zone": {`"2025-03-04T08:00:00Z", "updated_at"`, `"2025-03-04T08:00:00", "updated_at"`, `incidents[0].created_at "2025-03-04T08:00:00" is no time`},
		"the year 1":          {`"2025-03-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`, `incidents[3].created_at "0001-01-01T00:00:00Z" is before 1970`},
		"a number for a time": {`"2025-03-01T00:00:00Z"`, `1740787200`, `incidents[3].created_at is a number; a text is needed`},
		"no time":             {`"created_at": "2025-03-01T00:00:00Z",`, ``, `incidents[3].created_at is missing`},
		"no id":               {`"id": "inc-1", `, ``, `incidents[3].id is missing`},
		"an empty id":         {`"id": "u-41"`, `"id": ""`, `incidents[0].incident_updates[1].id is empty`},
		"a huge id":           {`"inc-1"`, `"` + strings.Repeat("x", 201) + `"`, `incidents[3].id has 201 bytes; 200 are allowed`},
		"an incident twice":   {`"inc-1"`, `"inc-3"`, `incidents[3].id "inc-3" is the id of incidents[1] already`},
		"an update twice":     {`"u-00"`, `"u-40"`, `incidents[4].incident_updates[0].id "u-40" is the id of incidents[0].incident_updates[2] already`},
		"no name":             {`"Fewer biscuits"`, `" \t "`, `incidents[3].name has 0 characters; 1 to 300 are allowed`},
		"null for a name":     {`"Fewer biscuits"`, `null`, `incidents[3].name is null; a text is needed`},
		"a long name":         {`"Fewer biscuits"`, `"` + strings.Repeat("é", 301) + `"`, `incidents[3].name has 301 characters; 1 to 300 are allowed`},
		"an unknown impact":   {`"critical"`, `"huge"`, `incidents[2].impact "huge" is none of critical, major, minor, none, maintenance`},
		"a list for impact":   {`"critical"`, `["critical"]`, `incidents[2].impact is a list; a text is needed`},
		"an unknown status":   {`"verifying"`, `"hoping"`, `incidents[2].incident_updates[2].status "hoping" is none of investigating, `},
		"an unknown end":      {`"status": "postmortem", "impact"`, `"status": "over", "impact"`, `incidents[2].status "over" is none of investigating, `},
		"a body of yes":       {`"Tea."`, `true`, `incidents[2].incident_updates[1].body is true or false; a text is needed`},
		"no body":             {`"body": "Tea.", `, ``, `incidents[2].incident_updates[1].body is missing`},
		"a long body":         {`"Tea."`, `"` + strings.Repeat("t", 20_001) + `"`, `incidents[2].incident_updates[1].body has 20001 characters; 20000 are allowed`},
		"no updates":          {`, "incident_updates": []`, ``, `incidents[3].incident_updates is missing`},
		"updates as object":   {`"incident_updates": []`, `"incident_updates": {}`, `incidents[3].incident_updates is an object; a list is needed`},
		"an end without time": {
			`"status": "investigating", "impact": "none"`, `"status": "resolved", "impact": "none"`,
			`incidents[3].incident_updates is empty, so that nothing says when the incident became "resolved"`,
		},
		"an update of text":   {`"incident_updates": []`, `"incident_updates": ["x"]`, `incidents[3].incident_updates[0] is a text; an object is needed`},
		"an incident of null": {`{"id": "a", "name": "Hot  Water"}`, `null`, `incidents[1].components[0] is null; an object is needed`},
		"a nameless part":     {`"name": "#Steam"`, `"title": "#Steam"`, `incidents[1].components[1].name is missing`},
		"a script for a link": {`"https://kettle.example/2"`, `"javascript:alert(1)"`, `incidents[2].shortlink "javascript:alert(1)" is no web address`},
		"a file for a link":   {`"https://kettle.example/2"`, `"file://kettle/2"`, `incidents[2].shortlink "file://kettle/2" is no web address`},
		"a terminal's escape": {`"critical"`, `"\u001b[31mred"`, `incidents[2].impact "\x1b[31mred" is none of`},
		"a long value":        {`"critical"`, `"` + strings.Repeat("x", 1000) + `"`, `incidents[2].impact "` + strings.Repeat("x", 40) + `…" is none of`},
		"no page":             {`"page"`, `"pages"`, `page is missing`},
		"a nameless page":     {`"id": "p4g3", `, ``, `page.id is missing`},
		"no incidents":        {`"incidents":`, `"events":`, `incidents is missing`},
	} {
		text := sample(t)
		if strings.Count(text, c.old) != 1 {
			t.Errorf("%s: the sample holds %q %d times", name, c.old, strings.Count(text, c.old))
		}
		got, err := statuspage.Read(strings.NewReader(strings.Replace(text, c.old, c.new, 1)))
		f := refused(t, name, got, err, fault.Invalid)
		if !strings.Contains(f.Error(), c.want) {
			t.Errorf("%s:\n got %s\nwant %s", name, f, c.want)
		}
		if len(f.Fields) != 1 {
			t.Errorf("%s: %d fields are named: %v", name, len(f.Fields), f.Fields)
		}
	}
}

func TestADisorderlyFileIsPutInOrder(t *testing.T) {
	t.Parallel()
	var incidents, updates []string
	for _, day := range []int{2, 4, 1, 3} {
		updates = append(updates, fmt.Sprintf(`{"id": "u%d", "status": "update", "body": "", "created_at": "2025-03-0%dT00:00:00Z"}`, day, day))
	}
	for _, day := range []int{3, 1, 4, 2} {
		incidents = append(incidents, fmt.Sprintf(`{"id": "i%d", "name": "x", "status": "update", "impact": "none",
			"created_at": "2025-03-0%dT00:00:00Z", "incident_updates": [%s]}`, day, day, strings.Join(updates, ",")))
		updates = nil
	}
	h, err := statuspage.Read(strings.NewReader(`{"page": {"id": "p"}, "incidents": [` + strings.Join(incidents, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range h.Incidents {
		got = append(got, i.Key)
		for _, u := range i.Updates {
			got = append(got, u.Key)
		}
	}
	// i3 has updates from before it was made: it is as old as the first of them.
	if diff := cmp.Diff([]string{"i3", "u1", "u2", "u3", "u4", "i1", "i2", "i4"}, got); diff != "" {
		t.Error(diff)
	}
}

// refused fails where a broken file gave a history, or a fault that does not say all it should.
func refused(t *testing.T, name string, h statuspage.History, err error, kind fault.Kind) *fault.Fault {
	t.Helper()
	f := fault.Find(err)
	if f == nil || f.Kind != kind || f.Safe != "Nothing was imported." || f.Do == "" {
		t.Fatalf("%s: got %v, want a fault of kind %d with advice", name, err, kind)
	}
	if len(h.Incidents) > 0 || h.Space != "" {
		t.Errorf("%s: a broken file gave a history", name)
	}
	return f
}

func TestAllFaultyFieldsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	for broken, want := range map[int]string{1: "", 20: "", 21: "and 1 more", 1000: "and 980 more"} {
		var incidents []string
		for i := range broken {
			incidents = append(incidents, fmt.Sprintf(`{"id": "i%d", "name": "x", "status": "resolved", "impact": "minor",
				"created_at": "2025-03-01T00:00:00Z", "incident_updates": [{"id": "u%d", "status": "resolved", "body": 1,
				"created_at": "2025-03-01T00:00:00Z"}]}`, i, i))
		}
		h, err := statuspage.Read(strings.NewReader(`{"page": {"id": "p"}, "incidents": [` + strings.Join(incidents, ",") + `]}`))
		f := refused(t, fmt.Sprint(broken), h, err, fault.Invalid)
		named, last := f.Fields, f.Fields[len(f.Fields)-1]
		if want != "" {
			named = named[:len(named)-1]
			if last.Name != want {
				t.Errorf("%d faults end with %q, want %q", broken, last.Name, want)
			}
		}
		if len(named) != min(broken, 20) {
			t.Errorf("of %d faults %d are named", broken, len(named))
		}
		for i, f := range named {
			if place := fmt.Sprintf("incidents[%d].incident_updates[0].body", i); f.Name != place {
				t.Errorf("fault %d is at %s, want %s", i, f.Name, place)
			}
		}
	}
}

func TestWhatIsNoJSONNamesLineAndColumn(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "The file is empty."},
		"blank":              {" \n\t", "The file is empty."},
		"a web page":         {"<!DOCTYPE html>", "line 1, column 1 on: invalid character '<'"},
		"a missing comma":    {"{\n  \"page\": {}\n  \"incidents\": []\n}", "line 3, column 3 on: invalid character '\"'"},
		"after long letters": {"{\n\"é\": \"é\" x}", "line 2, column 10 on: invalid character 'x'"},
		"cut off":            {"{\n  \"page\": {\"id", "line 2, column 14 on: unexpected end of JSON input"},
		"a second value":     {"{}\n{}", "line 2, column 1 on: invalid character '{' after top-level value"},
		"deeply nested":      {deep, "line 1, column 10001 on: invalid character '[' exceeded max depth"},
		"a list":             {" [] ", "the file is a list; an object is needed"},
		"a number":           {"7", "the file is a number; an object is needed"},
		"null":               {"\nnull\n", "the file is null; an object is needed"},
	} {
		h, err := statuspage.Read(strings.NewReader(c.text))
		if f := refused(t, name, h, err, fault.Invalid); !strings.Contains(f.Error(), c.want) {
			t.Errorf("%s:\n got %s\nwant %s", name, f, c.want)
		}
	}
}

func TestDeepFieldsThatNobodyReadsDoNoHarm(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	h, err := statuspage.Read(strings.NewReader("\uFEFF \r\n" + strings.Replace(sample(t), `["fields"]`, deep, 1) + "\n"))
	if err != nil || len(h.Incidents) != 5 {
		t.Errorf("%d incidents, %v", len(h.Incidents), err)
	}
}

func TestAFileThatCannotBeReadIsNoBrokenFile(t *testing.T) {
	t.Parallel()
	unplugged := errors.New("unplugged")
	h, err := statuspage.Read(iotest.ErrReader(unplugged))
	_ = refused(t, "unplugged", h, err, fault.Storage)
	if !errors.Is(err, unplugged) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestWhatTagsHaveNoRoomForIsNoted(t *testing.T) {
	t.Parallel()
	parts := []string{`{"name": "` + strings.Repeat("Long ", 30) + `"}`, `{"name": "###"}`}
	for i := range 60 {
		parts = append(parts, fmt.Sprintf(`{"name": "Part %d"}`, i))
	}
	text := strings.Replace(sample(t), `"components": []`, `"components": [`+strings.Join(parts, ",")+`]`, 1)
	h, err := statuspage.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	accepted(t, h)
	if n := len(h.Incidents[2].Tags); n != incident.MaxTags {
		t.Errorf("there are %d tags", n)
	}
	want := []string{
		`incidents[2].components[0]: the name is longer than a tag; it was cut to "` + strings.Repeat("long-", 12) + `".`,
		`incidents[2].components: of 61 names the first 50 became tags.`,
	}
	if diff := cmp.Diff(want, h.Notes); diff != "" {
		t.Error(diff)
	}
}

func TestTheTableSaysWhatIsDone(t *testing.T) {
	t.Parallel()
	want := `Statuspage                Tsugi
impact     critical       SEV1
impact     major          SEV2
impact     minor          SEV3
impact     none           SEV3
impact     maintenance    SEV3, informational
status     investigating  open
status     identified     open
status     scheduled      open
status     in_progress    open
status     monitoring     mitigated
status     verifying      mitigated
status     resolved       closed
status     completed      closed
status     postmortem     closed
status     update         as it was
component  its name       tag
update     its words      entry, at the time it was shown
`
	if diff := cmp.Diff(want, statuspage.Table()); diff != "" {
		t.Error(diff)
	}
}

func TestARealHistory(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "data", "statuspage-incidents.json"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("The real history in ../shared/data is not here; the project's own samples were read.")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	h, err := statuspage.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Incidents) != 399 || h.Updates() != 2165 || len(h.Notes) != 0 {
		t.Errorf("%d incidents, %d updates, notes %v; want 399, 2165, none", len(h.Incidents), h.Updates(), h.Notes)
	}
	accepted(t, h)
	var before time.Time
	for _, i := range h.Incidents {
		if i.Declared.Before(before) {
			t.Errorf("%s was declared before the one above it", i.Key)
		}
		before = i.Declared
		if last := i.Updates[len(i.Updates)-1].Status; last == nil || *last != incident.Closed {
			t.Errorf("%s does not end closed", i.Key)
		}
		for n, u := range i.Updates {
			if n > 0 && u.At.Before(i.Updates[n-1].At) {
				t.Errorf("update %s comes before the one above it", u.Key)
			}
			if want := fmt.Sprintf("%s-%d", i.Key, n); u.Key != want {
				t.Errorf("update %s stands where %s should", u.Key, want)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample(f))
	f.Add(`{"page":{"id":"p"},"incidents":[{"id":"i","name":"n","status":"update","impact":"none","created_at":"2025-03-01T00:00:00Z","incident_updates":[]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		h, err := statuspage.Read(strings.NewReader(text))
		if err == nil {
			accepted(t, h)
			return
		}
		if found := fault.Find(err); found == nil || found.Kind == fault.Internal || len(found.Fields) > 21 {
			t.Errorf("%q was met with %v", text, err)
		}
	})
}
