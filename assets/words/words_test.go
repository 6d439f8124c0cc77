package words_test

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/assets/words"
)

func TestNoTextIsMissing(t *testing.T) {
	t.Parallel()
	for _, tag := range words.Languages() {
		texts := textsOf(words.For(tag))
		if len(texts) < 400 {
			t.Errorf("%s: only %d texts were looked at", tag, len(texts))
		}
		for name, text := range texts {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", tag, name)
			}
		}
	}
}

func TestEveryLanguageTakesTheSameValues(t *testing.T) {
	t.Parallel()
	english := textsOf(words.English())
	for _, tag := range words.Languages()[1:] {
		for name, text := range textsOf(words.For(tag)) {
			want, got := verbs(english[name]), verbs(text)
			if !slices.Equal(want, got) {
				t.Errorf("%s: %s takes %v, in English %v:\n%s\n%s", tag, name, got, want, text, english[name])
			}
		}
	}
}

// Whoever reads of a failure is asked to call the others; "anrufen, wer es wissen muss" asks the others to call.
func TestGermanSaysWhomToCall(t *testing.T) {
	t.Parallel()
	asked := 0
	for name, text := range textsOf(words.For("de")) {
		if strings.Contains(text, "anrufen, wer") {
			t.Errorf("%s turns around who calls whom: %q", name, text)
		}
		if strings.Contains(text, "alle anrufen, die es wissen müssen") {
			asked++
		}
	}
	if asked != 4 {
		t.Errorf("%d texts say whom to call, want 4", asked)
	}
}

// What was pushed while its answer was lost is known to everybody but to the device that wrote it.
func TestNoTextSaysWhatADeviceCannotKnow(t *testing.T) {
	t.Parallel()
	for _, tag := range words.Languages() {
		w := words.For(tag)
		for _, text := range []string{w.Board.Unsent, w.Room.NotSentStrip} {
			if strings.Contains(text, "nobody else") || strings.Contains(strings.ToLower(text), "niemand sonst") {
				t.Errorf("%s: %q is more than a device can know", tag, text)
			}
		}
	}
}

func TestEveryLanguageCountsDaysAndMonths(t *testing.T) {
	t.Parallel()
	for _, tag := range words.Languages() {
		w := words.For(tag).Time
		days, long, months := strings.Fields(w.Weekdays), strings.Fields(w.WeekdaysLong), strings.Fields(w.Months)
		if len(days) != 7 || len(long) != 7 || len(months) != 12 {
			t.Errorf("%s: %d and %d weekdays, %d months", tag, len(days), len(long), len(months))
		}
	}
}

func TestVerbsAreTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                           nil,
		"%s made %[3]s %[2]s":        {"1s", "2s", "3s"},
		"%[3]s ist jetzt %[2]s (%s)": {"2s", "3s", "3s"},
		"%d %% of %.1f MB, %02d h":   {"1d", "2.1f", "302d"},
	} {
		if got := verbs(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestTheSystemsLanguageIsSpoken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environment map[string]string
		want        string
	}{
		{nil, "Declare"},
		{map[string]string{"LANG": "de_DE.UTF-8"}, "Melden"},
		{map[string]string{"LANG": "de"}, "Melden"},
		{map[string]string{"LANG": "de-AT"}, "Melden"},
		{map[string]string{"LANG": "ja_JP.UTF-8"}, "Declare"},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_ALL": "de_CH.UTF-8"}, "Melden"},
		{map[string]string{"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "Declare"},
		{map[string]string{"LANG": "en_US.UTF-8", "LANGUAGE": "fr:de:en"}, "Melden"},
		{map[string]string{"LANG": "C.UTF-8", "LANGUAGE": "de"}, "Declare"},
		{map[string]string{"LC_ALL": "POSIX", "LANG": "de_DE"}, "Declare"},
		{map[string]string{"LANG": "den_CA"}, "Declare"},
	} {
		got := words.For(words.Wish(func(name string) string { return c.environment[name] })).Common.Declare
		if got != c.want {
			t.Errorf("%v: %q, want %q", c.environment, got, c.want)
		}
	}
}

// textsOf returns all texts of a catalog by their paths.
func textsOf(c words.Catalog) map[string]string {
	texts := map[string]string{}
	gather("", reflect.ValueOf(c), texts)
	return texts
}

func gather(path string, v reflect.Value, into map[string]string) {
	switch {
	case v.Type() == reflect.TypeFor[words.Phrases]():
	case v.Kind() == reflect.String:
		into[path] = v.String()
	default:
		for i := range v.NumField() {
			gather(path+"."+v.Type().Field(i).Name, v.Field(i), into)
		}
	}
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([0-9.+# -]*)([a-zA-Z%])`)

// verbs returns which value of which kind each place of a format takes, in the order of the values.
func verbs(format string) []string {
	var out []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[3] == "%" {
			continue
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			next = n
		}
		out = append(out, strconv.Itoa(next)+m[2]+m[3])
		next++
	}
	slices.Sort(out)
	return out
}
