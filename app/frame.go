package app

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// frame is what stands around all pages: the bar with the truth about the server and the one button,
// the rail of pages, and the strip at the bottom while the server is not reached.
type frame struct {
	words    words.Catalog
	calls    frameCalls
	root     *fyne.Container
	brand    fyne.CanvasObject
	top      *fyne.Container
	line     *widget.Rule
	rail     *fyne.Container
	content  *fyne.Container
	notices  *fyne.Container
	rings    *fyne.Container // the pages that ring, over every page
	strip    *fyne.Container
	lay      *frameLayout
	mark     *widget.Icon
	badge    *widget.Text
	right    fyne.CanvasObject
	button   *widget.Button
	at       string
	known    present.Connection  // what is shown of it
	told     *present.Trouble    // what is told above the page, or nil
	rung     []present.Ring      // the pages that are shown as ringing
	standing []fyne.CanvasObject // what stays there over all else
}

type frameCalls struct {
	open    func(name string)
	answer  func(present.Ring, incident.Command) // nil opens the room
	declare func()
	search  func()
	canvas  fyne.Canvas
}

func newFrame(w words.Catalog, calls frameCalls) *frame {
	f := &frame{
		words: w, calls: calls, lay: &frameLayout{alone: true},
		brand: widget.NewText(w.Shell.Name, widget.Strong(theme.Entry, theme.Text)),
		line:  widget.NewRule(theme.Line), rail: widget.Column(4), strip: widget.Column(0),
		content: widget.On(), notices: widget.Column(8), rings: widget.Column(8),
		mark: widget.NewIcon("hollow", 12, theme.Muted), badge: widget.NewText("", widget.Plain(theme.Caption, theme.Muted)),
	}
	button := widget.NewButton(widget.ButtonParams{
		Key: "declare", Words: w.Common.Declare, Hint: w.Shell.DeclareHint, Look: widget.Gold,
	}, calls.declare)
	f.button = button
	f.right = widget.Row(14, -1, widget.Row(6, -1, f.mark, f.badge), button)
	f.top = widget.Pad(0, 20, 0, 20)
	// There is no ground under them: the toolkit clears each frame with the same colour, and a second one of the whole window
	// costs half a frame where there is no graphics card.
	f.root = &fyne.Container{Layout: f.lay, Objects: []fyne.CanvasObject{
		f.content, f.top, f.line,
		widget.NewScroll(widget.Pad(12, 4, 12, 4, f.rail)), widget.NewRule(theme.Line), f.strip, f.notices, f.rings, widget.NewTips(),
	}}
	f.lay.folded = func(narrow bool) {
		f.button.Brief(narrow)
		f.badge.Hidden = narrow
		f.top.Refresh()
	}
	return f
}

// showAlone shows a page without bar and rail: there is nothing to go to yet.
func (f *frame) showAlone(content fyne.CanvasObject) {
	f.lay.alone = true
	f.put(content)
}

func (f *frame) show(name string, header, content fyne.CanvasObject) {
	f.lay.alone, f.at = false, name
	if header == nil {
		header = widget.Row(20, 1, f.brand, f.searchBox())
	}
	f.top.Objects = []fyne.CanvasObject{widget.Row(20, 0, header, f.right)}
	f.button.Hidden = name == onDeclare // there it would be the same button twice
	f.alarm(theme.Line)
	f.clearNotices()
	f.buildRail()
	f.put(content)
}

// searchBox is what looks like a field at the top of most pages; it opens the box for search and commands.
func (f *frame) searchBox() fyne.CanvasObject {
	keys := widget.NewBox(theme.Clear, theme.Line)
	keys.Radius = 5
	row := widget.Row(10, 1, widget.NewIcon("search", 18, theme.Muted),
		widget.NewText(f.words.Hands.Box, widget.Plain(theme.Body, theme.Muted)),
		widget.On(keys, widget.Pad(2, 7, 2, 7, widget.NewText(fmt.Sprintf(f.words.Hands.Ctrl, "K"), widget.Plain(theme.Caption, theme.Muted)))))
	box := widget.On(widget.NewBox(theme.Surface, theme.Line), widget.Pad(0, 10, 0, 12, row), widget.Space(0, theme.RowTall))
	return widget.Narrow(440, widget.NewPress("search box", box, f.calls.search))
}

