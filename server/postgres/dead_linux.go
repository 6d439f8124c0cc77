package postgres

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// notice has a connection fail when what was sent is not acknowledged within the time that an idle one has: the system's own patience
// is a quarter of an hour.
func notice(network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	limit := alive.Idle + alive.Interval*3
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(limit.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failed
}
