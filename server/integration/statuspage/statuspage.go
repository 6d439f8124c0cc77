// Package statuspage reads the public history of a status page: the file incidents.json of
// Statuspage's API v2. It only reads; what it returns is for the ledger to decide on.
package statuspage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// MaxSize is the largest file that is read, in bytes.
const MaxSize = 256 << 20

// History is all that a status page ever told, oldest first.
type History struct {
	Space     string // the page's id: foreign ids are unique within it
	Incidents []incident.Import
	// Notes says, a sentence each, where something was left out that Tsugi has no room for.
	Notes []string
}

// Updates counts the updates of all incidents.
func (h History) Updates() int {
	n := 0
	for _, i := range h.Incidents {
		n += len(i.Updates)
	}
	return n
}

// Read reads a whole history: incidents in the order in which they were declared, and the updates of
// each in the order in which they were shown. A file with any fault gives no history, but one Invalid
// fault that names every faulty place up to twenty, as in `incidents[17].created_at "yesterday" is
// no time`; what is no JSON, the line and column; what is over MaxSize, a TooLarge fault.
func Read(r io.Reader) (History, error) {
	return read(r, MaxSize)
}

func read(r io.Reader, limit int64) (History, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return History{}, advise(fault.Wrap(fault.Storage, "The file cannot be read.", err))
	}
	if int64(len(text)) > limit {
		return History{}, advise(fault.New(fault.TooLarge, fmt.Sprintf("The file has more than %d MiB.", limit>>20)))
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	var file json.RawMessage
	if err := json.Unmarshal(text, &file); err != nil {
		return History{}, noJSON(text, err)
	}
	var s survey
	h := s.history(file)
	if err := s.err(); err != nil {
		return History{}, err
	}
	return h, nil
}

func advise(f *fault.Fault) error {
	return f.WithAdvice("Nothing was imported.",
		"Fetch the page's /api/v2/incidents.json again, or mend what is named here, and import it once more.")
}

// noJSON tells where in text err was met. Nesting deeper than 10,000 is among such errors.
func noJSON(text []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return advise(fault.Wrap(fault.Invalid, "The file is no JSON.", err))
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return advise(fault.New(fault.Invalid, "The file is empty."))
	}
	line, column := position(text, syntax.Offset)
	return advise(fault.New(fault.Invalid, fmt.Sprintf("The file is no JSON from line %d, column %d on: %s.", line, column, syntax)))
}

// position returns the line and column, both from 1 and the column in characters, of the last of
// the first offset bytes: the one at which the parser gave up.
func position(text []byte, offset int64) (line, column int) {
	before := text[:min(max(offset-1, 0), int64(len(text)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}
