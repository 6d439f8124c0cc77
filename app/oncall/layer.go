package oncall

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	rules "github.com/tsugi-app/tsugi/sync/oncall"
)

// layer is the part of the form for one layer: who takes turns, for how long, from when, at which hours.
func (e *editor) layer(i int) fyne.CanvasObject {
	w, l := e.page.p.View.Words.OnCall, &e.draft.Layers[i]
	col := widget.Column(6)
	if len(e.draft.Layers) > 1 {
		e.nameLayer(col, i)
	}
	col.Add(widget.NewCaps(w.WhoTurns))
	for j := range l.Places {
		col.Add(e.place(i, j))
	}
	col.Add(e.addPerson(i))
	e.mark(col, present.LayerField(i, ""))
	col.Add(widget.Space(0, 6))
	lasts := widget.Column(4, widget.NewCaps(w.Every), widget.Row(8, 0, e.every(i), e.units(i)))
	e.mark(lasts, present.LayerField(i, "every"))
	anchor := e.field(present.LayerField(i, "anchor"), "2026-01-31 09:00", &l.Anchor)
	hands := widget.Column(4, widget.NewCaps(w.HandOver), anchor)
	e.mark(hands, present.LayerField(i, "anchor"))
	hands.Add(widget.NewFlow(18, widget.Span{Words: w.HandOverHint, Style: widget.Plain(theme.Caption, theme.Muted)}))
	col.Add(widget.Cards(260, 16, lasts, hands))
	e.hours(col, i)
	return widget.NewCard(col)
}

// nameLayer is what tells one of several layers from the others, and which of them counts.
func (e *editor) nameLayer(col *fyne.Container, i int) {
	w, l := e.page.p.View.Words.OnCall, &e.draft.Layers[i]
	drop := widget.NewButton(widget.ButtonParams{
		Key: fmt.Sprint("drop layer ", i), Words: w.DropLayer, Small: true, Look: widget.Bare, Tone: theme.Muted,
	}, func() {
		e.draft.Layers = slices.Delete(e.draft.Layers, i, i+1)
		e.rebuild()
	})
	col.Add(widget.Row(8, 0, widget.NewCaps(w.LayerName), drop))
	col.Add(e.field(present.LayerField(i, "name"), w.LayerNameHint, &l.Name))
	if i == 0 {
		return
	}
	ranks := widget.Wrap(8)
	ranks.Add(e.choice(fmt.Sprint("steps ", i), w.RankSteps, !l.Beside, func() { l.Beside = false }))
	ranks.Add(e.choice(fmt.Sprint("beside ", i), w.RankBeside, l.Beside, func() { l.Beside = true }))
	col.Add(ranks)
}

// choice is one of several things of which one holds.
func (e *editor) choice(key, words string, on bool, choose func()) fyne.CanvasObject {
	p := widget.ButtonParams{Key: key, Words: words, Small: true}
	if on {
		p.Icon, p.Tone = "tick", theme.Gold
	}
	b := widget.NewButton(p, func() {
		choose()
		e.rebuild()
	})
	b.Choose(on)
	return b
}

// place is one turn: who serves in it, together.
func (e *editor) place(i, j int) fyne.CanvasObject {
	v, l := e.page.p.View, &e.draft.Layers[i]
	w := v.Words.OnCall
	who := widget.Wrap(6)
	for n, p := range l.Places[j] {
		if n > 0 {
			who.Add(widget.On(widget.NewText(w.And, widget.Plain(theme.Caption, theme.Muted)), widget.Space(0, 26)))
		}
		who.Add(e.chip(i, j, v.Person(p)))
	}
	row := widget.RowTop(10, 1, widget.Fixed(16, widget.On(widget.NewTextRight(fmt.Sprintf(w.TurnNumber, j+1), widget.Plain(theme.Caption, theme.Muted)), widget.Space(0, 26))), who)
	small := func(key, icon, tip string, do func()) {
		row.Add(widget.NewButton(widget.ButtonParams{Key: fmt.Sprint(key, " ", i, " ", j), Icon: icon, Tip: tip, Small: true, Look: widget.Bare, Tone: theme.Muted}, func() {
			do()
			e.rebuild()
		}))
	}
	if j > 0 {
		small("together", "link", w.Together2, func() {
			l.Places[j-1] = append(slices.Clone(l.Places[j-1]), l.Places[j]...)
			l.Places = slices.Delete(l.Places, j, j+1)
		})
		small("up", "up", w.Up, func() { l.Places[j-1], l.Places[j] = l.Places[j], l.Places[j-1] })
	}
	return row
}

func (e *editor) chip(i, j int, p present.Person) fyne.CanvasObject {
	ground := widget.NewBox(theme.Raised, theme.Clear)
	ground.Radius = 6
	away := widget.NewPress(fmt.Sprint("take out ", i, " ", p.ID), widget.Pad(3, 4, 3, 4, widget.NewIcon("close", 12, theme.Muted)), func() {
		l := &e.draft.Layers[i]
		rest := slices.DeleteFunc(slices.Clone(l.Places[j]), func(have id.Person) bool { return have == p.ID })
		if l.Places[j] = rest; len(rest) == 0 {
			l.Places = slices.Delete(l.Places, j, j+1)
		}
		e.rebuild()
		e.to(addKey(i))
	})
	away.Tip = fmt.Sprintf(e.page.p.View.Words.OnCall.TakeOut, p.Name)
	return widget.On(ground, widget.Pad(3, 4, 3, 5, widget.Row(6, -1, widget.NewAvatar(p.Initials, 20), widget.NewText(p.Name, widget.Plain(theme.Body, theme.Text)), away)))
}

