package theme

import (
	"image/color"
	"maps"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// Choice says whether the look follows the system or is fixed.
type Choice uint8

// The choices.
const (
	Follow Choice = iota
	Dark
	Light
)

// Theme is the look as a Fyne theme.
type Theme struct {
	choice      Choice
	percent     int // of the usual size
	dark, light map[Name]color.NRGBA
}

var _ fyne.Theme = (*Theme)(nil)

// New returns the look, dark or light as choice says.
func New(choice Choice) *Theme {
	t := &Theme{choice: choice, percent: Usual, dark: sumi(), light: washi()}
	for _, tokens := range []map[Name]color.NRGBA{t.dark, t.light} {
		addToolkitNames(tokens)
	}
	return t
}

// Of returns the colour called name as the running client shows it.
func Of(name Name) color.Color {
	settings := fyne.CurrentApp().Settings()
	return settings.Theme().Color(name, settings.ThemeVariant())
}

// Color returns the colour called name. A name that the look does not have is the toolkit's.
func (t *Theme) Color(name Name, variant fyne.ThemeVariant) color.Color {
	tokens := t.dark
	if t.choice == Light || t.choice == Follow && variant == fynetheme.VariantLight {
		tokens = t.light
	}
	if c, ok := tokens[name]; ok {
		if c.A == 0 {
			return color.Transparent // the toolkit leaves this out, and draws any other colour that nobody sees
		}
		return c
	}
	return fynetheme.DefaultTheme().Color(name, variant)
}

// Font returns the toolkit's own face, Noto Sans.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource { return fynetheme.DefaultTheme().Font(style) }

// Icon returns the toolkit's icon; the pages draw their own.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fynetheme.DefaultTheme().Icon(name)
}

// Size returns the size called name.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return t.scaled(Body)
	case fynetheme.SizeNameCaptionText:
		return t.scaled(Caption)
	case fynetheme.SizeNameSubHeadingText:
		return t.scaled(Entry)
	case fynetheme.SizeNameHeadingText:
		return t.scaled(Title)
	case fynetheme.SizeNameInputBorder: // the cursor is as wide as this
		return 2
	case fynetheme.SizeNameInputRadius:
		return 0
	case fynetheme.SizeNameScrollBar:
		return 8
	case fynetheme.SizeNameScrollBarSmall:
		return 4
	default:
		return fynetheme.DefaultTheme().Size(name)
	}
}

// addToolkitNames gives the few stock parts we use (entry, scroll, menu) the look's colours.
func addToolkitNames(t map[Name]color.NRGBA) {
	veil := func(name Name, alpha uint8) color.NRGBA {
		c := t[name]
		c.A = alpha
		return c
	}
	maps.Copy(t, map[Name]color.NRGBA{
		fynetheme.ColorNameForeground:          t[Text],
		fynetheme.ColorNamePlaceHolder:         t[Muted],
		fynetheme.ColorNameDisabled:            t[Muted],
		fynetheme.ColorNamePrimary:             t[Gold],
		fynetheme.ColorNameHyperlink:           t[Gold],
		fynetheme.ColorNameForegroundOnPrimary: t[OnGold],
		fynetheme.ColorNameFocus:               veil(Gold, 0x66),
		fynetheme.ColorNameSelection:           veil(Gold, 0x55),
		fynetheme.ColorNameInputBackground:     {},
		fynetheme.ColorNameInputBorder:         {},
		fynetheme.ColorNameButton:              t[Raised],
		fynetheme.ColorNameDisabledButton:      t[Raised],
		fynetheme.ColorNameHover:               t[Raised],
		fynetheme.ColorNamePressed:             t[Raised],
		fynetheme.ColorNameScrollBar:           veil(Muted, 0x99),
		fynetheme.ColorNameScrollBarBackground: {},
		fynetheme.ColorNameSeparator:           t[Line],
		fynetheme.ColorNameShadow:              {},
		fynetheme.ColorNameMenuBackground:      t[Raised],
		fynetheme.ColorNameOverlayBackground:   t[Surface],
		fynetheme.ColorNameHeaderBackground:    t[Surface],
		fynetheme.ColorNameError:               t[Sev1],
		fynetheme.ColorNameWarning:             t[Sev2],
		fynetheme.ColorNameSuccess:             t[Good],
	})
}
