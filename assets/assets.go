// Package assets holds what the client shows that is not code: icons, drawn with one stroke width.
package assets

import (
	"embed"
	"fmt"
)

//go:embed icons/*.svg
var icons embed.FS

//go:embed linux/tsugi.svg
var appIcon string

// AppIcon returns the SVG text of the client's own icon, in its own colours.
func AppIcon() string { return appIcon }

// Icon returns the SVG text of the icon called name. Every colour in it is #000000, every stroke
// width is the letters SW: whoever draws it puts both in. A name that does not exist is an error.
func Icon(name string) (string, error) {
	raw, err := icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return "", fmt.Errorf("read icon %q: %w", name, err)
	}
	return string(raw), nil
}
