package widget

import (
	"slices"

	"fyne.io/fyne/v2"
)

// ShowAgain returns what shows the lasting panels anew that are open on c now, for when all that c shows is made anew:
// questions with the words that stand in them.
func ShowAgain(c fyne.Canvas) func() {
	var open []func()
	for _, o := range c.Overlays().List() {
		if panel, ok := o.(*Overlay); ok && panel.again != nil {
			if show := panel.again(); show != nil {
				open = append(open, show)
			}
		}
	}
	return func() {
		for _, show := range open {
			show()
		}
	}
}

// Lasts has ShowAgain call show in place of the panel.
func (o *Overlay) Lasts(show func()) { o.again = func() func() { return show } }

// again returns what asks the question anew as it stands now. One whose answer is under way is not asked twice: whoever
// answered it is told elsewhere what came of it.
func (f *Form) again() func() {
	if f.asks {
		return nil
	}
	p, last := f.p, f.last
	at := slices.IndexFunc(p.Fields, func(field *Field) bool { return p.Canvas.Focused() == field.Input() })
	return func() {
		p.Fields = slices.Clone(p.Fields)
		for i, field := range p.Fields {
			p.Fields[i] = field.anew()
		}
		p.Gone = nil // what had the keyboard before is there no more
		anew := ShowForm(p)
		if last != nil {
			anew.Refuse(*last)
		}
		if at >= 0 {
			p.Canvas.Focus(p.Fields[at].Input())
		}
	}
}
