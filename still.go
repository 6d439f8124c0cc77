package main

import "fyne.io/fyne/v2"

// still is the toolkit's application without animations. The only one that our pages would show is the caret's, which
// fades twice a second, and each step of that has the whole window drawn anew: a dozen times a second, all day long, while
// nothing happens. A caret that stands costs nothing.
type still struct{ fyne.App }

// Settings returns the application's settings, but for the animations.
func (s still) Settings() fyne.Settings { return stillSettings{s.App.Settings()} }

// stillSettings are settings of somebody who wants no animations.
type stillSettings struct{ fyne.Settings }

// ShowAnimations returns false.
func (stillSettings) ShowAnimations() bool { return false }
