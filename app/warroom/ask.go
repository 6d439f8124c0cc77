package warroom

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// choice is one value to change to.
type choice struct {
	mark        fyne.CanvasObject
	words, hint string
	keys        []string // what it is called by, whatever its words are; in lower case
}

// question asks for one of several values and a reason.
type question struct {
	key     string
	title   string
	choices []choice
	at      int    // which one is chosen
	now     int    // which one holds now
	given   string // what was typed behind the command that asks: a choice, a reason, or both
	wish    func(i int, reason string) incident.Command
}

// The state on which a change is decided is what is on the screen when the question is asked, so each
// question takes its base first.

func (r *Page) askSeverity(under fyne.CanvasObject, given string) {
	base, q := r.model.Bases.Severity, question{key: "severity", title: r.p.View.Words.Room.SeverityTitle, now: -1, given: given}
	for i, s := range r.model.Severities {
		number := strconv.Itoa(int(s.Level))
		q.choices = append(q.choices, choice{widget.NewSeverity(s.Level, 16), s.Name, s.Hint, []string{number, "sev" + number}})
		if s.Level == r.model.Level {
			q.at, q.now = i, i
		}
	}
	levels := r.model.Severities
	q.wish = func(i int, reason string) incident.Command {
		return incident.ChangeSeverity{Base: base, To: workspace.Level(levels[i].Level), Reason: reason}
	}
	r.ask(under, q)
}

func (r *Page) askStatus(under fyne.CanvasObject, preset incident.Status, given string) {
	base, w := r.model.Bases.Status, r.p.View.Words
	hints := []string{w.Status.OpenHint, w.Status.MitigatedHint, w.Status.ResolvedHint, w.Status.ClosedHint, w.Status.InvalidHint}
	q := question{key: "status", title: w.Room.StatusTitle, at: int(preset), now: int(r.model.Status), given: given}
	for s := incident.Open; s <= incident.Invalid; s++ {
		q.choices = append(q.choices, choice{widget.NewIcon(s.String(), 16, theme.Text), present.StatusWord(s, w), hints[s], []string{s.String()}})
	}
	q.wish = func(i int, reason string) incident.Command {
		return incident.ChangeStatus{Base: base, To: incident.Status(i), Reason: reason}
	}
	r.ask(under, q)
}

// ask shows a question under what was pressed; Enter in the reason answers it.
func (r *Page) ask(under fyne.CanvasObject, q question) {
	w, c := r.p.View.Words.Room, r.p.Canvas
	reason, col := field(w.Reason, ""), widget.Column(4)
	at, why := choiceIn(q.choices, q.given)
	if at >= 0 {
		q.at = at
	}
	r.begin(q.key, why)
	var presses []*widget.Press
	choose := func(at int) {
		q.at = min(max(at, 0), len(presses)-1) // no way round: beyond the mildest lies nothing, not the worst
		for i, p := range presses {
			p.Choose(i == q.at)
		}
	}
	for i, ch := range q.choices {
		p := ch.press()
		p.OnTapped = func() { choose(i); c.Focus(reason.Input()) }
		presses = append(presses, p)
		col.Add(p)
	}
	choose(q.at)
	reason.OnKey(func(key *fyne.KeyEvent) bool { // up and down choose, also while one writes why
		switch key.Name {
		case fyne.KeyUp:
			choose(q.at - 1)
		case fyne.KeyDown:
			choose(q.at + 1)
		default:
			return false
		}
		return true
	})
	r.showSheet(sheet{
		key: q.key, under: under, title: q.title, above: col, fields: []*widget.Field{reason}, names: []string{"reason"},
		yes: w.Change, hint: w.Enter, look: widget.Gold, wide: 480,
		wish: func(words []string) (incident.Command, *present.Refusal) {
			if q.at == q.now {
				return nil, &present.Refusal{Words: fmt.Sprintf(w.Already, q.choices[q.at].words)}
			}
			return q.wish(q.at, words[0]), nil
		},
	})
}