func (f *frame) put(content fyne.CanvasObject) {
	f.content.Objects = []fyne.CanvasObject{content}
	f.root.Refresh()
}

// alarm colours the line under the bar.
func (f *frame) alarm(tone theme.Name) {
	f.line.SetTone(tone)
	if hot := tone != theme.Line; hot != f.lay.hot {
		f.lay.hot = hot
		widget.Relay(f.root)
	}
}

func (f *frame) buildRail() {
	w := f.words.Shell
	widget.KeepFocus(f.calls.canvas, f.root, func() {
		f.rail.RemoveAll()
		f.rail.Add(f.place(onBoard, "fire", w.Board, theme.Muted))
		unsent, tone := w.Unsent, theme.Muted
		if n := f.known.Pending + f.known.Refused; n > 0 {
			unsent, tone = fmt.Sprintf("%s %d", unsent, n), theme.Sev2
		}
		if f.known.Refused > 0 {
			tone = theme.Sev1
		}
		f.rail.Add(f.place(onDuty, "clock", f.words.OnCall.Page, theme.Muted))
		f.rail.Add(f.place(onPolicy, "megaphone", f.words.Policies.Page, theme.Muted))
		f.rail.Add(f.place(onSearch, "search", f.words.Hands.Search, theme.Muted))
		f.rail.Add(f.place(onUnsent, "unsent", unsent, tone))
		f.rail.Add(f.place(onPeople, "people", w.People, theme.Muted))
		f.rail.Add(f.place(onTerms, "milestone", f.words.Terms.Page, theme.Muted))
		f.rail.Add(f.place(onReach, "bell", f.words.Reach.Page, theme.Muted))
	})
	f.rail.Refresh()
}

func (f *frame) place(name, icon, label string, tone theme.Name) fyne.CanvasObject {
	here := f.at == name || name == onBoard && f.at == onRoom
	words := theme.Muted
	if here {
		words = theme.Text
		if tone == theme.Muted {
			tone = theme.Gold
		}
	}
	col := widget.Column(2, widget.Middle(22, widget.NewIcon(icon, 22, tone)),
		widget.Centred(widget.NewText(label, widget.Plain(theme.Caption, words))))
	press := widget.NewPress("page "+name, widget.Pad(9, 0, 7, 0, col), func() { f.calls.open(name) })
	press.Choose(here)
	return press
}

// connection tells the truth about the server. It is called after every change of anything, and draws only what says
// something else than before.
func (f *frame) connection(c present.Connection, v present.View) {
	former, strip := f.known, c.Strip(v)
	f.known = c
	words, tone := c.Badge(v)
	icon, shown := "dot", theme.Muted
	if !c.Reached() {
		icon, shown = "hollow", theme.Name(tone)
	}
	if f.badge.Words() != words {
		defer f.top.Refresh() // it is as wide as its words
	}
	f.mark.Set(icon, theme.Name(tone))
	f.badge.Set(words, shown)
	if strip != former.Strip(v) || c.Reach != former.Reach {
		widget.KeepFocus(f.calls.canvas, f.strip, func() { f.buildStrip(c, strip) })
		widget.Relay(f.root)
	}
	if !f.lay.alone && (c.Pending != former.Pending || c.Refused != former.Refused) {
		f.buildRail()
	}
}

