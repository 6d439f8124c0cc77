package app_test

import (
	"errors"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func TestWhatNoLongerHurtsIsNotCalledBurning(t *testing.T) {
	f, in := full()
	_ = f.submit(in, f.self, noon(), noon(), incident.ChangeStatus{Base: f.base(in), To: incident.Mitigated})
	e := look(t, f)
	e.sees("2 mitigated", "nothing burns; the cause is still there")
	e.seesNot("burning")
	for _, s := range slices.Clone(f.incidents) {
		if s.Status == incident.Mitigated {
			_ = f.submit(s.ID, f.self, noon(), noon(), incident.ChangeStatus{Base: f.base(s.ID), To: incident.Open})
		}
	}
	e.Changed()
	e.sees("2 burning")
	e.seesNot("0 mitigated")
}

func TestThePlusOfEveryKeyboardEnlarges(t *testing.T) {
	f, _ := full()
	e := look(t, f)
	percent := func() int { return fyne.CurrentApp().Settings().Theme().(*theme.Theme).Percent() }
	for _, key := range []struct {
		name fyne.KeyName
		with fyne.KeyModifier
		by   int
	}{
		{fyne.KeyEqual, 0, theme.Step},
		{fyne.KeyEqual, fyne.KeyModifierShift, theme.Step},
		{fyne.KeyPlus, 0, theme.Step},
		{fyne.KeyPlus, fyne.KeyModifierShift, theme.Step},
		{fyne.KeyMinus, 0, -theme.Step},
	} {
		before := percent()
		e.c.(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: key.name, Modifier: fyne.KeyModifierControl | key.with})
		if got := percent() - before; got != key.by {
			t.Errorf("%s with %d changes the text by %d %%, want %d", key.name, key.with, got, key.by)
		}
	}
}

func TestEscapeTakesATroubleAwayBeforeItLeaves(t *testing.T) {
	e, f, _ := room(t)
	f.failure = errors.New("a disk that is full")
	e.types("x")
	e.key(fyne.KeyReturn)
	e.sees("a disk that is full")
	f.failure = nil
	e.key(fyne.KeyEscape)
	e.seesNot("a disk that is full")
	e.sees("Everything", "00:42:10")
	e.key(fyne.KeyEscape)
	e.sees("1 burning")
}

func TestTheListOfCommandsSaysWhatStatusDoes(t *testing.T) {
	e, _, _ := room(t)
	e.types("/sta")
	e.sees("/status", "Change the status (next: mitigated)")
}
