package terms

import (
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// sheet asks for words. What the rules refuse is told in it, and what was typed stays.
type sheet struct {
	title  string
	fields []*widget.Field
	extra  fyne.CanvasObject // or nil
	wish   func(words []string) workspace.TermsCommand
}

func (g *Page) show(s sheet) {
	w := g.p.View.Words
	col := widget.Column(10, widget.NewFlow(28, widget.Span{Words: s.title, Style: widget.Strong(theme.Title, theme.Text)}))
	wrong := widget.NewFlow(22)
	var o *widget.Overlay
	save := func() { g.save(s, func() { o.Dismiss() }, func(words string) { wrong.Set(alarm(words)); o.Fit() }) }
	for i, f := range s.fields {
		col.Add(f)
		f.OnSubmitted = func(string) {
			if i+1 < len(s.fields) {
				g.p.Canvas.Focus(s.fields[i+1].Input())
				return
			}
			save()
		}
	}
	if s.extra != nil {
		col.Add(s.extra)
	}
	col.Add(wrong)
	col.Add(widget.Row(8, 0, widget.Space(0, 0),
		widget.NewButton(widget.ButtonParams{Key: "no", Words: w.Common.Cancel}, func() { o.Dismiss() }),
		widget.NewButton(widget.ButtonParams{Key: "save", Words: w.Terms.Save, Look: widget.Gold}, save)))
	had := g.p.Canvas.Focused()
	o = widget.ShowSheet(g.p.Canvas, col, 560)
	o.OnGone = func() { g.p.Canvas.Focus(had) }
	g.p.Canvas.Focus(s.fields[0].Input())
}

func alarm(words string) widget.Span {
	return widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Sev1)}
}

func (g *Page) save(s sheet, done func(), refused func(words string)) {
	words := make([]string, len(s.fields))
	for i, f := range s.fields {
		words[i] = f.Words()
	}
	wish := s.wish(words)
	g.p.Work.Go(func(ctx context.Context) func() {
		err := g.p.Session.ChangeTerms(ctx, wish)
		return func() {
			if err == nil {
				done()
				g.Refresh()
				return
			}
			refused(told(err, g.p.View))
		}
	})
}

// told names the faulty fields, one a line.
func told(err error, v present.View) string {
	t := present.TroubleFrom(err, v.Words)
	if f := fault.Find(err); f != nil && len(f.Fields) > 0 {
		return t.What
	}
	return t.What + " " + t.Do
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
		title: fmt.Sprintf(w.Level, s.Level), fields: []*widget.Field{filled(w.Name, s.Name), filled(w.Hint, s.Hint)},
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
	fields, title := []*widget.Field{filled(w.Hint, t.Hint)}, "#"+t.Name
	if t.Name == "" {
		fields, title = slices.Insert(fields, 0, filled(w.Tag, "")), w.AddTag
	}
	g.show(sheet{title: title, fields: fields, wish: func(words []string) workspace.TermsCommand {
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
		title: title, fields: []*widget.Field{filled(w.Question, g.p.View.Words.Phrases.Say(q.Text))}, extra: levels,
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
