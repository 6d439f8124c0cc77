package declare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// begun reports whether something is filled in that a declaration would take over.
func (d *Page) begun() bool {
	chosen := d.form.Preset != 0 && d.draft.Level != 0 && d.draft.Level != d.form.Preset
	return chosen || d.draft.Title != "" || d.draft.Private || len(d.draft.Tags) > 0 || d.draft.Kind != 0
}

// stamp notes when the filling in began.
func (d *Page) stamp() {
	switch {
	case !d.begun():
		d.draft.Began, d.goes = time.Time{}, false
	case d.draft.Began.IsZero() && !d.goes: // nobody knows when a draft of former days was begun
		d.draft.Began = d.p.Now()
	}
}

// goOn says that the form goes on from what was begun before, and selects the title of that.
func (d *Page) goOn() {
	if !d.goes {
		d.goes, d.former = true, d.draft.Title
	}
	d.build()
	d.title.SelectAll()
}

// buildBegan says since when what is filled in waits, with the way to begin anew.
func (d *Page) buildBegan() {
	d.began.RemoveAll()
	if d.goes && d.begun() {
		w := d.p.View.Words.Declare
		words := w.GoesOn
		if at := d.draft.Began; !at.IsZero() {
			words = fmt.Sprintf(w.GoesOnFrom, d.p.View.Time(at, d.p.Now()))
		}
		over := widget.NewButton(widget.ButtonParams{Key: "start over", Words: w.StartOver, Small: true}, func() {
			d.clear()
			d.Focus()
		})
		d.began.Add(widget.Pad(8, 0, 0, 0, widget.Row(12, -1, widget.NewText(words, widget.Plain(theme.Body, theme.Gold)), over)))
	}
	d.began.Refresh()
}

// buildFoot says on the button and beside it what pressing it does: what is declared privately must never surprise.
func (d *Page) buildFoot() {
	w := d.p.View.Words
	d.seen.RemoveAll()
	words := w.Declare.Button
	if d.draft.Private {
		words = w.Sight.Button
		d.seen.Add(widget.NewButton(widget.ButtonParams{
			Key: "seen by", Icon: "lock", Words: present.SeenBy(1+len(d.draft.Admit), w), Small: true, Look: widget.Bare, Tone: theme.Text,
		}, d.addPeople))
	}
	d.button.SetWords(words)
	d.seen.Refresh()
	widget.Relay(d.foot)
}

// addPeople puts the keyboard where people are added.
func (d *Page) addPeople() { d.p.Canvas.Focus(d.guests.Input()) }

// askAlone asks before something is declared that nobody else would see. Who presses Enter once more adds people.
func (d *Page) askAlone() {
	w := d.p.View.Words
	widget.Confirm(d.p.Canvas, widget.Question{
		Title: w.Sight.AloneTitle, Text: w.Sight.AloneText, Yes: w.Sight.AloneYes, No: w.Sight.AloneNo,
	}, d.declare).OnGone = d.addPeople
}

// retitled reports whether another title stands in a private draft that goes on: it was begun for those who were to see
// another matter. A title that was only gone on with is none.
func (d *Page) retitled() bool {
	return d.goes && d.draft.Private && d.former != "" && !strings.HasPrefix(d.title.Words(), d.former)
}

// askSame asks once whether those who were added for the former title are who is to see this one.
func (d *Page) askSame() {
	w, names, former := d.p.View.Words, []string(nil), d.former
	for _, p := range d.form.People {
		if slices.Contains(d.draft.Admit, p.ID) {
			names = append(names, p.Name)
		}
	}
	d.former = ""
	widget.Confirm(d.p.Canvas, widget.Question{
		Title: w.Sight.ChangedTitle, Text: fmt.Sprintf(w.Sight.ChangedText, former, strings.Join(names, ", ")), Yes: w.Sight.AloneYes, No: w.Sight.AloneNo,
	}, d.declare).OnGone = d.addPeople
}
