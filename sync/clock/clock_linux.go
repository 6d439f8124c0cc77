package clock

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// readBootID returns the kernel's random name of this boot, or nothing.
func readBootID() string {
	raw, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}

// sinceBoot reads CLOCK_BOOTTIME: Go's own monotonic clock stops while the machine sleeps.
func sinceBoot() (time.Duration, bool) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0, false
	}
	return time.Duration(ts.Nano()), true
}
