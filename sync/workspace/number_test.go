package workspace_test

import (
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"+491701234567":            "+491701234567",
		" +49 170 / 123-45.67 ":    "+491701234567",
		"0049 (170) 1234567":       "+491701234567",
		"+49 (0)170 1234567":       "+491701234567",
		"+49 (0) 170 1234567":      "+491701234567",
		"+1 (415) 555–2671":        "+14155552671",
		"＋８１ ９０ １２３４ ５６７８":         "+819012345678",
		"\u202a+49170123456\u202c": "+49170123456", // as address books copy them
		"+290 1234":                "+2901234",     // St. Helena
		"+123456789012345":         "+123456789012345",
	} {
		if have, problem := workspace.NormalNumber(typed); have != want || problem != "" {
			t.Errorf("%q: %q, %q", typed, have, problem)
		}
		if have, problem := workspace.NormalNumber(want); have != want || problem != "" {
			t.Errorf("%q is not stored as it is: %q, %q", want, have, problem)
		}
	}
	for typed, want := range map[string]string{
		"": "is empty", " ": "is empty", "0170 1234567": "code of its country", "170": "code of its country", "+49": "too short",
		"+0170 1234567": "begins with 0", "+49 170 CALLME": "no telephone", "+1234567890123456": "too long", "++49 170 123456": "no telephone",
		"49+170123456": "no telephone", "+49 170 1234567;ext=7": "no telephone", "ada@example.com": "no telephone", "+": "too short",
		"+٤٩١٧٠١٢٣٤٥٦٧": "no telephone",
	} {
		have, problem := workspace.NormalNumber(typed)
		if have != "" || !strings.Contains(problem, want) {
			t.Errorf("%q: %q, %q; want %q", typed, have, problem, want)
		}
		if len(typed) > 6 && strings.Contains(problem, typed) {
			t.Errorf("%q is repeated: %s", typed, problem)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"", "+49 (0)170 1234567", "00", "+", "\xff", "（０）"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		number, problem := workspace.NormalNumber(typed)
		if (number == "") == (problem == "") {
			t.Fatalf("%q: %q, %q", typed, number, problem)
		}
		if number == "" {
			return
		}
		if strings.Trim(number[1:], "0123456789") != "" || number[0] != '+' || len(number) > 16 {
			t.Errorf("%q became %q", typed, number)
		}
		if again, _ := workspace.NormalNumber(number); again != number {
			t.Errorf("%q became %q, and that %q", typed, number, again)
		}
	})
}
