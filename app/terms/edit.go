package terms

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// sheet asks for words. The names are those under which the rules tell what is wrong with a field.
type sheet struct {
	title  string
	fields []*widget.Field
	names  []string
	heads  []string          // stand over the fields, or none
	wide   float32           // 0 for the usual width
	extra  fyne.CanvasObject // or nil
	wish   func(words []string) workspace.TermsCommand
}

func (g *Page) show(s sheet) {
	w, had := g.p.View.Words, g.p.Canvas.Focused()
	wide := cmp.Or(s.wide, 560)
	widget.ShowForm(widget.FormParams{
		Canvas: g.p.Canvas, Title: s.title, Fields: s.fields, Heads: s.heads, Below: s.extra, Yes: w.Terms.Save, No: w.Common.Cancel, Look: widget.Gold, Width: wide, Lasting: true,
		Answer: func(words []string, told func(*present.Refusal) bool) { g.save(s, s.wish(words), told) },
		Gone:   func() { g.p.Canvas.Focus(had) },
	})
}

func (g *Page) save(s sheet, wish workspace.TermsCommand, told func(*present.Refusal) bool) {
	g.p.Work.Go(func(ctx context.Context) func() {
		err := g.p.Session.ChangeTerms(ctx, wish)
		return func() {
			if err == nil {
				told(nil)
				g.Refresh()
				return
			}
			refusal := present.RefusalFrom(err, s.names, g.p.View.Words)
			if !told(&refusal) {
				g.p.Failed(err)
			}
		}
	})
}

func (g *Page) change(c workspace.TermsCommand) {
	g.run(func(ctx context.Context) error { return g.p.Session.ChangeTerms(ctx, c) })
}

func (g *Page) run(do func(context.Context) error) {
	g.p.Work.Go(func(ctx context.Context) func() {
		err := do(ctx)
		return func() {
			if err != nil {
				g.p.Failed(err)
			}
			g.Refresh()
		}
	})
}

func (g *Page) askSeverity(s present.Severity) {
	w := g.p.View.Words.Terms
	g.show(sheet{
		title: fmt.Sprintf(w.Level, s.Level), fields: []*widget.Field{filled(w.Name, s.Name), filled(w.Hint, s.Hint)}, names: []string{"name", "hint"},
		wish: func(words []string) workspace.TermsCommand {
			return workspace.DescribeSeverity{Level: workspace.Level(s.Level), Name: words[0], Hint: g.kept(s.Kept, words[1])}
		},
	})
}

// kept returns what is stored where nothing else was typed than what was shown for it: what a workspace starts with
// is shown to everybody in their own language, and stays so.
func (g *Page) kept(stored, typed string) string {
	if typed == g.p.View.Words.Phrases.Say(stored) {
		return stored
	}
	return typed
}

func (g *Page) askTag(t workspace.TagName) {
	w := g.p.View.Words.Terms
	fields, names, title := []*widget.Field{filled(w.Hint, t.Hint)}, []string{"hint"}, "#"+t.Name
	if t.Name == "" {
		fields, names, title = slices.Insert(fields, 0, filled(w.Tag, "")), slices.Insert(names, 0, "tag"), w.AddTag
	}
	g.show(sheet{title: title, fields: fields, names: names, wish: func(words []string) workspace.TermsCommand {
		if t.Name == "" {
			return workspace.DescribeTag{Name: words[0], Hint: words[1]}
		}
		return workspace.DescribeTag{Name: t.Name, Hint: words[0]}
	}})
}

// askQuestion words the question numbered i anew, or adds one behind the last.
func (g *Page) askQuestion(i int) {
	w, q := g.p.View.Words.Terms, workspace.Question{Level: workspace.Level(g.model.Preset)}
	title := w.AddQuestion
	if i < len(g.model.Questions) {
		q, title = g.model.Questions[i], w.ChangeQuestion
	}
	levels := widget.Row(8, -1)
	var build func()
	build = func() {
		levels.RemoveAll()
		for _, s := range g.model.Severities {
			look := widget.Bare
			tone := theme.Muted
			if s.Level == uint8(q.Level) {
				tone = theme.Gold
			}
			levels.Add(widget.Row(4, -1, widget.NewSeverity(s.Level, 16), widget.NewButton(widget.ButtonParams{
				Key: "leads " + s.Name, Words: s.Name, Small: true, Look: look, Tone: tone,
			}, func() {
				q.Level = workspace.Level(s.Level)
				widget.KeepFocus(g.p.Canvas, levels, build)
			})))
		}
		levels.Refresh()
	}
	build()
	g.show(sheet{
		title: title, fields: []*widget.Field{filled(w.Question, g.p.View.Words.Phrases.Say(q.Text))}, names: []string{fmt.Sprint("question ", i+1)},
		extra: levels,
		wish: func(words []string) workspace.TermsCommand {
			q.Text = g.kept(q.Text, words[0])
			list := slices.Clone(g.model.Questions)
			if i < len(list) {
				list[i] = q
			} else {
				list = append(list, q)
			}
			return workspace.AskQuestions{Questions: list}
		},
	})
}

func (g *Page) without(i int) workspace.TermsCommand {
	return workspace.AskQuestions{Questions: slices.Delete(slices.Clone(g.model.Questions), i, i+1)}
}

func filled(placeholder, words string) *widget.Field {
	f := widget.NewField(placeholder)
	f.SetWords(words)
	return f
}
