package databasetest

import "syscall"

// orphanless returns what a process that ends with this program is started with.
func orphanless(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGQUIT}
}
