package proof

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Machine describes this machine in one line, as far as it tells.
func Machine() string {
	return fmt.Sprintf("%s, %d cores, %s, %s/%s, %s", field("/proc/cpuinfo", "model name"), runtime.NumCPU(),
		field("/proc/meminfo", "MemTotal"), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// field returns what a file of the system says of name.
func field(path, name string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "unknown " + name
	}
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown " + name
}
