//go:build !linux

package databasetest

import "syscall"

// orphanless returns what a process is started with. Here it may outlive a program that is killed.
func orphanless(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as}
}
