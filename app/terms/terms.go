// Package terms is the page of what the company calls things: its severities with their hints, the
// questions that lead to them, its tags, who changed them, and what whoever looks hears of.
package terms

import (
	"context"
	"fmt"
	"reflect"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Session is what the page asks of the client.
type Session interface {
	// Terms returns what the company calls things, who changed it, and what whoever looks hears of.
	Terms(ctx context.Context) (present.Terms, error)
	// ChangeTerms stores a wish about the terms; it is sent when the server is reached.
	ChangeTerms(ctx context.Context, c workspace.TermsCommand) error
	// Subscribe makes whoever looks hear of something, or with off no longer.
	Subscribe(ctx context.Context, to workspace.Subscription, off bool) error
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas // the window's
	View    present.View
	Failed  func(error)
}

// Page is the list of terms.
type Page struct {
	p      Params
	fetch  *widget.Fetcher
	body   *fyne.Container
	scroll *widget.Scroll
	model  present.Terms
	shown  bool
	tags   int   // how many are shown at most
	heir   *Page // that took this one's place, or nil
}

// tagsAtOnce is how many tags are shown before more are asked for.
const tagsAtOnce = 50

// New returns the page. It shows nothing until Refresh.
func New(p Params) *Page {
	g := &Page{p: p, body: widget.Column(0), tags: tagsAtOnce}
	g.scroll = widget.NewScroll(widget.Pad(28, 36, 36, 36, widget.Middle(860, g.body)))
	g.fetch = widget.NewFetcher(p.Work, g.get)
	return g
}

// Content returns the page.
func (g *Page) Content() fyne.CanvasObject { return g.scroll }

// Refresh fetches again. A question that was asked here may be answered when another page has taken this one's place.
func (g *Page) Refresh() {
	if g.heir != nil {
		g.heir.Refresh()
		return
	}
	g.fetch.Ask()
}

// Inherit shows what another page shows, before it is read again.
func (g *Page) Inherit(former any) {
	before, ok := former.(*Page)
	if !ok {
		return
	}
	before.heir = g
	g.tags = before.tags
	if before.shown {
		g.model, g.shown = before.model, true
		g.build()
	}
}

func (g *Page) get(ctx context.Context) func() {
	model, err := g.p.Session.Terms(ctx)
	return func() {
		switch {
		case err != nil:
			g.p.Failed(err)
		case !g.shown || !reflect.DeepEqual(model, g.model):
			g.model, g.shown = model, true
			widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
		}
	}
}

func (g *Page) build() {
	widget.Fill(g.body, g.rows)
	g.scroll.Fit()
}

func (g *Page) rows() {
	w := g.p.View.Words.Terms
	g.body.Add(widget.NewFlow(40, widget.Span{Words: w.Title, Style: widget.Strong(theme.Number, theme.Text)}))
	g.body.Add(lead(w.Lead))
	g.section(w.Severities, "")
	for _, s := range g.model.Severities {
		g.body.Add(g.severity(s))
	}
	levels := widget.Wrap(8)
	for _, l := range g.model.Free {
		levels.Add(g.quiet(fmt.Sprintf("add level %d", l), fmt.Sprintf(w.AddLevel, l), func() { g.askSeverity(present.Severity{Level: l}) }))
	}
	g.body.Add(levels)
	g.section(w.Questions, either(len(g.model.Questions) == 0, w.NoQuestions))
	for i, q := range g.model.Questions {
		g.body.Add(g.question(i, q))
	}
	if len(g.model.Questions) < workspace.MaxQuestions {
		g.body.Add(g.quiet("add question", w.AddQuestion, func() { g.askQuestion(len(g.model.Questions)) }))
	}
	g.section(w.Tags, either(len(g.model.Tags) == 0, w.NoTags))
	shown := min(len(g.model.Tags), g.tags)
	for _, t := range g.model.Tags[:shown] {
		g.body.Add(g.tag(t))
	}
	if n := len(g.model.Tags) - shown; n > 0 {
		g.body.Add(widget.Row(0, -1, g.small("more tags", fmt.Sprintf(g.p.View.Words.Hands.Further, n), g.showMoreTags)))
	}
	g.body.Add(g.quiet("add tag", w.AddTag, func() { g.askTag(workspace.TagName{}) }))
	g.buildChecklists()
	g.buildHears()
	g.buildHistory()
}

func (g *Page) showMoreTags() {
	g.tags += 4 * tagsAtOnce
	widget.KeepFocus(g.p.Canvas, g.scroll, g.build)
}

func (g *Page) severity(s present.Severity) fyne.CanvasObject {
	w := g.p.View.Words.Terms
	hint := s.Hint
	if hint == "" {
		hint = w.NoHint
	}
	words := widget.Column(0, widget.NewText(s.Name, widget.Strong(theme.Entry, theme.Text)), lead(hint))
	edit := widget.NewPress(fmt.Sprintf("severity %d", s.Level),
		widget.Pad(8, 0, 8, 0, widget.RowTop(14, 1, widget.NewSeverity(s.Level, 22), words)), func() { g.askSeverity(s) }).Wide()
	row := widget.Row(8, 0, edit)
	if s.Level == g.model.Preset {
		row.Add(widget.NewTag(w.Preset, theme.Gold))
	} else {
		row.Add(g.small(fmt.Sprintf("preset %d", s.Level), w.MakePreset, func() { g.change(workspace.ChoosePreset{Level: workspace.Level(s.Level)}) }))
	}
	if len(g.model.Severities) > 1 {
		row.Add(g.small(fmt.Sprintf("remove %d", s.Level), w.Remove, func() { g.change(workspace.RemoveSeverity{Level: workspace.Level(s.Level)}) }))
	}
	return row
}

func (g *Page) question(i int, q workspace.Question) fyne.CanvasObject {
	w := g.p.View.Words.Terms
	words := widget.Column(0, widget.NewFlow(22, widget.Span{Words: g.p.View.Words.Phrases.Say(q.Text), Style: widget.Plain(theme.Body, theme.Text)}),
		widget.NewText(fmt.Sprintf(w.LeadsTo, g.name(q.Level)), widget.Plain(theme.Caption, theme.Muted)))
	edit := widget.NewPress(fmt.Sprintf("question %d", i+1),
		widget.Pad(6, 0, 6, 0, widget.RowTop(14, 1, widget.NewSeverity(uint8(q.Level), 18), words)), func() { g.askQuestion(i) }).Wide()
	return widget.Row(8, 0, edit, g.small(fmt.Sprintf("drop %d", i+1), w.Remove, func() { g.change(g.without(i)) }))
}

func (g *Page) tag(t workspace.TagName) fyne.CanvasObject {
	w := g.p.View.Words.Terms
	words := widget.Row(12, 1, widget.NewTag("#"+t.Name, theme.Text), lead(t.Hint))
	edit := widget.NewPress("tag "+t.Name, widget.Pad(6, 0, 6, 0, words), func() { g.askTag(t) }).Wide()
	return widget.Row(8, 0, edit, g.small("forget "+t.Name, w.Forget, func() { g.change(workspace.ForgetTag{Name: t.Name}) }))
}

func (g *Page) buildHistory() {
	w := g.p.View.Words.Terms
	g.section(w.History, either(len(g.model.History) == 0, w.NoHistory))
	for _, c := range g.model.History {
		when, tone := c.Exact, theme.Muted
		if c.Pending {
			when, tone = w.Pending, theme.Sev2
		}
		g.body.Add(widget.RowTop(12, 0, widget.NewFlow(22,
			widget.Span{Words: c.Who + " ", Style: widget.Strong(theme.Body, theme.Text)},
			widget.Span{Words: c.What, Style: widget.Plain(theme.Body, theme.Text)}),
			widget.NewText(when, widget.Plain(theme.Caption, tone))))
	}
}

// section puts a heading, and under it what an empty one teaches.
func (g *Page) section(caps, teaches string) {
	g.body.Add(widget.Space(0, 28))
	g.body.Add(widget.NewCaps(caps))
	g.body.Add(widget.Space(0, 6))
	if teaches != "" {
		g.body.Add(lead(teaches))
	}
}

func (g *Page) quiet(key, words string, do func()) fyne.CanvasObject {
	return widget.Pad(4, 0, 0, 0, widget.Row(0, -1, widget.NewButton(widget.ButtonParams{Key: key, Words: words, Icon: "plus", Small: true}, do)))
}

func (g *Page) small(key, words string, do func()) fyne.CanvasObject {
	return widget.NewButton(widget.ButtonParams{Key: key, Words: words, Small: true, Look: widget.Bare, Tone: theme.Muted}, do)
}

func (g *Page) name(l workspace.Level) string {
	for _, s := range g.model.Severities {
		if s.Level == uint8(l) {
			return s.Name
		}
	}
	return g.p.View.Severity(l).Name
}

func lead(words string) *widget.Flow {
	return widget.NewFlow(22, widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Muted)})
}

func either(is bool, words string) string {
	if is {
		return words
	}
	return ""
}
