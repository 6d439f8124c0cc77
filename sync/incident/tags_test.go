package incident_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/incident"
)

func TestTagsAreStoredInOneForm(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"": "", " ": "", "#": "", "##": "", "# #": "", "db": "db", "#DB": "db", " # Data  Base\n": "data-base",
		"# #x": "x", "c#": "c#", "a#b": "a#b", "ÄÖ": "äö", "火": "火", "a\xffb": "ab", "\xff#x": "x", "#\u00a0x": "x", "-": "-",
	} {
		if have := incident.NormalTag(tag); have != want {
			t.Errorf("%q became %q; want %q", tag, have, want)
		}
	}
}

func TestATagInItsFormStaysAsItIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.OneOf(rapid.StringOf(rapid.SampledFrom([]rune("#aA -\u00a0\u0130\u03a3"))), rapid.String(), rapid.Custom(anyText)).Draw(t, "tag")
		once := incident.NormalTag(tag)
		if twice := incident.NormalTag(once); twice != once {
			t.Fatalf("%q became %q and then %q", tag, once, twice)
		}
		if !utf8.ValidString(once) || strings.HasPrefix(once, "#") || strings.ContainsFunc(once, unicode.IsSpace) {
			t.Fatalf("%q became %q", tag, once)
		}
	})
}

func TestATagIsRemovedInWhateverFormItIsNamed(t *testing.T) {
	t.Parallel()
	r := declared(t)
	r.accept(t, ada, incident.AddTag{Tag: "#Data Base"})
	r.requireNothing(t, bob, incident.AddTag{Tag: "data-base"})
	r.accept(t, bob, incident.RemoveTag{Tag: " DATA\tbase "})
	if len(r.state.Tags) != 0 {
		t.Errorf("left: %q", r.state.Tags)
	}
}
