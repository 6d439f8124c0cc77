package widget_test

import (
	"context"
	"fmt"
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// window shows o in a window without a screen.
func window(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Canvas {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Dark))
	win := a.NewWindow("")
	win.SetPadded(false)
	win.SetContent(o)
	win.Resize(fyne.NewSize(w, h))
	return win.Canvas()
}

func TestFlowWrapsWithinItsWidthAndLosesNoWord(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Dark))
	plain := widget.Plain(theme.Entry, theme.Text)
	for _, words := range []string{
		"", "one", "Space is back, replaying what was held: 12 minutes to go.", "a\nb\n\nc", strings.Repeat("x", 400),
		"日本語の長い文章は空白なしで折り返される必要があります", "bad \xff\xfe bytes " + strings.Repeat("\xff", 90),
	} {
		f := widget.NewFlow(24, widget.Span{Words: words, Style: plain}, widget.Span{Words: " END", Style: widget.Strong(theme.Caption, theme.Gold)})
		narrow, broad := f.HeightFor(120), f.HeightFor(2000)
		if narrow < broad || broad < 24 {
			t.Errorf("%.20q is %v high at 120 and %v at 2000", words, narrow, broad)
		}
		f.Resize(fyne.NewSize(120, narrow))
		var said strings.Builder
		for _, o := range test.WidgetRenderer(f).Objects() {
			said.WriteString(textOf(o))
			if right := o.Position().X + fyne.MeasureText(strings.TrimRight(textOf(o), " "), theme.Entry, fyne.TextStyle{}).Width; right > 121 {
				t.Errorf("%.20q reaches to %v of 120", textOf(o), right)
			}
		}
		if got, want := said.String(), strings.ReplaceAll(words+" END", "\n", ""); got != want {
			t.Errorf("said is %q, want %q", got, want)
		}
	}
}

func TestLinesBreakWhereAReaderExpectsIt(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Dark))
	plain, strong := widget.Plain(theme.Body, theme.Text), widget.Strong(theme.Body, theme.Text)
	lines := func(width float32, spans ...widget.Span) []string {
		f := widget.NewFlow(20, spans...)
		f.Resize(fyne.NewSize(width, f.HeightFor(width)))
		var out []string
		last := float32(-100)
		for _, o := range test.WidgetRenderer(f).Objects() {
			if y := o.Position().Y; y > last+4 {
				out, last = append(out, ""), y
			}
			out[len(out)-1] += textOf(o)
		}
		return out
	}
	for _, l := range lines(150, widget.Span{Words: "Anna changed it to “", Style: plain}, widget.Span{Words: "Checkout fails", Style: strong}) {
		if strings.HasSuffix(l, "“") {
			t.Errorf("a line ends with the opening mark: %q", l)
		}
	}
	text := "已經持續了四十分鐘。客戶無法付款，已經持續了四十分鐘。"
	for width := float32(40); width < 300; width++ {
		for _, l := range lines(width, widget.Span{Words: text, Style: plain}) {
			if strings.HasPrefix(l, "。") || strings.HasPrefix(l, "，") {
				t.Fatalf("at %v a line begins with what closes a sentence: %q", width, l)
			}
		}
	}
}

// textOf returns the words of one drawn text.
func textOf(o fyne.CanvasObject) string {
	if t, ok := o.(*canvas.Text); ok {
		return t.Text
	}
	return ""
}

func TestTextEndsInAnEllipsisWhereThereIsNoRoom(t *testing.T) {
	text := widget.NewText("Payroll file arrived late at the bank", widget.Plain(theme.Body, theme.Text))
	window(t, text, 100, 30)
	drawn := textOf(test.WidgetRenderer(text).Objects()[0])
	if !strings.HasSuffix(drawn, "…") || !strings.HasPrefix("Payroll file arrived late", strings.TrimSuffix(drawn, "…")) {
		t.Errorf("drawn is %q", drawn)
	}
	if text.Words() != "Payroll file arrived late at the bank" {
		t.Error("the words themselves were cut")
	}
}

