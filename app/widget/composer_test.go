package widget_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/widget"
)

// wrapped is one line that no composer shows in one row.
var wrapped = strings.TrimSpace(strings.Repeat("the database answers slowly ", 12))

func TestWordsThatComeBackAreGoneOnWithAtTheirEnd(t *testing.T) {
	for name, early := range map[string]bool{"before it has a width": true, "after": false} {
		t.Run(name, func(t *testing.T) {
			c := widget.NewComposer("", "Enter")
			if early {
				c.SetWords(wrapped)
			}
			window(t, c, 420, 300)
			if !early {
				c.SetWords(wrapped)
			}
			c.Insert("!")
			if got := c.Words(); got != wrapped+"!" {
				t.Errorf("what is typed lands at %d of %d", strings.Index(got, "!"), len(wrapped))
			}
			if got := c.Before(); got != wrapped+"!" {
				t.Errorf("before the cursor stands %q", got)
			}
			c.Resize(fyne.NewSize(300, 300))
			c.Insert("?")
			if got := c.Words(); got != wrapped+"!?" {
				t.Errorf("in a narrower window: %q", got)
			}
		})
	}
	f := widget.NewField("")
	f.SetWords("https://status.example")
	window(t, f, 120, 60)
	f.Input().TypedRune('!')
	if got := f.Words(); got != "https://status.example!" {
		t.Errorf("a field has %q", got)
	}
}
