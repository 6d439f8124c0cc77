package main

import (
	"context"
	"errors"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	desk "github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
)

// findDisplay fails where the toolkit would not find a screen: it ends the program then in ways that
// help nobody. Only X11 can be missing; its displays are called "host:number.screen", where no host
// means this machine.
func findDisplay(ctx context.Context) error {
	switch runtime.GOOS {
	case "windows", "darwin", "android", "ios":
		return nil
	}
	host, number, found := strings.Cut(os.Getenv("DISPLAY"), ":")
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if !found || err != nil {
		return errors.New("DISPLAY names no display")
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if host != "" && host != "unix" {
		return try(dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(6000+n))))
	}
	socket := "/tmp/.X11-unix/X" + number
	if try(dialer.DialContext(ctx, "unix", "@"+socket)) == nil {
		return nil
	}
	return try(dialer.DialContext(ctx, "unix", socket))
}

// try closes a connection that was only to show that there can be one.
func try(c net.Conn, err error) error {
	if err != nil {
		return err
	}
	return c.Close()
}

// noDisplay tells that there can be no window at all.
func noDisplay(err error, w words.Start) desk.Failure {
	return desk.Failure{Trouble: present.Trouble{What: w.NoDisplayWhat, Safe: w.NoDisplaySafe, Do: w.NoDisplayDo}, Cause: err.Error()}
}
