package warroom

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// command carries out a line that begins with a slash and the key of an action, and reports whether it did. What
// stands behind the key is the task, the tag, the link or the update, or it fills in what is asked; behind any other it stays.
func (r *Page) command(text string) bool {
	name, rest, _ := strings.Cut(strings.TrimPrefix(text, "/"), " ")
	if rest = strings.TrimSpace(rest); !strings.HasPrefix(text, "/") || name == "" {
		return false
	}
	for _, means := range []func(a Action, typed string) bool{begins, alsoBegins} {
		for _, a := range r.Actions() {
			if means(a, strings.ToLower(name)) {
				r.carryOut(a, text, rest)
				return true
			}
		}
	}
	return false
}

// begins reports whether an action's key begins with what was typed.
func begins(a Action, typed string) bool { return strings.HasPrefix(a.Key, typed) }

// alsoBegins reports whether another word for an action begins with what was typed, if that is more than a guess.
func alsoBegins(a Action, typed string) bool {
	return len(typed) > 2 && slices.ContainsFunc(strings.Fields(a.Also), func(also string) bool { return strings.HasPrefix(also, typed) })
}

// carryOut does what a line of the composer asks for: the action, and the rest of the line behind it.
func (r *Page) carryOut(a Action, text, rest string) {
	r.composer.SetWords("")
	switch {
	case a.Key == "task" && rest != "":
		r.carry(text, incident.AddTask{Task: id.New[id.Task](), Text: rest})
	case a.Key == "tag" && rest != "":
		r.carry(text, incident.AddTag{Tag: rest})
	case a.Key == "link" && rest != "":
		r.addLinkFrom(text, rest)
	case rest != "" && (a.Key == "severity" || a.Key == "status" || a.Key == "repeats"):
		r.given = rest
		a.Do()
	case rest != "" && a.Key == "admit":
		r.admitNamed(text, rest)
	case rest != "" && a.Key == "exclude":
		r.excludeNamed(rest)
	case rest != "" && a.Key == "title":
		r.begun[a.Key] = []string{rest}
		a.Do()
	case a.Key == "milestone" && rest != "":
		r.begun[milestoneKey(id.Entry{})] = []string{rest}
		a.Do()
	default:
		r.composer.SetWords(rest)
		a.Do()
	}
}

// carry does what a line of the composer asks for. The line comes back when that is refused.
func (r *Page) carry(line string, c incident.Command) {
	in := r.in
	r.wish(in, c, func(err error) {
		if err != nil {
			r.drafts.giveBack(&parcel{in: in, draft: draft{words: line}, from: r})
			r.p.Failed(err)
		}
	})
}

// addLinkFrom adds a link from a line of the composer: its address, and what it is called. What is refused is asked for,
// with both filled in.
func (r *Page) addLinkFrom(line, words string) {
	in := r.in
	address, label, _ := strings.Cut(words, " ")
	label = strings.TrimSpace(label)
	r.wish(in, incident.AddLink{URL: address, Label: label}, func(err error) {
		switch {
		case err == nil:
		case in != r.in: // another room was opened meanwhile
			r.drafts.giveBack(&parcel{in: in, draft: draft{words: line}, from: r})
			r.p.Failed(err)
		default:
			q := r.linkSheet()
			r.begun[q.key] = []string{address, label}
			r.showSheet(q).Refuse(present.RefusalFrom(err, q.names, r.p.View.Words))
		}
	})
}

// doubt says of a line that looks like a command that there is none of that name, and reports whether it did. Whoever means it as
// it stands sends it once more.
func (r *Page) doubt(text string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(text, "/"), " ")
	other := func(letter rune) bool { return !unicode.IsLetter(letter) }
	if !strings.HasPrefix(text, "/") || len(name) < 2 || strings.ContainsFunc(name, other) || r.doubted == text {
		r.doubted = ""
		return false
	}
	r.doubted = text
	r.composer.SetNote(fmt.Sprintf(r.p.View.Words.Room.NoCommand, "/"+name), theme.Sev2)
	return true
}

// commands are the actions of the room that what was typed can mean: first those whose key begins with it, then those
// whose words contain it.
func (r *Page) commands(typed string) []suggestion {
	var first, others []suggestion
	for _, a := range r.Actions() {
		s := suggestion{widget.NewIcon(a.Icon, 18, theme.Muted), "/" + a.Key, a.Words, func() {
			r.offer(nil, 0)
			r.composer.SetWords("")
			a.Do()
		}}
		switch {
		case begins(a, typed):
			first = append(first, s)
		case strings.Contains(strings.ToLower(a.Words), typed) || alsoBegins(a, typed):
			others = append(others, s)
		}
	}
	all := slices.Concat(first, others)
	return all[:min(len(all), suggestMost)]
}
