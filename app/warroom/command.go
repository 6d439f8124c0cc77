package warroom

import (
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// command carries out a line that begins with a slash and the key of an action, and reports whether it did. What
// stands behind the key is handed to the action. Where several actions may be meant it asks which.
func (r *Page) command(text string) bool {
	if commandName(text) == "" {
		return false
	}
	line, all := text[1:], r.Actions()
	found := meanings(all, line)
	if len(found) == 0 {
		found = meanings(all, apart(line))
	}
	switch len(found) {
	case 0:
		return false
	case 1:
		r.carryOut(found[0].Action, found[0].rest)
	default:
		r.askWhich(found)
	}
	return true
}

// meaning is an action that a line may mean, and what stands behind its key.
type meaning struct {
	Action
	rest string
}

// meanings returns which actions a line may mean: the one whose whole key it begins with; else those whose keys of several
// words it abbreviates word by word; else those whose key's first word it abbreviates; else those that have another word for it.
func meanings(all []Action, line string) []meaning {
	for _, means := range []func(a Action, line string) (rest string, does bool){whole, eachWord, firstWord, otherWord} {
		var found []meaning
		for _, a := range all {
			if rest, does := means(a, line); does {
				found = append(found, meaning{a, rest})
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// apart puts a space before a number that stands right behind the first word of a line.
func apart(line string) string {
	first, _ := head(line, 1)
	if len(first) == 0 || strings.ContainsFunc(first[0], func(letter rune) bool { return !unicode.IsLetter(letter) && !unicode.IsDigit(letter) }) {
		return line
	}
	if at := strings.IndexFunc(line, unicode.IsDigit); at > 0 && at < len(first[0]) {
		return line[:at] + " " + line[at:]
	}
	return line
}

// head returns the first n words of a line in lower case, fewer where there are fewer, and what stands behind them.
func head(line string, n int) (words []string, rest string) {
	rest = strings.TrimSpace(line)
	for rest != "" && len(words) < n {
		word := rest
		if end := strings.IndexFunc(rest, unicode.IsSpace); end >= 0 {
			word = rest[:end]
		}
		words, rest = append(words, strings.ToLower(word)), strings.TrimSpace(rest[len(word):])
	}
	return words, rest
}

func whole(a Action, line string) (rest string, is bool) {
	key := strings.Fields(strings.ToLower(a.Key))
	words, rest := head(line, len(key))
	return rest, slices.Equal(words, key)
}

func eachWord(a Action, line string) (rest string, does bool) {
	key := strings.Fields(strings.ToLower(a.Key))
	words, rest := head(line, len(key))
	if a.Exact || len(key) < 2 || len(words) < len(key) {
		return "", false
	}
	for i, word := range words {
		if !strings.HasPrefix(key[i], word) {
			return "", false
		}
	}
	return rest, true
}

func firstWord(a Action, line string) (rest string, does bool) {
	words, rest := head(line, 1)
	return rest, !a.Exact && len(words) > 0 && begins(a, words[0])
}

func otherWord(a Action, line string) (rest string, does bool) {
	words, rest := head(line, 1)
	return rest, !a.Exact && len(words) > 0 && alsoBegins(a, words[0])
}

// askWhich offers what a line may mean. What stands behind the key goes with each.
func (r *Page) askWhich(found []meaning) {
	var out []suggestion
	for _, m := range found[:min(len(found), suggestMost)] {
		out = append(out, suggestion{widget.NewIcon(m.Icon, 18, theme.Muted), "/" + m.Key, m.Words, func() {
			r.offer(nil, 0)
			r.carryOut(m.Action, m.rest)
		}})
	}
	r.offer(out, 0)
}

// begins reports whether an action's key begins with what was typed.
func begins(a Action, typed string) bool { return strings.HasPrefix(strings.ToLower(a.Key), typed) }

// alsoBegins reports whether another word for an action begins with what was typed, if that is more than a guess.
func alsoBegins(a Action, typed string) bool {
	return len(typed) > 2 && slices.ContainsFunc(strings.Fields(a.Also), func(also string) bool { return strings.HasPrefix(also, typed) })
}

// carryOut does what a line of the composer asks for: the action, with the rest of the line behind it.
func (r *Page) carryOut(a Action, rest string) {
	if rest != "" && a.With != nil {
		r.composer.SetWords("")
		a.With(rest)
		return
	}
	r.composer.SetWords(rest)
	a.Do()
}

// carryTask adds a task from a line of the composer.
func (r *Page) carryTask(words string) {
	r.carry("/task "+words, incident.AddTask{Task: id.New[id.Task](), Text: words})
}

// carryTags adds tags from a line of the composer, one after the other. From the first that is refused on they come back.
func (r *Page) carryTags(words string) {
	tags, last := workspace.SplitTags(words)
	if !blank(last) {
		tags = append(tags, last)
	}
	r.carryEach(r.in, tags)
}

func (r *Page) carryEach(in id.Incident, tags []string) {
	if len(tags) == 0 {
		return
	}
	r.wish(in, incident.AddTag{Tag: tags[0]}, func(err error) {
		if err == nil {
			r.carryEach(in, tags[1:])
			return
		}
		r.drafts.giveBack(&parcel{in: in, draft: draft{words: "/tag " + strings.Join(tags, ", ")}, from: r})
		r.p.Failed(err)
	})
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

// carryLink adds a link from a line of the composer: its address, and what it is called. What is refused is asked for,
// with both filled in.
func (r *Page) carryLink(words string) {
	in := r.in
	address, label, _ := strings.Cut(words, " ")
	label = strings.TrimSpace(label)
	r.wish(in, incident.AddLink{URL: address, Label: label}, func(err error) {
		switch {
		case err == nil:
		case in != r.in: // another room was opened meanwhile
			r.drafts.giveBack(&parcel{in: in, draft: draft{words: "/link " + words}, from: r})
			r.p.Failed(err)
		default:
			q := r.linkSheet()
			r.begun[q.key] = []string{address, label}
			r.showSheet(q).Refuse(present.RefusalFrom(err, q.names, r.p.View.Words))
		}
	})
}

// commandName returns what stands between the slash of a line and the first space; nothing where it begins with no slash.
func commandName(line string) string {
	name, slash := strings.CutPrefix(line, "/")
	if !slash {
		return ""
	}
	if end := strings.IndexFunc(name, unicode.IsSpace); end >= 0 {
		name = name[:end]
	}
	return name
}

// doubt says of a line that looks like a command that there is none of that name, and reports whether it did. Whoever means it as
// it stands sends it once more. What looks like a path or the name of a machine is no command.
func (r *Page) doubt(text string) bool {
	name := commandName(text)
	if name == "" || strings.ContainsAny(name, "/.-") || r.doubted == text {
		r.doubted = ""
		return false
	}
	r.doubted = text
	r.note()
	return true
}

// slips is how many letters may be wrong, missing or too many in what is still taken for a mistyped command.
const slips = 2

// nearest returns the command that somebody who typed another name may have meant; nothing where none is near.
func (r *Page) nearest(typed string) (meant string) {
	best := min(slips, len(typed)/2)
	for _, a := range r.Actions() {
		if d := levenshtein.ComputeDistance(strings.ToLower(typed), a.Key); d <= best && (meant == "" || d < best) {
			best, meant = d, a.Key
		}
	}
	return meant
}

// commands are the actions of the room that what was typed can mean: first those whose key begins with it, then those
// whose words contain it, all of them: who types a slash alone sees what can be done. What is never meant by an abbreviation is offered last, to be named in full.
func (r *Page) commands(typed string) []suggestion {
	var first, others []suggestion
	for _, a := range r.Actions() {
		s := suggestion{widget.NewIcon(a.Icon, 18, theme.Muted), "/" + a.Key, a.Words, func() {
			r.offer(nil, 0)
			r.composer.SetWords("")
			a.Do()
		}}
		guessed := a.Exact && a.Key != typed
		if guessed { // it is named in full first
			s.pick = func() { r.composer.SetWords("/" + a.Key) }
		}
		switch {
		case begins(a, typed) && !guessed:
			first = append(first, s)
		case guessed && begins(a, typed) || strings.Contains(strings.ToLower(a.Words), typed) || alsoBegins(a, typed):
			others = append(others, s)
		}
	}
	return slices.Concat(first, others)
}

// namesFor offers the people whom a command that is followed by a name can mean.
func (r *Page) namesFor(line string) []suggestion {
	among := map[string][]present.Person{"admit": r.model.Outsiders(), "exclude": r.model.Watchers}
	for _, h := range r.model.Posts {
		among[strings.ToLower(roleKey+h.Key)] = r.model.People
	}
	for _, a := range r.Actions() {
		start := "/" + a.Key + " "
		people, named := among[strings.ToLower(a.Key)]
		if !named || len(line) < len(start) || !strings.EqualFold(line[:len(start)], start) {
			continue
		}
		var out []suggestion
		typed := strings.TrimLeft(line[len(start):], "@")
		for _, p := range present.Match(people, typed, suggestMost) {
			if p.Name == typed {
				return nil
			}
			out = append(out, suggestion{widget.NewAvatar(p.Initials, 22), p.Name, p.Department, func() {
				r.offer(nil, 0)
				r.composer.SetWords(start + p.Name)
				r.Focus()
			}})
		}
		return out
	}
	return nil
}
