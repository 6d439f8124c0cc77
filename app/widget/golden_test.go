package widget_test

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/present/prose"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// TestGolden compares every own widget, drawn by the software painter, with the picture in testdata.
// TSUGI_GOLDEN=write draws the pictures anew: look at them before they are committed. Only letters
// that the toolkit brings along are drawn; others come from whatever the machine has.
func TestGolden(t *testing.T) {
	for look, choice := range map[string]theme.Choice{"dark": theme.Dark, "light": theme.Light} {
		for name, make := range sheets() {
			t.Run(name+"-"+look, func(t *testing.T) {
				a := test.NewTempApp(t)
				a.Settings().SetTheme(theme.New(choice))
				w := a.NewWindow("")
				s := make(w.Canvas())
				w.SetPadded(false)
				w.SetContent(widget.On(widget.NewGround(theme.Background), widget.Pad(12, 12, 12, 12, s.what)))
				w.Resize(s.size)
				w.Resize(s.size.AddWidthHeight(1, 0)) // heights follow from widths: what was first laid out narrow is laid out again
				w.Resize(s.size)
				if s.then != nil {
					s.then()
				}
				compare(t, filepath.Join("testdata", name+"-"+look+".png"), w.Canvas().Capture())
			})
		}
	}
}

// sheet is what one picture shows.
type sheet struct {
	what fyne.CanvasObject
	size fyne.Size
	then func() // done to it once it is laid out
}

func sheets() map[string]func(fyne.Canvas) sheet {
	return map[string]func(fyne.Canvas) sheet{
		"buttons": buttons, "words": wordsSheet, "small": small, "inputs": inputs, "rows": rows, "prose": proseSheet, "selected": selectSheet,
		"here": hereSheet,
		"overlay": func(c fyne.Canvas) sheet {
			return sheet{what: widget.Space(0, 0), size: fyne.NewSize(360, 220), then: func() {
				widget.Confirm(c, widget.Question{Title: "Discard this?", Text: "It cannot be brought back.", Yes: "Discard", No: "Cancel"}, func() {})
			}}
		},
		"form": formSheet, "fold": foldSheet, "calendar": calendarSheet, "calendar-month": monthSheet,
		"scrolled": func(c fyne.Canvas) sheet {
			return sheet{what: widget.Space(0, 0), size: fyne.NewSize(260, 160), then: func() {
				col := widget.Column(8)
				for i := range 9 {
					col.Add(widget.NewText(fmt.Sprint("line ", i), widget.Plain(theme.Body, theme.Text)))
				}
				widget.ShowSheet(c, col, 180)
			}}
		},
	}
}

// formSheet is a question whose first answer was refused.
func formSheet(c fyne.Canvas) sheet {
	return sheet{what: widget.Space(0, 0), size: fyne.NewSize(400, 320), then: func() {
		where, label := widget.NewField("https://"), widget.NewField("What is there?")
		where.SetWords("the wiki")
		widget.ShowForm(widget.FormParams{
			Canvas: c, Title: "Where does it lead?", Fields: []*widget.Field{where, label}, Yes: "Save", No: "Cancel", Look: widget.Gold, Width: 340,
			Answer: func(_ []string, told func(*present.Refusal) bool) {
				told(&present.Refusal{At: map[int]string{0: "The link is no address."}, Words: "Nothing was changed."})
			},
		}).Answer()
		c.Focus(label.Input())
	}}
}

// foldSheet is something long, folded in the middle of a block with a ground of its own.
func foldSheet(fyne.Canvas) sheet {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprint("entry ", i+1, " of the log"))
	}
	text := "What db-7 says:\n```\n" + strings.Join(lines, "\n") + "\n```\nThat is all."
	fold := widget.NewFold(widget.NewProse(prose.NewMemory().Of(text), widget.ProseParams{}), widget.FoldParams{
		More: func(lines int) string { return fmt.Sprintf("Show all (%d more lines)", lines) },
	})
	return sheet{size: fyne.NewSize(320, 560), what: fold}
}

func buttons(c fyne.Canvas) sheet {
	off := widget.NewButton(widget.ButtonParams{Words: "Send", Look: widget.Gold, Hint: "Enter"}, nil)
	off.Disable()
	chosen := widget.NewPress("chosen", widget.Pad(6, 8, 6, 8, widget.NewText("chosen", widget.Plain(theme.Body, theme.Text))), nil)
	chosen.Choose(true)
	at := widget.NewButton(widget.ButtonParams{Words: "has the keyboard"}, nil)
	return sheet{
		size: fyne.NewSize(420, 148), then: func() { c.Focus(at) },
		what: widget.Column(12,
			widget.Row(12, -1, widget.NewButton(widget.ButtonParams{Words: "Declare", Hint: "Ctrl D", Look: widget.Gold}, nil), off, chosen),
			widget.Row(12, -1, at, widget.NewButton(widget.ButtonParams{Words: "Shut out", Look: widget.Danger}, nil),
				widget.NewButton(widget.ButtonParams{Words: "Assign", Look: widget.Bare}, nil)),
			widget.Row(12, -1, widget.NewButton(widget.ButtonParams{Words: "SEV1", After: "down", Tone: theme.Sev1, Small: true}, nil),
				widget.NewButton(widget.ButtonParams{Words: "People", Icon: "people", Small: true}, nil),
				widget.NewTabs([]string{"Everything", "Audit"}, 0, func(int) {}))),
	}
}

