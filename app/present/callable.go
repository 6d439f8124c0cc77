package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// callable returns everybody as somebody looks for whom to page: by a name, a department, or by what they are on call for, which
// stands before the department. Who is on call comes first.
func (v View) callable(all []oncall.Rotation, now time.Time) []Person {
	on := v.onCallFor(all, now)
	var first, others []Person
	for _, p := range v.Everybody() {
		duties := on[p.ID]
		if len(duties) == 0 {
			others = append(others, p)
			continue
		}
		p.Department = strings.TrimSuffix(fmt.Sprintf(v.Words.Reached.OnCallFor, strings.Join(duties, ", "))+"  ·  "+p.Department, "  ·  ")
		first = append(first, p)
	}
	return append(first, others...)
}

// onCallFor returns what everybody is on call for: the roles that a rotation stands behind, and the rotations that no role has.
func (v View) onCallFor(all []oncall.Rotation, now time.Time) map[id.Person][]string {
	out := map[id.Person][]string{}
	for _, r := range all {
		name := r.Name
		for _, role := range v.Setup.Roles {
			if role.Rotation == r.ID {
				name = v.RoleName(role.Key)
			}
		}
		for _, s := range oncall.NewRoster(r).At(now) {
			if !slices.Contains(out[s.Person], name) {
				out[s.Person] = append(out[s.Person], name)
			}
		}
	}
	return out
}
