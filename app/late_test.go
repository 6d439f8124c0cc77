package app_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/palette"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/id"
)

// slow is work whose answers come when they are let go.
type slow struct {
	waiting []func(context.Context) func()
}

func (s *slow) Go(ask func(context.Context) func()) { s.waiting = append(s.waiting, ask) }

// answer lets all that was asked for come.
func (s *slow) answer(t *testing.T) {
	t.Helper()
	for len(s.waiting) > 0 {
		ask := s.waiting[0]
		s.waiting = s.waiting[1:]
		if show := ask(t.Context()); show != nil {
			show()
		}
	}
}

func TestNothingOfFormerWordsIsRunWhileNewOnesAreLookedFor(t *testing.T) {
	f, _ := full()
	d, work := desk(t, f, theme.Dark), &slow{}
	opened := ""
	p := palette.NewPage(palette.Params{
		Session: f, Work: work, Canvas: d.Window().Canvas(), View: f.view(), Commands: func() []palette.Command { return nil },
		Open:   func(in id.Incident, _ present.ResultLine) { opened += f.find(in).Title },
		Failed: func(err error) { t.Error(err) },
	})
	d.Window().SetContent(p.Content())
	e := eyes{t, d, d.Window().Canvas()}
	p.Focus()
	e.types("search")
	work.answer(t)
	p.Find("checkout")
	e.key(fyne.KeyDown)
	if _, _, chosen := p.Chosen(); chosen {
		t.Error("a row of the former words is chosen")
	}
	e.key(fyne.KeyUp)
	e.key(fyne.KeyReturn)
	if opened != "" {
		t.Fatalf("%q was opened before the answer", opened)
	}
	work.answer(t)
	if opened != "Checkout fails for everyone" {
		t.Errorf("opened is %q", opened)
	}
}
