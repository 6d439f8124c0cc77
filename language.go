package main

import (
	"os"
	"runtime"

	"fyne.io/fyne/v2/lang"

	"github.com/tsugi-app/tsugi/assets/words"
)

// system is the language of somebody who chose none.
const system = "system"

// words returns all texts in the language that was asked for, or in that of the system.
func (line commandLine) words() words.Catalog {
	if line.Language != system {
		return words.For(line.Language)
	}
	if wish := words.Wish(os.Getenv); wish != "" || runtime.GOOS == "linux" {
		return words.For(wish)
	}
	return words.For(lang.SystemLocale().LanguageString()) // where it stands in no variable of the environment
}
