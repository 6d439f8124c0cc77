package reach

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// times are when a channel may be tried.
func times() []time.Duration {
	return []time.Duration{
		0, 30 * time.Second, time.Minute, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour,
	}
}

// ruleList shows the rules of an urgency as a sentence: at once push, after a minute a text message.
func (g *Page) ruleList(col *fyne.Container, s section) {
	w := g.p.View.Words.Reach
	rules, usual := g.model.List(s.urgency)
	if len(col.Objects) > 0 {
		col.Add(widget.Space(0, 28))
	}
	head := widget.Row(10, -1, widget.NewCaps(s.caps))
	if usual {
		head.Add(widget.NewTag(w.Usual, theme.Muted))
	}
	if g.model.Waits {
		head.Add(widget.NewText(w.RulesWait, widget.Plain(theme.Caption, theme.Sev2)))
	}
	col.Add(head)
	col.Add(widget.Space(0, 4))
	col.Add(lead(s.lead))
	sentence := widget.Wrap(8)
	for _, r := range rules {
		sentence.Add(g.rule(s, r))
	}
	if missing := absent(rules); len(missing) > 0 {
		sentence.Add(g.further(s, missing))
	}
	col.Add(widget.Pad(6, 0, 0, 0, sentence))
	if !usual {
		back := widget.NewButton(widget.ButtonParams{Key: fmt.Sprintf("usual %d", s.urgency), Words: w.BackToUsual, Small: true, Look: widget.Bare, Tone: theme.Muted},
			func() { g.choose(s.urgency, nil) })
		col.Add(widget.Pad(2, 0, 0, 0, widget.Row(0, -1, back)))
	}
	g.lacks(col, rules)
}

// lacks says in plain words which channels of the rules whoever looks does not have.
func (g *Page) lacks(col *fyne.Container, rules []reach.Rule) {
	var none reach.Channels
	for _, r := range rules {
		if !g.model.Channels.Has(r.Channel) {
			none |= reach.ChannelsOf(r.Channel)
		}
	}
	if none != 0 {
		col.Add(widget.Pad(4, 0, 0, 0, caption(fmt.Sprintf(g.p.View.Words.Reach.Lacks, g.p.View.Channels(none)))))
	}
}

// rule is one part of the sentence; pressed, it asks when.
func (g *Page) rule(s section, r reach.Rule) fyne.CanvasObject {
	tone := theme.Text
	if !g.model.Channels.Has(r.Channel) {
		tone = theme.Muted
	}
	var b *widget.Button
	b = widget.NewButton(widget.ButtonParams{
		Key: fmt.Sprintf("rule %d %d", s.urgency, r.Channel), Words: g.later(r), Icon: present.ChannelIcon(r.Channel), After: "down", Small: true, Tone: tone,
		Tip: g.p.View.Words.Reach.RuleTip,
	}, func() { g.askWhen(b, s, r) })
	return b
}

// askWhen offers the times at which a channel may be tried.
func (g *Page) askWhen(under fyne.CanvasObject, s section, r reach.Rule) {
	rules, _ := g.model.List(s.urgency)
	var items []widget.MenuItem
	for _, after := range times() {
		item := widget.MenuItem{Key: after.String(), Mark: widget.Space(18, 18), Words: g.p.View.After(after), Do: func() { g.choose(s.urgency, put(rules, reach.Rule{Channel: r.Channel, After: after})) }}
		if after == r.After {
			item.Mark = widget.NewIcon("tick", 18, theme.Gold)
		}
		items = append(items, item)
	}
	if len(rules) > 1 { // an empty list would stand for the usual rules
		items = append(items, widget.MenuItem{
			Key: "never", Mark: widget.Space(18, 18), Words: g.p.View.Words.Reach.Never, Tone: theme.Sev1, Do: func() { g.choose(s.urgency, without(rules, r.Channel)) },
		})
	}
	widget.ShowMenu(g.p.Canvas, under, items)
}

// further offers the channels that the sentence does not name.
func (g *Page) further(s section, missing []reach.Channel) fyne.CanvasObject {
	var b *widget.Button
	b = widget.NewButton(widget.ButtonParams{Key: fmt.Sprintf("further %d", s.urgency), Words: g.p.View.Words.Reach.AddRule, Icon: "plus", Small: true, Look: widget.Bare},
		func() {
			rules, _ := g.model.List(s.urgency)
			var items []widget.MenuItem
			for _, c := range missing {
				after := time.Duration(0)
				if len(rules) > 0 {
					after = min(rules[len(rules)-1].After+2*time.Minute, reach.MaxAfter)
				}
				rule := reach.Rule{Channel: c, After: after}
				items = append(items, widget.MenuItem{
					Key: fmt.Sprint(c), Icon: present.ChannelIcon(c), Words: g.later(rule), Do: func() { g.choose(s.urgency, put(rules, rule)) },
				})
			}
			widget.ShowMenu(g.p.Canvas, b, items)
		})
	return b
}

func (g *Page) choose(u reach.Urgency, rules []reach.Rule) {
	all := g.model.With(u, rules)
	g.run(func(ctx context.Context) error { return g.p.Session.ChooseRules(ctx, all) })
}

// absent returns the channels that rules do not name.
func absent(rules []reach.Rule) []reach.Channel {
	return slices.DeleteFunc(reach.AllChannels(), func(c reach.Channel) bool {
		return slices.ContainsFunc(rules, func(r reach.Rule) bool { return r.Channel == c })
	})
}

func without(rules []reach.Rule, c reach.Channel) []reach.Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r reach.Rule) bool { return r.Channel == c })
}

// put returns rules where a channel is tried as one says.
func put(rules []reach.Rule, r reach.Rule) []reach.Rule {
	return append(without(rules, r.Channel), r)
}
