package widget

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
)

// FormParams is a question with fields to fill in. Only the Canvas, the Title, the words of both buttons and Answer are
// needed.
type FormParams struct {
	Canvas fyne.Canvas
	Under  fyne.CanvasObject // what was pressed; nil shows the question in the middle of the window
	Title  string
	Text   string            // explains the question
	Above  fyne.CanvasObject // stands over the fields
	Fields []*Field
	Heads  []string          // stand over the fields, each over its own; may be left out
	Below  fyne.CanvasObject // stands under the fields
	Yes    string
	No     string
	Look   Look   // of Yes
	Hint   string // the shortcut of Yes
	Width  float32
	// Answer is given what was filled in, and says afterwards what came of it: nil where it was taken. What it calls
	// reports whether somebody still sees the question; where nobody does, a refusal is to be told elsewhere.
	Answer func(words []string, told func(*present.Refusal) bool)
	Gone   func() // the question was answered or left
	// Lasting says that ShowAgain asks it anew. Then Answer must not need what was on the page.
	Lasting bool
}

// Form asks a question in a panel over the page. The panel stays until the answer was taken: what is refused is told at
// its field, and the words are still there. Enter goes on to the next field and answers in the last one; Escape leaves.
type Form struct {
	p     FormParams
	panel *Overlay
	yes   *Button
	at    []*Flow // what is wrong with each field
	wrong *Flow   // and with the whole
	asks  bool    // the answer is under way
	gone  bool
	last  *present.Refusal // why the last answer was not taken, or nil
}

// ShowForm shows a question with the keyboard in its first field.
func ShowForm(p FormParams) *Form {
	f := &Form{p: p, wrong: NewFlow(22)}
	f.yes = NewButton(ButtonParams{Key: "yes", Words: p.Yes, Look: p.Look, Hint: p.Hint}, f.answer)
	col := Column(10, NewFlow(28, Span{Words: p.Title, Style: Strong(theme.Title, theme.Text)}))
	if p.Text != "" {
		col.Add(NewFlow(22, Span{Words: p.Text, Style: Plain(theme.Body, theme.Muted)}))
	}
	if p.Above != nil {
		col.Add(p.Above)
	}
	for i, field := range p.Fields {
		f.at = append(f.at, NewFlow(22))
		f.at[i].Hide()
		part := Column(0, field, f.at[i])
		if i < len(p.Heads) {
			part = Column(0, Pad(0, 0, 2, 0, NewText(p.Heads[i], Plain(theme.Caption, theme.Muted))), field, f.at[i])
		}
		col.Add(part)
		field.OnSubmitted = func(string) { f.enter(i) }
	}
	if p.Below != nil {
		col.Add(p.Below)
	}
	no := NewButton(ButtonParams{Key: "no", Words: p.No}, func() { f.panel.Dismiss() })
	f.wrong.Hide()
	col.Add(Column(0, f.wrong, Pad(6, 0, 0, 0, Row(8, 0, Space(0, 0), no, f.yes))))
	f.show(col)
	return f
}

func (f *Form) show(content fyne.CanvasObject) {
	if f.p.Under != nil {
		f.panel = ShowUnder(f.p.Canvas, f.p.Under, content, f.p.Width)
	} else {
		f.panel = ShowSheet(f.p.Canvas, content, f.p.Width)
	}
	if f.p.Lasting {
		f.panel.again = f.again
	}
	f.panel.OnGone = func() {
		f.gone = true
		if f.p.Gone != nil {
			f.p.Gone()
		}
	}
	if len(f.p.Fields) > 0 {
		f.p.Canvas.Focus(f.p.Fields[0].Input())
	} else {
		f.p.Canvas.Focus(f.yes)
	}
}

// Fit lays the question out again after what stands over or under its fields has changed.
func (f *Form) Fit() { f.panel.Fit() }

// Dismiss leaves the question.
func (f *Form) Dismiss() { f.panel.Dismiss() }

// Answer gives what is filled in, as the button does.
func (f *Form) Answer() { f.answer() }

// Refuse says why the words that the question was opened with were not taken.
func (f *Form) Refuse(r present.Refusal) { f.told(&r) }

// enter goes on behind field i.
func (f *Form) enter(i int) {
	if i+1 < len(f.p.Fields) {
		f.p.Canvas.Focus(f.p.Fields[i+1].Input())
		return
	}
	f.answer()
}

// answer gives the answer once: the second press of one who is in a hurry asks for nothing more.
func (f *Form) answer() {
	if f.asks || f.gone {
		return
	}
	words := make([]string, len(f.p.Fields))
	for i, field := range f.p.Fields {
		words[i] = field.Words()
	}
	f.asks = true
	f.yes.Allow(false)
	f.p.Answer(words, f.told)
}

// told ends asking. It reports whether somebody still sees the question.
func (f *Form) told(r *present.Refusal) bool {
	f.asks, f.last = false, r
	switch {
	case f.gone:
		return false
	case r == nil:
		f.panel.Dismiss()
		return true
	}
	f.yes.Allow(true)
	first := -1
	for i, flow := range f.at {
		alarm(flow, r.At[i])
		if r.At[i] != "" && first < 0 {
			first = i
		}
	}
	alarm(f.wrong, r.Words)
	f.panel.Fit()
	if first >= 0 {
		f.p.Canvas.Focus(f.p.Fields[first].Input())
	}
	return true
}

// alarm says what is wrong, where there is something to say.
func alarm(flow *Flow, words string) {
	flow.Set(Span{Words: words, Style: Plain(theme.Body, theme.Sev1)})
	if flow.Hidden = words == ""; !flow.Hidden {
		flow.Show()
	}
}
