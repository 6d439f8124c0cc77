package app_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestPagesSpeakGerman(t *testing.T) {
	f, in := full()
	f.language = "de"
	e := look(t, f)
	e.resize(1440, 900)
	e.sees("1 brennt", "1 eingedämmt", "Melden", "Strg D", "geändert vor 1 Min.", "eingedämmt", "Verantwortung", "Beinahe-Vorfall")
	e.OpenRoom(in)
	e.sees("Entscheidungen", "packt mit an", "IM EINSATZ", "Kommunikation")
	e.Open("declare")
	e.sees("Was ist los?", "Einige sind betroffen")
}

func TestAHintThatIsOnlySeenInGermanStaysInEverybodysLanguage(t *testing.T) {
	f, _ := full()
	f.language = "de"
	e := look(t, f)
	e.resize(1440, 2000)
	e.Open("terms")
	e.until("severity 2")
	e.key(fyne.KeyReturn)
	e.c.Focused().(*widget.Input).SetText("Stufe Zwei")
	e.key(fyne.KeyReturn)
	e.key(fyne.KeyReturn)
	e.sees("Stufe Zwei")
	got, _ := f.setup.Severity(2)
	if want := workspace.Default().Severities[1].Hint; got.Name != "Stufe Zwei" || got.Hint != want {
		t.Errorf("%+v, want the hint %q", got, want)
	}
}

// TestNoWordIsCutInGerman looks for ellipses where pages are as wide as the smallest usual screen.
func TestNoWordIsCutInGerman(t *testing.T) {
	for _, page := range []string{"board", "declare", "unsent", "people", "terms", "policy"} {
		f, _ := full()
		f.language = "de"
		f.unsent = someUnsent(f)
		e := look(t, f)
		e.resize(1024, 740)
		e.Open(page)
		e.resize(1024, 740)
		e.seesNoneCut(page)
	}
}

func TestNoWordIsCutInGermanWhereAPolicyIsWritten(t *testing.T) {
	p := doubtful(t)
	p.language = "de"
	e := look(t, p.fake)
	e.resize(1024, 740)
	e.ctrl(fyne.Key7)
	e.resize(1024, 740)
	e.seesNoneCut("the policies")
	e.tap("edit " + p.shops.String())
	e.resize(1024, 740)
	e.seesNoneCut("the form")
}

func (e eyes) seesNoneCut(where string) {
	e.t.Helper()
	widget.Walk(e.c.Content(), func(o fyne.CanvasObject) bool {
		if text, ok := o.(*widget.Text); ok && text.Visible() && text.Size().Width > 0 && text.Size().Width < text.Natural() {
			e.t.Errorf("%s: %q has %v of the %v that it needs", where, text.Words(), text.Size().Width, text.Natural())
		}
		return true
	})
}
