package present

import (
	"strings"

	"github.com/tsugi-app/tsugi/sync/incident"
)

// namedAuthors is how many people are named whose words somebody gave back.
const namedAuthors = 5

// givenBack tells who gave back to a restored server what others had done: the entries before this one.
func (v View) givenBack(e incident.GivenBack, who Part) []Part {
	w := v.Words.Line
	names := make([]string, 0, namedAuthors)
	for i, p := range e.Authors {
		if i == namedAuthors {
			names = append(names, "…")
			break
		}
		names = append(names, v.Person(p).Name)
	}
	if len(names) == 0 {
		return sentence(w.GivenBack, who)
	}
	return sentence(w.GivenBackOf, who, strong(strings.Join(names, ", ")))
}