func wordsSheet(fyne.Canvas) sheet {
	plain, strong := widget.Plain(theme.Entry, theme.Text), widget.Strong(theme.Number, theme.Text)
	right := widget.NewTextRight("00:42", widget.Strong(theme.Title, theme.Sev1))
	return sheet{size: fyne.NewSize(300, 248), what: widget.Column(8,
		widget.NewCaps("HOW BAD IS IT"),
		widget.NewFlow(40, widget.Span{Words: "2 burning", Style: strong},
			widget.Span{Words: "   1 open, 1 mitigated", Style: widget.Plain(theme.Body, theme.Muted)}),
		widget.NewFlow(24, widget.Span{Words: "Space is back, replaying what was held: twelve minutes to go, at ", Style: plain},
			widget.Span{Words: "https://wiki.example.com/runbooks/db-7-disk-full", Style: widget.Plain(theme.Entry, theme.Gold)}),
		widget.NewRule(theme.Line),
		widget.Row(8, 0, widget.NewText("Payroll file arrived late at the bank", plain), right))}
}

// hereSheet shows people who are there, and one who is not.
func hereSheet(fyne.Canvas) sheet {
	there, dot := widget.NewAttended("AB", 26)
	dot(true)
	gone, off := widget.NewAttended("CD", 26)
	off(true)
	off(false)
	large, on := widget.NewAttended("W", 40)
	on(true)
	return sheet{size: fyne.NewSize(220, 136), what: widget.Column(12,
		widget.Row(12, -1, there, gone, large), widget.NewFaces([]string{"AB", "CD", "W"}, ""), widget.NewFaces([]string{"AB", "CD"}, "+12"))}
}

func small(fyne.Canvas) sheet {
	severities, states := widget.Row(10, -1), widget.Row(10, -1)
	for level := range uint8(5) {
		severities.Add(widget.NewSeverity(level+1, 28))
	}
	for _, name := range []string{"open", "mitigated", "resolved", "closed", "invalid", "bowl", "offline", "warn"} {
		states.Add(widget.NewIcon(name, 20, theme.Good))
	}
	ticked := widget.NewCheck("May invite others", false, func(bool) {})
	return sheet{
		size: fyne.NewSize(300, 288), then: func() { ticked.Tapped(nil) },
		what: widget.Column(10, severities, states,
			widget.Row(8, -1, widget.NewAvatar("AB", 26), widget.NewAvatar("W", 32), widget.NewTag("mitigated", theme.Muted),
				widget.NewTagRemovable("#checkout", func() {})),
			widget.NewCheck("Not chosen", false, func(bool) {}), ticked,
			widget.NewCard(widget.NewText("on a card", widget.Plain(theme.Body, theme.Muted)))),
	}
}

func inputs(fyne.Canvas) sheet {
	field := widget.NewField("What is wrong?")
	field.SetWords("Checkout fails")
	finder := widget.NewFinder("Find a person", func() {})
	finder.SetOptions([]widget.Option{
		{Key: "a", Mark: widget.NewAvatar("AB", 24), Words: "Ada Sample", Note: "Support"}, {Key: "l", Words: "Cleo Sample"},
	})
	composer := widget.NewComposer("Write to everybody", "Enter", widget.NewText("@ person", widget.Plain(theme.Caption, theme.Muted)))
	return sheet{size: fyne.NewSize(320, 360), what: widget.Column(10, field, widget.NewField("In a few words"), finder, composer)}
}

func rows(fyne.Canvas) sheet {
	list := widget.NewList()
	var items []widget.Item
	for i := range 40 {
		items = append(items, widget.Item{Key: fmt.Sprint(i), Build: func() fyne.CanvasObject {
			return widget.NewFlow(float32(20+i%3*10), widget.Span{Words: fmt.Sprint("row ", i), Style: widget.Plain(theme.Body, theme.Text)})
		}})
	}
	notice := widget.NewNotice(widget.Trouble{What: "The disk is full.", Safe: "Everything written is kept.", Do: "Free some space."}, "Close", func() {})
	return sheet{
		size: fyne.NewSize(320, 260), then: func() { list.Set(items) },
		what: widget.Column(10, notice, fixedTall{list, 110}.box()),
	}
}

// fixedTall gives a list, which takes whatever height it gets, one of its own.
type fixedTall struct {
	what fyne.CanvasObject
	tall float32
}

func (f fixedTall) box() fyne.CanvasObject {
	return &fyne.Container{Layout: f, Objects: []fyne.CanvasObject{f.what}}
}

func (f fixedTall) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }
func (f fixedTall) MinSize([]fyne.CanvasObject) fyne.Size              { return fyne.NewSize(0, f.tall) }

// What a picture may differ by: processors round differently, and a widget that moved by a pixel
// differs by far more.
const (
	pixelSlack = 24    // of 255, in one channel
	shareSlack = 0.002 // of all pixels may differ by more
)

func compare(t *testing.T, path string, got image.Image) {
	t.Helper()
	if os.Getenv("TSUGI_GOLDEN") == "write" {
		write(t, path, got)
		return
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	want, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	a, b := flat(want), flat(got)
	if a.Rect != b.Rect {
		t.Fatalf("%s: the picture is %v, want %v", path, b.Rect, a.Rect)
	}
	n := 0
	for i := 0; i < len(a.Pix); i += 4 {
		for c := range 4 {
			if d := int(a.Pix[i+c]) - int(b.Pix[i+c]); d > pixelSlack || d < -pixelSlack {
				n++
				break
			}
		}
	}
	if share := float64(4*n) / float64(len(a.Pix)); share > shareSlack {
		other := filepath.Join(t.ArtifactDir(), filepath.Base(path))
		write(t, other, got)
		t.Errorf("%s: %.2f %% of the pixels differ; what was drawn is in %s", path, 100*share, other)
	}
}

func flat(img image.Image) *image.NRGBA {
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

func write(t *testing.T, path string, img image.Image) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	best := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(best.Encode(file, flat(img)), file.Close()); err != nil {
		t.Fatal(err)
	}
}
