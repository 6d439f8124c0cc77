package workspace_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// agree carries a wish out on the company's terms.
func agree(t rapid.TB, on workspace.Terms, c workspace.TermsCommand) workspace.Terms {
	t.Helper()
	events, err := workspace.DecideTerms(on, c)
	if err != nil {
		t.Fatalf("%+v: %v", c, err)
	}
	for _, e := range events {
		on = workspace.ApplyTerms(on, id.Envelope{StreamSeq: on.Seq + 1}, e)
	}
	return on
}

func TestACompanyWordsItsOwnSeverities(t *testing.T) {
	t.Parallel()
	var terms workspace.Terms
	for _, wish := range []workspace.TermsCommand{
		workspace.DescribeSeverity{Level: 4, Name: " Small ", Hint: "nobody\nis held up"},
		workspace.DescribeSeverity{Level: 1, Name: "Alarm", Hint: "all is lost"},
		workspace.ChoosePreset{Level: 4},
		workspace.AskQuestions{Questions: []workspace.Question{{Text: "is data lost?", Level: 1}, {Text: "is it late?", Level: 3}}},
		workspace.DescribeTag{Name: "#Check Out", Hint: "the shop's"},
		workspace.DescribeTag{Name: "api"},
		workspace.RemoveSeverity{Level: 3},
		workspace.ForgetTag{Name: "API"},
	} {
		terms = agree(t, terms, wish)
	}
	w := workspace.Default().WithTerms(terms)
	want := []workspace.Severity{
		{Level: 1, Name: "Alarm", Hint: "all is lost"}, workspace.Default().Severities[1], {Level: 4, Name: "Small", Hint: "nobody is held up", Quiet: true},
	}
	if diff := cmp.Diff(want, w.Severities); diff != "" || w.Preset != 4 {
		t.Errorf("preset %d\n%s", w.Preset, diff)
	}
	if diff := cmp.Diff([]workspace.TagName{{Name: "check-out", Hint: "the shop's"}}, w.Tags); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct {
		yes  []bool
		want workspace.Level
	}{{nil, 4}, {[]bool{true, true}, 1}, {[]bool{false, true}, 4}, {[]bool{false, false, true}, 4}} {
		if have := w.Advise(test.yes); have != test.want { // the second question led to the level that is gone
			t.Errorf("%v advises %d; want %d", test.yes, have, test.want)
		}
	}
}

func TestTermsThatNobodyCouldUse(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2_000)
	for name, test := range map[string]struct {
		wish workspace.TermsCommand
		kind fault.Kind
	}{
		"level nought":          {workspace.DescribeSeverity{Name: "SEV0"}, fault.Invalid},
		"level six":             {workspace.DescribeSeverity{Level: 6, Name: "SEV6"}, fault.Invalid},
		"no name":               {workspace.DescribeSeverity{Level: 4}, fault.Invalid},
		"a long name":           {workspace.DescribeSeverity{Level: 4, Name: long}, fault.Invalid},
		"another's name":        {workspace.DescribeSeverity{Level: 4, Name: "sev2"}, fault.Invalid},
		"an unknown preset":     {workspace.ChoosePreset{Level: 4}, fault.NotFound},
		"a question to nowhere": {workspace.AskQuestions{Questions: []workspace.Question{{Text: "x?", Level: 5}}}, fault.Invalid},
		"too many questions":    {workspace.AskQuestions{Questions: make([]workspace.Question, 7)}, fault.Invalid},
		"no tag":                {workspace.DescribeTag{Name: "# "}, fault.Invalid},
		"a long tag":            {workspace.DescribeTag{Name: long}, fault.Invalid},
		"nothing":               {nil, fault.Invalid},
	} {
		if events, err := workspace.DecideTerms(workspace.Terms{}, test.wish); !fault.Is(err, test.kind) || events != nil {
			t.Errorf("%s: %v, %v", name, events, err)
		}
	}
	one := agree(t, agree(t, workspace.Terms{}, workspace.RemoveSeverity{Level: 3}), workspace.RemoveSeverity{Level: 2})
	if _, err := workspace.DecideTerms(one, workspace.RemoveSeverity{Level: 1}); !fault.Is(err, fault.Invalid) {
		t.Errorf("the last severity: %v", err)
	}
}

