package widget

import (
	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
)

// NewAvatar returns a person's initials in a circle, size wide.
func NewAvatar(initials string, size float32) fyne.CanvasObject {
	ring := NewBox(theme.Raised, theme.Line)
	ring.Radius = floor(theme.Scaled(size) / 2)
	letters := NewText(initials, Strong(floor(size*0.4), theme.Text))
	return On(ring, Space(size, size), Centred(letters))
}

// Centred keeps one line in the middle of the room it gets.
func Centred(t *Text) fyne.CanvasObject {
	return &fyne.Container{Layout: centre{}, Objects: []fyne.CanvasObject{t}}
}

type centre struct{}

// Layout puts the words in the middle.
func (centre) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		w, h := min(NaturalWidth(o), size.Width), o.MinSize().Height
		Place(o, floor((size.Width-w)/2+0.5), floor((size.Height-h)/2+0.5), w, h)
	}
}

// MinSize is the height of the line.
func (centre) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, objects[0].MinSize().Height)
}

// NewTag returns a tag or a state as a small word on a ground.
func NewTag(words string, tone theme.Name) fyne.CanvasObject {
	ground := NewBox(theme.Raised, theme.Clear)
	ground.Radius = 6
	return On(ground, Pad(2, 8, 2, 8, NewText(words, Plain(theme.Caption, tone))))
}

// NewTagRemovable returns a tag that can be taken away.
func NewTagRemovable(words string, remove func()) fyne.CanvasObject {
	ground := NewBox(theme.Raised, theme.Clear)
	ground.Radius = 6
	words2 := NewText(words, Plain(theme.Caption, theme.Text))
	away := NewPress("untag "+words, Pad(0, 4, 0, 4, NewIcon("close", 12, theme.Muted)), remove)
	return On(ground, Pad(2, 4, 2, 8, Row(2, -1, words2, away)))
}

// NewLock returns the mark of what not everybody may see, and says to a pointer that rests there how many people do.
func NewLock(size float32, says string) fyne.CanvasObject {
	return NewHint(NewIcon("lock", size, theme.Text), says)
}

// NewCard returns what on a ground of its own with a frame.
func NewCard(what fyne.CanvasObject) *fyne.Container {
	return On(NewBox(theme.Surface, theme.Line), Pad(16, 20, 16, 20, what))
}

// NewGround returns one plain colour without corners, to lay other things on.
func NewGround(tone theme.Name) *Rule { return NewRule(tone) }

// Trouble is what went wrong, in the three sentences that help.
type Trouble struct{ What, Safe, Do string }

// NewNotice returns a line that tells a trouble; done takes it away.
func NewNotice(t Trouble, closeWords string, done func()) fyne.CanvasObject {
	return told(theme.Sev2, "warn", t, NewButton(ButtonParams{Key: "close notice", Words: closeWords, Small: true}, done))
}

// NewWarning returns a line that tells a trouble, with what can be done about it.
func NewWarning(t Trouble, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	return told(theme.Sev1, "warn", t, Row(8, -1, buttons...))
}

// NewWord returns a line that tells something which is no trouble, with the same three sentences; done takes it away.
func NewWord(icon string, t Trouble, closeWords string, done func()) fyne.CanvasObject {
	return told(theme.Muted, icon, t, NewButton(ButtonParams{Key: "close notice", Words: closeWords, Small: true}, done))
}

func told(tone theme.Name, icon string, t Trouble, away fyne.CanvasObject) fyne.CanvasObject {
	lines := Column(2, NewFlow(20, Span{Words: t.What, Style: Strong(theme.Body, theme.Text)}))
	for _, more := range []string{t.Safe, t.Do} {
		if more != "" {
			lines.Add(NewFlow(20, Span{Words: more, Style: Plain(theme.Body, theme.Muted)}))
		}
	}
	mark := Pad(2, 0, 0, 0, NewIcon(icon, 18, tone))
	return On(NewBox(theme.Raised, tone), Pad(12, 12, 12, 16, RowTop(12, 1, mark, lines, away)))
}

// NewTabs returns names to choose between; the chosen one is underlined in gold.
func NewTabs(names []string, chosen int, choose func(int)) fyne.CanvasObject {
	row := Row(16, -1)
	for i, name := range names {
		style, under := Plain(theme.Caption, theme.Muted), theme.Clear
		if i == chosen {
			style, under = Strong(theme.Caption, theme.Text), theme.Gold
		}
		line := NewRule(under)
		line.Thick = 2
		row.Add(NewPress("tab "+name, Column(4, NewText(name, style), line), func() { choose(i) }))
	}
	return row
}

// NewCheck returns words with a box to tick, which is ticked already where on says so.
func NewCheck(words string, on bool, changed func(bool)) *Press {
	box, tick := NewBox(theme.Clear, theme.Muted), NewIcon("tick", 16, theme.OnGold)
	box.Radius = 5
	if on {
		box.Set(theme.Gold, theme.Gold)
	} else {
		tick.Hide()
	}
	var p *Press
	p = NewPress("check "+words, On(Row(10, -1, On(box, Space(20, 20), tick), NewText(words, Plain(theme.Body, theme.Text))), Space(0, 28)), func() {
		if on := !tick.Visible(); on {
			box.Set(theme.Gold, theme.Gold)
			tick.Show()
		} else {
			box.Set(theme.Clear, theme.Muted)
			tick.Hide()
		}
		p.Refresh()
		changed(tick.Visible())
	})
	return p
}
