//go:build !linux

package postgres

import "syscall"

// notice leaves it to the system when a connection fails on which nothing is acknowledged.
func notice(string, string, syscall.RawConn) error { return nil }
