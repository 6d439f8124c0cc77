package present_test

import (
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/presence"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestWhoTypesIsOneLine(t *testing.T) {
	t.Parallel()
	names := []string{"Ada Sample", "Ben Sample", "Cleo Sample", "Dora Sample", "Eli Sample"}
	for language, want := range map[string][]string{
		"en": {
			"", "Ada is typing …", "Ada and Ben are typing …", "Ada, Ben and Cleo are typing …", "Ada, Ben and 2 others are typing …",
			"Ada, Ben and 3 others are typing …",
		},
		"de": {
			"", "Ada schreibt …", "Ada und Ben schreiben …", "Ada, Ben und Cleo schreiben …", "Ada, Ben und 2 andere schreiben …",
			"Ada, Ben und 3 andere schreiben …",
		},
	} {
		v := present.View{Setup: workspace.Default(), Words: words.For(language)}
		room := presence.Room{Attendees: []presence.Attendee{{Person: id.New[id.Person]()}}} // who only looks
		for n := range want {
			if got := present.AttendanceFrom(room, v); got.Typing != want[n] || got.Count() != n+1 {
				t.Errorf("%s: %d are told as %q of %d", language, n, got.Typing, got.Count())
			}
			if n < len(names) {
				p := id.New[id.Person]()
				v.Setup = v.Setup.With(workspace.Person{ID: p, Seq: 1, Name: names[n]})
				room.Attendees = append(room.Attendees, presence.Attendee{Person: p, Typing: true})
			}
		}
	}
}

func TestTwoOfTheSameFirstNameAreToldApart(t *testing.T) {
	t.Parallel()
	ada, other := id.New[id.Person](), id.New[id.Person]()
	v := present.View{Words: words.English(), Setup: workspace.Default().With(
		workspace.Person{ID: ada, Seq: 1, Name: "Ada Sample"}, workspace.Person{ID: other, Seq: 1, Name: "ada Other"})}
	room := presence.Room{Attendees: []presence.Attendee{{Person: ada, Typing: true}, {Person: id.New[id.Person](), Typing: true}}, More: 3}
	got := present.AttendanceFrom(room, v)
	if want := "Ada Sample and " + v.Words.Common.SomebodyUnknown + " are typing …"; got.Typing != want {
		t.Errorf("told is %q, want %q", got.Typing, want)
	}
	if want := "Looking now: Ada Sample, " + v.Words.Common.SomebodyUnknown + " and 3 more"; got.Named(v) != want {
		t.Errorf("named are %q, want %q", got.Named(v), want)
	}
	if !got.Has(ada) || got.Has(other) {
		t.Error("who is there is mistaken")
	}
}

func TestAnExplanationNamesADozen(t *testing.T) {
	t.Parallel()
	v := present.View{Words: words.English(), Setup: workspace.Default()}
	room := presence.Room{}
	for _, n := range "abcdefghijklmn" {
		p := id.New[id.Person]()
		v.Setup = v.Setup.With(workspace.Person{ID: p, Seq: 1, Name: string(n)})
		room.Attendees = append(room.Attendees, presence.Attendee{Person: p})
	}
	if got, want := present.AttendanceFrom(room, v).Named(v), "Looking now: a, b, c, d, e, f, g, h, i, j, k, l and 2 more"; got != want {
		t.Errorf("named are %q, want %q", got, want)
	}
}
