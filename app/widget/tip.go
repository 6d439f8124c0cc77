package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"github.com/tsugi-app/tsugi/app/theme"
)

// tipAfter is how long the pointer rests on something before it is explained.
const tipAfter = 500 * time.Millisecond

// Tips is the layer of a window in which things are explained. It lies over the page and takes no click.
type Tips struct {
	fynewidget.BaseWidget
	panel *fyne.Container
	words *Text
	over  fyne.CanvasObject // what is explained, or will be
}

// NewTips returns an empty layer. It belongs into the window's content, at its top level and in front.
func NewTips() *Tips {
	t := &Tips{words: NewText("", Plain(theme.Caption, theme.Text))}
	t.panel = On(NewBox(theme.Raised, theme.Line), Pad(5, 9, 5, 9, t.words))
	t.panel.Hide()
	t.ExtendBaseWidget(t)
	return t
}

// Children returns the explanation, while there is one.
func (t *Tips) Children() []fyne.CanvasObject { return []fyne.CanvasObject{t.panel} }

// CreateRenderer draws it.
func (t *Tips) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		objects: these(t.panel), layout: func(fyne.Size) {}, min: func() fyne.Size { return fyne.Size{} }, refresh: t.panel.Refresh,
	}
}

// tipsOf returns the layer of the window that o is in, or nil: a panel over the page has none.
func tipsOf(o fyne.CanvasObject) *Tips {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil || c.Overlays().Top() != nil {
		return nil
	}
	content, ok := c.Content().(*fyne.Container)
	if !ok {
		return nil
	}
	for _, part := range content.Objects {
		if t, is := part.(*Tips); is {
			return t
		}
	}
	return nil
}

// explain shows words near o, at once or when the pointer has rested there.
func explain(o fyne.CanvasObject, words string, after time.Duration) {
	t := tipsOf(o)
	if t == nil || words == "" {
		return
	}
	t.over = o
	if after == 0 {
		t.show(o, words)
		return
	}
	time.AfterFunc(after, func() {
		fyne.Do(func() {
			if t.over == o {
				t.show(o, words)
			}
		})
	})
}

// unexplain takes the words away that belong to o.
func unexplain(o fyne.CanvasObject) {
	if t := tipsOf(o); t != nil && t.over == o {
		t.over = nil
		t.panel.Hide()
	}
}

func (t *Tips) show(o fyne.CanvasObject, words string) {
	driver := fyne.CurrentApp().Driver()
	at, here := driver.AbsolutePositionForObject(o), driver.AbsolutePositionForObject(t)
	t.words.Set(words, theme.Text)
	width, tall := NaturalWidth(t.panel), HeightFor(t.panel, 400)
	room := t.Size()
	x := min(max(at.X-here.X+(o.Size().Width-width)/2, 8), max(room.Width-width-8, 8))
	y := at.Y - here.Y + o.Size().Height + 6
	if y+tall > room.Height-4 {
		y = at.Y - here.Y - tall - 6
	}
	Place(t.panel, floor(x), floor(y), width, tall)
	t.panel.Show()
	t.panel.Refresh()
}

// Hint explains what it holds to a pointer that rests on it.
type Hint struct {
	fynewidget.BaseWidget
	child fyne.CanvasObject
	words string
}

// NewHint returns child with an explanation.
func NewHint(child fyne.CanvasObject, words string) *Hint {
	h := &Hint{child: child, words: words}
	h.ExtendBaseWidget(h)
	return h
}

// Set changes the explanation. No words explain nothing.
func (h *Hint) Set(words string) { h.words = words }

// Explanation returns the words, for tests that look.
func (h *Hint) Explanation() string { return h.words }

// Children returns what is explained.
func (h *Hint) Children() []fyne.CanvasObject { return []fyne.CanvasObject{h.child} }

// HeightFor returns the height of what it holds.
func (h *Hint) HeightFor(width float32) float32 { return HeightFor(h.child, width) }

// Natural returns the width of what it holds.
func (h *Hint) Natural() float32 { return NaturalWidth(h.child) }

// CreateRenderer draws what it holds.
func (h *Hint) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{objects: these(h.child), layout: h.child.Resize, min: h.child.MinSize, refresh: h.child.Refresh}
}

// MouseIn waits for the pointer to rest.
func (h *Hint) MouseIn(*desktop.MouseEvent) { explain(h, h.words, tipAfter) }

// MouseMoved does nothing.
func (h *Hint) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the explanation away.
func (h *Hint) MouseOut() { unexplain(h) }
