package theme_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"github.com/tsugi-app/tsugi/app/theme"
)

func TestEveryTextOnEveryGroundHasContrast(t *testing.T) {
	t.Parallel()
	grounds := []theme.Name{theme.Background, theme.Surface, theme.Raised}
	texts := []theme.Name{
		theme.Text, theme.Muted, theme.Gold, theme.Good,
		theme.Sev1, theme.Sev2, theme.Sev3, theme.Sev4, theme.Sev5,
	}
	type pair struct{ text, ground theme.Name }
	pairs := []pair{
		{theme.OnGold, theme.Gold},
		{theme.OnGoldSoft, theme.Gold},
		{theme.Text, theme.Burning},
		{theme.Muted, theme.Burning},
		{theme.Sev1, theme.Burning},
	}
	for _, ground := range grounds {
		for _, text := range texts {
			pairs = append(pairs, pair{text, ground})
		}
	}
	for name, choice := range map[string]theme.Choice{"dark": theme.Dark, "light": theme.Light} {
		look := theme.New(choice)
		for _, p := range pairs {
			got := contrast(look.Color(p.text, 0), look.Color(p.ground, 0))
			if got < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want 4.5", name, p.text, p.ground, got)
			}
		}
	}
}

func TestTheLookFollowsTheSystemUnlessFixed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		choice   theme.Choice
		variant  fyne.ThemeVariant
		sameAs   theme.Choice
		scenario string
	}{
		{theme.Follow, fynetheme.VariantDark, theme.Dark, "system dark"},
		{theme.Follow, fynetheme.VariantLight, theme.Light, "system light"},
		{theme.Dark, fynetheme.VariantLight, theme.Dark, "fixed dark on a light system"},
	} {
		got := theme.New(c.choice).Color(theme.Background, c.variant)
		want := theme.New(c.sameAs).Color(theme.Background, 0)
		if got != want {
			t.Errorf("%s: background %v, want %v", c.scenario, got, want)
		}
	}
}

// contrast is WCAG 2's ratio of relative luminances.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	channel := func(v uint32) float64 {
		x := float64(v) / 0xFFFF
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(r) + 0.7152*channel(g) + 0.0722*channel(b)
}

func TestWhatNobodySeesIsOfTheColourThatTheToolkitLeavesOut(t *testing.T) {
	t.Parallel()
	for name, choice := range map[string]theme.Choice{"dark": theme.Dark, "light": theme.Light} {
		if got := theme.New(choice).Color(theme.Clear, 0); got != color.Color(color.Transparent) {
			t.Errorf("%s: clear is %#v", name, got)
		}
	}
}
