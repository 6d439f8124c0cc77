//go:build !linux

package clock

import "time"

// readBootID returns nothing: without a boot's name the server falls back to wall clocks.
func readBootID() string { return "" }

func sinceBoot() (time.Duration, bool) { return 0, false }