// choiceIn returns which choice words begin with, and the words behind it, which are the reason. A choice is named by one of its
// keys, by its words, or by what only its words begin with; at is -1 where none is, and all words are the reason.
func choiceIn(choices []choice, words string) (at int, reason string) {
	first, rest := head(words, 1)
	if len(first) == 0 {
		return -1, ""
	}
	at = slices.IndexFunc(choices, func(ch choice) bool { return slices.Contains(ch.keys, first[0]) })
	if at >= 0 {
		return at, rest
	}
	for i, ch := range choices {
		if name := strings.Fields(strings.ToLower(ch.words)); len(name) > 0 {
			if said, rest := head(words, len(name)); slices.Equal(said, name) {
				return i, rest
			}
		}
	}
	for i, ch := range choices {
		switch {
		case utf8.RuneCountInString(first[0]) < 3 || !strings.HasPrefix(strings.ToLower(ch.words), first[0]):
		case at >= 0:
			return -1, words // it may be either
		default:
			at = i
		}
	}
	if at < 0 {
		return -1, words
	}
	return at, rest
}

// press shows the choice as something to press.
func (c choice) press() *widget.Press {
	text := widget.NewFlow(20,
		widget.Span{Words: c.words + "  ", Style: widget.Strong(theme.Body, theme.Text)},
		widget.Span{Words: c.hint, Style: widget.Plain(theme.Body, theme.Muted)})
	return widget.NewPress("choice "+c.words, widget.Pad(8, 10, 8, 10, widget.RowTop(12, 1, widget.Pad(2, 0, 0, 0, c.mark), text)), nil)
}

func (r *Page) askTitle(under fyne.CanvasObject, given string) {
	w := r.p.View.Words.Room
	r.begin("title", given)
	r.showSheet(sheet{
		key: "title", under: under, title: w.RetitleTitle, fields: []*widget.Field{field(w.RetitleTitle, r.model.Title)}, names: []string{"title"},
		yes: w.Retitle, hint: w.Enter, look: widget.Gold, wide: 560,
		wish: func(words []string) (incident.Command, *present.Refusal) {
			return incident.Retitle{Title: words[0]}, nil
		},
	})
}

// roleBase is the base of a decision on a role. One that nobody ever held has no mark of its own.
func (r *Page) roleBase(key string) incident.Base {
	if b, held := r.model.Bases.Roles[workspace.RoleKey(key)]; held {
		return b
	}
	return incident.Base{Seq: r.model.Seq}
}

func (r *Page) askRole(under fyne.CanvasObject, h present.Holder, given string) {
	w, base := r.p.View.Words.Room, r.roleBase(h.Key)
	assign := func(p id.Person) {
		r.submit(incident.AssignRole{Base: base, Role: workspace.RoleKey(h.Key), Person: p})
	}
	q := whose{
		title: fmt.Sprintf(w.RoleTitle, h.Role), among: r.model.People, admits: true, given: given,
		found: assign, other: func(string) { assign(id.Person{}) },
	}
	if !h.Vacant {
		q.others = append(q.others, widget.ButtonParams{Key: "release", Words: w.Release, Small: true})
	}
	r.findPerson(under, q)
}

// whose asks for a person.
type whose struct {
	title   string
	among   []present.Person
	admits  bool   // whoever is found sees a private incident from then on
	already string // what is said of a known person who is not among them
	given   string // what is looked for at first
	hint    string // what can be looked for, where that is more than a name
	found   func(id.Person)
	others  []widget.ButtonParams // further answers
	other   func(key string)      // one of them was given
}

