package present

import (
	"strings"

	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// NamesOf returns who can be mentioned in a room: people by their names, by the first of them where
// nobody else has it, and whoever holds a role by the role, in whatever language its name was written.
func NamesOf(r Room) prose.Names {
	names, first := prose.Names{}, map[string]int{}
	people := r.Readers()
	for _, p := range people {
		first[firstName(p.Name)]++
	}
	for _, p := range people {
		if f := firstName(p.Name); first[f] == 1 {
			names[f] = prose.Who{Person: p.ID}
		}
	}
	for _, p := range r.Posts {
		who := prose.Who{Role: workspace.RoleKey(p.Key)}
		for _, name := range append(words.Everywhere(p.Name), p.Role, p.Key) {
			names[prose.Key(name)] = who
		}
	}
	for _, p := range people {
		names[prose.Key(p.Name)] = prose.Who{Person: p.ID}
	}
	delete(names, "")
	return names
}

func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return prose.Key(first)
}
