package widget_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

const rich = `## What we know
**db-7** is *full*, ~~db-6~~ is not: see https://wiki.example.com/db-7 and INC-213.
@Ada Sample please look, @imoc knows. ` + "`df -h /var`" + ` says #disk is at 100 %.

- stop writers
- free space
  - old logs
  - dumps
10. then start
11. one by one

- [x] told support
- [ ] freeze deploys

> the south still waits,
> the north is *fine*

` + "```sh\n$ du -sh /var/log/app/2026-11-2* | sort -h | tail -n 3 # the largest last\n    1.2G\n```" + `

| shop | since | orders lost |
|---|---|---:|
| north | 10:02 | 12 |
| south, east and all that hangs on them | 10:04 | 1,340 |

---
That is all.`

func sampleNames() prose.Names {
	return prose.Names{"adasample": {Person: id.New[id.Person]()}, "imoc": {Role: "imoc"}}
}

func proseSheet(fyne.Canvas) sheet {
	text := prose.New().Parse(rich, sampleNames())
	return sheet{size: fyne.NewSize(460, 660), what: widget.Column(0, widget.NewProse(text, widget.ProseParams{OnOpen: func(prose.Span) {}}))}
}

func TestProseOfOneParagraphIsAFlow(t *testing.T) {
	window(t, widget.Space(0, 0), 10, 10)
	p := prose.New()
	for _, source := range []string{"", "db-7 is out of disk\nagain", "**bold**, `code` and #tag"} {
		if _, is := widget.NewProse(p.Parse(source, nil), widget.ProseParams{}).(*widget.Flow); !is {
			t.Errorf("%q is more than a Flow", source)
		}
	}
}

func TestProseIsAsHighAsItSaysAtEveryWidth(t *testing.T) {
	what := widget.NewProse(prose.New().Parse(rich, sampleNames()), widget.ProseParams{})
	window(t, what, 10, 10)
	last := float32(1e6)
	for width := float32(120); width < 900; width += 39 {
		tall := widget.HeightFor(what, width)
		fresh := widget.HeightFor(widget.NewProse(prose.New().Parse(rich, sampleNames()), widget.ProseParams{}), width)
		what.Resize(fyne.NewSize(width, tall))
		if again := widget.HeightFor(what, width); again != tall || fresh != tall {
			t.Errorf("at %v it is %v high, %v when it is laid out, %v when it is new", width, tall, again, fresh)
		}
		if bottom := lowest(what, 0); bottom > tall || bottom < tall-12 {
			t.Errorf("at %v it says that it is %v high and reaches to %v", width, tall, bottom)
		}
		if tall > last {
			t.Errorf("at %v it is higher than where it is narrower: %v, %v", width, tall, last)
		}
		last = tall
	}
}

// lowest returns how far what is drawn reaches down.
func lowest(o fyne.CanvasObject, y float32) float32 {
	y += o.Position().Y
	reaches := float32(0)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			reaches = max(reaches, lowest(c, y))
		}
		return reaches
	case *widget.Flow:
		return y + o.HeightFor(o.Size().Width)
	}
	return y + o.Size().Height
}

func TestLinksAreOpenedByAClickAndNothingElseIs(t *testing.T) {
	var opened []string
	text := prose.New().Parse("https://a.example/x then [b](javascript:x) INC-3 #tag @Ada Sample", sampleNames())
	what := widget.NewProse(text, widget.ProseParams{OnOpen: func(s prose.Span) { opened = append(opened, s.Target) }})
	row := 0
	c := window(t, widget.NewTap(what, func() { row++ }), 600, 40)
	for x := float32(2); x < 600; x += 8 {
		test.TapCanvas(c, fyne.NewPos(x, 12))
	}
	seen := strings.Join(opened, " ")
	if !strings.Contains(seen, "https://a.example/x") || !strings.HasSuffix(seen, " 3") || strings.Contains(seen, "javascript") || strings.Contains(seen, "tag") {
		t.Errorf("opened were %q", seen)
	}
	if row == 0 || row+len(opened) != 75 {
		t.Errorf("%d clicks reached the row, %d a link, of 75", row, len(opened))
	}
}

func TestALongWordIsBrokenInTimeAndWhole(t *testing.T) {
	window(t, widget.Space(0, 0), 10, 10)
	word := "see " + strings.Repeat("abcdefghij", 2_000) + " end"
	f := widget.NewFlow(24, widget.Span{Words: word, Style: widget.Plain(theme.Entry, theme.Text)})
	f.Resize(fyne.NewSize(400, f.HeightFor(400)))
	var said strings.Builder
	for _, o := range test.WidgetRenderer(f).Objects() {
		said.WriteString(textOf(o))
		if wide := o.MinSize().Width; wide > 404 {
			t.Fatalf("a line is %v wide", wide)
		}
	}
	if said.String() != word {
		t.Error("letters are lost")
	}
}

func TestBombsAreDrawn(t *testing.T) {
	window(t, widget.Space(0, 0), 10, 10)
	for _, source := range []string{
		strings.Repeat("> ", 40) + "deep", strings.Repeat("|a", 300) + "|\n" + strings.Repeat("|-", 300) + "|\n",
		strings.Repeat("- a\n", 1000), strings.Repeat("**a** `b` ", 500), strings.Repeat("|a|b|\n|-|-|\n\n", 300), strings.Repeat(">", 10_000),
	} {
		what := widget.NewProse(prose.New().Parse(source, nil), widget.ProseParams{})
		if tall := widget.HeightFor(what, 300); tall < 20 {
			t.Errorf("%.20q is %v high", source, tall)
		}
	}
}

// BenchmarkMeasure is what a list asks of 10,000 plain messages and of 1,000 rich ones before it shows
// one. Flow is what the plain ones cost without prose.
func BenchmarkMeasure(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(theme.New(theme.Dark))
	messages := func(n int, format string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf(format, i)
		}
		return out
	}
	const words = "entry %d: orders in the north go through again, the south still waits for db-7, which is being freed of its old logs"
	flow := func(s string) fyne.CanvasObject {
		return widget.NewFlow(24, widget.Span{Words: s, Style: widget.Plain(theme.Entry, theme.Text)})
	}
	p, known := prose.New(), sampleNames()
	read := func(s string) fyne.CanvasObject { return widget.NewProse(p.Parse(s, known), widget.ProseParams{}) }
	for _, c := range []struct {
		name string
		of   []string
		make func(string) fyne.CanvasObject
	}{
		{"flow-10000", messages(10_000, words), flow},
		{"plain-10000", messages(10_000, words), read},
		{"rich-1000", messages(1_000, "%d\n"+strings.ReplaceAll(rich, "%", "%%")), read},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				for _, s := range c.of {
					widget.HeightFor(c.make(s), 600)
				}
			}
		})
	}
}

func TestGroundsStayWithinTheParagraphAndApart(t *testing.T) {
	window(t, widget.Space(0, 0), 10, 10)
	text := prose.New().Parse("`a`, `b c d` @Ada Sample#x #disk `"+strings.Repeat("y", 90)+"` #end.", sampleNames())
	for width := float32(60); width < 500; width += 7 {
		f := widget.NewProse(text, widget.ProseParams{})
		f.Resize(fyne.NewSize(width, widget.HeightFor(f, width)))
		for _, o := range test.WidgetRenderer(f.(fyne.Widget)).Objects() {
			box, is := o.(*widget.Box)
			if !is {
				continue
			}
			if x, end := box.Position().X, box.Position().X+box.Size().Width; x < 0 || end > width+2 {
				t.Fatalf("at %v a ground reaches from %v to %v", width, x, end)
			}
		}
	}
}