func (r *Page) findPerson(under fyne.CanvasObject, q whose) {
	var sheet *widget.Overlay
	w, nobody := r.p.View.Words, widget.NewFlow(20)
	finder := widget.NewFinder(cmp.Or(q.hint, w.Room.Find), func() {
		if sheet != nil {
			sheet.Fit()
		}
	})
	offer := func(typed string) {
		options, words := r.candidates(q, typed), ""
		if len(options) == 0 && typed == "" {
			words = w.Sight.NobodyElse
		} else if len(options) == 0 {
			words = fmt.Sprintf(w.Sight.Unknown, clip(typed, 60))
			if known := present.Match(r.model.People, typed, 1); len(known) > 0 && q.already != "" {
				words = fmt.Sprintf(q.already, known[0].Name)
			}
		}
		nobody.Set(widget.Span{Words: words, Style: widget.Plain(theme.Caption, theme.Muted)})
		nobody.Hidden = words == ""
		finder.SetOptions(options)
	}
	finder.OnTyped = offer
	finder.OnPick = func(o widget.Option) {
		if p, err := id.Parse[id.Person](o.Key); err == nil {
			sheet.Dismiss()
			q.found(p)
		}
	}
	col := widget.Column(10, widget.NewFlow(24, widget.Span{Words: q.title, Style: widget.Strong(theme.Entry, theme.Text)}))
	if q.admits && r.model.Private {
		col.Add(widget.RowTop(8, 1, widget.NewIcon("lock", 16, theme.Muted),
			widget.NewFlow(20, widget.Span{Words: w.Sight.WillSee, Style: widget.Plain(theme.Caption, theme.Muted)})))
	}
	col.Add(finder)
	col.Add(nobody)
	row := widget.Wrap(8)
	for _, b := range q.others {
		row.Add(widget.NewButton(b, func() { sheet.Dismiss(); q.other(b.Key) }))
	}
	if len(q.others) > 0 {
		col.Add(row)
	}
	offer("")
	wide := float32(360)
	if q.hint != "" { // more is said beside the names
		wide = 460
	}
	sheet = widget.ShowUnder(r.p.Canvas, under, col, wide)
	sheet.OnGone = r.Focus
	r.p.Canvas.Focus(finder.Input())
	finder.SetWords(q.given)
}

// candidates are the people who answer what was typed. It is said who will see a private incident only because of that.
func (r *Page) candidates(q whose, typed string) []widget.Option {
	var out []widget.Option
	for _, p := range present.Match(q.among, typed, 6) {
		note := p.Department
		if q.admits && !r.model.Sees(p.ID) {
			note = strings.TrimPrefix(note+"  ·  "+r.p.View.Words.Sight.WillBe, "  ·  ")
		}
		out = append(out, widget.Option{Key: p.ID.String(), Mark: widget.NewAvatar(p.Initials, 24), Words: p.Name, Note: note})
	}
	return out
}

func (r *Page) askTag(under fyne.CanvasObject) {
	w, c := r.p.View.Words.Room, r.p.Canvas
	var sheet *widget.Overlay
	finder := widget.NewFinder(w.TagField, func() {
		if sheet != nil {
			sheet.Fit()
		}
	})
	finder.OnTyped = func(typed string) {
		tags, begun := workspace.SplitTags(typed)
		for _, tag := range tags {
			r.submit(incident.AddTag{Tag: tag})
		}
		if begun != typed {
			finder.SetWords(begun) // and is asked again, for the next
			return
		}
		r.findTags(finder, typed)
	}
	finder.OnPick = func(o widget.Option) {
		sheet.Dismiss()
		r.submit(incident.AddTag{Tag: o.Key})
	}
	sheet = widget.ShowUnder(c, under, finder, 320)
	sheet.OnGone = r.Focus
	r.findTags(finder, "")
	c.Focus(finder.Input())
}

// findTags offers what was typed first, then the known tags that begin with it.
func (r *Page) findTags(finder *widget.Finder, typed string) {
	r.p.Work.Go(func(ctx context.Context) func() {
		known, err := r.p.Session.Tags(ctx, incident.NormalTag(typed))
		return func() {
			if err != nil {
				r.p.Failed(err)
				return
			}
			if finder.Input().Text != typed {
				return // more was typed meanwhile
			}
			finder.SetOptions(tagOptions(present.TagChoices(typed, known, r.p.View.Words.Room.NewTag)))
		}
	})
}

func tagOptions(choices []present.TagChoice) []widget.Option {
	out := make([]widget.Option, 0, len(choices))
	for _, c := range choices {
		out = append(out, widget.Option{Key: c.Tag, Words: c.Words})
	}
	return out
}
