package present_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/sync/id"
)

func TestPeopleAndRolesAreMentionedByTheirNames(t *testing.T) {
	t.Parallel()
	ada, cleo, other := id.New[id.Person](), id.New[id.Person](), id.New[id.Person]()
	names := present.NamesOf(present.Room{
		People: []present.Person{{ID: ada, Name: "Ada Sample"}, {ID: cleo, Name: "Cleo Sample"}, {ID: other, Name: "Cleo Other"}, {Name: "?"}},
		Posts:  []present.Holder{{Key: "imoc", Role: "Incident manager on call"}},
	})
	for name, want := range map[string]prose.Who{
		"Ada Sample": {Person: ada}, "ada": {Person: ada}, "cleo.sample": {Person: cleo}, "CleoOther": {Person: other},
		"cleo": {}, "IMOC": {Role: "imoc"}, "incident manager on call": {Role: "imoc"}, "": {}, "nobody": {},
	} {
		if got := names[prose.Key(name)]; got != want {
			t.Errorf("@%s is %v, want %v", name, got, want)
		}
	}
}
