// Package disk is a disk that forgets. It stands between SQLite and the system's file system, records every change of the
// files in a folder, and says what a power cut at any moment could have left of them. It can also refuse to write.
//
// The production code is opened on it as it is: SQLite takes the recording file system by default, for the folders that are
// mounted, and the system's own for all others. Reads, locks and the shared memory of the write-ahead log are the
// system's.
//
// What is modelled, and whose word it is:
//
//   - What was written since a file's last xSync is volatile. A power cut leaves any part of it, in any order: SQLite
//     synchronizes because it assumes nothing less (Atomic Commit In SQLite, 2 and 3.7).
//   - A sector, 512 or 4096 bytes, is not atomic, but linear: a torn one has the new bytes at its beginning or at its end and
//     the old ones elsewhere (Atomic Commit In SQLite, 2).
//   - No byte outside of what was written changes: SQLITE_IOCAP_POWERSAFE_OVERWRITE, which SQLite's file system for Unix
//     claims and its write-ahead log builds upon (Powersafe Overwrite, 1).
//   - A file may have grown without its content: the new bytes are then zero, or anything (Atomic Commit In SQLite, 2).
//   - A truncation is as volatile as a write.
//   - New and deleted names are volatile until their folder is synchronized. That happens, as in SQLite's os_unix.c, behind
//     the first synchronization of a journal or a write-ahead log, and when a deletion asks for it. That a file's own
//     synchronization keeps its name, as several file systems do, is not assumed.
//   - What was written before a failed synchronization may be lost for good, though a later one succeeds and reads show it:
//     Linux marks such pages clean (R. Rebello and others, Can Applications Recover from fsync Failures?, 2020). Written again
//     they are synchronized as if nothing had been.
//   - The shared memory is gone: the first connection makes it anew.
//
// Not modelled: bytes that rot while nobody writes them, and disks that lie about xSync. Against the first SQLite has no
// defence but integrity_check, against the second nobody has one.
package disk

// Kind is what is done to a file or to the folder.
type Kind uint8

// The kinds of changes.
const (
	Create   Kind = iota // File has the name Name from now on
	Delete               // nothing has the name Name from now on
	SyncDir              // all names are durable
	Write                // Data stands at Off
	Truncate             // the file ends at Off
	Sync                 // all that was written to the file is durable
	SyncLost             // the file was to be synchronized, and the disk failed
)

// String names the kind.
func (k Kind) String() string {
	return [...]string{"create", "delete", "sync folder", "write", "truncate", "sync", "failed sync"}[k]
}

// Op is one change. Files are known by numbers of their own: a name may come to belong to another file.
type Op struct {
	Kind Kind
	File int
	Name string
	Off  int64
	Data []byte
}

// Trace is what happened on a disk: what it held in the beginning, all of it durable, and every change in order.
type Trace struct {
	Files map[string][]byte
	Ops   []Op
}