func anyTermsEvent(t *rapid.T) workspace.TermsEvent {
	level := workspace.Level(rapid.IntRange(0, 6).Draw(t, "level"))
	name := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "name")
	return rapid.SampledFrom([]workspace.TermsEvent{
		workspace.SeverityDescribed{Level: level, Name: name},
		workspace.SeverityRemoved{Level: level},
		workspace.PresetChosen{Level: level},
		workspace.QuestionsAsked{Questions: []workspace.Question{{Text: name, Level: level}}},
		workspace.TagDescribed{Name: name},
		workspace.TagForgotten{Name: name},
		nil,
	}).Draw(t, "event")
}

func TestTermsAlwaysLeadToASeverityAndFormerOnesStay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var terms workspace.Terms
		for seq := range uint64(rapid.IntRange(1, 15).Draw(t, "length")) {
			kept := workspace.Terms{
				Seq: terms.Seq, Severities: slices.Clone(terms.Severities), Preset: terms.Preset,
				Questions: slices.Clone(terms.Questions), Tags: slices.Clone(terms.Tags),
			}
			next := workspace.ApplyTerms(terms, id.Envelope{StreamSeq: seq + 1}, anyTermsEvent(t))
			if diff := cmp.Diff(kept, terms); diff != "" {
				t.Fatalf("the former terms changed:\n%s", diff)
			}
			terms = next
			if len(workspace.Default().WithTerms(terms).Severities) == 0 || terms.Seq != seq+1 {
				t.Fatalf("%+v", terms)
			}
		}
	})
}

func TestOneHearsOfWhatOneSubscribedTo(t *testing.T) {
	t.Parallel()
	var r workspace.Reader
	do := func(c workspace.Subscribe) {
		events, err := workspace.DecideReader(r, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			r = workspace.ApplyReader(r, id.Envelope{StreamSeq: r.Seq + 1}, e)
		}
	}
	do(workspace.Subscribe{To: workspace.Subscription{Incident: id.Incident{1}}})
	do(workspace.Subscribe{To: workspace.Subscription{Level: 2}})
	do(workspace.Subscribe{To: workspace.Subscription{Tag: "#DB"}})
	do(workspace.Subscribe{To: workspace.Subscription{Tag: "db"}})
	for _, test := range []struct {
		incident id.Incident
		level    workspace.Level
		tags     []string
		want     bool
	}{
		{id.Incident{1}, 3, nil, true},
		{id.Incident{2}, 1, nil, true},
		{id.Incident{2}, 2, nil, true},
		{id.Incident{2}, 3, nil, false},
		{id.Incident{2}, 3, []string{"api", "db"}, true},
		{id.Incident{}, 0, nil, false},
	} {
		if have := r.Hears(test.incident, test.level, test.tags); have != test.want {
			t.Errorf("%+v: %v", test, have)
		}
	}
	if len(r.Subscriptions) != 3 {
		t.Errorf("%+v", r.Subscriptions)
	}
	do(workspace.Subscribe{To: workspace.Subscription{Level: 2}, Off: true})
	if r.Hears(id.Incident{2}, 1, nil) {
		t.Error("it did not end")
	}
	for _, wrong := range []workspace.Subscription{{}, {Level: 1, Tag: "x"}, {Tag: "#"}} {
		if _, err := workspace.DecideReader(r, workspace.Subscribe{To: wrong}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

func TestACommaEndsATag(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		typed, begun string
		whole        []string
	}{
		{"", "", nil},
		{"pay roll", "pay roll", nil},
		{"payroll,", "", []string{"payroll"}},
		{"#Pay Roll, check", "check", []string{"pay-roll"}},
		{"a; b, c , d", "d", []string{"a", "b", "c"}},
		{"db,DB,#db,", "", []string{"db"}},
		{" ,, ;x", "x", nil},
		{"支払い、火，次", "次", []string{"支払い", "火"}},
		{"a,  b c ", "b c ", []string{"a"}},
	} {
		if whole, begun := workspace.SplitTags(test.typed); !slices.Equal(whole, test.whole) || begun != test.begun {
			t.Errorf("%q is %q and %q; want %q and %q", test.typed, whole, begun, test.whole, test.begun)
		}
	}
}
