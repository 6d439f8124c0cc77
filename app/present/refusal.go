package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// Refusal is why what was filled in was not taken.
type Refusal struct {
	At    map[int]string // what is wrong with single fields, by their place in what was asked
	Words string         // what else there is to say
}

// RefusalFrom sorts what a refusal says to the fields that are called so by the rules; what no field is called stays
// with the rest.
func RefusalFrom(err error, fields []string, w words.Catalog) Refusal {
	t, f := TroubleFrom(err, w), fault.Find(err)
	if f == nil || len(f.Fields) == 0 {
		return Refusal{Words: strings.TrimSpace(t.What + " " + t.Do)}
	}
	r, say := Refusal{At: map[int]string{}}, w.Phrases.Say
	var rest []string
	for _, field := range f.Fields {
		said := fmt.Sprintf(w.Common.FieldProblem, say(field.Name), say(field.Problem))
		if i := slices.Index(fields, field.Name); i >= 0 {
			r.At[i] = strings.TrimSpace(r.At[i] + " " + said)
			continue
		}
		rest = append(rest, said)
	}
	if len(rest) > 0 {
		r.Words = say(f.Message) + " " + strings.Join(rest, " ")
	}
	return r
}
