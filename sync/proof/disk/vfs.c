// The recording file system: the system's own one, of which every change is told to Go before it is done. Files outside
// of the mounted folders are opened by the system's own file system as if this one were not there.
#include "vfs.h"

#include <stddef.h>
#include <string.h>

#include "_cgo_export.h"

enum { OK = 0, ERROR = 1 };

// A recorded file: ours first, the system's own behind it in the same memory, which SQLite gives.
typedef struct recorded {
  sqlite3_file own;
  uint64_t handle;
} recorded;

static sqlite3_vfs *under; // the system's own
static sqlite3_vfs over;

static sqlite3_file *real(sqlite3_file *f) { return (sqlite3_file *)((recorded *)f + 1); }
static uint64_t handle(sqlite3_file *f) { return ((recorded *)f)->handle; }

static int close_(sqlite3_file *f) {
  diskClose(handle(f));
  return real(f)->pMethods->xClose(real(f));
}

static int read_(sqlite3_file *f, void *to, int n, int64_t at) { return real(f)->pMethods->xRead(real(f), to, n, at); }

// A write may be cut short by an error: what fits is written, as a full disk does it.
static int write_(sqlite3_file *f, const void *from, int n, int64_t at) {
  int fits = n;
  int told = diskWrite(handle(f), (void *)from, n, at, &fits);
  if (fits > 0) {
    int done = real(f)->pMethods->xWrite(real(f), from, fits, at);
    if (done != OK) return done;
  }
  return told;
}

static int truncate_(sqlite3_file *f, int64_t size) {
  int told = diskTruncate(handle(f), size);
  return told != OK ? told : real(f)->pMethods->xTruncate(real(f), size);
}

// The real file is not synchronized: what would be left of it is the model's to say.
static int sync_(sqlite3_file *f, int flags) {
  (void)flags;
  return diskSync(handle(f));
}

static int size_(sqlite3_file *f, int64_t *n) { return real(f)->pMethods->xFileSize(real(f), n); }
static int lock_(sqlite3_file *f, int l) { return real(f)->pMethods->xLock(real(f), l); }
static int unlock_(sqlite3_file *f, int l) { return real(f)->pMethods->xUnlock(real(f), l); }
static int reserved_(sqlite3_file *f, int *r) { return real(f)->pMethods->xCheckReservedLock(real(f), r); }
static int control_(sqlite3_file *f, int op, void *arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
static int sector_(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int traits_(sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }

static int shm_map(sqlite3_file *f, int page, int n, int extend, void volatile **to) {
  return real(f)->pMethods->xShmMap(real(f), page, n, extend, to);
}
static int shm_lock(sqlite3_file *f, int at, int n, int flags) {
  return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}
static void shm_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int shm_unmap(sqlite3_file *f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

// Version 2 has shared memory, and not the mapped files of version 3, which nothing here turns on.
static const sqlite3_io_methods methods = {
    2,       close_,  read_,     write_,   truncate_, sync_,   size_,    lock_,       unlock_,
    reserved_, control_, sector_, traits_, shm_map,  shm_lock, shm_barrier, shm_unmap,
};

static int open_(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out) {
  (void)vfs;
  uint64_t h = name ? diskOpen((char *)name, flags) : 0;
  if (h == 0) return under->xOpen(under, name, f, flags, out);
  memset(f, 0, sizeof(recorded));
  int done = under->xOpen(under, name, real(f), flags, out);
  if (real(f)->pMethods == NULL) {
    diskClose(h);
    return done;
  }
  ((recorded *)f)->handle = h;
  f->pMethods = &methods;
  return done;
}

static int delete_(sqlite3_vfs *vfs, const char *name, int sync) {
  (void)vfs;
  int done = under->xDelete(under, name, 0);
  if (done == OK) diskDelete((char *)name, sync);
  return done;
}

int disk_register(void) {
  if (sqlite3_vfs_find == NULL || sqlite3_vfs_register == NULL) return ERROR;
  under = sqlite3_vfs_find(NULL);
  if (under == NULL) return ERROR;
  over = *under; // all that touches no file stays the system's
  over.pNext = NULL;
  over.zName = "tsugi-disk";
  over.szOsFile = (int)sizeof(recorded) + under->szOsFile;
  over.xOpen = open_;
  over.xDelete = delete_;
  return sqlite3_vfs_register(&over, 1);
}
