package present

import (
	"cmp"
	"slices"
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

// MergeableFrom returns the incidents that another one may repeat, those that burn first, else in the
// order of list. Those that repeat something themselves are left out, and private ones, of which others would hear.
func MergeableFrom(list []incident.Incident, q MergeQuery, v View) []Similar {
	var out []Similar
	typed := strings.ToLower(q.Typed)
	for _, s := range list {
		names := strings.ToLower(s.Title + " " + NumberOf(s, v.Words))
		if s.ID == q.Not || s.Private || !s.MergedInto.IsZero() || s.Status == incident.Invalid || !strings.Contains(names, typed) {
			continue
		}
		out = append(out, SimilarFrom(s, q.Now, v))
	}
	slices.SortStableFunc(out, func(a, b Similar) int { return cmp.Compare(rank(a), rank(b)) })
	return out[:min(len(out), mergeMost)]
}

func rank(s Similar) int {
	if s.Burning {
		return 0
	}
	return 1
}
