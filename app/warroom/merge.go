package warroom

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Merger joins incidents that were declared twice.
type Merger interface {
	// Mergeable returns the incidents that another one may repeat, whose titles hold what was typed.
	Mergeable(ctx context.Context, in id.Incident, typed string) ([]present.Similar, error)
	// MergeInto ends an incident as a repetition of another. The base is that of its status.
	MergeInto(ctx context.Context, from, into id.Incident, base incident.Base) error
}

// askMerge asks which incident this one repeats. What was given is looked for at first.
func (r *Page) askMerge(given string) {
	w, in, base := r.p.View.Words.Merge, r.in, r.model.Bases.Status
	var o *widget.Overlay
	nothing := widget.NewFlow(22)
	finder := widget.NewFinder(w.Field, func() {
		if o != nil {
			o.Fit()
		}
	})
	finder.OnTyped = func(typed string) { r.findMergeable(finder, nothing, typed) }
	finder.OnPick = func(picked widget.Option) {
		o.Dismiss()
		if into, err := id.Parse[id.Incident](picked.Key); err == nil {
			r.merge(in, into, base)
		}
	}
	o = widget.ShowSheet(r.p.Canvas, widget.Column(10,
		widget.NewFlow(28, widget.Span{Words: w.Title, Style: widget.Strong(theme.Title, theme.Text)}),
		widget.NewFlow(22, widget.Span{Words: w.Text, Style: widget.Plain(theme.Body, theme.Muted)}), finder, nothing), 620)
	o.OnGone = r.Focus
	r.p.Canvas.Focus(finder.Input())
	finder.SetWords(given)
	if given == "" {
		r.findMergeable(finder, nothing, "") // what was not changed asks for nothing
	}
}

func (r *Page) findMergeable(finder *widget.Finder, nothing *widget.Flow, typed string) {
	in := r.in
	r.p.Work.Go(func(ctx context.Context) func() {
		found, err := r.p.Session.Mergeable(ctx, in, typed)
		return func() {
			if err != nil {
				r.p.Failed(err)
				return
			}
			if finder.Input().Text != typed {
				return // more was typed meanwhile
			}
			var options []widget.Option
			for _, s := range found {
				options = append(options, widget.Option{
					Key: s.ID.String(), Mark: widget.NewSeverity(s.Level, 16), Words: clip(s.Title, 60),
					Note: s.Number + "  ·  " + s.State + "  ·  " + s.When,
				})
			}
			words := ""
			if len(options) == 0 {
				words = r.p.View.Words.Merge.Nothing
			}
			nothing.Set(widget.Span{Words: words, Style: widget.Plain(theme.Body, theme.Muted)})
			finder.SetOptions(options)
		}
	})
}

func (r *Page) merge(from, into id.Incident, base incident.Base) {
	r.p.Work.Go(func(ctx context.Context) func() {
		err := r.p.Session.MergeInto(ctx, from, into, base)
		return func() {
			if err != nil {
				r.p.Failed(err)
			}
			r.Refresh()
		}
	})
}

// addGoesOn says above the timeline, in every width, that what is written here belongs into another incident.
func (r *Page) addGoesOn() {
	other := r.model.Repeats
	if other == nil {
		return
	}
	w := r.p.View.Words.Merge
	text := widget.NewFlow(20, widget.Span{
		Words: fmt.Sprintf(w.GoesOn, other.Number+", "+clip(other.Title, 90)), Style: widget.Strong(theme.Body, theme.Text),
	})
	open := widget.NewButton(widget.ButtonParams{Key: "goes on", Words: w.Open, Small: true, Look: widget.Gold}, func() { r.p.Open(other.ID) })
	row := widget.Row(10, 1, widget.NewIcon("copy", 18, theme.Gold), text, open)
	r.notSent.Add(widget.Pad(0, 0, 8, 0, widget.On(widget.NewBox(theme.Surface, theme.Gold), widget.Pad(8, 10, 8, 14, row))))
}

// addRepeats says which incident this one repeats, with the way back; the way there stands above the timeline.
func (r *Page) addRepeats(into *fyne.Container) {
	other := r.model.Repeats
	if other == nil {
		return
	}
	w := r.p.View.Words.Merge
	undo := widget.NewButton(widget.ButtonParams{Key: "no duplicate", Words: w.Undo, Small: true}, func() {
		r.submit(incident.ChangeStatus{Base: r.model.Bases.Status, To: incident.Open, Reason: w.UndoReason})
		r.Focus()
	})
	words := fmt.Sprintf(w.Repeats, other.Number+" "+clip(other.Title, 90))
	into.Add(widget.NewCard(widget.Pad(10, 12, 10, 12, widget.Column(8,
		widget.NewFlow(22, widget.Span{Words: words, Style: widget.Strong(theme.Body, theme.Text)}),
		widget.Row(8, -1, undo)))))
	into.Add(widget.Space(0, 18))
}
