package words_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/assets/words"
)

// terminals are the packages whose faults are read on the terminal of whoever runs or builds the server,
// which speaks English as its logs do.
var terminals = []string{"server/audit", "server/backup", "server/cmd", "server/database", "server/integration", "sync/proof"}

// plain are names of fields that people know; others are those of the wire.
var plain = regexp.MustCompile(`^[a-z]+( [a-z]+)*( %d)?$`)

func TestEveryFaultIsSaidInEveryLanguage(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, p := range readSources(t, "../..", "sync", "server", "app") {
		if slices.ContainsFunc(terminals, func(folder string) bool { return strings.HasPrefix(p.folder+"/", folder+"/") }) {
			continue
		}
		for _, s := range p.sentences() {
			if s.text != "%s" && (!s.field || plain.MatchString(s.text)) {
				said[s.text] = s.place
			}
		}
	}
	if len(said) < 200 {
		t.Errorf("only %d sentences were found", len(said))
	}
	for _, tag := range words.Languages()[1:] {
		phrases := words.For(tag).Phrases
		for text, place := range said {
			if !phrases.Has(text) {
				t.Errorf("%s says %q, for which there are no words in %q", place, text, tag)
			}
		}
	}
}

func TestPhrasesTakeTheSameValues(t *testing.T) {
	t.Parallel()
	for _, tag := range words.Languages()[1:] {
		for english, as := range words.For(tag).Phrases.All() {
			if want, got := verbs(english), verbs(as); !slices.Equal(want, got) {
				t.Errorf("%s: %q takes %v, and %q %v", tag, english, want, as, got)
			}
		}
	}
}

func TestPhrasesFindWhatASentenceIsAbout(t *testing.T) {
	t.Parallel()
	p := words.NewPhrases(map[string]string{
		"%q cannot be read.":               "%q ist nicht lesbar.",
		"The file %s cannot be read.":      "Die Datei %s ist nicht lesbar.",
		"Command %d came, but %d is gone.": "Es fehlt %[2]d; da ist %[1]d.",
		"Try again %s.":                    "%s noch einmal.",
		"in %d minutes":                    "In %d Minuten",
		"in a minute":                      "In einer Minute",
	})
	for english, want := range map[string]string{
		`"a b.txt" cannot be read.`:           `"a b.txt" ist nicht lesbar.`,
		`The file a cannot be read.`:          `Die Datei a ist nicht lesbar.`,
		`a cannot be read.`:                   `a cannot be read.`,
		`Command 7 came, but 6 is gone.`:      `Es fehlt 6; da ist 7.`,
		`Command seven came, but 6 is gone.`:  `Command seven came, but 6 is gone.`,
		`Try again in 3 minutes.`:             `In 3 Minuten noch einmal.`,
		`Try again in a minute.`:              `In einer Minute noch einmal.`,
		`Try again soon.`:                     `soon noch einmal.`,
		`in minutes`:                          `in minutes`,
		``:                                    ``,
		`The file 100% %s %d cannot be read.`: `Die Datei 100% %s %d ist nicht lesbar.`,
	} {
		if got := p.Say(english); got != want {
			t.Errorf("%q: %q, want %q", english, got, want)
		}
	}
	if got := (words.Phrases{}).Say("as it is"); got != "as it is" {
		t.Errorf("no phrases said %q", got)
	}
}

func TestARoleIsKnownInEveryLanguage(t *testing.T) {
	t.Parallel()
	if got := words.Everywhere("Owner"); !slices.Equal(got, []string{"Owner", "Verantwortung"}) {
		t.Errorf("%q", got)
	}
}
