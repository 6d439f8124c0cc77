// Package backup puts a server's whole database into one file and takes it out again: what the file is, in
// words at its beginning; the database, sealed with age when asked; and a hash over all of it at its end.
package backup

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// The first line of every backup, and the version that this program writes and reads.
const (
	magic   = "tsugi-backup "
	version = 1
)

// maxHeader is the longest header that is read, in bytes.
const maxHeader = 4096

// Sealing says how a backup's database is sealed.
type Sealing string

// The ways of sealing.
const (
	Open           Sealing = "none"
	WithKeys       Sealing = "age-keys"       // for those who hold one of the recipients' keys
	WithPassphrase Sealing = "age-passphrase" // for those who know the passphrase
)

// Header says what a backup is. It can be read without any key.
type Header struct {
	Made    time.Time
	Mark    ledger.Mark // without the last INC number
	Size    int64       // of the database, in bytes
	Sealing Sealing
}

// text returns the header as it is stored: lines of a name and a value, and an empty one behind them.
func (h Header) text() string {
	return fmt.Sprintf("%s%d\nmade %s\nepoch %s\nevents %d\nend %x\nsize %d\nsealing %s\n\n", magic, version,
		h.Made.UTC().Format(time.RFC3339Nano), h.Mark.Epoch, h.Mark.Seq, h.Mark.Hash, h.Size, h.Sealing)
}

// readHeader reads a header and what ends it, and no byte more. What begins otherwise is an Invalid fault, what
// was written by a later version a Newer one, and what breaks off a Corrupt one.
func readHeader(in *bufio.Reader) (Header, error) {
	begin, err := in.Peek(len(magic))
	if string(begin) != magic {
		return Header{}, fault.Wrap(fault.Invalid, "The file is not a backup of Tsugi.", err).
			WithAdvice("Nothing was changed.", "Check its name.")
	}
	lines := map[string]string{}
	for left := maxHeader; ; {
		line, err := in.ReadString('\n')
		if left -= len(line); err != nil || left < 0 {
			return Header{}, damaged("its header breaks off")
		}
		if line == "\n" {
			break
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		lines[name] = value
	}
	return parse(lines)
}

func parse(lines map[string]string) (h Header, err error) {
	number, err := strconv.ParseUint(lines[strings.TrimSpace(magic)], 10, 32)
	if err != nil || number == 0 {
		return h, damaged("its version cannot be read")
	}
	if number > version {
		return h, fault.New(fault.Newer, fmt.Sprintf("The backup was written by a newer version (format %d; this one knows %d).", number, version)).
			WithAdvice("Nothing was changed.", "Take the version of the program that made it, or a later one.")
	}
	if h.Made, err = time.Parse(time.RFC3339Nano, lines["made"]); err != nil {
		return h, damaged("its time cannot be read")
	}
	if h.Mark.Epoch, err = id.Parse[id.Epoch](lines["epoch"]); err != nil {
		return h, damaged("its epoch cannot be read")
	}
	if h.Mark.Seq, err = strconv.ParseUint(lines["events"], 10, 63); err != nil {
		return h, damaged("its number of events cannot be read")
	}
	end, err := hex.DecodeString(lines["end"])
	if err != nil || len(end) != len(h.Mark.Hash) {
		return h, damaged("its log's end cannot be read")
	}
	copy(h.Mark.Hash[:], end)
	if h.Size, err = strconv.ParseInt(lines["size"], 10, 64); err != nil || h.Size < 0 {
		return h, damaged("its size cannot be read")
	}
	h.Sealing = Sealing(lines["sealing"])
	switch h.Sealing {
	case Open, WithKeys, WithPassphrase:
		return h, nil
	default:
		return h, damaged("how it is sealed cannot be read")
	}
}

// damaged says that the file is not what was written once.
func damaged(how string) error {
	return fault.New(fault.Corrupt, "The backup is damaged: "+how+".").
		WithAdvice("Nothing was changed.", "Fetch the file again from where it was kept, or take another backup.")
}

// broken is damaged where reading failed, which may be the disk's fault and not the file's.
func broken(err error) error {
	if fault.Find(err) != nil {
		return err
	}
	return fault.Wrap(fault.Corrupt, "The backup cannot be read to its end.", err).
		WithAdvice("Nothing was changed.", "Fetch the file again from where it was kept, or take another backup.")
}
