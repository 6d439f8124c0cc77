package words

import "strings"

// language is one that the texts are written in.
type language struct {
	tag     string
	catalog func() Catalog
	setup   func() map[string]string // the words of the set-up that a workspace starts with
}

// languages returns all of them, the one that is taken where nothing else is wished first. A further one
// is a line here and files beside german.go.
func languages() []language {
	return []language{{tag: "en", catalog: English}, {tag: "de", catalog: German, setup: germanSetup}}
}

// Languages returns the tags of the languages that the texts are written in, the default first.
func Languages() []string {
	var tags []string
	for _, l := range languages() {
		tags = append(tags, l.tag)
	}
	return tags
}

// For returns the texts in the language that a tag names, as "de", "de-AT" or "de_DE.UTF-8" do; of
// several, parted by colons, in the first that there is. Where there is none, they are English.
func For(tag string) Catalog {
	for wish := range strings.SplitSeq(tag, ":") {
		wish, _, _ = strings.Cut(strings.ToLower(wish), ".")
		wish, _, _ = strings.Cut(strings.ReplaceAll(wish, "_", "-"), "-")
		for _, l := range languages() {
			if wish == l.tag {
				return l.catalog()
			}
		}
	}
	return English()
}

// Wish returns the tag of the language that somebody's system asks for, read as programs with gettext read
// it: LC_ALL before LC_MESSAGES before LANG, and the list in LANGUAGE before them, unless they ask for none.
func Wish(environment func(name string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		switch value := environment(name); {
		case value == "":
		case value == "C", value == "POSIX", strings.HasPrefix(value, "C."):
			return ""
		case environment("LANGUAGE") != "":
			return environment("LANGUAGE")
		default:
			return value
		}
	}
	return environment("LANGUAGE")
}

// Everywhere returns how a phrase of the set-up that a workspace starts with is said in all languages, English first and
// none twice: people who read different languages call the same role by different names.
func Everywhere(english string) []string {
	ways := []string{english}
	for _, l := range languages()[1:] {
		if way := l.setup()[english]; way != "" && way != english {
			ways = append(ways, way)
		}
	}
	return ways
}
