package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Reader reads the database out of a backup. What it gives counts only once it has been read to io.EOF: the
// hash at the file's end is compared then.
type Reader struct {
	Header Header
	file   *os.File
	body   *bounded
	plain  io.Reader
	left   int64
	done   bool
}

// OpenFile opens the backup at path. It fails with NotFound, Invalid, Newer, Corrupt or Unauthenticated faults.
// Close it.
func OpenFile(path string, keys Keys) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, fmt.Sprintf("The file %s cannot be read.", path), err).
			WithAdvice("Nothing was changed.", "Check its name and who may read it.")
	}
	r := &Reader{file: file}
	if err := r.begin(keys); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return r, nil
}

func (r *Reader) begin(keys Keys) error {
	in := bufio.NewReaderSize(r.file, 1<<16)
	var err error
	if r.Header, err = readHeader(in); err != nil {
		return err
	}
	r.body = &bounded{in: in, sum: sha256.New()}
	r.body.sum.Write([]byte(r.Header.text()))
	r.left = r.Header.Size
	if r.plain, err = keys.unseal(r.Header.Sealing, r.body); err != nil || r.Header.Sealing == Open {
		return err
	}
	inner := bufio.NewReaderSize(r.plain, 1<<16)
	r.plain = inner
	sealed, err := readHeader(inner)
	if err != nil {
		return broken(err)
	}
	if sealed != r.Header {
		return damaged("its header is not the one that was sealed")
	}
	return nil
}

// Read reads the database.
func (r *Reader) Read(into []byte) (int, error) {
	if r.done {
		return 0, io.EOF
	}
	n, err := r.plain.Read(into)
	r.left -= int64(n)
	switch {
	case r.left < 0:
		return 0, damaged("it is longer than its header says")
	case errors.Is(err, io.EOF):
		r.done = true
		return n, r.end()
	case err != nil:
		return n, broken(err)
	}
	return n, nil
}

// end compares what was read with what was written once.
func (r *Reader) end() error {
	if _, err := io.Copy(io.Discard, r.body); err != nil {
		return broken(err)
	}
	if !bytes.Equal(r.body.sum.Sum(nil), r.body.trailer()) {
		return damaged("its hash is not the one at its end")
	}
	if r.left != 0 {
		return damaged("it is shorter than its header says")
	}
	return io.EOF
}

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

// bounded reads up to the hash at a file's end, and hashes what it reads.
type bounded struct {
	in  *bufio.Reader
	sum hash.Hash
}

// Read reads what lies before the last bytes.
func (b *bounded) Read(into []byte) (int, error) {
	ahead, err := b.in.Peek(min(len(into)+sha256.Size, b.in.Size()))
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	n := min(len(ahead)-sha256.Size, len(into))
	if n <= 0 {
		return 0, io.EOF
	}
	n = copy(into[:n], ahead)
	b.sum.Write(into[:n])
	_, err = b.in.Discard(n)
	return n, err
}

// trailer returns the last bytes; before the rest was read, it returns nothing of use.
func (b *bounded) trailer() []byte {
	ahead, _ := b.in.Peek(sha256.Size)
	return ahead
}