func addKey(i int) string { return present.LayerField(i, "") }

// addPerson finds somebody who takes turns too, as the last.
func (e *editor) addPerson(i int) fyne.CanvasObject {
	find := widget.NewFinder(e.page.p.View.Words.OnCall.AddPerson, func() { e.page.scroll.Fit() })
	find.Name(addKey(i))
	find.OnTyped = func(typed string) { find.SetOptions(options(e.page.model.People, typed)) }
	find.OnPick = func(o widget.Option) {
		who, err := id.Parse[id.Person](o.Key)
		if err != nil {
			return
		}
		e.draft.Layers[i].Places = append(e.draft.Layers[i].Places, rules.Place{who})
		find.Clear()
		e.rebuild()
		e.to(addKey(i))
	}
	return find
}

func (e *editor) every(i int) fyne.CanvasObject {
	return e.field(present.LayerField(i, "every"), "1", &e.draft.Layers[i].Every)
}

func (e *editor) units(i int) fyne.CanvasObject {
	w, l := e.page.p.View.Words.OnCall, &e.draft.Layers[i]
	row := widget.Row(2, -1)
	for _, u := range []struct {
		unit  rules.Unit
		words string
	}{{rules.Hour, w.UnitHour}, {rules.Day, w.UnitDay}, {rules.Week, w.UnitWeek}, {rules.Month, w.UnitMonth}} {
		p := widget.ButtonParams{Key: fmt.Sprint("unit ", i, " ", u.unit), Words: u.words, Small: true, Look: widget.Bare, Tone: theme.Muted}
		if l.Unit == u.unit {
			p.Look, p.Tone = widget.Quiet, theme.Gold
		}
		b := widget.NewButton(p, func() {
			l.Unit = u.unit
			e.rebuild()
		})
		b.Choose(l.Unit == u.unit)
		row.Add(b)
	}
	return row
}

// hours are at which hours of which days a layer is on.
func (e *editor) hours(col *fyne.Container, i int) {
	w, l := e.page.p.View.Words.OnCall, &e.draft.Layers[i]
	col.Add(widget.Row(0, -1, widget.NewCheck(w.HoursLimit, l.Limited, func(on bool) {
		if l.Limited = on; on && len(l.Hours) == 0 {
			l.Hours = append(l.Hours, present.HoursDraft{
				Days: rules.DaysOf(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday), From: w.HoursFrom, Until: w.HoursUntil,
			})
		}
		e.rebuild()
	})))
	if !l.Limited {
		return
	}
	for j := range l.Hours {
		col.Add(e.window(i, j))
		e.mark(col, present.HoursField(i, j))
	}
	col.Add(widget.Row(0, -1, widget.NewButton(widget.ButtonParams{Key: fmt.Sprint("add hours ", i), Words: w.AddHours, Icon: "plus", Small: true}, func() {
		l.Hours = append(l.Hours, present.HoursDraft{Days: rules.DaysOf(time.Saturday, time.Sunday), From: w.HoursFrom, Until: w.HoursUntil})
		e.rebuild()
	})))
}

// window is one span of hours.
func (e *editor) window(i, j int) fyne.CanvasObject {
	v, h := e.page.p.View, &e.draft.Layers[i].Hours[j]
	days := widget.Row(4, -1)
	names := strings.Fields(v.Words.Time.Weekdays)
	for d := time.Monday; d <= time.Saturday+1; d++ {
		day := d % 7
		p := widget.ButtonParams{Key: fmt.Sprint("day ", i, " ", j, " ", int(day)), Words: names[day], Small: true, Look: widget.Bare, Tone: theme.Muted}
		if h.Days.Has(day) {
			p.Look, p.Tone = widget.Quiet, theme.Text
		}
		b := widget.NewButton(p, func() {
			h.Days ^= rules.DaysOf(day)
			e.rebuild()
		})
		b.Choose(h.Days.Has(day))
		days.Add(b)
	}
	from := widget.Fixed(84, e.field(present.HoursField(i, j), v.Words.OnCall.HoursFrom, &h.From))
	until := widget.Fixed(84, e.field(present.HoursField(i, j)+" until", v.Words.OnCall.HoursUntil, &h.Until))
	row := widget.Wrap(8, days, widget.Row(6, -1, from, widget.NewText("–", widget.Plain(theme.Body, theme.Muted)), until))
	if len(e.draft.Layers[i].Hours) > 1 {
		row.Add(widget.NewButton(widget.ButtonParams{
			Key: fmt.Sprint("drop hours ", i, " ", j), Icon: "close", Small: true, Look: widget.Bare, Tone: theme.Muted, Tip: v.Words.OnCall.RemoveHours,
		}, func() {
			e.draft.Layers[i].Hours = slices.Delete(e.draft.Layers[i].Hours, j, j+1)
			e.rebuild()
		}))
	}
	return row
}

// addLayer adds one below, which steps in where nobody above serves.
func (e *editor) addLayer() {
	e.draft.Layers = append(e.draft.Layers, present.NewLayerDraft(e.page.p.Now(), e.page.p.View))
	e.rebuild()
	e.to(present.LayerField(len(e.draft.Layers)-1, "name"))
}
