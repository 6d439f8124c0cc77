package workspace_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestTheDefaultSetupNeedsNoConfiguration(t *testing.T) {
	t.Parallel()
	w := workspace.Default()
	if _, ok := w.Severity(w.Preset); !ok {
		t.Errorf("the preset %d is none of the severities", w.Preset)
	}
	for _, key := range []workspace.RoleKey{workspace.IMOC, workspace.Owner, workspace.Communications, workspace.Legal} {
		if role, ok := w.Role(key); !ok || role.Key != key || role.Name == "" {
			t.Errorf("role %q is %+v, %v", key, role, ok)
		}
	}
	if _, ok := w.Role("king"); ok {
		t.Error("anything is a role")
	}
	w.People[id.New[id.Person]()] = workspace.Person{}
	if len(workspace.Default().People) != 0 {
		t.Error("two set-ups share their people")
	}
}

func TestASeverityThatTheSetLacksBecomesThePreset(t *testing.T) {
	t.Parallel()
	w := workspace.Default()
	w.Severities = append(w.Severities, workspace.Severity{Level: 5, Name: "SEV5"})
	for level, want := range map[workspace.Level]workspace.Level{0: 3, 1: 1, 2: 2, 3: 3, 4: 3, 5: 5, 6: 3, 255: 3} {
		if have := w.Coerce(level); have != want {
			t.Errorf("level %d became %d; want %d", level, have, want)
		}
	}
	if w.Mildest() != 5 || workspace.Default().Mildest() != 3 {
		t.Errorf("the mildest of the set is %d, of the default %d", w.Mildest(), workspace.Default().Mildest())
	}
}

func TestCoercingTwiceIsCoercingOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := workspace.Default()
		level := workspace.Level(rapid.Byte().Draw(t, "level"))
		if once := w.Coerce(level); w.Coerce(once) != once {
			t.Fatalf("level %d became %d and then %d", level, once, w.Coerce(once))
		}
	})
}

func TestWithLeavesTheFormerSetupAsItWas(t *testing.T) {
	t.Parallel()
	ada := workspace.Person{ID: id.New[id.Person](), Name: "Ada", Admin: true}
	bob := workspace.Person{ID: id.New[id.Person](), Name: "Bob"}
	empty := workspace.Setup{}
	one := empty.With(ada)
	two := one.With(bob)
	renamed := two.With(workspace.Person{ID: ada.ID, Name: "Ada L."})
	if len(empty.People) != 0 || len(one.People) != 1 || len(two.People) != 2 || len(renamed.People) != 2 {
		t.Fatal("people were lost, or added to a former set-up")
	}
	if diff := cmp.Diff(ada, two.People[ada.ID]); diff != "" || renamed.People[ada.ID].Name != "Ada L." {
		t.Errorf("Ada changed:\n%s", diff)
	}
	if one.Admins() != 1 || two.Admins() != 1 || renamed.Admins() != 0 {
		t.Errorf("admins: %d, %d, %d", one.Admins(), two.Admins(), renamed.Admins())
	}
}