// buildStrip fills the line at the bottom, where there is something to say.
func (f *frame) buildStrip(c present.Connection, strip string) {
	f.strip.RemoveAll()
	if strip != "" {
		row := widget.Row(10, 1, widget.NewIcon("offline", 16, theme.Sev2),
			widget.NewFlow(20, widget.Span{Words: strip, Style: widget.Strong(theme.Body, theme.Sev2)}))
		if c.Reach == present.ShutOut {
			row.Add(widget.NewButton(widget.ButtonParams{Key: "enrol again", Words: f.words.Shell.EnrolAgain, Small: true},
				func() { f.calls.open(onEnrol) }))
		}
		f.strip.Add(widget.NewRule(theme.Sev2))
		f.strip.Add(widget.On(widget.NewGround(theme.Surface), widget.Pad(8, 20, 8, 20, row)))
	}
}

// notice tells a trouble above the page until it is closed or another page is opened.
func (f *frame) notice(t present.Trouble) {
	f.clearNotices()
	f.told = &t
	f.notices.Add(widget.NewNotice(widget.Trouble(t), f.words.Common.Close, f.clearNotices))
	f.root.Refresh()
}

// say tells something that is no trouble, as notice does.
func (f *frame) say(icon string, t present.Trouble) {
	f.clearNotices()
	f.notices.Add(widget.NewWord(icon, widget.Trouble(t), f.words.Common.Close, f.clearNotices))
	f.root.Refresh()
}

// warn shows what stays above every page until it is answered, over what else is told there.
func (f *frame) warn(standing []fyne.CanvasObject) {
	f.notices.Objects = append(slices.Clone(standing), f.notices.Objects[len(f.standing):]...)
	f.standing = standing
	f.notices.Refresh()
	f.root.Refresh()
}

// dismissNotice takes away what is told above the page. It is false where nothing is.
func (f *frame) dismissNotice() bool {
	if len(f.notices.Objects) <= len(f.standing) {
		return false
	}
	f.clearNotices()
	return true
}

func (f *frame) clearNotices() {
	f.told = nil
	f.notices.Objects = f.notices.Objects[:len(f.standing)]
	f.notices.Refresh()
	f.root.Refresh()
}

// barFrom is the width from which the bar shows everything.
const barFrom = 900

// frameLayout lays the bar, the rail, the page and the strip out.
type frameLayout struct {
	alone  bool // only the page
	hot    bool // the line under the bar is thick
	narrow bool // there is no room for what can be left away
	folded func(narrow bool)
}

// The order of the frame's objects.
const (
	content = iota
	top
	line
	rail
	railLine
	strip
	notices
	rings
	tips
)

// Layout puts the parts where they belong.
func (l *frameLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[tips].Resize(size)
	bar, left, bottom := theme.Scaled(theme.Bar), theme.Scaled(theme.Rail), widget.HeightFor(o[strip], size.Width)
	for _, part := range []int{top, line, rail, railLine} {
		if l.alone {
			o[part].Hide()
		} else {
			o[part].Show()
		}
	}
	if l.alone {
		bar, left = 0, 0
	}
	if narrow := size.Width < theme.Scaled(barFrom); narrow != l.narrow {
		l.narrow = narrow
		l.folded(narrow)
	}
	thick := float32(1)
	if l.hot {
		thick = 2
	}
	set := func(i int, x, y, w, h float32) { widget.Place(o[i], x, y, w, h) }
	set(top, 0, 0, size.Width, bar-thick)
	set(line, 0, bar-thick, size.Width, thick)
	set(rail, 0, bar, left-1, size.Height-bar-bottom)
	set(railLine, left-1, bar, 1, size.Height-bar-bottom)
	set(strip, 0, size.Height-bottom, size.Width, bottom)
	wide, told := size.Width-left-72, float32(0)
	if rung := widget.HeightFor(o[rings], wide); rung > 0 {
		set(rings, left+36, bar+12, wide, rung)
		bar += rung + 12
	}
	if told = widget.HeightFor(o[notices], wide); told > 0 {
		set(notices, left+36, bar+12, wide, told)
		told += 16
	}
	set(content, left, bar+told, size.Width-left, size.Height-bar-bottom-told)
}

// MinSize is the smallest window in which one can work.
func (l *frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 480) }