func TestListStaysAtItsEndAndWhereOneReads(t *testing.T) {
	list := widget.NewList()
	built := 0
	items := func(from, to int) []widget.Item {
		var out []widget.Item
		for i := from; i < to; i++ {
			out = append(out, widget.Item{Key: fmt.Sprint(i), Build: func() fyne.CanvasObject {
				built++
				return widget.NewFlow(float32(20+i%3*10), widget.Span{Words: fmt.Sprint("row ", i, " "), Style: widget.Plain(theme.Body, theme.Text)})
			}})
		}
		return out
	}
	c := window(t, list, 400, 300)
	list.Set(items(0, 500))
	shows := func(want string, is bool) {
		t.Helper()
		said := ""
		widget.Walk(list, func(o fyne.CanvasObject) bool {
			if f, ok := o.(*widget.Flow); ok {
				said += f.Words()
			}
			return true
		})
		if strings.Contains(said, want) != is {
			t.Errorf("%q is shown: %v, want %v; in sight is %q", want, !is, is, said)
		}
	}
	shows("row 499 ", true)
	shows("row 0 ", false)
	list.Set(items(0, 501))
	shows("row 500 ", true) // one reads at the end: the new row comes into sight
	test.Scroll(c, fyne.NewPos(50, 50), 0, 2000)
	shows("row 500 ", false)
	var before string
	widget.Walk(list, func(o fyne.CanvasObject) bool {
		if f, ok := o.(*widget.Flow); ok && before == "" {
			before = f.Words()
		}
		return true
	})
	list.Set(items(0, 502))
	shows(before, true) // one reads above: nothing jumps
	shows("row 501 ", false)
	list.Set(items(-70, 502))
	shows(before, true) // earlier rows were fetched: nothing jumps either
	built = 0
	list.Refresh()
	if built > 0 {
		t.Errorf("%d rows were built again for nothing", built)
	}
	c.Focus(list)
	chosen := ""
	list.OnChoose = func(key string) { chosen = key }
	for _, key := range []fyne.KeyName{fyne.KeyEnd, fyne.KeyUp, fyne.KeyReturn} {
		list.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if chosen != "500" {
		t.Errorf("chosen is %q, want 500", chosen)
	}
}

// later is a Work that keeps answers back until told.
type later struct {
	asked []func(context.Context) func()
}

func (l *later) Go(ask func(context.Context) func()) { l.asked = append(l.asked, ask) }

func TestFetcherTurnsABurstIntoOneMoreFetch(t *testing.T) {
	t.Parallel()
	work, fetched := &later{}, 0
	f := widget.NewFetcher(work, func(context.Context) func() { fetched++; return nil })
	for range 50 {
		f.Ask()
	}
	for len(work.asked) > 0 {
		ask := work.asked[0]
		work.asked = work.asked[1:]
		ask(context.Background())()
	}
	if fetched != 2 {
		t.Errorf("%d fetches for 50 asks during one, want 2", fetched)
	}
}

func TestBackgroundEndsWhatIsUnderWay(t *testing.T) {
	b := widget.NewBackground(context.Background())
	started, shown := make(chan struct{}), false
	b.Go(func(ctx context.Context) func() {
		close(started)
		<-ctx.Done()
		return func() { shown = true }
	})
	<-started
	b.Close()
	b.Go(func(context.Context) func() { t.Error("asked after Close"); return nil })
	if shown {
		t.Error("the answer of a cancelled question was shown")
	}
}

func TestEveryShapeIsDrawnInItsColour(t *testing.T) {
	for level := range uint8(6) {
		if level == 0 {
			continue
		}
		icon := widget.NewSeverity(level, 40)
		c := window(t, icon, 40, 40)
		n, want := 0, theme.New(theme.Dark).Color(widget.SeverityTone(level), 0)
		img := c.Capture()
		for x := range 40 {
			for y := range 40 {
				if near(img.At(x, y), want) {
					n++
				}
			}
		}
		if n < 80 {
			t.Errorf("SEV%d has %d pixels of its colour", level, n)
		}
	}
}

func near(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	off := func(x, y uint32) bool { return max(x, y)-min(x, y) > 0x400 }
	return !off(r1, r2) && !off(g1, g2) && !off(b1, b2)
}

func TestADisabledButtonCannotBePressed(t *testing.T) {
	pressed := 0
	b := widget.NewButton(widget.ButtonParams{Words: "x"}, func() { pressed++ })
	window(t, b, 100, 40)
	b.Disable()
	test.Tap(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.Enable()
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if pressed != 1 {
		t.Errorf("pressed %d times, want 1", pressed)
	}
}

func TestEnterPicksAmongTheOptionsOfTheWordsThatAreThere(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Dark))
	var picked []string
	f := widget.NewFinder("tags", func() {})
	f.OnTyped = func(string) {}
	f.OnPick = func(o widget.Option) { picked = append(picked, o.Key) }
	test.NewTempWindow(t, f)
	f.Input().SetText("p")
	f.SetOptions([]widget.Option{{Key: "p"}})
	f.Input().SetText("press") // the answer is on its way
	f.Input().OnSubmitted("press")
	if len(picked) > 0 {
		t.Fatalf("picked %v, which was offered for other words", picked)
	}
	f.SetOptions([]widget.Option{{Key: "press"}})
	if len(picked) != 1 || picked[0] != "press" {
		t.Errorf("picked %v", picked)
	}
}
