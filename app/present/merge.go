package present

import (
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// mergeMost is how many incidents are offered at once.
const mergeMost = 8

// MergeQuery says which incidents to offer: not itself, and those whose title or number holds what was
// typed.
type MergeQuery struct {
	Not   id.Incident
	Typed string
	Now   time.Time
}

// MergeableFrom returns the incidents that another one may repeat, in the order of list. Those that
// repeat something themselves are left out.
func MergeableFrom(list []incident.Incident, q MergeQuery, v View) []Similar {
	var out []Similar
	typed := strings.ToLower(q.Typed)
	for _, s := range list {
		names := strings.ToLower(s.Title + " " + Number(s.Number, v.Words))
		if s.ID == q.Not || !s.MergedInto.IsZero() || s.Status == incident.Invalid || !strings.Contains(names, typed) || len(out) == mergeMost {
			continue
		}
		out = append(out, SimilarFrom(s, q.Now, v))
	}
	return out
}
