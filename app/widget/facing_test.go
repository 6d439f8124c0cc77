package widget_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

func TestWhatDoesNotFitBesideGoesBelow(t *testing.T) {
	left, right := widget.Space(100, 20), widget.Space(80, 30)
	o := widget.Facing(10, left, right)
	o.Resize(fyne.NewSize(300, 30))
	if left.Position().X != 0 || right.Position() != fyne.NewPos(220, 0) || widget.HeightFor(o, 300) != 30 {
		t.Errorf("beside: %v, %v, %v", left.Position(), right.Position(), widget.HeightFor(o, 300))
	}
	o.Resize(fyne.NewSize(150, 60))
	if right.Position() != fyne.NewPos(0, 30) || widget.HeightFor(o, 150) != 60 {
		t.Errorf("below: %v, %v", right.Position(), widget.HeightFor(o, 150))
	}
}

func TestNobodyInARowIsLeftWithNothing(t *testing.T) {
	style := widget.Plain(theme.Body, theme.Text)
	long, longer := widget.NewText("Verantwortung und mehr", style), widget.NewText("Kommunikation und noch mehr", style)
	row := widget.Row(8, -1, long, widget.Space(26, 26), longer)
	row.Resize(fyne.NewSize(160, 26))
	if a, b := long.Size().Width, longer.Size().Width; a < 50 || b < 50 {
		t.Errorf("%v and %v wide", a, b)
	}
}

func TestAColumnIsAsWideAsItsWords(t *testing.T) {
	style := widget.Plain(theme.Caption, theme.Text)
	word := widget.NewText("abgeschlossen", style)
	if got := widget.Wide(60, style, "offen", "abgeschlossen"); got < word.Natural() || got > word.Natural()+2 {
		t.Errorf("%v, want %v", got, word.Natural())
	}
	if got := widget.Wide(200, style, "offen"); got != 200 {
		t.Errorf("%v, want 200", got)
	}
}
