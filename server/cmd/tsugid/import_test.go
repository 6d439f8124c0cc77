package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// history writes a file as a status page gives it, and returns its path.
func history(t *testing.T, change func(incidents []map[string]any) any) string {
	t.Helper()
	var incidents []map[string]any
	for i := range 60 { // more than travel to the server together
		updates := []map[string]any{}
		for u := range i%3 + 1 {
			updates = append(updates, map[string]any{
				"id": fmt.Sprint("u", i, ".", u), "status": "resolved", "body": "words", "created_at": "2024-01-01T00:00:00Z", "display_at": "2024-01-01T00:00:00Z",
			})
		}
		incidents = append(incidents, map[string]any{
			"id": fmt.Sprint("i", i), "name": "Mail is down", "impact": "minor", "status": "resolved",
			"created_at": "2024-01-01T00:00:00Z", "incident_updates": updates,
		})
	}
	var file any = map[string]any{"page": map[string]any{"id": "page"}, "incidents": incidents}
	if change != nil {
		file = change(incidents)
	}
	raw, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "incidents.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestAnImportCountsAndTheSecondChangesNothing(t *testing.T) {
	t.Parallel()
	dir, file := short(t), history(t, nil)
	for _, want := range []string{
		"60 incidents and 120 updates are in the file; 60 incidents and 120 updates were new.",
		"60 incidents and 120 updates are in the file; 0 incidents and 0 updates were new.",
	} {
		got := tsugid(t, dir, "import", "statuspage", file)
		if got.code != 0 || lastLine(got.out) != want || !strings.Contains(got.errors, "60 of 60 incidents") {
			t.Errorf("it says %q and %q, want %q", got.out, got.errors, want)
		}
		if got := tsugid(t, dir, "describe"); got.out != "0 people, 60 incidents visible to everybody, 180 events, private ones among them\n" {
			t.Errorf("the server holds %q", got.out)
		}
	}
}

func TestAnImportIntoARunningServer(t *testing.T) {
	t.Parallel()
	dir, file := short(t), history(t, nil)
	s := serve(t, dir)
	for range 3 {
		s.line(t) // the invitation
	}
	if got := tsugid(t, dir, "import", "statuspage", file); got.code != 0 || !strings.HasSuffix(lastLine(got.out), "60 incidents and 120 updates were new.") {
		t.Errorf("%+v", got)
	}
	if got := tsugid(t, dir, "describe"); got.out != "1 people, 60 incidents visible to everybody, 181 events, private ones among them\n" {
		t.Errorf("the server holds %q", got.out)
	}
	s.stop(t)
	if got := tsugid(t, dir, "import", "statuspage", file); !strings.HasSuffix(lastLine(got.out), "0 incidents and 0 updates were new.") {
		t.Errorf("without it: %+v", got)
	}
}

// Of a broken file nothing is taken over, and the place is named.
func TestABrokenFileIsNamedAndNothingIsImported(t *testing.T) {
	t.Parallel()
	dir := short(t)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("{\"page\":\n  oops}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for place, file := range map[string]string{
		"line 2, column 3": text,
		"cannot be read":   filepath.Join(dir, "nothing here"),
		"incidents[59].created_at \"yesterday\" is no time": history(t, func(i []map[string]any) any {
			i[59]["created_at"] = "yesterday"
			return map[string]any{"page": map[string]any{"id": "page"}, "incidents": i}
		}),
		"incidents[7].impact": history(t, func(i []map[string]any) any {
			i[7]["impact"] = "terrible"
			return map[string]any{"page": map[string]any{"id": "page"}, "incidents": i}
		}),
		"page":               history(t, func(i []map[string]any) any { return map[string]any{"incidents": i} }),
		"the file is a list": history(t, func(i []map[string]any) any { return i }),
	} {
		got := tsugid(t, dir, "import", "statuspage", file)
		if got.code != 1 || !strings.Contains(got.errors, place) || !strings.Contains(got.errors, "Nothing was imported.") {
			t.Errorf("%s: it ends with %d and says:\n%s", place, got.code, got.errors)
		}
	}
	if got := tsugid(t, dir, "describe"); got.code == 0 { // not even an installation was made
		t.Errorf("the server holds %q", got.out)
	}
}

// The real history that the project is measured by.
func TestTheRealHistoryHas399IncidentsAnd2165Updates(t *testing.T) {
	t.Parallel()
	file, err := filepath.Abs(filepath.FromSlash("../../../../shared/data/statuspage-incidents.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Skip("the real history is not beside this repository")
	}
	dir := short(t)
	for _, want := range []string{
		"399 incidents and 2165 updates are in the file; 399 incidents and 2165 updates were new.",
		"399 incidents and 2165 updates are in the file; 0 incidents and 0 updates were new.",
	} {
		got := tsugid(t, dir, "import", "statuspage", file)
		if got.code != 0 || lastLine(got.out) != want {
			t.Errorf("it says %q and %q, want %q", lastLine(got.out), got.errors, want)
		}
		if got := tsugid(t, dir, "describe"); got.out != "0 people, 399 incidents visible to everybody, 2564 events, private ones among them\n" {
			t.Errorf("the server holds %q", got.out)
		}
	}
}
