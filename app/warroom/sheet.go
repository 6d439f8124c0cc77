package warroom

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// sheet is a question about the incident. What was filled in and not answered is there again when the same question is
// asked again, for as long as the room is open.
type sheet struct {
	key         string            // what is asked, and of what
	under       fyne.CanvasObject // what was pressed, or nil
	title, text string
	above       fyne.CanvasObject // or nil
	fields      []*widget.Field
	names       []string // what the rules call the fields
	yes, hint   string
	look        widget.Look
	wide        float32
	// wish returns what is wished for, or why that cannot be told from the words.
	wish func(words []string) (incident.Command, *present.Refusal)
}

func (r *Page) showSheet(q sheet) *widget.Form {
	answered, had := false, wordsIn(q.fields)
	for i, words := range r.begun[q.key] {
		q.fields[i].SetWords(words)
	}
	return widget.ShowForm(widget.FormParams{
		Canvas: r.p.Canvas, Under: q.under, Title: q.title, Text: q.text, Above: q.above, Fields: q.fields,
		Yes: q.yes, No: r.p.View.Words.Common.Cancel, Look: q.look, Hint: q.hint, Width: q.wide,
		Answer: func(words []string, told func(*present.Refusal) bool) {
			wish, refusal := q.wish(words)
			if refusal != nil {
				told(refusal)
				return
			}
			r.answer(q, wish, func(refusal *present.Refusal) bool {
				answered = refusal == nil
				if answered && slices.Equal(r.begun[q.key], words) {
					delete(r.begun, q.key) // the question was left before the answer came
				}
				return told(refusal)
			})
		},
		Gone: func() {
			delete(r.begun, q.key)
			if now := wordsIn(q.fields); !answered && !slices.Equal(now, had) {
				r.begun[q.key] = now
			}
			r.Focus()
		},
	})
}

// begin fills words into the first field of a question that is asked next. None leave it as it was.
func (r *Page) begin(key, words string) {
	if words != "" {
		r.begun[key] = []string{words}
	}
}

func wordsIn(fields []*widget.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Words()
	}
	return out
}

// answer stores what a question wishes for, and says in it why it was refused; above the page, where the question is gone.
func (r *Page) answer(q sheet, wish incident.Command, told func(*present.Refusal) bool) {
	r.wish(r.in, wish, func(err error) {
		if err == nil {
			told(nil)
			return
		}
		refusal := present.RefusalFrom(err, q.names, r.p.View.Words)
		if !told(&refusal) {
			r.p.Failed(err)
		}
	})
}

func field(placeholder, words string) *widget.Field {
	f := widget.NewField(placeholder)
	f.SetWords(words)
	return f
}
